"""The lineage of an archive as a tree in the terminal."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from index.values import Channel
from lineage.derivations import Edge, Lineage, Node, Relation, Role
from lineage.report import action, clock, counted, percent, shortened

WORDS = {
    Relation.DUPLICATE: ("hold the same pictures", "hold the same pictures"),
    Relation.SIBLINGS: (
        "were both made from something else",
        "were made from something else, none of them from another",
    ),
    Relation.UNDETERMINED: (
        "share something; which was made from the other is not determined",
        "share something; which was made from which is not determined",
    ),
}
"""What is said of two files without direction, and of more of which this is said of every two."""


def tree(found: Lineage) -> RenderableType:
    """Return a tree for each file that was made from none, and below them what has no direction."""
    nodes = {one.id: one for one in found.nodes}
    believed = [one for one in found.edges if one.until is None]
    below: dict[str, dict[str, list[Edge]]] = {}
    for each in believed:
        if each.relation is Relation.DERIVED:
            below.setdefault(each.parent, {}).setdefault(each.child, []).append(each)
    children = {child for edges in below.values() for child in edges}
    told: set[str] = set()
    rows: list[RenderableType] = []
    for start in sorted(below.keys() - children, key=lambda one: name(nodes[one])):
        shown = Tree(_heading(nodes[start]))
        _grow(shown, start, below, nodes, told)
        rows.append(shown)
    undirected = [one for one in believed if one.relation is not Relation.DERIVED]
    rows += [Text(_group(one, nodes)) for one in alike(undirected)]
    touched = {end for one in believed for end in (one.parent, one.child)}
    alone = [one for one in found.nodes if one.id not in touched and one.role is not Role.UNSEEN]
    if alone:
        rows.append(Text(f"{counted(len(alone), 'file')} of which nothing is told any more."))
    return Group(*rows)


def past(found: Lineage) -> Iterator[str]:
    """Yield a line for each edge that is or was believed, in the order it came up."""
    nodes = {one.id: one for one in found.nodes}
    for one in found.edges:
        when = f"{one.since} – {one.until or 'now'}"
        if one.relation is Relation.DERIVED:
            ends = f"{name(nodes[one.child])} was made from {name(nodes[one.parent])}"
            yield f"{when}  {ends}: {_sure(one)}."
        else:
            yield f"{when}  {_pair(one, nodes)}"


def alike(edges: Sequence[Edge]) -> Iterator[list[Edge]]:
    """Yield edges without direction, together where the same is said of every two of their files.

    Args:
        edges: One for two files, a relation and a channel at most.
    """
    kinds: dict[tuple[Relation, Channel], dict[frozenset[str], Edge]] = {}
    for one in edges:
        ends = frozenset((one.parent, one.child))
        kinds.setdefault((one.relation, one.channel), {})[ends] = one
    for left in kinds.values():
        while left:
            group = _group_of(next(iter(left)), left)
            yield [left.pop(frozenset(pair)) for pair in combinations(group, 2)]


def _group_of(ends: frozenset[str], pairs: Collection[frozenset[str]]) -> list[str]:
    """Return the files of a pair, and more as long as every two of them are a pair."""
    group = sorted(ends)
    for file in sorted({file for pair in pairs for file in pair} - ends):
        if all(frozenset((file, other)) in pairs for other in group):
            group.append(file)
    return group


def name(node: Node) -> str:
    """Return what people call a file of a lineage."""
    if node.role is Role.UNSEEN or node.name is None:
        return "a file nobody has seen"
    shown = shortened(node.name)
    return f"{shown} (removed)" if node.role is Role.REMOVED else shown


def _grow(
    tree: Tree,
    parent: str,
    below: Mapping[str, Mapping[str, list[Edge]]],
    nodes: Mapping[str, Node],
    told: set[str],
) -> None:
    """Add what was made from a file; a file with several parents has its branch at the first."""
    for child, edges in sorted(below.get(parent, {}).items(), key=lambda one: _start(one[1])):
        heading = _heading(nodes[child])
        for one in edges:
            heading.append(f"\n{_edge(one)}", style="not bold")
        branch = tree.add(heading)
        if child in told and child in below:
            branch.add(Text("as above", style="dim"))
            continue
        told.add(child)
        _grow(branch, child, below, nodes, told)


def _start(edges: list[Edge]) -> tuple[float, str]:
    """Return where children come: by the parent's time, then by id."""
    times = [each.parent.start for one in edges for each in one.stretches if each.parent]
    return min(times, default=0.0), edges[0].child


def _heading(node: Node) -> Text:
    shown = Text(name(node), style="bold" if node.role is Role.ASSET else "bold dim")
    if node.media is not None:
        shown.append(f"  {clock(node.media.duration)}", style="dim not bold")
    if node.role is not Role.UNSEEN:
        shown.append(f"  {node.id}", style="dim not bold")
    return shown


def _edge(one: Edge) -> str:
    words = [", ".join(map(action, one.actions))] if one.actions else []
    return "; ".join([*words, *_times(one), _sure(one)])


def _times(one: Edge) -> list[str]:
    if not one.stretches:
        return []
    spans = []
    for each in one.stretches:
        here = f"{clock(each.child.start)}–{clock(each.child.end)}"
        parent = each.parent
        there = "" if parent is None else f" is {clock(parent.start)}–{clock(parent.end)}"
        spans.append(f"{here}{there}")
    return [", ".join(spans)]


def _pair(one: Edge, nodes: Mapping[str, Node]) -> str:
    ends = f"{name(nodes[one.child])} and {name(nodes[one.parent])}"
    return f"{ends} {WORDS[one.relation][0]}: {_edge(one)}."


def _group(edges: Sequence[Edge], nodes: Mapping[str, Node]) -> str:
    """Return what is said of every two of some files: of more than two without the times."""
    least = min(edges, key=lambda one: one.confidence)
    if len(edges) == 1:
        return _pair(least, nodes)
    *most, last = sorted(name(nodes[end]) for end in {e for one in edges for e in _ends(one)})
    files = f"{', '.join(most)} and {last}"
    return f"{files} {WORDS[least.relation][1]}: {_sure(least)} at least."


def _ends(one: Edge) -> tuple[str, str]:
    return one.parent, one.child


def _sure(one: Edge) -> str:
    return f"{one.channel.name.lower()}, {percent(one.confidence)} sure"
