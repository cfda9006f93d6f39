"""Motion: whether what changes in two stretches of pictures changes in step.

Each pixel's mean over the stretch is taken off first, so a studio that looks the same every day, a
caption or a logo say nothing, and only what moves counts.
"""

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from lineage.laying import Views

type Matrix = npt.NDArray[np.float32]

SHORTEST = 3
"""Frames below which a stretch has no motion to speak of."""


def motion(a: Views, b: Views, *, moving: float) -> float | None:
    """Return how far two aligned stretches move in step; None where one of them is still.

    The picture is divided into 8 x 8 blocks, each weighed by the lesser of its changes on both
    sides: a face pasted in moves by itself and must not outvote the picture around it.

    Args:
        a: Views (n, 1024).
        b: Views (n, 1024), b[i] beside a[i].
        moving: Mean square change below which nothing moves.

    Returns:
        -1 to 1.
    """
    if len(a) < SHORTEST or min(_movement(a), _movement(b)) < moving:
        return None
    left, right = _blocks(a - a.mean(axis=0)), _blocks(b - b.mean(axis=0))
    change_a, change_b = (np.einsum("nbp,nbp->b", x, x, dtype=np.float64) for x in (left, right))
    together = np.einsum("nbp,nbp->b", left, right, dtype=np.float64)
    weight = np.minimum(change_a, change_b)
    each = together / np.sqrt(np.maximum(change_a * change_b, 1e-18))
    return float((weight * each).sum() / max(weight.sum(), 1e-12))


def coarse(views: Views) -> Views:
    """Return views (n, 1024) as (n, 256), of 16 x 16 pixels: enough to see what moves."""
    whole = views.reshape(len(views), 32, 32)
    rows = whole[:, 0::2] + whole[:, 1::2]
    small = (rows[:, :, 0::2] + rows[:, :, 1::2]).reshape(len(views), 256)
    length = np.linalg.norm(small, axis=1, keepdims=True)
    return np.asarray(small / np.maximum(length, 1e-6), np.float32)


def _movement(a: Views) -> float:
    """Return the mean square change of the pictures that is not noise.

    Noise is new in every frame, movement is not: half the mean square step from one frame to the
    next is noise (von Neumann, "Distribution of the ratio of the mean square successive difference
    to the variance", Annals of Mathematical Statistics 12, 1941).
    """
    centred, steps = a - a.mean(axis=0), np.diff(a, axis=0)
    noise = 0.5 * np.einsum("ij,ij->", steps, steps, dtype=np.float64) / len(steps)
    return float(np.einsum("ij,ij->", centred, centred, dtype=np.float64) / len(a) - noise)


def _blocks(a: Views) -> npt.NDArray[np.float32]:
    """Return views (n, 1024) as (n, 64, 16): 8 x 8 blocks of 4 x 4 pixels."""
    n = len(a)
    return a.reshape(n, 8, 4, 8, 4).transpose(0, 1, 3, 2, 4).reshape(n, 64, 16)


def in_step(a: Views, b: Views, *, length: int, moving: float) -> Matrix:
    """Return the motion correlation of every stretch of a with every stretch of b.

    Args:
        a: (n, d).
        b: (m, d).
        length: Frames in a stretch.
        moving: Least mean square change.

    Returns:
        float32 (n - length + 1, n + m - 2 * length + 1): row i, column k is the stretch of a from i
        with that of b from i + k - (n - length); 0 where either is out of range or still.
    """
    along = _windowed_diagonals(a @ b.T, length)
    mean_a, still_a = _means(a, length)
    mean_b, still_b = _means(b, length)
    across = _skewed(mean_a @ mean_b.T)
    energy = np.sqrt(np.outer(still_a, still_b))
    alive = np.outer(still_a > moving, still_b > moving)
    scale = _skewed(np.where(alive, energy, np.inf).astype(np.float32), fill=np.inf)
    return np.asarray((along / length - across) / scale, np.float32)


def stretches_move(a: Views, length: int, moving: float) -> npt.NDArray[np.bool_]:
    """Return for every stretch of `length` frames whether anything moves in it."""
    return _means(a, length)[1] > moving


def _means(a: Views, length: int) -> tuple[Views, npt.NDArray[np.float64]]:
    """Return the mean picture of every stretch and the mean square distance of its frames to it."""
    total = np.cumsum(np.vstack([np.zeros((1, a.shape[1])), a]), axis=0, dtype=np.float64)
    means = (total[length:] - total[:-length]) / length
    square = np.concatenate([[0.0], np.cumsum(np.einsum("ij,ij->i", a, a), dtype=np.float64)])
    spread = (square[length:] - square[:-length]) / length - np.einsum("ij,ij->i", means, means)
    return means.astype(np.float32), np.maximum(spread, 0.0)


def _windowed_diagonals(pairs: Matrix, length: int) -> Matrix:
    """Return the sums of `length` steps down every diagonal, in the columns of `in_step`."""
    n, m = pairs.shape
    skew = _skewed(pairs)
    total = np.cumsum(np.vstack([np.zeros((1, skew.shape[1]), np.float64), skew]), axis=0)
    sums = (total[length:] - total[:-length]).astype(np.float32)
    # Offsets too far for a whole stretch fall off both ends.
    return sums[:, length - 1 : length - 1 + n + m - 2 * length + 1]


def _skewed(a: Matrix, fill: float = 0.0) -> Matrix:
    """Return (n, n + m - 1) with row i, column k = a[i, i + k - (n - 1)]: diagonals as columns."""
    n, m = a.shape
    padded = np.full((n, m + 2 * (n - 1)), fill, a.dtype)
    padded[:, n - 1 : n - 1 + m] = a
    down, right = padded.strides
    return as_strided(padded, (n, n + m - 1), (down + right, right)).copy()
