import json
from pathlib import Path

import opentimelineio as otio  # type: ignore[import-untyped]  # it comes without types
import pytest
from prov.model import ProvDocument, ProvEntity

from api.cli.exporting import Wanted, lineage
from lineage.derivations import Lineage, Node, Role
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")


def test_one_trace_writes_all_formats(archive: Path, suspects: Path, tmp_path: Path) -> None:
    names = ("prov", "otio", "c2pa", "review")
    words = [word for name in names for word in (f"--{name}", tmp_path / f"{name}.json")]

    result = run("trace", suspects / "quote.mp4", "--archive", archive, *words)

    assert result.exit_code == 0, result.output
    assert "harbour.mp4" in result.stdout
    texts = {name: (tmp_path / f"{name}.json").read_text(encoding="utf-8") for name in names}
    read = ProvDocument.deserialize(content=texts["prov"].encode(), format="json")
    assert isinstance(read, ProvDocument)
    assert "harbour.mp4" in {str(one.label) for one in read.get_records(ProvEntity)}
    timeline = otio.adapters.read_from_string(texts["otio"], "otio_json")
    assert timeline.duration().to_seconds() == pytest.approx(3.0, abs=0.04)
    assert json.loads(texts["c2pa"])["title"] == "quote.mp4"
    assert json.loads(texts["review"])["@type"] == "MediaReview"


def test_compare_writes_them_too(films: Path, suspects: Path) -> None:
    result = run("compare", suspects / "quote.mp4", films / "harbour.mp4", "--otio", "-")

    assert result.exit_code == 0, result.output
    read = otio.adapters.read_from_string(result.stdout, "otio_json")
    clip = read.tracks[0][0]
    assert clip.media_reference.target_url == (films / "harbour.mp4").as_uri()
    assert clip.source_range.start_time.to_seconds() == pytest.approx(1.0, abs=0.04)


def test_several_clips_are_joined_where_the_format_allows(archive: Path, suspects: Path) -> None:
    clips = [suspects / "quote.mp4", suspects / "stranger.mp4", "--archive", archive]

    result = run("trace", *clips, "--review", "-")

    assert [each["@type"] for each in json.loads(result.stdout)] == ["MediaReview"] * 2


@pytest.mark.parametrize("option", ["--otio", "--c2pa"])
def test_several_clips_are_refused_where_a_format_is_of_one(
    option: str, archive: Path, suspects: Path, tmp_path: Path
) -> None:
    clips = [suspects / "quote.mp4", suspects / "stranger.mp4", "--archive", archive]

    result = run("trace", *clips, option, tmp_path / "out.json")

    assert result.exit_code == 2
    assert f"{option} writes a document about one clip, and 2 were named." in result.stderr
    assert not (tmp_path / "out.json").exists()


def test_two_documents_in_one_place_are_refused(suspects: Path, films: Path) -> None:
    both = [suspects / "quote.mp4", films / "harbour.mp4"]

    aloud = run("compare", *both, "--prov", "-", "--json", "-")
    written = run("compare", *both, "--prov", "one.json", "--review", "one.json")

    assert (aloud.exit_code, written.exit_code) == (2, 2)
    assert "cannot both be written to standard output" in aloud.stderr
    assert "cannot both be written to one.json" in written.stderr


def test_a_file_that_cannot_be_written_is_found_before_anything_is_asked(
    suspects: Path, films: Path, tmp_path: Path
) -> None:
    place = tmp_path / "absent" / "out.json"

    result = run("compare", suspects / "quote.mp4", films / "harbour.mp4", "--c2pa", place)

    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert "harbour.mp4" not in result.stdout


def test_nothing_is_written_of_a_clip_that_cannot_be_read(archive: Path, suspects: Path) -> None:
    result = run("trace", suspects / "letter.mp4", "--archive", archive, "--prov", "-")

    assert (result.exit_code, result.stdout) == (3, "")


def test_a_lineage_of_an_archive_is_written_the_same_way() -> None:
    digest = "a" * 64
    told = Lineage((Node(digest[:16], Role.ASSET, "harbour.mp4", digest),), ())

    read = ProvDocument.deserialize(content=lineage(told, version="1").encode(), format="json")

    assert isinstance(read, ProvDocument)
    assert [str(one.label) for one in read.get_records(ProvEntity)] == ["harbour.mp4"]


def test_what_goes_to_standard_output_goes_there_alone() -> None:
    assert Wanted(otio=Path("-")).aloud
    assert not Wanted(otio=Path("out.otio")).aloud
