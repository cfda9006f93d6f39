"""Archives that keep what a learned model says of frames."""

from pathlib import Path

import pytest

from index.archive import Archive
from index.bulk import Done, Event, Skipped, index_files
from index.errors import ArchiveFormatError
from index.hashing.learned import Model, model
from index.values import Channel
from tests import clips, models


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    return clips.movie(folder / "film.mp4", seconds=5, cuts=(2.0,), seed=1)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return model(str(models.gradients(tmp_path_factory.mktemp("model") / "gradients.onnx")))


def run(archive: Archive, film: Path, named: Model | None) -> list[type[Event]]:
    """Index a file; return what became of it."""
    events: list[Event] = []
    index_files(archive, [film], workers=1, model=named, on_event=events.append)
    return [type(event) for event in events if isinstance(event, Done | Skipped)]


def held(archive: Archive) -> dict[Channel, int]:
    (asset,) = archive.assets()
    return dict(archive.card(asset).codes)


def test_what_shows_something_new_is_described(tmp_path: Path, film: Path, named: Model) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, film, named)

        codes = held(archive)
        assert 2 <= codes[Channel.LEARNED] <= codes[Channel.PICTURE]
        assert archive.recipes["learned"] == named.recipe
        assert archive.verify(read_data=True) == []


def test_sound_alone_is_described_by_no_code(tmp_path: Path, named: Model) -> None:
    record = clips.sound_only(tmp_path / "record.m4a", samples=clips.speech(4, seed=3))
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, record, named)

        assert held(archive)[Channel.LEARNED] == 0
        assert run(archive, record, named) == [Skipped]


def test_without_a_model_nothing_is_described(tmp_path: Path, film: Path) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, film, None)

        assert Channel.LEARNED not in held(archive)
        assert "learned" not in archive.recipes


def test_known_files_are_described_once_there_is_a_model(
    tmp_path: Path, film: Path, named: Model
) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, film, None)
        before = held(archive)

        assert run(archive, film, named) == [Done]
        assert run(archive, film, named) == [Skipped]
        after = held(archive)
        assert after.pop(Channel.LEARNED) > 0
        assert after == before


def test_a_described_archive_takes_no_file_without_its_model(
    tmp_path: Path, film: Path, named: Model
) -> None:
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, film, named)

        with pytest.raises(ArchiveFormatError, match="and no model is set"):
            run(archive, film, None)


def test_codes_of_two_models_do_not_lie_in_one_archive(
    tmp_path: Path, film: Path, named: Model
) -> None:
    other = model(str(models.gradients(tmp_path / "other.onnx", sign=-1.0)))
    with Archive.open(tmp_path / "a", create=True) as archive:
        run(archive, film, named)

        with pytest.raises(ArchiveFormatError, match="cannot be compared") as raised:
            run(archive, film, other)
        assert other.sha256 in str(raised.value)
        assert named.sha256 in str(raised.value)
