import os
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from index.archive import Archive
from index.errors import NoSpaceError
from index.values import Asset
from tests import archives


class Stop(BaseException):
    """Stands for the end of the program: nothing catches it."""


def break_at(monkeypatch: pytest.MonkeyPatch, step: int, error: BaseException) -> None:
    """Let the step-th write that must last fail, counted from now."""
    steps, fsync = iter(range(10_000)), os.fsync

    def counted(file: int) -> None:
        if next(steps) == step:
            raise error
        fsync(file)

    monkeypatch.setattr(os, "fsync", counted)


def begin(path: Path) -> Archive:
    """Make an archive and add nothing."""
    return Archive.open(path, create=True)


@pytest.mark.parametrize("step", range(9))
def test_an_archive_stopped_while_it_grows_is_sound_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    films = [archives.film(tmp_path, seed) for seed in range(3)]
    kept: list[Asset] = []
    with Archive.open(tmp_path / "a", create=True) as archive:
        kept.append(archives.add(archive, films[0], 0))

    def grow() -> None:
        with Archive.open(tmp_path / "a", write=True) as archive:
            kept.append(archives.add(archive, films[1], 1))
            kept.append(archives.add(archive, films[2], 2))
            archive.seal()

    with monkeypatch.context() as patch:
        break_at(patch, step, Stop())
        stopped = _stops(grow)

    assert stopped == (step < 6)
    with Archive.open(tmp_path / "a") as archive:
        assert archive.verify() == []
        assert [archives.found(archive, seed) for seed in range(len(kept))] == [
            [asset.row] for asset in kept
        ]
    grow()
    with Archive.open(tmp_path / "a") as archive:
        assert archive.verify() == []
        assert archive.leftovers() == []
        assert (archive.stats().assets, archive.stats().codes) == (3, 12)


def _stops(call: Callable[[], None]) -> bool:
    try:
        call()
    except Stop:
        return True
    return False


@pytest.mark.parametrize("step", range(2))
def test_an_archive_stopped_while_it_is_made_is_made_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    with monkeypatch.context() as patch:
        break_at(patch, step, Stop())
        with pytest.raises(Stop):
            begin(tmp_path / "a")

    with begin(tmp_path / "a") as archive:
        archives.add(archive, archives.film(tmp_path, 1), 1)
        assert archive.verify() == []


@pytest.mark.parametrize("step", range(6))
def test_a_full_disk_is_told_and_the_archive_stays_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    path = archives.filled(tmp_path, range(1))

    def grow() -> None:
        with Archive.open(path, write=True) as archive:
            archives.add(archive, archives.film(tmp_path, 1), 1)
            archives.add(archive, archives.film(tmp_path, 2), 2)
            archive.seal()

    with monkeypatch.context() as patch:
        break_at(patch, step, OSError(28, "No space left on device"))
        with pytest.raises(NoSpaceError, match="The disk is full"):
            grow()

    with Archive.open(path) as archive:
        assert archive.verify() == []
        assert archives.found(archive, 0) == [1]
    grow()
    with Archive.open(path) as archive:
        assert [archives.found(archive, seed) for seed in range(3)] == [[1], [2], [3]]


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A disk of so many kB, where the system lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}k", "tmpfs", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)  # noqa: S603 # fixed arguments
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk of our own may be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607 # fixed arguments


@pytest.mark.parametrize("small_disk", [140, 240, 300], indirect=True)
def test_a_disk_that_fills_up_leaves_a_sound_archive(tmp_path: Path, small_disk: Path) -> None:
    kept: list[Asset] = []

    def fill() -> None:
        with Archive.open(small_disk / "a", create=True) as archive:
            for seed in count():
                kept.append(archives.add(archive, archives.film(tmp_path, seed), seed, 40))
                archive.seal()

    with pytest.raises(NoSpaceError):
        fill()

    with Archive.open(small_disk / "a") as archive:
        assert archive.verify() == []
        assert list(archive.assets()) == kept
        assert [archives.found(archive, seed) for seed in range(len(kept))] == [
            [asset.row] for asset in kept
        ]
