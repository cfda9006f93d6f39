"""Which stretch of the query is which stretch of a source, frame by frame.

Two measures are used. *Likeness* is the correlation of two pictures. *Motion* is the correlation of
what changes in them over a stretch. A stretch is told by its motion where something moves, and by
its likeness where nothing does.

`lines` finds the lines source = offset + rate * query. Then a cheapest path through (frame, line)
says frame by frame which line holds, or none: Viterbi's dynamic programme. Its switches are the
cuts. Where the query stands still while the source goes on, one of its frames is held.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from lineage.lines import Both, Film, Line, LineParams, lines, natural, sharpened
from lineage.motion import motion

FEWEST = 2
"""Frames that can be aligned."""


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
        again: The same of one that begins where the source ended, at its beginning: a loop.
        surely: Motion correlation that such a short one needs.
        hold: Seconds for which a frame must stand still to count as held.
        stands: Error up to which it does; coding leaves some.
        goes_on: Error of half of the source's frames meanwhile, at least.
        fallen: How far below the usual likeness of its line a held frame may lie.
        same_rate: Difference in rate below which two lines at one offset are one.
        same_offset: Seconds.
    """

    lines: LineParams = field(default_factory=LineParams)
    alike: float = 0.35
    slip: float = 0.35
    finest_error: float = 0.0007
    switch: float = 12.0
    shortest: float = 0.3
    again: float = 0.15
    surely: float = 0.8
    hold: float = 0.5
    stands: float = 0.0003
    goes_on: float = 0.003
    fallen: float = 0.02
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
        motion: Correlation of what moves, -1 to 1; None where nothing does. Of a held frame, that
            of the run that it ends or begins.
        since: Of a source that begins again, index of the first frame before it came to its end:
            such a line is not one of many that were tried. None of others.
        clear: Seconds of it by which it is measured, where more was changed; None for all.
    """

    first: int
    last: int
    line: Line
    likeness: float
    motion: float | None
    since: int | None = None
    clear: float | None = None


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
        query: The query's frames, at least one.
        source: The source's frames, laid over the query's, at least one.
        guesses: Lines the codes suggest, used where nothing moves and so nothing can be timed.
        search: Whether to look for further lines.
        params: See there.
    """
    both = Both.of(query, source)
    if _stands(query, params=params) and (still := _still(both, params=params)):
        return [still]
    if min(len(query.times), len(source.times)) < FEWEST:
        return []
    found = list(lines(both, params=params.lines)) if search else []
    given = [*found, *(line for line in guesses if line.rate)]
    plain = _distinct(given, params=params)
    distinct = _distinct([*plain, *_begun_again(given, both)], params=params)
    labels = _path(distinct, both, params=params)
    held = list(_held(both, labels, distinct, params=params))
    if held:
        return _around(held, both, plain, search=search, params=params)
    runs: list[Run] = []
    for first, last, label in _stretches(labels):
        run = _run(both, first, last, distinct[label], params=params)
        again = label >= len(plain) and runs and runs[-1].last == first - 1
        if again:
            run = replace(run, since=runs[-1].first)
        surely = again and (run.motion or 0.0) >= params.surely
        least = params.again if surely else params.shortest
        if query.times[last] - query.times[first] >= least - 1e-6 and run.likeness >= params.alike:
            runs.append(run)
    return runs


def _begun_again(found: Sequence[Line], both: Both) -> Iterator[Line]:
    """Yield lines on which the source begins anew where another has come to its end: loops."""
    query, source = both.query.times, both.source.times
    for line in found:
        end = (source[-1] + both.source.step - line.offset) / line.rate
        if line.rate > 0 and query[0] < end < query[-1]:
            yield Line(line.rate, float(source[0] - line.rate * end))


def _stands(film: Film, *, params: AlignParams) -> bool:
    """Return whether a film shows one picture from its first frame to its last, for some time."""
    long = len(film.times) == 1 or film.times[-1] - film.times[0] >= params.hold
    return long and 1.0 - float((film.views @ film.views[0]).min()) <= params.stands


def _still(both: Both, *, params: AlignParams) -> Run | None:
    """Return the run of a still picture on the source's frame most like it.

    None where the source stands still there for as long: then nothing is held.
    """
    query, source = both.query.times, both.source
    alike = both.likeness.mean(axis=0)
    best = int(alike.argmax())
    goes_on = np.flatnonzero(1.0 - source.views @ source.views[best] >= params.goes_on)
    after = int(np.searchsorted(goes_on, best))
    low = int(goes_on[after - 1]) if after else 0
    high = int(goes_on[after]) if after < len(goes_on) else len(source.times) - 1
    if len(query) >= FEWEST and source.times[high] - source.times[low] >= query[-1] - query[0]:
        return None
    line = Line(0.0, float(source.times[best]))
    return Run(0, len(both.query.times) - 1, line, float(alike[best]), None)


def _around(
    held: Sequence[tuple[int, int]],
    both: Both,
    guesses: Sequence[Line],
    *,
    search: bool,
    params: AlignParams,
) -> list[Run]:
    """Return the runs between held frames, and these themselves.

    Args:
        held: First and last query frame of each; the first still goes with what is before it.
        both: Query and source.
        guesses: See `align`.
        search: See `align`.
        params: See `align`.
    """
    runs: list[Run] = []
    starts, ends = [0, *(last + 1 for _, last in held)], [first + 1 for first, _ in held]
    for start, end in zip(starts, [*ends, len(both.query.times)], strict=True):
        rows = slice(start, end)
        if end - start >= FEWEST:
            part = Film(both.query.times[rows], both.query.views[rows])
            inside = align(part, both.source, guesses, search=search, params=params)
            runs += [_later(run, start) for run in inside]
    for first, last in held:
        beside = [run for run in runs if first - run.last in {0, 1} or run.first == last + 1]
        runs += [_hold(both, first, last, run) for run in beside[:1]]
    return sorted(runs, key=lambda run: run.first)


def _later(run: Run, frames: int) -> Run:
    """Return a run of a part of the query as one of all of it."""
    since = None if run.since is None else run.since + frames
    return replace(run, first=run.first + frames, last=run.last + frames, since=since)


def _hold(both: Both, first: int, last: int, run: Run) -> Run:
    """Return the run of a held frame beside the run that it ends or begins."""
    edge = max(first, run.first)
    at = float(run.line.at(both.query.times[[edge]])[0])
    alike = both.likeness[first + 1 : last + 1, both.source.nearest(np.array([at]))[0]]
    return Run(first + 1, last, Line(0.0, at), float(alike.mean()), run.motion)


def _held(
    both: Both, labels: npt.NDArray[np.int64], options: Sequence[Line], *, params: AlignParams
) -> Iterator[tuple[int, int]]:
    """Yield the stretches of query frames that stand still while the source goes on."""
    query, source = both.query, both.source
    for first, last in _standing(query, params=params):
        if labels[first] < 0:
            continue
        line = options[labels[first]]
        at = line.at(query.times[[first, last]])
        usual = float(np.median(best_near(line, both)[labels == labels[first]]))
        if both.likeness[first, source.nearest(at[:1])[0]] < usual - params.fallen:
            continue  # It is not on that line, which only goes on to where another begins.
        low, high = sorted(source.nearest(at))
        views = source.views[low : high + 1]
        # The middle one, since a cut may lie at the very end of what stands still in both.
        moves = 1.0 - float(np.median(views @ source.views[source.nearest(at[:1])[0]]))
        over = not source.times[0] - params.hold <= at[1] <= source.times[-1] + params.hold
        if over or moves >= params.goes_on:
            yield first, last


def _standing(film: Film, *, params: AlignParams) -> Iterator[tuple[int, int]]:
    """Yield first and last frame of every stretch in which a film stands still."""
    first = 0
    for frame in range(1, len(film.times) + 1):
        if frame < len(film.times) and (
            1.0 - float(film.views[frame] @ film.views[first]) <= params.stands
        ):
            continue
        if film.times[frame - 1] - film.times[first] >= params.hold:
            yield first, frame - 1
        first = frame


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
    alike = np.stack([best_near(line, both) for line in options])
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


def best_near(line: Line, both: Both) -> npt.NDArray[np.float32]:
    """Return each query frame's likeness to the source frame on a line or next to it.

    Args:
        line: The line.
        both: Query and source.

    Returns:
        float32 (n,), -1 where the line leaves the source.
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

    Where nothing moves, nothing tells the rate, so the plain one is taken.
    """
    part = both.part(slice(first, last + 1))
    line = sharpened(line, part, params=params.lines)
    columns = part.source.nearest(line.at(part.query.times))
    moves = motion(part.query.views, part.source.views[columns], moving=params.lines.moving)
    if moves is None:
        line = natural(line, part, params.lines.plain)
        columns = part.source.nearest(line.at(part.query.times))
    likeness = float(part.likeness[np.arange(len(columns)), columns].mean())
    return Run(first, last, line, likeness, moves)
