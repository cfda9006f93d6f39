from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from index.errors import ArchiveFormatError, MissingFileError, UserError
from index.hashing import learned
from index.hashing.learned import Model, codes, comparable, fingerprint, model
from index.values import Frame, Luma, distance
from tests import clips, models

PLAIN = np.full((144, 256), 90, np.uint8)


def scene(seed: int) -> Luma:
    luma: Luma = np.ascontiguousarray(clips.picture(0.0, seed=seed)[..., 1])
    return luma


@pytest.fixture
def named(tmp_path: Path) -> Model:
    return model(str(models.gradients(tmp_path / "gradients.onnx")))


def bits(a: Luma, b: Luma, named: Model) -> int:
    one, other = codes([a, b], named)
    return int(distance(one, other))


def test_a_picture_made_smaller_keeps_its_code_and_another_has_another(named: Model) -> None:
    small = np.asarray(cv2.resize(scene(1), (160, 90), interpolation=cv2.INTER_AREA), np.uint8)

    assert bits(scene(1), small, named) < 40
    assert bits(scene(1), scene(2), named) > 80


def test_a_code_holds_the_signs_of_the_first_256_numbers(named: Model) -> None:
    described = learned.network(named).descriptor(scene(1))

    assert len(described) == 256
    assert np.unpackbits(codes([scene(1)], named)[0]).tolist() == (described > 0).tolist()


def test_models_of_bytes_and_of_numbers_are_both_run(named: Model, tmp_path: Path) -> None:
    other = model(str(models.of_bytes(tmp_path / "bytes.onnx")))

    assert distance(codes([scene(1)], named), codes([scene(1)], other))[0] < 20


def test_a_mirrored_frame_has_the_code_of_its_mirror_image(named: Model) -> None:
    mirrored = fingerprint([Frame(1.0, scene(1))], named, mirrored=True)

    assert (mirrored.codes == codes([scene(1)[:, ::-1]], named)).all()


def test_plain_frames_have_no_code(named: Model) -> None:
    found = fingerprint([Frame(0.0, PLAIN), Frame(1.0, scene(1))], named)

    assert found.times.tolist() == [1.0]


def test_the_recipe_names_the_model(named: Model, tmp_path: Path) -> None:
    other = model(str(models.gradients(tmp_path / "other.onnx", sign=-1.0)))

    assert named.sha256 in named.recipe
    assert other.recipe != named.recipe


def test_codes_of_another_model_are_not_compared(named: Model, tmp_path: Path) -> None:
    assert comparable(named, named.recipe, tmp_path)
    assert not comparable(named, None, tmp_path)
    assert not comparable(None, named.recipe, tmp_path)
    with pytest.raises(ArchiveFormatError, match="cannot be compared"):
        comparable(named, "sscd256/1 0123", tmp_path)


def test_a_file_that_is_no_model_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.onnx").write_text("Dear editor,\n" * 100)

    with pytest.raises(UserError, match=r"letter\.onnx is no model"):
        model(str(tmp_path / "letter.onnx"))
    assert capfd.readouterr().err == ""


def test_a_model_that_tells_too_little_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no model that describes pictures"):
        model(str(models.coarse(tmp_path / "coarse.onnx")))


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"none\.onnx"):
        model(str(tmp_path / "none.onnx"))


def test_a_model_that_changed_is_refused(named: Model) -> None:
    learned.network.cache_clear()
    models.gradients(named.path, sign=-1.0)

    with pytest.raises(UserError, match="changed while it was used"):
        codes([scene(1)], named)


def test_without_the_extra_its_models_are_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learned, "PACKAGE", "no_such_package_anywhere")

    with pytest.raises(UserError, match="comes with the extra sscd, which is not installed"):
        model("distilled")


@pytest.mark.skipif(find_spec(learned.PACKAGE) is None, reason="the extra sscd is not installed")
@pytest.mark.parametrize("word", learned.PACKAGED)
def test_models_of_the_extra_tell_a_crop_from_another_scene(word: str) -> None:
    named = model(word)
    crop = scene(1)[18:160, 40:290]

    assert bits(scene(1), crop, named) < bits(scene(1), scene(2), named)
