"""Families of a lineage, how much of them is drawn, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lineage.derivations import Edge, Lineage, Node, Relation


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a lineage a page shows; the rest is counted.

    Attributes:
        beside: Files made from one that are drawn: more of them no longer fit on a screen.
        starts: Files made from none that are drawn in one family: a supercut has many.
        family: Files drawn of one family: about what a person follows with a finger.
        open: Lines without direction that meet one card, besides those without which parts of a
            family would not hang together: among twenty copies most pairs may be of that kind, and
            hide the arrows.
        page: Files drawn in all; with their arrows they take some 800 kB.
        pictures: Files of which a picture is fetched: each is a file to be opened, and 6 kB.
        rows: Rows of all tables of one kind: 10,000 would make a page of 10 MB.
        words: Stretches, and sentences of evidence, told of one edge in a table.
    """

    beside: int = 8
    starts: int = 24
    family: int = 60
    open: int = 3
    page: int = 400
    pictures: int = 60
    rows: int = 1500
    words: int = 6


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Family:
    """Files that hang together, at however many removes.

    Attributes:
        nodes: At least two, by id, in the order of ids.
        edges: What is believed of them now.
    """

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]

    @property
    def arrows(self) -> list[Edge]:
        """The edges from parent to child."""
        return [one for one in self.edges if one.relation is Relation.DERIVED]


@dataclass(frozen=True, slots=True)
class Branch:
    """A file that is drawn, and what is drawn of the files made from it.

    Attributes:
        node: The file.
        children: Each at one of its parents alone.
        more: Files made from it, at however many removes, that are left out.
        leaves: Whether no file is known to be made from those.
    """

    node: Node
    children: tuple["Branch", ...] = ()
    more: int = 0
    leaves: bool = True


@dataclass(frozen=True, slots=True)
class Forest:
    """What is drawn of a family.

    Attributes:
        branches: Files that are made from none; those that hang together, side by side.
        more: Others, and files made from them, that are left out.
    """

    branches: tuple[Branch, ...]
    more: int = 0


class Way(StrEnum):
    """How a line runs from one card to another."""

    ONWARD = "onward"
    """To the right; its words stand before the card where it ends."""
    ACROSS = "across"
    """To the right; its words stand behind the card where it begins."""
    ASIDE = "aside"
    """Around the left of both; its words stand before the lower card."""


@dataclass(frozen=True, slots=True)
class Card:
    """A file, or several in one, with the place of its upper left corner.

    Attributes:
        node: The file; None where it stands for several that are left out.
        x: Pixels from the left.
        y: Pixels from the top.
        high: Pixels; as much as the lines need that meet it.
        more: For how many it stands, where it stands for several.
        leaves: Whether no file is known to be made from those.
        beside: Index of the card from which they come; None of those made from none.
    """

    node: Node | None
    x: float
    y: float
    high: float
    more: int = 0
    leaves: bool = True
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An edge as it is drawn.

    Attributes:
        number: Of the edge among the family's.
        edge: What is believed.
        way: How it runs.
        start: Where it begins: pixels from the left and from the top.
        end: Where it ends; at the child, if one is known.
        words: What it says, line by line; the first stands above it.
        at: Where its words begin: pixels from the left, and the line's own from the top.
    """

    number: int
    edge: Edge
    way: Way
    start: tuple[float, float]
    end: tuple[float, float]
    words: tuple[str, ...]
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """A family's drawing.

    Attributes:
        family: Of which.
        cards: Those of files first, in the order in which they are read.
        lines: Between them.
        ticks: Where from left to right which time of publication is; empty where places tell how
            many steps a file is away from the first.
        size: Width and height in pixels.
    """

    family: Family
    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    size: tuple[float, float]

    @property
    def shown(self) -> list[Node]:
        """The files that are drawn."""
        return [card.node for card in self.cards if card.node is not None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lineage, and the plans of the families of it that are drawn.

    Attributes:
        found: The lineage.
        families: All, the largest first.
        plans: Of the first of them.
        alone: Files of which nothing is believed.
        limits: How much is shown.
    """

    found: Lineage
    families: tuple[Family, ...]
    plans: tuple[Plan, ...]
    alone: tuple[Node, ...]
    limits: Limits
