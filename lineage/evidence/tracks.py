"""Cells that differ, gathered over place and time into tracks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from index.values import Box, Interval, Times
from lineage.evidence import grids
from lineage.evidence.residuals import Residuals
from lineage.evidence.values import CELL, HALF, Cells, Track

APART = 0.01
"""Seconds between two parts of a stretch that follow one another, at most."""
BESIDE = 1, 5
"""Cells away from a track between which it is beside it."""
BLURS, LEAST = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0), 0.1
"""Cells over which the source is blurred to see whether that explains a difference, and grey levels
under which there is none."""
SAME = 0.3
"""What boxes of a track that goes on share of what they cover together."""


@dataclass(frozen=True, slots=True)
class TrackParams:
    """What counts as a track.

    Attributes:
        strong: Multiple of what is to be expected that one of its cells must reach.
        weak: Multiple down to which cells beside it belong to it.
        span: Seconds over which a cell is averaged.
        wide: Cells over which it is.
        mostly: Share of its time in which a cell must belong to it to count for its box.
    """

    strong: float = 3.0
    weak: float = 2.0
    span: float = 0.5
    wide: int = 3
    mostly: float = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """When and where cells were measured.

    Attributes:
        times: Of the moments, in the query.
        within: The stretch of the query they are of.
        size: Width and height of the query's pictures.
    """

    times: Times
    within: Interval
    size: tuple[int, int]


def differing(
    found: Residuals, moments: Moments, *, params: TrackParams, lost: TrackParams
) -> list[Track]:
    """Return what differs, the strongest first, then where detail is missing.

    Args:
        found: By how much each cell differs.
        moments: When and where they are.
        params: What counts as a track.
        lost: The same where detail is missing.
    """
    faded = tracks(found.losses, found, moments, params=lost)
    changed = tracks(found.multiples, found, moments, params=params)
    return [*changed, *(replace(one, faded=True) for one in faded)]


def tracks(
    cells: Cells, found: Residuals, moments: Moments, *, params: TrackParams = TrackParams()
) -> list[Track]:
    """Return where cells are high, the strongest first.

    Args:
        cells: Multiples of what is to be expected.
        found: What the cells show.
        moments: When and where they are.
        params: What counts as a track.
    """
    even = evened(cells, moments, params=params)
    labels, number = grids.connected(even >= params.weak)
    strongest = np.zeros(number + 1)
    np.maximum.at(strongest, labels.ravel(), even.ravel())
    parts = (np.argwhere(labels == each) for each in np.flatnonzero(strongest >= params.strong))
    told = [_told(even, part, found, moments, params) for part in parts]
    return sorted(told, key=lambda one: -one.strength)


def evened(cells: Cells, moments: Moments, *, params: TrackParams) -> Cells:
    """Return cells averaged over time and place, as tracks are told by."""
    times = moments.times
    step = float(np.median(np.diff(times))) if len(times) > 1 else moments.within.length
    count = max(1, round(params.span / max(step, 1e-3)))
    size = (count, params.wide, params.wide)
    return grids.mean(cells, size, mode="nearest")


def joined(found: Sequence[Track]) -> list[Track]:
    """Return tracks by time, those of parts that follow one another and go on made one."""
    kept: list[Track] = []
    for one in sorted(found, key=lambda track: track.query):
        before = next((other for other in reversed(kept) if _goes_on(other, one)), None)
        if before is None:
            kept.append(one)
        else:
            kept[kept.index(before)] = _one(before, one)
    return kept


def _goes_on(one: Track, other: Track) -> bool:
    soon = abs(one.query.end - other.query.start) <= APART
    return soon and one.faded == other.faded and one.box.shared(other.box) >= SAME


def _one(one: Track, other: Track) -> Track:
    """Return two tracks as one; where it lies and what it measures is the stronger one's."""
    stronger = max(one, other, key=lambda track: track.strength)
    return replace(
        stronger,
        query=Interval(one.query.start, other.query.end),
        area=max(one.area, other.area),
    )


def _told(
    even: npt.NDArray[np.float32],
    part: npt.NDArray[np.intp],
    found: Residuals,
    moments: Moments,
    params: TrackParams,
) -> Track:
    """Return a part of the cells, given by indices (n, 3), as a track."""
    heights = even[tuple(part.T)]
    strongest = int(heights.argmax())
    first, last = int(part[:, 0].min()), int(part[:, 0].max())
    shares = np.zeros(found.compared.shape)
    np.add.at(shares, tuple(part[:, 1:].T), 1 / (last - first + 1))
    rows, columns = np.nonzero(shares >= min(params.mostly, float(shares.max())))
    area = np.bincount(part[:, 0] - first).max() / found.compared.sum()
    return Track(
        _interval(moments, first, last),
        _box(rows, columns, moments.size),
        float(moments.times[part[strongest, 0]]),
        float(heights[strongest]),
        float(area),
        *_measures(found, (slice(first, last + 1), rows, columns)),
        around=_around(found, (slice(first, last + 1), rows, columns)),
        unlike=_unlike(found, (slice(first, last + 1), rows, columns)),
    )


def _measures(
    found: Residuals, here: tuple[slice, npt.NDArray[np.intp], npt.NDArray[np.intp]]
) -> tuple[float, float, float]:
    """Return by how much query and source change there, and the query's detail by the source's."""
    still, moving = (float(side[here].std(axis=0).mean()) for side in (found.query, found.source))
    ours, theirs = float(found.query_detail[here].mean()), float(found.source_detail[here].mean())
    return still, moving, (ours + 0.5) / (theirs + 0.5)


def _around(
    found: Residuals, here: tuple[slice, npt.NDArray[np.intp], npt.NDArray[np.intp]]
) -> float:
    """Return by how much the source changes beside a part; 0 where nothing there is compared."""
    when, *where = here
    part = np.zeros(found.compared.shape, bool)
    part[tuple(where)] = True
    # What lies next to it has the smoothed edge of what is in it.
    near, far = (grids.grown(part, cells) for cells in BESIDE)
    ring = far & ~near & found.compared
    return float(found.source[when][:, ring].std(axis=0).mean()) if ring.any() else 0.0


def _unlike(
    found: Residuals, here: tuple[slice, npt.NDArray[np.intp], npt.NDArray[np.intp]]
) -> float:
    """Return which share of the difference is left in a part if the source is blurred there too."""
    when, rows, columns = here
    ours, theirs = found.query[when], found.source[when]
    off = [
        float(np.abs(ours - soft)[:, rows, columns].mean())
        for soft in (theirs, *(_blurred(theirs, each) for each in BLURS))
    ]
    return min(off) / max(off[0], LEAST)


def _blurred(cells: Cells, sigma: float) -> Cells:
    return np.stack([cv2.GaussianBlur(one, (0, 0), sigma) for one in cells])


def _interval(moments: Moments, first: int, last: int) -> Interval:
    """Return the stretch from halfway to the moment before to halfway to that after."""
    times, within = moments.times, moments.within
    start = within.start if first == 0 else float(times[first - 1] + times[first]) / 2
    end = within.end if last == len(times) - 1 else float(times[last] + times[last + 1]) / 2
    return Interval(start, end)


def _box(rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], size: tuple[int, int]) -> Box:
    wide, high = (CELL * HALF / side for side in size)
    x0, x1 = columns.min() * wide, (columns.max() + 1) * wide
    y0, y1 = rows.min() * high, (rows.max() + 1) * high
    return Box(*(round(float(edge), 4) for edge in (x0, y0, min(1.0, x1), min(1.0, y1))))
