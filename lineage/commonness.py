"""What many archived files share: it says nothing alone, and the answer tells what it resembles."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from index.values import Asset, AssetRow, Hits, Interval
from lineage.values import Reason, Segment, Shared, Unexplained

IN_LINE = 0.25
"""Seconds by which two segments may be out of step and still go on in one line: what lies between
them may be black, so that neither is exact there."""

type Stretches = Sequence[tuple[float, float]]
"""Start and end of each."""
type Found = Sequence[tuple[AssetRow, Segment]]
type Shown = tuple[int, AssetRow, float]
"""How many assets show something, one of them, and when it does."""


def alone(segment: Segment, common: Stretches, *, least: float) -> bool:
    """Return whether a segment shows hardly more of its source than what many others share.

    Args:
        segment: Of one asset.
        common: Start and end of each stretch of that asset that many share.
        least: Seconds of the query that must show something else.
    """
    shared = sum(segment.source.overlap(Interval(*one)) for one in common)
    if not shared:
        return False
    rest = segment.source.length - shared
    return rest <= 0 or rest < least * abs(segment.rate)


def telling(
    proven: Found,
    found: Found,
    common: Callable[[AssetRow], Stretches],
    *,
    least: float,
) -> list[tuple[AssetRow, Segment]]:
    """Return those of the proven segments that are not alone, or go on in line with one that isn't.

    Args:
        proven: Segments and whose they are.
        found: Those before them that told something.
        common: Returns start and end of each stretch of an asset that many show.
        least: Seconds of the query that must show something else.
    """
    own = [pair for pair in proven if not alone(pair[1], common(pair[0]), least=least)]
    kept = [*found, *own]
    return [
        (asset, segment)
        for asset, segment in proven
        if (asset, segment) in own
        or any(asset == other and _in_line(segment, one) for other, one in kept)
    ]


def _in_line(one: Segment, other: Segment) -> bool:
    off = other.source_time(one.query.start) - one.source_time(one.query.start)
    return one.variant == other.variant and abs(off) <= IN_LINE


def shown(hits: Sequence[Hits], within: Interval) -> Shown | None:
    """Return how many assets show what a stretch of the query shows, and the nearest of them.

    Args:
        hits: One value for each variant of the query.
        within: The stretch.

    Returns:
        None where none does.
    """
    inside = [
        hit.at(np.flatnonzero((hit.query_times >= within.start) & (hit.query_times < within.end)))
        for hit in hits
    ]
    times = np.concatenate([np.empty(0), *(hit.query_times for hit in inside)])
    if not len(times):
        return None
    assets = np.concatenate([hit.assets for hit in inside])
    found = np.concatenate([hit.times for hit in inside])
    bits = np.concatenate([hit.distances for hit in inside])
    pairs = np.unique(np.column_stack([times, assets]), axis=0)
    _, counts = np.unique(pairs[:, 0], return_counts=True)
    nearest = np.lexsort((found, assets, bits))[0]
    return int(counts.max()), AssetRow(int(assets[nearest])), float(found[nearest])


def told(
    rest: Unexplained, hits: Sequence[Hits], asset: Callable[[AssetRow], Asset]
) -> Unexplained:
    """Return what is unexplained; if it is too common, with what it shows.

    Args:
        rest: A stretch of the query.
        hits: What is like it.
        asset: Returns the asset of a row.
    """
    found = shown(hits, rest.query) if rest.reason is Reason.TOO_COMMON else None
    if found is None:
        return rest
    assets, row, time = found
    return replace(rest, shared=Shared(assets, asset(row), time))
