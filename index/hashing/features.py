"""Luma pictures to local features: places that are told again wherever in a frame they lie.

The recipe "orb256/1": corners found at several sizes, each described by 256 comparisons of grey
levels around it, turned along with the corner (Rublee, Rabaud, Konolige and Bradski, "ORB: an
efficient alternative to SIFT or SURF", ICCV 2011, as in OpenCV). Of these the best are kept, spread
over the frame: a corner of it may be all that a forger left.
"""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from index.values import CODE_BYTES, Codes, Luma, Places

RECIPE = "orb256/1"

KEPT_SIDE, ASKED_SIDE = 384, 512
"""Pixels to which an archived picture and a query's are scaled up: ORB looks at patches of 31, and
in a query the source may be shown small."""
PATCH = 31
LEVELS, STEP = 8, 1.3
"""Sizes at which corners are sought, and the factor from one to the next: 6.3 in all."""
FAINTEST = 10
"""Grey levels by which a corner must stand out."""
SURPLUS = 3
"""So many times the corners wanted are found first, to choose spread ones from."""


def features(luma: Luma, most: int, *, side: int = KEPT_SIDE) -> tuple[Codes, Places]:
    """Return codes of a picture's most telling places, and where they lie.

    Args:
        luma: The canonical picture.
        most: How many at most.
        side: Pixels to which its longer side is scaled.
    """
    factor = side / max(luma.shape)
    if factor * min(luma.shape) < PATCH:
        return np.empty((0, CODE_BYTES), np.uint8), np.empty((0, 4), np.float32)
    large = cv2.resize(luma, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    corners, codes = _detector(SURPLUS * most).detectAndCompute(large, None)
    if not len(corners):
        return np.empty((0, CODE_BYTES), np.uint8), np.empty((0, 4), np.float32)
    places = np.array(
        [(*corner.pt, corner.size / PATCH, np.deg2rad(corner.angle)) for corner in corners],
        np.float32,
    )
    response = np.array([corner.response for corner in corners])
    chosen = _spread(places[:, :2] / large.shape[::-1], response, most)
    places[:, :3] /= side
    return np.asarray(codes[chosen], np.uint8), places[chosen]


def _spread(
    at: npt.NDArray[np.float32], response: npt.NDArray[np.float64], most: int
) -> npt.NDArray[np.int64]:
    """Return the indices of the best corners of each cell of a grid, the best of each first.

    Args:
        at: (n, 2), shares of width and height.
        response: (n,), how much each stands out.
        most: How many at most.
    """
    side = max(1, int(most**0.5))
    cell = np.minimum((at * side).astype(np.int64), side - 1) @ np.array([1, side])
    order = np.lexsort((-response, cell))
    rank = np.arange(len(order)) - np.searchsorted(cell[order], cell[order])
    return order[np.lexsort((-response[order], rank))][:most]


@cache
def _detector(most: int) -> cv2.ORB:
    return cv2.ORB.create(
        nfeatures=most, scaleFactor=STEP, nlevels=LEVELS, patchSize=PATCH, fastThreshold=FAINTEST
    )
