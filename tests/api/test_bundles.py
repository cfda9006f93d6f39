"""What `wherefrom bundle` writes of a made clip, and what `verify-bundle` says of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit  # type: ignore[import-untyped]  # it has no types
import jsonschema
import pytest

from api.bundles import bag, contents, packing
from api.bundles.contents import versions
from api.problems import CONTRADICTED, DIFFERS, INPUT, INTERRUPTED, USAGE
from index.files import digest
from lineage import prints, rerun
from lineage.clock import Progress
from tests import clips
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")

BOX = (180, 60, 280, 130)
"""Left, top, right and bottom of what is replaced, in pixels of both."""
LATE, START, END = 6.0, 0.6, 1.6
type Document = dict[str, Any]


def patched(picture: clips.Picture, time: float) -> clips.Picture:
    picture = picture.copy()
    if START <= time < END:
        left, top, right, bottom = BOX
        size = (right - left, bottom - top)
        picture[top:bottom, left:right] = clips.picture(time, seed=9, size=size)
    return picture


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with films, an archive of them, and a clip made of one."""
    folder = tmp_path_factory.mktemp("case")
    (folder / "films").mkdir()
    cuts = (3.0, 7.0)
    clips.movie(folder / "films" / "film.mp4", seconds=9, seed=1, cuts=cuts)
    clips.movie(folder / "clip.mp4", seconds=2, seed=1, start=LATE, cuts=cuts, edit=patched)
    assert run("index", folder / "films", "--archive", folder / "archive").exit_code == 0
    return folder


@pytest.fixture(scope="module")
def kept(case: Path) -> Path:
    """The bundle of the clip, without its source."""
    done = run("bundle", case / "clip.mp4", "--archive", case / "archive", "--out", case / "kept")
    assert done.exit_code == 0, done.output
    assert f"Seal: {bag.seal(case / 'kept')}" in done.output
    return case / "kept"


@pytest.fixture(scope="module")
def full(case: Path) -> Path:
    """The bundle of the clip with its source, signed, without addresses, beside that one file."""
    film, out = case / "films" / "film.mp4", case / "full"
    options = ["--with-sources", "--by", "A. Checker", "--no-addresses"]
    done = run("bundle", case / "clip.mp4", "--source", film, "--out", out, *options)
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def known() -> dict[object, Any]:
    """What was traced and measured already: the same files give the same."""
    return {}


@pytest.fixture(autouse=True)
def _remembered(monkeypatch: pytest.MonkeyPatch, known: dict[object, Any]) -> None:
    """Trace and measure the same files once: it is what takes the time."""
    traced, measured = rerun.traced, prints.fingerprints

    def trace(clip: Path, sources: list[Path], *, level: rerun.Level, progress: Progress) -> object:
        key = digest(clip), *map(digest, sources), level
        if key not in known:
            known[key] = traced(clip, sources, level=level, progress=progress)
        return known[key]

    def measure(path: Path, *, named: bool) -> object:
        key = digest(path), named
        if key not in known:
            known[key] = measured(path, named=named)
        return known[key]

    monkeypatch.setattr(rerun, "traced", trace)
    monkeypatch.setattr(prints, "fingerprints", measure)


@pytest.fixture
def copy(kept: Path, tmp_path: Path) -> Path:
    """A copy of the bundle that may be changed."""
    shutil.copytree(kept, tmp_path / "copy")
    return tmp_path / "copy"


def checked(folder: Path, *options: object) -> tuple[int, Document]:
    """Return how `verify-bundle` ended, and what it said as JSON."""
    target = folder.parent / "checked.json"
    done = run("verify-bundle", folder, "--json", target, *options)
    assert done.exit_code in {0, CONTRADICTED, DIFFERS}, done.output
    said: Document = json.loads(target.read_text())
    return done.exit_code, said


def verdicts(said: Document, about: str) -> list[str]:
    return [one["verdict"] for one in said["claims"] if one["about"] == about]


def answer_of(folder: Path) -> Document:
    told: Document = json.loads((folder / "data" / "answer.json").read_text())
    return told


def forged(folder: Path, change: Callable[[Document], None]) -> None:
    """Change the answer as a careful forger would: log and lists are made to fit."""
    told = answer_of(folder)
    change(told)
    (folder / "data" / "answer.json").write_text(json.dumps(told) + "\n")
    fitting(folder)


def fitting(folder: Path) -> None:
    """Make the log and the lists of a changed bundle fit it again."""
    log = folder / "data" / "custody.jsonl"
    deeds = [json.loads(line) for line in log.read_text().splitlines()]
    for deed in deeds:
        deed["products"] = {name: digest(folder / "data" / name) for name in deed["products"]}
    log.write_text("".join(f"{json.dumps(deed)}\n" for deed in deeds))
    bag.write(folder, {})


def shifted(told: Document) -> None:
    segment = told["sources"][0]["segments"][0]
    segment["source"] = [round(time - 5, 3) for time in segment["source"]]


def invented(told: Document) -> None:
    first = dict(told["findings"][0])
    told["findings"].append(first | {"kind": "face-replaced", "box": [0.1, 0.1, 0.3, 0.4]})


def test_bundle_holds_the_clip_unaltered(case: Path, kept: Path) -> None:
    told = answer_of(kept)

    assert (kept / "data" / "query" / "clip.mp4").read_bytes() == (case / "clip.mp4").read_bytes()
    assert told["query"]["sha256"] == digest(case / "clip.mp4")
    assert told["query"]["uri"] == "query/clip.mp4"


def test_bundle_is_a_valid_bag(kept: Path) -> None:
    assert bagit.Bag(str(kept)).validate()


def test_bundle_says_of_each_source_what_is_needed_without_it(case: Path, kept: Path) -> None:
    table = json.loads((kept / "data" / "contents.json").read_text())
    [source] = table["sources"]

    film = case / "films" / "film.mp4"
    assert (source["sha256"], source["size"]) == (digest(film), film.stat().st_size)
    assert source["file"] is None
    assert (kept / "data" / source["fingerprint"]).is_file()
    assert [one["channel"] for one in source["stretches"]] == ["picture"]
    assert table["versions"] == versions() | table["versions"]
    assert {"wherefrom", "av", "numpy", "libavcodec", "recipe of picture"} <= set(table["versions"])


def test_bundle_names_nobody_unless_told(kept: Path, full: Path) -> None:
    unsigned, signed = (
        {
            json.loads(line)["by"]
            for line in (one / "data" / "custody.jsonl").read_text().splitlines()
        }
        for one in (kept, full)
    )
    assert (unsigned, signed) == ({None}, {"A. Checker"})
    assert bagit.Bag(str(full)).info["Contact-Name"] == "A. Checker"


def test_bundle_without_addresses_says_nowhere_where_files_lie(case: Path, full: Path) -> None:
    texts = [path.read_bytes() for path in full.rglob("*") if path.is_file()]

    assert texts
    assert [text for text in texts if str(case).encode() in text] == []


def test_all_that_can_be_asked_without_the_source_holds(kept: Path) -> None:
    code, said = checked(kept)

    assert code == 0
    assert verdicts(said, "clip") == ["confirmed"] * 3
    assert verdicts(said, "custody") == ["confirmed"]
    assert verdicts(said, "stretch") == ["confirmed"]
    assert set(verdicts(said, "finding")) == {"could-not-be-re-run"}
    assert {one["needs"] for one in said["claims"] if one["about"] == "finding"} == {
        "the source's file"
    }


def test_all_holds_beside_the_source(case: Path, kept: Path) -> None:
    code, said = checked(kept, "--sources", case / "films")

    assert code == 0
    assert {one["verdict"] for one in said["claims"]} == {"confirmed"}
    assert verdicts(said, "exhibit")
    assert said["sources_at_hand"] == [digest(case / "films" / "film.mp4")]


def test_every_claim_of_the_answer_has_a_line(kept: Path) -> None:
    _, said = checked(kept)
    told = answer_of(kept)

    lines = {about: len(verdicts(said, about)) for about in ("stretch", "finding", "relation")}
    assert lines == {
        "stretch": sum(len(source["segments"]) for source in told["sources"]),
        "finding": len(told["findings"]),
        "relation": len(told["lineage"]["edges"]),
    }


def test_bundle_with_sources_needs_nothing_else(full: Path) -> None:
    code, said = checked(full)

    assert code == 0
    assert {one["verdict"] for one in said["claims"]} == {"confirmed"}


def test_source_that_was_out_of_reach_is_asked_again_once_it_is_there(
    case: Path, copy: Path
) -> None:
    path = copy / "data" / "contents.json"
    table = json.loads(path.read_text())
    table["sources"][0].update(fingerprint=None, size=None, lacking="its file was out of reach")
    path.write_text(json.dumps(table))
    fitting(copy)

    alone = checked(copy)[1]
    beside, said = checked(copy, "--sources", case / "films")

    assert verdicts(alone, "stretch") == ["could-not-be-re-run"]
    assert (beside, verdicts(said, "stretch")) == (0, ["confirmed"])


def test_what_is_told_is_of_the_form_that_is_published(kept: Path, root: Path) -> None:
    _, said = checked(kept)

    schema = json.loads((root / "docs" / "verification.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(said)


def test_changed_byte_is_told_and_ends_it(copy: Path) -> None:
    clip = copy / "data" / "query" / "clip.mp4"
    clip.write_bytes(clip.read_bytes()[:-1] + b"?")

    done = run("verify-bundle", copy)

    assert done.exit_code == INPUT
    assert "data/query/clip.mp4 was changed" in done.stderr
    assert "stretch" not in done.stdout


def test_other_clip_is_told_though_lists_fit(copy: Path) -> None:
    clip = copy / "data" / "query" / "clip.mp4"
    clip.write_bytes(clip.read_bytes() + b"?")
    fitting(copy)

    code, said = checked(copy)

    assert code == CONTRADICTED
    assert verdicts(said, "clip") == ["contradicted"]
    answered = [
        one for about in ("stretch", "finding", "relation") for one in verdicts(said, about)
    ]
    told = answer_of(copy)
    assert set(answered) == {"could-not-be-re-run"}
    assert len(answered) == 1 + len(told["findings"]) + len(told["lineage"]["edges"])


def test_log_that_does_not_fit_is_told(copy: Path) -> None:
    page = copy / "data" / "report.html"
    page.write_text(page.read_text() + "<p>And it was all a lie.</p>")
    bag.write(copy, {})

    code, said = checked(copy)

    assert code == CONTRADICTED
    assert verdicts(said, "custody") == ["contradicted"]


def test_shifted_stretch_is_told_without_its_source(copy: Path) -> None:
    forged(copy, shifted)

    code, said = checked(copy)

    assert code == CONTRADICTED
    assert verdicts(said, "stretch") == ["contradicted"]


def test_shifted_stretch_is_told_beside_its_source(copy: Path, case: Path) -> None:
    forged(copy, shifted)

    code, said = checked(copy, "--sources", case / "films")

    assert code == CONTRADICTED
    assert verdicts(said, "stretch") == ["contradicted"]


def test_invented_finding_is_open_alone_and_contradicted_beside_its_source(
    copy: Path, case: Path
) -> None:
    forged(copy, invented)

    alone, open_ = checked(copy)
    beside, said = checked(copy, "--sources", case / "films")

    assert (alone, verdicts(open_, "finding")[-1]) == (0, "could-not-be-re-run")
    assert (beside, verdicts(said, "finding")[-1]) == (CONTRADICTED, "contradicted")
    assert "contradicted" not in verdicts(said, "finding")[:-1]


def exhibit(folder: Path) -> Path:
    return next((folder / "data" / "exhibits").iterdir())


def redrawn(folder: Path, name: str) -> None:
    """Change a picture of the exhibit, and what is said of it."""
    there = exhibit(folder) / name
    there.write_bytes(there.read_bytes() + b"?")
    said = json.loads((exhibit(folder) / "exhibit.json").read_text())
    for one in said["pictures"]:
        one["sha256"] = digest(exhibit(folder) / one["name"])
    (exhibit(folder) / "exhibit.json").write_text(json.dumps(said, indent=2) + "\n")
    fitting(folder)


def test_changed_picture_is_told_by_what_its_exhibit_says(copy: Path) -> None:
    there = exhibit(copy) / "pair.png"
    there.write_bytes(there.read_bytes() + b"?")
    fitting(copy)

    code, said = checked(copy)

    assert code == CONTRADICTED
    assert "contradicted" in verdicts(said, "exhibit")


def test_redrawn_view_of_the_clip_is_told_without_the_source(copy: Path) -> None:
    redrawn(copy, "crop-clip.png")

    code, said = checked(copy)

    assert code == CONTRADICTED
    assert "contradicted" in verdicts(said, "exhibit")


def test_redrawn_picture_of_both_is_told_beside_the_source(copy: Path, case: Path) -> None:
    redrawn(copy, "pair.png")

    assert checked(copy)[0] == 0
    assert checked(copy, "--sources", case / "films")[0] == CONTRADICTED


def test_other_versions_are_said_and_excuse_other_bits_alone(copy: Path, case: Path) -> None:
    path = copy / "data" / "contents.json"
    table = json.loads(path.read_text())
    table["versions"]["av"] = "1.0"
    path.write_text(json.dumps(table))
    redrawn(copy, "pair.png")

    code, said = checked(copy, "--sources", case / "films")
    forged(copy, shifted)
    worse, _ = checked(copy)

    assert code == DIFFERS
    assert said["other_versions"] == [f"av 1.0 then, {versions()['av']} now"]
    assert "differs-by-version" in verdicts(said, "exhibit")
    assert worse == CONTRADICTED


def odd_answer(folder: Path) -> None:
    forged(folder, lambda told: told["query"].pop("sha256"))


def infinite_answer(folder: Path) -> None:
    forged(folder, lambda told: told["query"].update(duration=float("inf")))


def no_contents(folder: Path) -> None:
    (folder / "data" / "contents.json").unlink()
    bag.write(folder, {})


def outward(folder: Path) -> None:
    path = folder / "data" / "contents.json"
    table = json.loads(path.read_text())
    table["clip"]["file"] = "../../clip.mp4"
    path.write_text(json.dumps(table))
    bag.write(folder, {})


def deep(folder: Path) -> None:
    (folder / "data" / "answer.json").write_text("[" * 100_000)
    bag.write(folder, {})


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (odd_answer, "is not of the form it says"),
        (infinite_answer, "no answer.json that can be read"),
        (no_contents, "none that wherefrom made"),
        (outward, "no contents.json that can be read"),
        (deep, "no answer.json that can be read"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_bag_that_is_no_bundle_is_refused(
    copy: Path, harm: Callable[[Path], object], words: str
) -> None:
    harm(copy)

    done = run("verify-bundle", copy)

    assert done.exit_code == INPUT
    assert words in done.stderr


def test_log_that_names_files_elsewhere_is_contradicted(copy: Path) -> None:
    log = copy / "data" / "custody.jsonl"
    deed = json.loads(log.read_text().splitlines()[0])
    deed["products"] = {"../../../etc/hostname": "0" * 64}
    log.write_text(json.dumps(deed) + "\n")
    bag.write(copy, {})

    assert verdicts(checked(copy)[1], "custody") == ["contradicted"]


def test_words_of_a_stranger_do_not_command_the_terminal(copy: Path) -> None:
    forged(copy, lambda told: told["verdict"].update(summary="All is well.\x1b[2J"))

    done = run("verify-bundle", copy)

    assert "All is well." in done.stdout
    assert "\x1b" not in done.stdout


def test_text_that_would_fill_the_memory_is_not_read(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MOST_TEXT", 100)

    assert "no contents.json that can be read" in run("verify-bundle", copy).stderr


def test_folder_of_sources_that_is_not_there_is_said(kept: Path, tmp_path: Path) -> None:
    done = run("verify-bundle", kept, "--sources", tmp_path / "nowhere")

    assert done.exit_code == INPUT
    assert "There is no folder" in done.stderr


def test_folder_that_is_there_is_left_alone(case: Path, kept: Path) -> None:
    before = bag.seal(kept)

    done = run("bundle", case / "clip.mp4", "--archive", case / "archive", "--out", kept)

    assert done.exit_code == USAGE
    assert "is there already" in done.stderr
    assert bag.seal(kept) == before


def test_interrupted_bundle_leaves_nothing(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> object:
        assert list((tmp_path / "half").rglob("answer.json"))
        raise KeyboardInterrupt

    monkeypatch.setattr(packing, "pairs", interrupted)
    out = tmp_path / "half" / "bag"
    done = run("bundle", case / "clip.mp4", "--archive", case / "archive", "--out", out)

    assert done.exit_code == INTERRUPTED
    assert list((tmp_path / "half").iterdir()) == []


def test_archive_and_source_exclude_each_other(case: Path, tmp_path: Path) -> None:
    named = ["--archive", case / "archive", "--source", case / "clip.mp4"]

    assert run("bundle", case / "clip.mp4", "--out", tmp_path / "bag", *named).exit_code == USAGE


def test_clip_of_which_nothing_is_found_can_be_bundled(case: Path, tmp_path: Path) -> None:
    clips.movie(tmp_path / "stranger.mp4", seconds=2, seed=8)
    out = tmp_path / "bag"

    run("bundle", tmp_path / "stranger.mp4", "--archive", case / "archive", "--out", out)
    code, said = checked(out)

    assert code == 0
    assert verdicts(said, "unexplained") == ["could-not-be-re-run"]


def test_table_says_what_holds_and_what_does_not(kept: Path) -> None:
    done = run("verify-bundle", kept)

    assert "holds" in done.stdout
    assert "not re-run" in done.stdout
    assert f"Seal: {bag.seal(kept)}" in done.stdout.replace("\n", "")
