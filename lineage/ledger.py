"""What was measured of one more file goes into the archive, with what is then believed.

Only files that share something with it are thought about anew, and those that may hang together
with them: in a knot, or by what nobody has seen. So it costs what a family costs, not an archive.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from index.catalogue import lineages
from index.catalogue.database import Change
from index.values import Channel
from lineage import kept
from lineage.crowds import crowded
from lineage.derivations import Kinship, Relation
from lineage.graph import DEFAULT, Family, GraphParams, beliefs, bound, knots

type Facts = Mapping[str, Mapping[str, object]]
"""What is known of files, by digest."""


def enter(  # noqa: PLR0913 # what was measured, of whom, and when
    change: Change,
    digest: str,
    measured: Mapping[str, Sequence[Kinship]],
    facts: Facts,
    *,
    now: datetime,
    params: GraphParams = DEFAULT,
) -> None:
    """Keep what was measured of a file and others, and believe what follows.

    Args:
        change: The transaction.
        digest: Of the file.
        measured: By the digests of the others; where it is empty, both share nothing after all.
        facts: Of all of them.
        now: The time.
        params: When something is believed.
    """
    if not measured:
        return
    ids = lineages.add(change, {one: facts[one] for one in sorted({digest, *measured})})
    new = ids[digest]
    rows = [kept.kinship_row(one, ids) for _, found in sorted(measured.items()) for one in found]
    others = [ids[other] for other in measured]
    lineages.keep(change, new, others, rows, now.isoformat(timespec="seconds"))
    tied = _tie(change, new)
    about = {*ids.values(), *tied, *_kin(change, {new, *tied})}
    rethink(change, about | _heard(change, about), now=now, params=params)


def rethink(
    change: Change, ids: Collection[int], *, now: datetime, params: GraphParams = DEFAULT
) -> None:
    """Believe what follows from what is measured, of some nodes and those bound to them."""
    family, nodes, about = _bound(change, set(ids))
    digests = {row.id: row.digest for row in nodes}
    told = beliefs(
        family,
        {row.digest: kept.node(row) for row in nodes},
        about={digests[one] for one in about if one in digests},
        now=now,
        params=params,
    )
    known = {row.digest: row.id for row in nodes}
    known |= lineages.add(change, {unseen.id: {} for unseen in told.unseen}, seen=False)
    before = {_key(row): row for row in _believed(change, about)}
    after = {_key(row): row for row in (kept.edge_row(one, known) for one in told.edges)}
    closed = [
        row.id
        for key, row in before.items()
        if row.id is not None and _differs(row, after.get(key))
    ]
    opened = [row for key, row in after.items() if _differs(row, before.get(key))]
    lineages.believe(change, closed, opened, now.isoformat(timespec="seconds"))


def _bound(change: Change, about: set[int]) -> tuple[Family, list[lineages.Node], set[int]]:
    """Return what was measured around some nodes, the nodes of it, and all to be thought about."""
    read: set[int] = set()
    family, nodes, digests = Family.joining(()), list[lineages.Node](), dict[int, str]()
    while True:
        about |= _together(change, about)
        near = about | _kin(change, about)
        near |= set(lineages.knotted(change, _knots(change, near)))
        if not near <= read:
            rows, read = lineages.around(change, near), near
            nodes = lineages.named(change, _ends(rows) | about)
            digests = {row.id: row.digest for row in nodes}
            family = Family.joining(crowded(kept.kinship(row, digests) for row in rows))
        ids = {digest: one for one, digest in digests.items()}
        more = {ids[one] for one in bound(family, [digests[each] for each in about])}
        if more <= about:
            return family, nodes, about
        about |= more


def _believed(change: Change, about: Collection[int]) -> list[lineages.Edge]:
    """Return what is believed now of some nodes: of their parents, and without direction."""
    edges = lineages.believed(change, about)
    unseen = _unseen(change, edges)
    every = {row.id: row for row in [*edges, *lineages.believed(change, unseen)]}
    return [
        row
        for row in every.values()
        if row.relation != Relation.DERIVED or row.child in about or row.child in unseen
    ]


def _together(change: Change, about: Collection[int]) -> set[int]:
    """Return the nodes that are believed to have an unseen parent with some."""
    unseen = _unseen(change, lineages.believed(change, about))
    return {row.child for row in lineages.believed(change, unseen) if row.parent in unseen}


def _unseen(change: Change, edges: Iterable[lineages.Edge]) -> set[int]:
    ids = {row.parent for row in edges if row.relation == Relation.DERIVED}
    return {row.id for row in lineages.named(change, ids) if not row.seen}


def _tie(change: Change, new: int) -> set[int]:
    """Note which nodes contradict one another around one that changed; return those it concerns."""
    loop = _loop(change, new)
    whole = loop.union(lineages.knotted(change, _knots(change, {new, *loop})))
    if len(whole) < 2:  # noqa: PLR2004 # a knot takes two
        return set()
    arrows = {
        (str(row.source), str(row.query))[:: row.arrow]
        for row in lineages.around(change, whole)
        if row.arrow and {row.query, row.source} <= whole
    }
    lineages.knot(change, whole, None)
    for one in knots({(parent, child) for parent, child in arrows}):
        members = {int(each) for each in one}
        lineages.knot(change, members, min(members))
    return whole


def _loop(change: Change, start: int) -> set[int]:
    """Return the nodes that are both above and below one by what was measured."""
    reached = {True: {start}, False: {start}}
    fresh = {True: {start}, False: {start}}
    while all(fresh.values()):
        down = len(fresh[True]) <= len(fresh[False])
        fresh[down] = lineages.steps(change, fresh[down], down=down) - reached[down]
        reached[down] |= fresh[down]
    # One side has come to its end: what leads back to the start lies within it.
    ended = not fresh[True]
    loop, last = {start}, {start}
    while last:
        last = (lineages.steps(change, last, down=not ended) & reached[ended]) - loop
        loop |= last
    return loop if len(loop) > 1 else set()


def _heard(change: Change, ids: Collection[int]) -> set[int]:
    """Return the nodes that share sound with some and no pictures: who dubbed whom may change."""
    channels: dict[tuple[int, int], set[int]] = {}
    for query, source, channel in lineages.links(change, ids):
        channels.setdefault((query, source), set()).add(channel)
    return {end for pair, told in channels.items() if told == {Channel.SOUND} for end in pair}


def _kin(change: Change, ids: Collection[int]) -> set[int]:
    return {end for query, source, _ in lineages.links(change, ids) for end in (query, source)}


def _ends(rows: Iterable[lineages.Kinship]) -> set[int]:
    return {end for row in rows for end in (row.query, row.source)}


def _knots(change: Change, ids: Collection[int]) -> set[int]:
    return {row.knot for row in lineages.named(change, ids) if row.knot is not None}


def _key(row: lineages.Edge) -> tuple[int, int, int]:
    return row.parent, row.child, row.channel


def _differs(row: lineages.Edge, other: lineages.Edge | None) -> bool:
    """Return whether what is believed of a pair is not what was."""
    if other is None:
        return True
    ours, theirs = (
        (each.relation, each.confidence, dict(each.details), each.method) for each in (row, other)
    )
    return ours != theirs
