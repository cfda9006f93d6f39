"""Where fine detail is missing: what was blurred keeps its brightness, and loses its edges.

Coding takes detail away everywhere, of faint texture more than of strong edges. How much is left of
detail of each strength is learned from the stretch itself, and a place where much less is left of
strong edges was blurred, or made into a mosaic.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lineage.evidence import grids
from lineage.evidence.values import Cells


@dataclass(frozen=True, slots=True)
class LossParams:
    """What loss of detail is to be expected.

    Attributes:
        least: Grey levels of detail that the source must have in a cell.
        fewest: Such cells of a stretch without which nothing is learned.
        faint: Grey levels added to both sides' detail, so that what is faint counts less.
        steps: Strengths of detail of which the loss is learned.
        spread: Multiple of the usual deviation that is to be expected.
        floor: Loss added to that, in natural logarithms.
        wide: Cells over which it is averaged.
        covered: Share of these that must have such detail.
    """

    least: float = 3.0
    fewest: int = 200
    faint: float = 0.5
    steps: int = 8
    spread: float = 1.5
    floor: float = 0.15
    wide: int = 5
    covered: float = 0.35


def losses(
    query: Cells,
    source: Cells,
    compared: npt.NDArray[np.bool_],
    *,
    params: LossParams = LossParams(),
) -> Cells:
    """Return by how much more detail is lost than is to be expected, in multiples of that.

    Args:
        query: Grey levels of fine detail of its cells.
        source: The same of the source's.
        compared: bool (rows, columns), which are compared.
        params: See there.
    """
    strong = compared & (source >= params.least)
    if strong.sum() < params.fewest:
        return np.zeros(source.shape, np.float32)
    kept = np.log((query + params.faint) / (source + params.faint))
    bounds = np.unique(np.quantile(source[strong], np.linspace(0, 1, params.steps + 1)))
    points = []
    for low, high in pairwise(bounds):
        here = strong & (source >= low) & (source <= high)
        usual = np.median(kept[here])
        points.append((np.median(source[here]), usual, np.median(np.abs(kept[here] - usual))))
    levels, usual, deviation = np.array(points).T
    missing = np.interp(source, levels, usual) - kept
    missing /= params.spread * np.interp(source, levels, deviation) + params.floor
    near = (1, params.wide, params.wide)
    share = grids.mean(strong.astype(np.float32), near, mode="nearest")
    mean = grids.mean(np.where(strong, missing, 0.0), near, mode="nearest")
    told = np.where(share >= params.covered, mean / np.maximum(share, params.covered), 0.0)
    return np.asarray(np.maximum(told, 0.0), np.float32)
