"""A file to what is kept or compared of it: decode, choose, hash in one go.

These functions run inside a `Sandbox`, so they take and return plain values.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from index import keyframes
from index.decode.pacing import Pace
from index.hashing import mounts, pictures
from index.hashing.mounts import cropped, filled
from index.keyframes import Level
from index.sandbox import beat
from index.values import (
    STRIP_SIDE,
    Box,
    Channel,
    Codes,
    Fingerprint,
    Frame,
    Interval,
    Luma,
    Media,
    Still,
    Strip,
)

if TYPE_CHECKING:
    from index.decode.clip import Clip

NEEDED = ("index.measure", "index.decode.clip")
"""What a worker imports before it is asked for anything."""

PACES = {
    Level.SPARSE: Pace.SPARSE,
    Level.STANDARD: Pace.STANDARD,
    Level.DENSE: Pace.DENSE,
}

MOUNT_SAMPLES = 8
"""Keyframes, or frames of a shot, by which bars are told from pictures."""

QUERY_EVERY = 1 / 6
"""Seconds between the keyframes of a query: denser than the archive's, so that some query frame
lies within a twelfth of a second of each archived one."""


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """What the archive keeps of a file."""

    media: Media
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a trace compares of a file.

    Attributes:
        media: What the file holds.
        strip: Its frames as small pictures; empty without picture.
        fingerprints: Codes of its keyframes by variant; empty where none were asked for.
        pace: How densely it was decoded.
    """

    media: Media
    strip: Strip
    fingerprints: Mapping[str, Fingerprint]
    pace: Pace


def media(path: Path) -> Media:
    """Return what a file holds, by its headers and a first look.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    return _clip(path).media


def fingerprint(path: Path, level: Level) -> Measurement:
    """Return the codes of a file's keyframes.

    Where the picture stands between bars, its code is kept with and without them.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    clip = _clip(path)
    columns = _Column(), _Column(), _Column()
    for group in batched(_chosen(clip, level), MOUNT_SAMPLES):
        boxes = mounts.mount([frame.luma for frame in group]).boxes
        for column, box in zip(columns, boxes, strict=False):
            _collect(column, group, box)
    media = clip.media
    return Measurement(media, _fingerprint(columns, end=media.duration))


def observe(
    path: Path,
    window: Interval | None = None,
    *,
    coded: bool = False,
    pace: Pace = Pace.EVERY,
) -> Observation:
    """Return a file's frames as small pictures and, if `coded`, the codes of a query.

    Args:
        path: The file.
        window: The stretch wanted; all of it if None.
        coded: Whether to hash keyframes in all variants.
        pace: How densely it is decoded.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    clip = _clip(path)
    times: list[float] = []
    small: list[np.ndarray] = []
    boxes: list[npt.NDArray[np.float32]] = []
    coefficients: list[tuple[float, pictures.Coefficients]] = []
    for shot in keyframes.shots(_beating(clip.frames(pace, window=window))):
        mount = mounts.mount([frame.luma for frame in _sample(shot)])
        times += [frame.time for frame in shot]
        small += [_strip_picture(frame) for frame in shot]
        boxes += [_edges(mount)] * len(shot)
        if coded:
            chosen = [shot[i] for i in keyframes.spread(shot, QUERY_EVERY)]
            for part in mount.boxes:
                coefficients += _coefficients([(f.time, cropped(f.luma, part)) for f in chosen])
            if mount.bands != mount.bars:
                coefficients += _coefficients([(f.time, filled(f.luma, mount)) for f in chosen])
    strip = Strip(
        np.array(times),
        np.stack(small) if small else np.empty((0, STRIP_SIDE, STRIP_SIDE), np.uint8),
        np.array(boxes, np.float32).reshape(-1, 2, 4),
    )
    return Observation(clip.media, strip, _variants(coefficients) if coded else {}, pace)


def stills(path: Path, times: Sequence[float]) -> list[Still]:
    """Return the shown frames nearest to the times, in colour."""
    return _clip(path).stills(times)


class _Column:
    """Times and codes as they come."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.codes: list[Codes] = []


def _clip(path: Path) -> "Clip":
    """Return an opened file."""
    from index.decode.clip import Clip  # noqa: PLC0415 # loads FFmpeg, which only the worker needs

    return Clip(path)


def _chosen(clip: "Clip", level: Level) -> Iterator[Frame]:
    return keyframes.choose(_beating(clip.frames(PACES[level])), level)


def _beating(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Pass the frames on, telling whoever waits how far they are."""
    for frame in frames:
        beat(frame.time)
        yield frame


def _sample(shot: Sequence[Frame]) -> Sequence[Frame]:
    return shot[:: max(1, len(shot) // MOUNT_SAMPLES)]


def _strip_picture(frame: Frame) -> np.ndarray:
    size = (STRIP_SIDE, STRIP_SIDE)
    return cv2.resize(frame.luma, size, interpolation=cv2.INTER_AREA)


def _edges(mount: mounts.Mount) -> npt.NDArray[np.float32]:
    """Return both boxes of a mount, float32 (2, 4)."""
    return np.array(
        [(box.x0, box.y0, box.x1, box.y1) for box in (mount.bars, mount.bands)], np.float32
    )


def _coefficients(
    pictures_at: Sequence[tuple[float, Luma]],
) -> list[tuple[float, pictures.Coefficients]]:
    """Return time and coefficients of the pictures that show something."""
    squares = pictures.squares([luma for _, luma in pictures_at])
    shown = np.flatnonzero(pictures.contrast(squares) >= pictures.PLAIN_CONTRAST)
    lowest = pictures.coefficients(squares[shown])
    return [(pictures_at[int(i)][0], lowest[k]) for k, i in enumerate(shown)]


def _collect(column: _Column, frames: Sequence[Frame], box: Box) -> None:
    found = _coefficients([(frame.time, cropped(frame.luma, box)) for frame in frames])
    if found:
        column.times += [time for time, _ in found]
        column.codes += list(pictures.codes(np.stack([lowest for _, lowest in found])))


def _fingerprint(columns: Sequence[_Column], *, end: float) -> Fingerprint:
    parts = [
        keyframes.merged(np.array(column.times), np.stack(column.codes), end=end)
        for column in columns
        if column.times
    ] or [(np.empty(0), np.empty(0), np.empty((0, 32), np.uint8))]
    times, holds, codes = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(times, kind="stable")
    return Fingerprint(Channel.PICTURE, pictures.RECIPE, times[order], holds[order], codes[order])


def _variants(
    coefficients: Sequence[tuple[float, pictures.Coefficients]],
) -> dict[str, Fingerprint]:
    coefficients = sorted(coefficients, key=lambda pair: pair[0])
    times = np.array([time for time, _ in coefficients])
    lowest = np.stack([pair[1] for pair in coefficients]) if coefficients else np.empty((0, 16, 16))
    return {
        variant: Fingerprint(Channel.PICTURE, pictures.RECIPE, times, np.zeros(len(times)), codes)
        for variant, codes in pictures.variants(lowest).items()
    }
