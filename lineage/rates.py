"""How often a kind of finding was told of copies that say what their source says.

The numbers are those of `benchmarks.reveals` and `benchmarks.dubs`, of the newest results; a test
holds them against these.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lineage.findings import Finding, Kind, Significance


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a kind was told of honest copies.

    Attributes:
        told: Copies of which it was, wrongly.
        copies: Copies that were traced.
    """

    told: int
    copies: int


PICTURES, SOUNDS = 336, 96
"""Honest copies whose pictures, and whose sound, were compared."""
RATES: Mapping[Kind, Rate] = {
    Kind.BLURRED: Rate(1, PICTURES),
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
"""Of kinds that alter the meaning, or may; captions are named among what these find."""


def rate_of(finding: Finding) -> Rate | None:
    """Return how often findings like this were told of honest copies; None if not measured."""
    return None if finding.significance is Significance.TECHNICAL else RATES.get(finding.kind)
