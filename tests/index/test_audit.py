import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index import folder
from index.archive import Archive
from index.errors import (
    ArchiveDamagedError,
)
from tests import archives


def only(path: Path, pattern: str) -> Path:
    """Return the one file of an archive that the pattern matches."""
    (found,) = path.glob(pattern)
    return found


def flip(path: Path) -> None:
    """Change one bit of the codes in a file of the archive."""
    data = bytearray(path.read_bytes())
    held = [bytes(archives.codes(seed)[1]) for seed in (0, 1)]
    data[max(map(data.find, held))] ^= 1
    path.write_bytes(data)


def test_what_a_stopped_run_left_is_no_damage_and_goes_with_the_next(tmp_path: Path) -> None:
    path = archives.filled(tmp_path, range(1))
    for name in ("buffer/ab-picture.npz", "segments/0123.npz", "tmp/half"):
        (path / name).write_bytes(b"half")

    with Archive.open(path) as archive:
        assert archive.verify() == []
        assert len(archive.leftovers()) == 3
    with Archive.open(path, write=True) as archive:
        assert archive.leftovers() == []
        assert archives.found(archive, 0) == [1]


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a changed byte": (lambda path: flip(only(path, "segments/*")), "are not those that were"),
    "a lost store segment": (lambda path: only(path, "segments/*").unlink(), "cannot be read"),
    "a lost buffer file": (lambda path: only(path, "buffer/*").unlink(), "cannot be read"),
    "a changed buffer file": (lambda path: flip(only(path, "buffer/*")), "is damaged"),
    "another marker": (lambda path: folder.Marker("x", {"picture": "test/1"}).write(path), "names"),
    "another recipe": (lambda path: _rewrite(path, "UPDATE keyframes SET recipe = 'y'"), "by y"),
    "a wrong count": (lambda path: _rewrite(path, 'UPDATE keyframes SET "count" = 3'), "3 codes"),
    "a wrong sum": (lambda path: _rewrite(path, "UPDATE segments SET codes = 3"), "says 3"),
    "a lost row": (lambda path: _rewrite(path, "DELETE FROM keyframes WHERE asset = 1"), "lacks"),
    "a stray row": (
        lambda path: _rewrite(path, "INSERT INTO keyframes VALUES (99, 0, 'test/1', 4, NULL, 0)"),
        "missing row",
    ),
}


def _rewrite(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path / "catalogue.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of two films, one in a store segment and one in the buffer."""
    path = archives.filled(tmp_path, range(1))
    with Archive.open(path, write=True) as archive:
        archives.add(archive, archives.film(tmp_path / "films", 1), 1)
    return path


@pytest.mark.parametrize("damage", DAMAGE)
def test_verify_finds(path: Path, damage: str) -> None:
    harm, sentence = DAMAGE[damage]

    harm(path)

    with Archive.open(path) as archive:
        problems = archive.verify()
    assert sentence in " ".join(problems)
    with Archive.open(path) as archive:
        assert archive.verify(read_data=True) == problems


@pytest.mark.parametrize("pattern", ["segments/*", "buffer/*"])
def test_a_search_refuses_a_damaged_archive(path: Path, pattern: str) -> None:
    flip(only(path, pattern))

    with Archive.open(path) as archive, pytest.raises(ArchiveDamagedError) as refused:
        archives.found(archive, 0)

    assert "verify --read-data" in refused.value.hint


@pytest.mark.parametrize(("pattern", "seed"), [("segments/*", 0), ("buffer/*", 1)])
def test_assets_whose_codes_are_lost_wait_to_be_indexed_again(
    tmp_path: Path, path: Path, pattern: str, seed: int
) -> None:
    film = tmp_path / "films" / f"{seed}.mp4"
    flip(only(path, pattern))
    with Archive.open(path, write=True) as archive:
        asset = archive.find(film.name)
        assert archive.verify(read_data=True) != []

        assert archive.queued() == [film]
        assert archive.known(film) is None
        assert archives.found(archive, seed) == []
        assert archives.found(archive, 1 - seed) == [2 - seed]
        assert archive.verify() == [
            f"{seed}.mp4 ({asset.id}) lacks some of its codes: index {film.as_uri()} again."
        ]

        archives.add(archive, film, seed)

        assert archive.verify() == []
        assert archive.queued() == []
        assert archives.found(archive, seed) == [seed + 1]
        assert archive.find(film.name).title == f"Film {seed}"


def test_a_reader_repairs_nothing(path: Path) -> None:
    flip(only(path, "segments/*"))

    with Archive.open(path) as archive:
        archive.verify(read_data=True)
        assert archive.queued() == []


def test_a_damaged_catalogue_is_told(path: Path) -> None:
    (path / "catalogue.sqlite").write_bytes(b"x" * 4096)

    with pytest.raises(ArchiveDamagedError, match="catalogue"):
        Archive.open(path)


def test_a_lost_catalogue_is_not_made_anew(path: Path) -> None:
    (path / "catalogue.sqlite").unlink()

    with pytest.raises(ArchiveDamagedError, match="is missing"):
        Archive.open(path, create=True)
