"""What each stage measured of a pair, and what is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.values import Channel, Interval
from lineage.values import Segment

SHOWN = 3
"""Stretches of each channel whose proof is told."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number: what it counts, and in which unit."""

    name: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage found.

    Attributes:
        stage: "codes", "hits", "candidates", "proof" or "archive".
        sentence: What that means, for a person.
        measures: Its numbers.
        passed: Whether the pair came through it; of several ways or stretches, through this one.
        way: How the query was looked up; empty where the stage does not depend on it.
        query: The stretch of the query it is about; None where it is about all of it.
        source: That of the asset.
    """

    stage: str
    sentence: str
    measures: tuple[Measure, ...] = ()
    passed: bool = True
    way: str = ""
    query: Interval | None = None
    source: Interval | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a candidate points.

    Attributes:
        moments: Of the query that agree on it.
        query: The stretch of the query to look at.
        source: The stretch of the asset.
        rate: Source seconds per query second.
        variant: How the query was turned.
        score: Weighed votes.
        bits: Median bits by which the codes differ.
        pitch: How much higher the query sounds.
    """

    moments: int
    query: Interval
    source: Interval
    rate: float
    variant: str
    score: float
    bits: float
    pitch: float = 1.0


@dataclass(frozen=True, slots=True)
class Agreed:
    """Two frames in which most local features lie alike: how many, and when in both."""

    features: int
    query: float
    source: float


@dataclass(frozen=True, slots=True)
class Way:
    """What one way of looking found of one asset.

    Attributes:
        name: In words.
        channel: What was looked up.
        asked: Codes of the query looked up.
        near: Pairs of codes that lay near.
        hits: Pairs of moments that are alike.
        moments: Moments of the query among them.
        nearest: Bits by which the nearest of them differ.
        agreed: Of local features, the frames that agree best.
        candidates: Places in the asset that were pointed to.
        best: The best of them.
        seconds: Of the query that were proven so.
    """

    name: str
    channel: Channel
    asked: int = 0
    near: int = 0
    hits: int = 0
    moments: int = 0
    nearest: int | None = None
    agreed: Agreed | None = None
    candidates: int = 0
    best: Pointer | None = None
    seconds: float = 0.0

    def also(self, other: "Way") -> "Way":
        """Return both together: the same way in another part of the query, or to another ear."""
        near = [one.nearest for one in (self, other) if one.nearest is not None]
        agreed = [one.agreed for one in (self, other) if one.agreed is not None]
        best = [one.best for one in (self, other) if one.best is not None]
        return replace(
            self,
            asked=self.asked + other.asked,
            near=self.near + other.near,
            hits=self.hits + other.hits,
            moments=self.moments + other.moments,
            nearest=min(near, default=None),
            agreed=max(agreed, key=lambda one: one.features, default=None),
            candidates=self.candidates + other.candidates,
            best=max(best, key=lambda one: one.score, default=None),
            seconds=self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class Look:
    """A stretch of both files laid side by side.

    Attributes:
        way: How it was come upon.
        segment: The stretch, proven or not.
        proven: Whether it is.
        heard: Of sound, the seconds that were heard on both sides.
    """

    way: str
    segment: Segment
    proven: bool
    heard: float = 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """What was measured of one channel of a clip and an asset, as if there were no other asset.

    Attributes:
        own: Codes of the clip.
        audible: Seconds of its sound in which there is something to hear.
        nearest: Bits between the two nearest codes; None if none were compared.
        ways: How it was looked up, in order.
        looks: The stretches that come nearest to a proof, best first.
        proven: Those that are proven.
        reached: Whether the asset's file could be looked at wherever that was wanted.
    """

    own: int = 0
    audible: float = 0.0
    nearest: int | None = None
    ways: tuple[Way, ...] = ()
    looks: tuple[Look, ...] = ()
    proven: tuple[Segment, ...] = ()
    reached: bool = True

    def also(self, other: "Pair") -> "Pair":
        """Return both together: two parts of one query, looked up in the same ways."""
        near = [one.nearest for one in (self, other) if one.nearest is not None]
        ways = self.ways or tuple(Way(way.name, way.channel) for way in other.ways)
        return Pair(
            own=self.own + other.own,
            audible=self.audible + other.audible,
            nearest=min(near, default=None),
            ways=tuple(a.also(b) for a, b in zip(ways, other.ways, strict=True)),
            looks=nearest_first([*self.looks, *other.looks]),
            proven=(*self.proven, *other.proven),
            reached=self.reached and other.reached,
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How an asset stood among all of the archive to one way of looking.

    Attributes:
        way: How.
        asked: Whether any time was left to be looked up.
        candidates: Of all assets.
        place: That of its first candidate among them, from 1; None if it has none.
        reach: Candidates looked at, at most.
        told: Whether others had explained the time of all its candidates before their turn.
    """

    way: str
    asked: bool
    candidates: int = 0
    place: int | None = None
    reach: int = 0
    told: bool = False


@dataclass(frozen=True, slots=True)
class Contest:
    """What the whole archive makes of a channel on which an asset alone is proven.

    Attributes:
        assets: Files in the archive.
        held: Stretches found to be the asset's.
        others: Names of the other assets found for the same time.
        standings: How it stood, way by way, where it was lost.
        like: Whether what was found of the asset is another moment, only like that of a surer one.
    """

    assets: int
    held: tuple[Segment, ...] = ()
    others: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = field(default=())
    like: bool = False

    def also(self, other: "Contest") -> "Contest":
        """Return both together: two parts of one query."""
        return Contest(
            self.assets,
            (*self.held, *other.held),
            tuple(dict.fromkeys((*self.others, *other.others))),
            self.standings or other.standings,
            self.like or other.like,
        )


def nearest_first(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Return those that come nearest to a proof, proven ones first, each stretch once."""
    kept: list[Look] = []
    for look in sorted(looks, key=_nearness, reverse=True):
        spans = [(one.segment.query, one.segment.source) for one in kept]
        now = look.segment
        if not any(_mostly(now.query, a) and _mostly(now.source, b) for a, b in spans):
            kept.append(look)
    return tuple(kept[:SHOWN])


def _nearness(look: Look) -> tuple[bool, float]:
    one = look.segment
    if one.agreement is not None:
        return look.proven, look.heard * (one.agreement - 0.5)
    still = 0.6 if one.motion is None else one.motion
    return look.proven, still * (one.likeness or 0.0) * min(one.query.length, 4.0)


def _mostly(one: Interval, other: Interval) -> bool:
    return one.overlap(other) > 0.5 * min(one.length, other.length)
