"""How all of the picture was handled: its tones, its fine detail, its grain, its perspective."""

from collections.abc import Sequence
from dataclasses import astuple
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from lineage.evidence.values import Cells, Manner, Registered

SHARPEST, SMOOTHEST = 0.9, 0.4
"""Share of the source's cells that have less detail than those by which sharpness is told, and
share of those by which grain is."""
PARTS = 4
"""Parts a side of the picture in each of which sharpness is told."""
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
        saturation=float(given[..., 1:].std() / max(LEAST, float(source[..., 1:].std()))),
        sharpness=_sharpness(*details, compared),
        grain=float(np.median(ours[smooth]) - np.median(theirs[smooth])),
        off=float(np.median(np.abs(query - given)[..., 0])),
        bend=laid.bend,
    )


def _sharpness(query: Cells, source: Cells, compared: npt.NDArray[np.bool_]) -> float:
    """Return how much is left of the sharpest detail in most parts of the picture.

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
    return float(np.median(left)) if left else 1.0


def _slices(length: int) -> list[slice]:
    edges = np.linspace(0, length, PARTS + 1).round().astype(int)
    return [slice(start, end) for start, end in pairwise(edges)]


def typical(manners: Sequence[Manner]) -> Manner | None:
    """Return the median of each measure over parts of a stretch; None where there are none."""
    if not manners:
        return None
    return Manner(*np.median([astuple(each) for each in manners], axis=0).tolist())
