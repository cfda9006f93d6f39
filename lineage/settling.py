"""A candidate's laying and its lines, place, time and speed told apart.

Where the camera pans or draws near, a crop of one moment looks like another crop of another moment,
and so it does at another speed.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.values import Strip
from lineage import align, register
from lineage.align import AlignParams, Run
from lineage.laying import Laying, views
from lineage.lines import Film, Line, nearest
from lineage.register import RegisterParams
from lineage.values import Segment

SHIFTS = ((0.5, 6), (0.125, 4))
"""Seconds by which times are tried, coarse to fine, and how often to either side: where a camera
draws near slowly, a crop fits almost as well seconds off, and less well in between."""
ROUNDS = 3
"""Times that is done: what lies on several lines at a wrong time lies on one at the right one."""
QUICK = RegisterParams(pairs=2, worth=0.0)
"""How a map is fitted to each of them."""
CLEARLY = 0.002
"""Correlation by which another time must fit better; what stands still fits any."""
IN_STEP = 0.97
"""Motion correlation from which on frames laid over one another as wholes are at their time."""
SURELY = 0.85
"""Motion correlation over which frames laid at another time are at theirs: some other time always
fits better than none."""
AS_WELL = RegisterParams(worth=0.0)
"""How a map is fitted along what is heard."""
PAIRS = 6
"""Pairs of frames by which it is, in each stretch of sound."""
ABOUT, BEND = 0.2, 0.02
"""Seconds by which sound and pictures of one line may lie apart, and difference in rate; chosen."""


def timed(
    query: Strip, source: Strip, laying: Laying, runs: list[Run], *, params: AlignParams
) -> tuple[Laying, list[Run]]:
    """Return laying and runs with time and place told apart.

    A map that two frames of different moments agreed on puts all others at the wrong time too. Only
    what moves by itself gives that away. So times around are tried, each with the map that fits it
    best.

    Args:
        query: The query's frames.
        source: The source's frames.
        laying: How they lie so far.
        runs: What lies on lines so.
        params: How frames are aligned.
    """
    for _ in range(ROUNDS):
        settled, again = _moved(query, source, laying, runs, params=params)
        if settled is laying:
            break
        laying, runs = settled, again
    return laying, runs


def sounding(  # noqa: PLR0913 # as `timed`, and what is heard
    query: Strip,
    source: Strip,
    laying: Laying,
    runs: list[Run],
    heard: Sequence[Segment],
    *,
    params: AlignParams,
) -> tuple[Laying, list[Run]]:
    """Return laying and runs as the source's sound runs, where that fits the pictures better.

    Where what is shown hardly changes, or slowly comes nearer, they fit other moments and speeds
    almost as well.

    Args:
        query: The query's frames.
        source: The source's frames.
        laying: How they lie so far.
        runs: What lies on lines so.
        heard: Where the source's sound is.
        params: How frames are aligned.
    """
    lines = {_line(sound): sound for sound in heard if sound.rate}
    if all(any(_agree(run, line, query) for line in lines) for run in runs):
        return laying, runs
    pairs = [pair for line, sound in lines.items() for pair in _along(line, sound, query, source)]
    if not pairs:
        return laying, runs
    option = register.refined(query, source, pairs, laying, params=AS_WELL)
    longest = max(lines, key=lambda line: lines[line].query.length)
    as_heard = replace(params, lines=replace(params.lines, plain=longest.rate))
    again = align.align(*films(query, source, option), [*lines], search=False, params=as_heard)
    needed = weight(runs) + CLEARLY * len(query.times)
    return (option, again) if weight(again) > needed else (laying, runs)


def _line(segment: Segment) -> Line:
    return Line(segment.rate, segment.source_time(0.0))


def _agree(run: Run, line: Line, query: Strip) -> bool:
    """Return whether a run says of its time what a line says."""
    middle = query.times[[(run.first + run.last) // 2]]
    apart = abs(run.line.at(middle) - line.at(middle))[0]
    return bool(apart < ABOUT and abs(run.line.rate - line.rate) < BEND)


def _along(line: Line, sound: Segment, query: Strip, source: Strip) -> list[tuple[int, int]]:
    """Return pairs of frames on a line, spread over the time in which it is heard."""
    rows = np.flatnonzero([time in sound.query for time in query.times])
    spread = rows[len(rows) // (2 * PAIRS) :: max(1, len(rows) // PAIRS)][:PAIRS]
    columns = nearest(source.times, line.at(query.times[spread]))
    return list(zip(map(int, spread), map(int, columns), strict=True))


def _moved(
    query: Strip, source: Strip, laying: Laying, runs: list[Run], *, params: AlignParams
) -> tuple[Laying, list[Run]]:
    """Return laying and runs at another time around that fits better; the same if none does."""
    surest = max(runs, key=_steps, default=None)
    if surest is None or surest.motion is None:
        return laying, runs
    if laying.panel is None and surest.motion >= IN_STEP:
        return laying, runs
    pairs = beside([surest], query, source)
    best = alike = register.fit(query, source, pairs, laying)
    shift, settled = 0.0, laying
    for step, often in SHIFTS:
        for moved in shift + step * np.arange(-often, often + 1):
            shifted = [
                (row, int(nearest(source.times, source.times[[column]] + moved)[0]))
                for row, column in pairs
            ]
            option = register.refined(query, source, shifted, settled, params=QUICK)
            found = register.fit(query, source, shifted, option)
            if found > best:
                best, shift, settled = found, moved, option
    if best < alike + CLEARLY:
        return laying, runs
    lines = [replace(run.line, offset=run.line.offset + shift) for run in runs]
    again = align.align(*films(query, source, settled), lines, params=params)
    steps = max(map(_steps, again), default=-1.0)
    better = weight(again) > weight(runs) and steps > max(surest.motion, SURELY)
    return (settled, again) if better else (laying, runs)


def films(query: Strip, source: Strip, laying: Laying) -> tuple[Film, Film]:
    """Return both strips as they are compared under a laying."""
    return (
        Film(query.times, views(query, laying, of_query=True)),
        Film(source.times, views(source, laying, of_query=False)),
    )


def beside(runs: Sequence[Run], query: Strip, source: Strip) -> list[tuple[int, int]]:
    """Return pairs of frames that moving runs put beside one another, spread over them."""
    rows = [row for run in runs if run.motion is not None for row in range(run.first, run.last + 1)]
    lines = {row: run.line for run in runs for row in range(run.first, run.last + 1)}
    chosen = rows[len(rows) // 12 :: max(1, len(rows) // 6)][:6]
    return [
        (row, int(nearest(source.times, lines[row].at(query.times[[row]]))[0])) for row in chosen
    ]


def weight(runs: Sequence[Run]) -> float:
    """Return how much all runs explain, and how well."""
    return sum((run.last - run.first + 1) * (run.likeness + (run.motion or 0.0)) for run in runs)


def _steps(run: Run) -> float:
    """Return how well what moves in a run is in step; less than anything where nothing does."""
    return -1.0 if run.motion is None else run.motion
