"""Ranks of nodes: they rise from parent to child, which leaves no room for a cycle.

Source: Pearce and Kelly, "A dynamic topological sort algorithm for directed acyclic graphs", ACM
Journal of Experimental Algorithmics 11, 2007: an order is put right near a new edge alone.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select

from index.catalogue.database import Change
from index.catalogue.tables import edges, nodes

DERIVED = "derived"
"""The relation that has a direction."""


def read(change: Change, ids: Collection[int]) -> dict[int, int]:
    """Return the ranks of nodes."""
    rows = change.execute(select(nodes.c.id, nodes.c.rank).where(nodes.c.id.in_(ids)))
    return {node: rank for node, rank in rows}  # noqa: C416 # rows of two, not pairs


def settle(change: Change, arrows: Collection[tuple[int, int]]) -> None:
    """Change ranks so that new edges can be stored beside those that are believed now.

    A new ancestor that is made from nothing comes before its children; else what was made from a
    node, at however many removes, moves behind it.

    Args:
        change: Holds all edges that are believed, but for the new ones.
        arrows: Parent and child of each new edge.

    Raises:
        ValueError: A node would be its own ancestor.
    """
    ends = {end for arrow in arrows for end in arrow}
    order = _Order(change, read(change, ends))
    order.lower(arrows)
    for parent, child in sorted(arrows):
        order.join(parent, child)
    order.write()


@dataclass(slots=True, eq=False)
class _Order:
    """Ranks that are being changed.

    Attributes:
        change: The transaction.
        kept: As they are stored.
        ranks: As they will be.
        added: Children of new edges.
        below: Children that are believed, as far as they were looked up.
    """

    change: Change
    kept: dict[int, int]
    ranks: dict[int, int] = field(default_factory=dict)
    added: dict[int, set[int]] = field(default_factory=dict)
    below: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ranks = dict(self.kept)

    def lower(self, arrows: Collection[tuple[int, int]]) -> None:
        """Put parents that are made from nothing before their new children."""
        parents = {parent for parent, _ in arrows} - {child for _, child in arrows}
        parents -= self._made(parents)
        for parent in parents:
            least = min(self.ranks[child] for above, child in arrows if above == parent)
            self.ranks[parent] = min(self.ranks[parent], least - 1)

    def join(self, parent: int, child: int) -> None:
        """Move a child, and what was made from it, behind a new parent."""
        todo = [(child, self.ranks[parent] + 1)]
        while todo:
            node, least = todo.pop()
            if self.ranks[node] >= least:
                continue
            if node == parent:
                raise ValueError(f"node {parent} would be its own ancestor through {child}")
            self.ranks[node] = least
            todo += [(one, least + 1) for one in self._children(node)]
        self.added.setdefault(parent, set()).add(child)

    def write(self) -> None:
        """Store what has changed.

        Lower ranks go first, then higher ones from the last on: so that no edge that is believed
        points to a lower rank meanwhile.
        """
        moved = [node for node, rank in self.ranks.items() if rank != self.kept[node]]
        for node in sorted(moved, key=lambda one: (self._raised(one), -self.ranks[one])):
            here = nodes.update().where(nodes.c.id == node)
            self.change.execute(here.values(rank=self.ranks[node]))

    def _raised(self, node: int) -> bool:
        return self.ranks[node] > self.kept[node]

    def _children(self, node: int) -> set[int]:
        if node not in self.below:
            now = (edges.c.parent == node) & edges.c.until.is_(None)
            arrows = now & (edges.c.relation == DERIVED)
            self.below[node] = set(self.change.scalars(select(edges.c.child).where(arrows)))
            fresh = read(self.change, self.below[node] - self.ranks.keys())
            self.kept.update(fresh)
            self.ranks.update(fresh)
        return self.below[node] | self.added.get(node, set())

    def _made(self, ids: Collection[int]) -> set[int]:
        """Return which nodes are believed to be made from another."""
        now = edges.c.until.is_(None) & (edges.c.relation == DERIVED)
        return set(self.change.scalars(select(edges.c.child).where(now & edges.c.child.in_(ids))))
