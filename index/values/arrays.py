"""The arrays in values: their shapes, and how they are kept from change."""

import numpy as np
import numpy.typing as npt

CODE_BITS = 256
CODE_BYTES = 32
STILL_SIDE = 640
"""Pixels of the long side of a frame that is shown to people, at most."""
STRIP_SIDE = 96

type Codes = npt.NDArray[np.uint8]
"""Shape (n, 32), or (32,) for a single one."""
type Luma = npt.NDArray[np.uint8]
"""Shape (height, width): the canonical luma picture of one shown frame.

Upright, square pixels, the long side at most 256, area-averaged; see `index.decode`.
"""
type Picture = npt.NDArray[np.uint8]
"""Shape (height, width, 3): one shown frame, RGB, full range, upright, square pixels."""
type Times = npt.NDArray[np.float64]
"""Shape (n,): seconds."""
type Map = npt.NDArray[np.float64]
"""Shape (2, 3), or (n, 2, 3): where in the source's frame a point of the query's is shown, both in
shares of width and height; the query's frame is turned as its variant says first.
"""
type Places = npt.NDArray[np.float32]
"""Shape (n, 4): where in their frames local features lie: x and y of the middle and the size, in
units of the frame's longer side, and the angle in radians, clockwise. (n, 0) where codes have none.
"""


def rows_of[T: np.generic](column: npt.NDArray[T], rows: npt.NDArray[np.int64]) -> npt.NDArray[T]:
    """Return some rows of a column, or the column if it is left empty."""
    return column[rows] if column.size else column


def read_only[T: np.generic](array: npt.NDArray[T], dtype: type[T]) -> npt.NDArray[T]:
    """Return the array if nobody can write to it, else a read-only copy.

    Decoders freeze a picture before handing it over, so that no frame is copied.

    Raises:
        ValueError: The array has another dtype; converting silently would hide a bug.
    """
    if array.dtype != dtype:
        raise ValueError(f"expected {np.dtype(dtype)}, got {array.dtype}")
    if array.flags.writeable or not array.flags.c_contiguous:
        array = array.copy(order="C")
        array.setflags(write=False)
    return array
