"""Which moment of each copy a clip shows, where the surest of several copies tells it.

Copies of one film resemble one another at all their moments, the more the less moves in it. Where
one of them surely shows all of a stretch, another is about as sure of it if it holds that moment.
If it lacks it, another moment may still look like it; but that runs at a speed of its own, or
breaks off in the midst of its file where the sure one goes straight on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.values import WHOLE, Asset, AssetRow, Channel
from lineage import unexplained
from lineage.values import Segment

type Found = Sequence[tuple[AssetRow, Segment]]


@dataclass(frozen=True, slots=True)
class MomentParams:
    """When another moment is only like the one that a surer source shows.

    Attributes:
        sure: Confidence from which on a stretch is sure. Of 13 stretches of copies that were placed
            at another moment beside such a one none had more than 0.96; none that was placed
            rightly had less than 0.97.
        covered: Share of a stretch that a sure source shows: all of it, but for ends.
        same: Share of the picture in which both must lie: one within the other is other footage.
        bend: Difference in rate from which on it is another speed.
        within: Seconds from its ends at which a sure stretch goes straight on.
        edge: Seconds from the ends of its file within which a stretch may break off.
        jump: Seconds by which stretches on one line may lie apart.
    """

    sure: float = 0.97
    covered: float = 0.9
    same: float = 0.6
    bend: float = 0.02
    within: float = 0.3
    edge: float = 0.3
    jump: float = 0.07


def told(
    found: Found, asset: Callable[[AssetRow], Asset], *, params: MomentParams = MomentParams()
) -> list[tuple[AssetRow, Segment]]:
    """Return what was found without moments that only look like what a surer source shows.

    Args:
        found: Stretches, and whose they are.
        asset: Returns the asset of a row.
        params: See there.
    """
    return [
        (row, segment)
        for row, segment in found
        if not any(
            _against(segment, straight, _others(found, row, segment), asset(row), params)
            for straight in _surer(found, row, segment, params)
        )
    ]


def _others(found: Found, row: AssetRow, segment: Segment) -> list[Segment]:
    return [one for owner, one in found if owner == row and one != segment]


def _sure(segment: Segment, params: MomentParams) -> bool:
    """Return whether a stretch is of that moment, and not only of that file: something moves."""
    return segment.frame_exact and segment.confidence >= params.sure


def _surer(
    found: Found, row: AssetRow, segment: Segment, params: MomentParams
) -> list[list[Segment]]:
    """Return what each other asset surely shows of a stretch of pictures that is not sure itself.

    Of those that show all of it.
    """
    if segment.channel is not Channel.PICTURE or _sure(segment, params):
        return []
    every: dict[AssetRow, list[Segment]] = {}
    box = segment.query_box or WHOLE
    for owner, one in found:
        there = one.channel is segment.channel and one.query.overlap(segment.query) > 0
        alike = (one.query_box or WHOLE).shared(box) >= params.same
        if owner != row and there and alike and _sure(one, params):
            every.setdefault(owner, []).append(one)
    return [
        stretches
        for stretches in every.values()
        if unexplained.covered(segment.query, [one.query for one in stretches]) >= params.covered
    ]


def _against(
    segment: Segment,
    straight: Sequence[Segment],
    mine: Sequence[Segment],
    asset: Asset,
    params: MomentParams,
) -> bool:
    """Return whether what another asset surely shows speaks against a stretch.

    Args:
        segment: The stretch.
        straight: What the other shows of its time.
        mine: What else its own asset shows.
        asset: That.
        params: See there.
    """
    if all(abs(one.rate - segment.rate) > params.bend for one in straight):
        return True
    return any(
        _goes_on(straight, time, params)
        and params.edge < segment.source_time(time) < asset.media.duration - params.edge
        and not any(_leads_on(one, segment, params) for one in mine)
        for time in (segment.query.start, segment.query.end)
    )


def _goes_on(straight: Sequence[Segment], time: float, params: MomentParams) -> bool:
    return any(
        one.query.start + params.within < time < one.query.end - params.within for one in straight
    )


def _leads_on(one: Segment, segment: Segment, params: MomentParams) -> bool:
    """Return whether one stretch lies on the line of another."""
    off = one.source_time(segment.query.start) - segment.source_time(segment.query.start)
    bent = abs(one.rate - segment.rate) > params.bend
    return one.variant == segment.variant and not bent and abs(off) <= params.jump
