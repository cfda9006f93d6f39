"""Clips looked up by what a learned model says of their frames."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.archive import Archive
from index.bulk import index_files
from index.errors import ArchiveFormatError
from index.hashing.learned import Model, model
from index.values import Channel
from lineage.coarse import CoarseParams, lookup
from lineage.lookups import LEARNED, TIERS
from lineage.params import DEFAULT, TraceParams, described
from lineage.prints import fingerprints
from lineage.trace import compare, trace
from lineage.values import Tell
from lineage.why import why
from tests import clips, models


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("described")


@pytest.fixture(scope="module")
def named(folder: Path) -> Model:
    return model(str(models.gradients(folder / "gradients.onnx")))


@pytest.fixture(scope="module")
def film(folder: Path) -> Path:
    return clips.movie(folder / "film.mp4", seconds=8, cuts=(2.0, 4.0, 6.0), seed=1)


@pytest.fixture(scope="module")
def quote(folder: Path) -> Path:
    return clips.movie(
        folder / "quote.mp4", seconds=4, start=2.0, cuts=(2.0, 4.0, 6.0), seed=1, mirrored=True
    )


@pytest.fixture(scope="module")
def archive(folder: Path, film: Path, named: Model) -> Iterator[Archive]:
    with Archive.open(folder / "archive", create=True) as archive:
        index_files(archive, [film], model=named, on_event=lambda _: None)
        yield archive


@pytest.fixture
def alone(archive: Archive, named: Model) -> TraceParams:
    """How to look a clip up by what the model says, and by nothing else."""
    return replace(described(archive, named), tiers=(LEARNED,))


def test_what_the_model_says_is_looked_up_last(archive: Archive, named: Model) -> None:
    assert described(archive, named).tiers == (*TIERS, LEARNED)


def test_a_mirrored_clip_is_found_by_what_the_model_says(
    archive: Archive, quote: Path, alone: TraceParams
) -> None:
    (source,) = trace(quote, archive, params=alone).sources

    assert source.channel is Channel.PICTURE
    assert source.segments[0].variant == "mirror"
    assert source.segments[0].source.start == pytest.approx(2.0, abs=0.1)


def test_another_film_is_not(archive: Archive, folder: Path, alone: TraceParams) -> None:
    stranger = clips.movie(folder / "stranger.mp4", seconds=4, cuts=(2.0,), seed=9)

    assert trace(stranger, archive, params=alone).sources == ()


def test_without_a_model_a_described_archive_is_searched_as_any(
    archive: Archive, quote: Path
) -> None:
    assert described(archive, None) == DEFAULT
    assert len(trace(quote, archive).sources) == 1


def test_an_archive_without_descriptions_is_searched_without_them(
    tmp_path: Path, named: Model
) -> None:
    with Archive.open(tmp_path / "bare", create=True) as bare:
        assert described(bare, named) == DEFAULT


def test_codes_of_another_model_are_not_searched(archive: Archive, folder: Path) -> None:
    other = model(str(models.gradients(folder / "other.onnx", sign=-1.0)))

    with pytest.raises(ArchiveFormatError, match="cannot be compared"):
        described(archive, other)


def test_compare_asks_the_model_too(film: Path, quote: Path, named: Model) -> None:
    bare = replace(DEFAULT, tiers=())

    assert compare(quote, film, params=bare).sources == ()
    assert len(compare(quote, film, params=bare, model=named).sources) == 1


def test_why_tells_what_the_model_says(archive: Archive, quote: Path, alone: TraceParams) -> None:
    told = why(quote, archive.find("film.mp4"), archive, params=alone)

    (step,) = [step for step in told.accounts[0].steps if step.stage == "hits"]
    assert step.way == "what a model says of frames, as they are or mirrored"
    assert "bits that may differ" in {measure.name for measure in step.measures}
    assert step.passed


def test_a_lookup_goes_without(archive: Archive, quote: Path, named: Model) -> None:
    params = CoarseParams(trace=described(archive, named))

    (hint, *_) = lookup(fingerprints(quote), archive, params=params).hints

    assert hint.tell is Tell.FRAMES
