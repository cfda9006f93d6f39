"""The lineage of an archive as one self-contained page: no network, no script, all escaped."""

from collections.abc import Mapping

from markupsafe import Markup

from api.exports.families.kin import families, nodes_alone
from api.exports.families.layout import plan
from api.exports.families.moments import moments
from api.exports.families.sections import past, places, sections
from api.exports.families.values import DEFAULT, Drawn, Limits, Plan
from api.exports.families.words import named, spans
from api.exports.rendering import Filters, hashed, sheet, template
from api.exports.stills import Embedded, embedded
from index.values import Still
from lineage.derivations import Lineage, Relation, Role
from lineage.report import action, clock, counted, percent, readable, shortened

LONG = 192
"""Pixels of the long side of a card's picture: twice what it takes on the page."""
TITLE = 200
"""Signs of a title; whoever catalogued the file may have said any number."""
NAME = 80
"""Signs of a name in a row of another file; its own row has all of it."""

RELATED = {
    Relation.DERIVED: "was made from",
    Relation.DUPLICATE: "holds the same as",
    Relation.SIBLINGS: "was made from something else, as was",
    Relation.UNDETERMINED: "shares something with",
}
"""What a row of the table says of a child and its parent."""
FILTERS: Filters = {
    "clock": clock,
    "percent": percent,
    "readable": readable,
    "title": lambda text: shortened(text, TITLE),
    "action": action,
    "counted": counted,
    "named": named,
    "brief": lambda node: shortened(named(node), NAME),
    "spans": spans,
    "related": lambda edge: RELATED[edge.relation],
}


def drawn(found: Lineage, *, limits: Limits = DEFAULT) -> Drawn:
    """Return a lineage with the plans of its largest families.

    Args:
        found: What is believed; what was believed once is not drawn.
        limits: How much is drawn.
    """
    every = families(found)
    plans: list[Plan] = []
    room = limits.page
    for one in every:
        if room <= 0:
            break
        plans.append(plan(one, limits=limits))
        room -= len(plans[-1].shown)
    return Drawn(found, tuple(every), tuple(plans), tuple(nodes_alone(found)), limits)


def wanted(told: Drawn) -> Mapping[str, float]:
    """Return of which files a picture is wanted, and at what second."""
    seen = [
        (node, one.family)
        for one in told.plans
        for node in one.shown
        if node.role is Role.ASSET and node.media is not None and node.media.has_picture
    ]
    return moments(seen[: told.limits.pictures])


def pictures(stills: Mapping[str, Still]) -> Mapping[str, Embedded]:
    """Return pictures ready for cards."""
    return {name: embedded(still, long=LONG) for name, still in stills.items()}


def page(
    told: Drawn, stills: Mapping[str, Still], *, archive: str, version: str, waiting: int
) -> str:
    """Return the lineage as HTML.

    Args:
        told: The lineage and how it is drawn.
        stills: Pictures of files, by id.
        archive: The archive's id.
        version: Of the program.
        waiting: Files that were not related yet.
    """
    every = sections(told, pictures(stills))
    rest = [one for one in every if one.drawing is None]
    rows, forgotten = past(told)
    style = sheet("tokens.css", "report.css", "lineage.css", "family.css")
    return template("lineage.html.j2", FILTERS).render(
        sections=[one for one in every if one.drawing is not None],
        rest=rest,
        rest_rows=[row for one in rest for row in one.rows],
        rest_left=sum(one.left_out[1] for one in rest),
        places=places(every),
        told=told,
        edges=[one for family in told.families for one in family.edges],
        past=rows,
        forgotten=forgotten,
        words=told.limits.words,
        archive=archive,
        version=version,
        waiting=waiting,
        # The sheet is ours, and the policy's hash covers exactly these bytes.
        style=Markup(style),  # noqa: S704 - no text of the input is in it
        style_hash=hashed(style),
    )
