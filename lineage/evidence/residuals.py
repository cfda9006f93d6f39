"""How far the query is from the source, in multiples of what is to be expected there.

Both are smoothed first: what coding takes away is fine and of both signs, what a forger puts in is
not. What is to be expected is learned from the stretch itself: more along edges, where a trifle of
displacement shows, more where things move, more where there is fine detail.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from lineage.evidence import fitting, grids, tones
from lineage.evidence.losses import LossParams, losses
from lineage.evidence.values import CELL, HALF, Cells, Planes, Registered

NEAR = 3
"""Cells a side of what lies around one."""


@dataclass(frozen=True, slots=True)
class ResidualParams:
    """What is to be expected.

    Attributes:
        smooth: Pixels of a plane over which both are smoothed.
        floor: Grey levels added to what is to be expected.
        least: Of what is to be expected at least, in grey levels: always, for each level of slope a
            pixel of a picture, for each level by which the next frame differs, and for each level
            of fine detail.
        covered: Share of a cell that must be shown.
        sampled: Pixels of a moment by which tones are told.
        moments: Moments by which they are.
        loss: What loss of detail is.
        toned: Whether the source is given the query's tones first.
        learned: Whether what is to be expected is learned; else it is the same everywhere.
    """

    smooth: float = 1.0
    floor: float = 1.5
    least: tuple[float, float, float, float] = (0.5, 0.1, 0.05, 0.0)
    covered: float = 0.9
    sampled: int = 4_000
    moments: int = 5
    loss: LossParams = field(default_factory=LossParams)
    toned: bool = True
    learned: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """By how much each cell differs.

    Attributes:
        multiples: Of what is to be expected; 0 where nothing is compared.
        compared: bool (rows, columns), which cells are.
        query: Luma of the query's cells.
        source: The same of the source's, with the query's tones.
        query_detail: Grey levels of fine detail in the query's cells.
        source_detail: The same of the source's.
        losses: By how much more detail is lost than is to be expected, in multiples of that.
        toned: The source's pictures with the query's tones.
    """

    multiples: Cells
    compared: npt.NDArray[np.bool_]
    query: Cells
    source: Cells
    query_detail: Cells
    source_detail: Cells
    losses: Cells
    toned: Planes


def residuals(laid: Registered, *, params: ResidualParams = ResidualParams()) -> Residuals | None:
    """Return by how much each cell differs; None where too little is shown to learn from."""
    compared = _cells(laid.shown.astype(np.float32)) >= params.covered
    if not compared.any():
        return None
    source = _toned(laid, params) if params.toned else laid.source
    ours, theirs = (_smooth(side, params.smooth) for side in (laid.query, source))
    apart = _steadied(_every(ours - theirs), _every(theirs), compared)
    size = np.sqrt((apart**2 * np.array([1.0, 0.7, 0.7], np.float32)).sum(axis=-1))
    mine, others = (
        _every(np.abs(side[..., 0] - smooth[..., 0]))
        for side, smooth in ((laid.query, ours), (source, theirs))
    )
    expected = _expected(size, compared, _reasons(laid, theirs, others, params), params)
    multiples = np.where(compared, size / (expected + params.floor), 0.0).astype(np.float32)
    return Residuals(
        multiples,
        compared,
        _every(ours[..., 0]),
        _every(theirs[..., 0]),
        mine,
        others,
        losses(mine, others, compared, params=params.loss),
        source,
    )


def _toned(laid: Registered, params: ResidualParams) -> Planes:
    """Return the source's pictures with the query's tones."""
    places = np.flatnonzero(laid.shown.ravel())
    places = places[:: max(1, len(places) // params.sampled)]
    few = np.unique(np.linspace(0, len(laid.times) - 1, params.moments).round().astype(int))
    source, query = (
        np.concatenate([side[i].reshape(-1, 3)[places] for i in few])
        for side in (laid.source, laid.query)
    )
    return tones.fitted(source, query).given(laid.source)


def _steadied(
    apart: npt.NDArray[np.float32],
    source: npt.NDArray[np.float32],
    compared: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float32]:
    """Return differences without what a fade or a lamp adds to all of a moment.

    Args:
        apart: Differences of cells, (n, rows, columns, 3).
        source: The source's cells.
        compared: Which are compared.
    """
    every = np.ones((len(source), 4, *compared.shape))
    every[:, 1:] = np.moveaxis(source, 3, 1) / 128 - 1
    columns = every[:, :, compared]
    wanted = np.ascontiguousarray(np.moveaxis(apart[:, compared], 2, 1), np.float64)
    off = np.abs(wanted - np.median(wanted, axis=2, keepdims=True))
    weights = np.zeros((len(apart), 3, columns.shape[1]))
    for _ in range(3):
        fits = off <= np.maximum(0.5, 3 * np.median(off, axis=2, keepdims=True))
        weights = np.stack(
            [fitting.weights(columns, wanted[:, plane], fits[:, plane]) for plane in range(3)],
            axis=1,
        )
        off = np.abs(wanted - weights @ columns)
    added = (weights @ every.reshape(*every.shape[:2], -1)).reshape(len(every), 3, *compared.shape)
    return np.asarray(apart - np.moveaxis(added, 1, 3), np.float32)


def _reasons(
    laid: Registered, smooth: Planes, detail: Cells, params: ResidualParams
) -> list[Cells]:
    """Return what differences grow with: slope, motion, fine detail."""
    luma = smooth[..., 0]
    slopes = np.stack(
        [
            np.hypot(cv2.Sobel(one, cv2.CV_32F, 1, 0), cv2.Sobel(one, cv2.CV_32F, 0, 1))
            / (8 * HALF)
            for one in luma
        ]
    )
    own = _smooth(laid.source[..., 0], params.smooth)
    moved = np.maximum(
        *(
            _every(np.abs(_smooth(other, params.smooth) - own))
            for other in (laid.before, laid.after)
        )
    )
    return [
        grids.greatest(_every(slopes), NEAR),
        grids.greatest(moved, NEAR),
        grids.mean(detail, (1, NEAR, NEAR)),
    ]


def _expected(
    size: Cells, compared: npt.NDArray[np.bool_], reasons: list[Cells], params: ResidualParams
) -> Cells:
    """Return the difference to be expected in each cell, fitted to those that differ least."""
    if not params.learned:
        return np.full_like(size, params.least[0])
    use = np.broadcast_to(compared, size.shape)
    found = size[use].astype(np.float64)
    columns = np.stack([np.ones(len(found)), *(reason[use] for reason in reasons)])
    weights, fits = np.array(params.least), found <= np.quantile(found, 0.4)
    for _ in range(10):
        weights = np.maximum(fitting.weights(columns, found, fits), params.least)
        off = found - weights @ columns
        fits = off < 3 * max(0.3, float(np.quantile(np.abs(off[fits]), 0.8)))
    slope, motion, detail = reasons
    expected = weights[0] + weights[1] * slope + weights[2] * motion + weights[3] * detail
    return np.asarray(expected, np.float32)


def _smooth[T: npt.NDArray[np.float32]](pictures: T, pixels: float) -> T:
    return np.stack([cv2.GaussianBlur(one, (0, 0), pixels) for one in pictures])  # type: ignore[return-value]


def _every(pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.stack([_cells(one) for one in pictures])


def _cells(picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the means of the cells of a picture; what is left over at its end has none."""
    rows, columns = picture.shape[0] // CELL, picture.shape[1] // CELL
    whole = picture[: rows * CELL, : columns * CELL]
    return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
