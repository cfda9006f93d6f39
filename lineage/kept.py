"""The lineage as an archive keeps it: rows of the catalogue to values, and back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from index.catalogue import lineages
from index.catalogue.database import Change
from index.values import Channel, Interval
from lineage.derivations import (
    Direction,
    Edge,
    Kinship,
    Lineage,
    Node,
    Relation,
    Role,
    Stretch,
    Way,
)

SHORT = 16
"""Hex digits of a digest that name a file: those of an asset's id."""
UNSEEN = "unseen-"


def name(digest: str, role: Role) -> str:
    """Return the id by which a lineage names a node."""
    return f"{UNSEEN}{digest[:SHORT]}" if role is Role.UNSEEN else digest[:SHORT]


def node(row: lineages.Node) -> Node:
    """Return a node, named by its digest."""
    role = Role.UNSEEN if not row.seen else Role.ASSET if row.archived else Role.REMOVED
    digest = row.digest if row.seen else None
    return Node(row.digest, role, row.name, digest, row.media, row.title, row.published_at)


def named(row: lineages.Node) -> Node:
    """Return a node, named by the id it is known by."""
    one = node(row)
    return replace(one, id=name(one.id, one.role))


def kinship(row: lineages.Kinship, digests: Mapping[int, str]) -> Kinship:
    """Return what was measured of two files."""
    told = row.details
    odds = told["odds"]
    return Kinship(
        digests[row.query],
        digests[row.source],
        Channel(row.channel),
        Relation(told["relation"]),
        told["confidence"],
        stretches(told["stretches"]),
        row.arrow < 0,
        None if odds is None else Direction(*odds),
        tuple(told["onward"]),
        tuple(told["back"]),
        tuple(told["evidence"]),
        row.method,
        _way(told),
    )


def kinship_row(one: Kinship, ids: Mapping[str, int]) -> lineages.Kinship:
    """Return the row of what was measured of two files."""
    arrow = 0 if one.arrow is None else -1 if one.backwards else 1
    odds = one.odds
    details = {
        "relation": one.relation.value,
        "confidence": one.confidence,
        "odds": None if odds is None else [odds.onward, odds.back, odds.siblings],
        "stretches": _times(one.stretches),
        "onward": list(one.onward),
        "back": list(one.back),
        "evidence": list(one.evidence),
        "excluded": None if one.excluded is None else one.excluded.value,
    }
    ends = (ids[one.query], ids[one.source])
    return lineages.Kinship(*ends, int(one.channel), arrow, details, one.method)


def _way(details: Mapping[str, Any]) -> Way | None:
    """Return the way that is ruled out; versions before said nothing of it."""
    told = details.get("excluded")
    return None if told is None else Way(told)


def edge(row: lineages.Edge, names: Mapping[int, str]) -> Edge:
    """Return what is believed of two nodes."""
    return Edge(
        names[row.parent],
        names[row.child],
        Channel(row.channel),
        Relation(row.relation),
        row.confidence,
        stretches(row.details["stretches"]),
        tuple(row.details["actions"]),
        tuple(row.details["evidence"]),
        row.method,
        row.since,
        row.until,
        _way(row.details),
    )


def edge_row(one: Edge, ids: Mapping[str, int]) -> lineages.Edge:
    """Return the row of what is believed of two nodes from now on."""
    details = {
        "stretches": _times(one.stretches),
        "actions": list(one.actions),
        "evidence": list(one.evidence),
        "excluded": None if one.excluded is None else one.excluded.value,
    }
    ends = (ids[one.parent], ids[one.child])
    relation = one.relation.value
    return lineages.Edge(*ends, int(one.channel), relation, one.confidence, details, one.method)


def lineage(change: Change, ids: Collection[int] | None = None, *, past: bool = False) -> Lineage:
    """Return what is believed of some nodes, or of all, each node by the id it is known by.

    Args:
        change: The transaction.
        ids: The nodes; None for all.
        past: Whether what was believed once is told as well.
    """
    rows = lineages.history(change, ids) if past else lineages.believed(change, ids)
    ends = {end for row in rows for end in (row.parent, row.child)} | set(ids or ())
    named = lineages.named(change) if ids is None else lineages.named(change, ends)
    nodes = {row.id: node(row) for row in named if row.id in ends or row.archived}
    names = {row: name(one.id, one.role) for row, one in nodes.items()}
    every = [replace(one, id=names[row]) for row, one in nodes.items()]
    edges = [edge(row, names) for row in rows]
    if not past:
        edges.sort(key=lambda one: (one.parent, one.child, one.channel))
    return Lineage(tuple(sorted(every, key=lambda one: one.id)), tuple(edges))


def stretches(times: Sequence[Sequence[float]]) -> tuple[Stretch, ...]:
    """Return what both of two files show, as it is kept."""
    return tuple(
        Stretch(Interval(start, end), Interval(*parent) if parent else None, rate)
        for start, end, rate, *parent in times
    )


def _times(stretches: Sequence[Stretch]) -> list[list[Any]]:
    return [
        [one.child.start, one.child.end, one.rate]
        + ([] if one.parent is None else [one.parent.start, one.parent.end])
        for one in stretches
    ]
