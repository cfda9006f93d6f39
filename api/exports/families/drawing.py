"""A plan → shapes ready for SVG."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.exports.families.layout import LANES, MORE, SIGNS
from api.exports.families.places import CURVE, WIDE, WORDS, day
from api.exports.families.values import Card, Line, Plan, Way
from api.exports.families.words import facts, left_out, named, rows, sentence
from api.exports.shapes import plain
from api.exports.stills import Embedded
from index.values import Channel
from lineage.derivations import Edge, Node, Relation, Role
from lineage.report import readable

PICTURE = 96
"""Pixels of a card's width that its picture takes."""
ROUND = 6
"""Pixels of the radius of a line's bends around cards."""
LANE = 5
"""Pixels between lines that run around the left of cards side by side."""
ASIDE = 14
"""Pixels from a line's words to the first of these."""
BASE = 17
"""Pixels from a card's top to its first line of words."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of words."""

    x: str
    y: str
    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Box:
    """A card ready for SVG.

    Attributes:
        x: Pixels from the left, as `y` from the top.
        y: As `x`.
        width: Pixels, as `height`.
        height: As `width`.
        look: Its class.
        href: Where the page tells more of it; empty if nowhere.
        title: What it says.
        picture: Of the file, if one is at hand.
        instead: What stands in place of a picture; empty on a card without room for one.
        texts: Within the card.
    """

    x: str
    y: str
    width: int
    height: str
    look: str
    href: str
    title: str
    picture: Embedded | None
    instead: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line ready for SVG.

    Attributes:
        path: Its run, from parent to child where that is known.
        look: Its classes: of the channel, and "open" where it has no direction.
        arrow: Whether it ends in one.
        href: Where the page tells more of it; empty if nowhere.
        title: What it says.
        texts: Beside it.
    """

    path: str
    look: str
    arrow: bool
    href: str
    title: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One family.

    Attributes:
        width: Pixels.
        height: Pixels.
        threads: Paths to cards that stand for several files.
        strokes: Behind the cards.
        boxes: The cards.
        dates: Above them, each with a line down.
    """

    width: str
    height: str
    threads: tuple[str, ...]
    strokes: tuple[Stroke, ...]
    boxes: tuple[Box, ...]
    dates: tuple[Text, ...]


def drawing(
    plan: Plan,
    *,
    pictures: Mapping[str, Embedded],
    files: Mapping[str, str],
    edges: Mapping[int, str],
) -> Drawing:
    """Return the shapes of a plan.

    Args:
        plan: Where everything stands.
        pictures: Of the files that have one, by id.
        files: Where the page tells more of a file, by id.
        edges: Where it tells more of an edge, by its number in the family.
    """
    width, height = plan.size
    # Lines with a direction lie over the others, and so do their words.
    order = sorted(enumerate(plan.lines), key=lambda one: _derived(one[1].edge))
    return Drawing(
        plain(width),
        plain(height),
        tuple(_threads(plan)),
        tuple(_stroke(one, lane, plan, edges.get(one.number, "")) for lane, one in order),
        tuple(_box(one, pictures, files) for one in plan.cards),
        tuple(Text(plain(x), "14", text, "num") for x, text in plan.ticks),
    )


def _threads(plan: Plan) -> Iterator[str]:
    for one in plan.cards:
        if one.beside is not None:
            start = plan.cards[one.beside]
            yield _bent((start.x + WIDE, start.y + start.high / 2), (one.x, one.y + one.high / 2))


def _box(card: Card, pictures: Mapping[str, Embedded], files: Mapping[str, str]) -> Box:
    place = plain(card.x), plain(card.y)
    node = card.node
    if node is None:
        words = left_out(card.more, leaves=card.leaves, made=card.beside is not None)
        text = Text("10", "18", words, "name")
        return Box(*place, WIDE, plain(MORE), "several", "", words, None, "", (text,))
    looks = {Role.REMOVED: "removed", Role.UNSEEN: "unseen"}
    return Box(
        *place,
        WIDE,
        plain(card.high),
        looks.get(node.role, "kept"),
        files.get(node.id, ""),
        said(node),
        pictures.get(node.id),
        _instead(node),
        tuple(_written(node)),
    )


def said(node: Node) -> str:
    """Return what a card says of a file, in one line."""
    words = [named(node), *filter(None, [facts(node)])]
    if node.role is Role.REMOVED:
        words.append("removed from the archive")
    if node.published_at is not None:
        words.append(f"published {readable(node.published_at)}")
    return ", ".join(words)


def _written(node: Node) -> Iterator[Text]:
    x = str(PICTURE + 8)
    lines = [(line, "name") for line in rows(node)]
    lines += [(facts(node), "num quiet")] if facts(node) else []
    when = "" if node.published_at is None else day(node.published_at)
    last = [f"published {when}"] if when else []
    last = ["removed"] if node.role is Role.REMOVED else last
    lines += [(line, "num quiet") for line in last]
    for number, (line, look) in enumerate(lines):
        yield Text(x, str(BASE + 16 * number), line, look)


def _instead(node: Node) -> str:
    if node.role is Role.UNSEEN:
        return "?"
    if node.media is not None and not node.media.has_picture:
        return "sound"
    return "removed" if node.role is Role.REMOVED else "no picture"


def _stroke(line: Line, lane: int, plan: Plan, href: str) -> Stroke:
    edge, nodes = line.edge, plan.family.nodes
    derived = _derived(edge)
    look = "heard" if edge.channel is Channel.SOUND else "seen"
    x, y = line.at
    texts = (
        Text(plain(x), plain(y + (SIGNS * place - 2 if place else -5)), words, "num")
        for place, words in enumerate(line.words)
    )
    return Stroke(
        _run(line, lane),
        look if derived else f"{look} open",
        derived,
        href,
        sentence(edge, nodes[edge.parent], nodes[edge.child]),
        tuple(texts),
    )


def _derived(edge: Edge) -> bool:
    return edge.relation is Relation.DERIVED


def _run(line: Line, lane: int) -> str:
    """Return the path of a line; those without a direction run from the left or upper card."""
    match line.way:
        case Way.ONWARD:
            return _bent(line.start, line.end)
        case Way.ACROSS:
            turn = max(line.start[0] + WORDS, line.end[0] - CURVE), line.start[1]
            return f"M{_point(line.start)} L{_point(turn)} {_curve(turn, line.end)}"
        case Way.ASIDE:
            x = min(line.start[0], line.end[0]) - WORDS - ASIDE - LANE * (lane % LANES)
            bend = min(ROUND, abs(line.end[1] - line.start[1]) / 2)
            down = bend if line.end[1] > line.start[1] else -bend
            return (
                f"M{_point(line.start)} H{plain(x + bend)}"
                f" Q{_point((x, line.start[1]))} {_point((x, line.start[1] + down))}"
                f" V{plain(line.end[1] - down)}"
                f" Q{_point((x, line.end[1]))} {_point((x + bend, line.end[1]))}"
                f" H{plain(line.end[0])}"
            )


def _bent(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return a path that bends until it is as high as its end, and goes straight from there."""
    turn = start[0] + CURVE, end[1]
    return f"M{_point(start)} {_curve(start, turn)} L{_point(end)}"


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    middle = (start[0] + end[0]) / 2
    return f"C{_point((middle, start[1]))} {_point((middle, end[1]))} {_point(end)}"


def _point(place: tuple[float, float]) -> str:
    return f"{plain(place[0])} {plain(place[1])}"
