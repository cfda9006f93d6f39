"""Hashes that were made elsewhere, in the words in which others exchange them.

Here they are read and compared, never made: a code of ours is 256 bits of a picture too, but not of
the same picture, and never near a PDQ hash of it.

Source: Meta, ThreatExchange: "TMK+PDQF" (2019) for PDQ and the distance at which two count as the
same; "vPDQ" for lists of them, and what share of them must be.
"""

import json
import math
import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from index.values import CODE_BYTES, Codes

MOST_FRAMES = 5_000
"""Frames of one list: eighty minutes at the usual one a second."""
LONGEST = 120 * MOST_FRAMES
"""Characters of a value."""


class Kind(StrEnum):
    """What a bank may list."""

    ASSET = "asset"
    SHA256 = "sha256"
    MD5 = "md5"
    PDQ = "pdq"
    VPDQ = "vpdq"


ALIASES = {"video_md5": Kind.MD5}
"""What others call them."""
DIGITS = {Kind.ASSET: 64, Kind.SHA256: 64, Kind.MD5: 32, Kind.PDQ: 64}


@dataclass(frozen=True, slots=True)
class MatchParams:
    """When hashes that were made elsewhere count as the same.

    Attributes:
        bits: By which two PDQ hashes may differ, as published.
        quality: Least quality of a frame that is compared, 0 to 100, as published.
        query: Share of the frames asked for that must be like one of the list, as published.
        listed: Share of the list's frames that must be like one asked for, as published: none, so
            that a part of a film finds it.
    """

    bits: int = 31
    quality: int = 50
    query: float = 0.8
    listed: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """A list of PDQ hashes of a video.

    Attributes:
        codes: uint8 (n, 32).
        quality: int64 (n,), 0 to 100.
        times: float64 (n,), seconds.
    """

    codes: Codes
    quality: npt.NDArray[np.int64]
    times: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.codes)

    def good(self, least: int) -> Codes:
        """Return the different hashes of frames of at least that quality."""
        return np.unique(self.codes[self.quality >= least], axis=0)


def kind(word: str) -> Kind:
    """Return the kind that a word names.

    Raises:
        ValueError: It names none.
    """
    try:
        return ALIASES.get(word) or Kind(word)
    except ValueError:
        raise ValueError(f"there is no kind of hash called {word[:40]!r}") from None


def hash_kind(word: str) -> Kind:
    """Return the kind of hash that a word names.

    Raises:
        ValueError: It names none, or an asset, which has no hash but its SHA-256.
    """
    if (found := kind(word)) is Kind.ASSET:
        raise ValueError("an asset is looked up by its sha256")
    return found


def canonical(kind: Kind, value: str) -> str:
    """Return a value as it is kept, so that two that say the same are the same text.

    Raises:
        ValueError: It is no value of that kind; the words say why.
    """
    if len(value) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST:,} characters")
    if kind is Kind.VPDQ:
        return written(frames(value))
    digits = DIGITS[kind]
    if not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", value):
        raise ValueError(f"it is not {digits} hexadecimal digits")
    return value.lower()


def code(value: str) -> Codes:
    """Return a PDQ hash as uint8 (32,).

    >>> int(code("80" + "00" * 31)[0])
    128
    """
    return np.frombuffer(bytes.fromhex(value), np.uint8)


def distance(one: str, other: str) -> int:
    """Return the bits by which two PDQ hashes differ.

    >>> distance("f" * 64, "0" * 64)
    256
    """
    return int(np.bitwise_count(code(one) ^ code(other)).sum())


def frames(value: str) -> Frames:
    """Return a list of PDQ hashes: JSON, each "hash,quality,seconds".

    Raises:
        ValueError: It is none; the words say why.
    """
    try:
        rows = json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise ValueError("it is no list of texts")
    if not 0 < len(rows) <= MOST_FRAMES:
        raise ValueError(f"it has {len(rows):,} frames, not 1 to {MOST_FRAMES:,}")
    read = [_frame(row) for row in rows]
    return Frames(
        np.stack([code(each[0]) for each in read]).reshape(-1, CODE_BYTES),
        np.array([each[1] for each in read], np.int64),
        np.array([each[2] for each in read]),
    )


def written(held: Frames) -> str:
    """Return a list of PDQ hashes as it is exchanged."""
    rows = zip(held.codes, held.quality.tolist(), held.times.tolist(), strict=True)
    return json.dumps([f"{bytes(each).hex()},{quality},{at:.3f}" for each, quality, at in rows])


def _frame(row: str) -> tuple[str, int, float]:
    parts = row.split(",")
    if len(parts) != 3:  # noqa: PLR2004 # hash, quality, seconds
        raise ValueError("a frame is not hash, quality and seconds, with commas between")
    quality, seconds = parts[1].strip(), parts[2].strip()
    if not re.fullmatch(r"\d{1,3}", quality, re.ASCII) or int(quality) > 100:  # noqa: PLR2004
        raise ValueError("a quality is not 0 to 100")
    try:
        at = float(seconds)
    except ValueError:
        at = math.nan
    if not 0 <= at < 1e7:  # noqa: PLR2004 # also refuses what is no number
        raise ValueError("a frame's seconds are none")
    return canonical(Kind.PDQ, parts[0].strip()), int(quality), at
