"""How often a kind of finding was told of copies that say what their source says, and wrongly.

The numbers are those of `benchmarks.reveals` and `benchmarks.dubs`, summed over the newest result
with each seed; a test holds them against these.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from index.values import Channel
from lineage.findings import SOUNDING, Finding, Kind, Significance


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a kind was told of honest copies.

    Attributes:
        told: Copies of which it was, wrongly.
        copies: Copies that were traced.
    """

    told: int
    copies: int


PICTURES, SOUNDS = 672, 96
"""Honest copies whose pictures, and whose sound, were compared."""
RATES: Mapping[Kind, Rate] = {
    Kind.BLURRED: Rate(0, PICTURES),
    Kind.CAPTION_ADDED: Rate(0, PICTURES),
    Kind.CAPTION_REMOVED: Rate(0, PICTURES),
    Kind.FACE_REPLACED: Rate(0, PICTURES),
    Kind.FRAMES_REMOVED: Rate(0, PICTURES),
    Kind.FRAMES_REPEATED: Rate(0, PICTURES),
    Kind.FROZEN: Rate(0, PICTURES),
    Kind.MOUTH_REPLACED: Rate(0, PICTURES),
    Kind.OVERLAY_ADDED: Rate(0, PICTURES),
    Kind.OVERLAY_REMOVED: Rate(0, PICTURES),
    Kind.PICTURE_IN_PICTURE: Rate(0, PICTURES),
    Kind.REGION_CHANGED: Rate(0, PICTURES),
    Kind.REGION_REMOVED: Rate(0, PICTURES),
    Kind.REORDERED: Rate(1, PICTURES),
    Kind.REVERSED: Rate(0, PICTURES),
    Kind.SPEED_CHANGED: Rate(0, PICTURES),
    Kind.SPLICED: Rate(0, PICTURES),
    Kind.SOUND_ADDED: Rate(0, SOUNDS),
    Kind.SOUND_EDITED: Rate(0, SOUNDS),
    Kind.SOUND_REMOVED: Rate(0, SOUNDS),
    Kind.SOUND_REPLACED: Rate(0, SOUNDS),
}
"""Of kinds that alter the meaning, or may. Captions are other parts in which letters are read: they
were told of no more copies than these."""
TECHNICAL: Mapping[Kind, Rate] = {
    Kind.BLURRED: Rate(0, PICTURES),
    Kind.COLOUR_CHANGED: Rate(0, PICTURES),
    Kind.CROPPED: Rate(4, PICTURES),
    Kind.FLIPPED: Rate(0, PICTURES),
    Kind.FRAME_RATE_CHANGED: Rate(0, PICTURES),
    Kind.LETTERBOXED: Rate(5, PICTURES),
    Kind.MIRRORED: Rate(0, PICTURES),
    Kind.NOISE_ADDED: Rate(0, PICTURES),
    Kind.PERSPECTIVE_CHANGED: Rate(0, PICTURES),
    Kind.RESIZED: Rate(1, PICTURES),
    Kind.ROTATED: Rate(0, PICTURES),
    Kind.TRIMMED: Rate(0, PICTURES),
}
"""Of technical kinds: of copies to which nothing of the kind was done. All were encoded anew."""


def rate_of(finding: Finding) -> Rate | None:
    """Return how often findings like this were told of honest copies; None if not measured."""
    if finding.channel is Channel.SOUND and finding.kind not in SOUNDING:
        return None
    technical = finding.significance is Significance.TECHNICAL
    return (TECHNICAL if technical else RATES).get(finding.kind)
