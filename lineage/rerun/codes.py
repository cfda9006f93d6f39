"""Whether a stretch holds by the codes of both files alone, without their pictures and sounds.

Along the line that is claimed the codes of both must be alike, and more so than along lines beside
it: footage that hardly changes looks alike at any time, and then codes say nothing of when.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.fingerprints import Fingerprints
from index.hashing import pictures
from index.values import Channel, Codes, Fingerprint, Interval, distance
from lineage.rerun.values import FILE_NEEDED, Outcome, Stretch, Verdict

type Floats = npt.NDArray[np.float64]
type Bits = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class CodeParams:
    """When codes tell.

    Attributes:
        picture: Mean bits within which codes of whole frames are alike, as in a look-up.
        sound: The same of sound.
        reach: Seconds between a moment of the source and a code that stands for it. Passed on are
            about six frames a second.
        step: Seconds between lines that are tried.
        near: Seconds by which the claimed line may be off: a code every sixth of a second, and a
            cut between two.
        apart: Seconds from which on a line is another one.
        tells: Bits by which codes must be more alike along one line than along others. Of a real
            clip of a man at a table, who hardly moves, it was 1; of others 23 and more.
        refutes: Bits by which another line must be better for the claimed one to be wrong. A
            wrong contradiction is worse than none.
        share: Of the moments of the query, how many must have a code beside them.
        most: Moments of the query that are looked at.
        span: Seconds by which other lines are earlier or later, at most. A bundle may come from a
            stranger, so what it can make us do has an end.
        past: Seconds by which a stretch may seem to go on after the source's end.
    """

    picture: float = 68.0
    sound: float = 64.0
    reach: float = 0.25
    step: float = 0.1
    near: float = 0.5
    apart: float = 1.0
    tells: float = 4.0
    refutes: float = 12.0
    share: float = 0.5
    most: int = 100
    span: float = 600.0
    past: float = 0.5


DEFAULT = CodeParams()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike codes are along lines, in mean bits; None where there is nothing to compare.

    Attributes:
        claimed: Along the claimed line, or a little beside it.
        other: Along the best line that is another one.
        shift: By how many seconds that line is later in the source.
    """

    claimed: float | None
    other: float | None
    shift: float


def by_codes(
    stretch: Stretch, query: Fingerprints, source: Fingerprints, *, params: CodeParams = DEFAULT
) -> Outcome | None:
    """Return whether a stretch holds; None where codes of whole frames, or of sound, are silent.

    They are where the source is shown small, cropped or covered, or at another tempo.
    """
    over = stretch.source.end - source.duration
    if over > params.past:
        said = f"the source is {source.duration:.1f} s long, so it ends {over:.1f} s earlier"
        return Outcome(Verdict.CONTRADICTED, said, firm=True)
    both = (
        (query.sound, source.sound)
        if stretch.channel is Channel.SOUND
        else (query.picture, source.picture)
    )
    if both[0].recipe != both[1].recipe:
        said = f"codes are {both[0].recipe} now and were {both[1].recipe} then"
        return Outcome(Verdict.OPEN, said, FILE_NEEDED)
    if stretch.channel is Channel.SOUND:
        return judged([likeness(stretch, query.sound, source.sound, params)], params.sound, params)
    turned = pictures.turned(query.picture.codes).values()
    found = [likeness(stretch, _with(query.picture, one), source.picture, params) for one in turned]
    return judged(found, params.picture, params)


def judged(
    found: Iterable[Likeness], radius: float, params: CodeParams = DEFAULT
) -> Outcome | None:
    """Return what likeness says of a claim; None where nothing is alike along any line.

    Args:
        found: Of each way in which the query may be turned.
        radius: Mean bits within which codes are alike.
        params: When codes tell.
    """
    every = list(found)
    here = min((one.claimed for one in every if one.claimed is not None), default=np.inf)
    best = min(every, key=lambda one: np.inf if one.other is None else one.other)
    there = np.inf if best.other is None else best.other
    if min(here, there) > radius:
        return None
    if there + params.refutes <= here:
        where = f"{abs(best.shift):.1f} s {'later' if best.shift > 0 else 'earlier'} in the source"
        beside = "has no codes" if np.isinf(here) else f"differs by {here:.0f}"
        said = (
            f"what it shows is {where}: there {there:.0f} bits of 256 differ, this place {beside}"
        )
        return Outcome(Verdict.CONTRADICTED, said, firm=True)
    if here > radius or here + params.tells > there:
        said = "the source looks or sounds alike at other times, so codes do not tell when"
        return Outcome(Verdict.OPEN, said, FILE_NEEDED)
    beside = "" if np.isinf(there) else f", {there:.0f} at other times"
    said = f"by codes, to half a second: {here:.0f} bits of 256 differ in the mean{beside}"
    return Outcome(Verdict.CONFIRMED, said)


def likeness(
    stretch: Stretch, query: Fingerprint, source: Fingerprint, params: CodeParams = DEFAULT
) -> Likeness:
    """Return how alike codes are along the claimed line and along others.

    Args:
        stretch: What is claimed.
        query: Its codes on that channel.
        source: The source's.
        params: When codes tell.
    """
    room = params.span
    around = Interval(max(0.0, stretch.source.start - room), stretch.source.end + room)
    asked, within = _thinned(query.within([stretch.query]), params.most), source.within([around])
    if not len(asked) or not len(within):
        return Likeness(None, None, 0.0)
    bits, times, beside = _bits(asked, within)
    wanted = np.array([stretch.source_time(time) for time in times])
    first, last = -wanted.max(), beside[-1] - wanted.min()
    low, high = (int(min(max(end, -room), room) // params.step) for end in (first, last))
    shifts = np.arange(low, high + 2) * params.step
    means = _along(bits, wanted + shifts[:, None], beside, params)
    claimed = _least(means, np.abs(shifts) <= params.near + 1e-9)
    others = np.where(np.abs(shifts) > params.apart, means, np.inf)
    best = int(others.argmin())
    other = float(others[best])
    return Likeness(claimed, None if np.isinf(other) else other, float(shifts[best]))


def _along(bits: Bits, wanted: Floats, beside: Floats, params: CodeParams) -> Floats:
    """Return the mean bits along each line; infinite where too little of it has codes.

    Args:
        bits: uint16 (m, n), between moments of the query and of the source.
        wanted: float64 (k, m), where in the source each of k lines has each moment.
        beside: float64 (n,), when the source has codes.
        params: When codes tell.
    """
    after = np.searchsorted(beside, wanted).clip(0, len(beside) - 1)
    first = np.maximum(after - 1, 0)
    nearer = np.where(
        np.abs(beside[first] - wanted) <= np.abs(beside[after] - wanted), first, after
    )
    there = np.abs(beside[nearer] - wanted) <= params.reach
    apart = bits[np.arange(len(bits)), nearer]
    means = np.where(there, apart, 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return np.where(there.mean(axis=1) >= params.share, means, np.inf)


def _bits(query: Fingerprint, source: Fingerprint) -> tuple[Bits, Floats, Floats]:
    """Return the bits by which moments of both differ, and the times of these moments.

    A moment may have several codes, with bars and without; the nearest pair counts.
    """
    times, starts = np.unique(query.times, return_index=True)
    beside, firsts = np.unique(source.times, return_index=True)
    rows = [np.minimum.reduceat(distance(code, source.codes), firsts) for code in query.codes]
    return np.minimum.reduceat(np.stack(rows), starts), times, beside


def _thinned(codes: Fingerprint, most: int) -> Fingerprint:
    """Return at most so many of the moments, spread evenly."""
    times = np.unique(codes.times)
    kept = times[:: max(1, -(-len(times) // most))]
    inside = np.isin(codes.times, kept)
    return Fingerprint(
        codes.channel, codes.recipe, codes.times[inside], codes.holds[inside], codes.codes[inside]
    )


def _with(measured: Fingerprint, codes: Codes) -> Fingerprint:
    return Fingerprint(measured.channel, measured.recipe, measured.times, measured.holds, codes)


def _least(means: Floats, among: npt.NDArray[np.bool_]) -> float | None:
    least = float(np.where(among, means, np.inf).min())
    return None if np.isinf(least) else least
