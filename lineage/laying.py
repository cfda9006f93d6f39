"""How the pictures of query and source lie over one another, and what is then compared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from index.values import STRIP_SIDE, Box, Map, Strip
from lineage.hidden import Blocks

VIEW_SIDE = 32
"""Pixels a side of the pictures that are correlated."""

type Views = npt.NDArray[np.float32]
"""Shape (n, 1024): pictures of 32 x 32, each with mean 0 and length 1, so that the product of two
is their correlation."""

type Squares = npt.NDArray[np.uint8]
"""Shape (n, 96, 96)."""

type Affine = npt.NDArray[np.float32]
"""Shape (2, 3): pixels of the query's square to pixels of the source's."""

FLATTEST = 2.0
"""Grey levels of contrast under which a view is scaled as if it had them: noise stays small."""


@dataclass(frozen=True, slots=True, eq=False)
class Laying:
    """How the two strips are laid over one another.

    Attributes:
        variant: How the query is turned.
        query_cut: What is cut off the query: None nothing, 0 its bars, 1 its bands as well.
        source_cut: What is cut off the source.
        affine: Moves the source's square onto the query's; None leaves it.
        panel: The part of the query's frame that shows the source; all of it if None. Where it is
            given, nothing else is cut off.
        hidden: Which blocks of what is left of the query show something else; None if none.
    """

    variant: str
    query_cut: int | None
    source_cut: int | None
    affine: Affine | None
    panel: Box | None = None
    hidden: Blocks | None = None

    @property
    def visible(self) -> float:
        """The share of what is left of the query that shows the source."""
        return 1.0 if self.hidden is None else 1.0 - float(self.hidden.mean())


def views(strip: Strip, laying: Laying, *, of_query: bool) -> Views:
    """Return the strip's pictures as they are compared under a laying."""
    return unit(small(strip, laying, of_query=of_query), laying.hidden)


def boxes(query: Strip, source: Strip, laying: Laying, at: tuple[int, int]) -> tuple[Box, Box]:
    """Return where in the query's frame the source is shown, and which part of the source is.

    Args:
        query: The query's frames.
        source: The source's frames.
        laying: How they lie over one another.
        at: Index of a frame of the query and of the source.
    """
    panel = laying.panel
    shown = (
        _frame(query, at[0], laying.query_cut)
        if panel is None
        else np.array([panel.x0, panel.y0, panel.x1, panel.y1])
    )
    whole = _frame(source, at[1], laying.source_cut)
    part = np.array([0.0, 0.0, 1.0, 1.0])
    if laying.affine is not None:
        far = STRIP_SIDE
        corners = np.array([[0, 0, 1], [far, 0, 1], [0, far, 1], [far, far, 1]])
        moved = (corners @ laying.affine.T.astype(np.float64)) / STRIP_SIDE
        part = np.clip([*moved.min(axis=0), *moved.max(axis=0)], 0.0, 1.0)
    size = np.array([whole[2] - whole[0], whole[3] - whole[1]] * 2)
    seen = np.array([whole[0], whole[1]] * 2) + part * size
    return rounded(shown), rounded(seen)


def across(query: Strip, source: Strip, laying: Laying, at: tuple[int, int]) -> Map:
    """Return where each place of the query's frame lies in the source's.

    Args:
        query: The query's frames.
        source: The source's frames.
        laying: How they lie over one another.
        at: Index of a frame of the query and of the source.

    Returns:
        float64 (2, 3): x and y as shares of the one frame to those of the other.
    """
    panel = laying.panel
    box = (
        _frame(query, at[0], laying.query_cut)
        if panel is None
        else np.array([panel.x0, panel.y0, panel.x1, panel.y1])
    ).astype(np.float64)
    size = box[2:] - box[:2]
    inside = _square([[1 / size[0], 0, -box[0] / size[0]], [0, 1 / size[1], -box[1] / size[1]]])
    moving = np.eye(3)
    if laying.affine is not None:
        linear = laying.affine[:, :2].astype(np.float64)
        # Pixel centres lie at halves.
        shift = (laying.affine[:, 2] + 0.5 - 0.5 * linear.sum(axis=1)) / STRIP_SIDE
        moving = _square(np.column_stack([linear, shift]))
    cut = _frame(source, at[1], laying.source_cut).astype(np.float64)
    outside = _square([[cut[2] - cut[0], 0, cut[0]], [0, cut[3] - cut[1], cut[1]]])
    return np.asarray((outside @ moving @ turning(laying.variant) @ inside)[:2])


def turning(variant: str) -> npt.NDArray[np.float64]:
    """Return where places of a frame lie once it is turned as the variant says, (3, 3)."""
    left, top = variant in {"mirror", "turn"}, variant in {"flip", "turn"}
    return _square([[-1 if left else 1, 0, left], [0, -1 if top else 1, top]])


def turn(lies: Map, query: float, source: float, *, mirrored: bool) -> float:
    """Return by how many degrees the source is turned clockwise to be as the query shows it.

    It is the rotation nearest to the map that takes the source's frame to the query's: Higham,
    "Computing the polar decomposition", SIAM J. Sci. Stat. Comput. 7(4), 1986.

    Args:
        lies: Shares of the query's frame to those of the source's, (2, 3).
        query: Width by height of the query's frame.
        source: The same of the source's.
        mirrored: Whether left and right are swapped first.

    Returns:
        Over -180, up to 180.
    """
    onto = np.diag([query, 1.0]) @ np.linalg.inv(lies[:, :2]) @ np.diag([1 / source, 1.0])
    if mirrored:
        onto = onto @ np.diag([-1.0, 1.0])
    degrees = np.degrees(np.arctan2(onto[1, 0] - onto[0, 1], onto[0, 0] + onto[1, 1]))
    return 180.0 if degrees <= -180.0 + 1e-9 else float(degrees)


def turned(pictures: Squares, variant: str) -> Squares:
    """Return pictures (n, h, w) turned as the variant says; turning twice gives them back."""
    if variant in {"mirror", "turn"}:
        pictures = pictures[:, :, ::-1]
    if variant in {"flip", "turn"}:
        pictures = pictures[:, ::-1]
    if variant == "negative":
        pictures = 255 - pictures
    return np.ascontiguousarray(pictures)


def unit(pictures: Squares, hidden: Blocks | None = None) -> Views:
    """Return pictures (n, h, w) as rows of mean 0 and length 1.

    Args:
        pictures: uint8 (n, h, w).
        hidden: Blocks that are left out, and 0 in the rows; None if none are.
    """
    rows = pictures.reshape(len(pictures), -1).astype(np.float32)
    if hidden is None:
        rows -= rows.mean(axis=1, keepdims=True)
        count = rows.shape[1]
    else:
        high, wide = (side // len(hidden) for side in pictures.shape[1:])
        seen = ~np.kron(hidden, np.ones((high, wide), bool)).ravel()
        rows -= rows[:, seen].mean(axis=1, keepdims=True)
        rows[:, ~seen] = 0.0
        count = int(seen.sum())
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.maximum(length, FLATTEST * count**0.5)
    return rows


def small(strip: Strip, laying: Laying, *, of_query: bool) -> Squares:
    """Return the strip's pictures uint8 (n, 32, 32) as they lie over one another."""
    whole = seen(strip, laying) if of_query else squares(strip, laying.source_cut)
    out = np.empty((len(strip), VIEW_SIDE, VIEW_SIDE), np.uint8)
    affine = None if of_query else laying.affine
    for index, square in enumerate(whole):
        moved = square if affine is None else _moved(square, affine)
        cv2.resize(moved, (VIEW_SIDE, VIEW_SIDE), out[index], interpolation=cv2.INTER_AREA)
    return out


def seen(strip: Strip, laying: Laying) -> Squares:
    """Return the query's squares: what shows the source, turned."""
    if laying.panel is None:
        return turned(squares(strip, laying.query_cut), laying.variant)
    x0, y0, x1, y1 = laying.panel.x0, laying.panel.y0, laying.panel.x1, laying.panel.y1
    affine = pixels(np.array([[x1 - x0, 0.0, x0], [0.0, y1 - y0, y0]]))
    inside = np.stack([_moved(picture, affine) for picture in strip.pictures])
    return turned(inside, laying.variant)


def squares(strip: Strip, cut: int | None) -> Squares:
    """Return the squares with their bars cut off, stretched back to squares."""
    if cut is None:
        return strip.pictures
    out = np.empty_like(strip.pictures)
    for index, (picture, box) in enumerate(zip(strip.pictures, strip.boxes[:, cut], strict=True)):
        x0, y0, x1, y1 = box * STRIP_SIDE
        inside = np.array([[(x1 - x0) / STRIP_SIDE, 0, x0], [0, (y1 - y0) / STRIP_SIDE, y0]])
        # Pixel centres lie at halves.
        inside[:, 2] += 0.5 * (inside[:, 0] + inside[:, 1]) - 0.5
        out[index] = _moved(picture, inside)
    return out


def picked(strip: Strip, indices: Sequence[int]) -> Strip:
    """Return some frames of a strip, in any order, under times that are not theirs."""
    rows = list(indices)
    times = np.arange(float(len(rows)))
    return replace(strip, times=times, pictures=strip.pictures[rows], boxes=strip.boxes[rows])


def pixels(shares: Map) -> Affine:
    """Return a map between shares of two squares as one between their pixels."""
    linear, shift = shares[:, :2], shares[:, 2]
    # Pixel centres lie at halves.
    moved = STRIP_SIDE * shift + 0.5 * linear.sum(axis=1) - 0.5
    return np.column_stack([linear, moved]).astype(np.float32)


def rounded(edges: npt.NDArray[np.floating]) -> Box:
    """Return edges x0 y0 x1 y1 as a box within the frame."""
    x0, y0, x1, y1 = (min(1.0, max(0.0, round(float(edge), 4))) for edge in edges)
    return Box(x0, y0, x1, y1)


def _frame(strip: Strip, index: int, cut: int | None) -> npt.NDArray[np.float32]:
    """Return x0 y0 x1 y1 of what is left of a frame when its bars are cut off."""
    return np.array([0, 0, 1, 1] if cut is None else strip.boxes[index, cut], np.float32)


def _moved(picture: npt.NDArray[np.uint8], affine: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    moved = cv2.warpAffine(
        picture,
        affine,
        (STRIP_SIDE, STRIP_SIDE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, np.uint8)


def _square(rows: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return a map (2, 3) as (3, 3), to be multiplied."""
    return np.vstack([np.asarray(rows, np.float64), [0.0, 0.0, 1.0]])
