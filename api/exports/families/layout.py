"""A family → a plan of its drawing: pure geometry in pixels.

    branches, from top to bottom     each has a band of its own, as high as all that is behind it
    cards, from left to right        by time or by steps; a card is always right of its parents

So no two cards overlap: those of different branches differ in height, those of one in width.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from api.exports.families.kin import forest, generations, lines, walked
from api.exports.families.places import CURVE, HIGH, STEP, WIDE, WORDS, by_steps, by_time, ticks
from api.exports.families.values import DEFAULT, Branch, Card, Family, Limits, Line, Plan, Way
from api.exports.families.words import told
from lineage.derivations import Edge, Relation

SIGNS = 15
"""Pixels from one line of words to the next."""
BARE = 10
"""Pixels that a line without words takes at the edge of a card."""
BETWEEN = 16
"""Pixels between two cards, one above the other."""
MORE = 28
"""Height in pixels of a card that stands for several files."""
DATES = 24
"""Pixels above the first card for dates."""
LANES = 6
"""How many lines around the left of cards run side by side before they share a place."""
EDGE = 2
"""Pixels around it all, for the outline of what is focused."""


@dataclass(frozen=True, slots=True)
class Joint:
    """An edge between two cards: the left or upper one, and the other."""

    number: int
    edge: Edge
    first: str
    last: str
    way: Way


@dataclass(slots=True)
class _Room:
    """Where cards stand, and the lines that meet each of them, while they are being placed."""

    places: Mapping[str, float]
    left: Mapping[str, Sequence[tuple[Joint, int]]]
    right: Mapping[str, Sequence[tuple[Joint, int]]]
    cards: list[Card] = field(default_factory=list)
    extras: list[Card] = field(default_factory=list)
    tops: dict[str, float] = field(default_factory=dict)


def plan(family: Family, *, limits: Limits = DEFAULT) -> Plan:
    """Return where everything stands in the drawing of a family.

    Args:
        family: The files and what is believed of them.
        limits: How many are drawn; others are counted.

    Raises:
        ValueError: A file would be its own ancestor.
    """
    steps = generations(family)
    drawn = forest(family, steps, limits=limits)
    order = [one.node.id for one in walked(drawn.branches)]
    timed = by_time(family, order, steps)
    places = timed or by_steps(order, steps)
    numbers = lines(family, order, limits=limits)
    joints = _joints(family, drawn.branches, numbers, places)
    margin = _margin(joints, places)
    places = {name: place + margin + EDGE for name, place in places.items()}
    room = _Room(places, _meeting(joints, left=True), _meeting(joints, left=False))
    top = float(EDGE + (DATES if timed else 0))
    for one in drawn.branches:
        top = _stand(one, top, room)
    if drawn.more:
        room.extras.append(Card(None, margin + EDGE, top, MORE, drawn.more, leaves=False))
        top += MORE + BETWEEN
    cards = (*room.cards, *room.extras)
    width = max(card.x for card in cards) + WIDE + EDGE
    return Plan(
        family,
        cards,
        tuple(_line(each, room) for each in joints),
        ticks(family, places) if timed else (),
        (width, top - BETWEEN + EDGE),
    )


def _joints(
    family: Family, branches: Sequence[Branch], numbers: Sequence[int], places: Mapping[str, float]
) -> list[Joint]:
    """Return the edges of these numbers in the order of where their words stand."""
    behind = {(one.node.id, child.node.id) for one in walked(branches) for child in one.children}
    leaves = {one.node.id for one in walked(branches) if not one.children and not one.more}
    rank = {one.node.id: number for number, one in enumerate(walked(branches))}
    joints = []
    for number in numbers:
        one = family.edges[number]
        ends = [one.parent, one.child]
        if one.relation is not Relation.DERIVED:
            ends.sort(key=lambda name: (places[name], rank[name]))
        first, last = ends
        if places[last] < places[first] + STEP:
            first, last = sorted(ends, key=rank.__getitem__)
            way = Way.ASIDE
        else:
            across = (first, last) not in behind and first in leaves
            way = Way.ACROSS if across else Way.ONWARD
        joints.append(Joint(number, one, first, last, way))
    joints.sort(key=lambda one: (rank[one.last], one.way is not Way.ONWARD, rank[one.first]))
    return joints


def _margin(joints: Sequence[Joint], places: Mapping[str, float]) -> float:
    """Return how much room lines need on the left of the first cards."""
    needs = (
        WORDS + CURVE - min(places[one.first], places[one.last])
        for one in joints
        if one.way is Way.ASIDE
    )
    return max([0.0, *needs])


def _meeting(joints: Sequence[Joint], *, left: bool) -> dict[str, list[tuple[Joint, int]]]:
    """Return the lines that need room at one side of each card, and how much, from the top."""
    met: dict[str, list[tuple[Joint, int]]] = defaultdict(list)
    for one in joints:
        high = SIGNS * len(told(one.edge)) + SIGNS
        match one.way, left:
            case Way.ONWARD, True:
                met[one.last].append((one, high))
            case Way.ACROSS, _:
                met[one.last if left else one.first].append((one, BARE if left else high))
            case Way.ASIDE, True:
                met[one.first].append((one, BARE))
                met[one.last].append((one, high))
            case _:
                pass
    return met


def _stand(branch: Branch, top: float, room: _Room) -> float:
    """Place a branch below `top`; return where the next may begin."""
    name = branch.node.id
    own = max(HIGH, _high(room.left.get(name, ())), _high(room.right.get(name, ())))
    at = len(room.cards)
    room.cards.append(Card(branch.node, room.places[name], top, own))
    start = [len(room.cards), len(room.extras)]
    below = top
    for child in branch.children:
        below = _stand(child, below, room)
    if branch.more:
        x = room.places[name] + STEP
        room.extras.append(Card(None, x, below, MORE, branch.more, branch.leaves, at))
        below += MORE + BETWEEN
    behind = below - BETWEEN - top if below > top else 0.0
    if own > behind:
        _shift(room, start, (own - behind) / 2)
    middle = top + max(own, behind) / 2
    room.cards[at] = replace(room.cards[at], y=middle - own / 2)
    room.tops[name] = middle
    return top + max(own, behind) + BETWEEN


def _shift(room: _Room, start: Sequence[int], by: float) -> None:
    """Move what was placed last down."""
    for cards, first in zip((room.cards, room.extras), start, strict=True):
        for number in range(first, len(cards)):
            one = cards[number]
            cards[number] = replace(one, y=one.y + by)
            if one.node is not None:
                room.tops[one.node.id] += by


def _high(met: Sequence[tuple[Joint, int]]) -> int:
    return sum(high for _, high in met)


def _line(joint: Joint, room: _Room) -> Line:
    """Return where an edge runs."""
    first, last = room.places[joint.first], room.places[joint.last]
    end = last, _slot(joint, joint.last, room.left, room)
    start, at = (first + WIDE, room.tops[joint.first]), (last - WORDS, end[1])
    if joint.way is Way.ASIDE:
        start = first, _slot(joint, joint.first, room.left, room)
    elif joint.way is Way.ACROSS:
        start = first + WIDE, _slot(joint, joint.first, room.right, room)
        at = start[0] + 2 * EDGE, start[1]
    return Line(joint.number, joint.edge, joint.way, start, end, told(joint.edge), at)


def _slot(
    joint: Joint,
    name: str,
    side: Mapping[str, Sequence[tuple[Joint, int]]],
    room: _Room,
) -> float:
    """Return where a line meets a card, from the top: below its first line of words, if any."""
    met = side[name]
    top = room.tops[name] - _high(met) / 2
    for one, high in met:
        if one is joint:
            return top + (BARE / 2 if high == BARE else SIGNS + 2)
        top += high
    message = "The line does not meet the card."
    raise ValueError(message)
