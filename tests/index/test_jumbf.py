"""Manifests taken out of real files, and out of bytes that only look like them."""

import json
import struct
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from index.jumbf import active, alone, carried, store
from tests import clips, credentials

c2pa: Any = import_module("c2pa")
FTYP = struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\2\0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jumbf")


@pytest.fixture(scope="module")
def bare(folder: Path) -> Path:
    return clips.movie(folder / "bare.mp4", seconds=1)


@pytest.fixture(scope="module")
def copied(folder: Path, bare: Path) -> Path:
    """A clip with a manifest that says it was made from another with one."""
    ann = credentials.signer()
    first = credentials.signed(folder / "first.mp4", bare, ann)
    opened = [credentials.OPENED]
    return credentials.signed(folder / "copied.mp4", first, ann, actions=opened, parent=first)


def read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file, c2pa.Reader("video/mp4", file) as reader:
        said: dict[str, Any] = json.loads(reader.json())
        return said


def test_the_active_manifest_is_the_one_that_c2pas_own_reader_names(copied: Path) -> None:
    said = read(copied)

    assert len(said["manifests"]) == 2
    assert carried(copied) == said["active_manifest"]


def test_a_store_is_what_stands_in_the_file(copied: Path) -> None:
    held = store(copied)

    assert held is not None
    assert held in copied.read_bytes()
    assert struct.unpack(">I", held[:4])[0] == len(held)


def test_the_active_manifest_alone_is_a_store(copied: Path) -> None:
    held = store(copied)
    assert held is not None

    one = alone(held)

    assert struct.unpack(">I", one[:4])[0] == len(one) < len(held)
    assert active(one) == active(held)


def test_a_file_without_a_manifest_has_no_store(bare: Path) -> None:
    assert store(bare) is None
    assert carried(bare) is None


@given(held=some.binary(max_size=300), boxed=some.booleans())
def test_any_bytes_can_be_looked_through(
    tmp_path_factory: pytest.TempPathFactory, held: bytes, *, boxed: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "store"
    uuid = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
    inside = uuid + b"\0\0\0\0manifest\0" + bytes(8) + held
    path.write_bytes(FTYP + struct.pack(">I4s", 8 + len(inside), b"uuid") + inside)
    boxes = struct.pack(">I4s", 8 + len(held), b"jumb") + held if boxed else held

    carried(path)
    assert active(boxes) is None or active(alone(boxes)) == active(boxes)
