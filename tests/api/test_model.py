"""The learned model that is set, as the commands tell of it."""

import hashlib
import json
from pathlib import Path

import pytest

from index.hashing import learned
from tests import models
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models.gradients(tmp_path_factory.mktemp("model") / "gradients.onnx")


@pytest.fixture
def named(model: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Set the model; return its SHA-256."""
    monkeypatch.setenv("WHEREFROM_SSCD_MODEL", str(model))
    return hashlib.sha256(model.read_bytes()).hexdigest()


def test_stats_and_doctor_name_the_model_by_its_bytes(
    films: Path, suspects: Path, tmp_path: Path, named: str
) -> None:
    archive = tmp_path / "described"
    assert run("index", films, "--archive", archive).exit_code == 0

    assert named in run("stats", "--archive", archive).stdout
    recipes = json.loads(run("stats", "--archive", archive, "--json", "-").stdout)["recipes"]
    assert recipes["learned"].endswith(named)
    told = run("doctor", "--archive", archive).stdout
    assert f"gradients.onnx, SHA-256 {named}" in told
    assert f"ok  learned codes             of sscd256/1 {named}" in told
    assert run("trace", suspects / "quote.mp4", "--archive", archive).exit_code == 0


def test_another_model_than_the_archive_s_is_refused_in_a_sentence(
    films: Path,
    suspects: Path,
    tmp_path: Path,
    named: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive = tmp_path / "described"
    run("index", films, "--archive", archive)
    other = models.gradients(tmp_path / "other.onnx", sign=-1.0)
    monkeypatch.setenv("WHEREFROM_SSCD_MODEL", str(other))

    result = run("trace", suspects / "quote.mp4", "--archive", archive)

    assert result.exit_code == 4
    assert named in result.stderr
    assert "??  learned codes" in run("doctor", "--archive", archive).stdout


def test_a_described_archive_takes_nothing_without_a_model(
    films: Path, tmp_path: Path, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "described"
    run("index", films, "--archive", archive)
    monkeypatch.delenv("WHEREFROM_SSCD_MODEL")

    result = run("index", films, "--archive", archive)

    assert result.exit_code == 4
    assert named in result.stderr


@pytest.mark.parametrize("command", ["index", "trace", "compare", "why", "doctor"])
def test_a_model_that_is_missing_is_said_before_anything_is_done(
    command: str,
    archive: Path,
    films: Path,
    suspects: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learned, "PACKAGE", "no_such_package_anywhere")
    monkeypatch.setenv("WHEREFROM_SSCD_MODEL", "distilled")
    words: dict[str, list[object]] = {
        "index": [films, "--archive", archive],
        "trace": [suspects / "quote.mp4", "--archive", archive],
        "compare": [suspects / "quote.mp4", films / "harbour.mp4"],
        "why": [suspects / "quote.mp4", "harbour.mp4", "--archive", archive],
        "doctor": [],
    }

    result = run(command, *words[command])

    assert result.exit_code != 0
    assert "comes with the extra sscd" in result.output
