import json
import os
from pathlib import Path

import pytest

from tests import clips
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")


def test_list_has_a_line_for_each_file(archive: Path) -> None:
    result = run("list", "--archive", archive)

    assert sorted(line.split()[-1] for line in result.stdout.splitlines()) == [
        "harbour.mp4",
        "market.mp4",
    ]


def test_show_takes_the_beginning_of_an_id(archive: Path) -> None:
    listed = json.loads(run("list", "-a", archive, "--json", "-").stdout.splitlines()[0])

    shown = run("show", listed["id"][:8], "--archive", archive, "--json", "-")

    assert json.loads(shown.stdout)["sha256"] == listed["sha256"]


def test_show_tells_people_all_that_is_known(archive: Path) -> None:
    result = run("show", "market.mp4", "--archive", archive)

    assert "duration      2.0\n" in result.stdout


def test_an_unknown_asset_is_3(archive: Path) -> None:
    assert run("show", "atlantis.mp4", "--archive", archive).exit_code == 3


def test_remove_forgets_what_it_knows_and_names_the_rest(films: Path, tmp_path: Path) -> None:
    run("index", films, "--archive", tmp_path / "a")

    result = run("remove", "atlantis.mp4", "market.mp4", "--archive", tmp_path / "a")

    assert result.exit_code == 3
    assert "atlantis.mp4" in result.stderr
    assert "market.mp4" not in run("list", "--archive", tmp_path / "a").stdout


def test_verify_finds_a_whole_archive_sound(archive: Path) -> None:
    result = run("verify", "--read-data", "--archive", archive)

    assert result.exit_code == 0
    assert result.stdout == f"{archive} is sound.\n"


def test_verify_names_the_damage(films: Path, tmp_path: Path) -> None:
    run("index", films, "--archive", tmp_path / "a")
    next((tmp_path / "a" / "segments").iterdir()).write_bytes(b"rubbish")

    result = run("verify", "--archive", tmp_path / "a")

    assert result.exit_code == 4
    assert "segments" in result.stdout


def test_stats_counts_files_and_codes(archive: Path) -> None:
    told = json.loads(run("stats", "--archive", archive, "--json", "-").stdout)

    assert (told["assets"], told["seconds"], told["failures"]) == (2, pytest.approx(7), [])


def test_stats_says_when_no_shot_is_common(archive: Path) -> None:
    assert "No shot is known to be in many files" in run("stats", "--archive", archive).stdout
    assert json.loads(run("stats", "--archive", archive, "--json", "-").stdout)["commonest"] == []


def test_stats_lists_the_commonest_shots(films: Path, tmp_path: Path) -> None:
    whole = tmp_path / "series"
    whole.mkdir()
    for seed in range(1, 6):
        clips.movie(
            whole / f"{seed}.mp4",
            seconds=6,
            seed=seed,
            edit=lambda made, time: clips.picture(time, seed=99) if time < 2 else made,
        )
    run("index", whole, films / "market.mp4", "--archive", tmp_path / "a")

    told = run("stats", "--archive", tmp_path / "a").stdout
    (common,) = json.loads(run("stats", "-a", tmp_path / "a", "--json", "-").stdout)["commonest"]

    assert "5 files  0:00.0–0:02." in told
    assert (common["assets"], common["start"]) == (5, 0.0)
    assert common["end"] == pytest.approx(2.0, abs=0.5)
    assert {"id", "name"} < set(common)


def test_stats_names_files_that_could_not_be_indexed(suspects: Path, tmp_path: Path) -> None:
    run("index", suspects / "letter.mp4", "--archive", tmp_path / "a")

    assert "letter.mp4: " in run("stats", "--archive", tmp_path / "a").stdout


def test_odd_names_go_in_and_come_out_a_line_each(films: Path, tmp_path: Path) -> None:
    names = ["a b.mp4", 'say "hi".mp4', "two\nlines.mp4", "🎬.mp4", os.fsdecode(b"\xff.mp4")]
    contents = (films / "market.mp4").read_bytes()
    for number, name in enumerate(names):
        # Bytes after the end are ignored by decoders and make each file another asset.
        (tmp_path / name).write_bytes(contents + bytes([number]))

    added = run("index", tmp_path, "--archive", tmp_path / "a", "--level", "sparse")
    listed = run("list", "--archive", tmp_path / "a")

    assert added.exit_code == 0, added.output
    assert sorted(line.partition("320×180  ")[2] for line in listed.stdout.splitlines()) == sorted(
        ["a b.mp4", 'say "hi".mp4', "two\\nlines.mp4", "🎬.mp4", "�.mp4"]
    )


def test_merge_takes_over_what_another_archive_holds(
    archive: Path, films: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    run("index", films / "market.mp4", "--archive", mine)

    result = run("merge", archive, "--archive", mine)
    again = run("merge", archive, "--archive", mine, "--json", "-")
    traced = run("trace", films / "harbour.mp4", "--archive", mine)

    assert (result.exit_code, again.exit_code, traced.exit_code) == (0, 0, 0)
    assert result.stdout.startswith(f"Added 1 file of {archive} (")
    assert result.stdout.endswith("; 1 known already; 0 left out.\n")
    assert [json.loads(line)["status"] for line in again.stdout.splitlines()] == ["known", "known"]
    assert "harbour.mp4" in traced.stdout


def test_merge_names_what_has_lost_its_codes_and_is_3(films: Path, tmp_path: Path) -> None:
    run("index", films, "--archive", tmp_path / "other")
    for segment in (tmp_path / "other" / "segments").iterdir():
        segment.unlink()
    run("verify", "--read-data", "--archive", tmp_path / "other")

    result = run("merge", tmp_path / "other", "--archive", tmp_path / "mine")

    assert result.exit_code == 3
    assert "market.mp4 has lost its codes there; index it." in result.stderr
    assert "2 left out" in result.stdout


def test_merge_refuses_a_folder_that_is_no_archive_and_makes_none(tmp_path: Path) -> None:
    result = run("merge", tmp_path, "--archive", tmp_path / "mine")

    assert result.exit_code == 4
    assert "There is no archive at" in result.stderr
    assert not (tmp_path / "mine").exists()
