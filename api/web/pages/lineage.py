"""The pages of lineages: of the whole archive, and of one file with what of it was reused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.exports import families
from api.exports.families.sections import Section, places, sections
from api.exports.families.values import Drawn, Limits
from api.exports.shapes import percent
from api.exports.stills import Embedded
from api.exports.strips import TIES, cells
from api.web.pages.templates import rendered
from api.web.service import Asking, Given, needs
from index.catalogue.overview import Card
from index.errors import NotFoundError
from index.values import Media
from lineage.coverage import SHARING, Coverage, Step, Tie, steps
from lineage.derivations import Lineage, Node, Role
from lineage.kinships import lineage as believed
from lineage.kinships import waiting
from lineage.reuse import Reuse, reuse

pages = APIRouter(dependencies=[needs("read")])
LIMITS = Limits(page=120, rows=300)
"""A page of a service links to those of single files, so that it need not tell all."""
SHADES = 5
"""Steps of a heat strip: more are not told apart."""
CELLS = 240
"""Parts of a file that a heat strip tells apart."""
LONG = 192
"""Pixels of the long side of a card's picture: twice what it takes on the page."""
WORDS = 200
"""Signs of a name or an id that is asked for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a heat strip: places are ready for SVG."""

    x: str
    width: str
    shade: int
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """How many files show each moment of a file.

    Attributes:
        heading: How these files are related to it.
        cells: Where any does.
        most: How many do at once, at most.
    """

    heading: str
    cells: tuple[Cell, ...]
    most: int


@pages.get("/lineage")
def lineage(
    request: Request,
    given: Given,
    asking: Asking,
    file: Annotated[str | None, Query(max_length=WORDS)] = None,
) -> HTMLResponse:
    """Return the page of the archive's lineage, or of what hangs together with one file."""
    del asking
    word = (file or "").strip() or None
    unknown = None
    try:
        found = believed(given.archive, word)
    except NotFoundError as error:
        found, unknown = Lineage((), ()), error
    told = families.drawn(found, limits=LIMITS)
    page = rendered(
        "lineage.html",
        request,
        word=word or "",
        unknown=unknown,
        waiting=waiting(given.archive),
        **_drawings(told),
    )
    return HTMLResponse(page, 200 if unknown is None else 404)


@pages.get("/assets/{asset}")
def asset(asset: str, request: Request, given: Given, asking: Asking) -> HTMLResponse:
    """Return the page of one file: what it is, what of it was reused, and its lineage."""
    del asking
    found = given.archive.find(asset)
    card = given.archive.card(found)
    told = families.drawn(believed(given.archive, found.id), limits=LIMITS)
    shared = reuse(given.archive, found.id)
    page = rendered(
        "asset.html",
        request,
        card=card,
        asset=found,
        size=_size(card),
        missing=given.archive.file(found) is None,
        strips=[(one.channel, list(strips(one, found.media.duration))) for one in shared.coverages],
        uses=list(_uses(shared)),
        thumbnail=thumbnail(found.id, found.media, found.media.duration / 3),
        **_drawings(told),
    )
    return HTMLResponse(page)


def strips(coverage: Coverage, duration: float) -> Iterable[Strip]:
    """Yield strips of a file by time: who was made from it, and who has some of it besides."""
    groups: Mapping[str, tuple[Tie, ...]] = {
        "Made from it": (Tie.DESCENDANT,),
        "Also in": SHARING,
    }
    for heading, ties in groups.items():
        shown = coverage.of(*ties)
        whole = steps(shown)
        if whole:
            ends = max(one.interval.end for one in whole)
            levels = cells(whole, _files, max(duration, ends), number=CELLS)
            yield Strip(heading, tuple(_runs(levels)), max(levels))


def thumbnail(asset: str, media: Media, at: float) -> Embedded | None:
    """Return where a picture of a file can be had, and how large it is."""
    if not media.has_picture:
        return None
    share = LONG / max(media.width, media.height)
    size = max(1, round(media.width * share)), max(1, round(media.height * share))
    return Embedded(f"/v1/assets/{asset}/thumbnail?at={at:.3f}", *size, at)


def _drawings(told: Drawn) -> dict[str, object]:
    """Return what templates show of a lineage."""
    nodes = {one.id: one for one in told.found.nodes}
    pictures: dict[str, Embedded] = {}
    for name, at in families.wanted(told).items():
        media = nodes[name].media
        shown = None if media is None else thumbnail(name, media, at)
        pictures |= {} if shown is None else {name: shown}
    every = sections(told, pictures)
    return {
        "families": [one for one in every if one.drawing is not None],
        "undrawn": [one for one in every if one.drawing is None],
        "archived": _archived(every),
        "places": places(every),
        "alone": len(told.alone),
        "edges": sum(len(one.edges) for one in told.families),
        "related": sum(len(one.nodes) for one in told.families),
        "words": LIMITS.words,
    }


def _archived(every: Iterable[Section]) -> set[str]:
    """Return the ids of the files that have a page."""
    nodes: Iterable[Node] = (one for section in every for one in section.family.nodes.values())
    return {one.id for one in nodes if one.role is Role.ASSET}


def _runs(levels: list[int]) -> Iterable[Cell]:
    """Yield stretches of equal levels above 0."""
    most, start = max(levels), 0
    for place in range(1, len(levels) + 1):
        if place == len(levels) or levels[place] != levels[start]:
            level = levels[start]
            if level:
                shade = -(-level * SHADES // most)
                width = (place - start) / len(levels)
                files = f"{level} {'file' if level == 1 else 'files'}"
                yield Cell(percent(start / len(levels)), percent(width), shade, files)
            start = place


def _uses(shared: Reuse) -> Iterable[tuple[Node, str, str, list[tuple[float, float]], int]]:
    """Yield who shows what of a file: how related, on which channel, when, and how often."""
    nodes = {one.id: one for one in shared.nodes}
    for coverage in shared.coverages:
        for one in coverage.uses[: LIMITS.rows]:
            times = [(each.start, each.end) for each in one.stretches]
            channel = coverage.channel.name.lower()
            yield nodes[one.file], TIES[one.tie], channel, times[: LIMITS.words], len(times)


def _files(step: Step) -> int:
    return step.files


def _size(card: Card) -> int | None:
    return card.locations[0].size if card.locations else None
