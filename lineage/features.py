"""Local features that are alike, to pairs of frames in which they lie alike.

Letters, logos and leaves share features with a thousand others; that a handful of them lie in one
frame as they do in another is rare. Each pair of features is a guess how one frame lies over the
other, since it tells place, size and angle; the guess most others agree with is taken (the
generalised Hough transform as in Lowe, "Distinctive image features from scale-invariant keypoints",
IJCV 60(2), 2004, section 7.3, with every pair tried, as in RANSAC of one point) and mended by them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.values import AssetRow, Hits, Map

type Shape = tuple[float, float]
"""Width and height of a frame in units of its longer side."""


@dataclass(frozen=True, slots=True)
class AgreeParams:
    """When features agree.

    Attributes:
        fewest: Features that must agree.
        off: How far one may lie off the common map, in units of the source's longer side.
        roughly: How far off the map that another one suggests.
        guesses: Suggestions followed, those first that most others agree with.
        rounds: Times each is mended by those that agree.
        octaves: By how many octaves its size may differ.
        turn: Radians by which its angle may.
        common: Share of the assets in which a feature may be seen before it says nothing.
        few: Number of assets in which it may be however small the archive.
        most: Frames laid beside one of the query's, at most: those with most features alike.
        apart: Share of the longer side within which two features are one.
    """

    fewest: int = 5
    off: float = 0.03
    roughly: float = 0.08
    guesses: int = 4
    rounds: int = 3
    octaves: float = 0.75
    turn: float = 0.5
    common: float = 0.1
    few: int = 12
    most: int = 100
    apart: float = 0.02


def agreeing(
    hits: Hits,
    *,
    assets: int,
    shape: Shape,
    shapes: Callable[[AssetRow], Shape],
    params: AgreeParams = AgreeParams(),
) -> Hits:
    """Return one hit for each pair of frames whose features agree, with the map that they agree on.

    Args:
        hits: Features of one frame of the query, and those alike.
        assets: Number of assets in the archive.
        shape: Of the query's frames.
        shapes: Returns that of an asset's frames.
        params: See there.
    """
    if not len(hits):
        return hits
    hits = hits.at(_telling(hits, assets=assets, params=params))
    kept: list[tuple[int, int, float, Map]] = []
    for rows in _pairs(hits, params=params):
        found = _agreed(hits.query_places[rows], hits.places[rows], params=params)
        if found is None:
            continue
        inside, matrix = found
        asset = AssetRow(int(hits.assets[rows[0]]))
        many = _distinct(hits, rows[inside], params=params)
        if many >= params.fewest:
            distance = float(hits.distances[rows[inside]].mean())
            kept.append((int(rows[0]), many, distance, _shared(matrix, shape, shapes(asset))))
    first = np.array([row for row, *_ in kept], np.int64)
    return Hits(
        hits.query_times[first],
        hits.assets[first],
        hits.times[first],
        np.zeros(len(first)),
        np.array([round(distance) for *_, distance, _ in kept], np.uint16),
        hits.channel,
        hits.variant,
        agreeing=np.array([many for _, many, *_ in kept], np.int64),
        maps=np.array([matrix for *_, matrix in kept], np.float64).reshape(-1, 2, 3),
        common=hits.common[first] if hits.common.size else hits.common,
        asked=hits.asked,
        near=hits.near,
    )


def _telling(hits: Hits, *, assets: int, params: AgreeParams) -> npt.NDArray[np.int64]:
    """Return the rows whose feature of the query is not seen in too many assets."""
    # There may be a million rows, for which `np.unique` of rows takes twice the time and memory.
    keys = hits.query_times, *hits.query_places.T
    order = np.lexsort(keys)
    other = np.zeros(len(hits), bool)
    for key in keys:
        sorted_ = key[order]
        other[1:] |= sorted_[1:] != sorted_[:-1]
    feature = np.empty(len(hits), np.int64)
    feature[order] = np.cumsum(other)
    most = int(hits.assets.max()) + 1
    seen = np.bincount(np.unique(feature * most + hits.assets) // most)
    return np.flatnonzero(seen[feature] <= max(params.few, params.common * assets))


def _pairs(hits: Hits, *, params: AgreeParams) -> list[npt.NDArray[np.int64]]:
    """Return the rows of each pair of frames with enough features alike, those with most first."""
    keys = np.column_stack([hits.query_times, hits.assets.astype(np.float64), hits.times])
    _, pair, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(pair, kind="stable")
    groups = np.split(order, np.cumsum(counts)[:-1]) if len(counts) else []
    chosen = np.argsort(-counts, kind="stable")[: params.most]
    return [groups[i] for i in chosen if counts[i] >= params.fewest]


def _agreed(
    query: npt.NDArray[np.float32], source: npt.NDArray[np.float32], *, params: AgreeParams
) -> tuple[npt.NDArray[np.bool_], Map] | None:
    """Return which features agree on one map, and the map; None where it is no map of a frame.

    Args:
        query: Places (n, 4).
        source: Places (n, 4).
        params: See there.
    """
    octaves = np.log2(source[:, 2] / query[:, 2])
    turns = source[:, 3] - query[:, 3]
    like = np.abs(octaves[:, None] - octaves) <= params.octaves
    like &= np.cos(turns[:, None] - turns) >= np.cos(params.turn)
    guesses = 2.0**octaves * np.exp(1j * turns)
    a, b = (side[:, :2].astype(np.float64) @ np.array([1, 1j]) for side in (query, source))
    off = np.abs(guesses[:, None] * (a - a[:, None]) - (b - b[:, None]))
    near = like & (off <= params.roughly * np.maximum(1.0, np.abs(guesses))[:, None])
    best: npt.NDArray[np.bool_] | None = None
    for guess in np.argsort(-near.sum(axis=1), kind="stable")[: params.guesses]:
        inside = _closer(near[guess], like[guess], query, source, params=params)
        if best is None or inside.sum() > best.sum():
            best = inside
    if best is None or best.sum() < params.fewest:
        return None
    return best, _similarity(query[best, :2], source[best, :2])


def _closer(
    inside: npt.NDArray[np.bool_],
    like: npt.NDArray[np.bool_],
    query: npt.NDArray[np.float32],
    source: npt.NDArray[np.float32],
    *,
    params: AgreeParams,
) -> npt.NDArray[np.bool_]:
    """Return which features agree closely, from those that do so roughly.

    One feature tells size and angle so badly that those far from it come to lie beside their place;
    a handful together tell them well.
    """
    for _ in range(params.rounds):
        if inside.sum() < params.fewest:
            break
        matrix = _similarity(query[inside, :2], source[inside, :2])
        off = query[:, :2] @ matrix[:, :2].T + matrix[:, 2] - source[:, :2]
        reach = params.off * max(1.0, float(np.hypot(*matrix[:, 0])))
        inside = like & (np.hypot(*off.T) <= reach)
    return inside


def _similarity(query: npt.NDArray[np.float32], source: npt.NDArray[np.float32]) -> Map:
    """Return the similarity that lays points over others with least squares.

    Source: Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", IEEE TPAMI 13(4), 1991; in the plane, as one complex number.
    """
    a = query.astype(np.float64) @ np.array([1, 1j])
    b = source.astype(np.float64) @ np.array([1, 1j])
    centred = a - a.mean()
    turn = np.vdot(centred, b - b.mean()) / max(float(np.vdot(centred, centred).real), 1e-12)
    shift = b.mean() - turn * a.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def _distinct(hits: Hits, rows: npt.NDArray[np.int64], *, params: AgreeParams) -> int:
    """Return how many different places agree, on the side that has fewer."""
    sides = hits.query_places[rows, :2], hits.places[rows, :2]
    cells = (np.floor(side / params.apart) for side in sides)
    return min(len(np.unique(side, axis=0)) for side in cells)


def _shared(matrix: Map, shape: Shape, other: Shape) -> Map:
    """Return a map between units of longer sides as one between shares of width and height."""
    linear = matrix[:, :2] * np.array(shape) / np.array(other)[:, None]
    return np.column_stack([linear, matrix[:, 2] / np.array(other)])
