"""Tests of `wherefrom watch`, and of what `wherefrom index` tells of watched clips."""

import json
import shutil
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from api.cli import watches
from api.exports import watches as exports
from index.archive import Archive
from index.catalogue.watches import Arrival, How, Stretch, Watch
from index.files import Location
from index.fingerprints import Fingerprints
from index.values import AssetRow, Channel, Interval
from lineage.watches import WatchParams
from tests import archives, prints
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")

NOW = "2026-11-29T12:00:00+00:00"
PLACE = Location("file:///inbox/clip.mp4", 10, 10)
STRETCHES = (
    Stretch(Channel.PICTURE, Interval(1.0, 4.0), Interval(11.0, 14.0), 1.0, 0.95),
    Stretch(Channel.SOUND, Interval(1.0, 3.0), Interval(11.0, 13.0), 1.0, 0.9),
)
WATCH = Watch(
    id=3,
    digest="ab" * 32,
    name="clip.mp4",
    location=PLACE,
    duration=12.5,
    note=None,
    added_at=NOW,
    rests={Channel.PICTURE: (Interval(0.0, 6.0),), Channel.SOUND: (Interval(0.0, 6.0),)},
    checked=AssetRow(0),
)


def arrival(
    how: How, stretches: tuple[Stretch, ...] = STRETCHES, *, archived: bool = True
) -> Arrival:
    return Arrival("cd" * 32, "film.mp4", how, stretches, NOW, archived=archived)


@pytest.fixture(scope="session")
def watching(films: Path, suspects: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one film, in which a clip of another is watched for."""
    folder = tmp_path_factory.mktemp("watching") / "archive"
    run("index", films / "market.mp4", "--archive", folder)
    done = run("watch", "add", suspects / "quote.mp4", "--archive", folder, "--note", "from Ann")
    assert done.exit_code == 0, done.output
    assert done.stdout == "Watch 1: quote.mp4, pictures 0:00.0–0:03.0.\n"
    return folder


@pytest.fixture
def copied(watching: Path, tmp_path: Path) -> Path:
    return shutil.copytree(watching, tmp_path / "archive")


def test_index_tells_once_what_came(copied: Path, films: Path) -> None:
    first = run("index", films / "harbour.mp4", "--archive", copied)
    second = run("index", films / "harbour.mp4", "--archive", copied)

    told = "Watch 1, “quote.mp4”: pictures 0:00.0–0:03.0 (0:01.0–0:04.0 there) found in"
    assert first.exit_code == 0, first.output
    assert f"{told} “harbour.mp4”." in first.stderr
    assert "Watch" not in second.output
    assert "   1    1 file  quote.mp4: nothing left" in run("watch", "list", "-a", copied).stdout


def test_index_writes_what_came_as_a_line_of_json(copied: Path, films: Path, root: Path) -> None:
    result = run("index", films / "harbour.mp4", "--archive", copied, "--json", "-")

    added, watched = map(json.loads, result.stdout.splitlines())
    schema = json.loads((root / "docs" / "watch.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(watched["watch"], schema)
    assert (added["status"], watched["status"]) == ("added", "watched")
    assert watched["sha256"] == added["sha256"]
    assert watched["path"] == str(films / "harbour.mp4")
    (one,) = watched["watch"]["arrivals"]
    assert (one["how"], one["asset"]["name"]) == ("proven", "harbour.mp4")
    assert watched["watch"]["watch"]["unexplained"] == []


def test_what_nobody_heard_is_told_by_the_next_run_that_may_speak(
    copied: Path, films: Path
) -> None:
    quiet = run("index", films / "harbour.mp4", "--archive", copied, "--quiet")
    shown = run("watch", "show", "quote.mp4", "--archive", copied)
    aloud = run("index", films / "harbour.mp4", "--archive", copied)

    assert "Watch" not in quiet.output
    assert "found in “harbour.mp4”" in shown.stdout
    assert "found in “harbour.mp4”" in aloud.stderr


def test_a_long_run_looks_meanwhile(
    copied: Path, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[int] = []
    check = watches.Watcher._check

    def counted(self: watches.Watcher, params: WatchParams) -> None:
        check(self, params)
        found.append(len(self._archive.watches.untold()))

    monkeypatch.setattr(watches, "asking", lambda *_: WatchParams(most=1))
    monkeypatch.setattr(watches.Watcher, "_check", counted)
    run("index", films / "harbour.mp4", "--archive", copied)

    # Once the file was added, and at the end.
    assert found == [1, 1]


def test_a_watch_that_cannot_be_checked_is_named(copied: Path, films: Path, suspects: Path) -> None:
    with Archive.open(copied, write=True) as archive:
        archive.watches.renew(archive.watches.find("1"), _foreign())
    quote = suspects / "quote.mp4"
    hidden = quote.rename(suspects / "quote.away")

    result = run("index", films / "harbour.mp4", "--archive", copied)
    shown = run("watch", "show", "1", "--archive", copied)
    hidden.rename(quote)

    assert result.exit_code == 0
    assert "Watch 1 was not checked: quote.mp4 has picture codes of other/9" in result.stderr
    assert "gone: codes alone are told" in shown.stdout


def test_a_watch_is_shown_with_its_note(copied: Path, root: Path) -> None:
    result = run("watch", "show", "1", "--archive", copied)
    listed = run("watch", "list", "--archive", copied, "--json", "-")

    assert "note          from Ann" in result.stdout
    assert "still         pictures 0:00.0–0:03.0" in result.stdout
    schema = json.loads((root / "docs" / "watch.schema.json").read_text(encoding="utf-8"))
    told = json.loads(listed.stdout)
    jsonschema.validate(told, schema)
    assert told["watch"]["unexplained"] == [{"channel": "picture", "query": [0.0, 3.0]}]
    assert told["arrivals"] == []


def test_all_is_checked_again_and_nothing_told_twice(copied: Path, films: Path) -> None:
    run("index", films / "harbour.mp4", "--archive", copied)

    result = run("watch", "check", "--archive", copied)

    assert result.stdout == "Checked 1 watch.\n"
    assert result.stderr == ""


def test_a_removed_watch_is_told_no_more(copied: Path, films: Path) -> None:
    removed = run("watch", "remove", "quote.mp4", "--archive", copied)
    result = run("index", films / "harbour.mp4", "--archive", copied)

    assert removed.stdout == "Removed watch 1  quote.mp4\n"
    assert "Watch" not in result.output
    assert run("watch", "remove", "1", "--archive", copied).exit_code == 3


def test_a_clip_of_which_nothing_is_left_is_refused(archive: Path, suspects: Path) -> None:
    result = run("watch", "add", suspects / "quote.mp4", "--archive", archive)

    assert result.exit_code == 2
    assert "quote.mp4 has nothing left to watch for" in result.stderr


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            arrival(How.PROVEN),
            (
                "pictures 0:01.0–0:04.0 (0:11.0–0:14.0 there) and sound 0:01.0–0:03.0 "
                "(0:11.0–0:13.0 there) found in “film.mp4”"
            ),
        ),
        (
            arrival(How.CODES, STRETCHES[:1], archived=False),
            (
                "pictures 0:01.0–0:04.0 (0:11.0–0:14.0 there) may be from “film.mp4” (removed "
                "since), by codes alone"
            ),
        ),
        (arrival(How.ITSELF, ()), "“film.mp4” is the clip itself, which explains nothing"),
    ],
)
def test_what_came_is_said_with_how_that_is_known(one: Arrival, said: str) -> None:
    assert exports.sentence(WATCH, one) == f"Watch 3, “clip.mp4”: {said}."


@pytest.mark.parametrize("how", How)
def test_the_document_of_an_event_follows_its_schema(how: How, root: Path) -> None:
    one = arrival(how, STRETCHES if how is How.PROVEN else ())

    told = exports.document(WATCH, [one], archive="3f9a17c2", version="0.1.0")

    schema = json.loads((root / "docs" / "watch.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    assert told["arrivals"][0]["how"] == how.value


def _foreign() -> Fingerprints:
    """Return codes of a recipe that no archive has."""
    column = prints.column(Channel.PICTURE, np.arange(4.0), archives.codes(1), recipe="other/9")
    return prints.prints(column, name="quote.mp4")
