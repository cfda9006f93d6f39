"""How all of the picture was handled: its tones, its fine detail, its grain, its perspective."""

from collections.abc import Sequence
from dataclasses import astuple
from itertools import pairwise, product

import cv2
import numpy as np
import numpy.typing as npt

from index.values import Box
from lineage.evidence.values import Cells, Manner, Registered

SHARPEST, SMOOTHEST = 0.9, 0.4
"""Share of the source's cells that have less detail than those by which sharpness is told, and
share of those by which grain is."""
PARTS = 4
"""Parts a side of the picture in each of which sharpness is told."""
SURROUNDED, BLUR = 0.08, 30
"""Share of the frame that is something around the source, and part of its long side that is blurred
before both are compared."""
FAINTEST = 1 / 64
"""The least that is said to be left of detail."""
LEAST = 0.5
"""Grey levels under which there is no colour, or no detail, to be compared."""


def manner(
    laid: Registered,
    toned: npt.NDArray[np.float32],
    details: tuple[Cells, Cells],
    compared: npt.NDArray[np.bool_],
) -> Manner:
    """Return how all of the picture was handled.

    Args:
        laid: Both sides as they lie over one another.
        toned: The source's planes with the query's tones.
        details: Grey levels of fine detail in the query's cells and in the source's.
        compared: bool (rows, columns), which cells are compared.
    """
    query, source, given = (side[:, laid.shown] for side in (laid.query, laid.source, toned))
    ours, theirs = (side[:, compared] for side in details)
    smooth = theirs <= np.quantile(theirs, SMOOTHEST)
    spread = source[..., 0].std(axis=1)
    return Manner(
        tones=float(np.abs(given - source).mean()),
        contrast=float(np.median(given[..., 0].std(axis=1) / np.maximum(spread, LEAST))),
        brightness=float(given[..., 0].mean() - source[..., 0].mean()),
        saturation=float(given[..., 1:].std()) / _deviation(source[..., 1:]),
        sharpness=_sharpness(*details, compared),
        source_sharpness=_sharpness(details[1], details[0], compared),
        grain=float(np.median(ours[smooth]) - np.median(theirs[smooth])),
        off=float(np.median(np.abs(query[..., 0] - given[..., 0]))),
        bend=laid.bend,
        colours=_spread(query) / _spread(source),
    )


def _spread(planes: npt.NDArray[np.float32]) -> float:
    """Return how far colours lie apart; a mark in one that the film lacks does not count."""
    low, high = np.percentile(planes.reshape(-1, planes.shape[-1])[::8, 1:], (25, 75), axis=0)
    return max(LEAST, float((high - low).mean()))


def _deviation(planes: npt.NDArray[np.float32]) -> float:
    return max(LEAST, float(planes.std()))


def _sharpness(query: Cells, source: Cells, compared: npt.NDArray[np.bool_]) -> float:
    """Return how much of the source's sharpest detail the query has, in most parts of the picture.

    Of all of it the sharpest may be letters, which a forger took out.
    """
    left = []
    for rows, columns in product(*(_slices(side) for side in compared.shape)):
        here = np.zeros_like(compared)
        here[rows, columns] = compared[rows, columns]
        ours, theirs = query[:, here], source[:, here]
        sharp = theirs >= (np.quantile(theirs, SHARPEST) if theirs.size else 0.0)
        if theirs.size and float(np.median(theirs[sharp])) >= LEAST:
            left.append(float(np.median(ours[sharp] / theirs[sharp])))
    return max(FAINTEST, float(np.median(left))) if left else 1.0


def _slices(length: int) -> list[slice]:
    edges = np.linspace(0, length, PARTS + 1).round().astype(int)
    return [slice(start, end) for start, end in pairwise(edges)]


def fill(query: npt.NDArray[np.uint8], box: Box) -> float:
    """Return how well what is around a box correlates with what is in it, enlarged and blurred.

    So an upright frame is filled by many a program in which a wide film is shown.

    Args:
        query: uint8 (n, h, w, 3), RGB.
        box: Where the source is shown.
    """
    height, width = query.shape[1:3]
    rows = slice(round(box.y0 * height), round(box.y1 * height))
    columns = slice(round(box.x0 * width), round(box.x1 * width))
    around = np.ones((height, width), bool)
    around[rows, columns] = False
    inside = query[:, rows, columns]
    if around.mean() < SURROUNDED or min(inside.shape[1:3]) < 2:  # noqa: PLR2004 # nothing to see
        return 0.0
    scale = max(height / inside.shape[1], width / inside.shape[2])
    told = []
    for whole, part in zip(query, inside, strict=True):
        large = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
        large = large[top : top + height, left : left + width]
        a, b = (
            cv2.GaussianBlur(side, (0, 0), max(height, width) / BLUR).mean(axis=2)[around]
            for side in (whole, large)
        )
        told.append(float(np.corrcoef(a, b)[0, 1]) if a.std() > 1 and b.std() > 1 else 0.0)
    return float(np.median(told))


def typical(manners: Sequence[Manner]) -> Manner | None:
    """Return the median of each measure over parts of a stretch; None where there are none."""
    if not manners:
        return None
    return Manner(*np.median([astuple(each) for each in manners], axis=0).tolist())
