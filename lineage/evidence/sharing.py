"""How much two pictures share that a third lacks.

A copy is made of its parent as that is, the noise of its coding included. So of three files of
which one lies between the others, these share nothing beyond what it shows: what of the one cannot
be foretold from the middle one has nothing to do with what of the other cannot. Two children of one
parent share something beyond it only as far as both lost the same of it.

Source: Dempster, "Covariance selection", Biometrics 28, 1972: no partial correlation, no edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import ceil

import cv2
import numpy as np
import numpy.typing as npt

type Luma = npt.NDArray[np.float32]
"""Shape (n, h, w): the luma of n pictures."""
type Mask = npt.NDArray[np.bool_]

TINY = 1e-6
"""Keeps what is divided by from being nothing."""


@dataclass(frozen=True, slots=True)
class SharingParams:
    """What of pictures is compared, and how the one is foretold from the other.

    Attributes:
        fine: Pixels of the blur that takes away what is finer: that is lost in every coding.
        coarse: Pixels of the blur that takes away what is coarser: that is kept in every one.
        reach: Neighbours to each side from which a pixel is foretold.
        step: Pixels from one of these to the next.
        block: Pixels a side of the parts that are kept or left out as a whole.
        alike: How well a part must correlate in each two pictures: else something lies over it.
        flat: Grey levels of contrast under which a part says nothing.
        quiet: Grey levels that are added to the contrast around a pixel, by which it counts the
            less: where little is to be lost, less is lost alike.
        fewest: Pixels by which something is told.
        most: Pixels that are looked at.
    """

    fine: float = 2.0
    coarse: float = 6.0
    reach: int = 2
    step: int = 2
    block: int = 16
    alike: float = 0.6
    flat: float = 0.7
    quiet: float = 1.0
    fewest: int = 5_000
    most: int = 100_000


def beyond(
    pictures: Sequence[Luma],
    shown: Mask,
    *,
    shrunk: float = 1.0,
    params: SharingParams = SharingParams(),
) -> tuple[float, float, float] | None:
    """Return for each of three files how much the two others share beyond it, 0 to 1.

    Args:
        pictures: Of each file, as they lie over one another.
        shown: bool (h, w), where all of them show the same.
        shrunk: By how much they are made smaller first, so that none of them is enlarged.
        params: See there.

    Returns:
        None where too little of all three is alike.
    """
    if shrunk > 1.0:
        pictures, shown = [_smaller(each, shrunk) for each in pictures], _inner(shown, shrunk)
    bands = [_band(each, params) for each in pictures]
    kept = _kept(bands, shown, params)
    places = np.flatnonzero(kept)
    if len(places) < params.fewest:
        return None
    places = places[:: ceil(len(places) / params.most)]
    first, second, third = (
        _beyond(bands[middle], [bands[each] for each in range(3) if each != middle], places, params)
        for middle in range(3)
    )
    return first, second, third


def _beyond(
    middle: Luma, others: Sequence[Luma], places: npt.NDArray[np.int64], params: SharingParams
) -> float:
    """Return how what of two pictures cannot be foretold from a third correlates, at least 0.

    Where a coding loses more in some parts than in others, and the next one again, what is lost of
    the third in both runs contrary to one another: nothing is shared by that.
    """
    calm = np.stack([cv2.GaussianBlur(each * each, (0, 0), params.fine) for each in middle])
    weight = 1.0 / (params.quiet + np.sqrt(calm.ravel()[places])).astype(np.float64)
    near = _neighbours(middle, places, params) * weight[:, None]
    wanted = np.stack([each.ravel()[places] * weight for each in others], axis=1)
    square = near.T @ near
    square[np.diag_indices(len(square))] += TINY * np.trace(square) / len(square)
    rest = wanted - near @ np.linalg.solve(square, near.T @ wanted)
    (a, b), length = rest.T, np.sqrt((rest**2).sum(axis=0))
    return max(0.0, float((a * b).sum() / max(length[0] * length[1], TINY)))


def _neighbours(
    band: Luma, places: npt.NDArray[np.int64], params: SharingParams
) -> npt.NDArray[np.float64]:
    """Return a row for each place: what is there and around it, and 1."""
    flat, wide = band.ravel(), band.shape[2]
    steps = [params.step * each for each in range(-params.reach, params.reach + 1)]
    columns = [flat[places + down * wide + right] for down, right in product(steps, steps)]
    return np.stack([*columns, np.ones(len(places))], axis=1).astype(np.float64)


def _kept(bands: Sequence[Luma], shown: Mask, params: SharingParams) -> Mask:
    """Return which pixels are looked at, (n, h, w): in parts in which all three are alike."""
    side = 2 * params.reach * params.step + 1
    inner = cv2.erode(shown.astype(np.uint8), np.ones((side, side), np.uint8), borderValue=0)
    count, height, width = bands[0].shape
    rows, columns = height // params.block, width // params.block
    kept = np.zeros((count, height, width), bool)
    if not rows or not columns:
        return kept
    parts = [_parts(each, params.block) for each in bands]
    told = _parts(inner[None], params.block).min(axis=-1) == 1
    for one, other in combinations(parts, 2):
        told = told & _alike(one, other, params)
    whole = told.repeat(params.block, axis=1).repeat(params.block, axis=2)
    kept[:, : whole.shape[1], : whole.shape[2]] = whole
    return kept


def _alike(
    one: npt.NDArray[np.float32], other: npt.NDArray[np.float32], params: SharingParams
) -> Mask:
    """Return in which parts two pictures correlate, and have something to correlate.

    Beside a part that is unlike, what lies over it reaches into the next one.
    """
    a, b = (each - each.mean(axis=-1, keepdims=True) for each in (one, other))
    first, second = ((each**2).mean(axis=-1) for each in (a, b))
    alike = (a * b).mean(axis=-1) / np.sqrt(np.maximum(first * second, TINY)) > params.alike
    unlike = ~alike & (np.maximum(first, second) > params.flat**2)
    near = np.stack(
        [cv2.dilate(each, np.ones((3, 3), np.uint8)) for each in unlike.astype(np.uint8)]
    )
    return np.asarray(alike & (near == 0) & (np.minimum(first, second) > params.flat**2))


def _parts(pictures: npt.NDArray[np.generic], side: int) -> npt.NDArray[np.float32]:
    """Return the square parts of pictures, (n, rows, columns, pixels)."""
    rows, columns = (each // side for each in pictures.shape[1:])
    whole = pictures[:, : rows * side, : columns * side].astype(np.float32)
    squares = whole.reshape(len(whole), rows, side, columns, side).swapaxes(2, 3)
    return squares.reshape(len(whole), rows, columns, side * side)


def _band(pictures: Luma, params: SharingParams) -> Luma:
    """Return what of pictures is neither too fine nor too coarse."""
    return np.stack(
        [
            cv2.GaussianBlur(each, (0, 0), params.fine)
            - cv2.GaussianBlur(each, (0, 0), params.coarse)
            for each in pictures
        ]
    )


def _smaller(pictures: Luma, shrunk: float) -> Luma:
    height, width = (max(1, round(side / shrunk)) for side in pictures.shape[1:])
    flag = cv2.INTER_AREA
    return np.stack([cv2.resize(each, (width, height), interpolation=flag) for each in pictures])


def _inner(shown: Mask, shrunk: float) -> Mask:
    """Return where all of what a smaller pixel is made of is shown."""
    return np.asarray(_smaller(shown[None].astype(np.float32), shrunk)[0] > 1.0 - TINY)
