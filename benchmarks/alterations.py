"""What is done to the pictures of queries that are made here, each with strengths drawn at random.

Pictures are uint8 (height, width, 3), RGB; an edit may change their size, always alike.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

type Picture = npt.NDArray[np.uint8]
type Edit = Callable[[Picture], Picture]
type Draw = Callable[[np.random.Generator], Edit]
"""Draws the strengths of an edit, the same for all pictures of a clip."""

WORDS = ("BREAKING NEWS", "LIVE", "Watch until the end!", "what really happened", "EXCLUSIVE 24/7")


def nothing(_: np.random.Generator) -> Edit:
    """Return the edit that changes nothing: the clip is only encoded anew."""
    return lambda picture: picture


def cropped(random: np.random.Generator) -> Edit:
    """Return a crop to 0.4 to 0.95 of both sides, anywhere."""
    share, across, down = random.uniform(0.4, 0.95), random.random(), random.random()

    def edit(picture: Picture) -> Picture:
        height, width = (round(side * share) for side in picture.shape[:2])
        y, x = round(down * (len(picture) - height)), round(across * (picture.shape[1] - width))
        return picture[y : y + height, x : x + width]

    return edit


def upright(random: np.random.Generator) -> Edit:
    """Return a crop to an upright strip, as a wide film is shown on a phone."""
    across = random.random()

    def edit(picture: Picture) -> Picture:
        width = min(picture.shape[1], round(len(picture) * 9 / 16))
        x = round(across * (picture.shape[1] - width))
        return picture[:, x : x + width]

    return edit


def mirrored(_: np.random.Generator) -> Edit:
    """Return the exchange of left and right."""
    return lambda picture: picture[:, ::-1]


def flipped(_: np.random.Generator) -> Edit:
    """Return the exchange of top and bottom."""
    return lambda picture: picture[::-1]


def tilted(random: np.random.Generator) -> Edit:
    """Return a turn by up to 8 degrees, its corners black."""
    degrees = random.uniform(1, 8) * random.choice([-1, 1])

    def edit(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.uint8)

    return edit


def lit(random: np.random.Generator) -> Edit:
    """Return another brightness and contrast."""
    gain, offset = random.uniform(0.6, 1.5), random.uniform(-40, 40)
    levels = np.clip(np.arange(256) * gain + offset, 0, 255).astype(np.uint8)
    return lambda picture: levels[picture]


def captioned(random: np.random.Generator) -> Edit:
    """Return a band with words over the lowest 12 to 35 hundredths."""
    share, words = random.uniform(0.12, 0.35), str(random.choice(WORDS))
    band, ink = (0, 255) if random.random() < 0.5 else (245, 20)  # noqa: PLR2004 # even odds

    def edit(picture: Picture) -> Picture:
        out = picture.copy()
        height, width = picture.shape[:2]
        top = round(height * (1 - share))
        out[top:] = band
        place, size = (6, (top + height) // 2 + 5), width / 420
        cv2.putText(out, words, place, cv2.FONT_HERSHEY_DUPLEX, size, (ink,) * 3, 1, cv2.LINE_AA)
        return out

    return edit


def boxed(random: np.random.Generator) -> Edit:
    """Return black bars above and below, or left and right, up to a square."""
    wide = random.random()

    def edit(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        room = round(wide * max(abs(width - height), width // 4) / 2)
        sides = ((room, room), (0, 0)) if width >= height else ((0, 0), (room, room))
        return np.pad(picture, (*sides, (0, 0)))

    return edit


def framed(random: np.random.Generator) -> Edit:
    """Return a plain canvas of which the picture fills a part, anywhere."""
    share, colour = random.uniform(0.5, 0.9), random.integers(0, 256, 3)
    across, down = random.random(), random.random()

    def edit(picture: Picture) -> Picture:
        out = np.full_like(picture, colour)
        height, width = (round(side * share) for side in picture.shape[:2])
        y, x = round(down * (len(picture) - height)), round(across * (picture.shape[1] - width))
        small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        out[y : y + height, x : x + width] = small
        return out

    return edit


def grey(_: np.random.Generator) -> Edit:
    """Return black and white."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return lambda picture: np.repeat((picture @ weights).astype(np.uint8)[..., None], 3, axis=2)


def negative(_: np.random.Generator) -> Edit:
    """Return the negative."""
    return lambda picture: 255 - picture


def blurred(random: np.random.Generator) -> Edit:
    """Return a blur of 1 to 3 pixels."""
    wide = random.uniform(1, 3)
    return lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), wide), np.uint8)


def noisy(random: np.random.Generator) -> Edit:
    """Return the grain of a bad camera."""
    strength, grains = random.uniform(5, 20), np.random.default_rng(int(random.integers(2**31)))

    def edit(picture: Picture) -> Picture:
        grain = grains.normal(0, strength, picture.shape[:2])[..., None]
        return np.clip(picture + grain, 0, 255).astype(np.uint8)

    return edit


EDITS: dict[str, Draw] = {
    "encoded anew": nothing,
    "crop": cropped,
    "mirror": mirrored,
    "speed": nothing,
    "caption": captioned,
    "letterbox": boxed,
    "black and white": grey,
    "upright strip": upright,
    "brightness": lit,
    "flip": flipped,
    "tilt": tilted,
    "frame": framed,
    "blur": blurred,
    "noise": noisy,
    "negative": negative,
    "crop, mirror and caption": lambda random: chained(
        cropped(random), mirrored(random), captioned(random)
    ),
}
"""By name; `speed` changes no picture, but how fast they come."""


def chained(*edits: Edit) -> Edit:
    """Return an edit that does all, one after the other."""

    def edit(picture: Picture) -> Picture:
        for each in edits:
            picture = each(picture)
        return picture

    return edit


def fitted(picture: Picture, short: int) -> Picture:
    """Return a picture with its shorter side of so many pixels, both sides even."""
    height, width = picture.shape[:2]
    scale = short / min(height, width)
    size = (max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
