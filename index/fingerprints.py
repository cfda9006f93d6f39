"""A clip's codes as a file that can be passed on, so that the clip need not be.

docs/fingerprint-format.md describes the file. It is written by one program and read by another that
knows nothing of whoever sent it, so every value is checked before it is believed.
"""

import base64
import binascii
import json
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from index import files
from index.errors import BadMediaError, called
from index.values import CODE_BYTES, Channel, Codes, Fingerprint, Places, Times

FORMAT = 1
SCHEMA = "wherefrom.fingerprint/"
MOST_BYTES = 32_000_000
"""Of a file: three hours of film and more. A larger one is not read at all, so that nobody's memory
is filled by a stranger."""
MOST_SECONDS = 428_400.0
"""The archive's times reach as far, 119 hours."""
MOST_PIXELS = 65_535
NAME_LENGTH = 255
MILLISECOND = 1e-3
PLACE_BYTES = 8
VARIANTS = ("plain", "mirror")
_PLACE_LIMITS = np.array([[-1.0, 2.0], [-1.0, 2.0], [1e-4, 4.0], [-7.0, 7.0]])
"""Least and most of x, y, size and angle."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """All that is passed on of a clip: its codes and a few facts, no pixel and no sample.

    Attributes:
        version: Of the program that measured it.
        name: The file's own name; None where it is kept back.
        duration: Seconds.
        width: Shown pixels; 0 for sound alone.
        height: As width.
        picture: Codes of whole frames as they are shown; `hashing.pictures.turned` has the others.
        features: Local features by variant, "plain" and "mirror": the code of a mirrored feature
            cannot be told from that of the feature.
        sound: Codes of the sound.
    """

    version: str
    name: str | None
    duration: float
    width: int
    height: int
    picture: Fingerprint
    features: Mapping[str, Fingerprint]
    sound: Fingerprint

    def __post_init__(self) -> None:
        if tuple(self.features) != VARIANTS:
            raise ValueError(f"local features are of {VARIANTS}, got {tuple(self.features)}")

    @property
    def counts(self) -> Mapping[Channel, int]:
        """How many codes there are on each channel."""
        return {
            Channel.PICTURE: len(self.picture),
            Channel.FEATURE: sum(map(len, self.features.values())),
            Channel.SOUND: len(self.sound),
        }

    def columns(self) -> list[tuple[str, Fingerprint]]:
        """Return every fingerprint with its variant, in the order of the file."""
        return [("plain", self.picture), *self.features.items(), ("plain", self.sound)]


def line(prints: Fingerprints) -> str:
    """Return the file's content without the line's end; the same codes give the same text.

    Times are rounded to a millisecond, places to three digits.
    """
    document = {
        "schema": f"{SCHEMA}{FORMAT}",
        "tool": {"name": "wherefrom", "version": prints.version},
        "clip": {
            "name": prints.name,
            "duration": round(prints.duration, 3),
            "width": prints.width,
            "height": prints.height,
        },
        "channels": [_column(variant, measured) for variant, measured in prints.columns()],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read(path: Path) -> Fingerprints:
    """Return what a fingerprint file holds.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It is no fingerprint, of a newer format, damaged, too large, or empty.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise _bad(path, "is no regular file")
        if found.st_size > MOST_BYTES:
            raise _bad(path, f"is larger than a fingerprint may be, {MOST_BYTES / 1e6:.0f} MB")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise files.unreadable(path, error) from error
    return parsed(data, path)


def parsed(data: bytes, path: Path) -> Fingerprints:
    """Return what the bytes of a fingerprint file hold.

    Args:
        data: The bytes.
        path: What the file is called in a sentence.

    Raises:
        BadMediaError: As `read`.
    """
    try:
        document = json.loads(data, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise _bad(path, "is no fingerprint, or was cut short") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    number = re.fullmatch(f"{SCHEMA}([0-9]{{1,9}})", schema) if isinstance(schema, str) else None
    if number is None:
        raise _bad(path, "is no fingerprint")
    if int(number[1]) != FORMAT:
        raise BadMediaError(
            f"{called(path)} has format {number[1]} of fingerprints, this version reads {FORMAT}.",
            hint="Use the version of wherefrom that wrote it.",
        )
    try:
        prints = _prints(document)
    except _OddError as error:
        raise _bad(path, f"is a damaged fingerprint: {error}") from error
    if not any(prints.counts.values()):
        raise BadMediaError(
            f"{called(path)} holds no codes, so there is nothing to look up.",
            hint="Make one of a clip that shows or sounds like something.",
        )
    return prints


class _OddError(Exception):
    """A value that no fingerprint has; the words say which."""


def _bad(path: Path, what: str) -> BadMediaError:
    return BadMediaError(
        f"{called(path)} {what}.", hint="Name a file that `wherefrom fingerprint` wrote."
    )


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _column(variant: str, measured: Fingerprint) -> dict[str, Any]:
    """Return one fingerprint as it is written: codes by moment, each moment's time once."""
    ticks = np.round(measured.times / MILLISECOND).astype(np.int64)
    times, counts = np.unique(ticks, return_counts=True)
    column: dict[str, Any] = {
        "channel": measured.channel.name.lower(),
        "recipe": measured.recipe,
        "variant": variant,
        "times": times.tolist(),
        "counts": counts.tolist(),
        "codes": _text(measured.codes),
    }
    if measured.channel is Channel.FEATURE:
        column["places"] = _text(measured.places.reshape(-1, 4).astype("<f2"))
    return column


def _text(array: npt.NDArray[np.generic]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def _prints(document: dict[str, Any]) -> Fingerprints:
    clip, tool = _fields(document, "clip"), _fields(document, "tool")
    columns = document.get("channels")
    wanted = [
        (Channel.PICTURE, "plain"),
        *((Channel.FEATURE, variant) for variant in VARIANTS),
        (Channel.SOUND, "plain"),
    ]
    if not isinstance(columns, list) or len(columns) != len(wanted):
        raise _OddError(f"it has not {len(wanted)} channels")
    picture, *features, sound = (
        _fingerprint(column, channel, variant)
        for column, (channel, variant) in zip(columns, wanted, strict=True)
    )
    name = clip.get("name")
    if not (name is None or (isinstance(name, str) and 0 < len(name) <= NAME_LENGTH)):
        raise _OddError("its clip's name is none")
    return Fingerprints(
        version=_word(tool, "version"),
        name=name,
        duration=_seconds(clip.get("duration")),
        width=_size(clip.get("width")),
        height=_size(clip.get("height")),
        picture=picture,
        features=dict(zip(VARIANTS, features, strict=True)),
        sound=sound,
    )


def _fingerprint(column: object, channel: Channel, variant: str) -> Fingerprint:
    name = channel.name.lower()
    if not isinstance(column, dict) or (column.get("channel"), column.get("variant")) != (
        name,
        variant,
    ):
        raise _OddError(f"its {variant} {name} codes are not where they should be")
    times = _times(column.get("times"), column.get("counts"), name)
    codes = _codes(column.get("codes"), len(times), name)
    places = np.empty((len(times), 0), np.float32)
    if channel is Channel.FEATURE:
        places = _places(column.get("places"), len(times))
    return Fingerprint(channel, _word(column, "recipe"), times, np.zeros(len(times)), codes, places)


def _times(ticks: object, counts: object, name: str) -> Times:
    """Return the time of each code, in seconds."""
    moments, many = _whole(ticks, f"times of {name} codes"), _whole(counts, f"{name} codes")
    if len(moments) != len(many) or (many < 1).any():
        raise _OddError(f"its {name} codes are not as many as their times")
    if (np.diff(moments, prepend=-1) <= 0).any():
        raise _OddError(f"its times of {name} codes don't rise")
    if many.sum() > MOST_BYTES // CODE_BYTES:
        raise _OddError(f"it counts more {name} codes than it can hold")
    return np.repeat(moments * MILLISECOND, many)


def _whole(values: object, what: str) -> npt.NDArray[np.int64]:
    """Return whole numbers from 0 up to the longest time, in ms."""
    if not isinstance(values, list) or not all(type(one) is int for one in values):
        raise _OddError(f"its {what} are no list of whole numbers")
    if values and not 0 <= min(values) <= max(values) <= MOST_SECONDS / MILLISECOND:
        raise _OddError(f"its {what} are out of range")
    return np.array(values, np.int64)


def _codes(text: object, count: int, name: str) -> Codes:
    data = _bytes(text, f"{name} codes")
    if len(data) != count * CODE_BYTES:
        raise _OddError(f"its {name} codes have {len(data)} bytes, not {count * CODE_BYTES}")
    return np.frombuffer(data, np.uint8).reshape(-1, CODE_BYTES)


def _places(text: object, count: int) -> Places:
    data = _bytes(text, "places")
    if len(data) != count * PLACE_BYTES:
        raise _OddError(f"its places have {len(data)} bytes, not {count * PLACE_BYTES}")
    places = np.frombuffer(data, "<f2").reshape(-1, 4).astype(np.float32)
    low, high = _PLACE_LIMITS.T
    if not ((places >= low) & (places <= high)).all():
        raise _OddError("its places lie outside the frame")
    return places


def _bytes(text: object, what: str) -> bytes:
    if not isinstance(text, str):
        raise _OddError(f"its {what} are no text")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _OddError(f"its {what} are not in base64") from error


def _fields(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    if not isinstance(found, dict):
        raise _OddError(f"it has no {name}")
    return found


def _word(fields: Mapping[str, Any], name: str) -> str:
    found = fields.get(name)
    if not (isinstance(found, str) and re.fullmatch(r"[!-~]{1,64}", found)):
        raise _OddError(f"its {name} is no word")
    return found


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _OddError("its duration is no number")
    if not 0 < value <= MOST_SECONDS:
        raise _OddError("its duration is out of range")
    return float(value)


def _size(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MOST_PIXELS:
        raise _OddError("its width and height are no size")
    return value
