"""Copies in other formats: what a file's format does to its pictures is no change inside them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from api.demo.footage import originals
from index.values import Picture
from lineage.findings import INSIDE
from lineage.trace import compare

PACE, COUNT = 30, 90
INTERLACED = 0x40000 | 0x20000000
"""FFmpeg's flags for coding by fields, and for predicting motion by them."""

type Frames = Iterator[tuple[int, av.VideoFrame]]
"""Each frame, and its number in units of the pace."""


@pytest.fixture(scope="module")
def source() -> Path:
    """A film of the demo's footage in which somebody speaks, in a car that drives."""
    return next(film.path for film in originals() if "carphone" in film.path.name)


@pytest.fixture(scope="module")
def pictures(source: Path) -> Sequence[Picture]:
    with av.open(source) as film:
        frames = (frame for _, frame in zip(range(COUNT), film.decode(video=0), strict=False))
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in frames]


def plain(pictures: Sequence[Picture]) -> Frames:
    for number, picture in enumerate(pictures):
        yield number, av.VideoFrame.from_ndarray(picture, "rgb24")


def woven(pictures: Sequence[Picture]) -> Frames:
    for number in range(0, len(pictures) - 1, 2):
        both = pictures[number].copy()
        both[1::2] = pictures[number + 1][1::2]
        yield number, av.VideoFrame.from_ndarray(both, "rgb24")


def full_range(pictures: Sequence[Picture]) -> Frames:
    for number, frame in plain(pictures):
        made = frame.reformat(format="yuvj420p", dst_color_range=ColorRange.JPEG)
        yield number, made


def other_curve(pictures: Sequence[Picture]) -> Frames:
    curve = np.round(255 * np.sqrt(np.arange(256) / 255) * 0.9).astype(np.uint8)
    yield from plain([curve[picture] for picture in pictures])


def odd(pictures: Sequence[Picture]) -> Frames:
    yield from plain([np.ascontiguousarray(picture[:-1, :-1]) for picture in pictures])


def uneven(pictures: Sequence[Picture]) -> Frames:
    kept = np.random.default_rng(3).random(len(pictures)) < 0.65
    yield from (each for each, keep in zip(plain(pictures), kept, strict=True) if keep)


def see_through(pictures: Sequence[Picture]) -> Frames:
    for number, picture in enumerate(pictures):
        solid = np.full((*picture.shape[:2], 1), 255, np.uint8)
        yield number, av.VideoFrame.from_ndarray(np.concatenate([picture, solid], axis=2), "rgba")


@dataclass(frozen=True, slots=True)
class Format:
    """How a copy is written."""

    name: str
    codec: Literal["libx264", "qtrle"]
    pixels: str
    made: Callable[[Sequence[Picture]], Frames]
    flags: int = 0
    colours: ColorRange = ColorRange.UNSPECIFIED


FORMATS = (
    Format("interlaced.mp4", "libx264", "yuv420p", woven, flags=INTERLACED),
    Format("full-range.mp4", "libx264", "yuvj420p", full_range, colours=ColorRange.JPEG),
    Format("other-curve.mp4", "libx264", "yuv420p10le", other_curve),
    Format("odd.mp4", "libx264", "yuv444p", odd),
    Format("uneven.mkv", "libx264", "yuv420p", uneven),
    Format("see-through.mov", "qtrle", "argb", see_through),
)


def written(folder: Path, how: Format, pictures: Sequence[Picture]) -> Path:
    path = folder / how.name
    with av.open(path, "w") as output:
        stream = output.add_stream(how.codec, rate=PACE)
        assert isinstance(stream, VideoStream)
        frames = list(how.made(pictures))
        stream.width, stream.height = frames[0][1].width, frames[0][1].height
        stream.pix_fmt, stream.codec_context.color_range = how.pixels, how.colours
        stream.codec_context.time_base = Fraction(1, PACE)
        stream.codec_context.flags |= how.flags
        for number, frame in frames:
            shown = frame if frame.format.name == how.pixels else frame.reformat(format=how.pixels)
            shown.pts, shown.time_base = number, Fraction(1, PACE)
            output.mux(stream.encode(shown))
        output.mux(stream.encode())
    return path


@pytest.mark.parametrize("how", FORMATS, ids=lambda how: how.name)
def test_format_of_a_copy_is_no_change_inside_its_picture(
    how: Format, pictures: Sequence[Picture], source: Path, tmp_path: Path
) -> None:
    report = compare(written(tmp_path, how, pictures), source)

    assert report.picture_explained == pytest.approx(1.0, abs=0.05)
    assert [one.kind for one in report.findings if one.kind in INSIDE] == []
