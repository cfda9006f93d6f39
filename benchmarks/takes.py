"""Stretches of real films, and the ways in which copies of them are handled honestly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.alterations import Edit, Picture
from index.values import Box

MOST = 640
"""Pixels of the long side of a take: what is compared is smaller."""
CROP = Box(0.06, 0.05, 0.95, 0.96)
"""What a crop leaves."""


def _same(picture: Picture) -> Picture:
    return picture


def _there(box: Box) -> Box:
    return box


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A stretch of a film.

    Attributes:
        film: Name of the file.
        pictures: uint8 (n, h, w, 3), RGB.
        pace: Pictures a second.
    """

    film: str
    pictures: Sequence[Picture]
    pace: float

    @property
    def length(self) -> float:
        """Seconds."""
        return len(self.pictures) / self.pace


@dataclass(frozen=True, slots=True)
class Coding:
    """One generation of a clip.

    Attributes:
        quality: x264's constant rate factor.
        size: Pixels of a side for each it had.
        pace: Pictures a second; None for as many as it had.
        speed: Seconds shown in one.
    """

    quality: int = 23
    size: float = 1.0
    pace: float | None = None
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Variant:
    """How a clip was handled, which changes nothing of what it says.

    Attributes:
        name: What it is called.
        codings: Its generations.
        edit: What is done to its pictures before the first.
        lies: Where a part of the picture comes to lie by that.
    """

    name: str
    codings: tuple[Coding, ...] = (Coding(),)
    edit: Edit = _same
    lies: Callable[[Box], Box] = _there


def taken(path: Path, *, start: float, length: float) -> Take:
    """Return a stretch of a film, made small.

    Raises:
        ValueError: It shows nothing there.
    """
    pictures: list[Picture] = []
    times: list[float] = []
    with av.open(path) as film:
        stream = film.streams.video[0]
        first = None
        for frame in film.decode(stream):
            if frame.time is None:
                continue
            first = frame.time if first is None else first
            at = frame.time - first
            if at >= start + length:
                break
            if at >= start:
                scale = min(1.0, MOST / max(frame.width, frame.height))
                wide, high = (round(side * scale / 2) * 2 for side in (frame.width, frame.height))
                small = frame.to_ndarray(format="rgb24", width=wide, height=high)
                pictures.append(np.asarray(small, np.uint8))
                times.append(at)
    if len(pictures) < 2 or times[-1] <= times[0]:  # noqa: PLR2004 # one picture has no pace
        raise ValueError(f"{path} shows nothing from {start} s on")
    return Take(path.name, pictures, (len(times) - 1) / (times[-1] - times[0]))


def encoded(take: Take, path: Path, coding: Coding) -> Path:
    """Write a take and return its path."""
    pace = coding.pace or take.pace
    height, width = take.pictures[0].shape[:2]
    with av.open(path, "w") as output:
        rate = Fraction(pace).limit_denominator(1001)
        stream = output.add_stream("libx264", rate=rate)
        stream.width, stream.height = (
            max(2, round(side * coding.size / 2) * 2) for side in (width, height)
        )
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1  # so that the same seed writes the same bytes
        stream.options = {"preset": "veryfast", "crf": str(coding.quality)}
        for number in range(max(1, int(take.length / coding.speed * pace))):
            shown = min(len(take.pictures) - 1, int(number / pace * coding.speed * take.pace))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(take.pictures[shown]), "rgb24")
            output.mux(stream.encode(frame.reformat(stream.width, stream.height, "yuv420p")))
        output.mux(stream.encode())
    return path


def handled(take: Take, variant: Variant, folder: Path, name: str) -> Path:
    """Write a take as a variant has it, generation by generation; return the last one's path."""
    pictures = [variant.edit(picture) for picture in take.pictures]
    made, path = replace(take, pictures=pictures), folder / f"{name}.mp4"
    for number, coding in enumerate(variant.codings):
        path = encoded(made, folder / f"{name}-{number}.mp4", coding)
        if number + 1 < len(variant.codings):
            made = taken(path, start=0.0, length=take.length)
            path.unlink()
    return path


def _sharpened(picture: Picture) -> Picture:
    soft = cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.float32)
    return np.asarray(np.clip(picture + 0.8 * (picture - soft), 0, 255), np.uint8)


def _denoised(picture: Picture) -> Picture:
    return np.asarray(cv2.bilateralFilter(picture, 5, 20, 3), np.uint8)


def _coloured(picture: Picture) -> Picture:
    grey = picture.mean(axis=2, keepdims=True)
    warm = (grey + 1.15 * (picture - grey)) * np.array([1.06, 1.0, 0.94]) * 1.04 + 3
    return np.asarray(np.clip(warm, 0, 255), np.uint8)


def _barred(picture: Picture) -> Picture:
    bar = round(0.08 * len(picture))
    return np.pad(picture, ((bar, bar), (0, 0), (0, 0)))


def _cropped(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    rows = slice(round(CROP.y0 * height), round(CROP.y1 * height))
    return picture[rows, round(CROP.x0 * width) : round(CROP.x1 * width)]


def _mirrored(picture: Picture) -> Picture:
    return picture[:, ::-1]


def _in_mirror(picture: Picture) -> Picture:
    return _mirrored(_cropped(picture))


def _in_crop(box: Box) -> Box:
    wide, high = CROP.x1 - CROP.x0, CROP.y1 - CROP.y0
    left, right = (1 - min(1.0, max(0.0, (x - CROP.x0) / wide)) for x in (box.x1, box.x0))
    top, bottom = (min(1.0, max(0.0, (y - CROP.y0) / high)) for y in (box.y0, box.y1))
    return Box(left, top, right, bottom)


HONEST = (
    Variant("crf 18", (Coding(18),)),
    Variant("crf 28", (Coding(28),)),
    Variant("crf 33", (Coding(33),)),
    Variant("crf 38", (Coding(38),)),
    Variant("half the size", (Coding(26, size=0.5),)),
    Variant("twice the size", (Coding(24, size=2.0),)),
    Variant("15 frames a second", (Coding(24, pace=15.0),)),
    Variant("30 frames a second", (Coding(24, pace=30.0),)),
    Variant("two platforms", (Coding(23, size=0.75), Coding(30, pace=30.0))),
    Variant("three generations", (Coding(28), Coding(28), Coding(32))),
    Variant("sharpened", edit=_sharpened),
    Variant("denoised", edit=_denoised),
    Variant("warmer colours", edit=_coloured),
    Variant("letterbox", edit=_barred),
    Variant("crop", edit=_cropped),
    Variant("mirror", edit=_mirrored),
    Variant("1.25 times as fast", (Coding(24, speed=1.25),)),
)
"""What is done to clips that say what their source says."""

HANDLED = (
    Variant("crf 23", (Coding(23),)),
    Variant("crf 28", (Coding(28),)),
    Variant("crf 35", (Coding(35),)),
    Variant(
        "crop + mirror + scale",
        (Coding(28, size=0.7),),
        edit=_in_mirror,
        lies=_in_crop,
    ),
)
"""What is done to forged clips."""
