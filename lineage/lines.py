"""Lines source = offset + rate * query along which two films move in step.

They are found in the matrix of all stretches of both, one rate after the other, as edges are by
Hough's transform, and sharpened to a fraction of a frame by the likeness of their pictures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.values import Times
from lineage.laying import Views
from lineage.motion import Matrix, coarse, in_step, motion, stretches_move


@dataclass(frozen=True, slots=True)
class LineParams:
    """How lines are looked for.

    Attributes:
        finest: Seconds between the frames by which lines are looked for.
        stretch: Seconds over which motion is correlated.
        plain: The rate that holds where others are about as good.
        rates: Source seconds per query second that are tried forwards and backwards.
        moving: Mean square change of unit pictures below which nothing moves. Still shots of the
            test footage have under 0.0001, the calmest talking head 0.002.
        in_step: Motion correlation of a stretch above which it supports a line. Single stretches of
            unrelated footage reached 0.42.
        tie: Difference in motion correlation that does not tell two lines apart.
        clearly: Difference by which another rate must explain a stretch better than 1 does.
        support: Seconds of support a line needs.
        most: Lines looked for at most.
        surely: Motion correlation of a stretch that is certainly in step.
        nearly_all: Share of the stretches that must be for the other rates not to be tried.
        tried: Seconds of the query by which other rates are judged.
        tilt: Share of the error that may remain where a line's rate is changed from a plainer one,
            of its pictures or, where little moves and these hardly tell, of their motion.
        jerk: Error of motion that must go for that; less is noise.
    """

    finest: float = 1 / 16
    stretch: float = 0.8
    plain: float = 1.0
    rates: tuple[float, ...] = (1.0, 0.5, 0.67, 0.8, 0.9, 1.1, 1.25, 1.5, 1.75, 2.0, 2.4, 0.42)
    moving: float = 0.0004
    in_step: float = 0.5
    tie: float = 0.08
    clearly: float = 0.02
    support: float = 0.25
    most: int = 16
    surely: float = 0.97
    nearly_all: float = 0.9
    tried: float = 6.0
    tilt: float = 0.7
    jerk: float = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """Frames laid over those of another film.

    Attributes:
        times: float64 (n,), seconds, rising.
        views: float32 (n, 1024).
    """

    times: Times
    views: Views

    @property
    def step(self) -> float:
        """The median interval between frames."""
        return float(np.median(np.diff(self.times)))

    def nearest(self, wanted: Times) -> npt.NDArray[np.int64]:
        """Return the index of the frame nearest to each wanted time."""
        return nearest(self.times, wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """Query and source side by side.

    Attributes:
        query: Its frames.
        source: Its frames, laid over the query's.
        likeness: float32 (n, m), the correlation of every pair.
    """

    query: Film
    source: Film
    likeness: Matrix

    @classmethod
    def of(cls, query: Film, source: Film) -> "Both":
        """Compare every frame with every other."""
        return cls(query, source, query.views @ source.views.T)

    def part(self, rows: slice | npt.NDArray[np.bool_]) -> "Both":
        """Return some of the query's frames beside all of the source's."""
        query = Film(self.query.times[rows], self.query.views[rows])
        return Both(query, self.source, self.likeness[rows])


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """source = offset + rate * query, in seconds."""

    rate: float
    offset: float

    def at(self, times: Times) -> Times:
        """Return the source's times at times of the query."""
        return self.offset + self.rate * times


def lines(both: Both, *, params: LineParams = LineParams()) -> Iterator[Line]:
    """Yield the lines along which motion is in step, sharpened, the best supported first.

    Natural speed is tried first; the other rates only if it leaves much of what moves unexplained.
    """
    hunt = _Hunt.of(both, params)
    if hunt is None:
        return
    fields = [_Field(1.0, hunt)]
    if not fields[0].suffices():
        fields += [_Field(rate, hunt) for rate in _likely_rates(hunt)]
    for field in fields[1:]:
        field.yield_to(fields[0].peaks)
    best = np.maximum.reduce([field.peaks for field in fields])
    left = np.ones(len(best), bool)
    for _ in range(params.most):
        field = max(fields, key=lambda field: field.support(best, left)[0])
        support, column = field.support(best, left)
        if support * hunt.step < params.support:
            return
        on = field.explains(column, best)
        shown = _shown(both.query.times, hunt.times[: len(on)][on], params.stretch)
        yield sharpened(field.line(column), both.part(shown), params=params)
        left &= ~on


def _shown(times: Times, starts: Times, stretch: float) -> npt.NDArray[np.bool_]:
    """Return which frames lie in stretches that begin at `starts`, rising."""
    latest = starts[np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)]
    return (times >= latest) & (times <= latest + stretch)


def sharpened(line: Line, both: Both, *, params: LineParams = LineParams()) -> Line:
    """Return the line moved to where its pictures are most alike.

    The plainest rate that is about as good wins: `params.plain`, then the line's own, then a tilted
    one.
    """
    times, source = both.query.times, both.source.times
    inside = (line.at(times) >= source[0] - 0.2) & (line.at(times) <= source[-1] + 0.2)
    if inside.sum() < FEWEST:
        return line
    track = _Track(both, np.flatnonzero(inside))
    steady, tilted = line, track.climbed(line, params.finest)
    for reach in (params.finest, 0.5 * both.source.step, 0.15 * both.source.step):
        steady = track.moved(steady, reach, tilts=(0.0,))
        tilted = track.moved(tilted, reach)
    at = float(steady.at(np.array([track.middle]))[0])
    best = Line(params.plain, at - params.plain * track.middle)
    if track.better(steady, best, params=params):
        best = steady
    # A rate that was found by tilting is no plainer than another.
    as_plain = best == steady and abs(line.rate) not in params.rates
    if track.better(tilted, best, params=params) or (
        as_plain and track.error(tilted) < track.error(best)
    ):
        best = tilted
    return best


def natural(line: Line, both: Both, rate: float = 1.0) -> Line:
    """Return the line of a plain rate through the middle of another, kept within the source."""
    times, source = both.query.times, both.source.times
    middle = np.array([(times[0] + times[-1]) / 2])
    offset = float(line.at(middle)[0] - rate * middle[0])
    reach = rate * times[[0, -1]]
    return Line(rate, float(max(min(offset, source[-1] - reach.max()), source[0] - reach.min())))


FEWEST = 3
"""Frames by which a line can be sharpened."""
CLIMB = 12
"""Steps in which a rate between two tried ones is reached even over a long stretch."""


class _Track:
    """Some frames of the query and how alike a line through them is."""

    def __init__(self, both: Both, rows: npt.NDArray[np.int64]) -> None:
        self._both = both
        self._source = both.source.times
        self._likeness = both.likeness
        self._rows = rows
        self._times = both.query.times[rows]
        self.middle = float(self._times[0] + self._times[-1]) / 2
        self._half = max(float(self._times[-1] - self._times[0]) / 2, 1e-3)

    def error(self, line: Line) -> float:
        """Return 1 less the mean likeness along a line, interpolated between source frames."""
        source = self._source
        wanted = np.clip(line.at(self._times), source[0], source[-1])
        after = np.clip(np.searchsorted(source, wanted), 1, len(source) - 1)
        part = (wanted - source[after - 1]) / np.maximum(source[after] - source[after - 1], 1e-9)
        before, behind = self._likeness[self._rows, after - 1], self._likeness[self._rows, after]
        return 1.0 - float(((1 - part) * before + part * behind).mean())

    def better(self, line: Line, plainer: Line, *, params: LineParams) -> bool:
        """Return whether pictures or motion speak clearly for a line, and neither against it."""
        before, after = self.error(plainer), self.error(line) + 1e-5
        jerked, jerks = self._unsteady(plainer, params), self._unsteady(line, params)
        clearly = after < params.tilt * before or (
            jerks < params.tilt * jerked and jerked - jerks >= params.jerk
        )
        return clearly and after < before and jerks <= jerked

    def _unsteady(self, line: Line, params: LineParams) -> float:
        """Return 1 less the correlation of what moves along a line; 0 where nothing does."""
        columns = self._both.source.nearest(line.at(self._times))
        views = self._both.query.views[self._rows], self._both.source.views[columns]
        moves = motion(*views, moving=params.moving)
        return 0.0 if moves is None else 1.0 - moves

    def climbed(self, line: Line, reach: float) -> Line:
        """Return the line moved and tilted as long as that makes its pictures more alike."""
        for _ in range(CLIMB):
            better = self.moved(line, reach)
            if better == line:
                break
            line = better
        return line

    def moved(
        self, line: Line, reach: float, *, tilts: Sequence[float] = (-1.0, -0.5, 0.0, 0.5, 1.0)
    ) -> Line:
        """Return the best of the lines within `reach` seconds at the middle and the ends."""
        options = [line]
        for tilt in tilts:
            steeper = tilt * reach / self._half
            start = line.offset - steeper * self.middle
            options += [
                Line(line.rate + steeper, start + shift * reach)
                for shift in (-1.0, -0.5, 0.0, 0.5, 1.0)
            ]
        return min(options, key=self.error)


@dataclass(frozen=True, slots=True, eq=False)
class _Hunt:
    """Both films as lines are hunted in them: few frames, coarse pictures.

    Attributes:
        step: Seconds between the query's frames.
        length: Frames in a stretch.
        times: The query's frames.
        query: Their coarse views.
        source_times: All frames of the source.
        source: Their coarse views.
        params: See there.
    """

    step: float
    length: int
    times: Times
    query: Views
    source_times: Times
    source: Views
    params: LineParams

    @classmethod
    def of(cls, both: Both, params: LineParams) -> "_Hunt | None":
        """Return the films thinned out; None where they are shorter than a stretch."""
        step = max(params.finest, both.query.step)
        rows = both.query.nearest(_grid(both.query.times, step))
        length = max(4, round(params.stretch / step))
        if len(rows) < length:
            return None
        return cls(
            step,
            length,
            both.query.times[rows],
            coarse(both.query.views[rows]),
            both.source.times,
            coarse(both.source.views),
            params,
        )

    def part(self, first: int, count: int) -> "_Hunt":
        """Return some of the query's frames beside all of the source's."""
        rows = slice(first, first + count)
        return replace(self, times=self.times[rows], query=self.query[rows])


def _likely_rates(hunt: _Hunt) -> list[float]:
    """Return the rates other than 1 worth trying on the whole query, judged by parts of it."""
    rates = [sign * rate for rate in hunt.params.rates for sign in (1, -1) if sign * rate != 1]
    count, part = len(hunt.times), round(hunt.params.tried / hunt.step)
    if count <= 2 * part:
        return rates
    parts = [hunt.part(at, part) for at in (0, (count - part) // 2, count - part)]
    scores = np.array([[_Field(rate, one).peaks.sum() for one in parts] for rate in rates])
    return [rates[i] for i in dict.fromkeys(scores.argmax(axis=0).tolist())]


class _Field:
    """Motion correlation at one rate: rows are starts of stretches, columns offsets in steps."""

    def __init__(self, rate: float, hunt: _Hunt) -> None:
        self.rate = rate
        self._hunt = hunt
        self._params = hunt.params
        beat = _grid(hunt.source_times, hunt.step * abs(rate))[:: 1 if rate > 0 else -1]
        self._first = beat[0]
        columns = nearest(hunt.source_times, beat)
        starts = len(hunt.times) - hunt.length + 1
        if len(columns) < hunt.length:
            self._matrix = np.zeros((starts, 1), np.float32)
        else:
            self._matrix = in_step(
                hunt.query,
                hunt.source[columns],
                length=hunt.length,
                moving=hunt.params.moving,
            )
        self.peaks = self._matrix.max(axis=1)

    def suffices(self) -> bool:
        """Return whether nearly all that moves is in step at this rate.

        Surely so at whatever offsets, or all on one line: another rate would soon leave it.
        """
        moves = stretches_move(self._hunt.query, self._hunt.length, self._params.moving)
        if not moves.any():
            return True
        column = self.support(self.peaks, moves)[1]
        told = self.peaks >= self._params.surely, self.explains(column, self.peaks)
        return any(fits[moves].mean() >= self._params.nearly_all for fits in told)

    def yield_to(self, plain: npt.NDArray[np.float32]) -> None:
        """Leave to rate 1 the stretches that it explains about as well, at whatever offset.

        Words cut out at even spacing look like one stretch played faster, but between its cuts each
        piece has its natural speed.
        """
        self._matrix[plain + self._params.clearly > self.peaks] = 0.0
        self.peaks = self._matrix.max(axis=1)

    def support(
        self, best: npt.NDArray[np.float32], left: npt.NDArray[np.bool_]
    ) -> tuple[float, int]:
        """Return the steps that lie on the best offset, and its column.

        Only stretches count that this offset explains about as well as any line does: else a wrong
        rate that half fits everywhere beats the right one that fits some stretches wholly.
        """
        matrix = self._matrix[left]
        fits = matrix >= np.maximum(best[left, None] - self._params.tie, self._params.in_step)
        totals = np.where(fits, matrix, 0.0).sum(axis=0) if len(matrix) else np.zeros(1)
        column = int(totals.argmax())
        return float(totals[column]), column

    def explains(self, column: int, best: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
        """Return the stretches that an offset, or one next to it, explains as well as any."""
        around = self._matrix[:, max(0, column - 2) : column + 3].max(axis=1)
        return np.asarray(around >= np.maximum(best - self._params.tie, self._params.in_step))

    def line(self, column: int) -> Line:
        """Return the line of a column."""
        offset = column - len(self._matrix) + 1
        # Column k pairs step i of the query with step i + offset of the source.
        start = self._first + self.rate * self._hunt.step * offset
        return Line(self.rate, float(start - self.rate * self._hunt.times[0]))


def _grid(times: Times, step: float) -> Times:
    """Return evenly spaced times over the frames."""
    return np.arange(times[0], times[-1] + step / 2, step)


def nearest(times: Times, wanted: Times) -> npt.NDArray[np.int64]:
    """Return the index of the frame nearest to each wanted time."""
    after = np.clip(np.searchsorted(times, wanted), 1, len(times) - 1)
    return np.where(wanted - times[after - 1] <= times[after] - wanted, after - 1, after)
