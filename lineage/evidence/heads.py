"""How far eyes and mouth of a face differ, beside the rest of the picture.

Who makes a mouth speak other words leaves the eyes alone; who swaps a face changes both. Averages
over all moments tell even what is weak at each of them.
"""

from collections.abc import Callable, Iterable

import numpy as np

from index.values import Box
from lineage.evidence.faces import Face
from lineage.evidence.residuals import Residuals
from lineage.evidence.values import CELL, HALF, Beside, Head, Track

LOOKS = 3
"""Moments of a track at which faces are sought."""
INSIDE = 0.5
"""Share of a track that must lie in a face."""
LOUDEST = 2.0
"""Multiple of what is to be expected beyond which the rest says no more: a logo may be in it."""
LEAST = 0.05
"""Multiple of what is to be expected that the rest of the picture differs by at least."""


def head(
    track: Track, beside: Beside, found: Residuals, seen: Callable[[int], Iterable[Face]]
) -> Head | None:
    """Return how far the face differs that a track lies in; None where it lies in none.

    Args:
        track: What differs.
        beside: The pictures.
        found: By how much each cell does.
        seen: Returns the faces in the query at the moment of an index.
    """
    moments = np.flatnonzero(
        (beside.times >= track.query.start) & (beside.times <= track.query.end)
    )
    looks = moments[np.unique(np.linspace(0, len(moments) - 1, LOOKS).round().astype(int))]
    here = {at: _within(track, seen(at)) for at in map(int, looks)}
    known = {at: face for at, face in here.items() if face is not None}
    if not known:
        return None
    eyes, mouth, rest = (np.zeros(len(moments)) for _ in range(3))
    for row, moment in enumerate(moments):
        face = known[min(known, key=lambda at: abs(at - int(moment)))]
        cells = found.multiples[moment]
        eyes[row], mouth[row] = (
            cells[_cells(box, beside, cells.shape)].mean() for box in (face.eyes, face.mouth)
        )
        outside = found.compared.copy()
        outside[_cells(face.box, beside, cells.shape)] = False
        rest[row] = np.minimum(cells[outside], LOUDEST).mean() if outside.any() else 0.0
    usual = max(LEAST, float(rest.mean()))
    first = known[min(known)]
    reach = max(track.box.common(face.eyes) / face.eyes.area for face in known.values())
    return Head(first.box, float(eyes.mean()) / usual, float(mouth.mean()) / usual, reach)


def _within(track: Track, known: Iterable[Face]) -> Face | None:
    """Return the face that a track lies in."""
    inside = (face for face in known if track.box.common(face.box) >= INSIDE * track.box.area)
    return next(inside, None)


def _cells(box: Box, beside: Beside, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the cells that a box touches."""
    height, width = beside.query.shape[1:3]
    return (
        _range(box.y0 * height, box.y1 * height, shape[0]),
        _range(box.x0 * width, box.x1 * width, shape[1]),
    )


def _range(start: float, end: float, count: int) -> slice:
    side = CELL * HALF
    first = min(int(start / side), count - 1)
    return slice(first, max(first + 1, -int(-end // side)))
