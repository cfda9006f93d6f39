"""Whether a picture goes on beyond a box in it, or ends there at a seam.

Bars, bands of words and pictures set into others end at a seam. Where a picture is a crop of
another, that other goes on across the edges of what both show.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.values import Box

INSIDE = 0.02
"""Share of a side within which an edge is the frame's own."""
BESIDE = 3
"""Pixels on both sides of an edge that are compared: a box is good to about as many."""
LOOKS = 8
"""Pictures that are looked at, spread evenly."""
LEAST = 2.0
"""Grey levels that say nothing."""


def seam(pictures: npt.NDArray[np.uint8], box: Box) -> float:
    """Return how many times more a picture changes across the edges of a box than beside them.

    Of several edges the one where it does so least counts: one may lie along a line in the picture
    by chance. 0 where the box is all of the frame.

    Args:
        pictures: uint8 (n, h, w, 3).
        box: Where in them.
    """
    luma = pictures[:: -(-len(pictures) // LOOKS)].mean(axis=3)
    sides = _changes(luma, box.x0, box.x1, box.y0, box.y1)
    ends = _changes(luma.transpose(0, 2, 1), box.y0, box.y1, box.x0, box.x1)
    return min([*sides, *ends], default=0.0)


def _changes(
    luma: npt.NDArray[np.float64], x0: float, x1: float, y0: float, y1: float
) -> Iterator[float]:
    """Yield by how many times more pictures change across two upright lines than beside them.

    Lines that are the frame's own edges are left out.

    Args:
        luma: (n, rows, columns).
        x0: Where the first line stands, as a share of the width.
        x1: Where the other does.
        y0: Where both begin, as a share of the height.
        y1: Where both end.
    """
    height, width = luma.shape[1:]
    lines = luma[:, round(y0 * height) : round(y1 * height)]
    for at in (x0, x1):
        edge = round(at * width)
        if not INSIDE <= at <= 1 - INSIDE or not 2 * BESIDE <= edge < width - 2 * BESIDE:
            continue
        steps = [lines[:, :, edge + k * BESIDE] for k in (-2, -1, 1, 2)]
        before, across, after = (float(np.abs(b - a).mean()) for a, b in pairwise(steps))
        # Across the edge lie two steps, beside it one each.
        yield (across + LEAST) / (before + after + LEAST)
