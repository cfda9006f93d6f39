"""Where in the query's frame a source lies, sought by correlation at moments known to be the same.

The source's picture is slid over the query's, at many sizes, and where it is smaller the query's
over the source's. A place is as good as the mean of its correlations at all moments: something else
may look alike at one of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from index.values import STRIP_SIDE, Map, Strip
from lineage.laying import turned

type Response = npt.NDArray[np.float32]
"""Mean correlation by the place of the smaller picture's corner."""


@dataclass(frozen=True, slots=True)
class SeekParams:
    """How hard to look.

    Attributes:
        pairs: Moments at most.
        smallest: Share of a side that the smaller of both pictures has, at least.
        step: Ratio of one size to the next.
        maps: Places told at most.
    """

    pairs: int = 6
    smallest: float = 0.12
    step: float = 1.08
    maps: int = 3


def sought(
    query: Strip,
    source: Strip,
    pairs: Sequence[tuple[int, int]],
    *,
    variant: str,
    params: SeekParams = SeekParams(),
) -> list[Map]:
    """Return how the query's turned frame may lie over the source's, likeliest first.

    Args:
        query: The query's frames.
        source: The source's frames.
        pairs: Indices of frames that show the same moment; at least one.
        variant: How the query is turned.
        params: See there.
    """
    chosen = pairs[:: max(1, len(pairs) // params.pairs)][: params.pairs]
    ours = turned(query.pictures[[left for left, _ in chosen]], variant)
    theirs = source.pictures[[right for _, right in chosen]]
    wide = source.aspect / query.aspect
    found = [
        *_slid(ours, theirs, wide, params),
        *((score, _inverse(one)) for score, one in _slid(theirs, ours, 1 / wide, params)),
    ]
    best = sorted(found, key=lambda one: -one[0])[: params.maps]
    return [one for _, one in best]


def _slid(
    large: npt.NDArray[np.uint8], small: npt.NDArray[np.uint8], wide: float, params: SeekParams
) -> Iterator[tuple[float, Map]]:
    """Yield for each size the best place of the small pictures in the large ones, and its map.

    The map takes places of the large picture to those of the small one, both as shares. `wide` is
    the width of the small one's frames by their height, over that of the large one's.
    """
    high = min(1.0, 1.0 / wide)
    while high >= params.smallest and high * wide >= params.smallest:
        size = max(4, round(high * wide * STRIP_SIDE)), max(4, round(high * STRIP_SIDE))
        found = _response(large, small, size)
        y, x = np.unravel_index(int(found.argmax()), found.shape)
        width, height = size[0] / STRIP_SIDE, size[1] / STRIP_SIDE
        left, top = float(x) / STRIP_SIDE, float(y) / STRIP_SIDE
        lies = np.array([[1 / width, 0, -left / width], [0, 1 / height, -top / height]])
        yield float(found[y, x]), lies
        high /= params.step


def _response(
    large: npt.NDArray[np.uint8], small: npt.NDArray[np.uint8], size: tuple[int, int]
) -> Response:
    total: Response | None = None
    for one, other in zip(large, small, strict=True):
        shrunk = cv2.resize(other, size, interpolation=cv2.INTER_AREA)
        # Of a flat picture the correlation is not a number: it fits nowhere.
        found = np.nan_to_num(cv2.matchTemplate(one, shrunk, cv2.TM_CCOEFF_NORMED), posinf=0.0)
        total = found if total is None else total + found
    if total is None:
        raise ValueError("there are no pictures to compare")
    return np.asarray(total / len(large), np.float32)


def _inverse(lies: Map) -> Map:
    linear = np.linalg.inv(lies[:, :2])
    return np.column_stack([linear, -linear @ lies[:, 2]])
