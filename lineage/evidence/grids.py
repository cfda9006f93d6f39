"""Filters over grids of cells: SciPy's, which takes longer to load than a short clip to search.

So it is loaded when pixels are first compared, or ahead of that with `load`. Sizes are in cells,
one for each dimension.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

type Beyond = Literal["reflect", "nearest"]
type Part = npt.NDArray[np.bool_]


def load() -> None:
    """Load them now, while there is nothing else to do."""
    import scipy.ndimage  # noqa: F401, PLC0415 # see above


def mean[T: np.floating](
    cells: npt.NDArray[T], size: Sequence[int], *, mode: Beyond = "reflect"
) -> npt.NDArray[T]:
    """Return the mean around each cell.

    Args:
        cells: Of any shape.
        size: How many of them are averaged.
        mode: What lies beyond the edges: the cells mirrored, or the nearest one.
    """
    from scipy import ndimage  # noqa: PLC0415 # see above

    return np.asarray(ndimage.uniform_filter(cells, size, mode=mode), cells.dtype)


def greatest[T: np.floating](cells: npt.NDArray[T], size: Sequence[int]) -> npt.NDArray[T]:
    """Return the greatest value around each cell."""
    from scipy import ndimage  # noqa: PLC0415 # see above

    return np.asarray(ndimage.maximum_filter(cells, size), cells.dtype)


def connected(here: Part) -> tuple[npt.NDArray[np.int32], int]:
    """Return the number of the part each cell of a (n, rows, columns) grid is of, and how many.

    Those that touch at a corner are one part; 0 is none.
    """
    from scipy import ndimage  # noqa: PLC0415 # see above

    labels, number = ndimage.label(here, np.ones((3, 3, 3)))
    return labels, number


def grown(here: Part, cells: int) -> Part:
    """Return a part and what lies so many cells around it."""
    from scipy import ndimage  # noqa: PLC0415 # see above

    return np.asarray(ndimage.binary_dilation(here, iterations=cells), np.bool_)
