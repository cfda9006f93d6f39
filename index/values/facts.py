"""Files as the archive knows them, stretches of time and parts of pictures."""

import re
from dataclasses import dataclass
from enum import IntEnum
from math import isfinite
from pathlib import Path
from typing import NewType

AssetRow = NewType("AssetRow", int)


class Channel(IntEnum):
    """What a code was measured on. The number is stored: never renumber, only append.

    Attributes:
        PICTURE: A frame as a whole.
        SOUND: A moment of sound.
        FEATURE: A place in a frame. What is found by it is told as picture.
        MASKED: What a frame shows around its middle. Told as picture as well.
        LEARNED: A frame as a learned model describes it. Told as picture as well.
        PANEL: A picture set into a frame. Told as picture as well.
    """

    PICTURE = 0
    SOUND = 1
    FEATURE = 2
    MASKED = 3
    LEARNED = 4
    PANEL = 5


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time [start, end) with 0 <= start < end, both in seconds.

    >>> Interval(1.0, 3.0).overlap(Interval(2.5, 9.0))
    0.5
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not (isfinite(self.end) and 0 <= self.start < self.end):
            raise ValueError(f"an interval needs 0 <= start < end, got [{self.start}, {self.end})")

    def __contains__(self, time: float) -> bool:
        return self.start <= time < self.end

    @property
    def length(self) -> float:
        """Seconds from start to end; always above 0."""
        return self.end - self.start

    def common(self, other: "Interval") -> "Interval":
        """Return the stretch both intervals share; they must share one."""
        return Interval(max(self.start, other.start), min(self.end, other.end))

    def overlap(self, other: "Interval") -> float:
        """Return the seconds both intervals share, 0.0 when they only touch."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the picture: 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not (0 <= self.x0 < self.x1 <= 1 and 0 <= self.y0 < self.y1 <= 1):
            raise ValueError(f"a box needs 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1, got {self}")

    @property
    def area(self) -> float:
        """The share of the picture inside the box, in (0, 1]."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def common(self, other: "Box") -> float:
        """Return the area that lies in both boxes."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, wide) * max(0.0, high)

    def shared(self, other: "Box") -> float:
        """Return the area that lies in both, as a share of what they cover together.

        >>> Box(0, 0, 0.5, 1).shared(Box(0.25, 0, 0.75, 1))
        0.3333333333333333
        """
        both = self.common(other)
        return both / (self.area + other.area - both)


WHOLE = Box(0.0, 0.0, 1.0, 1.0)
"""All of the picture."""


@dataclass(frozen=True, slots=True)
class Media:
    """What a file turned out to hold.

    Attributes:
        duration: Seconds from the first shown frame to the end of the last; of the sound where
            there is no picture.
        width: Shown pixels, after rotation and pixel aspect; 0 for sound alone.
        height: As width.
        frame_rate: Mean frames per second; None for sound alone or a single frame.
        has_picture: Whether any picture could be decoded.
        has_sound: Whether there is sound that can be decoded.
        container: FFmpeg's short name of the container, such as "mov" or "matroska".
        codec: FFmpeg's name of the picture's codec, or of the sound's where there is no picture.
        losses: One sentence for each thing that could not be used.
    """

    duration: float
    width: int
    height: int
    frame_rate: float | None
    has_picture: bool
    has_sound: bool
    container: str
    codec: str
    losses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (isfinite(self.duration) and self.duration > 0):
            raise ValueError(f"a file lasts longer than 0 seconds, got {self.duration}")
        if self.has_picture != (self.width > 0 and self.height > 0):
            raise ValueError(f"a picture has a size, got {self.width}x{self.height}")
        if not (self.has_picture or self.has_sound):
            raise ValueError("a file has a picture or sound")


@dataclass(frozen=True, slots=True)
class Asset:
    """One archived file.

    Attributes:
        row: The catalogue's number for it, never used again after removal.
        digest: SHA-256 of the file's bytes, 64 lower-case hex digits.
        uri: Where it was indexed from; the newest place if it has several.
        name: The file's own name with its extension; not unique.
        media: What the file holds.
        title: What people call it, if anyone said.
        published_at: RFC 3339 time, if anyone said.
    """

    row: AssetRow
    digest: str
    uri: str
    name: str
    media: Media
    title: str | None = None
    published_at: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.digest):
            raise ValueError(f"a digest is 64 lower-case hex digits, got {self.digest!r}")

    @property
    def id(self) -> str:
        """The public id: the first 16 digits of the digest, so alike in every archive."""
        return self.digest[:16]


@dataclass(frozen=True, slots=True)
class Absence:
    """Where a file should be and is not.

    Attributes:
        path: The place.
        changed: Whether other bytes lie there now.
    """

    path: Path
    changed: bool
