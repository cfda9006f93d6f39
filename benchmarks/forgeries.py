"""Clips made of real film in which a part of the picture was forged.

Everything is drawn at random: the same draws make the same clips.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.alterations import Picture
from benchmarks.takes import Take
from index.values import Box, Interval

type Mask = npt.NDArray[np.float32]
"""(h, w, 1): how much of a picture is forged, 0 to 1."""
type Forge = Callable[[Picture, Picture, Mask], Picture]
"""Returns a picture with what lies under the mask forged; the second picture is another film's."""

AREA = (0.03, 0.10)
"""Shares of the frame that are forged."""
LASTS = (0.5, 2.5)
"""Seconds for which they are."""
SEEN = 6.0
"""Grey levels by which a forged part must differ from what was there, at the mean of its pixels:
with less there is nothing to see."""
TRIES = 12
HALF = 0.5
"""Of forged parts so many are round, and so many drift."""


@dataclass(frozen=True, slots=True, eq=False)
class Forged:
    """A part of a take that was forged.

    Attributes:
        kind: What was done.
        take: With it.
        query: When.
        box: Where, in the frame.
    """

    kind: str
    take: Take
    query: Interval
    box: Box


def forged(
    take: Take, kind: str, other: Take, random: np.random.Generator, *, margin: float = 0.1
) -> Forged | None:
    """Return a take with a part of its picture forged; None where nothing would be seen of it.

    Args:
        take: What is forged.
        kind: One of FORGERIES.
        other: Another film, to take things from.
        random: Draws when and where.
        margin: Share of each side that is left alone.
    """
    for _ in range(TRIES):
        first, last = drawn(take, LASTS, random)
        path = _Path.drawn(take, last - first, random, margin)
        pictures, seen = list(take.pictures), []
        for number in range(first, last):
            mask = path.mask(number - first)
            before = take.pictures[number]
            beside = other.pictures[number % len(other.pictures)]
            fitted = cv2.resize(beside, before.shape[1::-1], interpolation=cv2.INTER_AREA)
            made = FORGERIES[kind](before, np.asarray(fitted, np.uint8), mask)
            pictures[number] = blended(before, made, mask)
            seen.append(off(before, pictures[number], mask))
        if np.mean(seen) >= SEEN:
            query = Interval(first / take.pace, last / take.pace)
            return Forged(kind, replace(take, pictures=pictures), query, path.box)
    return None


def drawn(take: Take, lasts: tuple[float, float], random: np.random.Generator) -> tuple[int, int]:
    """Return the first picture of a take to be forged, and the first after it that is not.

    Args:
        take: What is forged.
        lasts: Seconds for which it is, at least and at most.
        random: Draws when.
    """
    length = min(float(random.uniform(*lasts)), take.length - 1.0)
    start = float(random.uniform(0.4, take.length - length - 0.4))
    return round(start * take.pace), round((start + length) * take.pace)


@dataclass(frozen=True, slots=True)
class _Path:
    """Where a forged part lies, moment by moment: it stands, or drifts.

    Attributes:
        size: Height and width of the picture.
        centres: Pixels, (n, 2), down and across.
        radii: Half its height and half its width.
        round: Whether it is an ellipse; else it is a rectangle.
    """

    size: tuple[int, int]
    centres: npt.NDArray[np.float64]
    radii: tuple[float, float]
    round: bool

    @classmethod
    def drawn(cls, take: Take, count: int, random: np.random.Generator, margin: float) -> "_Path":
        size = take.pictures[0].shape[:2]
        is_round = bool(random.random() < HALF)
        area = float(random.uniform(*AREA)) * (4 / np.pi if is_round else 1.0)
        aspect = float(random.uniform(0.7, 1.4))
        high, wide = min(0.7, np.sqrt(area * aspect)), min(0.7, np.sqrt(area / aspect))
        drift = random.uniform(-0.12, 0.12, 2) * (random.random() < HALF)
        shares = np.linspace(-0.5, 0.5, max(count, 1))[:, None] * drift
        reach = np.array([high, wide]) / 2 + np.abs(drift) / 2 + margin
        centre = random.uniform(np.minimum(reach, 0.5), np.maximum(1 - reach, 0.5))
        return cls(
            (size[0], size[1]),
            (centre + shares) * size,
            (high / 2 * size[0], wide / 2 * size[1]),
            is_round,
        )

    @property
    def box(self) -> Box:
        """What it covers in all."""
        low = (self.centres.min(axis=0) - self.radii) / self.size
        high = (self.centres.max(axis=0) + self.radii) / self.size
        y0, x0, y1, x1 = np.clip([*low, *high], 0.0, 1.0)
        return Box(float(x0), float(y0), float(x1), float(y1))

    def mask(self, number: int) -> Mask:
        """Return how much of a picture is forged, soft at its edge."""
        y, x = (round(float(at)) for at in self.centres[number])
        high, wide = (round(radius) for radius in self.radii)
        mask = np.zeros(self.size, np.float32)
        if self.round:
            cv2.ellipse(mask, (x, y), (wide, high), 0, 0, 360, 1.0, -1)
        else:
            cv2.rectangle(mask, (x - wide, y - high), (x + wide, y + high), 1.0, -1)
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), 2.0)[..., None], np.float32)


def _pasted(_: Picture, other: Picture, __: Mask) -> Picture:
    return other


def _moved(picture: Picture, _: Picture, __: Mask) -> Picture:
    return np.roll(picture, (len(picture) // 3, picture.shape[1] // 3), axis=(0, 1))


def _blurred(picture: Picture, _: Picture, __: Mask) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), picture.shape[1] / 50), np.uint8)


def _inpainted(picture: Picture, _: Picture, mask: Mask) -> Picture:
    gone = (mask > 0.02).astype(np.uint8)  # noqa: PLR2004 # nothing of it may shine through
    return np.asarray(cv2.inpaint(picture, gone, 3, cv2.INPAINT_TELEA), np.uint8)


FORGERIES: Mapping[str, Forge] = {
    "pasted": _pasted,
    "moved": _moved,
    "blurred": _blurred,
    "inpainted": _inpainted,
}


def blended(picture: Picture, made: Picture, mask: Mask) -> Picture:
    """Return a picture with what was made of it where it is forged."""
    return np.asarray(np.round(picture * (1 - mask) + made * mask), np.uint8)


def off(picture: Picture, made: Picture, mask: Mask) -> float:
    """Return grey levels by which a picture differs where it is forged, at the mean."""
    apart = np.abs(picture.astype(np.float32) - made).mean(axis=2)
    return float((apart * mask[..., 0]).sum() / max(float(mask.sum()), 1.0))
