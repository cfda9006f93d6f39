"""Test clips made on the spot: short, seeded, with a known edit.

What is shown is a pure function of seed and time, so a trimmed clip is simply one that starts
later, and the right answer is known:

    source = clips.movie(folder / "source.mp4", seconds=8, cuts=(3.0, 5.5))
    quote = clips.movie(folder / "quote.mp4", seconds=2, start=3.5, cuts=(3.0, 5.5), mirrored=True)

Two seeds show unrelated pictures. Cuts are times of the scene, not of the clip.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import cos, pi, sin
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

type Picture = npt.NDArray[np.uint8]
type Samples = npt.NDArray[np.float32]
"""Shape (n,), or (2, n) for two channels; SOUND_RATE samples per second."""
type Edit = Callable[[Picture, float], Picture]
"""Turns a picture shown at a time of the clip into another; may change its size, always alike."""

CLOCK = Fraction(1, 12_800)
"""The clock of made clips; exact for 25, 50 and 12.5 frames per second."""
SOUND_RATE = 16_000
SYLLABLE = 0.2
"""Seconds of a syllable of made speech."""
PAUSES = 0.15
"""Share of syllables that are silent."""


def picture(
    time: float, *, size: tuple[int, int] = (320, 180), seed: int = 1, cuts: Sequence[float] = ()
) -> Picture:
    """Return what the scene shows: a drifting texture behind two moving discs.

    Args:
        time: Seconds of the scene.
        size: Width and height.
        seed: Another seed is another scene.
        cuts: Rising times at which another shot begins.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    shot = bisect_right(cuts, time)
    width, height = size
    texture = _texture(seed * 1000 + shot, size)
    direction = seed + 2.4 * shot
    shift = (cos(direction) * 0.06 * width * time, sin(direction) * 0.06 * height * time)
    canvas = cv2.warpAffine(
        texture,
        np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32),
        size,
        borderMode=cv2.BORDER_WRAP,
    )
    for disc in range(2):
        angle = 2 * pi * (0.13 + 0.09 * disc) * time + seed + disc * 2.2 + shot
        centre = (
            round(width * (0.5 + 0.3 * cos(angle))),
            round(height * (0.5 + 0.3 * sin(1.3 * angle))),
        )
        colour = [int(level) for level in _random(seed, shot, disc).integers(0, 256, 3)]
        cv2.circle(canvas, centre, round(height * (0.16 - 0.05 * disc)), colour, -1, cv2.LINE_AA)
    return np.asarray(canvas, np.uint8)


def strewn(picture: Picture, time: float) -> Picture:
    """Return the picture with rectangles all over it that drift: it has more corners then."""
    height, width = picture.shape[:2]
    picture = picture.copy()
    sides = [width, height, height // 6, height // 6, 256]
    for x, y, across, down, level in _random(7, 7, 7).integers(0, sides, (40, 5)):
        left = round(float(x) + 3 * time) % width
        picture[y : y + down + 6, left : left + across + 6] = level
    return picture


@dataclass(frozen=True, slots=True)
class Coding:
    """How a clip is written.

    Attributes:
        codec: FFmpeg's name of the encoder.
        gop: Frames from one key frame to the next, without more at cuts.
        keys: Times of the clip at which there is a key frame besides.
        b_frames: Consecutive B-frames.
        quality: Constant rate factor; lower is better.
        pixels: FFmpeg's name of the pixel format.
        interlaced: Whether two fields share a frame; the lower one is half a frame later.
        rotation: Degrees by which a player turns the picture, anticlockwise.
        reflected: Whether a player mirrors it.
        aspect: Width of a pixel over its height.
        options: Further options of the encoder.
        container: Options of the container.
    """

    codec: str = "libx264"
    gop: int = 12
    keys: tuple[float, ...] = ()
    b_frames: int = 2
    quality: int = 20
    pixels: str = "yuv420p"
    interlaced: bool = False
    rotation: int = 0
    reflected: bool = False
    aspect: Fraction = Fraction(1)
    options: dict[str, str] = field(default_factory=dict)
    container: dict[str, str] = field(default_factory=dict)


def movie(  # noqa: PLR0913 # a clip has as many properties as tests tell apart
    path: Path,
    *,
    seconds: float = 4.0,
    fps: float = 25,
    size: tuple[int, int] = (320, 180),
    seed: int = 1,
    gop: int = 12,
    cuts: Sequence[float] = (),
    start: float = 0.0,
    mirrored: bool = False,
    bars: float = 0.0,
    edit: Edit | None = None,
    times: Sequence[float] | None = None,
    first: float = 0.0,
    sound: bool | Samples = False,
    coding: Coding | None = None,
) -> Path:
    """Write a clip of the scene and return its path.

    Args:
        path: Its ending chooses the container.
        seconds: Length.
        fps: Frames per second.
        size: Width and height of the scene.
        seed: Which scene.
        gop: Frames from one key frame to the next; goes into `coding`, if that is left out.
        cuts: Times of the scene at which the shot changes.
        start: Time of the scene at which the clip begins.
        mirrored: Whether left and right are exchanged.
        bars: Share of the height that is black above and below, each.
        edit: What else is done to each picture.
        times: Times of the clip at which frames are shown, if not evenly; replaces seconds and fps.
        first: Time stamp of the first frame.
        sound: Whether there is sound: a tone that rises and falls, seeded; or what is heard.
        coding: How it is written.
    """
    shown = times if times is not None else [n / fps for n in range(round(seconds * fps))]

    def pictures() -> Iterator[Picture]:
        for time in shown:
            made = picture(start + time, size=size, seed=seed, cuts=cuts)
            made = np.ascontiguousarray(made[:, ::-1]) if mirrored else made
            made = letterboxed(made, bars) if bars else made
            yield edit(made, time) if edit is not None else made

    heard: Samples | None = None
    if not isinstance(sound, bool):
        heard = sound
    elif sound:
        heard = tone(seconds if times is None else shown[-1], seed=seed, start=start)
    return write(
        path,
        pictures(),
        [first + time for time in shown],
        fps=fps,
        samples=heard,
        coding=coding or Coding(gop=gop),
    )


def write(  # noqa: PLR0913 # as movie
    path: Path,
    pictures: Iterator[Picture],
    times: Sequence[float],
    *,
    fps: float = 25,
    samples: Samples | None = None,
    coding: Coding | None = None,
) -> Path:
    """Write pictures shown at the given times, and sound if there is any; return the path."""
    coding = coding or Coding()
    with av.open(str(path), "w", options=coding.container) as container:
        first = next(pictures)
        stream = _video_stream(container, first, fps=fps, coding=coding)
        voice = None if samples is None else _voice(container, samples)
        for shown, time in zip(_chain(first, pictures), times, strict=True):
            frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
            frame = frame.reformat(format=coding.pixels, dst_colorspace="ITU709")
            frame.pts = round(time / CLOCK)
            frame.time_base = CLOCK
            frame.pict_type = PictureType.I if time in coding.keys else PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if samples is not None and voice is not None:
            _write_sound(container, voice, samples)
    return path


def sound_only(
    path: Path, *, seconds: float = 4.0, seed: int = 1, samples: Samples | None = None
) -> Path:
    """Write a file that has sound and no picture; return its path.

    Args:
        path: Its ending chooses the container.
        seconds: Length of a tone.
        seed: Which tone.
        samples: What is heard in its place.
    """
    heard = tone(seconds, seed=seed) if samples is None else samples
    with av.open(str(path), "w") as container:
        _write_sound(container, _voice(container, heard), heard)
    return path


def truncated(path: Path, source: Path, *, share: float = 0.6) -> Path:
    """Write the first part of a file's bytes and return the path.

    A cut mp4 keeps its header only if made with `Coding(container={"movflags": "faststart"})`.
    """
    data = source.read_bytes()
    path.write_bytes(data[: round(len(data) * share)])
    return path


def damaged(path: Path, source: Path, *, span: tuple[float, float] = (0.5, 0.6)) -> Path:
    """Write a file with a stretch of its bytes replaced by noise; return the path."""
    data = bytearray(source.read_bytes())
    start, end = (round(len(data) * share) for share in span)
    data[start:end] = np.random.default_rng(0).bytes(end - start)
    path.write_bytes(data)
    return path


def letterboxed(made: Picture, bars: float) -> Picture:
    """Return the picture squeezed between two black bars of the given share of its height."""
    height, width = made.shape[:2]
    bar = round(height * bars)
    inner = cv2.resize(made, (width, height - 2 * bar), interpolation=cv2.INTER_AREA)
    boxed = np.zeros_like(made)
    boxed[bar : height - bar] = inner
    return boxed


def tone(seconds: float, *, seed: int = 1, start: float = 0.0) -> Samples:
    """Return a tone whose pitch wanders; float32 (n,), SOUND_RATE samples per second."""
    clock = start + np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    wander = sum(
        np.sin(2 * pi * clock * (0.31 + 0.17 * k) * (1 + seed % 7)) / (k + 1) for k in (0, 1)
    )
    return np.asarray(0.3 * np.sin(2 * pi * 300 * clock + 40 * wander), np.float32)


def speech(seconds: float, *, seed: int = 1, start: float = 0.0) -> Samples:
    """Return what sounds like speech: a syllable each fifth of a second, some of them pauses.

    Like `picture`, it is a function of seed and time; float32 (n,), SOUND_RATE samples per second.
    """
    clock = start + np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    number = np.floor(clock / SYLLABLE).astype(np.int64)
    made = np.zeros(len(clock))
    for syllable in np.unique(number):
        rows = number == syllable
        random = _random(seed, int(syllable))
        if random.random() < PAUSES:
            continue
        at = clock[rows] - syllable * SYLLABLE
        height = random.uniform(90, 240) * (1 + random.uniform(-0.8, 0.8) * at)
        peaks = random.uniform((250, 800, 1800), (800, 1800, 2900))
        for harmonic in range(1, 30):
            frequency = harmonic * height
            strength = sum(np.exp(-(((frequency - peak) / 120) ** 2)) for peak in peaks) + 0.02
            made[rows] += strength * np.sin(2 * pi * np.cumsum(frequency) / SOUND_RATE)
        made[rows] *= np.sin(pi * at / SYLLABLE)
    return np.asarray(0.15 * made, np.float32)


def resampled(samples: Samples, factor: float) -> Samples:
    """Return the samples played so many times as fast, so higher by as much."""
    places = np.arange(0, len(samples) - 1, factor)
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)


def hurried(samples: Samples, factor: float) -> Samples:
    """Return sound made shorter at its own pitch, by pieces of 60 ms laid over one another."""
    hop = round(0.03 * SOUND_RATE)
    window = np.hanning(2 * hop + 1)[:-1]
    count = int((len(samples) - len(window)) / (hop * factor))
    out = np.zeros(hop * (count + 1))
    for number in range(count):
        first = round(number * hop * factor)
        piece = window * samples[first : first + len(window)]
        out[number * hop : number * hop + len(window)] += piece
    return out.astype(np.float32)


def with_noise(samples: Samples, *, decibels: float = 10.0, seed: int = 0) -> Samples:
    """Return the samples with white noise that many decibels below them."""
    noise = _random(seed).normal(0, samples.std() * 10 ** (-decibels / 20), len(samples))
    return np.asarray(samples + noise, np.float32)


def _video_stream(
    container: OutputContainer, first: Picture, *, fps: float, coding: Coding
) -> VideoStream:
    rate = Fraction(fps).limit_denominator(1001)
    stream = container.add_stream(coding.codec, rate=rate)
    if not isinstance(stream, VideoStream):
        raise TypeError(f"{coding.codec} writes no pictures")
    stream.height, stream.width = first.shape[:2]
    stream.pix_fmt = coding.pixels
    stream.time_base = CLOCK
    context = stream.codec_context
    context.time_base = CLOCK
    context.gop_size = coding.gop
    context.max_b_frames = coding.b_frames
    context.sample_aspect_ratio = coding.aspect
    context.thread_count = 1  # so that the same call writes the same bytes
    stream.options = {"crf": str(coding.quality), **_X26X.get(coding.codec, {}), **coding.options}
    if coding.interlaced:
        stream.options = {**stream.options, "flags": "+ildct+ilme"}
    if coding.rotation or coding.reflected:
        stream.set_display_rotation(coding.rotation, hflip=coding.reflected)
    return stream


_X26X = {
    "libx264": {"preset": "veryfast", "forced-idr": "1", "x264-params": "scenecut=0"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:scenecut=0"},
}


def _voice(container: OutputContainer, samples: Samples) -> AudioStream:
    layout = "mono" if samples.ndim == 1 else "stereo"
    voice = container.add_stream("aac", rate=SOUND_RATE, layout=layout)
    if not isinstance(voice, AudioStream):
        raise TypeError("aac is no sound")
    return voice


def _write_sound(container: OutputContainer, voice: AudioStream, samples: Samples) -> None:
    channels = np.ascontiguousarray(np.atleast_2d(samples))
    for at in range(0, channels.shape[1], 1024):
        piece = np.ascontiguousarray(channels[:, at : at + 1024])
        frame = av.AudioFrame.from_ndarray(piece, "fltp", voice.layout.name)
        frame.sample_rate = SOUND_RATE
        frame.pts = at
        frame.time_base = Fraction(1, SOUND_RATE)
        container.mux(voice.encode(frame))
    container.mux(voice.encode(None))


def _chain(first: Picture, rest: Iterator[Picture]) -> Iterator[Picture]:
    yield first
    yield from rest


def _random(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@lru_cache(maxsize=32)
def _texture(seed: int, size: tuple[int, int]) -> Picture:
    """Return smooth colour noise of three scales."""
    random = _random(seed)
    width, height = size
    layers = [
        cv2.resize(
            random.uniform(-1, 1, (rows, rows * 2, 3)).astype(np.float32),
            (width, height),
            interpolation=cv2.INTER_CUBIC,
        )
        * strength
        for rows, strength in ((3, 1.0), (8, 0.6), (24, 0.35))
    ]
    mixed = np.asarray(sum(layers), np.float32)
    return np.asarray(np.clip(128 + 85 * mixed, 0, 255), np.uint8)
