"""Sound to segments: which stretch of the query sounds like which stretch of a source.

Codes that hit suggest lines source = offset + rate * query. Along each, the words of both sides are
laid beside one another: of two unrelated sounds half of the bits differ, of a copy few. A cheapest
path, with a price for every change of line, finds where one ends and another begins.

The share of differing bits as proof: Haitsma and Kalker, "A Highly Robust Audio Fingerprinting
System", ISMIR 2002, section 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import sqrt

import numpy as np
import numpy.typing as npt

from index.values import Channel, Hits, Interval, Sketch, Times
from lineage import confidence
from lineage.lines import Line
from lineage.values import Segment

type Floats = npt.NDArray[np.float64]

WORD_BITS = 16
SAME_RATE, SAME_TIME = 0.002, 0.02
"""Differences of rate and of seconds below which two lines are one."""


@dataclass(frozen=True, slots=True)
class SoundParams:
    """When two sounds are the same.

    Attributes:
        bend: Share by which a line's rate may differ from the tempo the query was listened to with.
        grain: Share from one tried rate to the next.
        near: Seconds a hit may lie off a line: the query's codes are that far apart.
        stairs: Runs on one line from which on that line is tried itself.
        fewest: Moments of the query that make a line.
        most: Lines through one candidate at most.
        tie: Share of the most moments from which on a plainer rate is preferred.
        reach: Seconds a line may be off where the words of both are first laid beside one another.
        piece: Seconds over which words are compared to sharpen a line.
        foreign: Share of differing bits above which a word speaks against a line.
        doubtful: As foreign, beside a stretch that is proven already. Of unrelated sounds half of
            the bits differ, and over a second seldom less than this share.
        across: Seconds of sound in which a word is heard.
        silent: What a word counts as where nothing is heard on either side: it tells nothing, but a
            pause rather belongs to what is around it.
        change: Price of a change of line, in words that are half right.
        plain: Difference of a rate from 1 that is not believed of a stretch of a second.
        loosest: Share of differing bits a long stretch may have.
        strictest: By how much less a stretch of one second may have; falls with the root of length.
        least: Seconds that must be heard.
    """

    bend: float = 0.13
    grain: float = 0.005
    near: float = 0.06
    stairs: int = 3
    fewest: int = 2
    most: int = 24
    tie: float = 0.97
    reach: float = 0.09
    piece: float = 0.5
    foreign: float = 0.35
    doubtful: float = 0.42
    across: float = 0.43
    silent: float = 0.33
    change: float = 4.0
    plain: float = 0.02
    loosest: float = 0.38
    strictest: float = 0.08
    least: float = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of the query's words along one line.

    Attributes:
        first: The first word.
        last: The last word.
        line: The line.
        differing: Share of the bits that differ, 0 to 1.
        seconds: How much of it is heard.
        sure: The first and the last word that is not doubtful; None where all are sure.
    """

    first: int
    last: int
    line: Line
    differing: float
    seconds: float
    sure: tuple[int, int] | None = None


def heard(
    query: Sketch, source: Sketch, suggested: Sequence[Line], *, params: SoundParams = SoundParams()
) -> list[Heard]:
    """Return the stretches of the query that sound like the source, by the words' order.

    Args:
        query: Its words; their times fall where it is played backwards.
        source: Words of the source where the lines point to.
        suggested: Lines through the hits.
        params: See there.
    """
    if min(len(query), len(source), len(suggested)) == 0:
        return []
    found = list(suggested)
    for _ in range(2):
        runs = _runs(query, source, found, params=params)
        sharper = [_sharpened(run, query, source, params=params) for run in runs]
        found = _distinct([*sharper, *_through(query, runs, sharper, params=params)])
        if not found:
            return []
    runs = _runs(query, source, found, params=params)
    held = [run for run in runs if proven(run, params=params)]
    if not held:
        return []
    loose = replace(params, foreign=params.doubtful)
    step = abs(query.times[-1] - query.times[0]) / max(1, len(query) - 1)
    wider = _runs(query, source, _distinct([run.line for run in held]), params=loose)
    return _widened(held, wider, margin=round(params.across / step), params=params)


def _through(
    query: Sketch, runs: Sequence[Heard], sharper: Sequence[Line], *, params: SoundParams
) -> list[Line]:
    """Return the line on which the middles of most runs lie, if those are enough.

    Sound played faster at its own pitch is made of pieces at natural speed, each further on: pieces
    of a staircase, whose slope is the speed.
    """
    at = np.array([float(query.times[[run.first, run.last]].mean()) for run in runs])
    beside = np.array([line.at(time) for line, time in zip(sharper, at, strict=True)])
    best, most = [], params.stairs - 1
    for one, other in combinations(np.argsort(at), 2):
        if at[other] > at[one]:
            rate = float((beside[other] - beside[one]) / (at[other] - at[one]))
            line = Line(rate, float(beside[one] - rate * at[one]))
            count = int((np.abs(beside - line.at(at)) <= params.near).sum())
            if rate and count > most:
                best, most = [line], count
    return best


def _widened(
    held: Sequence[Heard], wider: Sequence[Heard], *, margin: int, params: SoundParams
) -> list[Heard]:
    """Return proven runs, as wide as less sure words beside and between them allow.

    An edge that moves by less than a word's own length is left where it was: words across it are of
    both sounds.
    """
    found: list[Heard] = []
    for run in wider:
        inside = [one for one in held if run.first <= one.last and one.first <= run.last]
        if not inside:
            continue
        first, last = inside[0].first, inside[-1].last
        first = run.first if first - run.first > margin or run.first == 0 else first
        last = run.last if run.last - last > margin else last
        whole = replace(run, first=first, last=last, sure=(inside[0].first, inside[-1].last))
        found += [whole] if proven(whole, params=params) else inside
    return found


def proven(run: Heard, *, params: SoundParams = SoundParams()) -> bool:
    """Return whether so few bits differ, over so long, that it is no chance."""
    if run.seconds < params.least:
        return False
    return run.differing <= allowed(run.seconds, params=params)


def allowed(seconds: float, *, params: SoundParams = SoundParams()) -> float:
    """Return the share of bits that may differ over so long."""
    return params.loosest - params.strictest / sqrt(seconds)


def closest(
    query: Sketch, source: Sketch, suggested: Sequence[Line], *, params: SoundParams = SoundParams()
) -> Heard | None:
    """Return the stretch that comes nearest to a proof; None where none is better than chance."""
    if min(len(query), len(source), len(suggested)) == 0:
        return None
    better = replace(params, foreign=0.5)
    runs = _runs(query, source, suggested, params=better)
    return max(runs, key=lambda run: run.seconds * (0.5 - run.differing), default=None)


def segment(run: Heard, query: Interval, *, exact: bool) -> Segment:
    """Return a run as a segment over a stretch of the query, as far as the source reaches.

    Args:
        run: What was heard.
        query: The stretch.
        exact: Whether it was heard in the source itself.
    """
    line = run.line
    zero = -line.offset / line.rate  # where the query meets the source's beginning
    start = max(query.start, zero) if line.rate > 0 else query.start
    end = min(query.end, zero) if line.rate < 0 else query.end
    query = Interval(start, max(end, start + 1e-3))
    low, high = (float(time) for time in sorted(line.at(np.array([query.start, query.end]))))
    low = max(0.0, low)
    return Segment(
        query=query,
        source=Interval(low, max(high, low + 1e-3)),
        rate=line.rate,
        channel=Channel.SOUND,
        variant="plain",
        confidence=confidence.sound(1 - run.differing, run.seconds),
        frame_exact=exact,
        agreement=round(1 - run.differing, 4),
        heard=round(run.seconds, 4),
    )


def guessed(hits: Hits, line: Line, *, unseen: float = 0.5) -> Segment:
    """Return what the codes alone say, where the source's file is out of reach.

    Args:
        hits: Those on the line.
        line: The line.
        unseen: Bound of its confidence.
    """
    moments = len(np.unique(hits.times))
    near = float(np.median(hits.distances)) / 256
    query = Interval(
        max(0.0, float(hits.query_times.min()) - 0.5), float(hits.query_times.max()) + 0.5
    )
    known = Heard(0, 0, line, near, query.length)
    sure = round(unseen * (1 - 2 * near) * (1 - 0.7 ** max(0, moments - 1)), 4)
    return replace(segment(known, query, exact=False), confidence=sure)


def _differing(query: Sketch, source: Sketch, line: Line, lag: int = 0) -> Floats:
    """Return the share of differing bits of each of the query's words along a line.

    Where only one side is heard, half of them; -1 where neither is.
    """
    step = source.times[1] - source.times[0] if len(source) > 1 else 1.0
    rows = np.round((line.at(query.times) - source.times[0]) / step).astype(np.int64) + lag
    inside = (rows >= 0) & (rows < len(source))
    rows = np.clip(rows, 0, len(source) - 1)
    share: Floats = np.bitwise_count(query.words ^ source.words[rows]) / WORD_BITS
    other = source.heard[rows]
    share = np.where(query.heard & other, share, np.where(query.heard | other, 0.5, -1.0))
    return np.where(inside, share, 0.6)


def _runs(
    query: Sketch, source: Sketch, suggested: Sequence[Line], *, params: SoundParams
) -> list[Heard]:
    """Return which words follow which line, along the cheapest path."""
    along = np.stack([_differing(query, source, line) for line in suggested])
    costs = np.where(along < 0, params.silent, along)
    costs = np.vstack([costs, np.full(len(query), params.foreign)])
    states = _path(costs, params.change)
    borders = np.flatnonzero(np.diff(states)) + 1
    runs = []
    for first, after in zip([0, *borders], [*borders, len(query)], strict=True):
        state = int(states[first])
        if state == len(suggested):
            continue
        bits = along[state, first:after]
        both = bits >= 0
        if both.any():
            seconds = float(both.sum() * abs(query.times[-1] - query.times[0]) / len(query))
            line = suggested[state]
            runs.append(Heard(int(first), int(after) - 1, line, float(bits[both].mean()), seconds))
    return runs


def _path(costs: Floats, change: float) -> npt.NDArray[np.int64]:
    """Return the state of each step on the cheapest path; every change of state costs.

    Source: Viterbi, "Error bounds for convolutional codes", IEEE Transactions on Information Theory
    13(2), 1967.

    Args:
        costs: (states, steps).
        change: Price of a change.
    """
    count, steps = costs.shape
    back = np.empty((steps, count), np.int64)
    total = costs[:, 0].copy()
    stay = np.arange(count)
    for step in range(1, steps):
        best = int(total.argmin())
        moved = total > total[best] + change
        back[step] = np.where(moved, best, stay)
        total = np.minimum(total, total[best] + change) + costs[:, step]
    states = np.empty(steps, np.int64)
    states[-1] = total.argmin()
    for step in range(steps - 1, 0, -1):
        states[step - 1] = back[step, states[step]]
    return states


def _sharpened(run: Heard, query: Sketch, source: Sketch, *, params: SoundParams) -> Line:
    """Return a run's line with the offset and rate that suit its words best.

    Piece by piece, the lag with fewest differing bits is found to a fraction of a word; the line is
    the one with least squares through them, each weighed by how clear it is.
    """
    rows = slice(run.first, run.last + 1)
    part = Sketch(query.times[rows], query.words[rows], query.heard[rows])
    step = float(source.times[1] - source.times[0])
    most = round(params.reach / step)
    lags = np.arange(-most, most + 1)
    table = np.stack([_differing(part, source, run.line, int(lag)) for lag in lags])
    size = max(1, round(params.piece / step))
    times, offs, weights = [], [], []
    for first in range(0, max(1, len(part) - size // 2), size):
        piece = table[:, first : first + size]
        both = (piece >= 0).all(axis=0)
        if both.sum() < size // 3:
            continue
        mean = piece[:, both].mean(axis=1)
        best = int(mean.argmin())
        if 0 < best < len(lags) - 1 and mean[best] < params.foreign:
            times.append(float(part.times[first : first + size].mean()))
            offs.append(step * (lags[best] + _vertex(mean[best - 1 : best + 2])))
            weights.append((0.5 - mean[best]) ** 2)
    return _fitted(run.line, np.array(times), np.array(offs), np.array(weights), params=params)


def _vertex(three: Floats) -> float:
    """Return where the parabola through three values is lowest, from the middle one."""
    curve = float(three[0] - 2 * three[1] + three[2])
    return 0.0 if curve <= 0 else float(three[0] - three[2]) / (2 * curve)


def _fitted(line: Line, times: Times, offs: Times, weights: Floats, *, params: SoundParams) -> Line:
    """Return the line moved and turned by weighed offsets; natural speed where that may be."""
    if not len(times):
        return line
    middle = float(np.average(times, weights=weights))
    spread = float(np.average((times - middle) ** 2, weights=weights))
    rate, span = line.rate, float(np.ptp(times))
    if spread > 0 and span >= 1.0:
        rate += float(np.average((times - middle) * offs, weights=weights)) / spread
    at = float(np.average(line.at(times) + offs, weights=weights))
    for natural in (1.0, -1.0):
        if abs(rate - natural) <= params.plain / max(span, 1.0):
            rate = natural
    return Line(rate, at - rate * middle)


def _distinct(found: Sequence[Line]) -> list[Line]:
    """Return the lines without those that are nearly the same as one before."""
    kept: list[Line] = []
    for line in found:
        same = (
            abs(line.rate - other.rate) < SAME_RATE and abs(line.offset - other.offset) < SAME_TIME
            for other in kept
        )
        if not any(same):
            kept.append(line)
    return kept
