"""How sure a proven stretch is: of as many like it as there were, which share was right.

Of pictures that move, of still ones and of sound a curve each says so, from what the proof
measured. `benchmarks/calibration.py` fits them to stretches of which the truth is known; how well
that holds of clips and films it has not seen is on docs/benchmarks.md.
"""

from dataclasses import dataclass
from math import exp, log2

SHORTEST, LONGEST = 0.25, 12.0
"""Seconds beyond which length says no more: no clip that was measured was longer."""
DIGITS = 2
"""Decimals of a confidence: the curves rest on some hundred stretches, which tell no third."""
LEAST_UNLIKE = 1 / 4096
"""Share of unlikeness below which less says no more."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Confidence = bound / (1 + exp(-(intercept + slopes . evidence))).

    Attributes:
        intercept: Where all evidence is 0.
        slopes: One for each measure of the evidence, none of them below 0.
        bound: What it never reaches: so many trials prove no more.
    """

    intercept: float
    slopes: tuple[float, ...]
    bound: float

    def at(self, *evidence: float) -> float:
        """Return the confidence at some evidence, 0 to `bound`.

        >>> Curve(-4.0, (8.0,), 0.98).at(0.5)
        0.49
        """
        said = self.intercept + sum(
            slope * measure for slope, measure in zip(self.slopes, evidence, strict=True)
        )
        return round(self.bound / (1.0 + exp(-said)), DIGITS)


MOVING = Curve(-7.846, (10.842, 1.247), 0.99)
"""From motion and octaves of length. The same camera at another time is as alike as a copy is, so
likeness says nothing more."""
STILL = Curve(-4.614, (0.602, 1.334), 0.8)
"""From halvings of what is unlike and octaves of length. The file is meant, and not the moment."""
HELD = Curve(-2.456, (0.939,), 0.98)
"""From halvings of what is unlike, of a single picture. The recording is meant, not the moment."""
SOUND = Curve(-14.179, (20.385, 0.0), 0.99)
"""From agreement and octaves of what is heard; length turned out to say nothing more."""

DIFFERS = Curve(-5.977, (2.059,), 0.96)
"""From octaves of strength: of a part of a picture that differs from the source's. Fitted to 107
tracks of made clips, 56 of them where something was changed."""
FACE = Curve(-4.553, (3.228,), 0.95)
"""From octaves by which eyes or mouth differ more than the rest of the picture. Fitted to 104 clips
that show a face, 23 of them with a face or mouth that was changed."""


def pictures(likeness: float, motion: float | None, seconds: float) -> float:
    """Return how sure a stretch of pictures is.

    Args:
        likeness: Mean correlation of the pictures, -1 to 1.
        motion: Correlation of what moves, -1 to 1; None where nothing does.
        seconds: Its length.
    """
    if motion is None:
        return STILL.at(halvings(likeness), octaves(seconds))
    return MOVING.at(motion, octaves(seconds))


def held(likeness: float) -> float:
    """Return how sure a single picture is: that it is shown for longer proves no more.

    Args:
        likeness: Correlation with the source's frame, -1 to 1.
    """
    return HELD.at(halvings(likeness))


def sound(agreement: float, seconds: float) -> float:
    """Return how sure a stretch of sound is.

    Args:
        agreement: Share of the bits of both sounds that agree, of chance 0.5.
        seconds: How much of it is heard.
    """
    return SOUND.at(agreement, octaves(seconds))


def differing(strength: float) -> float:
    """Return how sure it is that a part of a picture was changed.

    Args:
        strength: The most by which it differs, in multiples of what is to be expected there.
    """
    return DIFFERS.at(log2(max(strength, 1.0)))


def face(multiple: float) -> float:
    """Return how sure it is that a face, or its mouth, was changed.

    Args:
        multiple: By how much it differs, beside the rest of the picture.
    """
    return FACE.at(log2(max(multiple, 1.0)))


def halvings(likeness: float) -> float:
    """Return how often 1 must be halved to come down to what is unlike, within what was measured.

    >>> halvings(0.5), halvings(0.875), halvings(1.0) == halvings(0.9999)
    (1.0, 3.0, True)
    """
    return -log2(max(1.0 - likeness, LEAST_UNLIKE))


def octaves(seconds: float) -> float:
    """Return how often a length doubles a second, within what was measured.

    >>> octaves(4.0), octaves(0.0), octaves(3600.0) == octaves(12.0)
    (2.0, -2.0, True)
    """
    return log2(min(max(seconds, SHORTEST), LONGEST))
