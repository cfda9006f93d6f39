import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index import files, measure
from index.archive import Archive
from index.bulk import Done, Event, Failed, Listed, Progress, Skipped, index_files
from index.errors import BadMediaError, MissingFileError, NoSpaceError
from tests import clips


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One short clip, to be copied; touched by nobody."""
    return clips.movie(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=1.0, size=(64, 36))


@pytest.fixture
def films(tmp_path: Path, clip: Path) -> Path:
    """A folder of three films that differ in their bytes and one that is none."""
    folder = tmp_path / "films"
    folder.mkdir()
    for number in range(3):
        # Players and decoders pass over bytes after the last box.
        (folder / f"{number}.mp4").write_bytes(clip.read_bytes() + b"\0\0\0\x09free%d" % number)
    (folder / "text.mp4").write_bytes(b"This is a text.")
    return folder


def run(archive: Archive, *paths: Path, workers: int = 1) -> list[Event]:
    """Index files and return what was told, progress left out."""
    events: list[Event] = []
    index_files(archive, paths, workers=workers, on_event=events.append)
    return [event for event in events if not isinstance(event, Progress)]


def told[T: Event](events: list[Event], kind: type[T]) -> list[T]:
    """Return the events of one kind, by path."""
    found = [event for event in events if isinstance(event, kind)]
    return sorted(found, key=lambda event: "" if isinstance(event, Listed) else str(event.path))


def test_each_file_of_a_folder_is_added_or_named(tmp_path: Path, films: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        events = run(archive, films, workers=2)
        stats = archive.stats()

        assert [event.path.name for event in told(events, Done)] == ["0.mp4", "1.mp4", "2.mp4"]
        assert [event.path.name for event in told(events, Failed)] == ["text.mp4"]
        assert isinstance(told(events, Failed)[0].error, BadMediaError)
        assert [event.files for event in told(events, Listed)] == [4]
        assert sum(event.codes for event in told(events, Done)) == stats.codes > 0
        assert (stats.assets, stats.buffered, stats.failures) == (3, 0, 1)
        assert archive.verify() == []


def test_a_second_run_does_only_what_is_missing(tmp_path: Path, films: Path, clip: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, films)
        shutil.copy(clip, films / "new.mp4")

        events = run(archive, films)

        assert [event.path.name for event in told(events, Done)] == ["new.mp4"]
        assert [event.copy for event in told(events, Skipped)] == [False] * 3
        assert [failure.attempts for failure in archive.failures()] == [2]


def test_a_copy_is_a_second_location_and_is_not_decoded(
    tmp_path: Path, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, films / "0.mp4")
        copy = Path(shutil.copy(films / "0.mp4", tmp_path / "copy.mp4"))
        monkeypatch.delattr(measure, "fingerprint")

        events = run(archive, copy)

        assert [event.copy for event in told(events, Skipped)] == [True]
        assert len(archive.card(archive.find("0.mp4")).locations) == 2


def test_copies_met_in_one_run_are_one_asset(tmp_path: Path, films: Path) -> None:
    shutil.copy(films / "0.mp4", films / "0 copy.mp4")
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, films, workers=2)

        assert archive.stats().assets == 3
        assert archive.verify() == []


def test_a_file_that_was_mended_is_no_failure_any_more(
    tmp_path: Path, films: Path, clip: Path
) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, films / "text.mp4")
        shutil.copy(clip, films / "text.mp4")

        run(archive, films / "text.mp4")

        assert archive.failures() == []


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to(path), None])
def test_what_is_no_file_is_named_and_the_rest_goes_on(
    tmp_path: Path, films: Path, make: Callable[[Path], None] | None
) -> None:
    odd = tmp_path / "odd.mp4"
    if make is not None:
        make(odd)
    with Archive.open(tmp_path / "a", create=True) as archive:
        events = run(archive, odd, films / "0.mp4")

        assert [type(event.error) for event in told(events, Failed)] == [MissingFileError]
        assert len(told(events, Done)) == 1


def test_a_film_with_an_invalid_name_is_added(tmp_path: Path, films: Path) -> None:
    odd = films / os.fsdecode(b"two\nlines \xff \xf0\x9f\x98\x80 '.mp4")
    (films / "0.mp4").rename(odd)
    with Archive.open(tmp_path / "a", create=True) as archive:
        events = run(archive, odd)

        assert [event.path for event in told(events, Done)] == [odd]
        assert archive.known(odd) == files.digest(odd)


@pytest.mark.parametrize("lost", [0, 1])
def test_files_whose_codes_were_lost_are_done_whatever_was_asked_for(
    tmp_path: Path, films: Path, lost: int
) -> None:
    path = tmp_path / "a"
    with Archive.open(path, create=True) as archive:
        run(archive, films / "0.mp4")
        sorted((path / "segments").iterdir())[lost].unlink()
        archive.verify(read_data=True)

        events = run(archive, films / "1.mp4")

        assert [event.path.name for event in told(events, Done)] == ["0.mp4", "1.mp4"]
        assert archive.verify() == []
        assert archive.stats().waiting == 0


def test_what_was_told_as_done_is_kept_when_the_run_is_broken_off(
    tmp_path: Path, films: Path
) -> None:
    done: list[Done] = []
    threads = threading.active_count()

    def interrupt(event: Event) -> None:
        if isinstance(event, Done):
            done.append(event)
            raise KeyboardInterrupt

    with (
        Archive.open(tmp_path / "a", create=True) as archive,
        pytest.raises(KeyboardInterrupt),
    ):
        index_files(archive, [films], workers=2, on_event=interrupt)

    with Archive.open(tmp_path / "a") as archive:
        assert archive.verify() == []
        assert list(archive.assets()) == [done[0].asset]
    assert threading.active_count() == threads


def test_a_full_disk_ends_the_run(
    tmp_path: Path, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, films / "0.mp4")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(NoSpaceError):
                run(archive, films)

        assert archive.verify() == []
        assert archive.stats().assets == 1


def test_a_defect_is_raised_as_it_is(
    tmp_path: Path, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(_: Path) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(files, "digest", defect)

    with Archive.open(tmp_path / "a", create=True) as archive, pytest.raises(ZeroDivisionError):
        run(archive, films)


def test_a_file_that_grows_while_it_is_read_is_named(
    tmp_path: Path, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing, digest = films / "0.mp4", files.digest

    def grow(path: Path) -> str:
        before = digest(path)
        path.write_bytes(path.read_bytes() + b"\0")
        return before

    monkeypatch.setattr(files, "digest", grow)

    with Archive.open(tmp_path / "a", create=True) as archive:
        events = run(archive, growing)

        assert "changed while it was read" in str(told(events, Failed)[0].error)
        assert archive.stats().assets == 0
