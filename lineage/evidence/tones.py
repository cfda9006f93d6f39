"""Give the source the query's tones: what was done to all of a picture is not a change in it.

Luma goes through a curve that never falls (or never rises, where light and dark are swapped), then
all three planes get what a polynomial of the second degree of them adds. Both are fitted robustly
to pixels that lie over one another, so that a part that was changed has no say.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lineage.evidence.values import Planes

type Pixels = npt.NDArray[np.float32]
"""Shape (..., 3): luma and both differences of colour."""

STEP, REACH, FEWEST = 8, 12, 25
"""Grey levels from one point of the curve to the next, those that each is the median of, and pixels
that takes."""
ALIKE, OFF = 6.0, 12.0
"""Grey levels within which a pixel fits the curve, and beyond which it has no say."""
ROUNDS = 5
RIDGE = 1e-4
"""Weight by which the polynomial is kept small where pixels do not tell."""


@dataclass(frozen=True, slots=True, eq=False)
class Tones:
    """How the source's tones become the query's.

    Attributes:
        levels: float64 (n,), rising luma of the source.
        curve: float64 (n,), what that is in the query.
        shifts: float64 (10, 3), what the polynomial adds to each plane.
    """

    levels: npt.NDArray[np.float64]
    curve: npt.NDArray[np.float64]
    shifts: npt.NDArray[np.float64]

    def given(self, source: Planes) -> Planes:
        """Return pictures of the source with the query's tones."""
        shifts, told = self.shifts.astype(np.float32), np.empty(source.shape, np.float32)
        # Picture by picture, for what is at hand of one of them fits a processor's cache.
        for picture, into in zip(source, told, strict=True):
            terms = _terms(picture, self.levels, self.curve)
            added = shifts.T @ terms.reshape(len(terms), -1)
            np.add(_plain(picture, terms), added.T.reshape(picture.shape), out=into)
        return told


def fitted(source: Pixels, query: Pixels) -> Tones:
    """Return how tones of pixels (n, 3) of the source become those of the query's.

    Two beginnings are tried, that nothing was changed and that all was: a large bright thing laid
    over the picture must not pass for its tone.
    """
    rising = np.argsort(source[:, 0], kind="stable")
    source, query = source[rising], query[rising]
    a, b = source[:, 0].astype(np.float64), query[:, 0].astype(np.float64)
    same = np.array([0.0, 255.0]), np.array([0.0, 255.0])
    options = []
    for levels, curve in (same, _curve(a, b)):
        for _ in range(ROUNDS):
            off = np.abs(np.interp(a, levels, curve) - b)
            near = off <= np.clip(3 * np.median(off), ALIKE / 2, OFF)
            levels, curve = _curve(a[near], b[near])  # noqa: PLW2901 # refined from where it began
        off = np.abs(np.interp(a, levels, curve) - b)
        options.append((float((off < ALIKE).mean()), levels, curve, off < OFF))
    _, levels, curve, near = max(options, key=lambda one: round(one[0], 2))
    return Tones(levels, curve, _shifts(source, query, levels, curve, near))


def _curve(
    a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the curve through medians of a, which rises, and of b, at its mean slope beyond."""
    points = []
    lows = np.arange(0, 256, STEP) + (STEP - REACH) / 2
    for start, end in zip(*np.searchsorted(a, (lows, lows + REACH)), strict=True):
        if end - start >= FEWEST:
            middle = (a[(start + end - 1) // 2] + a[(start + end) // 2]) / 2
            points.append((middle, np.median(b[start:end])))
    levels, first = np.unique([level for level, _ in points], return_index=True)
    if len(levels) < 2:  # noqa: PLR2004 # no curve goes through one point
        return np.array([0.0, 255.0]), np.array([0.0, 255.0])
    curve = np.array([value for _, value in points])[first]
    rises = np.polyfit(levels, curve, 1)[0] >= 0
    curve = np.maximum.accumulate(curve) if rises else np.minimum.accumulate(curve)
    gain = (curve[-1] - curve[0]) / (levels[-1] - levels[0])
    ends = min(0.0, levels[0] - 1), max(255.0, levels[-1] + 1)
    below = curve[0] - gain * (levels[0] - ends[0])
    above = curve[-1] + gain * (ends[1] - levels[-1])
    return np.array([ends[0], *levels, ends[1]]), np.array([below, *curve, above])


def _terms(
    pixels: Pixels, levels: npt.NDArray[np.float64], curve: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """Return the ten terms of the polynomial, (10, ...)."""
    y = (np.interp(pixels[..., 0], levels, curve) / 128 - 1).astype(np.float32)
    u, v = pixels[..., 1] / 128 - 1, pixels[..., 2] / 128 - 1
    return np.stack([np.ones_like(y), y, u, v, y * y, u * u, v * v, y * u, y * v, u * v])


def _plain(pixels: Pixels, terms: npt.NDArray[np.float32]) -> Pixels:
    """Return pixels that only went through the curve."""
    plain = np.array(pixels, np.float32)
    plain[..., 0] = terms[1] * 128 + 128
    return plain


def _shifts(
    source: Pixels,
    query: Pixels,
    levels: npt.NDArray[np.float64],
    curve: npt.NDArray[np.float64],
    near: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """Return what the polynomial adds to each plane, (10, 3)."""
    if near.sum() < FEWEST:
        return np.zeros((10, 3))
    told = _terms(source, levels, curve)
    terms = np.ascontiguousarray(told.T, np.float64)
    wanted = (query - _plain(source, told)).astype(np.float64)
    columns = []
    for plane in range(3):
        fits, weights = near, np.zeros(terms.shape[1])
        for _ in range(ROUNDS):
            x = terms[fits]
            ridge = RIDGE * len(x) * np.eye(x.shape[1])
            weights = np.linalg.solve(x.T @ x + ridge, x.T @ wanted[fits, plane])
            off = np.abs(terms @ weights - wanted[:, plane])
            fits = near & (off <= max(2.0, 3 * float(np.median(off[near]))))
        columns.append(weights)
    return np.column_stack(columns)
