"""By how many pixels pictures are still off that were laid over one another.

Part by part, the shift that explains best what differs: one step of least squares along the slopes
of both, which is enough where they are less than a pixel off.

Source: Lucas and Kanade, "An iterative image registration technique with an application to stereo
vision", IJCAI 1981.
"""

import cv2
import numpy as np
import numpy.typing as npt

from lineage.evidence.values import HALF, Planes

MOMENTS = 5
"""Moments that are looked at, spread evenly."""
PART = 16
"""Pixels a side, of planes, of the parts that are shifted."""
SMOOTH = 1.5
"""Pixels over which both are smoothed first: the noise of a coding has slopes too."""
STEEP = 2.0
"""Grey levels a pixel that slopes have in every direction where a shift shows."""

type _Luma = npt.NDArray[np.float32]


def offset(query: Planes, source: Planes, shown: npt.NDArray[np.bool_]) -> float | None:
    """Return by how many pixels of whole pictures parts of them are off, at the median.

    Args:
        query: Planes of its pictures.
        source: Planes of the source's, moved onto them and given their tones.
        shown: bool (h, w), where both show the same.

    Returns:
        None where nothing has slopes by which it could be told.
    """
    whole = _means(shown.astype(np.float32)) == 1
    few = np.unique(np.linspace(0, len(query) - 1, MOMENTS).round().astype(int))
    found = [_shifts(*(_smooth(side[at, :, :, 0]) for side in (query, source))) for at in few]
    shifts = np.concatenate([each[whole] for each in found])
    told = shifts[np.isfinite(shifts)]
    return HALF * float(np.median(told)) if len(told) else None


def _shifts(one: _Luma, other: _Luma) -> _Luma:
    """Return by how far each part of a picture is off, in its pixels; NaN where it is too flat."""
    middle = np.asarray((one + other) / 2, np.float32)
    across, down = (_slope(middle, *way) for way in ((1, 0), (0, 1)))
    apart = one - other
    xx, yy, xy = _common(across, across), _common(down, down), _common(across, down)
    x, y = _common(across, apart), _common(down, apart)
    area = xx * yy - xy * xy
    least = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy * xy)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.hypot(yy * x - xy * y, xx * y - xy * x) / area
    return np.where(least >= STEEP**2, off, np.nan).astype(np.float32)


def _smooth(picture: _Luma) -> _Luma:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), SMOOTH), np.float32)


def _slope(picture: _Luma, across: int, down: int) -> _Luma:
    return np.asarray(
        cv2.Sobel(picture, cv2.CV_32F, across, down, ksize=1, scale=1 / 2), np.float32
    )


def _common(one: _Luma, other: _Luma) -> _Luma:
    """Return by how much two go up and down together in each part, their covariance."""
    return _means(one * other) - _means(one) * _means(other)


def _means(picture: _Luma) -> _Luma:
    """Return the means of square parts; what is left over at the end of a picture has none."""
    rows, columns = picture.shape[0] // PART, picture.shape[1] // PART
    if not rows or not columns:
        return np.zeros((0, 0), np.float32)
    whole = picture[: rows * PART, : columns * PART]
    return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
