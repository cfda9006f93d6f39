"""Lay the pictures of query and source over one another.

Both come as strips of small squares. A `Laying` says how to cut them so that they show the same:
each with or without its bars, and the source moved by an affine map where that makes them more
alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from index.values import STRIP_SIDE, Box, Map, Strip

VIEW_SIDE = 32
"""Pixels a side of the pictures that are correlated."""

type Views = npt.NDArray[np.float32]
"""Shape (n, 1024): pictures of 32 x 32, each with mean 0 and length 1, so that the product of two
is their correlation."""

type Squares = npt.NDArray[np.uint8]
"""Shape (n, 96, 96)."""

type Affine = npt.NDArray[np.float32]
"""Shape (2, 3): pixels of the query's square to pixels of the source's."""

NARROWEST = 0.15
"""Share of the query's width and height that a source must fill to be laid over it."""
SMALLEST_MAP = 1e-3
"""Least area of the source that fills the query's frame, as a share."""
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
    """

    variant: str
    query_cut: int | None
    source_cut: int | None
    affine: Affine | None
    panel: Box | None = None


@dataclass(frozen=True, slots=True)
class RegisterParams:
    """How a laying is found.

    Attributes:
        pairs: Pairs of frames it is chosen by.
        worth: What an affine map must add to the correlation to be preferred to none.
        steps: Iterations of the refinement.
        stretch: Furthest an affine map may scale, shear or move, in shares of the side.
    """

    pairs: int = 6
    worth: float = 0.01
    steps: int = 60
    stretch: float = 0.25


def views(strip: Strip, laying: Laying, *, of_query: bool) -> Views:
    """Return the strip's pictures as they are compared under a laying."""
    squares = _seen(strip, laying) if of_query else _squares(strip, laying.source_cut)
    out = np.empty((len(strip), VIEW_SIDE, VIEW_SIDE), np.uint8)
    affine = None if of_query else laying.affine
    for index, square in enumerate(squares):
        seen = square if affine is None else _moved(square, affine)
        cv2.resize(seen, (VIEW_SIDE, VIEW_SIDE), out[index], interpolation=cv2.INTER_AREA)
    return unit(out)


def lay(
    query: Strip,
    source: Strip,
    pairs: Sequence[tuple[int, int]],
    *,
    variant: str,
    maps: Sequence[Map] = (),
) -> Laying:
    """Return with or without which bars, or under which map, the pairs of frames are most alike.

    A band with words may stand beside the picture or lie over a part of it; then the same part of
    the source is left out.

    Args:
        query: The query's frames.
        source: The source's frames.
        pairs: Indices of frames thought to show about the same; at least one.
        variant: How the query is turned.
        maps: Guesses how the query's frame lies over the source's.
    """
    mapped = [option for one in maps if (option := _mapped(one, variant)) is not None]
    options = [
        *mapped,
        *_uncut(query, source, pairs, variant),
    ]
    return max(options, key=lambda laying: fit(query, source, pairs, laying))


def _uncut(
    query: Strip, source: Strip, pairs: Sequence[tuple[int, int]], variant: str
) -> list[Laying]:
    return [
        Laying(variant, query_cut, source_cut, affine)
        for query_cut in _choices(query)
        for source_cut in _choices(source)
        for affine in (None, _left_out(query, pairs[0][0], variant) if query_cut else None)
    ]


def refined(
    query: Strip,
    source: Strip,
    pairs: Sequence[tuple[int, int]],
    laying: Laying,
    *,
    params: RegisterParams = RegisterParams(),
) -> Laying:
    """Return the laying with an affine map, if one makes the pairs clearly more alike.

    Source: Evangelidis and Psarakis, "Parametric image alignment using enhanced correlation
    coefficient maximization", IEEE TPAMI 30(10), 2008, as in OpenCV.

    Args:
        query: The query's frames.
        source: The source's frames.
        pairs: Indices of frames that show the same moment: of a moving camera's pictures, a frame
            too early looks like one moved aside.
        laying: How they lie so far.
        params: See there.
    """
    best = laying
    alike = fit(query, source, pairs, laying)
    needed = params.worth
    for pair in pairs[: params.pairs]:
        affine = _affine(query, source, pair, laying, params=params)
        if affine is None:
            continue
        moved = replace(laying, affine=affine)
        better = fit(query, source, pairs, moved)
        if better > alike + needed:
            best, alike, needed = moved, better, 0.0
    return best


def fit(query: Strip, source: Strip, pairs: Sequence[tuple[int, int]], laying: Laying) -> float:
    """Return the mean correlation of pairs of frames under a laying, -1 to 1."""
    left, right = (list(side) for side in zip(*pairs, strict=True))
    a = views(_picked(query, left), laying, of_query=True)
    b = views(_picked(source, right), laying, of_query=False)
    return float(np.einsum("ij,ij->i", a, b).mean())


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
    return _box(shown), _box(seen)


def turned(pictures: Squares, variant: str) -> Squares:
    """Return pictures (n, h, w) turned as the variant says; turning twice gives them back."""
    if variant in {"mirror", "turn"}:
        pictures = pictures[:, :, ::-1]
    if variant in {"flip", "turn"}:
        pictures = pictures[:, ::-1]
    if variant == "negative":
        pictures = 255 - pictures
    return np.ascontiguousarray(pictures)


def unit(pictures: Squares) -> Views:
    """Return pictures (n, h, w) as rows of mean 0 and length 1."""
    rows = pictures.reshape(len(pictures), -1).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.maximum(length, FLATTEST * rows.shape[1] ** 0.5)
    return rows


def _frame(strip: Strip, index: int, cut: int | None) -> npt.NDArray[np.float32]:
    """Return x0 y0 x1 y1 of what is left of a frame when its bars are cut off."""
    return np.array([0, 0, 1, 1] if cut is None else strip.boxes[index, cut], np.float32)


def _choices(strip: Strip) -> list[int | None]:
    """Return the cuts that make a difference, the plainest first."""
    bars, bands = strip.boxes[:, 0], strip.boxes[:, 1]
    choices: list[int | None] = [None]
    if (bars != np.array([0, 0, 1, 1])).any():
        choices.append(0)
    if (bands != bars).any():
        choices.append(1)
    return choices


def _left_out(query: Strip, index: int, variant: str) -> Affine:
    """Return the map that leaves out of the source what a frame's bands hide of the picture."""
    bars, bands = query.boxes[index].astype(np.float64)
    size = np.array([bars[2] - bars[0], bars[3] - bars[1]])
    low, high = (bands[:2] - bars[:2]) / size, (bands[2:] - bars[:2]) / size
    if variant in {"mirror", "turn"}:
        low[0], high[0] = 1 - high[0], 1 - low[0]
    if variant in {"flip", "turn"}:
        low[1], high[1] = 1 - high[1], 1 - low[1]
    scale = high - low
    # Pixel centres lie at halves.
    shift = low * STRIP_SIDE + 0.5 * scale - 0.5
    return np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]], np.float32)


def _affine(
    query: Strip,
    source: Strip,
    pair: tuple[int, int],
    laying: Laying,
    *,
    params: RegisterParams,
) -> Affine | None:
    """Return the map under which one pair fits best; None where there is none, or a wild one."""
    left, right = pair
    a = _seen(_picked(query, [left]), laying)
    b = _squares(_picked(source, [right]), laying.source_cut)
    start = np.eye(2, 3, dtype=np.float32) if laying.affine is None else laying.affine
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, params.steps, 1e-4)
    try:
        _, affine = cv2.findTransformECC(
            a[0],
            b[0],
            start.copy(),
            cv2.MOTION_AFFINE,
            stop,
        )
    except cv2.error:  # it did not converge: these two do not lie over one another
        return None
    change = np.abs(affine - start) * [1, 1, 1 / STRIP_SIDE]
    return affine.astype(np.float32) if change.max() <= params.stretch else None


def _mapped(matrix: Map, variant: str) -> Laying | None:
    """Return the laying of a map; None where it shows the source too small, or not at all."""
    linear, shift = matrix[:, :2], matrix[:, 2]
    if abs(np.linalg.det(linear)) < SMALLEST_MAP:
        return None
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) - shift
    at = corners @ np.linalg.inv(linear).T
    low, high = np.clip(at.min(axis=0), 0.0, 1.0), np.clip(at.max(axis=0), 0.0, 1.0)
    size = high - low
    if (size < NARROWEST).any():
        return None
    # Of a square that shows the panel alone to one that shows the whole source.
    inside = np.column_stack([linear * size, linear @ low + shift])
    affine = _pixels(inside)
    x0, y0, x1, y1 = *low, *high
    if variant in {"mirror", "turn"}:
        x0, x1 = 1 - x1, 1 - x0
    if variant in {"flip", "turn"}:
        y0, y1 = 1 - y1, 1 - y0
    return Laying(variant, None, None, affine, _box(np.array([x0, y0, x1, y1])))


def _pixels(shares: Map) -> Affine:
    """Return a map between shares of two squares as one between their pixels."""
    linear, shift = shares[:, :2], shares[:, 2]
    # Pixel centres lie at halves.
    moved = STRIP_SIDE * shift + 0.5 * linear.sum(axis=1) - 0.5
    return np.column_stack([linear, moved]).astype(np.float32)


def _seen(strip: Strip, laying: Laying) -> Squares:
    """Return the query's squares: what shows the source, turned."""
    if laying.panel is None:
        return turned(_squares(strip, laying.query_cut), laying.variant)
    x0, y0, x1, y1 = laying.panel.x0, laying.panel.y0, laying.panel.x1, laying.panel.y1
    affine = _pixels(np.array([[x1 - x0, 0.0, x0], [0.0, y1 - y0, y0]]))
    squares = np.stack([_moved(picture, affine) for picture in strip.pictures])
    return turned(squares, laying.variant)


def _squares(strip: Strip, cut: int | None) -> Squares:
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


def _moved(picture: npt.NDArray[np.uint8], affine: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    moved = cv2.warpAffine(
        picture,
        affine,
        (STRIP_SIDE, STRIP_SIDE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, np.uint8)


def _picked(strip: Strip, indices: Sequence[int]) -> Strip:
    # A strip's times rise; those of picked pairs need not, and are not looked at.
    rows = list(indices)
    return Strip(np.arange(float(len(rows))), strip.pictures[rows], strip.boxes[rows])


def _box(edges: npt.NDArray[np.floating]) -> Box:
    x0, y0, x1, y1 = (min(1.0, max(0.0, round(float(edge), 4))) for edge in edges)
    return Box(x0, y0, x1, y1)
