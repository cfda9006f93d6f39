"""Codes of sound that hit, to the lines source = offset + rate * query that they suggest."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from index.values import Hits
from lineage.lines import Line
from lineage.sound import SoundParams

DEFAULT = SoundParams()


def lines(hits: Hits, tempo: float, *, params: SoundParams = DEFAULT) -> Iterator[Line]:
    """Yield the lines through a candidate's hits, the one with most moments first.

    Args:
        hits: Of one asset.
        tempo: Source seconds per query second that was listened for; negative is backwards.
        params: See there.
    """
    steps = round(params.bend / params.grain)
    rates = tempo * (1 + params.grain * np.arange(-steps, steps + 1))
    rates = np.unique([*rates, *([1.0] if rates.min() < 1.0 < rates.max() else [])])
    left = np.ones(len(hits), bool)
    for _ in range(params.most):
        if not left.any():
            return
        found = [_heaviest(hits, left, float(rate), params=params) for rate in rates]
        most = max(count for count, _ in found)
        if most < params.fewest:
            return
        ties = [row for row, (count, _) in enumerate(found) if count >= params.tie * most]
        best = min(ties, key=lambda row: (rates[row] != 1.0, abs(rates[row] - tempo)))
        line = Line(float(rates[best]), found[best][1])
        yield line
        left &= np.abs(hits.times - line.at(hits.query_times)) > params.near


def _heaviest(
    hits: Hits, left: npt.NDArray[np.bool_], rate: float, *, params: SoundParams
) -> tuple[int, float]:
    """Return how many moments lie on the best line of a rate, and its offset."""
    offsets = hits.times[left] - rate * hits.query_times[left]
    order = np.argsort(offsets, kind="stable")
    offsets = offsets[order]
    ends = np.searchsorted(offsets, offsets + params.near, side="right")
    first = int((ends - np.arange(len(offsets))).argmax())
    inside = slice(first, int(ends[first]))
    moments = np.unique(hits.times[left][order][inside])
    return len(moments), float(np.median(offsets[inside]))


def on(hits: Hits, line: Line, *, params: SoundParams = DEFAULT) -> Hits:
    """Return the hits on a line."""
    off = np.abs(hits.times - line.at(hits.query_times))
    return hits.at(np.flatnonzero(off <= params.near))
