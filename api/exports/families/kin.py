"""A lineage → families of files that hang together, and what of each is drawn."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence

from api.exports.families.values import Branch, Family, Forest, Limits
from lineage.derivations import Edge, Lineage, Node, Relation

type Below = Mapping[str | None, Sequence[str]]
"""Ids of files by that of the one they are drawn behind; of those made from none, by None."""


def families(found: Lineage) -> list[Family]:
    """Return what hangs together by what is believed now, the largest family first."""
    edges: dict[str, list[Edge]] = defaultdict(list)
    for one in found.edges:
        if one.until is None:
            edges[one.parent].append(one)
            edges[one.child].append(one)
    nodes = {one.id: one for one in sorted(found.nodes, key=lambda one: one.id)}
    told: set[str] = set()
    groups = []
    for start in nodes:
        if start in edges and start not in told:
            group = _reached(start, edges)
            told |= group
            groups.append(group)
    groups.sort(key=len, reverse=True)
    return [
        Family(
            {name: nodes[name] for name in sorted(group)},
            tuple(sorted((e for n in group for e in edges[n] if e.parent == n), key=_place)),
        )
        for group in groups
    ]


def nodes_alone(found: Lineage) -> list[Node]:
    """Return the files of which nothing is believed now, in the order of ids."""
    ends = {end for one in found.edges if one.until is None for end in (one.parent, one.child)}
    return sorted((one for one in found.nodes if one.id not in ends), key=lambda one: one.id)


def generations(family: Family) -> Mapping[str, int]:
    """Return how many steps each file is from one that was made from none, the longest way.

    Raises:
        ValueError: A file would be its own ancestor.
    """
    below: dict[str, list[str]] = defaultdict(list)
    waits = dict.fromkeys(family.nodes, 0)
    for one in family.arrows:
        below[one.parent].append(one.child)
        waits[one.child] += 1
    steps = {name: 0 for name, count in waits.items() if not count}
    ready = deque(steps)
    while ready:
        parent = ready.popleft()
        for child in below[parent]:
            steps[child] = max(steps.get(child, 0), steps[parent] + 1)
            waits[child] -= 1
            if not waits[child]:
                ready.append(child)
    if any(waits.values()):
        message = "A file of the lineage is its own ancestor."
        raise ValueError(message)
    return steps


def forest(family: Family, steps: Mapping[str, int], *, limits: Limits) -> Forest:
    """Return which files are drawn, and each behind which other.

    Those with the most descendants are kept. A file with several parents is drawn behind the one
    that is the most steps away from the first, so that arrows lead from left to right.

    Args:
        family: The files.
        steps: Of each file, from the first.
        limits: How many.
    """
    below, starts = _behind(family, steps)
    sizes = _sizes(below, steps)
    kept: dict[str | None, list[str]] = {}
    room = limits.family
    queue: deque[str | None] = deque([None])
    while queue:
        parent = queue.popleft()
        most = min(room, limits.starts if parent is None else limits.beside)
        ranked = sorted(below.get(parent, ()), key=lambda one: (-sizes[one], starts[one], one))
        kept[parent] = sorted(ranked[:most], key=lambda one: (starts[one], one))
        room -= len(kept[parent])
        queue.extend(kept[parent])
    kept[None] = _neighbours(kept, family, sizes)
    branches = tuple(_branch(one, family, kept, below, sizes) for one in kept[None])
    return Forest(branches, _left(None, kept, below, sizes))


def walked(branches: Sequence[Branch]) -> Iterator[Branch]:
    """Yield branches from top to bottom, each before those behind it."""
    for one in branches:
        yield one
        yield from walked(one.children)


def lines(family: Family, shown: Collection[str], *, limits: Limits) -> list[int]:
    """Return the numbers of the edges that are drawn: all arrows, and of the others the surest.

    Args:
        family: The files and edges.
        shown: Ids of the files that are drawn.
        limits: How many.
    """
    edges = family.edges
    within = [
        number for number, one in enumerate(edges) if one.parent in shown and one.child in shown
    ]
    arrows = [number for number in within if edges[number].relation is Relation.DERIVED]
    parts = {name: name for name in shown}
    for number in arrows:
        _joined(parts, edges[number])
    met = dict.fromkeys(shown, 0)
    kept = set(arrows)
    for number in sorted(within, key=lambda each: -edges[each].confidence):
        one = edges[number]
        ends = one.parent, one.child
        if number not in kept and (
            _joined(parts, one) or max(met[end] for end in ends) < limits.open
        ):
            kept.add(number)
            met |= {end: met[end] + 1 for end in ends}
    return sorted(kept)


def _joined(parts: dict[str, str], one: Edge) -> bool:
    """Join what hangs together with both ends of an edge; return whether it was apart."""
    here, there = _part(parts, one.parent), _part(parts, one.child)
    parts[here] = there
    return here != there


def _part(parts: Mapping[str, str], name: str) -> str:
    while parts[name] != name:
        name = parts[name]
    return name


def _reached(start: str, edges: Mapping[str, Sequence[Edge]]) -> set[str]:
    reached, ahead = {start}, [start]
    while ahead:
        for one in edges[ahead.pop()]:
            new = {one.parent, one.child} - reached
            reached |= new
            ahead.extend(new)
    return reached


def _place(one: Edge) -> tuple[str, str, int, str]:
    return one.parent, one.child, int(one.channel), one.relation.value


def _start(one: Edge) -> float:
    """Return when a child begins in its parent."""
    times = [each.parent.start for each in one.stretches if each.parent is not None]
    return min(times, default=0.0)


def _behind(family: Family, steps: Mapping[str, int]) -> tuple[Below, Mapping[str, float]]:
    """Return the files behind each, and when each begins in the one it is behind."""
    nearest: dict[str, Edge] = {}
    for one in family.arrows:
        now = nearest.get(one.child)
        if now is None or (steps[one.parent], -_start(one)) > (steps[now.parent], -_start(now)):
            nearest[one.child] = one
    below: dict[str | None, list[str]] = defaultdict(list)
    for name in family.nodes:
        below[nearest[name].parent if name in nearest else None].append(name)
    starts = {name: _start(nearest[name]) if name in nearest else 0.0 for name in family.nodes}
    return below, starts


def _sizes(below: Below, steps: Mapping[str, int]) -> Mapping[str, int]:
    """Return how many files there are behind each, itself counted."""
    sizes: dict[str, int] = {}
    for name in sorted(steps, key=lambda one: -steps[one]):
        sizes[name] = 1 + sum(sizes[each] for each in below.get(name, ()))
    return sizes


def _neighbours(kept: Below, family: Family, sizes: Mapping[str, int]) -> list[str]:
    """Return files made from none so that those whose branches share an edge are neighbours."""
    first = {name: start for start in kept[None] for name in _names(start, kept)}
    joined: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for one in family.edges:
        ends = first.get(one.parent), first.get(one.child)
        for here, there in (ends, ends[::-1]):
            if here is not None and there is not None and here != there:
                when = min((each.child.start for each in one.stretches), default=0.0)
                joined[here][there] = min((when, there), joined[here].get(there, (when, there)))
    order: dict[str, None] = {}
    for start in sorted(kept[None], key=lambda one: (-sizes[one], one)):
        ahead = [start]
        while ahead:
            here = ahead.pop()
            if here not in order:
                order[here] = None
                ahead.extend(sorted(joined[here], key=joined[here].__getitem__, reverse=True))
    return list(order)


def _names(start: str, kept: Below) -> Iterator[str]:
    ahead = [start]
    while ahead:
        name = ahead.pop()
        yield name
        ahead.extend(kept.get(name, ()))


def _branch(
    name: str,
    family: Family,
    kept: Below,
    below: Below,
    sizes: Mapping[str, int],
) -> Branch:
    children = tuple(_branch(one, family, kept, below, sizes) for one in kept[name])
    left = _left_out(name, kept, below)
    more = _left(name, kept, below, sizes)
    return Branch(family.nodes[name], children, more, all(sizes[one] == 1 for one in left))


def _left(parent: str | None, kept: Below, below: Below, sizes: Mapping[str, int]) -> int:
    return sum(sizes[one] for one in _left_out(parent, kept, below))


def _left_out(parent: str | None, kept: Below, below: Below) -> Collection[str]:
    return set(below.get(parent, ())) - set(kept[parent])
