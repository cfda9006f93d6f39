"""Codes to hits: which stored moments lie within so many bits of a code.

A store segment holds the codes of several assets, one run of rows each, and never changes. On disk
it is one `.npz` file (docs/archive-format.md). Removed assets are left out when hits are read off,
and their codes dropped when segments are merged.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any, Self, cast

import faiss
import numpy as np
import numpy.typing as npt

from index.store import pairs, runs
from index.store.pairs import Halves, Pairs
from index.store.runs import Run, Writer
from index.values import CODE_BITS, CODE_BYTES, AssetRow, Codes, Places, Times

LIST = 480
"""Codes in a list of those alike, about: lists are made in three quarters of the time that those of
320 (docs/adr/0015) take."""
PROBED = 8
"""Of a store segment's lists one in so many is looked through, the likeliest. Of 13,027 local
features of made clips that finds 0.999 of the codes 39 to 43 bits away, and all but one in 3,000 of
those that are nearer."""
LISTED = 8_192
"""Codes of a store segment under which comparing all is as fast."""

QUERIES = 64
"""Codes searched in one go, so that memory stays small where each has very many hits."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Pairs of a code asked for and a stored code near it: one row a pair, in columns.

    Attributes:
        queries: int64 (n,), index of the code asked for; never falling.
        assets: int64 (n,), row of the asset.
        times: float64 (n,), seconds in that asset.
        holds: float64 (n,), seconds for which the stored code stands.
        distances: uint16 (n,), bits that differ.
        places: Where in their frames the stored codes were measured; (n, 0) if nowhere.
    """

    queries: npt.NDArray[np.int64]
    assets: npt.NDArray[np.int64]
    times: Times
    holds: Times
    distances: npt.NDArray[np.uint16]
    places: Places

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, eq=False)  # no slots: lists are kept once they are made
class StoreSegment:
    """Codes of several assets, ready to be searched; never changes.

    Attributes:
        runs: int64 (m, 3), a row for each asset: its row, index of its first code, codes.
        times: uint32 (n,), in `TIME_UNIT`.
        holds: uint16 (n,), in `HOLD_UNIT`.
        places: uint8 (n, 4), see `runs.stored`; (n, 0) where codes have none.
        index: The n codes.
    """

    runs: npt.NDArray[np.int64]
    times: npt.NDArray[np.uint32]
    holds: npt.NDArray[np.uint16]
    places: npt.NDArray[np.uint8]
    index: faiss.IndexBinary
    _making: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, given: Iterable[Run]) -> Self:
        """Join runs in the order given."""
        pieces = list(given)
        counts = np.array([len(run) for run in pieces], np.int64)
        assets = np.array([run.asset for run in pieces], np.int64)
        return cls._joined(np.column_stack([assets, np.cumsum(counts) - counts, counts]), pieces)

    @classmethod
    def read(cls, data: bytes, *, name: str) -> Self:
        """Return the store segment a file holds.

        Args:
            data: The file's bytes.
            name: What to call it in an error.

        Raises:
            ArchiveDamagedError: The bytes are not what was written.
        """
        pieces, whose = runs.read(data, name)
        if whose is None:
            raise runs.damaged(name)
        segment = cls._joined(whose, pieces)
        if not segment.agrees():
            raise runs.damaged(name)
        return segment

    @classmethod
    def _joined(cls, whose: npt.NDArray[np.int64], pieces: Sequence[Run]) -> Self:
        index = faiss.IndexBinaryFlat(CODE_BITS)
        for piece in pieces:
            index.add(piece.codes)
        times, holds, _, places = runs.columns(pieces, codes=False)
        return cls(whose, times, holds, places, index)

    def agrees(self) -> bool:
        """Return whether columns are equally long and runs follow one another."""
        columns = {len(self), len(self.holds), len(self.places), self.index.ntotal}
        if self.runs.shape[1:] != (3,) or len(columns) != 1:
            return False
        counts = self.runs[:, 2]
        follows = np.array_equal(self.runs[:, 1], np.cumsum(counts) - counts)
        return follows and int(counts.sum()) == len(self)

    def write(self, file: IO[bytes]) -> None:
        """Write its file: the same bytes for the same runs."""
        with Writer(file) as writer:
            writer.add(Run(AssetRow(0), self.times, self.holds, self._codes(), self.places))
            writer.tell(self.runs)

    def parts(self) -> list[Run]:
        """Return the runs it was made of."""
        codes = self._codes()
        return [
            Run(
                AssetRow(int(asset)),
                self.times[rows],
                self.holds[rows],
                codes[rows],
                self.places[rows],
            )
            for asset, first, count in self.runs
            for rows in [slice(first, first + count)]
        ]

    def _codes(self) -> Codes:
        return self.index.reconstruct_n(0, len(self)) if len(self) else np.empty((0, 32), np.uint8)

    def alone(self, asset: AssetRow) -> Self | None:
        """Return the codes of one of its assets; None where it holds none of them."""
        of = self.runs[self.runs[:, 0] == asset]
        if not len(of):
            return None
        first, count = (int(number) for number in of[0, 1:])
        rows = slice(first, first + count)
        codes = self.index.reconstruct_n(first, count) if count else np.empty((0, 32), np.uint8)
        run = Run(asset, self.times[rows], self.holds[rows], codes, self.places[rows])
        return type(self).of([run])

    def starts(self) -> list[tuple[AssetRow, int]]:
        """Return its assets, each with the index of its first code."""
        return [(AssetRow(int(asset)), int(first)) for asset, first, _ in self.runs]

    @cached_property
    def lists(self) -> faiss.IndexBinaryIVF:
        """The codes, each in the list of that of some of them which it is most like.

        An inverted file (Sivic and Zisserman, "Video Google", ICCV 2003) around codes picked
        evenly: these need no training, and find as much but for one far code in fifty.
        """
        codes = self._codes()
        picked = np.ascontiguousarray(codes[::LIST])
        near = faiss.IndexBinaryFlat(CODE_BITS)
        near.add(picked)
        lists = faiss.IndexBinaryIVF(near, CODE_BITS, len(picked))
        lists.is_trained = True
        lists.nprobe = -(-len(picked) // PROBED)
        lists.add(codes)
        return lists

    @cached_property
    def halves(self) -> Halves:
        """The codes once more, so that what is mirrored is found in one go with what is not."""
        return Halves.of(self._lying())

    def search(
        self, codes: Codes, radius: int, *, removed: npt.NDArray[np.int64], exactly: bool = True
    ) -> Found:
        """Return the stored codes at most `radius` bits from those asked for.

        Args:
            codes: uint8 (n, 32), contiguous.
            radius: Bits, 0 to 256.
            removed: int64 (m,), rows of assets that are left out.
            exactly: Whether to compare every code, or only those likely to be near.
        """
        likely = not exactly and len(self) >= LISTED
        return self._found((self._likely if likely else self._every)(codes, radius), removed)

    def search_either(
        self, codes: Codes, radius: int, *, removed: npt.NDArray[np.int64]
    ) -> tuple[Found, Found]:
        """Return the stored codes near those asked for, and those near them mirrored.

        Some are left out, see `pairs.near_either`.
        """
        with self._making:
            halves = self.halves
        plain, mirrored = pairs.near_either(halves, codes, radius)
        return self._found(plain, removed), self._found(mirrored, removed)

    def _found(self, near: Pairs, removed: npt.NDArray[np.int64]) -> Found:
        queries, rows, distances = near
        assets = self.runs[np.searchsorted(self.runs[:, 1], rows, side="right") - 1, 0]
        if len(removed):
            kept = ~np.isin(assets, removed)
            queries, assets = queries[kept], assets[kept]
            distances, rows = distances[kept], rows[kept]
        return Found(
            queries,
            assets,
            np.multiply(self.times[rows], runs.TIME_UNIT, dtype=np.float64),
            np.multiply(self.holds[rows], runs.HOLD_UNIT, dtype=np.float64),
            distances.astype(np.uint16),
            runs.placed(self.places[rows]),
        )

    def _likely(self, codes: Codes, radius: int) -> Pairs:
        """Return the pairs within the radius among those likely to be near."""
        with self._making:
            lists = self.lists
        # faiss takes what is nearer than the radius, not what is as near.
        limits, distances, rows = lists.range_search(codes, radius + 1)
        queries = np.repeat(np.arange(len(codes)), np.diff(limits.astype(np.int64)))
        return queries, rows, distances

    def _every(self, codes: Codes, radius: int) -> Pairs:
        """Return all pairs within the radius, having compared each code with each."""
        return pairs.near(self._lying(), codes, radius)

    def _lying(self) -> Codes:
        """Return its codes without a copy: they lie in the index, which lives as long as this."""
        if not len(self):
            return np.empty((0, CODE_BYTES), np.uint8)
        data = cast("Any", self.index).xb.data()  # of which its types say nothing
        return faiss.rev_swig_ptr(data, len(self) * CODE_BYTES).reshape(-1, CODE_BYTES)

    def __len__(self) -> int:
        return len(self.times)


def search(  # noqa: PLR0913 # where to look, for what, and how
    segments: Iterable[StoreSegment],
    codes: Codes,
    radius: int,
    *,
    removed: npt.NDArray[np.int64],
    most: int,
    exactly: bool = True,
) -> Found:
    """Return the stored codes at most `radius` bits from those asked for.

    Args:
        segments: Where to look.
        codes: uint8 (n, 32).
        radius: Bits, 0 to 256.
        removed: int64 (m,), rows of assets that are left out.
        most: Hits kept for one code, the nearest; a code with so many tells nothing apart.
        exactly: Whether to compare every code, or only those likely to be near.

    Raises:
        ValueError: The codes or the radius are none.
    """
    held, parts = list(segments), []
    for first, asked in _batches(codes, radius):
        near = [each.search(asked, radius, removed=removed, exactly=exactly) for each in held]
        parts.append(_nearest(_joined(near), first, most))
    return _joined(parts)


def search_either(
    segments: Iterable[StoreSegment],
    codes: Codes,
    radius: int,
    *,
    removed: npt.NDArray[np.int64],
    most: int,
) -> tuple[Found, Found]:
    """Return the stored codes near those asked for, and those near them mirrored.

    Some are left out, see `pairs.near_either`. Arguments and errors are those of `search`.
    """
    held: list[StoreSegment] = list(segments)
    parts: tuple[list[Found], list[Found]] = ([], [])
    for first, asked in _batches(codes, radius):
        near = [each.search_either(asked, radius, removed=removed) for each in held]
        for side, part in enumerate(parts):
            part.append(_nearest(_joined([each[side] for each in near]), first, most))
    plain, mirrored = map(_joined, parts)
    return plain, mirrored


def _batches(codes: Codes, radius: int) -> Iterator[tuple[int, Codes]]:
    """Yield some of the codes at a time, with the index of the first.

    Raises:
        ValueError: They or the radius are none.
    """
    if codes.dtype != np.uint8 or codes.shape[1:] != (CODE_BYTES,):
        raise ValueError(f"codes are uint8 (n, {CODE_BYTES}), got {codes.dtype} {codes.shape}")
    if not 0 <= radius <= CODE_BITS:
        raise ValueError(f"a radius is 0 to {CODE_BITS} bits, got {radius}")
    for first in range(0, len(codes), QUERIES):
        yield first, np.ascontiguousarray(codes[first : first + QUERIES])


def _nearest(found: Found, first: int, most: int) -> Found:
    """Return at most so many rows a query, by query, then distance, asset and time."""
    order = np.lexsort((found.times, found.assets, found.distances, found.queries))
    queries = found.queries[order]
    ranks = np.arange(len(queries)) - np.searchsorted(queries, queries)
    kept = order[ranks < most]
    return Found(
        found.queries[kept] + first,
        found.assets[kept],
        found.times[kept],
        found.holds[kept],
        found.distances[kept],
        found.places[kept],
    )


def _joined(parts: Sequence[Found]) -> Found:
    return Found(
        np.concatenate([np.empty(0, np.int64), *(part.queries for part in parts)]),
        np.concatenate([np.empty(0, np.int64), *(part.assets for part in parts)]),
        np.concatenate([np.empty(0), *(part.times for part in parts)]),
        np.concatenate([np.empty(0), *(part.holds for part in parts)]),
        np.concatenate([np.empty(0, np.uint16), *(part.distances for part in parts)]),
        np.concatenate(
            [part.places for part in parts if len(part)] or [np.empty((0, 0), np.float32)]
        ),
    )
