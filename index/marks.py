"""Whether a file holds a C2PA manifest, or the address of one, by the heads of its parts.

The parts are not read, so this costs next to nothing, and no library.

Source: C2PA, Content Credentials technical specification 2.2, appendix A, embedding manifests.
"""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

MANIFEST = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The kinds of box in which ISO files hold a manifest, and what may have the address of one."""
PROVENANCE = b"provenance"
"""What such an address is called in XMP."""
MOST, LONGEST = 10_000, 1_000_000
"""Parts that are looked at, and bytes of XMP that are read."""

type Part = tuple[bytes, int, int]
"""Its kind, where its content begins, and how many bytes that has."""


def marked(path: Path) -> bool:
    """Return whether a manifest, or the address of one, is in a file; False of unknown formats.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        return any(_marks(file, part) for part in parts(file))


def parts(file: BinaryIO) -> Iterator[Part]:
    """Yield the parts of a file, the first of them at most; none of unknown formats."""
    walk = _parts(file.read(12))
    if walk is not None:
        yield from (part for part, _ in zip(walk(file), range(MOST), strict=False))


def _parts(head: bytes) -> Callable[[BinaryIO], Iterator[Part]] | None:
    """Return what walks through the parts of a file that begins like this."""
    if head[4:8] == b"ftyp":
        return _boxes
    if head[:4] == b"RIFF":
        return _chunks
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return _png_chunks
    return _jpeg_segments if head[:2] == b"\xff\xd8" else None


def _marks(file: BinaryIO, part: Part) -> bool:
    kind, start, length = part
    if kind in {b"C2PA", b"caBX", MANIFEST}:
        return True
    if kind in {XMP, b"\xff\xeb", b"\xff\xe1", b"iTXt"}:
        file.seek(start)
        held = file.read(min(length, LONGEST))
        return (b"jumb" if kind == b"\xff\xeb" else PROVENANCE) in held
    return False


def _boxes(file: BinaryIO) -> Iterator[Part]:
    place = 0
    while len(head := _read(file, place, 32)) >= 8:  # noqa: PLR2004 # bytes of a box's head
        length, kind, long = struct.unpack(">I4sQ", head.ljust(32, b"\0")[:16])
        skip = 8
        if length == 1:
            length, skip = long, 16
        if kind == b"uuid":
            kind, skip = head[skip : skip + 16], skip + 16
        yield kind, place + skip, max(0, length - skip)
        if length < skip:  # 0 is a last box, anything else is broken
            return
        place += length


def _chunks(file: BinaryIO) -> Iterator[Part]:
    place = 12
    while len(head := _read(file, place, 8)) == 8:  # noqa: PLR2004 # bytes of a chunk's head
        kind, length = struct.unpack("<4sI", head)
        yield kind, place + 8, length
        place += 8 + length + length % 2


def _png_chunks(file: BinaryIO) -> Iterator[Part]:
    place = 8
    while len(head := _read(file, place, 8)) == 8:  # noqa: PLR2004 # bytes of a chunk's head
        length, kind = struct.unpack(">I4s", head)
        yield kind, place + 8, length
        place += 12 + length


def _jpeg_segments(file: BinaryIO) -> Iterator[Part]:
    place = 2
    while len(head := _read(file, place, 4)) == 4:  # noqa: PLR2004 # bytes of a segment's head
        kind, length = struct.unpack(">2sH", head)
        if kind[0] != 0xFF or kind == b"\xff\xda":  # noqa: PLR2004 # what follows are pictures
            return
        yield kind, place + 4, max(0, length - 2)
        place += 2 + max(2, length)


def _read(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)
