"""Which part of the query's picture something hides: an emoji, a box, another face.

Where a part of the picture was covered, the rest still fits the source exactly, and the covered
part does not at all. So the rest is told by least trimmed squares: the blocks that fit best are
kept, the fit is made anew by these alone, and so on until nothing changes.

Source: Rousseeuw and Van Driessen, "Computing LTS regression for large data sets", Data Mining and
Knowledge Discovery 12, 2006.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

BLOCKS = 8
"""Blocks a side into which a picture is divided."""

SURROUNDED = 3
"""Hidden blocks on its four sides that make a block a hole."""

TINY = 1e-12
"""Least contrast of a picture, so that a plain one fits nothing."""

type Pictures = npt.NDArray[np.floating] | npt.NDArray[np.uint8]
"""Shape (n, side, side)."""

type Blocks = npt.NDArray[np.bool_]
"""Shape (8, 8): which blocks of the query's picture are hidden."""

type _Errors = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HiddenParams:
    """When a block counts as hidden.

    Attributes:
        kept: Share of the blocks that the fit is made by.
        steps: Times it is made anew.
        beyond: How many times worse than those kept a hidden block fits.
        floor: Mean square error, as a share of the picture's contrast, that any block may have.
        least: Least share of the picture that is worth being left out.
        most: Largest share that may be.
        rest: Mean square error, as a share of the contrast, that what is left may have.
        tells: Contrast of a block, as a share of the picture's, from which on it tells something.
        fewest: Share of the blocks that must.
        fits: The share of these that must fit as well as usual for the source to go on.
        exact: Mean square error, as a share of the contrast, up to which a block always does.
    """

    kept: float = 0.35
    steps: int = 8
    beyond: float = 6.0
    floor: float = 0.04
    least: float = 0.03
    most: float = 0.75
    rest: float = 0.1
    tells: float = 0.02
    fewest: float = 0.2
    fits: float = 0.6
    exact: float = 0.01


def hidden(
    query: npt.NDArray[np.uint8],
    source: npt.NDArray[np.uint8],
    *,
    params: HiddenParams = HiddenParams(),
) -> tuple[Blocks, float] | None:
    """Return what is hidden, and how well the rest fits.

    Args:
        query: Pictures (n, side, side), side a multiple of 8.
        source: The same of the source, source[i] laid over query[i].
        params: See there.

    Returns:
        The blocks, and the mean square error of the others as a share of the contrast; None where
        next to nothing is hidden or next to everything.
    """
    a, b = _blocked(query), _blocked(source)
    contrast = max(float(b.var(axis=(1, 2)).mean()), 1e-6)
    most = round(params.kept * BLOCKS**2)
    fits = [_trimmed(a, b, start, most, params.steps)[0] for start in _starts()]
    errors = min(fits, key=lambda each: float(np.sort(each)[:most].mean())) / contrast
    usual = float(np.median(np.sort(errors)[:most]))
    beyond = (errors > max(params.beyond * usual, params.floor)).reshape(BLOCKS, BLOCKS)
    blocks = _cleaned(beyond)
    if not params.least <= blocks.mean() <= params.most:
        return None
    return blocks, float(errors.reshape(BLOCKS, BLOCKS)[~blocks].mean())


def goes_on(
    query: Pictures,
    source: Pictures,
    *,
    usual: tuple[Pictures, Pictures],
    params: HiddenParams = HiddenParams(),
) -> bool:
    """Return whether pictures show the source but for a part of them.

    Args:
        query: Pictures (n, side, side), side a multiple of 8.
        source: The same of the source, source[i] laid over query[i].
        usual: Pictures of both that surely show the same.
        params: How much must.
    """
    found, as_ever = _told(query, source, params), _told(*usual, params)
    if found is None or as_ever is None:
        return False
    bound = max(params.beyond * float(np.median(as_ever)), params.exact)
    return float((found <= bound).mean()) >= params.fits


def _told(query: Pictures, source: Pictures, params: HiddenParams) -> _Errors | None:
    """Return the errors of the blocks that tell something, as shares of the picture's contrast.

    None where too few of them do: whatever is dark or plain fits there.
    """
    a, b = _blocked(query), _blocked(source)
    away = ((b - b.mean(axis=(1, 2), keepdims=True)) ** 2).mean(axis=(0, 2))
    contrast = max(float(away.mean()), TINY)
    telling = away >= params.tells * contrast
    if telling.mean() < params.fewest:
        return None
    a, b = a[:, telling], b[:, telling]
    most = max(1, round(params.fits * telling.sum()))
    starts = [start[telling] for start in _starts()]
    fits = [_trimmed(b, a, start, most, params.steps) for start in starts if start.any()]
    # What has no contrast, as black, fits whatever is made as dark.
    told = [errors / (gain * contrast) for errors, gain in fits if gain > TINY]
    return min(told, key=lambda each: float(np.sort(each)[:most].mean()), default=None)


def _blocked(pictures: Pictures) -> npt.NDArray[np.float64]:
    """Return pictures (n, side, side) as (n, 64, pixels of a block)."""
    n, side, _ = pictures.shape
    small = side // BLOCKS
    parts = pictures.reshape(n, BLOCKS, small, BLOCKS, small).transpose(0, 1, 3, 2, 4)
    return parts.reshape(n, BLOCKS**2, small**2).astype(np.float64)


def _starts() -> list[Blocks]:
    """Return what may be seen: all, the rim, and each half."""
    row, column = np.indices((BLOCKS, BLOCKS))
    middle = BLOCKS / 2 - 0.5
    far = np.hypot(row - middle, column - middle) > BLOCKS * 0.45
    every = np.ones((BLOCKS, BLOCKS), bool)
    halves = [row < BLOCKS // 2, row >= BLOCKS // 2, column < BLOCKS // 2, column >= BLOCKS // 2]
    return [one.ravel() for one in (every, far, *halves)]


def _trimmed(
    a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], seen: Blocks, most: int, steps: int
) -> tuple[_Errors, float]:
    """Return each block's mean square error under the fit that the best of them agree on.

    The other number is that fit's mean square gain.
    """
    errors, gain = _errors(a, b, seen)
    for _ in range(steps):
        best = np.zeros(len(errors), bool)
        best[np.argsort(errors, kind="stable")[:most]] = True
        if (best == seen).all():
            break
        seen, (errors, gain) = best, _errors(a, b, best)
    return errors, gain


def _errors(
    a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], seen: Blocks
) -> tuple[_Errors, float]:
    """Return each block's mean square error with the gain and level of the seen ones.

    The other number is the mean square gain.
    """
    mean_a, mean_b = (x[:, seen].mean(axis=(1, 2), keepdims=True) for x in (a, b))
    left, right = a - mean_a, b - mean_b
    along = np.einsum("nbp,nbp->n", left[:, seen], right[:, seen])
    own = np.einsum("nbp,nbp->n", left[:, seen], left[:, seen])
    gain = np.maximum(along / np.maximum(own, TINY), 0.0)[:, None, None]
    return ((right - gain * left) ** 2).mean(axis=(0, 2)), float((gain**2).mean())


def _cleaned(blocks: Blocks) -> Blocks:
    """Return the blocks with holes filled, and of these those in a square of two by two."""
    around = np.pad(blocks, 1).astype(int)
    beside = around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:]
    solid: Blocks = blocks | (beside >= SURROUNDED)
    squares = solid[:-1, :-1] & solid[1:, :-1] & solid[:-1, 1:] & solid[1:, 1:]
    kept = np.zeros_like(solid)
    for down, right in product((0, 1), (0, 1)):
        kept[down : down + BLOCKS - 1, right : right + BLOCKS - 1] |= squares
    return kept
