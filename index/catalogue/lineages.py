"""Rows of the lineage: files, what was measured of pairs of them, and what is believed.

What was measured is kept apart from what is believed, and nothing believed is deleted: it is closed
with the time until which it was. Reasoning is the business of `lineage`; here are only rows.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true

from index.catalogue import ranks
from index.catalogue.database import Change
from index.catalogue.tables import assets, edges, kinships, nodes, related
from index.values import AssetRow, Media


@dataclass(frozen=True, slots=True)
class Node:
    """A file of the lineage.

    Attributes:
        id: Of its row.
        digest: Of its bytes; of an unseen one, what it is known by.
        seen: Whether anybody has seen it.
        archived: Whether it is an asset now.
        name: Of the file; None of an unseen one.
        media: What it holds; None likewise.
        title: What people call it, if anyone said.
        published_at: RFC 3339 time, if anyone said.
        knot: A number shared by nodes that are ancestors of one another by what was measured.
    """

    id: int
    digest: str
    seen: bool
    archived: bool
    name: str | None = None
    media: Media | None = None
    title: str | None = None
    published_at: str | None = None
    knot: int | None = None


@dataclass(frozen=True, slots=True)
class Kinship:
    """What was measured of two nodes on a channel.

    Attributes:
        query: Id of the node that was traced.
        source: Id of the one it was compared with.
        channel: Number of the channel.
        arrow: 1 if the query was made from the source, -1 the other way round, 0 if not decided.
        details: What else was measured; must be JSON.
        method: By which version of the method.
    """

    query: int
    source: int
    channel: int
    arrow: int
    details: Mapping[str, Any]
    method: str


@dataclass(frozen=True, slots=True)
class Edge:
    """What is believed of two nodes on a channel, or was.

    Attributes:
        parent: Id of the parent's node.
        child: Id of the child's.
        channel: Number of the channel.
        relation: How both are related.
        confidence: How sure that is.
        details: What else is believed; must be JSON.
        method: By which version of the method.
        since: RFC 3339 time since when.
        until: RFC 3339 time until when; None as long as it is.
        id: Of its row; None before it has one.
    """

    parent: int
    child: int
    channel: int
    relation: str
    confidence: float
    details: Mapping[str, Any] = field(default_factory=dict)
    method: str = ""
    since: str = ""
    until: str | None = None
    id: int | None = None


def waiting(change: Change, method: str) -> list[AssetRow]:
    """Return the assets that were not related by a method, in the order they were added."""
    return [AssetRow(row) for row in change.scalars(_waiting(method).order_by(assets.c.row))]


def waits(change: Change, method: str) -> int:
    """Return how many assets were not related by a method."""
    return int(change.scalar(select(func.count()).select_from(_waiting(method).subquery())) or 0)


def relate(change: Change, row: AssetRow, method: str) -> None:
    """Note that an asset was related by a method."""
    change.execute(related.delete().where(related.c.asset == row))
    change.execute(related.insert().values(asset=row, method=method))


def add(
    change: Change, facts: Mapping[str, Mapping[str, Any]], *, seen: bool = True
) -> dict[str, int]:
    """Return the ids of nodes by digest; those that are not there are added.

    Args:
        change: The transaction.
        facts: What is known of each now, by digest.
        seen: Whether anybody has seen them.
    """
    query = select(nodes.c.digest, nodes.c.id, nodes.c.facts).where(nodes.c.digest.in_(facts))
    known = {digest: (row, told) for digest, row, told in change.execute(query)}
    for digest, (row, told) in known.items():
        if told != facts[digest]:
            here = nodes.update().where(nodes.c.id == row)
            change.execute(here.values(facts=dict(facts[digest])))
    values = [
        {"digest": digest, "seen": seen, "rank": 0, "facts": dict(told)}
        for digest, told in facts.items()
        if digest not in known
    ]
    if not values:
        return {digest: row for digest, (row, _) in known.items()}
    change.execute(nodes.insert(), values)
    return add(change, facts, seen=seen)


def keep(
    change: Change, new: int, others: Collection[int], found: Iterable[Kinship], now: str
) -> None:
    """Keep what was measured of a node and some others, in place of what was known.

    Args:
        change: The transaction.
        new: Id of the node.
        others: Ids of the others.
        found: What was measured, a row for each pair and channel.
        now: RFC 3339 time.
    """
    ends = (kinships.c.query, kinships.c.source)
    pairs = [and_(one == new, other.in_(others)) for one, other in (ends, ends[::-1])]
    change.execute(kinships.delete().where(or_(*pairs)))
    values = [
        {
            "query": one.query,
            "source": one.source,
            "channel": one.channel,
            "arrow": one.arrow,
            "details": dict(one.details),
            "method": one.method,
            "measured_at": now,
        }
        for one in found
    ]
    if values:
        change.execute(kinships.insert(), values)


def measured(change: Change, digests: tuple[str, str], method: str) -> bool:
    """Return whether something was measured of two files by a method."""
    both = select(nodes.c.id).where(nodes.c.digest.in_(digests))
    pair = kinships.c.query.in_(both) & kinships.c.source.in_(both) & (kinships.c.method == method)
    return change.scalar(select(func.count()).select_from(kinships).where(pair)) not in {None, 0}


def around(change: Change, ids: Collection[int]) -> list[Kinship]:
    """Return what was measured of some nodes with any other."""
    return _kinships(change, _measured(ids))


def links(change: Change, ids: Collection[int]) -> list[tuple[int, int, int]]:
    """Return query, source and channel of what was measured of some nodes with any other."""
    columns = select(kinships.c.query, kinships.c.source, kinships.c.channel)
    rows = change.execute(columns.where(_measured(ids)))
    return [(query, source, channel) for query, source, channel in rows]


def steps(change: Change, ids: Collection[int], *, down: bool) -> set[int]:
    """Return what was made from some nodes by what was measured; upwards, what these were from."""
    ends = (kinships.c.source, kinships.c.query)
    found: set[int] = set()
    for arrow in (1, -1):
        here, there = ends if (arrow == 1) == down else ends[::-1]
        found.update(change.scalars(select(there).where(kinships.c.arrow == arrow, here.in_(ids))))
    return found


def arrows(
    change: Change, ids: Collection[int] | None = None, *, down: bool = True
) -> list[tuple[int, int, int, int]]:
    """Return parent, child, channel and the child's rank of what is believed to be made from what.

    Args:
        change: The transaction.
        ids: Nodes that something was made from; None for all.
        down: Whether that; else nodes that were made from something.
    """
    columns = (edges.c.parent, edges.c.child, edges.c.channel, edges.c.child_rank)
    which = edges.c.until.is_(None) & (edges.c.relation == ranks.DERIVED)
    if ids is not None:
        which &= (edges.c.parent if down else edges.c.child).in_(ids)
    return [tuple(row) for row in change.execute(select(*columns).where(which))]


def sharing(change: Change) -> dict[tuple[int, int], int]:
    """Return with how many others each archived node shares something, by node and channel."""
    archived = select(nodes.c.id).join(assets, assets.c.digest == nodes.c.digest)
    found: dict[tuple[int, int], int] = {}
    for end in (kinships.c.query, kinships.c.source):
        columns = select(end, kinships.c.channel, func.count()).where(end.in_(archived))
        for node, channel, count in change.execute(columns.group_by(end, kinships.c.channel)):
            found[node, channel] = found.get((node, channel), 0) + count
    return found


def shown(change: Change, ids: Collection[int], channel: int) -> list[tuple[int, int, str]]:
    """Return query, source and stretches of what was measured of some nodes on a channel.

    The stretches are the text of their JSON: of many pairs few are wanted.
    """
    stretches = kinships.c.details["stretches"].as_string()
    told = select(kinships.c.query, kinships.c.source, stretches).where(
        _measured(ids), kinships.c.channel == channel
    )
    return [tuple(row) for row in change.execute(told)]


def digests(change: Change, ids: Collection[int]) -> dict[int, str]:
    """Return the digests of nodes."""
    rows = change.execute(select(nodes.c.id, nodes.c.digest).where(nodes.c.id.in_(ids)))
    return {node: digest for node, digest in rows}  # noqa: C416 # rows of two, not pairs


def knotted(change: Change, knots: Collection[int]) -> list[int]:
    """Return the nodes of some knots."""
    return list(change.scalars(select(nodes.c.id).where(nodes.c.knot.in_(knots))))


def knot(change: Change, ids: Collection[int], number: int | None) -> None:
    """Note that nodes are of one knot; None for of none."""
    change.execute(nodes.update().where(nodes.c.id.in_(ids)).values(knot=number))


def named(change: Change, ids: Collection[int] | None = None) -> list[Node]:
    """Return nodes by id; all of them where none are named."""
    wanted = _nodes() if ids is None else _nodes().where(nodes.c.id.in_(ids))
    return [_node(row) for row in change.execute(wanted)]


def found(change: Change, digest: str) -> Node | None:
    """Return the node with a digest, or with the beginning of one that no other has."""
    rows = change.execute(_nodes().where(_beginning(digest)).limit(2)).all()
    return _node(rows[0]) if len(rows) == 1 else None


def called(change: Change, word: str) -> Node | None:
    """Return the one node of a removed file with that name or beginning of a digest."""
    alike = [nodes.c.facts["name"].as_string() == word]
    if re.fullmatch(r"[0-9a-fA-F]{1,64}", word):
        alike.append(_beginning(word.lower()))
    removed = nodes.c.seen & assets.c.row.is_(None)
    rows = change.execute(_nodes().where(removed, or_(*alike)).limit(2)).all()
    return _node(rows[0]) if len(rows) == 1 else None


def believed(change: Change, ids: Collection[int] | None = None) -> list[Edge]:
    """Return what is believed now of some nodes, or of all."""
    now = edges.c.until.is_(None)
    return _edges(change, now if ids is None else and_(now, _touching(ids)))


def history(change: Change, ids: Collection[int] | None = None) -> list[Edge]:
    """Return what is and was believed of some nodes, or of all, in the order it came up."""
    return _edges(change, true() if ids is None else _touching(ids))


def believe(change: Change, closed: Collection[int], opened: Sequence[Edge], now: str) -> None:
    """Believe something else from now on.

    Args:
        change: The transaction.
        closed: Ids of the edges that are believed no more.
        opened: What is believed instead.
        now: RFC 3339 time.

    Raises:
        ValueError: Something would be its own ancestor.
    """
    change.execute(edges.update().where(edges.c.id.in_(closed)).values(until=now))
    arrows = [(one.parent, one.child) for one in opened if one.relation == ranks.DERIVED]
    ranks.settle(change, arrows)
    rank = ranks.read(change, {end for one in opened for end in (one.parent, one.child)})
    values = [
        {
            "parent": one.parent,
            "parent_rank": rank[one.parent],
            "child": one.child,
            "child_rank": rank[one.child],
            "channel": one.channel,
            "relation": one.relation,
            "confidence": one.confidence,
            "details": dict(one.details),
            "method": one.method,
            "since": now,
        }
        for one in opened
    ]
    if values:
        change.execute(edges.insert(), values)


def component(change: Change, start: int) -> set[int]:
    """Return the nodes that edges believed now join with one, itself among them."""
    reached, fresh = {start}, {start}
    while fresh:
        near = believed(change, fresh)
        fresh = {end for one in near for end in (one.parent, one.child)} - reached
        reached |= fresh
    return reached


def _waiting(method: str) -> Select[int]:
    told = select(related.c.asset).where(related.c.method == method)
    return select(assets.c.row).where(assets.c.row.not_in(told))


def _beginning(digest: str) -> ColumnElement[bool]:
    return nodes.c.digest.between(digest.ljust(64, "0"), digest.ljust(64, "f"))


def _measured(ids: Collection[int]) -> ColumnElement[bool]:
    return or_(kinships.c.query.in_(ids), kinships.c.source.in_(ids))


def _touching(ids: Collection[int]) -> ColumnElement[bool]:
    return or_(edges.c.parent.in_(ids), edges.c.child.in_(ids))


def _kinships(change: Change, which: ColumnElement[bool]) -> list[Kinship]:
    columns = (kinships.c.query, kinships.c.source, kinships.c.channel, kinships.c.arrow)
    query = select(*columns, kinships.c.details, kinships.c.method).where(which)
    return [Kinship(*row) for row in change.execute(query)]


def _edges(change: Change, which: ColumnElement[bool]) -> list[Edge]:
    columns = (edges.c.parent, edges.c.child, edges.c.channel, edges.c.relation)
    said = (edges.c.confidence, edges.c.details, edges.c.method, edges.c.since, edges.c.until)
    query = select(*columns, *said, edges.c.id).where(which).order_by(edges.c.id)
    return [Edge(*tuple(row)) for row in change.execute(query)]


def _nodes() -> Select[*tuple[Any, ...]]:
    joined = nodes.outerjoin(assets, assets.c.digest == nodes.c.digest)
    known = (assets.c.row, assets.c.title, assets.c.published_at)
    columns = (nodes.c.id, nodes.c.digest, nodes.c.seen, nodes.c.knot, nodes.c.facts)
    return select(*columns, *known).select_from(joined).order_by(nodes.c.id)


def _node(row: Row[*tuple[Any, ...]]) -> Node:
    facts = row.facts
    media = facts.get("media")
    archived = row.row is not None
    return Node(
        id=row.id,
        digest=row.digest,
        seen=row.seen,
        archived=archived,
        name=facts.get("name"),
        media=None if media is None else Media(**{**media, "losses": tuple(media["losses"])}),
        title=row.title if archived else facts.get("title"),
        published_at=row.published_at if archived else facts.get("published_at"),
        knot=row.knot,
    )
