"""The manifests of a file as bytes: taken out of it as they are, not checked and not changed.

These functions run inside a `Sandbox`: the file is whatever people send.

Source: C2PA, Content Credentials technical specification 2.2, section 11.1, use of JUMBF, and
appendix A, embedding manifests; ISO/IEC 19566-5:2023, JUMBF.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from index import marks
from index.marks import MANIFEST

MOST = 64_000_000
"""Bytes of manifests that are taken out: they hold thumbnails, and seldom more than a few MB."""
BOX, DESCRIPTION = b"jumb", b"jumd"
APP11 = b"\xff\xeb"
_UUID, _TOGGLES = 16, 17
"""Bytes of a description before its toggles, and before its label."""
_HEAD, _LONG_HEAD = 8, 16
"""Bytes before what a box holds."""


def store(path: Path) -> bytes | None:
    """Return the manifest store in a file; None where there is none, or in an unknown format.

    Raises:
        OSError: The file cannot be read.
    """
    kept, packets = b"", b""
    with path.open("rb") as file:
        for kind, start, length in marks.parts(file):
            if length > MOST or kind not in {b"C2PA", b"caBX", MANIFEST, APP11}:
                continue
            file.seek(start)
            held = file.read(length)
            if kind == APP11:
                packets = (packets + _packet(held, first=not packets))[:MOST]
            else:
                kept = kept or (_unwrapped(held) if kind == MANIFEST else held)
    whole = kept or packets
    return whole if whole[4:_HEAD] == BOX else None


def active(held: bytes) -> str | None:
    """Return the label of a store's active manifest: its last one."""
    children = list(_manifests(held))
    return None if not children else _label(children[-1])


def alone(held: bytes) -> bytes:
    """Return a store of the active manifest alone, without those of its ingredients."""
    boxes = list(_boxes(_content(held)))
    if not boxes:
        return held
    inside = boxes[0] + boxes[-1] if len(boxes) > 1 else boxes[0]
    return struct.pack(">I4s", _HEAD + len(inside), BOX) + inside


def carried(path: Path) -> str | None:
    """Return the label of the active manifest in a file; None where there is none.

    Raises:
        OSError: The file cannot be read.
    """
    held = store(path)
    return None if held is None else active(held)


def _manifests(held: bytes) -> Iterator[bytes]:
    return (box for box in _boxes(_content(held)) if box[4:_HEAD] == BOX)


def _label(box: bytes) -> str | None:
    """Return what a box calls itself."""
    described = next(_boxes(_content(box)), b"")
    content = _content(described)
    if described[4:_HEAD] != DESCRIPTION or len(content) <= _TOGGLES or not content[_UUID] & 2:
        return None
    label, found, _ = content[_TOGGLES:].partition(b"\0")
    try:
        return label.decode() if found and label else None
    except UnicodeDecodeError:
        return None


def _boxes(held: bytes) -> Iterator[bytes]:
    """Yield the boxes that follow one another; none after a broken one."""
    place = 0
    while len(held) - place >= _HEAD:
        (length,) = struct.unpack_from(">I", held, place)
        if length == 1 and len(held) - place >= _LONG_HEAD:
            (length,) = struct.unpack_from(">Q", held, place + _HEAD)
        length = length or len(held) - place
        if not _HEAD <= length <= len(held) - place:
            return
        yield held[place : place + length]
        place += length


def _content(box: bytes) -> bytes:
    return box[_LONG_HEAD if box[:4] == b"\0\0\0\1" else _HEAD :]


def _unwrapped(held: bytes) -> bytes:
    """Return the store in an ISO file's box: after version, purpose, and for some a place."""
    _, _, rest = held[4:].partition(b"\0")
    return rest if rest[4:_HEAD] == BOX else rest[8:]


def _packet(held: bytes, *, first: bool) -> bytes:
    """Return what a JPEG's segment adds: after its marks and, but in the first, the box's head."""
    if held[:2] != b"JP":
        return b""
    box = held[8:]
    return box if first else _content(box)
