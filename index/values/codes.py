"""What is measured of a file: codes and words, and which of them are near one another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.values.arrays import CODE_BITS, CODE_BYTES, Codes, Map, Places, Times, read_only, rows_of
from index.values.facts import AssetRow, Channel, Interval


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """Consecutive words of sound, dense enough to lay two sounds along each other, in columns.

    Attributes:
        times: float64 (n,), seconds at the middle of what each was heard in, evenly spaced; they
            fall where the sound is played backwards.
        words: uint16 (n,), see `index.hashing.sounds`.
        heard: bool (n,), whether there was anything to hear.
    """

    times: Times
    words: npt.NDArray[np.uint16]
    heard: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not self.times.shape == self.words.shape == self.heard.shape == (len(self.times),):
            raise ValueError(f"columns are (n,) alike, got {self.times.shape}, {self.words.shape}")
        object.__setattr__(self, "times", read_only(self.times, np.float64))
        object.__setattr__(self, "words", read_only(self.words, np.uint16))
        object.__setattr__(self, "heard", read_only(self.heard, np.bool_))

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """All codes of one file on one channel.

    Attributes:
        channel: What the codes were measured on.
        recipe: Name and version of the method, such as "phash256/1". Only codes of one recipe
            may be compared.
        times: float64 (n,), seconds, never falling.
        holds: float64 (n,), seconds for which each code stands, 0 for a moment alone.
        codes: uint8 (n, 32), codes[i] was measured at times[i].
        places: Where each was measured; (n, 0) for codes of whole frames and of sound.
    """

    channel: Channel
    recipe: str
    times: Times
    holds: Times
    codes: Codes
    places: Places = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def __post_init__(self) -> None:
        if not self.places.size:
            object.__setattr__(self, "places", np.empty((len(self.times), 0), np.float32))
        if self.places.shape not in {(len(self.times), 0), (len(self.times), 4)}:
            raise ValueError(f"places are (n, 4) or (n, 0), got {self.places.shape}")
        if self.codes.shape != (len(self.times), CODE_BYTES) or self.times.ndim != 1:
            raise ValueError(
                f"codes are (n, 32) for times (n,), got {self.codes.shape}, {self.times.shape}"
            )
        if self.holds.shape != self.times.shape or not (self.holds >= 0).all():
            raise ValueError("holds are (n,) seconds of 0 or more")
        if not np.isfinite(self.times).all() or (np.diff(self.times, prepend=0.0) < 0).any():
            raise ValueError("times start at 0 or later and never fall")
        object.__setattr__(self, "times", read_only(self.times, np.float64))
        object.__setattr__(self, "holds", read_only(self.holds, np.float64))
        object.__setattr__(self, "codes", read_only(self.codes, np.uint8))
        object.__setattr__(self, "places", read_only(self.places, np.float32))

    def within(self, intervals: Iterable[Interval]) -> Self:
        """Return what was measured in any of the intervals."""
        inside = np.zeros(len(self), bool)
        for one in intervals:
            inside |= (self.times >= one.start) & (self.times < one.end)
        return self._at(inside)

    def moments(self) -> Iterator[Self]:
        """Yield what was measured at each time; all of it, once, where that is nothing."""
        starts = np.flatnonzero(np.diff(self.times, prepend=-1.0))
        for first, after in pairwise([*starts, len(self)]):
            yield self._at(slice(first, after))
        if not len(self):
            yield self

    def _at(self, rows: slice | npt.NDArray[np.bool_]) -> Self:
        return replace(
            self,
            times=self.times[rows],
            holds=self.holds[rows],
            codes=self.codes[rows],
            places=self.places[rows],
        )

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Codes of the query found near codes of the archive: one row a pair, in columns.

    They come by the hundred thousand, so they are arrays, never a list of objects.

    Attributes:
        query_times: float64 (n,), seconds in the query.
        assets: int64 (n,), the row of the asset each was found in.
        times: float64 (n,), seconds in that asset.
        holds: float64 (n,), seconds for which the archived code stands.
        distances: uint16 (n,), bits that differ, 0 to 256.
        channel: The channel of all codes.
        variant: How the query had been turned before it was measured: "plain", "mirror" (left and
            right swapped), "flip" (top and bottom swapped), "turn" (by 180°) or "negative" (light
            and dark swapped).
        query_places: Where the query's codes were measured; (n, 0) for those of whole frames.
        places: Where the archive's were.
        agreeing: int64 (n,), how many local features agree, where a row stands for all that two
            frames share; (0,) where it stands for one code.
        maps: What they agree on, float64 (n, 2, 3); (0, 2, 3) likewise.
        common: bool (n,), whether the moment of the asset is one that many assets share; (0,) where
            that was not asked.
        asked: How many codes of the query were looked up.
        near: How many pairs of codes lay near; more than rows where one stands for many.
    """

    query_times: Times
    assets: npt.NDArray[np.int64]
    times: Times
    holds: Times
    distances: npt.NDArray[np.uint16]
    channel: Channel
    variant: str = "plain"
    query_places: Places = field(default_factory=lambda: np.empty((0, 0), np.float32))
    places: Places = field(default_factory=lambda: np.empty((0, 0), np.float32))
    agreeing: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    maps: Map = field(default_factory=lambda: np.empty((0, 2, 3)))
    common: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    asked: int = 0
    near: int = 0

    def __post_init__(self) -> None:
        columns = (self.query_times, self.assets, self.times, self.holds, self.distances)
        if len({column.shape for column in columns}) != 1 or self.times.ndim != 1:
            raise ValueError(f"columns are (n,) alike, got {[c.shape for c in columns]}")
        for name in ("query_places", "places", "agreeing", "maps", "common"):
            column = getattr(self, name)
            if column.size and len(column) != len(self):
                raise ValueError(f"{name} has a row for each hit, got {len(column)}")
        if (self.distances > CODE_BITS).any():
            raise ValueError(f"a distance is 0 to {CODE_BITS} bits, got {self.distances.max()}")
        object.__setattr__(self, "query_times", read_only(self.query_times, np.float64))
        object.__setattr__(self, "assets", read_only(self.assets, np.int64))
        object.__setattr__(self, "times", read_only(self.times, np.float64))
        object.__setattr__(self, "holds", read_only(self.holds, np.float64))
        object.__setattr__(self, "distances", read_only(self.distances, np.uint16))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return hits of one channel and variant as one; at least one part is needed."""
        first = parts[0]

        def column(name: str) -> Any:  # noqa: ANN401 # of whatever type that column is
            filled = [values for part in parts if (values := getattr(part, name)).size]
            return np.concatenate(filled) if filled else getattr(first, name)

        return cls(
            column("query_times"),
            column("assets"),
            column("times"),
            column("holds"),
            column("distances"),
            first.channel,
            first.variant,
            column("query_places"),
            column("places"),
            column("agreeing"),
            column("maps"),
            column("common"),
            sum(part.asked for part in parts),
            sum(part.near for part in parts),
        )

    def of(self, asset: AssetRow) -> "Hits":
        """Return the hits in one asset."""
        return self.at(np.flatnonzero(self.assets == asset))

    def at(self, rows: npt.NDArray[np.int64]) -> "Hits":
        """Return some rows."""
        return Hits(
            self.query_times[rows],
            self.assets[rows],
            self.times[rows],
            self.holds[rows],
            self.distances[rows],
            self.channel,
            self.variant,
            rows_of(self.query_places, rows),
            rows_of(self.places, rows),
            rows_of(self.agreeing, rows),
            rows_of(self.maps, rows),
            rows_of(self.common, rows),
            self.asked,
            self.near,
        )

    def __len__(self) -> int:
        return len(self.times)


def distance(a: Codes, b: Codes) -> npt.NDArray[np.uint16]:
    """Count the bits that differ between codes; shapes broadcast as in numpy.

    >>> int(distance(np.zeros(32, np.uint8), np.full(32, 255, np.uint8)))
    256

    Args:
        a: uint8 (..., 32).
        b: uint8 (..., 32).

    Returns:
        uint16 (...), each 0 to 256.
    """
    return np.bitwise_count(a ^ b).sum(axis=-1, dtype=np.uint16)
