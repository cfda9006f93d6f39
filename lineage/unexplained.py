"""What no source explains, and why: the rest of the query's time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.values import WHOLE, Box, Channel, Interval, Sketch, Strip, Times
from lineage.values import Reason, Segment, Unexplained

GRID = 32
"""Cells a side by which what segments fill of a frame is measured."""
FILLED = 0.6
"""Share of the picture that must be explained for the rest to be no picture of its own."""


@dataclass(frozen=True, slots=True)
class RestParams:
    """How a rest is named.

    Attributes:
        least: Seconds below which a rest between segments is their edge, not a rest.
        frame: Seconds a frame may be shown: a stretch no longer than that in which no frame begins
            is the end of the frame before.
        short: Seconds below which a stretch is not looked for: chance would find it.
        told: Seconds below which it says nothing that a stretch is not found.
        plain: Grey levels of contrast below which a frame has nothing to recognise.
        mostly: Share of a stretch that must be so for the stretch to be called so.
        run: Seconds that what is too common must last to be told apart from what is around it, and
            at which two such moments still belong together.
    """

    least: float = 0.1
    frame: float = 5.0
    short: float = 0.5
    told: float = 1.0
    plain: float = 5.0
    mostly: float = 0.7
    run: float = 1.0


def rests(
    whole: Interval,
    explained: Iterable[Interval],
    strip: Strip,
    common: Times,
    *,
    params: RestParams = RestParams(),
) -> list[Unexplained]:
    """Return the stretches of `whole` that nothing explains, by time.

    Args:
        whole: The stretch of the query that was looked at.
        explained: What segments cover, in any order.
        strip: The query's frames.
        common: Times of the query that resemble too many assets.
        params: See there.
    """
    if not len(strip):
        return []
    return [
        Unexplained(Channel.PICTURE, gap, _reason(gap, strip, common, params=params))
        for rest in gaps(whole, explained)
        for gap in _cut(rest, common, params=params)
        if gap.length >= (params.least if _frames(strip, gap).any() else params.frame)
    ]


SOUND = RestParams(least=0.3, short=1.0)
"""Of sound: edges are less exact than those of pictures, and a code is heard in a second."""


def unheard(
    whole: Interval,
    explained: Iterable[Interval],
    sketch: Sketch,
    common: Times,
    *,
    params: RestParams = SOUND,
) -> list[Unexplained]:
    """Return the stretches of a sound that nothing explains, by time.

    Args:
        whole: The stretch that was listened to.
        explained: What segments cover, in any order.
        sketch: The query's words.
        common: Times of the query that sound like too many assets.
        params: See there.
    """
    return [
        Unexplained(Channel.SOUND, gap, _unheard(gap, sketch, common, params=params))
        for rest in gaps(whole, explained)
        for gap in _cut(rest, common, params=params)
        if gap.length >= params.least
    ]


def gaps(whole: Interval, explained: Iterable[Interval]) -> list[Interval]:
    """Return what is left of an interval when others are taken out of it.

    >>> gaps(Interval(0.0, 9.0), [Interval(4.0, 6.0), Interval(5.0, 7.0)])
    [Interval(start=0.0, end=4.0), Interval(start=7.0, end=9.0)]
    """
    left: list[Interval] = []
    at = whole.start
    for one in sorted(explained):
        if one.start > at:
            left.append(Interval(at, min(one.start, whole.end)))
        at = max(at, min(one.end, whole.end))
        if at >= whole.end:
            return left
    return [*left, Interval(at, whole.end)]


def unfilled(whole: Interval, segments: Sequence[Segment], strip: Strip) -> list[Interval]:
    """Return the stretches of `whole` in which segments fill less than `FILLED` of the picture.

    Args:
        whole: The stretch of the query that was looked at.
        segments: What was found.
        strip: The query's frames; bars around the picture need nothing to fill them.
    """
    edges = {edge for one in segments for edge in (one.query.start, one.query.end)}
    times = [whole.start, *sorted(t for t in edges if whole.start < t < whole.end), whole.end]
    filled: list[Interval] = []
    for start, end in pairwise(times):
        shown = np.zeros((GRID, GRID), bool)
        for one in segments:
            if start in one.query:
                shown |= _cells(one.query_box or WHOLE)
        first = min(int(np.searchsorted(strip.times, start)), len(strip) - 1)
        picture = _cells(Box(*map(float, strip.boxes[first, 0]))) if len(strip) else ~shown
        if (shown & picture).sum() >= FILLED * picture.sum():
            filled.append(Interval(start, end))
    return gaps(whole, filled)


def _cells(box: Box) -> npt.NDArray[np.bool_]:
    """Return which cells of a grid over the frame have their middle in a box."""
    middle = (np.arange(GRID) + 0.5) / GRID
    across = (middle >= box.x0) & (middle < box.x1)
    down = (middle >= box.y0) & (middle < box.y1)
    return down[:, None] & across


def _cut(rest: Interval, common: Times, *, params: RestParams) -> list[Interval]:
    """Return a rest, cut where what is too common begins and where it ends."""
    inside = common[(common >= rest.start) & (common < rest.end)]
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > params.run) + 1)
    edges = [
        edge for run in runs if len(run) and np.ptp(run) >= params.run for edge in run[[0, -1]]
    ]
    inner = [
        float(edge) for edge in edges if rest.start + params.short < edge < rest.end - params.short
    ]
    bounds = [rest.start, *inner, rest.end]
    return [Interval(start, end) for start, end in pairwise(bounds)]


def covered(whole: Interval, explained: Sequence[Interval]) -> float:
    """Return the share of an interval that others cover together, 0 to 1."""
    return 1.0 - sum(gap.length for gap in gaps(whole, explained)) / whole.length


def _reason(gap: Interval, strip: Strip, common: Times, *, params: RestParams) -> Reason:
    inside = _frames(strip, gap)
    if not inside.any():
        return Reason.UNDECODABLE
    contrast = strip.pictures[inside].std(axis=(1, 2), dtype=np.float64)
    if (contrast < params.plain).mean() >= params.mostly:
        return Reason.TOO_PLAIN
    if 0 < params.mostly * gap.length <= _spanned(common, gap):
        return Reason.TOO_COMMON
    return Reason.TOO_SHORT if gap.length < params.told else Reason.NO_MATCH


def _unheard(gap: Interval, sketch: Sketch, common: Times, *, params: RestParams) -> Reason:
    inside = (sketch.times >= gap.start) & (sketch.times < gap.end)
    if inside.any() and (~sketch.heard[inside]).mean() >= params.mostly:
        return Reason.SILENT
    if _spanned(common, gap) >= params.mostly * gap.length:
        return Reason.TOO_COMMON
    return Reason.TOO_SHORT if gap.length < params.told else Reason.NO_MATCH


def _spanned(times: Times, gap: Interval) -> float:
    """Return the seconds from the first to the last of the times in a gap."""
    inside = times[(times >= gap.start) & (times < gap.end)]
    return float(np.ptp(inside)) if len(inside) > 1 else 0.0


def _frames(strip: Strip, interval: Interval) -> npt.NDArray[np.bool_]:
    """Return which frames begin in an interval."""
    return (strip.times >= interval.start) & (strip.times < interval.end)
