"""Make the suspect clips of the demo, and say what is true of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from api.demo.faces import Face, replaced
from api.demo.footage import original, photograph, pictures, sound, write
from index.values import Interval, Picture

FILM = Fraction(25)
"""Frames per second of the two large originals and of most forgeries."""
PHONE = Fraction(30000, 1001)
"""Frames per second of the man in the car."""

# Read off the first frame of the film and off the photograph.
MAN = Face(((77, 60), (99, 55.5), (94, 81.5)), (87, 66), (18, 26), tilt=-12)
ASTRONAUT = Face(((205, 102), (247, 102), (225, 147)), (225, 129), (30, 43))


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch of a forgery that was taken from an original.

    Attributes:
        original: The original's file name.
        query: Where it stands in the forgery.
        source: Where it was taken.
    """

    original: str
    query: Interval
    source: Interval


@dataclass(frozen=True, slots=True)
class Forgery:
    """A suspect clip, made on the spot.

    Attributes:
        path: Where it was written.
        claim: What was done to make it, as one clause.
        taken: What was taken from where; empty if nothing was.
        frame: Seconds for which the slower of both sides shows one frame.
    """

    path: Path
    claim: str
    taken: tuple[Taken, ...]
    frame: float


def forge(folder: Path, *, on_done: Callable[[Forgery], None] | None = None) -> list[Forgery]:
    """Write all forgeries into a folder and return them.

    Args:
        folder: Must exist; files of the same names are replaced.
        on_done: Called after each.
    """
    done = []
    for make in (face_replaced, hoax_caption, mirrored_crop, supercut, no_source):
        forgery = make(folder)
        done.append(forgery)
        if on_done is not None:
            on_done(forgery)
    return done


def face_replaced(folder: Path) -> Forgery:
    """Put an astronaut's face over the face of the man in the car; twice the size, cut short."""
    path, first, last = folder / "face-replaced.mp4", 12, 112
    film = (_sized(shown, 352, 288) for shown in pictures(_carphone(), 0, last))
    astronaut = photograph("astronaut.png")
    shown = replaced(film, MAN.scaled(2), photograph=astronaut, stranger=ASTRONAUT)
    write(path, islice(shown, first, None), rate=PHONE)
    return Forgery(
        path,
        "the man's face replaced by an astronaut's",
        (_taken(_carphone(), first, last, rate=PHONE),),
        frame=float(1 / PHONE),
    )


def hoax_caption(folder: Path) -> Forgery:
    """Lay a news bar that was never broadcast over street traffic."""
    path, first, last = folder / "hoax-caption.mp4", 30, 190
    write(path, map(_captioned, pictures(_bikes(), first, last)), rate=FILM)
    return Forgery(
        path,
        "a made-up news caption laid over street traffic",
        (_taken(_bikes(), first, last),),
        frame=float(1 / FILM),
    )


def mirrored_crop(folder: Path) -> Forgery:
    """Mirror a film, cut off its edges and make it small, as to slip past a filter."""
    path, first, last = folder / "mirrored-crop.mp4", 6, 120
    write(path, map(_mirrored, pictures(_bunny(), first, last)), rate=FILM)
    return Forgery(
        path,
        "mirrored, 3 % cut off each side, halved in size",
        (_taken(_bunny(), first, last),),
        frame=float(1 / FILM),
    )


def supercut(folder: Path) -> Forgery:
    """String stretches of two films together, out of order, with a third film's sound."""
    path = folder / "supercut.mp4"
    scenes: list[tuple[Path, Fraction, int, int]] = [
        (_bikes(), FILM, 138, 186),
        (_carphone(), PHONE, 48, 108),
        (_bikes(), FILM, 78, 130),
    ]
    shown: list[Picture] = []
    taken = []
    for source, rate, first, last in scenes:
        film = pictures(source, first, last)
        start = len(shown) / FILM
        count = int((last - first) / rate * FILM)
        shown += [_mounted(film[int(i / FILM * rate)]) for i in range(count)]
        taken.append(
            Taken(
                source.name,
                Interval(float(start), float(len(shown) / FILM)),
                Interval(float(first / rate), float(first / rate + count / FILM)),
            )
        )
    heard = sound(_bunny(), Interval(0.2, 0.2 + len(shown) / float(FILM)))
    write(path, shown, rate=FILM, heard=heard)
    return Forgery(
        path,
        "three stretches out of order, with another film's sound",
        tuple(taken),
        frame=float(1 / FILM),
    )


def no_source(folder: Path) -> Forgery:
    """Pan and zoom over photographs the archive does not hold."""
    path = folder / "no-source.mp4"
    write(path, _panned("rocket.jpg", "coffee.png"), rate=FILM)
    return Forgery(
        path, "photographs panned and zoomed; no film behind it", (), frame=float(1 / FILM)
    )


def _captioned(picture: Picture) -> Picture:
    """Return a picture with a news bar over its lower edge and a badge in a corner."""
    shown = picture.copy()
    height, width = shown.shape[:2]
    top = height - 52
    bar = shown[top : height - 10]
    bar[:] = (bar * 0.12 + np.array((12, 24, 70)) * 0.88).astype(np.uint8)
    shown[top : height - 10, :118] = (190, 14, 24)
    _print(shown, "BREAKING", (12, top + 28), 0.62)
    _print(shown, "City centre sealed off, residents told to leave", (130, top + 28), 0.58)
    shown[12:34, width - 66 : width - 14] = (190, 14, 24)
    _print(shown, "LIVE", (width - 58, 29), 0.5)
    return shown


def _print(picture: Picture, text: str, where: tuple[int, int], size: float) -> None:
    white = (255, 255, 255)
    cv2.putText(picture, text, where, cv2.FONT_HERSHEY_DUPLEX, size, white, 1, cv2.LINE_AA)


def _mirrored(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    x, y = round(0.03 * width), round(0.03 * height)
    return _sized(picture[y : height - y, x : width - x][:, ::-1], 640, 360)


def _mounted(picture: Picture) -> Picture:
    """Return a picture within 640x360, with black bars where its shape differs."""
    height, width = picture.shape[:2]
    factor = min(640 / width, 360 / height)
    inner = _sized(picture, round(width * factor / 2) * 2, round(height * factor / 2) * 2)
    mount = np.zeros((360, 640, 3), np.uint8)
    y, x = (360 - inner.shape[0]) // 2, (640 - inner.shape[1]) // 2
    mount[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
    return mount


def _panned(*names: str) -> Iterator[Picture]:
    """Yield 2.4 seconds of each photograph, moved across and closer."""
    for name in names:
        still = photograph(name)
        height, width = still.shape[:2]
        for step in np.linspace(0, 1, 60):
            across = width * (0.9 - 0.25 * step)
            down = across * 9 / 16
            x, y = (width - across) * step, (height - down) * (0.5 + 0.3 * step)
            corners = np.array(((x, y), (x + across, y), (x, y + down)), np.float32)
            frame = np.array(((0, 0), (640, 0), (0, 360)), np.float32)
            matrix = cv2.getAffineTransform(corners, frame)
            yield cast("Picture", cv2.warpAffine(still, matrix, (640, 360), flags=cv2.INTER_CUBIC))


def _sized(picture: Picture, width: int, height: int) -> Picture:
    larger = width > picture.shape[1]
    how = cv2.INTER_LANCZOS4 if larger else cv2.INTER_AREA
    return cast("Picture", cv2.resize(picture, (width, height), interpolation=how))


def _taken(source: Path, first: int, last: int, *, rate: Fraction = FILM) -> Taken:
    return Taken(
        source.name,
        Interval(0.0, float((last - first) / rate)),
        Interval(float(first / rate), float(last / rate)),
    )


def _bikes() -> Path:
    return original("bikes.mp4")


def _bunny() -> Path:
    return original("bigbuckbunny.mp4")


def _carphone() -> Path:
    return original("carphone_pristine.mp4")
