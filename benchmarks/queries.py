"""Short clips made of films by edits at random: the same seed makes the same clips.

A film is first made small, once, so that a clip of it is quickly cut out. Everything is written
with PyAV; at any time one frame is in memory, and the sound of one film.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from benchmarks.alterations import EDITS, Picture, fitted

type Samples = npt.NDArray[np.float32]
"""(n,), RATE samples a second."""

SHORT_SIDE = 360
"""Pixels of the shorter side of small films."""
RATE = 22_050
CLOCK = Fraction(1, 90_000)
LENGTHS = (3.0, 12.0)
"""Seconds a clip may last."""
SIZES = (180, 240, 288, 360)
"""Pixels its shorter side may have."""
PACES = (12, 15, 24, 25, 30)
"""Frames a second it may have."""
QUALITIES = (20, 36)
"""Between these is x264's constant rate factor."""
SPEEDS = (0.5, 0.67, 0.8, 1.25, 1.5, 2.0)
PIECE = 1024
"""Samples encoded at a time, as AAC has them."""


@dataclass(frozen=True, slots=True)
class Film:
    """A film made small.

    Attributes:
        name: Of the file it was made from.
        pictures: Where its pictures are.
        sound: Where its samples are; None where it has none.
        length: Seconds.
    """

    name: str
    pictures: Path
    sound: Path | None
    length: float


@dataclass(frozen=True, slots=True)
class Query:
    """A clip that can be made.

    Attributes:
        number: Of the clip, from 0 on.
        film: What it is of.
        edit: What is done to its pictures, by name.
        start: Seconds into the film.
        length: Seconds it lasts.
        speed: Seconds of the film a second of it shows.
        size: Pixels of its shorter side.
        pace: Frames a second.
        quality: x264's constant rate factor.
        loudness: Factor of its sound; 0 for none.
    """

    number: int
    film: Film
    edit: str
    start: float
    length: float
    speed: float
    size: int
    pace: int
    quality: int
    loudness: float


def shrunk(path: Path, folder: Path) -> Film:
    """Make a film small and return it.

    Raises:
        ValueError: It shows nothing.
    """
    pictures = folder / f"{path.name}.mkv"
    first = last = 0.0
    with av.open(path) as source, av.open(pictures, "w") as output:
        stream = None
        for frame in source.decode(video=0):
            if frame.time is None:
                continue
            scale = min(1.0, SHORT_SIDE / min(frame.width, frame.height))
            size = [round(side * scale / 2) * 2 for side in (frame.width, frame.height)]
            if stream is None:
                first = frame.time
                stream = output.add_stream("libx264", rate=30)
                stream.width, stream.height = size
                stream.pix_fmt, stream.gop_size = "yuv420p", 12
                stream.codec_context.time_base = CLOCK
                stream.options = {"preset": "ultrafast", "crf": "16"}
            last = frame.time - first
            small = frame.reformat(stream.width, stream.height, "yuv420p")
            small.pts, small.time_base = round(last / CLOCK), CLOCK
            output.mux(stream.encode(small))
        if stream is None:
            raise ValueError(f"{path} shows nothing")
        output.mux(stream.encode())
    return Film(path.name, pictures, heard(path, folder), last)


def query(number: int, films: Sequence[Film], seed: int) -> Query:
    """Return the clip with a number; sixteen edits go round over all films.

    Args:
        number: From 0 on.
        films: Of which clips are made.
        seed: Another seed makes other clips.
    """
    random = np.random.default_rng([seed, number])
    film = films[number % len(films)]
    turn = number // lcm(len(films), len(EDITS))
    edit = list(EDITS)[(number + turn) % len(EDITS)]
    speed = float(random.choice(SPEEDS)) if edit == "speed" else 1.0
    length = min(float(random.uniform(*LENGTHS)), film.length / speed)
    return Query(
        number=number,
        film=film,
        edit=edit,
        start=float(random.uniform(0, film.length - length * speed)),
        length=length,
        speed=speed,
        size=int(random.choice(SIZES)),
        pace=int(random.choice(PACES)),
        quality=int(random.integers(*QUALITIES, endpoint=True)),
        loudness=float(random.choice([0.0, 0.3, 1.0, 1.0])),
    )


def written(asked: Query, path: Path, seed: int) -> Path:
    """Write a clip and return its path."""
    random = np.random.default_rng([seed, asked.number, 1])
    edit = EDITS[asked.edit](random)
    times = np.arange(0, max(asked.length, 1 / asked.pace), 1 / asked.pace)
    shown = _held(_frames(asked.film.pictures, asked.start), asked.start + asked.speed * times)
    samples = _cut(asked)
    with av.open(path, "w") as output:
        video = output.add_stream("libx264", rate=asked.pace)
        voice = None if samples is None else output.add_stream("aac", rate=RATE, layout="mono")
        for number, picture in enumerate(shown):
            small = fitted(edit(picture), asked.size)
            if number == 0:
                video.height, video.width = small.shape[:2]
                video.pix_fmt = "yuv420p"
                video.codec_context.thread_count = 1  # so that the same seed writes the same bytes
                video.options = {"preset": "veryfast", "crf": str(asked.quality)}
            output.mux(video.encode(av.VideoFrame.from_ndarray(small, "rgb24")))
        output.mux(video.encode())
        if samples is not None and voice is not None:
            for frame in pieces(samples):
                output.mux(voice.encode(frame))
            output.mux(voice.encode(None))
    return path


def heard(path: Path, folder: Path) -> Path | None:
    """Write the samples of a film; return where, or None where it has no sound."""
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
    with av.open(path) as source:
        if not source.streams.audio:
            return None
        pieces = [
            piece.to_ndarray()[0]
            for frame in source.decode(audio=0)
            for piece in resampler.resample(frame)
        ]
    kept = folder / f"{path.name}.npy"
    np.save(kept, np.concatenate([np.empty(0, np.float32), *pieces]))
    return kept


def _frames(path: Path, start: float) -> Iterator[tuple[float, Picture]]:
    """Yield time and picture of a small film from the key frame before a time on."""
    with av.open(path) as source:
        source.seek(round(start * 1_000_000))
        for frame in source.decode(video=0):
            if frame.time is not None:
                yield frame.time, np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def _held(
    frames: Iterable[tuple[float, Picture]], times: npt.NDArray[np.float64]
) -> Iterator[Picture]:
    """Yield the picture shown at each of the times, which rise."""
    wanted = list(times)[::-1]
    shown: Picture | None = None
    for time, picture in frames:
        while shown is not None and wanted and wanted[-1] < time:
            wanted.pop()
            yield shown
        shown = picture
    while shown is not None and wanted:
        wanted.pop()
        yield shown


def _cut(asked: Query) -> Samples | None:
    """Return the sound of a clip, faster or slower with its pictures; None where it has none."""
    if asked.film.sound is None or not asked.loudness:
        return None
    whole = np.load(asked.film.sound, mmap_mode="r")
    part = whole[
        round(asked.start * RATE) : round((asked.start + asked.length * asked.speed) * RATE)
    ]
    if len(part) < PIECE:
        return None
    places = np.arange(0, len(part) - 1, asked.speed)
    heard = np.interp(places, np.arange(len(part)), part) * asked.loudness
    return np.asarray(heard, np.float32)


def pieces(samples: Samples) -> Iterator[av.AudioFrame]:
    """Yield frames of the samples in turn."""
    for at in range(0, len(samples), PIECE):
        piece = np.ascontiguousarray(samples[None, at : at + PIECE])
        frame = av.AudioFrame.from_ndarray(piece, "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        yield frame
