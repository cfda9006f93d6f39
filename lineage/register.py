"""Lay the pictures of query and source over one another.

Both come as strips of small squares. A `Laying` says how to cut them so that they show the same:
each with or without its bars, and the source moved by an affine map where that makes them more
alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from index.values import STRIP_SIDE, Map, Strip
from lineage.hidden import HiddenParams, hidden
from lineage.laying import Affine, Laying, picked, pixels, rounded, seen, small, squares, views

type Edges = npt.NDArray[np.float64]
"""Left, top, right and bottom of a part of a frame, as shares of its sides."""

_ALL = np.array([0.0, 0.0, 1.0, 1.0])
NARROWEST = 0.12
"""Share of the query's width and height that a source must fill to be laid over it."""
SMALLEST_MAP = 1e-3
"""Least area of the source that fills the query's frame, as a share."""


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
    options = _options(query, source, pairs, variant, maps)
    return max(options, key=lambda laying: fit(query, source, pairs, laying))


def uncovered(  # noqa: PLR0913 # as `lay`
    query: Strip,
    source: Strip,
    pairs: Sequence[tuple[int, int]],
    *,
    variant: str,
    maps: Sequence[Map] = (),
    params: HiddenParams,
) -> Laying | None:
    """Return the laying under which all is most alike but for a part that something hides.

    None where nothing is hidden, or what is left is not alike either.

    Args:
        query: The query's frames.
        source: The source's frames.
        pairs: Indices of frames thought to show about the same; at least one.
        variant: How the query is turned.
        maps: Guesses how the query's frame lies over the source's.
        params: When a part counts as hidden.
    """
    left, right = (list(side) for side in zip(*pairs, strict=True))
    best, error = None, params.rest
    for laying in _options(query, source, pairs, variant, maps):
        a = small(picked(query, left), laying, of_query=True)
        b = small(picked(source, right), laying, of_query=False)
        found = hidden(a, b, params=params)
        if found is not None and found[1] < error:
            best, error = replace(laying, hidden=found[0]), found[1]
    return best


def _options(
    query: Strip,
    source: Strip,
    pairs: Sequence[tuple[int, int]],
    variant: str,
    maps: Sequence[Map],
) -> list[Laying]:
    """Return the layings worth a try, the plainest first of those without a map."""
    bars = _turned(query.boxes[pairs[0][0], 0].astype(np.float64), variant)
    areas = [_ALL] if (bars == _ALL).all() else [bars, _ALL]
    mapped = [_mapped(one, variant, area) for one in maps for area in areas]
    return [option for option in mapped if option is not None] + [
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
    a = views(picked(query, left), laying, of_query=True)
    b = views(picked(source, right), laying, of_query=False)
    return float(np.einsum("ij,ij->i", a, b).mean())


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
    size = bars[2:] - bars[:2]
    within = _turned((bands - np.tile(bars[:2], 2)) / np.tile(size, 2), variant)
    low, high = within[:2], within[2:]
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
    a = seen(picked(query, [left]), laying)
    b = squares(picked(source, [right]), laying.source_cut)
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


def _mapped(matrix: Map, variant: str, area: Edges) -> Laying | None:
    """Return the laying of a map; None where it shows the source too small, or not at all.

    Args:
        matrix: How the turned query's frame lies over the source's.
        variant: How the query is turned.
        area: What of its turned frame may show the source.
    """
    linear, shift = matrix[:, :2], matrix[:, 2]
    if abs(np.linalg.det(linear)) < SMALLEST_MAP:
        return None
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) - shift
    at = corners @ np.linalg.inv(linear).T
    low = np.clip(at.min(axis=0), area[:2], area[2:])
    high = np.clip(at.max(axis=0), area[:2], area[2:])
    size = high - low
    if (size < NARROWEST).any():
        return None
    # Of a square that shows the panel alone to one that shows the whole source.
    inside = np.column_stack([linear * size, linear @ low + shift])
    shown = _turned(np.concatenate([low, high]), variant)
    return Laying(variant, None, None, pixels(inside), rounded(shown))


def _turned(edges: Edges, variant: str) -> Edges:
    """Return where a part of the frame lies once it is turned; turned twice, it lies as before."""
    x0, y0, x1, y1 = edges
    if variant in {"mirror", "turn"}:
        x0, x1 = 1 - x1, 1 - x0
    if variant in {"flip", "turn"}:
        y0, y1 = 1 - y1, 1 - y0
    return np.array([x0, y0, x1, y1])
