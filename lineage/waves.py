"""Sound waves laid over one another: where a copy begins and ends, and its offset to a millisecond.

Only for what is played at its own speed and pitch; there even a re-encoded wave follows its source.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.values import Interval, Sound, Times
from lineage.lines import Line

type Samples = npt.NDArray[np.float32]
type Gains = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WaveParams:
    """How waves are compared.

    Attributes:
        lag: Seconds by which a line may be off.
        piece: Seconds compared to find by how much.
        pieces: Pieces at most.
        clear: Correlation from which on a lag is believed.
        grain: Seconds over which waves are compared to find an edge.
        beyond: Seconds on both sides of an edge in which it is looked for.
        alike: Correlation inside a stretch under which its edges are left as they are.
    """

    lag: float = 0.03
    piece: float = 0.7
    pieces: int = 24
    clear: float = 0.3
    grain: float = 0.03
    beyond: float = 0.4
    alike: float = 0.5


def tuned(
    line: Line, where: Interval, query: Sound, source: Sound, *, params: WaveParams = WaveParams()
) -> Line:
    """Return the line with the offset at which the waves fit best; as it was where none does.

    Args:
        line: Of rate 1.
        where: The stretch of the query.
        query: Its sound.
        source: The asset's, where the line points to.
        params: See there.
    """
    offs = []
    count = max(1, min(params.pieces, int(where.length / params.piece)))
    length = min(params.piece, where.length)
    for start in np.linspace(where.start, where.end - length, count):
        heard = _cut(query, start, start + length)
        beside = _cut(
            source, start + line.offset - params.lag, start + line.offset + length + params.lag
        )
        off = _lag(heard, beside, params=params)
        if off is not None:
            offs.append(off / query.rate - params.lag)
    return replace(line, offset=line.offset + float(np.median(offs))) if offs else line


def edges(  # noqa: PLR0913 # a stretch of two sounds, and how it was found
    line: Line,
    where: Interval,
    query: Sound,
    source: Sound,
    *,
    sure: Interval | None = None,
    params: WaveParams = WaveParams(),
) -> Interval:
    """Return the stretch of the query with its edges where the waves part.

    Args:
        line: Of rate 1.
        where: The stretch.
        query: Its sound.
        source: The asset's, where the line points to.
        sure: The part of the stretch that is not doubtful, all of it if None: what is doubtful
            beside it is kept as far as the waves follow.
        params: See there.
    """
    sure = sure or where
    reach = Interval(max(0.0, where.start - params.beyond), where.end + params.beyond)
    a, b = (
        _cut(query, reach.start, reach.end),
        _cut(source, *line.at(np.array([reach.start, reach.end]))),
    )
    size = round(params.grain * query.rate)
    alike = _alike(a, b, size)
    times = reach.start + (np.arange(len(alike)) + 0.5) * size / query.rate
    inner = alike[(times > sure.start + params.grain) & (times < sure.end - params.grain)]
    known = inner[np.isfinite(inner)]
    if not len(known) or np.median(known) < params.alike:
        return where
    gain = np.where(np.isfinite(alike), alike - np.median(known) / 2, 0.0)
    half = params.grain / 2
    low, high = sure.start + params.beyond, sure.end - params.beyond
    middle = (sure.start + sure.end) / 2
    before, after = times < min(low, middle), times > max(high, middle)
    start = _parting(gain[before][::-1], times[before][::-1], where.start + 2 * half) - half
    end = _parting(gain[after], times[after], where.end - 2 * half) + half
    start = max(start, query.start)
    end = min(end, query.start + len(query.samples) / query.rate)
    return Interval(start, end) if end > start else where


def _parting(gain: Gains, times: Times, otherwise: float) -> float:
    """Return the time, going outwards, up to which the sum of gains is greatest, the last such."""
    if not len(gain):
        return otherwise
    return float(times[len(gain) - 1 - int(np.cumsum(gain)[::-1].argmax())])


def _cut(sound: Sound, start: float, end: float) -> Samples:
    """Return the samples of a stretch, silence where there are none."""
    first, last = (round((time - sound.start) * sound.rate) for time in (start, end))
    inside = sound.samples[max(0, first) : max(0, last)]
    before = min(max(0, -first), max(0, last - first))
    return np.pad(inside, (before, max(0, last - first - before - len(inside))))


def _lag(heard: Samples, beside: Samples, *, params: WaveParams) -> float | None:
    """Return at which of its places the longer wave fits the shorter one, in parts of a sample."""
    a = heard.astype(np.float64)
    power = float(a @ a)
    if power <= 0:
        return None
    b = beside.astype(np.float64)
    size = 1 << (len(b) + len(a)).bit_length()
    places = len(b) - len(a) + 1
    dots = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[:places]
    total = np.concatenate([[0.0], np.cumsum(b * b)])
    powers = total[len(a) :][:places] - total[:places]
    fits = dots / np.sqrt(np.maximum(powers * power, 1e-20))
    best = int(fits.argmax())
    if fits[best] < params.clear or not 0 < best < places - 1:
        return None
    left, top, right = fits[best - 1 : best + 2]
    curve = left - 2 * top + right
    return best + (0.0 if curve >= 0 else float((left - right) / (2 * curve)))


def _alike(a: Samples, b: Samples, size: int) -> Gains:
    """Return the correlation of each small piece, not a number where one is silent."""
    count = min(len(a), len(b)) // size
    left = a[: count * size].reshape(count, size).astype(np.float64)
    right = b[: count * size].reshape(count, size).astype(np.float64)
    powers = (left**2).sum(axis=1) * (right**2).sum(axis=1)
    floor = 1e-8 * size
    silent = ((left**2).sum(axis=1) < floor) & ((right**2).sum(axis=1) < floor)
    alike = (left * right).sum(axis=1) / np.sqrt(np.maximum(powers, 1e-20))
    return np.where(silent, np.nan, alike)
