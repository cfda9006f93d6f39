"""Which stretch of the query is which stretch of a source, frame by frame.

Two measures are used. *Likeness* is the correlation of two pictures. *Motion* is the correlation of
what changes in them over a stretch. A stretch is told by its motion where something moves, and by
its likeness where nothing does.

`lines` finds the lines source = offset + rate * query. Then a cheapest path through (frame, line)
says frame by frame which line holds, or none: Viterbi's dynamic programme. Its switches are the
cuts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lineage.lines import Both, Film, Line, LineParams, lines, natural, sharpened
from lineage.motion import motion


@dataclass(frozen=True, slots=True)
class AlignParams:
    """What counts as alike, and for how long.

    Attributes:
        lines: How lines are looked for.
        alike: Likeness below which two frames are not the same, whatever moves.
        slip: How far below the usual likeness of its line a frame may fall.
        finest_error: Least typical error of a frame; below it coding noise decides.
        switch: Price of passing from one line to another, in typical errors.
        shortest: Seconds a run must last.
        same_rate: Difference in rate below which two lines at one offset are one.
        same_offset: Seconds.
    """

    lines: LineParams = field(default_factory=LineParams)
    alike: float = 0.35
    slip: float = 0.35
    finest_error: float = 0.0007
    switch: float = 12.0
    shortest: float = 0.3
    same_rate: float = 0.02
    same_offset: float = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Frames of the query that lie on one line.

    Attributes:
        first: Index of the first frame.
        last: Index of the last frame.
        line: Where they lie.
        likeness: Mean correlation of the pictures, -1 to 1.
        motion: Correlation of what moves, -1 to 1; None where nothing does.
    """

    first: int
    last: int
    line: Line
    likeness: float
    motion: float | None


def align(
    query: Film,
    source: Film,
    guesses: Sequence[Line],
    *,
    search: bool = True,
    params: AlignParams = AlignParams(),
) -> list[Run]:
    """Return the runs of query frames that follow the source, by time.

    Args:
        query: The query's frames, at least two.
        source: The source's frames, laid over the query's, at least two.
        guesses: Lines the codes suggest, used where nothing moves and so nothing can be timed.
        search: Whether to look for further lines.
        params: See there.
    """
    both = Both.of(query, source)
    found = list(lines(both, params=params.lines)) if search else []
    distinct = _distinct([*found, *guesses], params=params)
    runs = [
        _run(both, first, last, distinct[label], params=params)
        for first, last, label in _stretches(_path(distinct, both, params=params))
    ]
    return [
        run
        for run in runs
        if query.times[run.last] - query.times[run.first] >= params.shortest - 1e-6
        and run.likeness >= params.alike
    ]


def _distinct(lines: Sequence[Line], *, params: AlignParams) -> list[Line]:
    """Return the lines without those that say the same."""
    kept: list[Line] = []
    for line in lines:
        if not any(
            abs(line.rate - other.rate) < params.same_rate
            and abs(line.offset - other.offset) < params.same_offset
            for other in kept
        ):
            kept.append(line)
    return kept


def _path(options: Sequence[Line], both: Both, *, params: AlignParams) -> npt.NDArray[np.int64]:
    """Return the line of every query frame, -1 for none, by the cheapest path.

    A frame costs its distance from a perfect likeness in units of the typical one, so that between
    two lines through the same studio a small but steady difference decides.
    """
    alike = np.stack([_best_near(line, both) for line in options])
    best = alike.max(axis=0)
    good = best[best >= params.alike]
    typical = float(np.median(1.0 - good)) if len(good) else 1.0
    unit = max(typical, params.finest_error)
    none = max(params.alike, 1.0 - typical - params.slip)
    costs = np.vstack([(1.0 - alike) / unit, np.full((1, len(best)), (1.0 - none) / unit)])
    return _cheapest(costs, params.switch)


def _cheapest(costs: npt.NDArray[np.floating], switch: float) -> npt.NDArray[np.int64]:
    """Return the state of least cost at each step, the last state as -1.

    Args:
        costs: (states, steps).
        tilt: Share of the error that must remain when a line's rate is changed from a plain one.
        finest_error: Least typical error of a frame; below it coding noise decides.
        switch: Price of changing the state.
    """
    states, steps = costs.shape
    total = costs[:, 0].astype(np.float64)
    came = np.zeros((steps, states), np.int64)
    here = np.arange(states)
    for step in range(1, steps):
        cheapest = int(total.argmin())
        change = total[cheapest] + switch < total
        came[step] = np.where(change, cheapest, here)
        total = np.where(change, total[cheapest] + switch, total) + costs[:, step]
    path = np.empty(steps, np.int64)
    path[-1] = total.argmin()
    for step in range(steps - 1, 0, -1):
        path[step - 1] = came[step, path[step]]
    path[path == states - 1] = -1
    return path


def _best_near(line: Line, both: Both) -> npt.NDArray[np.float32]:
    """Return each query frame's likeness to the source frame on the line or next to it.

    -1 where the line leaves the source.
    """
    source = both.source
    wanted = line.at(both.query.times)
    index = source.nearest(wanted)
    rows = np.arange(len(wanted))
    last = len(source.times) - 1
    best = np.maximum.reduce([both.likeness[rows, np.clip(index + k, 0, last)] for k in (-1, 0, 1)])
    room = 1.1 * source.step
    outside = (wanted < source.times[0] - room) | (wanted > source.times[-1] + room)
    return np.where(outside, np.float32(-1.0), best).astype(np.float32)


def _stretches(labels: npt.NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Yield first index, last index and label of every run of a label other than -1."""
    edges = np.flatnonzero(np.diff(labels)) + 1
    for part in np.split(np.arange(len(labels)), edges):
        if labels[part[0]] >= 0:
            yield int(part[0]), int(part[-1]), int(labels[part[0]])


def _run(both: Both, first: int, last: int, line: Line, *, params: AlignParams) -> Run:
    """Return the run of some frames on a line, the line sharpened by just these frames.

    Where nothing moves, nothing tells the rate, so it is taken to be 1.
    """
    part = both.part(slice(first, last + 1))
    line = sharpened(line, part, params=params.lines)
    columns = part.source.nearest(line.at(part.query.times))
    moves = motion(part.query.views, part.source.views[columns], moving=params.lines.moving)
    if moves is None:
        line = natural(line, part)
        columns = part.source.nearest(line.at(part.query.times))
    likeness = float(part.likeness[np.arange(len(columns)), columns].mean())
    return Run(first, last, line, likeness, moves)
