"""Which seconds of a file others show: how many at each moment, and which stretches most.

    stretches of a file that others show     each other file once, however often it shows a moment
      steps    at each moment, how many files
      peaks    stretches that many files show for long enough to be named

Times are only compared, never added up, so that ends are those that were measured, bit by bit. That
a file shows some of another does not say that it was made from it: who was is told apart.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import fsum

from index.values import Channel, Interval
from lineage.graph.spans import joined


class Tie(StrEnum):
    """How a file that shows some of an asset is related to it, as far as that is believed."""

    DESCENDANT = "descendant"
    ANCESTOR = "ancestor"
    OTHER = "other"


SHARING = (Tie.ANCESTOR, Tie.OTHER)
"""Those that show some of an asset and were not made from it, as far as that is believed."""


@dataclass(frozen=True, slots=True)
class PeakParams:
    """When a stretch that several files show is named.

    Attributes:
        least: Seconds it lasts. Files end a few frames apart at the same cut, which is no
            stretch of its own; a second is the least that two files must share to be compared.
        wider: How many times as long as each within it that more files show. Twice as long is seen
            to be another stretch, and a slope of many steps is named at few of them.
    """

    least: float = 1.0
    wider: float = 2.0


DEFAULT = PeakParams()


@dataclass(frozen=True, slots=True)
class Use:
    """What one other file shows of an asset, on one channel.

    Attributes:
        file: Id of the other file.
        tie: How it is related to the asset on that channel.
        stretches: Of the asset, by time; no two touch.
    """

    file: str
    tie: Tie
    stretches: tuple[Interval, ...]

    @classmethod
    def joining(cls, file: str, tie: Tie, shown: Iterable[Interval]) -> "Use":
        """Return it of stretches that may overlap, as where a file repeats a moment."""
        return cls(file, tie, tuple(joined(shown)))

    def within(self, span: Interval) -> bool:
        """Return whether it shows any of a stretch of the asset."""
        return any(one.overlap(span) > 0 for one in self.stretches)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What others show of an asset on a channel.

    Attributes:
        channel: Picture or sound.
        uses: One for each other file, by id.
    """

    channel: Channel
    uses: tuple[Use, ...]

    def of(self, *ties: Tie) -> tuple[Use, ...]:
        """Return the files that are related to the asset in one of these ways."""
        return tuple(one for one in self.uses if one.tie in ties)

    def seconds(self, *ties: Tie) -> float:
        """Return how many seconds of the asset any such file shows."""
        return fsum(each.length for each in joined(_shown(self.of(*ties))))


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of an asset that the same files show from its start to its end.

    Attributes:
        interval: Of the asset.
        descendants: How many of them were made from it.
        ancestors: From how many of them it was made.
        others: How many are related otherwise, or it is not known how.
    """

    interval: Interval
    descendants: int
    ancestors: int
    others: int

    @property
    def files(self) -> int:
        """How many there are."""
        return self.descendants + self.ancestors + self.others


@dataclass(frozen=True, slots=True)
class Peak:
    """A stretch of an asset that many files show.

    Attributes:
        interval: Of the asset; at its ends fewer do.
        at_once: How many files show it at each of its moments, at least.
        files: Ids of all that show any of it.
    """

    interval: Interval
    at_once: int
    files: tuple[str, ...]


def steps(uses: Iterable[Use]) -> tuple[Step, ...]:
    """Return how many files show an asset at each moment, by time; moments none shows are left out.

    >>> steps([Use("b", Tie.DESCENDANT, (Interval(0, 2),)), Use("c", Tie.OTHER, (Interval(1, 2),))])
    ... # doctest: +NORMALIZE_WHITESPACE
    (Step(interval=Interval(start=0, end=1), descendants=1, ancestors=0, others=0),
     Step(interval=Interval(start=1, end=2), descendants=1, ancestors=0, others=1))
    """
    places = {tie: place for place, tie in enumerate(Tie)}
    changes: dict[float, list[int]] = defaultdict(lambda: [0] * len(Tie))
    for one in uses:
        for each in one.stretches:
            changes[each.start][places[one.tie]] += 1
            changes[each.end][places[one.tie]] -= 1
    counts = [0] * len(Tie)
    found = []
    for start, end in pairwise(sorted(changes)):
        counts = [here + more for here, more in zip(counts, changes[start], strict=True)]
        if any(counts):
            found.append(Step(Interval(start, end), *counts))
    return tuple(found)


def peaks(
    uses: Collection[Use], *, top: int | None = None, params: PeakParams = DEFAULT
) -> list[Peak]:
    """Return the stretches of an asset that most files show, best first.

    One may lie within another that fewer files show, if that is much longer.

    Args:
        uses: What files show of it.
        top: How many stretches; None for all.
        params: When a stretch is named.
    """
    open_: list[tuple[float, int, float]] = []  # where it began, files, longest peak within it
    found = []
    for time, files in _levels(steps(uses)):
        begun, longest = time, 0.0
        while open_ and open_[-1][1] >= files:
            begun, level, within = open_.pop()
            longest = max(longest, within)
            length = time - begun
            if level > files and length >= max(params.least, params.wider * longest):
                found.append((Interval(begun, time), level))
                longest = length
        if files:
            open_.append((begun, files, longest))
    best = sorted(found, key=lambda one: ranked(*one))[:top]
    return [Peak(span, level, _within(uses, span)) for span, level in best]


def ranked(span: Interval, files: int) -> tuple[int, float, float]:
    """Return by what stretches are ordered: more files first, then longer ones, then by time."""
    return -files, -span.length, span.start


def _levels(whole: Sequence[Step]) -> Iterator[tuple[float, int]]:
    """Yield from when on how many files show it; the last is none."""
    end = None
    for one in whole:
        if end is not None and one.interval.start > end:
            yield end, 0
        yield one.interval.start, one.files
        end = one.interval.end
    if end is not None:
        yield end, 0


def _within(uses: Iterable[Use], span: Interval) -> tuple[str, ...]:
    return tuple(sorted(one.file for one in uses if one.within(span)))


def _shown(uses: Iterable[Use]) -> Iterator[Interval]:
    return (each for one in uses for each in one.stretches)
