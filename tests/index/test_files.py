import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import files
from index.errors import MissingFileError
from tests import archives

ODD = [
    b"with spaces.mp4",
    b"a 'quoted' \"name\".mp4",
    b"two\nlines.mp4",
    "emoji 😀.mp4".encode(),
    b"invalid \xff\xfe.mp4",
    b"100%25.mp4",
    b"[brackets]*?.mp4",
    b"# sharp.mp4",
]


def listed(*named: Path) -> list[str]:
    """Return the names of what is found, and complaints in brackets."""
    complaints: list[str] = []
    found = list(files.files(named, on_error=lambda _, error: complaints.append(f"({error})")))
    return [files.name(path) for path in found] + complaints


@pytest.mark.parametrize("name", ODD)
def test_a_file_of_any_name_is_found_by_its_address(tmp_path: Path, name: bytes) -> None:
    path = archives.film(tmp_path, 1, name)

    address = files.uri(path)

    assert address.isascii()
    assert files.path_of(address) == path
    assert files.path_of(address).read_bytes() == b"film 1"


@given(st.binary(min_size=1, max_size=40).filter(lambda b: not set(b) & {0, ord("/")}))
def test_an_address_leads_back_to_its_path(name: bytes) -> None:
    path = Path("/films") / os.fsdecode(b"x" + name)

    assert files.path_of(files.uri(path)) == path


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_always_text_that_can_be_stored(tmp_path: Path, name: bytes) -> None:
    path = archives.film(tmp_path, 1, name)

    files.name(path).encode("utf-8")
    assert "\n" not in files.shown(path)
    files.shown(path).encode("utf-8")


@pytest.mark.parametrize("name", ODD)
def test_a_file_of_any_name_is_found_in_its_folder(tmp_path: Path, name: bytes) -> None:
    path = archives.film(tmp_path, 1, name)

    assert listed(tmp_path) == [files.name(path)]


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_is_there_is_never_taken_for_a_pattern(tmp_path: Path, name: bytes) -> None:
    path = archives.film(tmp_path, 1, name)
    archives.film(tmp_path, 2, "brackets.mp4")

    assert listed(path) == [files.name(path)]


def test_a_folder_is_walked_in_natural_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    archives.film(tmp_path / "b", 1, "take 10.mp4")
    archives.film(tmp_path / "b", 2, "take 2.mp4")
    archives.film(tmp_path, 3, "z.mp4")

    assert listed(tmp_path) == ["z.mp4", "take 2.mp4", "take 10.mp4"]


def test_hidden_files_and_texts_are_left_out_of_a_folder(tmp_path: Path) -> None:
    archives.film(tmp_path, 1, ".hidden.mp4")
    archives.film(tmp_path, 2, "film.srt")
    archives.film(tmp_path, 3, "no ending")
    (tmp_path / ".cache").mkdir()
    archives.film(tmp_path / ".cache", 4)

    assert listed(tmp_path) == ["no ending"]


def test_a_text_named_by_itself_is_tried(tmp_path: Path) -> None:
    assert listed(archives.film(tmp_path, 1, "film.txt")) == ["film.txt"]


def test_an_archive_inside_a_folder_is_left_alone(tmp_path: Path) -> None:
    archives.filled(tmp_path, range(1))

    assert listed(tmp_path) == ["0.mp4"]


def test_a_link_that_leads_in_a_circle_ends_the_walk(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    archives.film(tmp_path / "a", 1)
    (tmp_path / "a" / "up").symlink_to(tmp_path)

    assert listed(tmp_path) == ["1.mp4"]


def test_a_linked_folder_is_walked(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    archives.film(tmp_path / "real", 1)
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "linked").symlink_to(tmp_path / "real")

    assert listed(tmp_path / "films") == ["1.mp4"]


def test_a_path_named_twice_is_found_once(tmp_path: Path) -> None:
    path = archives.film(tmp_path, 1)

    assert listed(path, tmp_path, path) == ["1.mp4"]


def test_a_pattern_stands_for_what_it_matches(tmp_path: Path) -> None:
    archives.film(tmp_path, 1, "a.mov")
    archives.film(tmp_path, 2, "b.mp4")

    assert listed(tmp_path / "*.mov") == ["a.mov"]


def test_a_pattern_that_matches_nothing_is_told(tmp_path: Path) -> None:
    assert listed(tmp_path / "*.mov") == [f"({tmp_path}/*.mov holds no media files.)"]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert listed(tmp_path) == [f"({tmp_path} holds no media files.)"]


def test_a_folder_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refused)

    assert f"({tmp_path} may not be read.)" in listed(tmp_path)


def test_a_pipe_in_a_folder_is_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    archives.film(tmp_path, 1)

    assert listed(tmp_path) == ["1.mp4"]


def test_a_link_to_nowhere_in_a_folder_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere")

    assert listed(tmp_path) == ["gone.mp4"]


def test_a_missing_file_is_named() -> None:
    with pytest.raises(MissingFileError, match=r"There is no file films/a\.mp4"):
        files.location(Path("films/a.mp4"))


def test_a_link_to_nowhere_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere")

    with pytest.raises(MissingFileError, match="link to a file that is not there"):
        files.location(tmp_path / "gone.mp4")


def test_a_link_to_itself_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "loop.mp4").symlink_to(tmp_path / "loop.mp4")

    with pytest.raises(MissingFileError, match="too many levels of symbolic links"):
        files.location(tmp_path / "loop.mp4")


def test_a_pipe_is_refused_before_anyone_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    with pytest.raises(MissingFileError, match="is no regular file"):
        files.location(tmp_path / "pipe.mp4")


def test_a_file_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archives.film(tmp_path, 1)

    def refused(_path: Path, _mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)

    with pytest.raises(MissingFileError, match=r"1\.mp4 may not be read"):
        files.digest(path)


def test_a_file_is_still_there_after_being_touched(tmp_path: Path) -> None:
    path = archives.film(tmp_path, 1)
    place, digest = files.location(path), files.digest(path)
    os.utime(path, (1, 1))

    assert files.still(place, digest) == path


def test_a_file_with_other_bytes_is_not_still_there(tmp_path: Path) -> None:
    path = archives.film(tmp_path, 1)
    place, digest = files.location(path), files.digest(path)
    path.write_bytes(b"FILM 1")
    os.utime(path, (1, 1))

    assert files.still(place, digest) is None
    path.unlink()
    assert files.still(place, digest) is None
