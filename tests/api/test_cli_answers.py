import json
import os
from pathlib import Path

import jsonschema
import pytest

from tests import clips
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")


def test_trace_tells_where_a_quote_is_from(archive: Path, suspects: Path) -> None:
    result = run("trace", suspects / "quote.mp4", "--archive", archive)

    assert result.exit_code == 0, result.output
    assert "harbour.mp4" in result.stdout


def test_trace_prints_a_document_a_line(archive: Path, suspects: Path) -> None:
    words = [suspects / "quote.mp4", suspects / "stranger.mp4", "--archive", archive]
    result = run("trace", *words, "--json", "-")
    documents = [json.loads(line) for line in result.stdout.splitlines()]

    assert [document["verdict"]["found"] for document in documents] == [True, False]
    assert [document["schema"] for document in documents] == ["wherefrom.trace/1"] * 2


def test_trace_writes_its_documents_to_a_file(
    archive: Path, suspects: Path, tmp_path: Path
) -> None:
    target = tmp_path / "answer.json"
    run("trace", suspects / "quote.mp4", "--archive", archive, "--json", target)
    segment = json.loads(target.read_text())["sources"][0]["segments"][0]

    assert segment["source"][0] == pytest.approx(1.0, abs=0.05)


def test_trace_names_a_bad_clip_and_does_the_rest(archive: Path, suspects: Path) -> None:
    words = [suspects / "letter.mp4", suspects / "stranger.mp4", "--archive", archive]
    result = run("trace", *words, "--json", "-")

    assert result.exit_code == 3
    assert [json.loads(line)["query"]["name"] for line in result.stdout.splitlines()] == [
        "stranger.mp4"
    ]
    assert "letter.mp4" in result.stderr


@pytest.mark.parametrize(("name", "code"), [("quote.mp4", 0), ("stranger.mp4", 10)])
def test_the_verdict_is_in_the_exit_code_where_asked_for(
    archive: Path, suspects: Path, name: str, code: int
) -> None:
    result = run("trace", suspects / name, "--archive", archive, "--exit-code")

    assert result.exit_code == code


def test_nothing_found_is_done_all_the_same(archive: Path, suspects: Path) -> None:
    assert run("trace", suspects / "stranger.mp4", "--archive", archive).exit_code == 0


def test_report_is_a_page_for_each_clip_and_one_that_leads_there(
    archive: Path, suspects: Path, tmp_path: Path
) -> None:
    result = run("trace", suspects / "quote.mp4", "-a", archive, "--report", tmp_path / "r")

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [
        "index.html",
        "quote.mp4.html",
    ]
    assert 'href="quote.mp4.html"' in (tmp_path / "r" / "index.html").read_text()


def test_json_that_cannot_be_written_is_said(archive: Path, suspects: Path) -> None:
    words = [suspects / "quote.mp4", "--archive", archive, "--json", suspects / "no" / "a.json"]
    result = run("trace", *words)

    assert result.exit_code == 2
    assert "a.json cannot be written" in result.stderr


def test_a_full_disk_behind_the_json_is_said_with_its_name(archive: Path, suspects: Path) -> None:
    result = run("trace", suspects / "quote.mp4", "--archive", archive, "--json", "/dev/full")

    assert result.exit_code == 4
    assert "/dev/full cannot be written because the disk is full." in result.stderr


def test_compare_needs_no_archive(films: Path, suspects: Path) -> None:
    result = run("compare", suspects / "quote.mp4", films / "harbour.mp4", "--json", "-")

    assert json.loads(result.stdout)["verdict"]["found"]


def test_compare_tells_other_footage_apart(films: Path, suspects: Path) -> None:
    words = [suspects / "stranger.mp4", films / "harbour.mp4", "--exit-code"]

    assert run("compare", *words).exit_code == 10


@pytest.mark.parametrize(
    ("clip", "last"), [("quote.mp4", "Found: "), ("stranger.mp4", "Lost at the hits: ")]
)
def test_why_ends_with_the_verdict(archive: Path, suspects: Path, clip: str, last: str) -> None:
    result = run("why", suspects / clip, "harbour.mp4", "--archive", archive)

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].startswith(last)


def test_why_marks_the_stage_that_lost_the_pair(archive: Path, suspects: Path) -> None:
    result = run("why", suspects / "stranger.mp4", "harbour.mp4", "--archive", archive)
    marks = [line.split()[:2] for line in result.stdout.splitlines() if line[:1] in "ynL–"]

    assert ["yes", "codes:"] in marks
    assert ["LOST", "hits"] in marks
    assert ["–", "codes:"] in marks


def test_why_tells_picture_and_sound_apart_in_its_document(archive: Path, suspects: Path) -> None:
    words = ["harbour.mp4", "--archive", archive, "--to", "1.5", "--json", "-"]
    result = run("why", suspects / "quote.mp4", *words)
    found = json.loads(result.stdout)

    assert found["schema"] == "wherefrom.why/1"
    assert found["looked_at"] == [0.0, 1.5]
    picture, sound = found["channels"]
    assert (picture["channel"], picture["found"], picture["lost_at"]) == ("picture", True, None)
    assert (sound["channel"], sound["compared"]) == ("sound", False)
    assert {step["stage"] for step in picture["steps"]} == {
        "codes",
        "hits",
        "candidates",
        "proof",
        "archive",
    }


@pytest.mark.parametrize(
    "words",
    [
        ("quote.mp4", "harbour.mp4"),
        ("quote.mp4", "harbour.mp4", "--from", "0.5", "--to", "1.5"),
        ("quote.mp4", "market.mp4"),
        ("stranger.mp4", "harbour.mp4"),
    ],
)
def test_the_document_of_why_follows_its_schema(
    words: tuple[str, ...], archive: Path, suspects: Path, root: Path
) -> None:
    clip, *others = words

    result = run("why", suspects / clip, *others, "--archive", archive, "--json", "-")

    assert misfits(result.stdout, root) == []


def test_the_document_of_why_follows_its_schema_with_sound_too(tmp_path: Path, root: Path) -> None:
    film, quote = (
        clips.movie(
            tmp_path / name,
            seconds=seconds,
            start=start,
            cuts=(3.0,),
            seed=4,
            sound=clips.speech(seconds, seed=4, start=start),
        )
        for name, seconds, start in [("film.mp4", 6, 0.0), ("quote.mp4", 3, 2.0)]
    )
    assert run("index", film, "--archive", tmp_path / "archive").exit_code == 0

    result = run("why", quote, film.name, "--archive", tmp_path / "archive", "--json", "-")

    assert [one["found"] for one in json.loads(result.stdout)["channels"]] == [True, True]
    assert misfits(result.stdout, root) == []


@pytest.mark.parametrize(
    "change",
    [
        {"found": False, "lost_at": None},
        {"lost_at": "hits"},
        {"compared": False},
        {"channel": "sound"},
        {"steps": []},
    ],
)
def test_the_schema_of_why_refuses_an_account_at_odds_with_itself(
    change: dict[str, object], archive: Path, suspects: Path, root: Path
) -> None:
    words = [suspects / "quote.mp4", "harbour.mp4", "--archive", archive, "--json", "-"]
    document = json.loads(run("why", *words).stdout)
    document["channels"][0] |= change

    assert misfits(json.dumps(document), root)


def misfits(text: str, root: Path) -> list[str]:
    """Return what of a document of `why` is not as docs/why.schema.json says."""
    schema = json.loads((root / "docs" / "why.schema.json").read_text(encoding="utf-8"))
    found = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(text))
    return [error.message for error in found]


def test_why_refuses_a_stretch_behind_the_end(archive: Path, suspects: Path) -> None:
    words = ["harbour.mp4", "--archive", archive, "--from", "50"]
    result = run("why", suspects / "quote.mp4", *words)

    assert result.exit_code == 2
    assert "quote.mp4 has nothing from 0:50.0" in result.stderr


def test_a_clip_whose_name_is_no_text_is_traced(
    archive: Path, suspects: Path, tmp_path: Path
) -> None:
    odd = tmp_path / os.fsdecode(b"\xff.mp4")
    odd.write_bytes((suspects / "quote.mp4").read_bytes())

    result = run("trace", odd, "--archive", archive, "--json", "-")

    assert json.loads(result.stdout)["verdict"]["found"]


def test_a_pipe_is_refused_not_waited_for(archive: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    assert run("trace", tmp_path / "pipe.mp4", "--archive", archive).exit_code == 3
