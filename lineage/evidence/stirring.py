"""Where a picture stands still: at which moments it changes all the same.

An encoder leaves what stands still exactly as it is from frame to frame, and renews it now and
then. That is what a copy is made of: what stays as it is in the parent stays so in the child, but
for the little that its own encoder renews. So a child changes there only when its parent does; of
two children of one parent each changes at moments at which the other does not.
"""

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from index.values import Box
from lineage.evidence.values import Beside, Matrix, Stirs

PLACE = 12
"""Pixels of a side of a place: about what an encoder leaves as it is, or not, at half the size."""
AS_IT_WAS, CHANGED = 0.02, 0.1
"""Grey levels, at the mean of a place, up to which it is as it was, and over which it changed."""
STIRRED = 0.8
"""Share of places that change from which on a frame says nothing: the camera moves, or there is a
cut, or a key frame, which renews everything."""


def stirs(beside: Beside, lies: Matrix, shown: Box) -> Stirs:
    """Return how often places that stand still change in both pictures, and in one alone.

    A place counts as unchanged only if nothing changes in it and next to it, in the frames before
    and after as well: both may lie a little off, in space and in time.

    Args:
        beside: Frames that follow one another.
        lies: Pixels of the query's picture to pixels of the source's.
        shown: What of the query's frame shows the source.
    """
    query, source = (_luma(side) for side in (beside.query, beside.source))
    size = (query.shape[2], query.shape[1])
    inside = _inside(lies, size, (source.shape[2], source.shape[1]), shown)
    if len(query) < 2 or not inside.any():  # noqa: PLR2004 # one frame does not change
        return Stirs(0, 0, 0)
    middle = beside.around[:, beside.around.shape[1] // 2]
    ours = np.abs(np.diff(query, axis=0))
    theirs = [np.abs(source[b] - source[a]) for a, b in pairwise(middle)]
    moved = np.stack([_moved(each, lies, size) for each in theirs])
    there, here = (np.stack([_places(each)[inside] for each in side]) for side in (moved, ours))
    near_there, near_here = (
        _beside(np.stack([_places(each)[inside] for each in _widely(side)]))
        for side in (moved, ours)
    )
    calm = [(side > AS_IT_WAS).mean(axis=1) < STIRRED for side in (here, there)]
    told = (calm[0] & calm[1])[:, None]
    return Stirs(
        int((told & (here > CHANGED) & (there > CHANGED)).sum()),
        int((told & (here > CHANGED) & (near_there < AS_IT_WAS)).sum()),
        int((told & (there > CHANGED) & (near_here < AS_IT_WAS)).sum()),
    )


def _luma(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the luma of pictures, whole numbers: equal pictures stay equal."""
    grey = [cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in pictures]
    return np.stack(grey).astype(np.float32)


def _inside(
    lies: Matrix, size: tuple[int, int], source: tuple[int, int], shown: Box
) -> npt.NDArray[np.bool_]:
    """Return which places of the query's picture lie in the source's, and not at its edge."""
    wide, high = size
    seen = _moved(np.ones((source[1], source[0]), np.float32), lies, size) > 0
    part = np.zeros_like(seen)
    rows = slice(round(shown.y0 * high), round(shown.y1 * high))
    columns = slice(round(shown.x0 * wide), round(shown.x1 * wide))
    part[rows, columns] = seen[rows, columns]
    kept = cv2.erode(part.astype(np.uint8), _square(2 * PLACE + 1), borderValue=0)
    return np.asarray(_places(kept.astype(np.float32)) == 1)


def _moved(
    change: npt.NDArray[np.float32], lies: Matrix, size: tuple[int, int]
) -> npt.NDArray[np.float32]:
    """Return changes of the source's picture where they lie in the query's; 0 beyond it."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(change, lies, size, flags=flags), np.float32)


def _widely(changes: npt.NDArray[np.float32]) -> Iterator[npt.NDArray[np.float32]]:
    """Yield the greatest change around each pixel, as the mean of a place would have it."""
    for each in changes:
        blurred = cv2.blur(each, (PLACE, PLACE))
        yield np.asarray(cv2.dilate(blurred, _square(2 * PLACE + 1)), np.float32)


def _places(change: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the mean of each place, (rows, columns)."""
    rows, columns = (side // PLACE for side in change.shape)
    whole = change[: rows * PLACE, : columns * PLACE]
    return whole.reshape(rows, PLACE, columns, PLACE).mean(axis=(1, 3))


def _beside(changes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the greatest change of each place in a frame, the one before and the one after."""
    before, after = (
        np.vstack(each) for each in ((changes[:1], changes[:-1]), (changes[1:], changes[-1:]))
    )
    return np.maximum(np.maximum(before, changes), after)


def _square(side: int) -> npt.NDArray[np.uint8]:
    return np.ones((side, side), np.uint8)
