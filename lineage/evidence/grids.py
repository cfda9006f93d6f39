"""Filters over grids of cells, (moments, rows, columns), and the parts in which they hang together.

OpenCV's, moment by moment: SciPy's take longer to load than a short clip to search.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

type Beyond = Literal["reflect", "nearest"]
type Part = npt.NDArray[np.bool_]
type Labels = npt.NDArray[np.int32]

BEYOND = {"reflect": cv2.BORDER_REFLECT, "nearest": cv2.BORDER_REPLICATE}


def mean[T: np.floating](
    cells: npt.NDArray[T], size: tuple[int, int, int], *, mode: Beyond = "reflect"
) -> npt.NDArray[T]:
    """Return the mean around each cell.

    Args:
        cells: The grid.
        size: How many of them are averaged: moments, rows and columns.
        mode: What lies beyond the edges: the cells mirrored, or the nearest one.
    """
    moments, rows, columns = size
    # A moment as a row of its own: so one filter goes along all of them.
    flat = cells.reshape(len(cells), -1)
    over_time = cv2.blur(flat, (1, moments), borderType=BEYOND[mode]).reshape(cells.shape)
    means = [cv2.blur(one, (columns, rows), borderType=BEYOND[mode]) for one in over_time]
    return np.asarray(np.stack(means), cells.dtype)


def greatest(cells: npt.NDArray[np.float32], side: int) -> npt.NDArray[np.float32]:
    """Return the greatest value of each moment in a square of cells around each, an odd number."""
    square = np.ones((side, side), np.uint8)
    return np.asarray(np.stack([cv2.dilate(one, square) for one in cells]), np.float32)


def connected(here: Part) -> tuple[Labels, int]:
    """Return the number of the part each cell is of, and how many there are; 0 is none.

    Those that touch at a corner, or from one moment to the next, are one part.
    """
    labels, count = np.zeros(here.shape, np.int32), 0
    for moment, one in enumerate(here):
        found, own = cv2.connectedComponents(one.astype(np.uint8), connectivity=8)
        labels[moment] = np.where(own > 0, own + count, 0)
        count += found - 1
    first = _first(count, _touching(labels))
    _, numbers = np.unique(first, return_inverse=True)
    return numbers.astype(np.int32)[labels], int(numbers.max())


def grown(here: Part, cells: int) -> Part:
    """Return a part of a moment, and what lies so many cells around it."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    wide = cv2.dilate(here.astype(np.uint8), cross, iterations=cells)
    return np.asarray(wide, np.bool_)


def _touching(labels: Labels) -> Iterator[tuple[int, int]]:
    """Yield the labels of cells that touch from one moment to the next, the earlier one first."""
    before, after = np.pad(labels[:-1], ((0, 0), (1, 1), (1, 1))), labels[1:]
    rows, columns = labels.shape[1:]
    for down, right in product(range(3), repeat=2):
        beside = before[:, down : down + rows, right : right + columns]
        both = (beside > 0) & (after > 0)
        pairs = np.unique(np.column_stack([beside[both], after[both]]), axis=0)
        yield from map(tuple, pairs.tolist())


def _first(count: int, pairs: Iterable[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """Return for each label up to a number, and 0, the first that hangs together with it."""
    first = list(range(count + 1))

    def found(label: int) -> int:
        while first[label] != label:
            first[label] = first[first[label]]
            label = first[label]
        return label

    for one, other in pairs:
        low, high = sorted((found(one), found(other)))
        first[high] = low
    return np.array([found(label) for label in range(count + 1)])
