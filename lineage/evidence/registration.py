"""Lay the source's pictures over the query's, to a fraction of a pixel.

The alignment says roughly how they lie and to a frame or two which is shown. Both are made exact by
what stays the same: an affine map refined by enhanced correlation, for the stretch and then for
each moment, and of the source's frames around a moment the one that is most alike. Where the screen
of another was filmed, a homography fits better, and takes the affine map's place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
import numpy.typing as npt

from index.values import Box
from lineage.evidence.values import HALF, Beside, Matrix, Registered

TINY = 1e-6
"""Least length of a row, so that a flat one correlates with nothing."""

type Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RegisterParams:
    """How both are laid over one another.

    Attributes:
        moments: By how many moments the map of the stretch is found.
        blurs: Pixels over which both are smoothed before they are compared, fine and coarse.
        steps: Iterations for the stretch.
        further: Iterations for one moment.
        settled: Agreement from which on a moment needs no map of its own.
        stray: By how much a moment's map may differ from the stretch's, in shares of the side.
        worth: What a moment's own map must add to the agreement.
        bent: What a homography must add to it: it has two numbers more to fit.
        part: Pixels a side of the parts that are correlated.
        most: Share of the parts that may correlate worse than what is told.
        flat: Grey levels of contrast under which a part has nothing to correlate.
        margin: Pixels that are left out where the source ends.
    """

    moments: int = 5
    blurs: tuple[int, ...] = (5, 15)
    steps: int = 60
    further: int = 15
    settled: float = 0.99
    stray: float = 0.1
    worth: float = 0.002
    bent: float = 0.005
    part: int = 32
    most: float = 0.75
    flat: float = 4.0
    margin: int = 4


def registered(  # noqa: PLR0913 # both sides, and where they lie
    beside: Beside,
    lies: Matrix,
    shown: Box,
    whole: Box,
    *,
    inverted: bool = False,
    params: RegisterParams = RegisterParams(),
) -> Registered:
    """Return both sides as they lie over one another.

    Source: Evangelidis and Psarakis, "Parametric image alignment using enhanced correlation
    coefficient maximization", IEEE TPAMI 30(10), 2008, as in OpenCV.

    Args:
        beside: The stretch.
        lies: Roughly how.
        shown: The part of the query's frame by which they are laid over one another.
        whole: The part that may show the source.
        inverted: Whether light and dark are swapped.
        params: See there.
    """
    size = (beside.query.shape[2], beside.query.shape[1])
    area = _pixels(shown, size)
    sources = 255 - beside.source if inverted else beside.source
    greys = [_grey(picture) for picture in beside.query]
    others = [_grey(picture) for picture in sources]
    middle = beside.around[:, beside.around.shape[1] // 2]
    look = _Look(area, size, params)
    few = np.unique(np.linspace(0, len(beside) - 1, params.moments).round().astype(int))
    settled, agreement = look.best([(greys[i], others[middle[i]]) for i in few], lies)
    chosen = [look.alike(greys[i], others, beside.around[i], settled) for i in range(len(beside))]
    closer = [look.closer(greys[i], others[chosen[i]], settled) for i in range(len(beside))]
    maps, agreements = [lie for lie, _ in closer], np.array([each for _, each in closer])
    laid = [planes(moved(sources[at], lie, size)) for at, lie in zip(chosen, maps, strict=True)]
    last = len(others) - 1
    before, after = (
        np.stack(
            [
                _half(_warped(others[min(last, max(0, at + step))], lie, size))
                for at, lie in zip(chosen, maps, strict=True)
            ]
        )
        for step in (-1, 1)
    )
    return Registered(
        beside.times,
        np.stack([planes(picture) for picture in beside.query]),
        np.stack(laid),
        before,
        after,
        _shown(maps, beside.source.shape[1:3], _pixels(whole, size), size, margin=params.margin),
        agreement,
        agreements,
        beside.shown[chosen],
        np.stack(maps),
        _bend(settled, area, size),
    )


def planes(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return luma and both differences of colour of a picture at half its size, (h, w, 3)."""
    colours = cv2.cvtColor(_half(picture), cv2.COLOR_RGB2YCrCb)
    return np.asarray(colours, np.float32)


def moved(
    picture: npt.NDArray[np.uint8],
    lies: Matrix,
    size: tuple[int, int],
    *,
    ending: bool = False,
) -> npt.NDArray[np.uint8]:
    """Return a picture of the source as the query shows it, smoothed where it is made smaller.

    Args:
        picture: uint8 (h, w, 3).
        lies: How it does.
        size: Width and height of the query's picture.
        ending: Whether it is black where the source ends; else its edge goes on there.
    """
    shrunk = float(np.sqrt(abs(np.linalg.det(lies[:2, :2]))))
    if shrunk > 1.5:  # noqa: PLR2004 # below, interpolation smooths enough
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.45 * shrunk), np.uint8)
    border = cv2.BORDER_CONSTANT if ending else cv2.BORDER_REPLICATE
    return _warp(picture, lies, size, cv2.INTER_CUBIC, border)


def _half(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    size = max(1, picture.shape[1] // HALF), max(1, picture.shape[0] // HALF)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), picture.dtype)


@dataclass(frozen=True, slots=True)
class _Look:
    """What pictures are compared in.

    Attributes:
        area: Left, top, right and bottom of what shows the source, in pixels.
        size: Width and height of the query's pictures.
        params: See there.
    """

    area: tuple[int, int, int, int]
    size: tuple[int, int]
    params: RegisterParams

    def best(self, pairs: Sequence[tuple[Grey, Grey]], lies: Matrix) -> tuple[Matrix, float]:
        """Return the map under which pairs agree best, and how well they do."""
        flat, agreement = self._best(pairs, lies, cv2.MOTION_AFFINE)
        if agreement >= self.params.settled:
            return flat, agreement
        bent, better = self._best(pairs, flat, cv2.MOTION_HOMOGRAPHY)
        return (bent, better) if better >= agreement + self.params.bent else (flat, agreement)

    def _best(
        self, pairs: Sequence[tuple[Grey, Grey]], lies: Matrix, motion: int
    ) -> tuple[Matrix, float]:
        options = [lies]
        for pair in pairs:
            for blur in self.params.blurs:
                found = self._refined(pair, lies, steps=self.params.steps, blur=blur, motion=motion)
                options += [] if found is None else [found]
        if len(options) > 2:  # noqa: PLR2004 # of fewer the median is one of them
            options.append(np.median(options[1:], axis=0))
        seen = [(self.parts(one), other) for one, other in pairs]
        scores = [np.mean([self.agreement(*each, option) for each in seen]) for option in options]
        best = int(np.argmax(scores))
        return options[best], float(scores[best])

    def alike(
        self, one: Grey, others: Sequence[Grey], around: npt.NDArray[np.int64], lies: Matrix
    ) -> int:
        """Return which of the source's frames around a moment is most alike."""
        middle, ours = int(around[len(around) // 2]), self._whole(one)
        # Of two as alike it is that which the alignment names.
        scores = [
            (self._likeness(ours, others[at], lies), at == middle, at)
            for at in sorted(set(map(int, around)))
        ]
        return max(scores)[-1]

    def closer(self, one: Grey, other: Grey, lies: Matrix) -> tuple[Matrix, float]:
        """Return a moment's own map where it is clearly better, and how well both agree then.

        The frame may be moved about.
        """
        params, parts = self.params, self.parts(one)
        agreement = self.agreement(parts, other, lies)
        if agreement >= params.settled:
            return lies, agreement
        motion = cv2.MOTION_HOMOGRAPHY if _is_bent(lies) else cv2.MOTION_AFFINE
        own = self._refined(
            (one, other), lies, steps=params.further, blur=params.blurs[0], motion=motion
        )
        if own is None or np.abs((own - lies)[:2] / [1, 1, max(self.size)]).max() > params.stray:
            return lies, agreement
        better = self.agreement(parts, other, own)
        return (own, better) if better > agreement + params.worth else (lies, agreement)

    def agreement(self, ours: "_Rows", other: Grey, lies: Matrix) -> float:
        """Return how well parts correlate: what is changed in most of them may not count."""
        theirs = self.parts(_warped(other, lies, self.size))
        contrast = np.maximum(ours.deviations, theirs.deviations)
        found = ours.correlations(theirs)[contrast >= self.params.flat]
        return float(np.quantile(found, self.params.most)) if len(found) else 0.0

    def parts(self, picture: npt.NDArray[np.generic]) -> "_Rows":
        """Return the parts that are correlated of a picture as the query has it."""
        x0, y0, x1, y1 = self.area
        side = min(self.params.part, y1 - y0, x1 - x0)
        return _Rows.of(_parts(picture[y0:y1, x0:x1], side))

    def _likeness(self, ours: "_Rows", other: Grey, lies: Matrix) -> float:
        theirs = self._whole(_warped(other, lies, self.size))
        return round(float(ours.correlations(theirs)[0]), 4)

    def _whole(self, picture: npt.NDArray[np.generic]) -> "_Rows":
        x0, y0, x1, y1 = self.area
        return _Rows.of(_half(picture[y0:y1, x0:x1]).reshape(1, -1).astype(np.float32))

    def _refined(
        self, pair: tuple[Grey, Grey], lies: Matrix, *, steps: int, blur: int, motion: int
    ) -> Matrix | None:
        """Return the map refined by one pair; None where there is none."""
        one, other = pair
        x0, y0, x1, y1 = self.area
        away = np.array([[1.0, 0.0, x0], [0.0, 1.0, y0], [0.0, 0.0, 1.0]])
        start = lies @ away
        start = start if motion == cv2.MOTION_HOMOGRAPHY else start[:2]
        until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, steps, 1e-4)
        part, every = np.ascontiguousarray(one[y0:y1, x0:x1]), np.full(other.shape, 255, np.uint8)
        try:
            _, found = cv2.findTransformECC(
                part, other, start.astype(np.float32), motion, until, every, blur
            )
        except cv2.error:  # it did not converge: these two do not lie over one another
            return None
        whole = np.vstack([found, [0.0, 0.0, 1.0]]) if len(found) == len(start[:2]) else found
        refined = np.asarray(whole, np.float64) @ np.linalg.inv(away)
        return np.asarray(refined / refined[2, 2], np.float64)


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    width, height = size
    x0, y0, x1, y1 = (
        round(edge * side)
        for edge, side in zip(
            (box.x0, box.y0, box.x1, box.y1), (width, height, width, height), strict=True
        )
    )
    return x0, y0, max(x1, x0 + 2), max(y1, y0 + 2)


def _grey(picture: npt.NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _warped(grey: Grey, lies: Matrix, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    return _laid(grey, lies, size, cv2.INTER_LINEAR).astype(np.float32)


def _laid(
    picture: npt.NDArray[np.uint8], lies: Matrix, size: tuple[int, int], interpolation: int
) -> npt.NDArray[np.uint8]:
    return _warp(picture, lies, size, interpolation, cv2.BORDER_REPLICATE)


def _warp(
    picture: npt.NDArray[np.uint8],
    lies: Matrix,
    size: tuple[int, int],
    interpolation: int,
    border: int = cv2.BORDER_CONSTANT,
) -> npt.NDArray[np.uint8]:
    flags = interpolation | cv2.WARP_INVERSE_MAP
    if _is_bent(lies):
        moved = cv2.warpPerspective(picture, lies, size, flags=flags, borderMode=border)
    else:
        moved = cv2.warpAffine(picture, lies[:2], size, flags=flags, borderMode=border)
    return np.asarray(moved, np.uint8)


def _is_bent(lies: Matrix) -> bool:
    return bool(np.any(lies[2, :2]))


def _bend(lies: Matrix, area: tuple[int, int, int, int], size: tuple[int, int]) -> float:
    """Return by how much of the frame's long side a map is off the parallelogram next to it."""
    x0, y0, x1, y1 = area
    corners = np.array([[x, y, 1.0] for x in (x0, x1) for y in (y0, y1)])
    there = corners @ lies.T
    there = there[:, :2] / there[:, 2:]
    flat, *_ = np.linalg.lstsq(corners, there)
    off = np.linalg.norm(there - corners @ flat, axis=1).max()
    scale = np.sqrt(abs(np.linalg.det(flat[:2])))
    return float(off / max(scale, TINY) / max(size))


def _shown(
    maps: Sequence[Matrix],
    source: tuple[int, int],
    area: tuple[int, int, int, int],
    size: tuple[int, int],
    *,
    margin: int,
) -> npt.NDArray[np.bool_]:
    """Return where the query shows the source under all maps, without its edge."""
    full = np.full(source, 255, np.uint8)
    shown = np.zeros(size[::-1], np.uint8)
    shown[area[1] : area[3], area[0] : area[2]] = 255
    for lies in maps:
        shown &= _warp(full, lies, size, cv2.INTER_NEAREST)
    kernel = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
    inner = cv2.erode(shown, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(_half(np.asarray(inner, np.uint8)) == 255)  # noqa: PLR2004 # all of it is


def _parts(picture: npt.NDArray[np.generic], side: int) -> npt.NDArray[np.float32]:
    """Return the square parts of a picture, one a row; what is left over at its end is none."""
    rows, columns = picture.shape[0] // side, picture.shape[1] // side
    whole = picture[: rows * side, : columns * side].astype(np.float32)
    squares = whole.reshape(rows, side, columns, side).swapaxes(1, 2)
    return squares.reshape(rows * columns, side * side)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows that are correlated with others.

    Attributes:
        off: By how much each value is off its row's mean, (n, k).
        squares: Sums of the squares of that, (n,).
    """

    off: npt.NDArray[np.float32]
    squares: npt.NDArray[np.float32]

    @classmethod
    def of(cls, rows: npt.NDArray[np.float32]) -> Self:
        off = rows - rows.mean(axis=1, keepdims=True)
        return cls(off, (off * off).sum(axis=1))

    @property
    def deviations(self) -> npt.NDArray[np.float32]:
        """The standard deviation of each row."""
        return np.asarray(np.sqrt(self.squares / self.off.shape[1]), np.float32)

    def correlations(self, others: Self) -> npt.NDArray[np.float32]:
        """Return the correlation of each row with that of others; 0 where one is flat."""
        length = np.sqrt(self.squares * others.squares)
        sums = (self.off * others.off).sum(axis=1)
        return np.asarray(sums / np.maximum(length, TINY), np.float32)
