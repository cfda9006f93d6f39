"""What may have been done to a source on its way into the query: kinds, and one finding.

The kinds and what they signify are those of the contract, docs/trace.schema.json.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from index.values import Box, Channel, Interval


class Kind(StrEnum):
    """What was done to a source on its way into the query."""

    CROPPED = "cropped"
    LETTERBOXED = "letterboxed"
    MIRRORED = "mirrored"
    FLIPPED = "flipped"
    ROTATED = "rotated"
    PICTURE_IN_PICTURE = "picture-in-picture"
    FACE_REPLACED = "face-replaced"
    MOUTH_REPLACED = "mouth-replaced"
    CAPTION_ADDED = "caption-added"
    CAPTION_REMOVED = "caption-removed"
    OVERLAY_ADDED = "overlay-added"
    OVERLAY_REMOVED = "overlay-removed"
    REGION_CHANGED = "region-changed"
    REGION_REMOVED = "region-removed"
    BLURRED = "blurred"
    COLOUR_CHANGED = "colour-changed"
    NOISE_ADDED = "noise-added"
    PERSPECTIVE_CHANGED = "perspective-changed"
    REENCODED = "reencoded"
    SPEED_CHANGED = "speed-changed"
    REVERSED = "reversed"
    FROZEN = "frozen"
    FRAMES_REMOVED = "frames-removed"
    FRAMES_REPEATED = "frames-repeated"
    REORDERED = "reordered"
    SPLICED = "spliced"
    TRIMMED = "trimmed"
    RESIZED = "resized"
    FRAME_RATE_CHANGED = "frame-rate-changed"
    SOUND_REPLACED = "sound-replaced"
    SOUND_REMOVED = "sound-removed"
    SOUND_ADDED = "sound-added"
    SOUND_EDITED = "sound-edited"
    PROVENANCE_CONTRADICTED = "provenance-contradicted"


INSIDE = frozenset(
    {
        Kind.BLURRED,
        Kind.CAPTION_ADDED,
        Kind.CAPTION_REMOVED,
        Kind.FACE_REPLACED,
        Kind.MOUTH_REPLACED,
        Kind.OVERLAY_ADDED,
        Kind.OVERLAY_REMOVED,
        Kind.REGION_CHANGED,
        Kind.REGION_REMOVED,
    }
)
"""Kinds of what was done to a part of the picture."""

SOUNDING = frozenset({Kind.SOUND_ADDED, Kind.SOUND_EDITED, Kind.SOUND_REMOVED, Kind.SOUND_REPLACED})
"""Kinds of what was done to the sound."""


class Contradiction(StrEnum):
    """How what a file says of itself disagrees with itself, or with what was measured."""

    ALTERED = "altered-after-signing"
    BROKEN = "signature-broken"
    EDITS = "edits-not-named"
    CAPTURE = "no-capture"
    CAPTURES = "two-captures"
    EARLIER = "earlier-than-source"
    FUTURE = "future-date"


class Significance(StrEnum):
    """Whether a finding matters to what a clip says."""

    ALTERS = "alters-meaning"
    MAY_ALTER = "may-alter-meaning"
    TECHNICAL = "technical"


SIGNIFICANCE: Mapping[Kind, Significance] = {
    Kind.FACE_REPLACED: Significance.ALTERS,
    Kind.FRAMES_REMOVED: Significance.ALTERS,
    Kind.MOUTH_REPLACED: Significance.ALTERS,
    Kind.REGION_REMOVED: Significance.ALTERS,
    Kind.REORDERED: Significance.ALTERS,
    Kind.SOUND_REPLACED: Significance.ALTERS,
    Kind.BLURRED: Significance.MAY_ALTER,
    Kind.CAPTION_ADDED: Significance.MAY_ALTER,
    Kind.CAPTION_REMOVED: Significance.MAY_ALTER,
    Kind.FRAMES_REPEATED: Significance.MAY_ALTER,
    Kind.FROZEN: Significance.MAY_ALTER,
    Kind.OVERLAY_ADDED: Significance.MAY_ALTER,
    Kind.OVERLAY_REMOVED: Significance.MAY_ALTER,
    Kind.PICTURE_IN_PICTURE: Significance.MAY_ALTER,
    Kind.PROVENANCE_CONTRADICTED: Significance.MAY_ALTER,
    Kind.REGION_CHANGED: Significance.MAY_ALTER,
    Kind.REVERSED: Significance.MAY_ALTER,
    Kind.SOUND_ADDED: Significance.MAY_ALTER,
    Kind.SOUND_EDITED: Significance.MAY_ALTER,
    Kind.SOUND_REMOVED: Significance.MAY_ALTER,
    Kind.SPEED_CHANGED: Significance.MAY_ALTER,
    Kind.SPLICED: Significance.MAY_ALTER,
}
"""Of kinds that are more than technical."""


def significance(kind: Kind, *, boxed: bool) -> Significance:
    """Return whether a finding matters to what a clip says.

    Args:
        kind: What was done.
        boxed: Whether to a part of the picture only: a blur all over is one of quality.
    """
    if kind is Kind.BLURRED and not boxed:
        return Significance.TECHNICAL
    return SIGNIFICANCE.get(kind, Significance.TECHNICAL)


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference between the query and a source of it.

    Attributes:
        kind: What was done.
        channel: To the picture or the sound.
        query: When, in the query.
        confidence: In [0, 1].
        source: The stretch of the source it was done to; None where there is none.
        source_index: Of the source among the report's; None likewise.
        box: Where in the query's frame; None where the kind is of no place in it.
        measures: Numbers that say how much, by name.
        text: What a caption says; None for all else.
        covered: What the source says where that caption is; None where it says nothing.
        contradiction: How what the file says of itself is contradicted; None for all else.
        claim: What it says, in its own words.
        against: The same of what says otherwise.
    """

    kind: Kind
    channel: Channel
    query: Interval
    confidence: float
    source: Interval | None = None
    source_index: int | None = None
    box: Box | None = None
    measures: Mapping[str, float] = field(default_factory=dict)
    text: str | None = None
    covered: str | None = None
    contradiction: Contradiction | None = None
    claim: str | None = None
    against: str | None = None

    @property
    def significance(self) -> Significance:
        """Whether it matters to what the clip says."""
        return significance(self.kind, boxed=self.box is not None)
