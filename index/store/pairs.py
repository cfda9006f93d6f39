"""Codes to pairs: which stored codes lie within so many bits of which of those asked for.

Each is compared with each; what can be said before all bits are counted is said first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self, cast

import faiss
import numpy as np
import numpy.typing as npt

from index.values import CODE_BITS, Codes

COMPARED = 8_192
"""Stored codes compared in one go with those asked for, so that their distances stay in the cache.
Of 65,536 codes 0.58 ns a pair; the library's own search within a radius takes 0.94."""
SPARE = 10
"""Bits by which the halves of two codes that stay when mirrored may differ beyond half of a radius.
Within 68 bits that leaves out 3 of 9,718 pairs of made clips and their sources, none nearer than 64
bits, and of frames with a disc over their middle, which moves that half most, 1 to 3 in 100."""
HALF_BITS = CODE_BITS // 2
CHANGED = np.uint64(0x5555_5555_5555_5555)
"""Of eight bytes of a code the bits that change when left and right are swapped, every other one:
see `index.hashing.pictures`."""
ONE = np.uint64(1)

# Measured on two busy cores, 64 queries in one go: 0.10 ms a code on one thread and 0.2 to 0.4 on
# two over 10^5 codes, 1.6 and 2.2 over 10^6. Memory is the limit, and waiting threads burn time.
faiss.omp_set_num_threads(1)


type Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]
"""Index of the code asked for, row of the stored code, and the bits that differ, of each pair."""


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """Codes, the bits that stay when left and right are swapped apart from those that change.

    Attributes:
        stays: uint8 (n, 16).
        changes: uint8 (n, 16).
    """

    stays: Codes
    changes: Codes

    @classmethod
    def of(cls, codes: Codes) -> Self:
        """Return the halves of codes, uint8 (n, 32)."""
        words = np.ascontiguousarray(codes).view(np.uint64)
        first, second = words[:, 0::2], words[:, 1::2]
        stays = (first & ~CHANGED) | (second & ~CHANGED) >> ONE
        changes = (first & CHANGED) << ONE | (second & CHANGED)
        return cls(stays.view(np.uint8), changes.view(np.uint8))

    def __len__(self) -> int:
        return len(self.stays)


def near(held: Codes, asked: Codes, radius: int) -> Pairs:
    """Return all pairs of codes within so many bits, having compared each with each.

    Args:
        held: uint8 (m, 32), contiguous.
        asked: uint8 (n, 32), contiguous.
        radius: Bits, 0 to 256.
    """
    return _joined([_none(), *_within(held, asked, radius)])


def near_either(held: Halves, asked: Codes, radius: int) -> tuple[Pairs, Pairs]:
    """Return pairs of codes within so many bits, and pairs where those asked for are mirrored.

    The half that stays is alike in both, so it is compared once for both, and the other half only
    where it allows. So a pair is left out that differs in it by more than half of the radius and
    `SPARE` bits; all are found that differ by twice these at most.

    Args:
        held: Of m codes.
        asked: uint8 (n, 32).
        radius: Bits, 0 to 256.
    """
    wanted, limit = Halves.of(asked), min(radius, radius // 2 + SPARE)
    found: tuple[list[Pairs], list[Pairs]] = ([_none()], [_none()])
    for queries, rows, stays in _within(held.stays, wanted.stays, limit):
        changes = _apart(wanted.changes, queries, held.changes, rows)
        for side, bits in zip(found, (stays + changes, stays + (HALF_BITS - changes)), strict=True):
            close = np.flatnonzero(bits <= radius)
            side.append((queries[close], rows[close], bits[close]))
    return _joined(found[0]), _joined(found[1])


def _within(held: Codes, asked: Codes, limit: int) -> Iterator[Pairs]:
    """Yield all pairs within so many bits, some of the stored codes at a time.

    Args:
        held: uint8 (m, b), contiguous, b a multiple of 8.
        asked: uint8 (n, b), contiguous.
        limit: Bits.
    """
    library = cast("Any", faiss)  # its types leave out what compares bare arrays
    space = np.empty(len(asked) * min(len(held), COMPARED), np.int32)
    size, numbers = asked.shape[1], np.arange(len(asked))
    for first in range(0, len(held), COMPARED):
        part = held[first : first + COMPARED]
        bits = space[: len(asked) * len(part)]
        pointers = (faiss.swig_ptr(array) for array in (asked, part))
        library.hammings(*pointers, len(asked), len(part), size, faiss.swig_ptr(bits))
        places = np.flatnonzero(bits <= limit)
        starts = len(part) * numbers
        queries = np.repeat(numbers, np.diff(np.searchsorted(places, starts), append=len(places)))
        yield queries, places - starts[queries] + first, bits[places]


def _apart(
    some: Codes, of_some: npt.NDArray[np.int64], others: Codes, of_others: npt.NDArray[np.int64]
) -> npt.NDArray[np.int32]:
    """Return the bits that differ between pairs of halves, given their rows."""
    # As one number each they are picked several times as fast as row by row.
    pairs = [
        half.view(np.complex128).ravel()[rows].view(np.uint64)
        for half, rows in ((some, of_some), (others, of_others))
    ]
    bits = np.bitwise_count(pairs[0] ^ pairs[1])
    return (bits[0::2] + bits[1::2]).astype(np.int32)


def _joined(found: list[Pairs]) -> Pairs:
    queries, rows, distances = (np.concatenate(column) for column in zip(*found, strict=True))
    return queries, rows, distances


def _none() -> Pairs:
    return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32)
