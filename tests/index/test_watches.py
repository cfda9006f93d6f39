"""Tests of what the archive keeps of watches, and of looking at some assets alone."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.archive import Archive
from index.catalogue.watches import Arrival, How, Stretch, Watch
from index.errors import NotFoundError, UserError
from index.files import Location
from index.values import AssetRow, Channel, Interval
from tests import archives, prints

NOW = "2026-11-29T12:00:00+00:00"
STRETCH = Stretch(Channel.SOUND, Interval(1.0, 3.0), Interval(11.0, 13.0), 1.0, 0.9)
WATCH = Watch(
    id=0,
    digest=archives.digest("clip"),
    name="clip.mp4",
    location=Location("file:///inbox/clip.mp4", 1 << 40, 2**62),
    duration=12.5,
    note="from Ann",
    added_at=NOW,
    rests={Channel.PICTURE: (Interval(0.0, 4.0), Interval(5.0, 6.5))},
    checked=AssetRow(3),
)
PRINTS = prints.prints(prints.column(Channel.PICTURE, np.arange(4.0), archives.codes(1)))


def arrival(name: str) -> Arrival:
    return Arrival(archives.digest(name), name, How.PROVEN, (STRETCH,), NOW, archived=False)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", create=True) as opened:
        yield opened


def test_a_watch_is_kept_as_it_was_added(archive: Archive) -> None:
    made = archive.watches.add(WATCH, PRINTS)

    assert made == replace(WATCH, id=1)
    assert archive.watches.every() == [made]
    kept = archive.watches.prints(made)
    assert np.array_equal(kept.picture.codes, PRINTS.picture.codes)


def test_a_watch_is_found_by_number_and_by_name(archive: Archive) -> None:
    made = archive.watches.add(WATCH, PRINTS)
    archive.watches.add(replace(WATCH, digest=archives.digest("b"), name="1"), PRINTS)

    assert archive.watches.find("1") == archive.watches.find("clip.mp4") == made
    with pytest.raises(NotFoundError, match="Nothing called '7' is watched"):
        archive.watches.find("7")


def test_clips_of_one_name_are_told_apart_by_number(archive: Archive) -> None:
    archive.watches.add(WATCH, PRINTS)
    archive.watches.add(replace(WATCH, digest=archives.digest("b")), PRINTS)

    with pytest.raises(NotFoundError, match=r"Several watches .*: 1, 2\."):
        archive.watches.find("clip.mp4")


def test_a_clip_is_watched_once(archive: Archive) -> None:
    archive.watches.add(WATCH, PRINTS)

    with pytest.raises(UserError, match="watched already"):
        archive.watches.add(WATCH, PRINTS)


def test_what_came_is_kept_with_how_far_was_looked(archive: Archive) -> None:
    made = archive.watches.add(WATCH, PRINTS)

    archive.watches.keep(made, [arrival("a.mp4")], AssetRow(9))

    kept = archive.watches.find("1")
    assert kept.checked == 9
    assert kept.arrivals == (replace(arrival("a.mp4"), id=1),)


def test_each_arrival_is_told_until_somebody_was_told(archive: Archive) -> None:
    made = archive.watches.add(WATCH, PRINTS)
    archive.watches.keep(made, [arrival("a.mp4"), arrival("b.mp4")], AssetRow(9))

    (_, first), (_, second) = archive.watches.untold()
    archive.watches.tell([first])

    assert [one.name for _, one in archive.watches.untold()] == [second.name] == ["b.mp4"]


def test_a_removed_watch_leaves_nothing_and_its_number_is_not_used_again(archive: Archive) -> None:
    made = archive.watches.add(WATCH, PRINTS)
    archive.watches.keep(made, [arrival("a.mp4")], AssetRow(9))

    archive.watches.remove(made)

    assert archive.watches.untold() == []
    assert not archive.watches.exist()
    assert archive.watches.add(WATCH, PRINTS).id == 2


@pytest.mark.parametrize("sealed", [False, True])
def test_some_assets_alone_find_their_own_codes_only(tmp_path: Path, *, sealed: bool) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        for seed in range(4):
            archives.add(archive, archives.film(tmp_path, seed), seed)
        if sealed:
            archive.seal()

        some = archive.among([AssetRow(2), AssetRow(4)])

        assert [archives.found(some, seed) for seed in range(4)] == [[], [2], [], [4]]
        assert some.stats().assets == 2


def test_some_assets_alone_are_found_without_the_files_of_others(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        archives.add(archive, archives.film(tmp_path, 0), 0)
        archive.seal()
        archives.add(archive, archives.film(tmp_path, 1), 1)
        shutil.rmtree(tmp_path / "a" / "segments")

        some = archive.among([AssetRow(2)])

        assert archives.found(some, 1) == [2]
