"""At which second a file is looked at, so that a family's pictures show what they share."""

from collections.abc import Mapping, Sequence

from api.exports.families.values import Family
from index.values import Channel, Interval
from lineage.derivations import Edge, Node


def moments(wanted: Sequence[tuple[Node, Family]]) -> Mapping[str, float]:
    """Return at which second of each file to look, by id.

    That is the middle of the longest stretch that it has of a parent; of a file made from none,
    of the longest that another has of it; else its own middle.

    Args:
        wanted: Files with what they hold, and the families they are of.
    """
    told: dict[int, tuple[Mapping[str, Interval], Mapping[str, Interval]]] = {}
    found: dict[str, float] = {}
    for node, family in wanted:
        if id(family) not in told:
            told[id(family)] = _stretches(family.edges)
        child, parent = told[id(family)]
        own = node.media.duration / 2 if node.media is not None else 0.0
        within = child.get(node.id) or parent.get(node.id)
        found[node.id] = own if within is None else (within.start + within.end) / 2
    return found


def _stretches(edges: Sequence[Edge]) -> tuple[Mapping[str, Interval], Mapping[str, Interval]]:
    """Return the longest stretch of each file as a child, and as a parent."""
    child: dict[str, Interval] = {}
    parent: dict[str, Interval] = {}
    for edge in edges:
        if edge.channel is Channel.PICTURE:
            for one in edge.stretches:
                _longer(child, edge.child, one.child)
                if one.parent is not None:
                    _longer(parent, edge.parent, one.parent)
    return child, parent


def _longer(longest: dict[str, Interval], name: str, one: Interval) -> None:
    now = longest.get(name)
    if now is None or one.length > now.length:
        longest[name] = one
