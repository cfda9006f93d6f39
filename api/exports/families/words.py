"""What is written on the cards and lines of a family, cut to the room there is."""

import unicodedata
from collections.abc import Sequence

from api.exports.families.values import Family, Plan
from index.values import Channel
from lineage.derivations import Edge, Node, Relation, Role
from lineage.report import action, clock, counted, percent, readable, shortened

NAME, ROWS = 16, 2
"""Signs of a line of a name on a card, and lines."""
LINE = 33
"""Signs of a line of an edge's words."""
TIMES = 3
"""Stretches that are told beside a line; all are in the table."""
UNSEEN = ("a file nobody", "has seen")
"""What stands in place of a name, line by line."""

SHORT = {
    Relation.DERIVED: "derived",
    Relation.DUPLICATE: "duplicates",
    Relation.SIBLINGS: "siblings",
    Relation.UNDETERMINED: "not determined",
}
"""How two files are related, beside a line."""
SAID = {
    Relation.DERIVED: "{child} was made from {parent}",
    Relation.DUPLICATE: "{child} and {parent} hold the same",
    Relation.SIBLINGS: "{child} and {parent} were both made from something else",
    Relation.UNDETERMINED: "{child} and {parent} share something",
}
"""That in a sentence. Names are put in once, so that braces in them stay what they are."""


def named(node: Node) -> str:
    """Return what a file is called, all of it."""
    if node.role is Role.UNSEEN or node.name is None:
        return " ".join(UNSEEN)
    return readable(node.name)


def heading(family: Family, plan: Plan | None) -> str:
    """Return what a family is called: by the first of its files that has a name."""
    nodes = ordered(family, plan)
    return shortened(named(next((one for one in nodes if one.name is not None), nodes[0])))


def ordered(family: Family, plan: Plan | None) -> list[Node]:
    """Return the files of a family, those first that are drawn."""
    shown = [] if plan is None else plan.shown
    names = {one.id for one in shown}
    return [*shown, *(one for one in family.nodes.values() if one.id not in names)]


def rows(node: Node) -> list[str]:
    """Return what a file is called in lines that fit on a card."""
    if node.role is Role.UNSEEN or node.name is None:
        return list(UNSEEN)
    return wrapped(readable(node.name), NAME, ROWS)


def facts(node: Node) -> str:
    """Return a file's length and size, or what else is known of it."""
    if node.media is None:
        return "" if node.role is Role.UNSEEN else "length not known"
    told = clock(node.media.duration)
    if node.media.has_picture:
        return f"{told} · {node.media.width}×{node.media.height}"
    return f"{told} · sound alone"


def told(edge: Edge) -> tuple[str, ...]:
    """Return what an edge says: how both are related, what was done, and the times."""
    channel = edge.channel.name.lower()
    words = [f"{channel}: {SHORT[edge.relation]}, {percent(edge.confidence)} sure"]
    words += packed([readable(action(one)) for one in edge.actions], LINE)
    times = spans(edge, LINE)
    words += times[:TIMES]
    if len(times) > TIMES:
        words.append(f"and {counted(len(times) - TIMES, 'more stretch', 'more stretches')}")
    return tuple(words)


def spans(edge: Edge, signs: int | None = None) -> list[str]:
    """Return the times of each stretch; without tenths where they are to fit and do not."""
    every = []
    for one in edge.stretches:
        exact, short = (_span(one.child.start, one.child.end, digits) for digits in (1, 0))
        if one.parent is not None:
            exact += f" is {_span(one.parent.start, one.parent.end, 1)}"
            short += f" is {_span(one.parent.start, one.parent.end, 0)}"
        every.append(exact if signs is None or len(exact) <= signs else short)
    return every


def sentence(edge: Edge, parent: Node, child: Node) -> str:
    """Return an edge in words, for those who do not see the line."""
    sound = "The sound of " if edge.channel is Channel.SOUND else ""
    names = f"{sound}{shortened(named(child))}", shortened(named(parent))
    said = SAID[edge.relation].format(child=names[0], parent=names[1])
    return "; ".join([said, *told(edge)[1:], f"{percent(edge.confidence)} sure"])


def left_out(more: int, *, leaves: bool, made: bool) -> str:
    """Return what is said of files that are not drawn.

    >>> left_out(312, leaves=True, made=True), left_out(1, leaves=False, made=False)
    ('and 312 more copies', 'and 1 more file')
    """
    if made and leaves:
        return f"and {counted(more, 'more copy', 'more copies')}"
    return f"and {counted(more, 'more file')}"


def packed(words: Sequence[str], signs: int) -> list[str]:
    """Return words with commas between them, in as few lines of so many signs as hold them.

    >>> packed(["cropped", "caption added", "encoded anew"], 24)
    ['cropped, caption added,', 'encoded anew']
    """
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 3 <= signs:
            lines[-1] += f", {word}"
        else:
            lines[-1:] = [f"{lines[-1]},", shortened(word, signs)] if lines else []
            lines = lines or [shortened(word, signs)]
    return lines


def wrapped(text: str, signs: int, most: int) -> list[str]:
    """Return a text in lines of so many signs; what does not fit is left out of its middle.

    Signs that are twice as wide, as those of Chinese, count twice.

    >>> wrapped("a-very-long-name-of-a-file.mp4", 12, 2)
    ['a-very-long-', '…-a-file.mp4']
    """
    wide, room = sum(map(_width, text)), signs * most
    if wide > room:
        text = shortened(text, room * len(text) // wide)
    lines, line, used = list[str](), "", 0
    for sign in text:
        if used + _width(sign) > signs and len(lines) < most - 1:
            lines.append(line)
            line, used = "", 0
        line, used = line + sign, used + _width(sign)
    return [*lines, line]


def _width(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _span(start: float, end: float, digits: int) -> str:
    return f"{clock(start, digits=digits)}–{clock(end, digits=digits)}"
