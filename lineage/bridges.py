"""Runs in which a part of the picture was changed for a while: around it the source goes on.

What is pasted over a picture, or painted out of it, may differ so much that no line explains that
while, or that what moves in it outvotes what moves elsewhere. Before and after it the source is
shown as it is, though, and around what was changed it fits as well as ever. So runs of one line are
made one where it does so between them, and a run is measured by those of its frames that are as
they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from index.values import Times
from lineage.align import Run, best_near
from lineage.hidden import HiddenParams, Pictures, goes_on
from lineage.laying import VIEW_SIDE
from lineage.lines import FEWEST, Both, Line, LineParams, natural, sharpened
from lineage.motion import motion

type Rows = npt.NDArray[np.int64]
"""Indices of frames of the query, rising."""


@dataclass(frozen=True, slots=True)
class BridgeParams:
    """When a source goes on around what was changed.

    Attributes:
        lines: How lines are sharpened, and what counts as moving.
        hidden: What of a picture may be changed.
        longest: Seconds that the change may last between two runs.
        at_end: The same up to an end of the query, if the source is not as it was at that end.
        steady: Motion correlation from which on a run needs no other look, and which what was left
            as it is must have.
        as_well: How many times its own error another run's line may leave of a run.
        noise: Error that says nothing.
        jerk: Motion correlation that says nothing.
        beyond: How many times worse than the best quarter of the frames a changed one fits.
        floor: Error up to which a frame counts as it was.
        brief: Frames over which that is told, an odd number.
        least: Share of a run's frames from which on they count as changed.
        most: Share of them that may be.
        looks: Frames by which it is told whether the source goes on.
    """

    lines: LineParams = field(default_factory=LineParams)
    hidden: HiddenParams = field(default_factory=HiddenParams)
    longest: float = 6.0
    at_end: float = 1.0
    steady: float = 0.85
    as_well: float = 1.25
    noise: float = 0.0005
    jerk: float = 0.05
    beyond: float = 6.0
    floor: float = 0.004
    brief: int = 5
    least: float = 0.1
    most: float = 0.8
    looks: int = 8


def wanted(runs: Sequence[Run], query: Times, *, params: BridgeParams = BridgeParams()) -> bool:
    """Return whether there is anything to look at: time that no run explains, or a doubtful one.

    Args:
        runs: By time.
        query: When the query's frames are shown.
        params: See there.
    """
    explained = sum(run.last - run.first + 1 for run in runs)
    doubtful = not all(_steady(run, params) for run in runs)
    return bool(runs) and (doubtful or explained < len(query))


def bridged(runs: Sequence[Run], both: Both, *, params: BridgeParams = BridgeParams()) -> list[Run]:
    """Return the runs, those made one between which the source goes on around a change.

    Args:
        runs: By time.
        both: Query and source, laid over one another.
        params: When it does.
    """
    found: list[Run] = []
    left = list(runs)
    while left:
        run, *left = left
        for other in left:
            run = _joined(run, other, runs, both, params) or run
        left = [other for other in left if other.first > run.last]
        found.append(_parted(run, both, params))
    for run in list(found):
        if run in found:
            longer = _to_ends(run, found, both, params)
            others = (one for one in found if not _within(one, longer))
            found = sorted([*others, longer], key=lambda one: one.first)
    return found


def _joined(
    run: Run, other: Run, runs: Sequence[Run], both: Both, params: BridgeParams
) -> Run | None:
    """Return two of the runs as one; None where the source does not go on between them."""
    times, between = both.query.times, np.arange(run.last + 1, other.first)
    if not len(between) or times[other.first] - times[run.last] > params.longest:
        return None
    line = _common(run, other, both, params)
    rows = np.concatenate([_rows(run), _rows(other)])
    if line is None or not _goes_on(line, between, rows, both, params):
        return None
    bound = _bound(_errors(line, rows, both), params)
    if any(_stands(one, bound, params) for one in runs if _overlaps(one, between)):
        return None
    whole = replace(run, last=other.last, line=line)
    told = _told_by(whole, rows[~_changed(line, rows, both, params)], both, params)
    return told if _surely(told, params) else None


def _common(run: Run, other: Run, both: Both, params: BridgeParams) -> Line | None:
    """Return the line of one of two runs, or at the source's own speed, that explains both.

    None where none does.
    """
    if not run.line.rate or not other.line.rate:
        return None
    plain = (natural(each.line, both.part(_span(each))) for each in (run, other))
    for line in (run.line, other.line, *plain):
        if all(_explains(line, each, both, params) for each in (run, other)):
            return line
    return None


def _explains(line: Line, run: Run, both: Both, params: BridgeParams) -> bool:
    """Return whether a line explains a run about as well as the run's own does."""
    rows = _rows(run)
    own, error = (float(_errors(each, rows, both).mean()) for each in (run.line, line))
    moves, other = (_motion(each, rows, both, params) for each in (run.line, line))
    steady = moves is None or other is None or other >= moves - params.jerk
    return steady and error <= params.as_well * own + params.noise


def _parted(run: Run, both: Both, params: BridgeParams) -> Run:
    """Return a run measured by what was not changed of it, if that is surely in step."""
    if _surely(run, params) or not run.line.rate:
        return run
    rows = _rows(run)
    changed = _changed(run.line, rows, both, params)
    if not params.least <= changed.mean() <= params.most:
        return run
    told = _told_by(run, rows[~changed], both, params)
    goes = _steady(told, params) and _goes_on(
        told.line, rows[changed], rows[~changed], both, params
    )
    return told if goes else run


def _to_ends(run: Run, runs: Sequence[Run], both: Both, params: BridgeParams) -> Run:
    """Return a run that begins soon after the query does, or ends soon before, up to there."""
    for rows in (np.arange(run.first)[::-1], np.arange(run.last + 1, len(both.query.times))):
        bound = _bound(_errors(run.line, _rows(run), both), params)
        others = [one for one in runs if one is not run and _overlaps(one, rows)]
        alone = not any(_stands(one, bound, params) for one in others)
        if len(rows) and alone and run.line.rate and _surely(run, params):
            run = _up_to(run, rows, both, params)
    return run


def _up_to(run: Run, rows: Rows, both: Both, params: BridgeParams) -> Run:
    """Return a run with all frames up to an end of the query if it goes on up to there.

    Args:
        run: The run.
        rows: Frames up to that end, those next to the run first.
        both: Query and source.
        params: See there.
    """
    own, end = _rows(run), rows[-1]
    whole = replace(run, first=min(run.first, int(end)), last=max(run.last, int(end)))
    line = natural(run.line, both.part(_span(whole))) if run.motion is None else run.line
    every = _rows(whole)
    changed = _changed(line, every, both, params)
    longest = params.at_end if changed[every == end].any() else params.longest
    near = abs(both.query.times[end] - both.query.times[rows[0]]) <= longest
    if not near or not _goes_on(line, np.sort(rows), own, both, params):
        return run
    told = _told_by(replace(whole, line=line), every[~changed], both, params)
    return told if _surely(told, params) else run


def _goes_on(line: Line, changed: Rows, steady: Rows, both: Both, params: BridgeParams) -> bool:
    """Return whether the source goes on along a line around what was changed."""
    times, source = line.at(both.query.times[changed]), both.source
    if times.min() < source.times[0] - source.step or times.max() > source.times[-1] + source.step:
        return False
    some, usual = (_pictures(line, rows, both, params) for rows in (changed, steady))
    return goes_on(*some, usual=usual, params=params.hidden)


def _pictures(
    line: Line, rows: Rows, both: Both, params: BridgeParams
) -> tuple[Pictures, Pictures]:
    """Return a few frames of the query, and the source's beside them."""
    some = rows[np.linspace(0, len(rows) - 1, min(params.looks, len(rows))).round().astype(int)]
    columns = both.source.nearest(line.at(both.query.times[some]))
    pairs = both.query.views[some], both.source.views[columns]
    a, b = (views.reshape(-1, VIEW_SIDE, VIEW_SIDE) for views in pairs)
    return a, b


def _told_by(run: Run, clear: Rows, both: Both, params: BridgeParams) -> Run:
    """Return a run as some of its frames measure it."""
    if len(clear) < FEWEST:
        return run
    mask = np.zeros(len(both.query.times), bool)
    mask[clear] = True
    line = sharpened(run.line, both.part(mask), params=params.lines)
    moves = _motion(line, clear, both, params)
    line = natural(line, both.part(_span(run))) if moves is None else line
    likeness = 1.0 - float(_errors(line, clear, both).mean())
    return replace(run, line=line, likeness=likeness, motion=moves, clear=_lasting(clear, both))


def _changed(line: Line, rows: Rows, both: Both, params: BridgeParams) -> npt.NDArray[np.bool_]:
    """Return which frames of a run fit so much worse than others that something was changed."""
    errors = _errors(line, rows, both)
    beyond = (errors > _bound(errors, params)).astype(float)
    votes = np.convolve(
        np.pad(beyond, params.brief // 2, mode="edge"), np.ones(params.brief), "valid"
    )
    return votes > params.brief / 2


def _bound(errors: npt.NDArray[np.float32], params: BridgeParams) -> float:
    """Return the error up to which a frame counts as it was."""
    best = np.sort(errors)[: max(1, len(errors) // 4)]
    return max(params.beyond * float(np.median(best)), params.floor)


def _stands(run: Run, bound: float, params: BridgeParams) -> bool:
    """Return whether a run tells by itself what is shown, and no source does around a change."""
    return _steady(run, params) or 1.0 - run.likeness <= bound


def _surely(run: Run, params: BridgeParams) -> bool:
    """Return whether what moves in a run is surely in step, if anything does."""
    return run.motion is None or _steady(run, params)


def _overlaps(run: Run, rows: Rows) -> bool:
    return bool(len(rows)) and bool(run.first <= rows.max() and run.last >= rows.min())


def _within(run: Run, other: Run) -> bool:
    return other.first <= run.first and run.last <= other.last


def _errors(line: Line, rows: Rows, both: Both) -> npt.NDArray[np.float32]:
    """Return by how much the likeness of each frame to the source on a line falls short of 1."""
    return 1.0 - best_near(line, both)[rows]


def _motion(line: Line, rows: Rows, both: Both, params: BridgeParams) -> float | None:
    columns = both.source.nearest(line.at(both.query.times[rows]))
    pairs = both.query.views[rows], both.source.views[columns]
    return motion(*pairs, moving=params.lines.moving)


def _lasting(rows: Rows, both: Both) -> float:
    """Return the seconds for which frames of the query are shown."""
    steps = np.diff(both.query.times)
    return float(np.append(steps, np.median(steps))[rows].sum())


def _steady(run: Run, params: BridgeParams) -> bool:
    return run.motion is not None and run.motion >= params.steady


def _span(run: Run) -> slice:
    return slice(run.first, run.last + 1)


def _rows(run: Run) -> Rows:
    return np.arange(run.first, run.last + 1)
