import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index import folder
from index.errors import (
    ArchiveBusyError,
    ArchiveDamagedError,
    ArchiveFormatError,
    NoSpaceError,
    UserError,
)

HOLD = """
import sys, time
from pathlib import Path
from index.folder import Lock
lock = Lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder laid out as an archive, without a marker."""
    path = tmp_path / "archive"
    folder.prepare(path)
    return path


@pytest.fixture
def writer(archive: Path, root: Path) -> Callable[[], subprocess.Popen[str]]:
    """Return a function that starts another process which holds the lock."""

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603 # our own interpreter and code
            [sys.executable, "-c", HOLD, str(archive)], cwd=root, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.stdout.close()
        return process

    return start


def refuse(number: int) -> Callable[..., None]:
    """Return a function that fails as the system does."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refused


def test_a_marker_read_back_is_the_same(archive: Path) -> None:
    marker = folder.Marker("ab12", {"picture": "phash256/1"})

    marker.write(archive)

    assert folder.Marker.read(archive) == marker


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": "x", "id": "a"}'])
def test_a_marker_that_says_nothing_is_damaged(archive: Path, text: str) -> None:
    (archive / "wherefrom.json").write_text(text, encoding="utf-8")

    with pytest.raises(ArchiveDamagedError, match=r"wherefrom\.json is damaged"):
        folder.Marker.read(archive)


@pytest.mark.parametrize(
    ("number", "way_out"),
    [(folder.FORMAT + 1, "Install a newer wherefrom."), (folder.FORMAT - 1, "Index it anew.")],
)
def test_another_format_is_refused_with_a_way_out(archive: Path, number: int, way_out: str) -> None:
    facts = {"format": number, "id": "a", "recipes": {}}
    (archive / "wherefrom.json").write_text(json.dumps(facts), encoding="utf-8")

    with pytest.raises(ArchiveFormatError, match=f"has format {number}") as refused:
        folder.Marker.read(archive)

    assert refused.value.hint == way_out


def test_a_folder_without_a_marker_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveFormatError, match="There is no archive"):
        folder.Marker.read(tmp_path)


def test_a_folder_of_other_things_is_not_made_an_archive(tmp_path: Path) -> None:
    (tmp_path / "holiday.mp4").touch()

    with pytest.raises(ArchiveFormatError, match="holds other files"):
        folder.prepare(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["holiday.mp4"]


def test_a_file_is_not_made_an_archive(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    with pytest.raises(ArchiveFormatError, match="is a file"):
        folder.prepare(tmp_path / "a")
    with pytest.raises(ArchiveFormatError, match="cannot be written: not a directory"):
        folder.prepare(tmp_path / "a" / "b")


def test_the_lock_is_held_by_one_at_a_time(archive: Path) -> None:
    lock = folder.Lock(archive)

    with pytest.raises(ArchiveBusyError, match=f"written by process {os.getpid()} on"):
        folder.Lock(archive)
    lock.close()

    folder.Lock(archive).close()


def test_a_living_process_keeps_its_lock(
    archive: Path, writer: Callable[[], subprocess.Popen[str]]
) -> None:
    with writer() as process:
        with pytest.raises(ArchiveBusyError, match=f"written by process {process.pid} on"):
            folder.Lock(archive)
        process.kill()


def test_a_killed_process_leaves_no_lock(
    archive: Path, writer: Callable[[], subprocess.Popen[str]]
) -> None:
    with writer() as process:
        process.send_signal(signal.SIGKILL)

    folder.Lock(archive).close()


def test_a_written_file_is_whole_and_nothing_else_is_left(archive: Path) -> None:
    folder.put(archive, "buffer/a.npz", b"codes")

    assert (archive / "buffer" / "a.npz").read_bytes() == b"codes"
    assert list((archive / "tmp").iterdir()) == []


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.rename", "pathlib.Path.open"])
@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, NoSpaceError),
        (errno.EDQUOT, NoSpaceError),
        (errno.EROFS, ArchiveFormatError),
        (errno.EIO, ArchiveFormatError),
    ],
)
def test_a_write_that_fails_leaves_nothing_and_is_told(
    archive: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, kind: type[UserError]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(call, refuse(number))
        with pytest.raises(kind, match="archive"):
            folder.put(archive, "buffer/a.npz", b"codes")

    assert [path for part in folder.PARTS for path in (archive / part).iterdir()] == []


def test_tidying_deletes_what_no_row_names(archive: Path) -> None:
    for name in ("buffer/a.npz", "buffer/b.npz", "segments/c.npz"):
        folder.put(archive, name, b"")
    (archive / "tmp" / "half").touch()

    folder.tidy(archive, named=frozenset({"buffer/b.npz"}))

    left = [path.name for part in folder.PARTS for path in (archive / part).iterdir()]
    assert left == ["b.npz"]


def test_tidying_leaves_files_of_other_programs_alone(archive: Path) -> None:
    (archive / "segments" / ".DS_Store").touch()

    assert folder.leftovers(archive, named=frozenset()) == []
