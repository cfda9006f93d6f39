"""Jingles: sound that many archived files share, and that says nothing alone.

Sound is not learned. But what several assets let hear at once, each where it shows what many show,
goes with those pictures; a voice that one of them has there is its own.
"""

from collections.abc import Callable
from dataclasses import replace

from index.values import AssetRow, Channel, Interval
from lineage import commonness, unexplained
from lineage.commonness import Found, Stretches
from lineage.listening import ListenParams, Told
from lineage.values import Reason, Segment, Unexplained

type Common = Callable[[AssetRow], Stretches]
"""Returns start and end of each stretch of an asset that many show."""


def without(heard: Told, common: Common, *, params: ListenParams) -> Told:
    """Return what the sound told, jingles among what is too common.

    Args:
        heard: What it told.
        common: Returns start and end of each stretch of an asset that many show.
        params: What counts as a jingle.
    """
    found, jingles = _apart(heard.found, common, least=params.rest.short, many=params.jingle)
    if not jingles:
        return heard
    whole = Interval(0.0, heard.length)
    around = unexplained.gaps(whole, (segment.query for _, segment in jingles))
    left = unexplained.gaps(whole, [*around, *(segment.query for _, segment in found)])
    rests = [
        Unexplained(Channel.SOUND, gap, Reason.TOO_COMMON)
        for gap in left
        if gap.length >= params.rest.least
    ]
    every = sorted([*heard.rests, *rests], key=lambda rest: rest.query)
    return replace(heard, found=tuple(found), rests=tuple(every))


def _apart(
    found: Found,
    common: Common,
    *,
    least: float,
    many: int,
) -> tuple[Found, Found]:
    """Return what says something, and what only says what common pictures say: jingles.

    Args:
        found: Segments of sound and whose they are.
        common: Returns start and end of each stretch of an asset that many show.
        least: Seconds that must lie outside.
        many: Assets that must let hear it.
    """
    inside = [pair for pair in found if commonness.alone(pair[1], common(pair[0]), least=least)]
    jingles = [
        (asset, segment)
        for asset, segment in inside
        if len({row for row, other in inside if _together(segment, other)}) >= many
    ]
    return [pair for pair in found if pair not in jingles], jingles


def _together(one: Segment, other: Segment) -> bool:
    return one.query.overlap(other.query) > one.query.length / 2
