import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from index import marks
from index.marks import MANIFEST, XMP, marked

FTYP = struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\2\0"
PNG = b"\x89PNG\r\n\x1a\n"
HEADS = [FTYP, PNG, b"RIFF\0\0\0\0AVI ", b"\xff\xd8"]


def box(kind: bytes, held: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(held), kind) + held


def long_box(kind: bytes, held: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, kind, 16 + len(held)) + held


def chunk(kind: bytes, held: bytes) -> bytes:
    return kind + struct.pack("<I", len(held)) + held + b"\0" * (len(held) % 2)


def png_chunk(kind: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + kind + held + b"\0\0\0\0"


def segment(kind: bytes, held: bytes) -> bytes:
    return b"\xff" + kind + struct.pack(">H", 2 + len(held)) + held


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        FTYP + box(b"free", bytes(5)) + box(b"uuid", MANIFEST + b"jumb"),
        FTYP + long_box(b"mdat", bytes(50)) + box(b"uuid", MANIFEST),
        FTYP + long_box(b"uuid", MANIFEST + bytes(9)),
        FTYP + box(b"uuid", XMP + b'<x dcterms:provenance="https:"/>'),
        PNG + png_chunk(b"IHDR", bytes(13)) + png_chunk(b"caBX", b"jumb"),
        b"RIFF\0\0\0\0AVI " + chunk(b"LIST", bytes(7)) + chunk(b"C2PA", b"jumb"),
        b"\xff\xd8" + segment(b"\xe0", bytes(14)) + segment(b"\xeb", b"JP\0\1....jumb"),
    ],
    ids=["mp4", "long boxes", "long manifest", "address", "png", "riff", "jpeg"],
)
def test_a_manifest_or_its_address_is_noticed(tmp_path: Path, data: bytes) -> None:
    assert marked(written(tmp_path, data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        FTYP + box(b"mdat", MANIFEST) + box(b"uuid", bytes(16)),
        FTYP + box(b"uuid", XMP + b"<x/>"),
        PNG + png_chunk(b"IDAT", b"caBX"),
        b"RIFF\0\0\0\0AVI " + chunk(b"LIST", b"C2PA"),
        b"\xff\xd8" + segment(b"\xeb", b"HDR") + segment(b"\xda", b"") + b"jumb",
        b"\x1aE\xdf\xa3" + MANIFEST,
    ],
    ids=["empty", "mp4", "xmp", "png", "riff", "jpeg", "unknown"],
)
def test_what_only_looks_like_one_is_not(tmp_path: Path, data: bytes) -> None:
    assert not marked(written(tmp_path, data))


@given(head=some.sampled_from(HEADS), rest=some.binary(max_size=200))
def test_any_bytes_can_be_looked_through(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp(), head + rest)

    assert marked(path) in {True, False}


def test_a_file_of_empty_boxes_is_left_after_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "MOST", 10)
    path = written(tmp_path, FTYP + box(b"free", b"") * 10 + box(b"uuid", MANIFEST))

    assert not marked(path)
