"""Files are read once each, and what they say never costs an answer."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from index import carried as reading
from index.archive import Archive
from index.errors import BadMediaError, MissingFileError
from index.sandbox import Sandbox
from index.values import Asset, Carried, Standing, Tag, Unread
from lineage import carried
from lineage.findings import Contradiction
from lineage.params import SEARCH
from lineage.trace import compare
from tests import clips, reports
from tests.index.test_carried import tagged

SAID = Carried((Tag("title", "The march"),))


class Room:
    """Stands for a sandbox and an archive; counts what is read."""

    def __init__(self, *, error: Exception | None = None, there: bool = True) -> None:
        self.error, self.there = error, there
        self.read: list[Path] = []

    def run(self, _function: object, path: Path, _trusted: str | None) -> Carried:
        self.read.append(path)
        if self.error is not None:
            raise self.error
        return SAID

    def file(self, asset: Asset) -> Path | None:
        return Path(asset.name) if self.there else None


def of_sources(room: Room) -> list[Carried | None]:
    one, other = (reports.asset(number, f"{number}.mxf", 60) for number in (1, 2))
    stretch = [reports.segment((0, 4), (1, 5))]
    sources = [reports.source(each, stretch, duration=4) for each in (one, other, one)]
    told = carried.of_sources(sources, cast("Archive", room), cast("Sandbox", room), None)
    assert [replace(each, carried=None) for each in told] == sources
    return [each.carried for each in told]


def test_each_file_is_read_once() -> None:
    room = Room()

    assert of_sources(room) == [SAID, SAID, SAID]
    assert room.read == [Path("1.mxf"), Path("2.mxf")]


def test_a_file_that_is_out_of_reach_says_nothing() -> None:
    room = Room(there=False)

    assert of_sources(room) == [None, None, None]
    assert room.read == []


@pytest.mark.parametrize("error", [MissingFileError("gone", hint="find it"), OSError("gone")])
def test_a_file_that_goes_meanwhile_says_nothing(error: Exception) -> None:
    assert of_sources(Room(error=error)) == [None, None, None]


def test_a_file_that_cannot_be_read_is_said_to_be_so() -> None:
    [told, *_] = of_sources(Room(error=BadMediaError("crash", hint="convert it")))

    assert told is not None
    assert told.credentials is not None
    assert (told.credentials.standing, told.credentials.unread) == (
        Standing.UNREAD,
        Unread.FAILED,
    )


def crash(*_: object) -> Carried:
    os.kill(os.getpid(), signal.SIGSEGV)
    return Carried()


def test_a_reader_that_crashes_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "carried", crash)

    with Sandbox() as sandbox:
        assert carried.of(tmp_path / "clip.mp4", sandbox, None) == carried.UNREADABLE


def test_a_comparison_tells_what_both_files_say_and_a_date_to_come(tmp_path: Path) -> None:
    film = clips.movie(tmp_path / "film.mp4", seconds=3, seed=4)
    made = clips.movie(tmp_path / "made.mp4", seconds=2, start=0.5, seed=4)
    clip = tagged(tmp_path / "clip.mp4", made, creation_time="2031-01-01T00:00:00Z")
    source = tagged(tmp_path / "source.mp4", film, title="The march")

    told = compare(clip, source, params=SEARCH, at=datetime(2026, 5, 1, tzinfo=UTC))

    assert told.query.carried is not None
    assert told.query.carried.created == datetime(2031, 1, 1, tzinfo=UTC)
    [first, *_] = told.sources
    assert first.carried is not None
    assert first.carried.said("title") == "The march"
    assert [one.contradiction for one in told.findings if one.contradiction] == [
        Contradiction.FUTURE
    ]
    assert "carried" in told.timing
