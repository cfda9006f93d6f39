import json
import os
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from index.fingerprints import line, read
from index.values import Channel
from lineage.prints import fingerprints
from tests import clips
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of pictures and speech in an archive, and a quote of it, as `heard/quote.mp4`."""
    folder = tmp_path_factory.mktemp("heard")
    film = clips.speech(12, seed=4)
    clips.movie(folder / "speech.mp4", seconds=12, cuts=(3.0, 7.0), seed=4, sound=film)
    clips.movie(
        folder / "quote.mp4",
        seconds=6,
        start=2.0,
        cuts=(3.0, 7.0),
        seed=4,
        sound=clips.speech(6, seed=4, start=2.0),
    )
    assert run("index", folder / "speech.mp4", "--archive", folder / "archive").exit_code == 0
    return folder


@pytest.fixture(scope="module")
def kept(heard: Path) -> Path:
    """What was passed on of the quote."""
    target = heard / "quote.json"
    assert run("fingerprint", heard / "quote.mp4", "--json", target).exit_code == 0
    return target


@pytest.fixture(scope="module")
def schema(request: pytest.FixtureRequest) -> jsonschema.Draft202012Validator:
    text = (request.config.rootpath / "docs" / "lookup.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(
        json.loads(text), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def test_a_fingerprint_is_one_line_of_json(heard: Path) -> None:
    result = run("fingerprint", heard / "quote.mp4", "--json", "-")

    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    assert json.loads(result.stdout)["schema"] == "wherefrom.fingerprint/1"


def test_the_same_clip_has_the_same_fingerprint(heard: Path, kept: Path) -> None:
    again = run("fingerprint", heard / "quote.mp4", "--json", "-")

    assert again.stdout == kept.read_text(encoding="utf-8")


def test_a_fingerprint_has_codes_on_every_channel(kept: Path) -> None:
    counts = read(kept).counts

    assert set(counts) == {Channel.PICTURE, Channel.FEATURE, Channel.SOUND}
    assert min(counts.values()) > 20


def test_without_a_file_a_fingerprint_is_only_told(heard: Path) -> None:
    result = run("fingerprint", heard / "quote.mp4")

    assert result.exit_code == 0, result.output
    assert "whole frames" in result.stdout
    assert "add --json FILE" in result.stdout


def test_only_the_name_of_the_file_is_passed_on(heard: Path, kept: Path) -> None:
    assert read(kept).name == "quote.mp4"
    assert str(heard) not in kept.read_text(encoding="utf-8")


def test_the_name_may_be_kept_back(heard: Path) -> None:
    result = run("fingerprint", heard / "quote.mp4", "--no-name", "--json", "-")

    assert json.loads(result.stdout)["clip"]["name"] is None
    assert "quote" not in result.stdout


def test_a_long_clip_is_measured_in_parts(heard: Path) -> None:
    whole = fingerprints(heard / "speech.mp4")

    assert line(whole) == line(fingerprints(heard / "speech.mp4"))
    assert whole.picture.times[-1] > 11
    assert whole.sound.times[-1] > 10


@pytest.mark.parametrize("name", ["letter.mp4", "none.mp4"])
def test_a_clip_that_cannot_be_read_leaves_no_file(
    suspects: Path, tmp_path: Path, name: str
) -> None:
    result = run("fingerprint", suspects / name, "--json", tmp_path / "out.json")

    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 2
    assert not (tmp_path / "out.json").exists()


def test_a_clip_with_nothing_to_recognise_has_no_fingerprint(tmp_path: Path) -> None:
    dark = clips.movie(tmp_path / "dark.mp4", seconds=1, edit=lambda shown, _: shown * 0)

    result = run("fingerprint", dark, "--json", tmp_path / "out.json")

    assert result.exit_code == 3
    assert "nothing in it can be recognised" in result.stderr


def test_a_lookup_names_a_candidate_on_each_channel(
    heard: Path, kept: Path, schema: jsonschema.Draft202012Validator
) -> None:
    result = run("lookup", kept, "--archive", heard / "archive", "--json", "-")
    document = json.loads(result.stdout)

    assert [error.message for error in schema.iter_errors(document)] == []
    assert document["proven"] is False
    best = {each["channel"]: each for each in reversed(document["candidates"])}
    assert {each["asset"]["name"] for each in document["candidates"]} == {"speech.mp4"}
    assert best["picture"]["source"][0] == pytest.approx(2.0, abs=1.0)
    assert best["sound"]["source"][0] == pytest.approx(2.0, abs=1.0)


def test_a_lookup_says_in_its_table_that_nothing_is_proven(heard: Path, kept: Path) -> None:
    result = run("lookup", kept, "--archive", heard / "archive")

    assert result.exit_code == 0, result.output
    assert "speech.mp4" in result.stdout
    assert "Nothing here is proven" in result.stdout
    assert "moments" in result.stdout


def test_a_lookup_that_finds_nothing_is_done_all_the_same(
    archive: Path, kept: Path, schema: jsonschema.Draft202012Validator
) -> None:
    result = run("lookup", kept, "--archive", archive, "--json", "-")
    document = json.loads(result.stdout)

    assert result.exit_code == 0
    assert document["candidates"] == []
    assert [error.message for error in schema.iter_errors(document)] == []


def test_a_mirrored_crop_is_found_by_its_features(heard: Path, tmp_path: Path) -> None:
    crop = clips.movie(
        tmp_path / "crop.mp4",
        seconds=6,
        start=2.0,
        cuts=(3.0, 7.0),
        seed=4,
        mirrored=True,
        edit=lambda shown, _: np.ascontiguousarray(shown[20:160, 60:290]),
    )
    run("fingerprint", crop, "--json", tmp_path / "crop.json")

    result = run("lookup", tmp_path / "crop.json", "-a", heard / "archive", "--json", "-")

    (only,) = json.loads(result.stdout)["candidates"]
    assert (only["tell"], only["variant"]) == ("features", "mirror")


@pytest.mark.parametrize(
    "content", [b"", b"Dear editor,", b'{"schema": "wherefrom.fingerprint/9"}', b"[" * 200_000]
)
def test_what_is_no_fingerprint_is_3_in_two_lines(
    archive: Path, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bad.json").write_bytes(content)

    result = run("lookup", tmp_path / "bad.json", "--archive", archive)

    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 2
    assert "bad.json" in result.stderr
    assert result.stdout == ""


def test_a_fingerprint_that_is_not_there_is_3(archive: Path, tmp_path: Path) -> None:
    assert run("lookup", tmp_path / "none.json", "--archive", archive).exit_code == 3


def test_a_lookup_without_an_archive_is_4(kept: Path, tmp_path: Path) -> None:
    assert run("lookup", kept, "--archive", tmp_path / "none").exit_code == 4


def test_a_name_from_a_stranger_is_shown_not_obeyed(
    archive: Path, kept: Path, tmp_path: Path
) -> None:
    document = json.loads(kept.read_text(encoding="utf-8"))
    document["clip"]["name"] = "[red]x[/red]\x1b[2J\ud800.mp4"
    (tmp_path / "odd.json").write_text(json.dumps(document))

    table = run("lookup", tmp_path / "odd.json", "--archive", archive)
    written = run("lookup", tmp_path / "odd.json", "--archive", archive, "--json", "-")

    assert "[red]x[/red]" in table.stdout
    assert "\x1b[2J" not in table.stdout
    assert json.loads(written.stdout)["query"]["name"].endswith("\\ud800.mp4")


def test_a_pipe_is_refused_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    assert run("fingerprint", tmp_path / "pipe.mp4").exit_code == 3
