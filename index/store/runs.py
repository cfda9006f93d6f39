"""Codes to files and back: how the codes of one asset, or of several, lie on disk.

A file is one `.npz` (docs/archive-format.md), written piece by piece.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt

from index.errors import ArchiveDamagedError
from index.values import CODE_BYTES, AssetRow, Codes, Fingerprint, Places, Times

TIME_UNIT = 1e-4
"""Seconds; a uint32 of these reaches 119 hours."""
HOLD_UNIT = 1e-2
"""Seconds; a uint16 of these reaches 655 seconds, longer holds are kept as that."""

SMALLEST = 2.0**-8
"""Smallest size of a place that is told from a smaller one; a 256th of the frame's longer side."""
OCTAVE = 32
"""Steps in which a doubling of the size is stored."""
TURN = 2 * np.pi


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The stored codes of one asset.

    Attributes:
        asset: Its row.
        times: uint32 (n,), in `TIME_UNIT`.
        holds: uint16 (n,), in `HOLD_UNIT`.
        codes: uint8 (n, 32).
        places: uint8 (n, 4), see `stored`; (n, 0) where codes have none.
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
            stored(fingerprint.places),
        )

    @classmethod
    def read(cls, asset: AssetRow, data: bytes, *, name: str) -> Self:
        """Return the run a buffer file holds.

        Raises:
            ArchiveDamagedError: The bytes are not what was written.
        """
        pieces, _ = read(data, name)
        return cls(asset, *columns(pieces))

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


def _units[T: np.unsignedinteger](seconds: Times, unit: float, kind: type[T]) -> npt.NDArray[T]:
    return np.minimum(np.round(seconds / unit), np.iinfo(kind).max).astype(kind)


def stored(places: Places) -> npt.NDArray[np.uint8]:
    """Return places as they are stored: a byte each for x, y, size by its logarithm, and angle."""
    if not places.shape[1]:
        return np.empty(places.shape, np.uint8)
    x, y, size, angle = places.T
    octaves = np.log2(np.maximum(size, SMALLEST) / SMALLEST)
    columns = 255 * x, 255 * y, OCTAVE * octaves, np.rint(256 * angle / TURN) % 256
    return np.clip(np.rint(np.column_stack(columns)), 0, 255).astype(np.uint8)


def placed(stored: npt.NDArray[np.uint8]) -> Places:
    """Return stored places as they were measured, each value to about 1 in 250."""
    if not stored.shape[1]:
        return np.empty(stored.shape, np.float32)
    x, y, size, angle = stored.astype(np.float32).T
    columns = x / 255, y / 255, SMALLEST * 2 ** (size / OCTAVE), TURN * angle / 256
    return np.column_stack(columns).astype(np.float32)


def read(data: bytes, name: str) -> tuple[list[Run], npt.NDArray[np.int64] | None]:
    """Return the pieces of a file of codes, and whose they are if it says so."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            count = sum(column.endswith("/codes") for column in held)
            pieces = [_piece(held, number, name) for number in range(count)]
            return pieces, held.get("runs")
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, EOFError) as error:
        raise damaged(name) from error


def _piece(held: Mapping[str, npt.NDArray[Any]], number: int, name: str) -> Run:
    codes, times = held[f"{number}/codes"], held[f"{number}/times"]
    times = np.repeat(times, held.get(f"{number}/counts", np.uint32(1)))
    holds = held.get(f"{number}/holds", np.zeros(len(times), np.uint16))
    places = held.get(f"{number}/places", np.empty((len(times), 0), np.uint8))
    if codes.shape != (len(times), CODE_BYTES) or not len(holds) == len(places) == len(times):
        raise damaged(name)
    return Run(AssetRow(0), times, holds, codes, places)


def columns(
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


def damaged(name: str) -> ArchiveDamagedError:
    """Return the error that a file is not what was written."""
    return ArchiveDamagedError(
        f"The archive's file {name} is damaged.",
        hint="Run `wherefrom verify --read-data`, then `wherefrom index` again.",
    )
