"""What was measured of files that share something, at hand file by file."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from index.values import Channel, Interval
from lineage.derivations import Kinship
from lineage.graph.arrows import arrows, ordered, untangled
from lineage.graph.values import Pair


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """What was measured of files, and which arrows of it hold together.

    Attributes:
        kinships: All of it, by the digests.
        of: That of each file, by the other's digest and the channel.
        arrows: How sure each arrow is that holds.
        broken: Arrows that were decided of a pair, and do not hold beside the others.
    """

    kinships: tuple[Kinship, ...]
    of: Mapping[str, Mapping[tuple[str, Channel], Kinship]]
    arrows: Mapping[Pair, float]
    broken: frozenset[Pair]
    _before: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _place: dict[str, int] = field(default_factory=dict)
    _above: dict[frozenset[str], dict[str, frozenset[str]]] = field(default_factory=dict)

    @classmethod
    def joining(cls, kinships: Iterable[Kinship]) -> Self:
        """Return the family of what was measured, in whatever order."""
        every = tuple(sorted(kinships, key=lambda one: (one.query, one.source, one.channel)))
        of: dict[str, dict[tuple[str, Channel], Kinship]] = {}
        for one in every:
            for file in (one.query, one.source):
                of.setdefault(file, {})[one.other(file), one.channel] = one
        found = arrows(every)
        held = untangled(found)
        before: dict[str, list[str]] = {}
        for parent, child in held:
            before.setdefault(child, []).append(parent)
        return cls(
            every,
            of,
            held,
            frozenset(found.keys() - held.keys()),
            {child: tuple(parents) for child, parents in before.items()},
            {file: place for place, file in enumerate(ordered(held))},
        )

    def kin(self, file: str) -> set[str]:
        """Return the digests of all files that share something with one."""
        return {other for other, _ in self.of.get(file, {})}

    def parents(self, file: str) -> tuple[str, ...]:
        """Return all that is decided to be an ancestor of a file and to share something with it."""
        return self._before.get(file, ())

    def above(self, files: Collection[str]) -> dict[str, frozenset[str]]:
        """Return which of some files each was made from, by arrows among these alone."""
        among = frozenset(files)
        if among not in self._above:
            known: dict[str, frozenset[str]] = {}
            for file in sorted(among, key=lambda one: self._place.get(one, 0)):
                near = among.intersection(self.parents(file))
                known[file] = near.union(*(known[one] for one in near))
            self._above[among] = known
        return self._above[among]

    def shown(self, file: str, other: str, channel: Channel) -> list[Interval]:
        """Return what of a file another shares with it on a channel."""
        kinship = self.of.get(file, {}).get((other, channel))
        return [] if kinship is None else [one.child for one in kinship.seen_by(file)]

    def directed(self, kinship: Kinship) -> bool:
        """Return whether an arrow holds between both files."""
        pair = (kinship.source, kinship.query)
        return pair in self.arrows or pair[::-1] in self.arrows
