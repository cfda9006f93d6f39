"""The sound of a file: what is kept of it, and what is compared.

These functions run inside a `Sandbox`, so they take and return plain values.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.hashing import sounds
from index.values import Fingerprint, Interval, Sound
from index.worker import beat

if TYPE_CHECKING:
    from index.decode.sounds import Track


def fingerprint(path: Path, origin: float | None = None) -> tuple[Fingerprint, tuple[str, ...]]:
    """Return the codes of a file's sound, none where it has none, and what could not be used.

    Args:
        path: The file.
        origin: Seconds on its own clock at time 0; None if that is not known yet.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It is no media file.
    """
    track = _track(path, origin)
    measured = sounds.fingerprint(_beating(track.sounds()))
    return measured, tuple(_losses(track.damaged))


def listen(path: Path, window: Interval | None = None) -> Sound:
    """Return a file's sound, empty where it has none.

    Args:
        path: The file.
        window: The stretch wanted; all of it if None.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It is no media file.
    """
    parts = [sound.samples for sound in _beating(_track(path).sounds(window))]
    start = 0.0 if window is None else round(window.start * sounds.RATE) / sounds.RATE
    return Sound(start, sounds.RATE, np.concatenate([np.empty(0, np.float32), *parts]))


def _track(path: Path, origin: float | None = None) -> "Track":
    """Return the sound of a file."""
    from index.decode.sounds import Track  # noqa: PLC0415 # loads FFmpeg, as in `index.measure`

    return Track(path, origin)


def _losses(damaged: int) -> Iterator[str]:
    if damaged:
        packets = "packet" if damaged == 1 else "packets"
        yield f"{damaged} damaged {packets} of its sound could not be used."


def _beating(heard: Iterable[Sound]) -> Iterator[Sound]:
    """Pass the sound on, telling whoever waits how far it is."""
    for sound in heard:
        beat(sound.start)
        yield sound
