"""The drawings of a lineage alone, as an SVG that other programs open."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup

from api.exports.families.drawing import Drawing, drawing
from api.exports.families.page import pictures
from api.exports.families.values import Drawn
from api.exports.families.words import heading
from api.exports.rendering import sheet, template
from api.exports.shapes import plain
from index.values import Still
from lineage.report import counted

TOKEN = re.compile(r"--(\w+): light-dark\((#\w+), #\w+\);")
"""A colour of the style sheet: its name, and what it is on a light ground."""
ABOVE, BELOW, MARGIN = 28, 36, 16
"""Pixels above a family's drawing for its name, below it, and around all."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A family's drawing with what it is called, and how far down it stands."""

    heading: str
    drawing: Drawing
    y: str
    head: str


def svg(told: Drawn, stills: Mapping[str, Still]) -> str:
    """Return the drawings one below the other, on a light ground.

    Args:
        told: The lineage and how it is drawn.
        stills: Pictures of files, by id.
    """
    shown = pictures(stills)
    heights = [one.size[1] + ABOVE + BELOW for one in told.plans]
    tops = [MARGIN + top for top in accumulate(heights, initial=0.0)]
    placed = [
        Placed(
            heading(one.family, one),
            drawing(one, pictures=shown, files={}, edges={}),
            plain(top + ABOVE),
            plain(top + ABOVE / 2),
        )
        for one, top in zip(told.plans, tops, strict=False)
    ]
    width = max((one.size[0] for one in told.plans), default=320.0)
    return template("lineage.svg.j2", {"counted": counted}).render(
        placed=placed,
        more=len(told.families) - len(placed),
        width=plain(width + 2 * MARGIN),
        end=plain(tops[-1]),
        height=plain(tops[-1] + 2 * MARGIN),
        margin=MARGIN,
        # The sheet is ours.
        style=Markup(_light(sheet("family.css"))),  # noqa: S704 - no text of the input is in it
    )


def _light(style: str) -> str:
    """Return a style sheet with plain colours: few programs but browsers know variables."""
    colours = dict(TOKEN.findall(sheet("tokens.css")))
    return re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], style)
