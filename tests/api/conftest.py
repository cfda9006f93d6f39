"""An archive of two made films, and clips to trace, for the tests of the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api import cli
from tests import clips


def run(*args: object) -> Result:
    """Return how the command ended, and what it said."""
    return CliRunner().invoke(cli.app, [str(arg) for arg in args])


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the settings of whoever runs the tests."""
    for name in ("WHEREFROM_ARCHIVE", "WHEREFROM_SSCD_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    clips.movie(folder / "harbour.mp4", seconds=5, cuts=(2.0, 4.0), seed=1)
    clips.movie(folder / "market.mp4", seconds=2, cuts=(1.0,), seed=2)
    return folder


@pytest.fixture(scope="session")
def suspects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suspects")
    clips.movie(folder / "quote.mp4", seconds=3, start=1.0, cuts=(2.0, 4.0), seed=1)
    clips.movie(folder / "stranger.mp4", seconds=2, cuts=(1.0,), seed=9)
    (folder / "letter.mp4").write_text("Dear editor,\n" * 100)
    return folder


@pytest.fixture(scope="session")
def archive(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "films.archive"
    done = run("index", films, "--archive", folder)
    assert done.exit_code == 0, done.output
    return folder
