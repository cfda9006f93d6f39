"""Which seconds of archived files were reused, by whom: of one file, or the most reused of all.

What others show of a file is what was measured of each pair; that it was made from the file is what
is believed, at however many removes. So a pair of which the direction is not decided counts as well
where other files decide it. A file that was removed still counts: it showed what it showed.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched

from index.archive import Archive
from index.catalogue import lineages
from index.catalogue.database import Change
from index.values import Channel, Interval
from lineage import kept
from lineage.coverage import DEFAULT, Coverage, Peak, PeakParams, Tie, Use, peaks, ranked
from lineage.derivations import Node, Role
from lineage.kinships import digest_of

BATCH = 500
"""Nodes that are asked about at a time: few enough for one statement, and for what is read in vain
to be little."""

type Shown = Mapping[int, Callable[[], list[Interval]]]
"""What others show of a file, by their nodes; worked out when it is asked for."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """What others show of a file.

    Attributes:
        asset: The file.
        coverages: One for each channel on which others share something with it.
        nodes: The file and all these others, by id.
    """

    asset: Node
    coverages: tuple[Coverage, ...]
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Reused:
    """A stretch of an archived file that others were made from.

    Attributes:
        asset: Id of the file.
        channel: Picture or sound.
        peak: The stretch, and the files.
    """

    asset: str
    channel: Channel
    peak: Peak


@dataclass(frozen=True, slots=True)
class MostReused:
    """The most reused stretches of an archive.

    Attributes:
        stretches: Of each channel those that most files show first.
        nodes: All files they name, by id.
    """

    stretches: tuple[Reused, ...]
    nodes: tuple[Node, ...]


def reuse(archive: Archive, word: str) -> Reuse:
    """Return what others show of a file.

    Args:
        archive: The archive.
        word: The file's id, the beginning of one, or its name; it may have been removed.

    Raises:
        NotFoundError: No file is called that, or several are.
    """
    digest = digest_of(archive, word)
    with archive.lineages.reading() as change:
        start = lineages.found(change, digest)
        if start is None:
            alone = _unrelated(archive, digest)
            return Reuse(alone, (), (alone,))
        uses = {channel: _uses(change, start.id, channel) for channel in Channel}
        every = {int(one.file) for found in uses.values() for one in found}
        names = _named(change, {start.id, *every})
    coverages = tuple(
        Coverage(channel, tuple(sorted((_known(one, names) for one in found), key=_file)))
        for channel, found in uses.items()
        if found
    )
    return Reuse(names[start.id], coverages, _sorted(names))


def most_reused(archive: Archive, *, top: int, params: PeakParams = DEFAULT) -> MostReused:
    """Return the stretches that most files show that were made from them.

    Args:
        archive: The archive.
        top: How many of each channel, at most.
        params: Which stretches count.
    """
    with archive.lineages.reading() as change:
        kin = lineages.sharing(change)
        rows = lineages.arrows(change)
        best = [
            (channel, node, peak)
            for channel in Channel
            for node, peak in _best(
                change, _Tree.of(rows, channel), _on(kin, channel), top=top, params=params
            )
        ]
        ends = {node for _, node, _ in best} | {
            int(one) for _, _, peak in best for one in peak.files
        }
        names = _named(change, ends)
    told = tuple(
        Reused(names[node].id, channel, _told(peak, names)) for channel, node, peak in best
    )
    return MostReused(told, _sorted(names))


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """Who was made from whom on a channel.

    Attributes:
        channel: Which.
        below: Children by their parent.
        rank: Of each child; it rises from parent to child.
    """

    channel: Channel
    below: dict[int, list[int]] = field(default_factory=dict)
    rank: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, arrows: Iterable[tuple[int, int, int, int]], channel: Channel) -> "_Tree":
        """Return it of parents, children, channels and ranks of children."""
        tree = cls(channel)
        for parent, child, on, rank in arrows:
            if on == channel:
                tree.below.setdefault(parent, []).append(child)
                tree.rank[child] = rank
        return tree

    def descendants(self, node: int, others: Collection[int]) -> set[int]:
        """Return who of some others was made from a node; nothing behind their last is visited."""
        last = max((self.rank[one] for one in others if one in self.rank), default=0)
        reached, left = {node}, [node]
        while left:
            fresh = [
                child
                for child in self.below.get(left.pop(), ())
                if child not in reached and self.rank[child] <= last
            ]
            reached.update(fresh)
            left.extend(fresh)
        return (reached - {node}).intersection(others)

    def many(self, node: int, most: int) -> int:
        """Return how many were made from a node, counted no further than to a number."""
        reached, left = {node}, [node]
        while left and len(reached) <= most:
            fresh = set(self.below.get(left.pop(), ())) - reached
            reached |= fresh
            left.extend(fresh)
        return min(len(reached) - 1, most)


def _best(
    change: Change, tree: _Tree, kin: Mapping[int, int], *, top: int, params: PeakParams
) -> list[tuple[int, Peak]]:
    """Return nodes and their stretches, best first; none is read that cannot be among them.

    Args:
        change: The transaction.
        tree: Who was made from whom.
        kin: With how many others each archived node shares something.
        top: How many.
        params: Which stretches count.
    """
    bound = {node: tree.many(node, count) for node, count in kin.items() if node in tree.below}
    best: list[tuple[tuple[int, float, str, float], int, Peak]] = []
    for some in batched(sorted(bound, key=lambda node: (-bound[node], node)), BATCH):
        if len(best) >= top and bound[some[0]] < best[-1][2].at_once:
            break
        digests = lineages.digests(change, some)
        for node, others in _shown(change, some, tree.channel).items():
            made = tree.descendants(node, others)
            uses = [Use.joining(str(one), Tie.DESCENDANT, others[one]()) for one in made]
            best += [
                (_order(peak, digests[node]), node, peak)
                for peak in peaks(uses, top=top, params=params)
            ]
        best = sorted(best, key=lambda one: one[0])[:top]
    return [(node, peak) for _, node, peak in best]


def _order(peak: Peak, digest: str) -> tuple[int, float, str, float]:
    """Return by what stretches of several files are ordered, whatever order these came in."""
    files, length, start = ranked(peak.interval, peak.at_once)
    return files, length, digest, start


def _uses(change: Change, node: int, channel: Channel) -> list[Use]:
    """Return what others show of a node on a channel."""
    others = _shown(change, [node], channel).get(node, {})
    below = _reached(node, others, lambda ids: _next(change, ids, channel, down=True))
    above = _reached(node, others, lambda ids: _next(change, ids, channel, down=False))
    ties = {**dict.fromkeys(below, Tie.DESCENDANT), **dict.fromkeys(above, Tie.ANCESTOR)}
    return [
        Use.joining(str(one), ties.get(one, Tie.OTHER), spans()) for one, spans in others.items()
    ]


def _reached(
    node: int, others: Collection[int], beyond: Callable[[Collection[int]], set[int]]
) -> set[int]:
    """Return which others are reached from a node, step by step, until all are or none is left."""
    reached, fresh = {node}, {node}
    while fresh and not reached.issuperset(others):
        fresh = beyond(fresh) - reached
        reached |= fresh
    return reached


def _next(change: Change, ids: Collection[int], channel: Channel, *, down: bool) -> set[int]:
    return {
        child if down else parent
        for some in batched(ids, BATCH)
        for parent, child, on, _ in lineages.arrows(change, some, down=down)
        if on == channel
    }


def _shown(change: Change, ids: Sequence[int], channel: Channel) -> Mapping[int, Shown]:
    """Return for each of some nodes what others show of it on a channel, by their nodes."""
    wanted = frozenset(ids)
    found: dict[int, dict[int, Callable[[], list[Interval]]]] = {}
    for query, source, told in lineages.shown(change, ids, channel):
        if query in wanted:
            found.setdefault(query, {})[source] = partial(_spans, told, of_query=True)
        if source in wanted:
            found.setdefault(source, {})[query] = partial(_spans, told, of_query=False)
    return found


def _spans(told: str, *, of_query: bool) -> list[Interval]:
    """Return what both of two files show, by the time of the one that was traced, or the other."""
    ends = ((one.child, one.parent) for one in kept.stretches(json.loads(told)))
    return [span for query, source in ends if (span := query if of_query else source) is not None]


def _on(kin: Mapping[tuple[int, int], int], channel: Channel) -> dict[int, int]:
    return {node: count for (node, on), count in kin.items() if on == channel}


def _named(change: Change, ids: Collection[int]) -> dict[int, Node]:
    return {
        row.id: kept.named(row)
        for some in batched(ids, BATCH)
        for row in lineages.named(change, some)
    }


def _unrelated(archive: Archive, digest: str) -> Node:
    """Return an asset that was never found to share anything."""
    asset = archive.find(digest)
    facts = (asset.name, digest, asset.media, asset.title, asset.published_at)
    return Node(kept.name(digest, Role.ASSET), Role.ASSET, *facts)


def _known(one: Use, names: Mapping[int, Node]) -> Use:
    return Use(names[int(one.file)].id, one.tie, one.stretches)


def _told(peak: Peak, names: Mapping[int, Node]) -> Peak:
    files = tuple(sorted(names[int(one)].id for one in peak.files))
    return Peak(peak.interval, peak.at_once, files)


def _sorted(names: Mapping[int, Node]) -> tuple[Node, ...]:
    return tuple(sorted(names.values(), key=lambda one: one.id))


def _file(one: Use) -> str:
    return one.file
