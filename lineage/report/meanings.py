"""What a finding means and what it does not mean, one plain sentence each for whoever judges it."""

from collections.abc import Mapping
from dataclasses import dataclass

from lineage.findings import Kind


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a kind of finding is to be read.

    Attributes:
        means: What it says about the clip.
        not_means: What it does not say.
    """

    means: str
    not_means: str


_INTENT = "It does not say who did it, or why."
_CHOICE = "Programs and sites do this without anyone meaning anything by it."
_CUT = "It does not say that what is shown is untrue; it says that it is not all."

MEANINGS: Mapping[Kind, Meaning] = {
    Kind.FACE_REPLACED: Meaning(
        "Around the face the clip shows other pixels than the source, and elsewhere the same ones.",
        "It does not say whose face is real, or how the other one was made.",
    ),
    Kind.MOUTH_REPLACED: Meaning(
        "The mouth moves otherwise than in the source, while the face around it is the same.",
        "It does not say what was really said.",
    ),
    Kind.CAPTION_ADDED: Meaning(
        "Letters stand in the clip that the source does not have.",
        "It does not say that the words are untrue; broadcasters add captions every day.",
    ),
    Kind.CAPTION_REMOVED: Meaning(
        "Letters of the source are missing in the clip.",
        "It may be that the clip was made from a copy that never had them.",
    ),
    Kind.OVERLAY_ADDED: Meaning(
        "Something covers the picture that the source does not have.",
        "It may be no more than the logo of whoever published the clip.",
    ),
    Kind.OVERLAY_REMOVED: Meaning(
        "Something that covers the source's picture is missing in the clip.",
        "It may be that the clip was made from a copy that never had it.",
    ),
    Kind.REGION_CHANGED: Meaning(
        "A part of the picture differs by more than coding and motion explain.",
        "It does not say what was changed: look at both.",
    ),
    Kind.REGION_REMOVED: Meaning(
        "What the source shows in this part is missing in the clip, or covered.",
        _INTENT,
    ),
    Kind.BLURRED: Meaning(
        "Fine detail of the source is missing here.",
        "A blur may protect somebody, or hide something; it does not say which.",
    ),
    Kind.CROPPED: Meaning("The edges of the source's picture are cut off.", _CHOICE),
    Kind.LETTERBOXED: Meaning("Bars stand around the source's picture.", _CHOICE),
    Kind.MIRRORED: Meaning(
        "Left and right are the other way round than in the source.",
        "It may be the source that was mirrored: writing in the picture tells.",
    ),
    Kind.FLIPPED: Meaning("Top and bottom are the other way round than in the source.", _CHOICE),
    Kind.ROTATED: Meaning("The picture stands at another angle than the source's.", _CHOICE),
    Kind.PICTURE_IN_PICTURE: Meaning(
        "The source is only a part of what is shown; the rest comes from elsewhere.",
        "It does not say where the rest comes from.",
    ),
    Kind.PERSPECTIVE_CHANGED: Meaning(
        "The source is seen at an angle, as when a screen is filmed.",
        "It does not say that anything in the picture was changed.",
    ),
    Kind.COLOUR_CHANGED: Meaning("Brightness, contrast or colours are not the source's.", _CHOICE),
    Kind.NOISE_ADDED: Meaning("The clip has grain that the source does not have.", _CHOICE),
    Kind.REENCODED: Meaning(
        "The clip was saved anew, so that its pixels are not quite the source's.",
        "Every upload does this; it says nothing about what the clip shows.",
    ),
    Kind.RESIZED: Meaning("The clip has more or fewer pixels than the source.", _CHOICE),
    Kind.FRAME_RATE_CHANGED: Meaning(
        "The clip has more or fewer frames a second than the source.", _CHOICE
    ),
    Kind.SPEED_CHANGED: Meaning(
        "What happened took longer, or less long, than the clip shows.", _INTENT
    ),
    Kind.REVERSED: Meaning("What happened last in the source is shown first.", _INTENT),
    Kind.FROZEN: Meaning(
        "One frame of the source stands still for a while in the clip.",
        "A fault while recording or sending looks the same.",
    ),
    Kind.FRAMES_REMOVED: Meaning("Between two moments of the clip, footage was left out.", _CUT),
    Kind.FRAMES_REPEATED: Meaning(
        "A part of the source is shown twice.",
        "A fault while recording or sending looks the same.",
    ),
    Kind.REORDERED: Meaning(
        "The clip shows parts of the source in another order than they happened in.", _CUT
    ),
    Kind.SPLICED: Meaning(
        "Here footage of the source ends, and something else begins.",
        "It does not say that both do not belong together: most films are cut.",
    ),
    Kind.TRIMMED: Meaning("The source shows more before, or after, than the clip.", _CUT),
    Kind.SOUND_REPLACED: Meaning(
        "What is heard is not what the source has with these pictures.",
        "It does not say that the pictures were changed.",
    ),
    Kind.SOUND_REMOVED: Meaning("The source can be heard here, and the clip cannot.", _INTENT),
    Kind.SOUND_ADDED: Meaning(
        "The clip can be heard here, and the source cannot.",
        "It may be music or a comment that nobody takes for the source's.",
    ),
    Kind.SOUND_EDITED: Meaning(
        "The source's own sound is heard, but moved, or at another speed or pitch.", _INTENT
    ),
    Kind.PROVENANCE_CONTRADICTED: Meaning(
        "What the file says of itself cannot all be true.",
        "Whoever can write a file can write any of it, also by mistake.",
    ),
}
"""Of every kind."""
