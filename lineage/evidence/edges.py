"""The frame at which something begins or ends, by how much a part of the picture differs."""

import numpy as np
import numpy.typing as npt

from index.values import Box
from lineage.evidence.values import Cells

HIGHEST = 4
"""One in so many of a part's cells is looked at, the highest: what drifts fills little of it."""
CLEAR = 2.0
"""Multiple of the lower level that the higher one must reach, and of how far moments stray from
both that it must lie over the lower."""


def heights(cells: Cells, box: Box) -> npt.NDArray[np.float64]:
    """Return how much a part differs at each moment, (n,).

    Args:
        cells: Multiples of what is to be expected.
        box: The part, as shares of the frame.
    """
    rows, columns = cells.shape[1:]
    top, left = int(box.y0 * rows), int(box.x0 * columns)
    part = cells[:, top : max(top + 1, round(box.y1 * rows))]
    part = part[:, :, left : max(left + 1, round(box.x1 * columns))]
    every = np.sort(part.reshape(len(part), -1), axis=1)
    return np.asarray(every[:, -max(1, every.shape[1] // HIGHEST) :].mean(axis=1), np.float64)


def step(heights: npt.NDArray[np.float64]) -> int | None:
    """Return the first moment of the second of two levels; None where two do not tell them better.

    It is the split that leaves the least squares over (the likeliest change of a mean).

    >>> step(np.array([1.0, 1.1, 0.9, 6.0, 6.2]))
    3
    """
    splits = range(1, len(heights))
    left = [heights[:at].var() * at + heights[at:].var() * (len(heights) - at) for at in splits]
    if not left:
        return None
    best = int(np.argmin(left)) + 1
    low, high = sorted((float(heights[:best].mean()), float(heights[best:].mean())))
    stray = float(np.sqrt(left[best - 1] / len(heights)))
    return best if high >= CLEAR * low and high - low >= CLEAR * stray else None
