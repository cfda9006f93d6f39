"""Who derives from whom: what is said of two files that show the same stretch of footage.

Matching is symmetric: that two files show the same says nothing of which was made from the other.
A wrong arrow is worse than none, so "siblings" and "undetermined" are answers as good as "derived".
The relations are those of the contract, docs/trace.schema.json.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from index.values import Channel, Interval, Media
from lineage.findings import Kind


class Relation(StrEnum):
    """How two files that show the same are related."""

    DERIVED = "derived"
    DUPLICATE = "duplicate"
    SIBLINGS = "siblings"
    UNDETERMINED = "undetermined"


class Way(StrEnum):
    """A way in which one of a query and a source may have been made from the other."""

    ONWARD = "onward"
    BACK = "back"


class Sign(StrEnum):
    """What tells which of two files is nearer to the footage that both show."""

    LONGER = "longer"
    WIDER = "wider"
    LAYERS = "layers"
    DETAIL = "detail"
    COLOURS = "colours"
    BITS = "bits"
    STIRS = "stirs"
    FARTHER = "farther"


@dataclass(frozen=True, slots=True)
class Cue:
    """What one sign says of a query and a source.

    Attributes:
        sign: Which.
        source: How clearly it speaks for the source being nearer to the footage, 0 to 1.
        query: How clearly for the query being nearer.
    """

    sign: Sign
    source: float
    query: float

    @property
    def speaks(self) -> bool:
        """Whether it says anything."""
        return bool(self.source or self.query)


@dataclass(frozen=True, slots=True)
class Direction:
    """How likely each relation of a query and a source is; the three add up to 1.

    Attributes:
        onward: That the query was made from the source, at however many removes.
        back: That the source was made from the query.
        siblings: That neither was, but both from something else.
    """

    onward: float
    back: float
    siblings: float


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the query and one source are related on a channel.

    Attributes:
        source_index: Of the source among the report's.
        channel: Picture or sound.
        relation: What is decided.
        confidence: How sure the relation is, 0 to 1; where none is decided, how sure it is that
            both show the same.
        kinds: What was done to the source, if the query was made from it.
        cues: What speaks for one of them, and for the other.
        odds: How likely each relation is; None where nothing was weighed.
        distance: Grey levels by which both differ, at the median, once laid over one another and
            given the same tones; None where no pixels were compared.
        query_index: Of the source among the report's that stands for the query here, where two of
            them are related; None where it is the query itself.
        stretches: What both of these show.
        between: Of what third files both share next to nothing more, by their indices; None stands
            for the query.
        excluded: Where nothing is decided, the way that is ruled out; None where neither is.
    """

    source_index: int
    channel: Channel
    relation: Relation
    confidence: float
    kinds: tuple[Kind, ...] = ()
    cues: tuple[Cue, ...] = ()
    odds: Direction | None = None
    distance: float | None = None
    query_index: int | None = None
    stretches: "tuple[Stretch, ...]" = ()
    between: tuple[int | None, ...] = ()
    excluded: Way | None = None

    @property
    def known(self) -> bool:
        """Whether something is decided, or speaks for one of both at least."""
        return self.relation is not Relation.UNDETERMINED or bool(self.cues)

    @property
    def onward(self) -> bool:
        """Whether it is said that the query itself was made from the source."""
        derived = self.relation is Relation.DERIVED and not self.backwards
        return derived and self.query_index is None

    @property
    def backwards(self) -> bool:
        """Whether it is decided that the source was made from the query."""
        derived = self.relation is Relation.DERIVED
        return derived and self.odds is not None and self.odds.back > self.odds.onward

    @property
    def actions(self) -> tuple[str, ...]:
        """What was done to the parent, as C2PA names it; ours where C2PA has no name."""
        if self.relation is not Relation.DERIVED:
            return ()
        return self.done(backwards=self.backwards)

    def done(self, *, backwards: bool) -> tuple[str, ...]:
        """Return what was done on the way from the source to the query, or on the way back."""
        kinds = [UNDONE[kind] for kind in self.kinds if kind in UNDONE] if backwards else self.kinds
        return tuple(dict.fromkeys(ACTIONS[kind] for kind in kinds))

    @property
    def decided(self) -> bool:
        """Whether it is said which was made from which, or that neither was."""
        return self.relation in {Relation.DERIVED, Relation.SIBLINGS}


class Role(StrEnum):
    """What a node of a lineage stands for."""

    QUERY = "query"
    ASSET = "asset"
    REMOVED = "removed"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Node:
    """A file of a lineage, or one that must have been.

    Attributes:
        id: Of the asset, while it is archived and afterwards; "query"; or "unseen-" and a number.
        role: What it stands for; an asset that was removed stays as what it was.
        name: Of its file; None of what nobody has seen.
        digest: SHA-256 of its bytes, 64 hex digits; None of what nobody has seen.
        media: What it holds; None of what nobody has seen.
        title: What people call it, if anyone said.
        published_at: RFC 3339 time, if anyone said.
    """

    id: str
    role: Role
    name: str | None = None
    digest: str | None = None
    media: Media | None = None
    title: str | None = None
    published_at: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which seconds of a child are which seconds of its parent.

    Attributes:
        child: Seconds of the child; an unseen one has the time of its parent.
        parent: Seconds of the parent; None where it is unseen and nothing tells its time.
        rate: Seconds of the parent that pass in one of the child; below 0 backwards, 0 where one
            of both holds a frame.
    """

    child: Interval
    parent: Interval | None
    rate: float = 1.0


def turned(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return stretches of which both times are known, with parent and child the other way round."""
    found = (
        Stretch(one.parent, one.child, 1.0 / one.rate if one.rate else 0.0)
        for one in stretches
        if one.parent is not None
    )
    return tuple(sorted(found, key=lambda one: one.child))


@dataclass(frozen=True, slots=True)
class Kinship:
    """What was measured of two archived files that show or sound the same, on one channel.

    Attributes:
        query: Digest of the file that was traced.
        source: Digest of the one it was compared with.
        channel: Picture or sound.
        relation: What is decided of these two alone.
        backwards: Whether it is the source that was made from the query.
        confidence: How sure it is that both show the same, 0 to 1.
        odds: How likely each relation is; None where nothing was weighed.
        stretches: What both show; the query stands for the child.
        onward: What was done if the query was made from the source, as actions.
        back: What was done if the source was made from the query.
        evidence: What it rests on, a sentence each.
        method: Which version of the method told it.
        excluded: Where nothing is decided of these two alone, the way that is ruled out.
    """

    query: str
    source: str
    channel: Channel
    relation: Relation
    confidence: float
    stretches: tuple[Stretch, ...]
    backwards: bool = False
    odds: Direction | None = None
    onward: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    method: str = ""
    excluded: Way | None = None

    @property
    def files(self) -> frozenset[str]:
        """Both digests."""
        return frozenset((self.query, self.source))

    @property
    def arrow(self) -> tuple[str, str] | None:
        """The digests of parent and child, where that is decided."""
        if self.relation is not Relation.DERIVED:
            return None
        return (self.query, self.source) if self.backwards else (self.source, self.query)

    def other(self, file: str) -> str:
        """Return the digest of the other file."""
        return self.source if file == self.query else self.query

    def seen_by(self, child: str) -> tuple[Stretch, ...]:
        """Return what both show, by the time of one of them as the child; both times are known."""
        if child == self.query:
            return self.stretches
        return turned(self.stretches)

    def done_to(self, parent: str) -> tuple[str, ...]:
        """Return what was done to one of them if the other was made from it."""
        return self.onward if parent == self.source else self.back


@dataclass(frozen=True, slots=True)
class Edge:
    """What is believed of two files of a lineage on one channel.

    Attributes:
        parent: Id of the parent's node; of either where which is the parent is not known.
        child: Id of the child's.
        channel: Picture or sound.
        relation: How both are related; only "derived" has a direction.
        confidence: How sure that is, 0 to 1.
        stretches: What both show, by the child's time.
        actions: What was done to the parent, as C2PA names it; ours where C2PA has no name.
        evidence: What it rests on, a sentence each.
        method: Which version of the method told it.
        since: RFC 3339 time since when it is believed; None of an answer that is not kept.
        until: RFC 3339 time until when it was; None as long as it is.
        excluded: Of an undetermined relation, the way that is ruled out: onward, that the child was
            made from the parent.
    """

    parent: str
    child: str
    channel: Channel
    relation: Relation
    confidence: float
    stretches: tuple[Stretch, ...] = ()
    actions: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    method: str = ""
    since: str | None = None
    until: str | None = None
    excluded: Way | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """Who derives from whom: files, and what is believed of them pair by pair.

    Attributes:
        nodes: Each once, by id.
        edges: Between them; those that say "derived" hold no cycle.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


ACTIONS: Mapping[Kind, str] = {
    Kind.CROPPED: "c2pa.cropped",
    Kind.LETTERBOXED: "wherefrom.letterboxed",
    Kind.MIRRORED: "c2pa.orientation",
    Kind.FLIPPED: "c2pa.orientation",
    Kind.ROTATED: "c2pa.orientation",
    Kind.PICTURE_IN_PICTURE: "c2pa.placed",
    Kind.FACE_REPLACED: "wherefrom.faceReplaced",
    Kind.MOUTH_REPLACED: "wherefrom.mouthReplaced",
    Kind.CAPTION_ADDED: "c2pa.addedText",
    Kind.CAPTION_REMOVED: "c2pa.deleted",
    Kind.OVERLAY_ADDED: "c2pa.placed",
    Kind.OVERLAY_REMOVED: "c2pa.deleted",
    Kind.REGION_CHANGED: "c2pa.edited",
    Kind.REGION_REMOVED: "c2pa.deleted",
    Kind.BLURRED: "c2pa.filtered",
    Kind.COLOUR_CHANGED: "c2pa.adjustedColor",
    Kind.NOISE_ADDED: "c2pa.filtered",
    Kind.PERSPECTIVE_CHANGED: "wherefrom.perspectiveChanged",
    Kind.REENCODED: "c2pa.transcoded",
    Kind.SPEED_CHANGED: "c2pa.changedSpeed",
    Kind.REVERSED: "wherefrom.reversed",
    Kind.FROZEN: "wherefrom.frozen",
    Kind.FRAMES_REMOVED: "c2pa.deleted",
    Kind.FRAMES_REPEATED: "wherefrom.framesRepeated",
    Kind.REORDERED: "wherefrom.reordered",
    Kind.SPLICED: "wherefrom.spliced",
    Kind.TRIMMED: "c2pa.trimmed",
    Kind.RESIZED: "c2pa.resized",
    Kind.FRAME_RATE_CHANGED: "wherefrom.frameRateChanged",
    Kind.SOUND_REPLACED: "c2pa.dubbed",
    Kind.SOUND_REMOVED: "c2pa.dubbed",
    Kind.SOUND_ADDED: "c2pa.dubbed",
    Kind.SOUND_EDITED: "c2pa.dubbed",
}
"""What a kind of finding is called as an action.

Source: C2PA, Content Credentials technical specification 2.2, actions.
"""

UNDONE: Mapping[Kind, Kind] = {
    Kind.CAPTION_ADDED: Kind.CAPTION_REMOVED,
    Kind.CAPTION_REMOVED: Kind.CAPTION_ADDED,
    Kind.OVERLAY_ADDED: Kind.OVERLAY_REMOVED,
    Kind.OVERLAY_REMOVED: Kind.OVERLAY_ADDED,
    Kind.PICTURE_IN_PICTURE: Kind.CROPPED,
    Kind.CROPPED: Kind.PICTURE_IN_PICTURE,
    Kind.SOUND_ADDED: Kind.SOUND_REMOVED,
    Kind.SOUND_REMOVED: Kind.SOUND_ADDED,
    **{
        kind: kind
        for kind in (
            Kind.COLOUR_CHANGED,
            Kind.FACE_REPLACED,
            Kind.FLIPPED,
            Kind.FRAME_RATE_CHANGED,
            Kind.MIRRORED,
            Kind.MOUTH_REPLACED,
            Kind.PERSPECTIVE_CHANGED,
            Kind.REENCODED,
            Kind.REGION_CHANGED,
            Kind.REORDERED,
            Kind.RESIZED,
            Kind.REVERSED,
            Kind.ROTATED,
            Kind.SOUND_EDITED,
            Kind.SOUND_REPLACED,
            Kind.SPEED_CHANGED,
        )
    },
}
"""What was done on the way back, by what a way there would have done; nothing where that would be
guessing."""
