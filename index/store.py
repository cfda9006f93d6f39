"""Codes to hits: which stored moments lie within so many bits of a code.

A store segment holds the codes of several assets, one run of rows each, and never changes. On disk
it is one `.npz` file (docs/archive-format.md). Removed assets are left out when hits are read off,
and their codes dropped when segments are merged.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import ArchiveDamagedError
from index.values import CODE_BITS, CODE_BYTES, AssetRow, Codes, Fingerprint, Places, Times

TIME_UNIT = 1e-4
"""Seconds; a uint32 of these reaches 119 hours."""
HOLD_UNIT = 1e-2
"""Seconds; a uint16 of these reaches 655 seconds, longer holds are kept as that."""

SMALLEST = 2.0**-8
"""Smallest size of a place that is told from a smaller one; a 256th of the frame's longer side."""
OCTAVE = 32
"""Steps in which a doubling of the size is stored."""
TURN = 2 * np.pi

QUERIES = 64
"""Codes searched in one go, so that memory stays small where each has very many hits."""

# Measured on two busy cores, 64 queries in one go: 0.10 ms a code on one thread and 0.2 to 0.4 on
# two over 10^5 codes, 1.6 and 2.2 over 10^6. Memory is the limit, and waiting threads burn time.
faiss.omp_set_num_threads(1)


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


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The stored codes of one asset.

    Attributes:
        asset: Its row.
        times: uint32 (n,), in `TIME_UNIT`.
        holds: uint16 (n,), in `HOLD_UNIT`.
        codes: uint8 (n, 32).
        places: uint8 (n, 4), see `_stored`; (n, 0) where codes have none.
    """

    asset: AssetRow
    times: npt.NDArray[np.uint32]
    holds: npt.NDArray[np.uint16]
    codes: Codes
    places: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, asset: AssetRow, fingerprint: Fingerprint) -> Self:
        """Return what is stored of a fingerprint."""
        return cls(
            asset,
            _units(fingerprint.times, TIME_UNIT, np.uint32),
            _units(fingerprint.holds, HOLD_UNIT, np.uint16),
            fingerprint.codes,
            _stored(fingerprint.places),
        )

    @classmethod
    def read(cls, asset: AssetRow, data: bytes, *, name: str) -> Self:
        """Return the run a buffer file holds.

        Raises:
            ArchiveDamagedError: The bytes are not what was written.
        """
        pieces, _ = _read(data, name)
        return cls(asset, *_columns(pieces))

    def __len__(self) -> int:
        return len(self.times)


class Writer:
    """Writes a file of codes, piece by piece; use it in a `with` statement."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin; or go on, with a file that has pieces."""
        self.count = 0
        self._file = zipfile.ZipFile(file, "a")
        self._pieces = sum(name.endswith("/codes.npy") for name in self._file.namelist())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, run: Run) -> None:
        """Write a piece.

        Places and holds are left out where codes have none; a time that many codes in a row share
        is written once.
        """
        first = np.flatnonzero(np.diff(run.times, prepend=~run.times[:1]))
        shared = 2 * len(first) < len(run)
        columns: dict[str, npt.NDArray[np.generic]] = {
            "codes": run.codes,
            "times": run.times[first] if shared else run.times,
        }
        if shared:
            columns["counts"] = np.diff(first, append=len(run)).astype(np.uint32)
        if run.places.shape[1]:
            columns["places"] = run.places
        if run.holds.any():
            columns["holds"] = run.holds
        for name, column in columns.items():
            self._put(f"{self._pieces}/{name}", column)
        self._pieces += 1
        self.count += len(run)

    def tell(self, runs: npt.NDArray[np.int64]) -> None:
        """Write whose codes the file holds, (m, 3) as in a store segment."""
        self._put("runs", runs)

    def _put(self, name: str, array: npt.NDArray[np.generic]) -> None:
        with self._file.open(f"{name}.npy", "w", force_zip64=True) as member:
            np.lib.format.write_array(member, array, allow_pickle=False)


@dataclass(frozen=True, slots=True, eq=False)
class StoreSegment:
    """Codes of several assets, ready to be searched; never changes.

    Attributes:
        runs: int64 (m, 3), a row for each asset: its row, index of its first code, codes.
        times: uint32 (n,), in `TIME_UNIT`.
        holds: uint16 (n,), in `HOLD_UNIT`.
        places: uint8 (n, 4), see `_stored`; (n, 0) where codes have none.
        index: The n codes.
    """

    runs: npt.NDArray[np.int64]
    times: npt.NDArray[np.uint32]
    holds: npt.NDArray[np.uint16]
    places: npt.NDArray[np.uint8]
    index: faiss.IndexBinary

    @classmethod
    def of(cls, given: Iterable[Run]) -> Self:
        """Join runs in the order given."""
        runs = list(given)
        counts = np.array([len(run) for run in runs], np.int64)
        assets = np.array([run.asset for run in runs], np.int64)
        return cls._joined(np.column_stack([assets, np.cumsum(counts) - counts, counts]), runs)

    @classmethod
    def read(cls, data: bytes, *, name: str) -> Self:
        """Return the store segment a file holds.

        Args:
            data: The file's bytes.
            name: What to call it in an error.

        Raises:
            ArchiveDamagedError: The bytes are not what was written.
        """
        pieces, runs = _read(data, name)
        if runs is None:
            raise _damaged(name)
        segment = cls._joined(runs, pieces)
        if not segment.agrees():
            raise _damaged(name)
        return segment

    @classmethod
    def _joined(cls, runs: npt.NDArray[np.int64], pieces: Sequence[Run]) -> Self:
        index = faiss.IndexBinaryFlat(CODE_BITS)
        for piece in pieces:
            index.add(piece.codes)
        times, holds, _, places = _columns(pieces, codes=False)
        return cls(runs, times, holds, places, index)

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

    def search(self, codes: Codes, radius: int, *, removed: npt.NDArray[np.int64]) -> Found:
        """Return the stored codes at most `radius` bits from those asked for.

        Args:
            codes: uint8 (n, 32), contiguous.
            radius: Bits, 0 to 256.
            removed: int64 (m,), rows of assets that are left out.
        """
        assets = np.repeat(self.runs[:, 0], self.runs[:, 2])
        # faiss takes what is nearer than the radius, not what is as near.
        limits, distances, rows = self.index.range_search(codes, radius + 1)
        queries = np.repeat(np.arange(len(codes)), np.diff(limits.astype(np.int64)))
        if len(removed):
            kept = ~np.isin(assets[rows], removed)
            queries, distances, rows = queries[kept], distances[kept], rows[kept]
        return Found(
            queries,
            assets[rows],
            self.times[rows] * TIME_UNIT,
            self.holds[rows] * HOLD_UNIT,
            distances.astype(np.uint16),
            _placed(self.places[rows]),
        )

    def __len__(self) -> int:
        return len(self.times)


def search(
    segments: Iterable[StoreSegment],
    codes: Codes,
    radius: int,
    *,
    removed: npt.NDArray[np.int64],
    most: int,
) -> Found:
    """Return the stored codes at most `radius` bits from those asked for.

    Args:
        segments: Where to look.
        codes: uint8 (n, 32).
        radius: Bits, 0 to 256.
        removed: int64 (m,), rows of assets that are left out.
        most: Hits kept for one code, the nearest; a code with so many tells nothing apart.

    Raises:
        ValueError: The codes or the radius are none.
    """
    if codes.dtype != np.uint8 or codes.shape[1:] != (CODE_BYTES,):
        raise ValueError(f"codes are uint8 (n, {CODE_BYTES}), got {codes.dtype} {codes.shape}")
    if not 0 <= radius <= CODE_BITS:
        raise ValueError(f"a radius is 0 to {CODE_BITS} bits, got {radius}")
    held = list(segments)
    parts = []
    for first in range(0, len(codes), QUERIES):
        asked = np.ascontiguousarray(codes[first : first + QUERIES])
        found = _joined([segment.search(asked, radius, removed=removed) for segment in held])
        parts.append(_nearest(found, first, most))
    return _joined(parts)


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


def _units[T: np.unsignedinteger](seconds: Times, unit: float, kind: type[T]) -> npt.NDArray[T]:
    return np.minimum(np.round(seconds / unit), np.iinfo(kind).max).astype(kind)


def _stored(places: Places) -> npt.NDArray[np.uint8]:
    """Return places as they are stored: a byte each for x, y, size by its logarithm, and angle."""
    if not places.shape[1]:
        return np.empty(places.shape, np.uint8)
    x, y, size, angle = places.T
    octaves = np.log2(np.maximum(size, SMALLEST) / SMALLEST)
    columns = 255 * x, 255 * y, OCTAVE * octaves, np.rint(256 * angle / TURN) % 256
    return np.clip(np.rint(np.column_stack(columns)), 0, 255).astype(np.uint8)


def _placed(stored: npt.NDArray[np.uint8]) -> Places:
    """Return stored places as they were measured, each value to about 1 in 250."""
    if not stored.shape[1]:
        return np.empty(stored.shape, np.float32)
    x, y, size, angle = stored.astype(np.float32).T
    columns = x / 255, y / 255, SMALLEST * 2 ** (size / OCTAVE), TURN * angle / 256
    return np.column_stack(columns).astype(np.float32)


def _read(data: bytes, name: str) -> tuple[list[Run], npt.NDArray[np.int64] | None]:
    """Return the pieces of a file of codes, and whose they are if it says so."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            count = sum(column.endswith("/codes") for column in held)
            pieces = [_piece(held, number, name) for number in range(count)]
            return pieces, held.get("runs")
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, EOFError) as error:
        raise _damaged(name) from error


def _piece(held: Mapping[str, npt.NDArray[Any]], number: int, name: str) -> Run:
    codes, times = held[f"{number}/codes"], held[f"{number}/times"]
    times = np.repeat(times, held.get(f"{number}/counts", np.uint32(1)))
    holds = held.get(f"{number}/holds", np.zeros(len(times), np.uint16))
    places = held.get(f"{number}/places", np.empty((len(times), 0), np.uint8))
    if codes.shape != (len(times), CODE_BYTES) or not len(holds) == len(places) == len(times):
        raise _damaged(name)
    return Run(AssetRow(0), times, holds, codes, places)


def _columns(
    pieces: Sequence[Run], *, codes: bool = True
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16], Codes, npt.NDArray[np.uint8]]:
    """Return times, holds, codes if wanted, and places of the pieces one after another."""
    some = [piece for piece in pieces if len(piece)]
    return (
        np.concatenate([np.empty(0, np.uint32), *(piece.times for piece in some)]),
        np.concatenate([np.empty(0, np.uint16), *(piece.holds for piece in some)]),
        np.concatenate(
            [np.empty((0, CODE_BYTES), np.uint8), *(piece.codes for piece in some if codes)]
        ),
        np.concatenate([piece.places for piece in some] or [np.empty((0, 0), np.uint8)]),
    )


def _damaged(name: str) -> ArchiveDamagedError:
    return ArchiveDamagedError(
        f"The archive's file {name} is damaged.",
        hint="Run `wherefrom verify --read-data`, then `wherefrom index` again.",
    )
