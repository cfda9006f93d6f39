"""Values that the rooms of the graph share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from index.values import Channel, Interval
from lineage.derivations import Direction, Kinship, Relation, Stretch

type Pair = tuple[str, str]
"""Digests of a parent and a child."""

MADE = frozenset(
    {"c2pa.addedText", "c2pa.cropped", "c2pa.orientation", "c2pa.placed", "wherefrom.faceReplaced"}
)
"""Edits that two people seldom make alike: children that share one have it from one file."""


@dataclass(frozen=True, slots=True)
class GraphParams:
    """When something is believed.

    Attributes:
        sliver: Seconds; what is shown for less is the edge of something else, as far as stretches
            are measured: where cuts are quick, they are half a second apart.
        goes_on: Seconds for which a sound must go on where the other's ends.
        ends: Seconds within which that ends.
        dub: Most that it is believed that a sound was laid under other pictures: this is reasoned,
            not fitted.
        possible: Probability from which on a file may be what two siblings were made from: then
            nothing unseen is told above them. This is reasoned as well.
    """

    sliver: float = 0.5
    goes_on: float = 0.3
    ends: float = 0.2
    dub: float = 0.9
    possible: float = 0.05


DEFAULT = GraphParams()


@dataclass(frozen=True, slots=True)
class Held:
    """What a child has of one parent on one channel.

    Attributes:
        parent: Digest of the parent.
        kinship: What was measured of both.
        sure: How sure it is that the child was made from it, 0 to 1.
        stretches: What the child has from it and from nothing nearer, by the child's time.
        reasons: What else it rests on, a sentence each.
    """

    parent: str
    kinship: Kinship
    sure: float
    stretches: tuple[Stretch, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hidden:
    """A file that must have been there and that nobody has seen.

    Attributes:
        digest: Of the digests of what was made from it, and of its parent: what it is known by.
        channel: On which it is told.
        parent: Digest of what it was made from, where that is known.
        shared: What was done to that, as actions.
        sure: How sure it is that it was there, by child, 0 to 1.
        spans: What each child has of it, by the child's time.
        among: The same, with those that were made from one of the children.
    """

    digest: str
    channel: Channel
    parent: str | None
    shared: tuple[str, ...]
    sure: Mapping[str, float] = field(default_factory=dict)
    spans: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    among: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)


def towards(odds: Direction | None, *, backwards: bool) -> float:
    """Return how likely the query was made from the source, or backwards; 0 if never weighed."""
    if odds is None:
        return 0.0
    return odds.back if backwards else odds.onward


def likely_siblings(kinship: Kinship) -> bool:
    """Return whether it is likelier that neither was made from the other than either one way."""
    odds = kinship.odds
    if kinship.relation is Relation.SIBLINGS:
        return True
    return odds is not None and odds.siblings >= max(odds.onward, odds.back)
