"""Tests of `wherefrom coverage`, on archives whose lineage was made up, and of its exports."""

import json
from pathlib import Path

import jsonschema
import pytest

from api.exports.strips import cells, strip
from index.values import Channel, Interval
from lineage.coverage import Step
from lineage.derivations import Relation
from tests import families
from tests.api.conftest import run
from tests.families import kinship

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture
def related(tmp_path: Path) -> Path:
    """An archive of a, its child b, b's child c, d which shares sound with c, and e alone."""
    measured = [
        kinship("a", "b", shown=[(0, 6, 2)]),
        kinship("b", "c", shown=[(0, 3, 1)]),
        kinship("a", "c", shown=[(0, 3, 3)]),
        kinship("d", "c", Relation.UNDETERMINED, channel=Channel.SOUND),
    ]
    return families.archived(tmp_path, "abcde", measured, related="abcd")


def test_coverage_of_a_file_is_told_as_a_strip_and_by_whom(related: Path) -> None:
    result = run("coverage", "a.mp4", "--archive", related)

    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0].startswith("a.mp4 0:12.5 ")
    assert "Pictures 2 files made from it show 6.0 s of it, up to 2 at once." in lines
    bars = next(line for line in lines if line.startswith("made from it"))
    assert bars.endswith("█ 2 files")
    assert "·▄" in bars
    assert "▄█" in bars
    assert "▄·" in bars
    assert "0:03.0–0:06.0 2 files b.mp4, c.mp4" in lines
    assert "b.mp4 made from it 0:02.0–0:08.0" in lines
    assert "c.mp4 made from it 0:03.0–0:06.0" in lines
    assert "1 file waits to be related; until then this is not complete" in result.stderr


def test_file_of_which_no_direction_is_known_is_not_said_to_reuse(related: Path) -> None:
    told = run("coverage", "d.mp4", "--archive", related).stdout

    assert "Sound  No file is known to be made from it; 1 other file has some of it." in told
    assert "made from it  " not in told.replace("not known to be made from it  ", "")
    assert "also in" in told
    assert "Most reused" not in told


def test_file_that_shares_nothing_is_said_to_be_shown_by_nobody(related: Path) -> None:
    told = run("coverage", "e.mp4", "--archive", related)

    assert told.stdout == "No archived file is known to show any of it.\n"
    assert "1 file waits to be related" in told.stderr


def test_most_reused_stretches_of_an_archive_are_told_best_first(related: Path) -> None:
    lines = run("coverage", "--archive", related).stdout.splitlines()

    rows = [" ".join(line.split()) for line in lines if ".mp4" in line]
    assert rows == [
        "a.mp4 0:03.0–0:06.0 2 files b.mp4, c.mp4",
        "a.mp4 0:02.0–0:08.0 1 of 2 files at once b.mp4, c.mp4",
        "b.mp4 0:01.0–0:04.0 1 file c.mp4",
    ]
    assert lines[0] == "Pictures"


def test_no_more_stretches_are_told_than_asked_for(related: Path) -> None:
    told = json.loads(run("coverage", "--archive", related, "--top", "1", "--json", "-").stdout)

    assert [one["at_once"] for one in told["most_reused"]] == [2]


def test_archive_without_arrows_is_said_to_have_none(tmp_path: Path) -> None:
    folder = families.archived(tmp_path, "ab", [], related="ab")

    result = run("coverage", "--archive", folder)

    assert result.stdout == "No archived file is known to be made from another.\n"
    assert "wait" not in result.stderr


@pytest.mark.parametrize("asked", [(), ("a.mp4",), ("d.mp4",), ("e.mp4",)])
def test_coverage_in_json_follows_its_schema(
    related: Path, root: Path, asked: tuple[str, ...]
) -> None:
    written = run("coverage", *asked, "--archive", related, "--json", "-").stdout

    schema = json.loads((root / "docs" / "coverage.schema.json").read_text(encoding="utf-8"))
    told = json.loads(written)
    jsonschema.validate(told, schema)
    ids = {one["id"] for one in told["nodes"]}
    named = {one["file"] for channel in told["channels"] for one in channel["files"]}
    named |= {one for each in told["most_reused"] for one in [each["asset"], *each["files"]]}
    assert ids == named | ({told["asset"]} if asked else set())


def test_json_of_a_file_says_how_many_show_each_moment(related: Path) -> None:
    told = json.loads(run("coverage", "b.mp4", "--archive", related, "--json", "-").stdout)

    assert told["archive"]["waiting"] == 1
    (channel,) = told["channels"]
    assert channel["seconds"] == {"descendants": 3.0, "any": 6.0}
    assert channel["steps"] == [
        {"interval": [0.0, 1.0], "descendants": 0, "ancestors": 1, "others": 0},
        {"interval": [1.0, 4.0], "descendants": 1, "ancestors": 1, "others": 0},
        {"interval": [4.0, 6.0], "descendants": 0, "ancestors": 1, "others": 0},
    ]
    assert {one["relation"] for one in channel["files"]} == {"ancestor", "descendant"}


def test_removed_file_is_told_as_removed(related: Path) -> None:
    run("remove", "b.mp4", "--archive", related)

    assert "b.mp4 (removed)" in run("coverage", "a.mp4", "--archive", related).stdout


def test_unknown_file_is_an_error_with_a_hint(related: Path) -> None:
    assert run("coverage", "nobody.mp4", "--archive", related).exit_code == 3


def test_stretch_shorter_than_a_sign_of_the_strip_is_seen_on_it() -> None:
    whole = [Step(Interval(5.0, 5.01), 2, 0, 0), Step(Interval(9.99, 10.0), 1, 0, 0)]

    levels = cells(whole, lambda one: one.descendants, 10.0, number=4)

    assert levels == [0, 0, 2, 1]
    assert strip(levels, 2) == "··█▄"


def test_moment_that_few_of_many_files_show_is_seen_on_the_strip() -> None:
    assert strip([1, 100, 0], 100) == "▁█·"


def test_sign_of_the_strip_begins_and_ends_with_its_time() -> None:
    levels = cells([Step(Interval(2.5, 5.0), 1, 0, 0)], lambda one: one.files, 10.0, number=4)

    assert levels == [0, 1, 0, 0]
