"""Least squares of many values by few columns: the normal equations, which are as few."""

import numpy as np
import numpy.typing as npt

ALIKE = 1e-10
"""Share of the greatest singular value under which columns count as one another's multiples."""

type Floats = npt.NDArray[np.float64]


def weights(columns: Floats, wanted: Floats, used: npt.NDArray[np.bool_]) -> Floats:
    """Return by what columns must be multiplied for their sum to be nearest to what is wanted.

    Of columns that are multiples of one another, or all zeros, the smallest weights are returned.

    Args:
        columns: (..., k, n), of like scale.
        wanted: (..., n).
        used: (..., n), which of the n count.

    Returns:
        (..., k).
    """
    counted = columns * used[..., None, :]
    inverse = np.linalg.pinv(counted @ np.swapaxes(columns, -1, -2), rcond=ALIKE, hermitian=True)
    return np.asarray((inverse @ (counted @ wanted[..., None]))[..., 0], np.float64)
