"""Where the cards of a family stand from left to right: by time, else by steps."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from api.exports.families.values import Family
from lineage.derivations import Node, Role

WIDE, HIGH = 244, 76
"""Pixels of a card."""
WORDS = 220
"""Pixels for an edge's words: 33 signs of 12 pixels."""
CURVE = 56
"""Pixels in which a line bends up or down."""
STEP = WIDE + WORDS + CURVE
"""Pixels from a card to one that was made from it, at least."""
NEAR, FAR = 16, 240
"""Pixels between two times of publication: the least that is seen, and the most that is empty."""
LONG = 1200
"""Pixels for all the time a family takes, before the least and the most."""
APART = 84
"""Pixels that a date takes."""


def by_steps(shown: Sequence[str], steps: Mapping[str, int]) -> dict[str, float]:
    """Return the left edge of each file that is drawn, by how many steps it is from the first."""
    least = min(steps[name] for name in shown)
    return {name: float(STEP * (steps[name] - least)) for name in shown}


def by_time(
    family: Family, shown: Sequence[str], steps: Mapping[str, int]
) -> dict[str, float] | None:
    """Return the left edge of each file that is drawn, by when it was published.

    The later stands more to the right, and what was made from another at least a step; so lengths
    on the page say little. A file that nobody has seen stands before all that was made from it.

    Returns:
        None where a time is not known, or where a child is said to be no later than its parent.
    """
    times = _times(family, shown, steps)
    if times is None:
        return None
    parents: dict[str, list[str]] = {name: [] for name in shown}
    for one in family.arrows:
        if one.parent in times and one.child in times:
            parents[one.child].append(one.parent)
    order = sorted(shown, key=lambda name: (times[name], steps[name], name))
    span = max(times.values()) - min(times.values()) or 1.0
    places: dict[str, float] = {}
    # What nobody has seen has the time of another, and a place of its own.
    now, here = times[order[0]], 0.0
    while order:
        group = [name for name in order if times[name] == times[order[0]]]
        seen = [name for name in group if family.nodes[name].role is not Role.UNSEEN]
        # Whole pixels add up exactly, wherever the drawing begins.
        gap = round(min(FAR, max(NEAR, LONG * (times[order[0]] - now) / span)))
        here, now = here + gap, times[order[0]]
        for name in (one for one in group if one not in seen):
            above = [places[one] + STEP for one in parents[name] if one in places]
            places[name] = max([here, *above])
        above = [places[one] + STEP for name in seen for one in parents[name] if one in places]
        here = max([here, *above])
        places |= dict.fromkeys(seen, here)
        order = [name for name in order if name not in places]
    # A child that is said to be no later than its parent is not to its right.
    if any(places[name] < places[one] + STEP for name in shown for one in parents[name]):
        return None
    least = min(places.values())
    return {name: places[name] - least for name in shown}


def ticks(family: Family, places: Mapping[str, float]) -> tuple[tuple[float, str], ...]:
    """Return dates and where they stand, as many as have room."""
    dated = sorted(
        (place, day(family.nodes[name].published_at or ""))
        for name, place in places.items()
        if family.nodes[name].role is not Role.UNSEEN
    )
    told: list[tuple[float, str]] = []
    for place, text in dated:
        if not told or (place >= told[-1][0] + APART and text != told[-1][1]):
            told.append((place, text))
    return tuple(told)


def day(published: str) -> str:
    """Return the day of a time; nothing of what is no time.

    >>> day("2026-05-01T10:00:00+02:00"), day("soon")
    ('2026-05-01', '')
    """
    return "" if _time(published) is None else published[:10]


def _times(
    family: Family, shown: Sequence[str], steps: Mapping[str, int]
) -> dict[str, float] | None:
    """Return the time of each file that is drawn; of one nobody has seen, its first child's."""
    times = {name: _published(family.nodes[name]) for name in shown}
    for name in sorted(shown, key=lambda one: -steps[one]):
        if family.nodes[name].role is Role.UNSEEN:
            later = [times.get(one.child) for one in family.arrows if one.parent == name]
            times[name] = min((one for one in later if one is not None), default=None)
    known = {name: time for name, time in times.items() if time is not None}
    return known if len(known) == len(times) else None


def _published(node: Node) -> float | None:
    when = _time(node.published_at or "")
    return None if when is None else when.timestamp()


def _time(published: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(published)
    except ValueError:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
