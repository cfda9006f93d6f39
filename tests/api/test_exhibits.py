"""What `wherefrom exhibit` writes of a made clip: part of its picture and its sound replaced."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import av
import jsonschema
import numpy as np
import pytest
from PIL import Image

from tests import clips
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")

BOX = (180, 60, 280, 130)
"""Left, top, right and bottom of what is replaced, in pixels of both."""
LATE, START, END = 2.0, 1.2, 3.0
KINDS = ("sound-replaced", "trimmed", "overlay-added")
"""What is left of the answer, in this order."""
SOUND, PICTURE = "finding-01", "finding-03"
FRAME = 1 / 25


def patched(picture: clips.Picture, time: float) -> clips.Picture:
    picture = picture.copy()
    if START <= time < END:
        left, top, right, bottom = BOX
        size = (right - left, bottom - top)
        picture[top:bottom, left:right] = clips.picture(time, seed=9, size=size)
    return picture


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source, a clip made of it, and what was answered about both."""
    folder = tmp_path_factory.mktemp("case")
    film, speech = folder / "film.mp4", clips.speech
    clips.movie(film, seconds=8, seed=1, sound=speech(8, seed=4))
    clip = folder / "clip.mp4"
    clips.movie(clip, seconds=4, seed=1, start=LATE, edit=patched, sound=speech(4, seed=8))
    done = run("compare", clip, film, "--json", folder / "answer.json")
    assert done.exit_code == 0, done.output
    told = json.loads((folder / "answer.json").read_text())
    by_kind = {one["kind"]: one for one in told["findings"]}
    told["findings"] = [by_kind[kind] for kind in KINDS]
    (folder / "answer.json").write_text(json.dumps(told) + "\n")
    return folder


@pytest.fixture(scope="module")
def shown(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all exhibits of the clip, with a film."""
    out = tmp_path_factory.mktemp("shown") / "exhibits"
    done = run("exhibit", case / "answer.json", "--out", out, "--video")
    assert done.exit_code == 0, done.output
    return out


def document(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "exhibit.json").read_text())
    return told


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def picture(folder: Path, name: str) -> dict[str, Any]:
    """Return what is told of a picture of an exhibit."""
    return next(one for one in document(folder)["pictures"] if one["name"] == name)


def pixels(path: Path) -> clips.Picture:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def test_every_finding_that_can_be_shown_has_its_folder(shown: Path) -> None:
    assert sorted(path.name for path in shown.iterdir()) == [SOUND, PICTURE]
    assert {path.name for path in (shown / SOUND).iterdir()} == {
        "exhibit.json",
        "spectrograms.png",
    }
    assert {path.name for path in (shown / PICTURE).iterdir()} == {
        "crop-clip.png",
        "crop-source.png",
        "exhibit.json",
        "heat.png",
        "pair.png",
        "side-by-side.mp4",
        "strip.png",
    }


def test_made_again_it_is_the_same_bit_for_bit(case: Path, shown: Path, tmp_path: Path) -> None:
    done = run("exhibit", case / "answer.json", "--out", tmp_path / "again", "--video")

    assert done.exit_code == 0, done.output
    assert digests(tmp_path / "again") == digests(shown)


@pytest.mark.parametrize("folder", [SOUND, PICTURE])
def test_document_follows_its_schema_and_tells_what_was_written(
    folder: str, shown: Path, root: Path
) -> None:
    told = document(shown / folder)

    schema = json.loads((root / "docs" / "exhibit.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(told)
    written = digests(shown / folder)
    assert {one["name"]: one["sha256"] for one in told["pictures"]} == {
        name: digest for name, digest in written.items() if name != "exhibit.json"
    }


def test_document_names_both_files_by_their_digests(case: Path, shown: Path) -> None:
    told, known = document(shown / PICTURE)["files"], digests(case)

    assert told["clip"] == {"name": "clip.mp4", "sha256": known["clip.mp4"]}
    assert told["source"] == {"name": "film.mp4", "sha256": known["film.mp4"]}


def test_strip_shows_both_in_step_to_the_frame(shown: Path) -> None:
    told = picture(shown / PICTURE, "strip.png")["shows"]

    times = {one["moment"]: one["time"] for one in told if one["of"] == "clip"}
    assert list(times) == ["before", "onset", "strongest", "end"]
    assert times["onset"] == pytest.approx(START, abs=FRAME / 4)
    assert times["before"] == pytest.approx(START - FRAME, abs=FRAME / 4)
    assert times["end"] == pytest.approx(END - FRAME, abs=FRAME / 4)
    beside = [one["time"] for one in told if one["of"] == "source"]
    assert beside == pytest.approx([LATE + time for time in times.values()], abs=FRAME / 4)
    (across,) = {tuple(one["transform"]) for one in told if one["of"] == "source"}
    assert across == pytest.approx((1, 0, 0, 0, 1, 0, 0, 0, 1), abs=0.01)
    ((left, top, right, bottom),) = {tuple(one["part"]) for one in told}
    assert left < BOX[0] / 320 < BOX[2] / 320 < right
    assert top < BOX[1] / 180 < BOX[3] / 180 < bottom


def test_crops_are_the_frames_own_pixels(case: Path, shown: Path) -> None:
    told = picture(shown / PICTURE, "crop-clip.png")["shows"][0]
    left, top, right, bottom = told["pixels"]
    with av.open(str(case / "clip.mp4")) as container:
        frames = {round(frame.time or 0, 3): frame for frame in container.decode(video=0)}
    whole = frames[round(told["time"], 3)].to_ndarray(format="rgb24")

    crop = pixels(shown / PICTURE / "crop-clip.png")

    assert np.array_equal(crop, whole[top:bottom, left:right])
    assert (left, top, right, bottom) == pytest.approx(BOX, abs=14)


def test_crop_of_the_source_shows_what_was_there_before(shown: Path) -> None:
    told = picture(shown / PICTURE, "crop-source.png")["shows"][0]
    left, top, right, bottom = told["pixels"]
    before = clips.picture(told["time"], seed=1)[top:bottom, left:right]

    crop = pixels(shown / PICTURE / "crop-source.png")

    assert crop.shape == before.shape
    assert np.abs(crop.astype(int) - before).mean() < 8


def test_film_shows_both_in_step_a_second_around_the_finding(shown: Path) -> None:
    with av.open(str(shown / PICTURE / "side-by-side.mp4")) as container:
        frames = list(container.decode(video=0))
    told = picture(shown / PICTURE, "side-by-side.mp4")

    clip, source = told["shows"]
    assert len(frames) == len(clip["times"]) == len(source["times"])
    assert (frames[0].width, frames[0].height) == (told["width"], told["height"])
    assert clip["times"][0] <= START - 0.8
    assert clip["times"][-1] >= END + 0.8
    assert source["times"] == pytest.approx([LATE + time for time in clip["times"]], abs=FRAME)


def test_film_is_outlined_while_the_finding_lasts(shown: Path) -> None:
    with av.open(str(shown / PICTURE / "side-by-side.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    times = picture(shown / PICTURE, "side-by-side.mp4")["shows"][0]["times"]

    yellow = [np.abs(frame.astype(int) - (255, 214, 0)).sum(axis=2) < 90 for frame in frames]

    marked = [time for time, one in zip(times, yellow, strict=True) if one.sum() > 400]
    assert (marked[0], marked[-1]) == pytest.approx((START, END - FRAME), abs=FRAME / 4)


def test_heat_is_bright_in_the_box_and_grey_elsewhere(shown: Path) -> None:
    told = picture(shown / PICTURE, "heat.png")
    heat = pixels(shown / PICTURE / "heat.png").astype(int)

    # The picture lies below the heading, within the margin, at the clip's own size.
    frame = heat[43 : 43 + 180, 16 : 16 + 320]
    colourful = frame.max(axis=2) - frame.min(axis=2)
    assert np.median(colourful[BOX[1] + 10 : BOX[3] - 10, BOX[0] + 10 : BOX[2] - 10]) > 60
    assert np.median(colourful[:, :120]) < 5
    assert [one["of"] for one in told["shows"] if one.get("compared")] == ["clip", "source"]


def test_check_tells_that_all_is_the_same_with_the_film(case: Path, shown: Path) -> None:
    done = run("exhibit", case / "answer.json", "--out", shown, "--check")

    assert done.exit_code == 0, done.output
    assert f"{SOUND}: the same" in done.stdout
    assert f"{PICTURE}: the same" in done.stdout


@pytest.mark.parametrize("name", ["spectrograms.png", "exhibit.json"])
def test_check_names_what_differs(case: Path, shown: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(shown / SOUND, tmp_path / SOUND)
    (tmp_path / SOUND / name).write_bytes(b"something else")
    kept = digests(tmp_path)

    done = run("exhibit", case / "answer.json", "--finding", "1", "--out", tmp_path, "--check")

    assert done.exit_code == 3
    assert f"{SOUND}: differs: {name}" in done.stdout
    assert digests(tmp_path) == kept


@pytest.mark.parametrize("name", ["clip.mp4", "film.mp4"])
def test_another_file_under_the_same_name_is_refused(case: Path, tmp_path: Path, name: str) -> None:
    moved = _moved(case, tmp_path)
    with (tmp_path / name).open("ab") as file:
        file.write(b"x")

    done = run("exhibit", moved, "--out", tmp_path / "out")

    assert done.exit_code == 3
    assert f"{name} is not the file that the answer is about." in done.stderr
    assert "hint: " in done.stderr
    assert not (tmp_path / "out").exists()


def test_source_is_found_through_an_archive(case: Path, tmp_path: Path) -> None:
    moved = _moved(case, tmp_path)
    (tmp_path / "film.mp4").unlink()
    archive = tmp_path / "archive"
    assert run("index", case / "film.mp4", "--archive", archive).exit_code == 0
    words = ["--finding", "1", "--out", tmp_path / "out"]

    without = run("exhibit", moved, *words)
    within = run("exhibit", moved, *words, "--archive", archive)

    assert without.exit_code == 3
    assert "film.mp4" in without.stderr
    assert within.exit_code == 0, within.output
    assert (tmp_path / "out" / SOUND / "spectrograms.png").exists()


def test_whoever_has_both_files_elsewhere_can_check(
    case: Path, shown: Path, tmp_path: Path
) -> None:
    _moved(case, tmp_path)
    elsewhere = tmp_path / "answer.json"
    text = (case / "answer.json").read_text()
    elsewhere.write_text(text.replace(case.as_uri(), "file:///newsroom"))
    words = ["--out", shown, "--finding", "1", "--check"]

    without = run("exhibit", elsewhere, *words)
    within = run("exhibit", elsewhere, *words, "--files", tmp_path)

    assert without.exit_code == 3
    assert "There is no file /newsroom/clip.mp4." in without.stderr
    assert within.exit_code == 0, within.output


def test_pipe_under_the_name_of_the_clip_is_refused(case: Path, tmp_path: Path) -> None:
    moved = _moved(case, tmp_path)
    (tmp_path / "clip.mp4").unlink()
    os.mkfifo(tmp_path / "clip.mp4")

    done = run("exhibit", moved, "--out", tmp_path / "out")

    assert done.exit_code == 3
    assert "clip.mp4 is no regular file." in done.stderr


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("2", "Of finding 2, trimmed, there is nothing to show."),
        ("9", "There is no finding 9: the answer lists 3."),
    ],
)
def test_finding_that_cannot_be_shown_is_named(
    case: Path, tmp_path: Path, number: str, said: str
) -> None:
    done = run("exhibit", case / "answer.json", "--finding", number, "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert said in done.stderr


def test_of_several_answers_one_is_named(case: Path, tmp_path: Path) -> None:
    line = (case / "answer.json").read_text()
    both = tmp_path / "both.json"
    other = json.loads(line)
    other["query"]["name"] = "other.mp4"
    both.write_text(line + json.dumps(other) + "\n")
    words = ["--finding", "1", "--out", tmp_path / "out"]

    unnamed = run("exhibit", both, *words)
    named = run("exhibit", both, *words, "--clip", "clip.mp4")
    strange = run("exhibit", both, *words, "--clip", "third.mp4")

    assert (unnamed.exit_code, named.exit_code, strange.exit_code) == (3, 0, 3)
    assert "both.json holds 2 answers." in unnamed.stderr
    assert "both.json holds no answer about third.mp4." in strange.stderr


@pytest.mark.parametrize(
    "text",
    ["", "Dear editor,\n", "{}", '{"schema": "wherefrom.why/1"}', "[" * 5000, "\udcff"],
    ids=["empty", "a letter", "no answer", "another document", "nested", "no text"],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, text: str) -> None:
    answer = tmp_path / "answer.json"
    answer.write_bytes(text.encode("utf-8", "surrogateescape"))

    done = run("exhibit", answer, "--out", tmp_path / "out")

    assert done.exit_code == 3
    assert "answer.json is no answer of wherefrom trace or compare." in done.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"box": [0.5, 0.5, 0.4, 0.6]},
        {"source_index": 7},
        {"kind": "face-stolen"},
        {"query": [3.0, 1.0]},
        {"measures": {"strongest": float("inf")}},
    ],
)
def test_answer_at_odds_with_itself_is_refused(
    case: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    told = json.loads((case / "answer.json").read_text())
    told["findings"][2] |= change
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(told))

    assert run("exhibit", answer, "--out", tmp_path / "out").exit_code == 3


def test_nothing_half_written_is_left(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / SOUND).write_text("in the way")

    done = run("exhibit", case / "answer.json", "--finding", "1", "--out", out)

    assert done.exit_code == 0, done.output
    assert [path.name for path in out.iterdir()] == [SOUND]
    assert (out / SOUND / "exhibit.json").exists()


def _moved(case: Path, folder: Path) -> Path:
    """Return an answer about copies of the files of another that lie in the folder."""
    for name in ("clip.mp4", "film.mp4"):
        shutil.copy(case / name, folder / name)
    text = (case / "answer.json").read_text().replace(case.as_uri(), folder.as_uri())
    (folder / "moved.json").write_text(text)
    return folder / "moved.json"
