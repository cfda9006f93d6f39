"""Bands beside the source's picture that hold something: words above a film, as on many a hoax.

What is there has no source, so nothing can be subtracted. A band is told by what a band is: it lies
along one side of the frame, beside the source's picture, and all of it but what stands on it is a
plain ground that does not change. It ends at an edge.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from index.values import Box, Interval
from lineage.evidence.values import Matrix, Track

OUTMOST, BESIDE = 3, 2
"""Rows at the frame's side by which a band's ground is told, and on either side of where it ends by
which the picture is parted from it."""
TIE = 0.02
"""Difference of shares that does not tell two rows apart."""

type _Greys = npt.NDArray[np.float32]
"""(n, h, w): luma of pictures, 0 to 255."""


@dataclass(frozen=True, slots=True)
class BandParams:
    """What counts as a band that holds something.

    Attributes:
        thin: Share of the frame's side that it has, at least.
        most: The same at most: the picture is what is left.
        beside: Share of it that must lie beside the source's frame: a crop may end below it.
        short: Share of the frame's side by which it may end before that: else something else is
            between.
        ground: Grey levels within which a pixel is of the ground.
        row: Share of a row along the side that must be.
        plain: Share of the band that must be.
        still: Grey levels by which the ground may change over time.
        ink: Grey levels from which on a pixel stands on it.
        least: Share of the band that must stand on it.
        edge: Grey levels from which on the picture's first row is parted from it.
        parted: Share of that row that must be.
        expected: Grey levels that plain ground may have by itself: what its ink is a multiple of.
    """

    thin: float = 0.05
    most: float = 0.45
    beside: float = 0.7
    short: float = 0.04
    ground: float = 12.0
    row: float = 0.35
    plain: float = 0.5
    still: float = 3.0
    ink: float = 40.0
    least: float = 0.003
    edge: float = 10.0
    parted: float = 0.4
    expected: float = 2.0


def bands(
    query: npt.NDArray[np.uint8],
    lies: Matrix,
    source: tuple[int, int],
    within: Interval,
    *,
    params: BandParams = BandParams(),
) -> Iterator[Track]:
    """Yield bands beside the source's picture that hold something, as tracks.

    Args:
        query: uint8 (n, h, w, 3), RGB: moments of a stretch.
        lies: How pixels of the query lie over those of the source.
        source: Width and height of the source's pictures.
        within: The stretch.
        params: See there.
    """
    place = _place(lies, source, (query.shape[2], query.shape[1]))
    if place is None:
        return
    greys = np.stack([cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in query]).astype(np.float32)
    for turn in range(4):
        # Turned, each side of the frame is its upper one in turn.
        side = np.rot90(greys, turn, axes=(1, 2))
        depth = _depth(side, params)
        box = _turned(Box(0.0, 0.0, 1.0, depth / side.shape[1]), turn) if depth else None
        outside = 0.0 if box is None else 1 - box.common(place) / box.area
        gap = (place.y0, 1 - place.x1, 1 - place.y1, place.x0)[turn] - depth / side.shape[1]
        if box is None or outside < params.beside or gap > params.short:
            continue
        # What lies where the source may still reach is the source's, and so is its soft edge.
        rows = min(round(outside * depth), depth - BESIDE) - 1
        spread = _spread(side[:, :rows], params) if rows > OUTMOST else None
        if spread is not None:
            middle = (within.start + within.end) / 2
            yield Track(within, box, middle, spread / params.expected, box.area, 0.0, spread, 1.0)


def _place(lies: Matrix, source: tuple[int, int], size: tuple[int, int]) -> Box | None:
    """Return where the source's frame lies in the query's, as far as it does; None if nowhere."""
    wide, high = source
    corners = np.array([[x, y, 1.0] for x in (-0.5, wide - 0.5) for y in (-0.5, high - 0.5)])
    there = corners @ np.linalg.inv(lies).T
    shares = (there[:, :2] / there[:, 2:] + 0.5) / size
    x0, y0, x1, y1 = np.clip([*shares.min(axis=0), *shares.max(axis=0)], 0.0, 1.0)
    return Box(float(x0), float(y0), float(x1), float(y1)) if x0 < x1 and y0 < y1 else None


def _turned(box: Box, turn: int) -> Box:
    """Return where a part of a frame that was turned so often lies in the frame itself."""
    for _ in range(turn):
        box = Box(1 - box.y1, box.x0, 1 - box.y0, box.x1)
    return box


def _depth(side: _Greys, params: BandParams) -> int:
    """Return how many rows a band along the upper side has; 0 if there is none.

    It ends where most of a row is parted from the next: letters part less of it, and the picture
    may begin with its colour.
    """
    high = side.shape[1]
    ground = float(np.median(side[:, :OUTMOST]))
    first = max(int(np.ceil(params.thin * high)), BESIDE)
    if not _plain(side[:, :first], ground, params).all():  # as where there is no band
        return 0
    rows = _plain(side, ground, params)
    last = min(high if rows.all() else int(rows.argmin()), int(params.most * high))
    depths = np.arange(first, min(last, high - 1 - BESIDE) + 1)
    if not len(depths):
        return 0
    off = np.abs(side[:, depths - BESIDE] - side[:, depths + BESIDE - 1])
    parted = (off >= params.edge).mean(axis=(0, 2))
    most = float(parted.max())
    return round(float(np.median(depths[parted >= most - TIE]))) if most >= params.parted else 0


def _plain(side: _Greys, ground: float, params: BandParams) -> npt.NDArray[np.bool_]:
    """Return of which rows most is of a band's ground."""
    plain = (np.abs(side - ground) <= params.ground).mean(axis=(0, 2)) >= params.row
    return np.asarray(plain, np.bool_)


def _spread(side: _Greys, params: BandParams) -> float | None:
    """Return by how many grey levels what a band holds is off its ground; None if it is none."""
    off = np.abs(side - float(np.median(side[:, :OUTMOST])))
    inked = off >= params.ink
    fits = (
        float(np.median(side.std(axis=0))) <= params.still
        and float((off <= params.ground).mean()) >= params.plain
        and float(inked.mean()) >= params.least
    )
    return float(off[inked].mean()) if fits else None
