"""What a page tells of each family: its drawing, and rows of its tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.exports.families.drawing import Drawing, drawing
from api.exports.families.values import Drawn, Family, Plan
from api.exports.families.words import heading, ordered
from api.exports.stills import Embedded
from lineage.derivations import Edge, Node


@dataclass(frozen=True, slots=True)
class Row:
    """An edge in a table, and the files of it."""

    id: str
    edge: Edge
    child: Node
    parent: Node


@dataclass(frozen=True, slots=True)
class Section:
    """A family on the page.

    Attributes:
        number: From 1 on.
        family: Its files and edges.
        heading: What it is called.
        plan: How it is drawn; None where tables alone tell it.
        drawing: Its shapes.
        nodes: Rows of the table of files.
        rows: Rows of the table of edges.
    """

    number: int
    family: Family
    heading: str
    plan: Plan | None
    drawing: Drawing | None
    nodes: tuple[Node, ...]
    rows: tuple[Row, ...]

    @property
    def left_out(self) -> tuple[int, int]:
        """How many of its files and edges no table tells."""
        return len(self.family.nodes) - len(self.nodes), len(self.family.edges) - len(self.rows)


def sections(told: Drawn, pictures: Mapping[str, Embedded]) -> list[Section]:
    """Return what is told of each family, the largest first.

    Args:
        told: The lineage and how it is drawn.
        pictures: Of files, by id.
    """
    plans = [*told.plans, *[None] * (len(told.families) - len(told.plans))]
    every: list[Section] = []
    files, edges = 0, 0
    for number, (family, plan) in enumerate(zip(told.families, plans, strict=True), 1):
        one = _section(number, family, plan, pictures, before=(files, edges), most=told.limits.rows)
        files, edges = files + len(one.nodes), edges + len(one.rows)
        every.append(one)
    return every


def places(every: Sequence[Section]) -> Mapping[str, str]:
    """Return where the page tells each file that a table tells, by its id."""
    told = (one.id for section in every for one in section.nodes)
    return {name: _file(number) for number, name in enumerate(told)}


def past(told: Drawn) -> tuple[list[Row], int]:
    """Return rows of what was believed once, and how many more there are."""
    nodes = {one.id: one for one in told.found.nodes}
    gone = [one for one in told.found.edges if one.until is not None]
    most = told.limits.rows
    rows = [
        Row(f"past-{number}", one, nodes[one.child], nodes[one.parent])
        for number, one in enumerate(gone[:most], 1)
    ]
    return rows, len(gone) - len(rows)


def _section(  # noqa: PLR0913 # what it is of, and what was told before
    number: int,
    family: Family,
    plan: Plan | None,
    pictures: Mapping[str, Embedded],
    *,
    before: tuple[int, int],
    most: int,
) -> Section:
    """Return what is told of a family: rows for what is drawn first, as long as there is room."""
    nodes = [] if plan is None else ordered(family, plan)[: most - before[0]]
    order = list(_order(family, plan))[: most - before[1]]
    names = {each: f"edge-{before[1] + at + 1}" for at, each in enumerate(order)}
    files = {one.id: _file(before[0] + at) for at, one in enumerate(nodes)}
    return Section(
        number,
        family,
        heading(family, plan),
        plan,
        None if plan is None else drawing(plan, pictures=pictures, files=files, edges=names),
        tuple(nodes),
        tuple(_row(name, family.edges[each], family) for each, name in names.items()),
    )


def _order(family: Family, plan: Plan | None) -> Iterator[int]:
    """Yield the numbers of a family's edges, those first that are drawn."""
    lines = set() if plan is None else {one.number for one in plan.lines}
    yield from sorted(range(len(family.edges)), key=lambda each: each not in lines)


def _row(name: str, edge: Edge, family: Family) -> Row:
    return Row(name, edge, family.nodes[edge.child], family.nodes[edge.parent])


def _file(number: int) -> str:
    return f"file-{number + 1}"
