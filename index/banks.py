"""What banks list, compared with what is asked for: the same bytes, or hashes that are near.

Hashes that are compared by nearness are kept in memory, as they were when last asked for: the
catalogue is asked before each look-up whether one came or went.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from index.catalogue import banks
from index.catalogue.banks import Bank, Entry
from index.catalogue.database import Catalogue, Change
from index.hashing import exchanged
from index.hashing.exchanged import Kind, MatchParams
from index.store import pairs
from index.values import CODE_BYTES, Codes

SAME_BYTES = (Kind.ASSET.value, Kind.SHA256.value)
"""Kinds whose values are SHA-256 of a file: they find one another."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of a bank that is like what was asked for.

    Attributes:
        bank: Whose.
        entry: What it lists.
        distance: Bits by which PDQ hashes differ; 0 of the same bytes; None of lists.
        query: Share of the frames asked for that are like one of the list; None of others.
        listed: Share of the list's frames that are like one asked for; None of others.
    """

    bank: Bank
    entry: Entry
    distance: int | None = None
    query: float | None = None
    listed: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """What is compared by nearness, as it was once.

    Attributes:
        version: What the catalogue said then.
        codes: By kind, the PDQ hashes of all entries, uint8 (n, 32).
        owners: By kind, the entry of each.
    """

    version: tuple[int, int]
    codes: Mapping[Kind, Codes]
    owners: Mapping[Kind, npt.NDArray[np.int64]]


@dataclass(slots=True)
class Banks:
    """The banks of one archive, for threads to share.

    Attributes:
        catalogue: Of the archive.
        params: When hashes count as the same.
    """

    catalogue: Catalogue
    params: MatchParams = field(default_factory=MatchParams)
    _near: _Near | None = None
    _loading: threading.Lock = field(default_factory=threading.Lock)

    def of_assets(self, digests: Iterable[str]) -> list[Match]:
        """Return the entries that list files of these digests."""
        with self.catalogue.reading() as change:
            return [Match(*one, distance=0) for one in banks.listing(change, SAME_BYTES, digests)]

    def matches(self, asked: Sequence[tuple[Kind, str]]) -> list[list[Match]]:
        """Return for each hash what banks list that is like it, the nearest first.

        Args:
            asked: Kind and value, as `exchanged.canonical` returns them.
        """
        with self.catalogue.reading() as change:
            near = self._now(change)
            return [self._found(change, near, kind, value) for kind, value in asked]

    def _found(self, change: Change, near: _Near, kind: Kind, value: str) -> list[Match]:
        if kind is Kind.PDQ:
            return self._pdq(change, near, value)
        if kind is Kind.VPDQ:
            return self._vpdq(change, near, value)
        kinds = (kind.value,) if kind is Kind.MD5 else SAME_BYTES
        return [Match(*one, distance=0) for one in banks.listing(change, kinds, [value])]

    def _pdq(self, change: Change, near: _Near, value: str) -> list[Match]:
        asked = exchanged.code(value).reshape(1, CODE_BYTES)
        _, rows, bits = pairs.near(near.codes[Kind.PDQ], asked, self.params.bits)
        numbers = near.owners[Kind.PDQ][rows].tolist()
        far = dict(zip(numbers, bits.tolist(), strict=True))
        found = [Match(*one, distance=far[one[1].number]) for one in banks.numbered(change, far)]
        return sorted(found, key=lambda one: (one.distance or 0, one.entry.number))

    def _vpdq(self, change: Change, near: _Near, value: str) -> list[Match]:
        """Return the lists that enough of the frames are like."""
        asked = exchanged.frames(value).good(self.params.quality)
        queries, rows, _ = pairs.near(near.codes[Kind.VPDQ], asked, self.params.bits)
        if not len(rows):
            return []
        owners = near.owners[Kind.VPDQ]
        numbers, sizes = np.unique(owners, return_counts=True)
        of = np.searchsorted(numbers, owners[rows])
        shares = _different(of, queries, len(numbers)) / len(asked)
        listed = _different(of, rows, len(numbers)) / sizes
        enough = (shares >= self.params.query) & (listed >= self.params.listed)
        told = {
            int(numbers[i]): (float(shares[i]), float(listed[i])) for i in np.flatnonzero(enough)
        }
        found = [
            Match(bank, entry, query=told[entry.number][0], listed=told[entry.number][1])
            for bank, entry in banks.numbered(change, told)
        ]
        return sorted(found, key=lambda one: (-(one.query or 0), one.entry.number))

    def _now(self, change: Change) -> _Near:
        """Return what is compared by nearness, loading it where something came or went."""
        version = banks.version(change)
        near = self._near
        if near is not None and near.version == version:
            return near
        with self._loading:
            if self._near is None or self._near.version != version:
                self._near = self._loaded(change, version)
            return self._near

    def _loaded(self, change: Change, version: tuple[int, int]) -> _Near:
        pdq = list(banks.of_kind(change, Kind.PDQ))
        lists = [
            (number, exchanged.frames(value).good(self.params.quality))
            for number, value in banks.of_kind(change, Kind.VPDQ)
        ]
        none = np.empty((0, CODE_BYTES), np.uint8)
        codes = {
            Kind.PDQ: np.stack([exchanged.code(value) for _, value in pdq]) if pdq else none,
            Kind.VPDQ: np.concatenate([none, *(held for _, held in lists)]),
        }
        owners = {
            Kind.PDQ: np.array([number for number, _ in pdq], np.int64),
            Kind.VPDQ: np.repeat(
                np.array([number for number, _ in lists], np.int64),
                [len(held) for _, held in lists],
            ),
        }
        return _Near(version, codes, owners)


def _different(
    of: npt.NDArray[np.int64], members: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.float64]:
    """Return how many different members each of so many groups has."""
    pairs = np.unique(np.column_stack([of, members]), axis=0)
    return np.bincount(pairs[:, 0], minlength=count).astype(np.float64)
