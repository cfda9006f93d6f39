import subprocess
import sys
import typing
from pathlib import Path

import pytest

from api.settings import LevelName, Settings, load
from index.errors import UserError
from index.keyframes import Level


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_flag_beats_the_environment(elsewhere: Path) -> None:
    settings = load(environment={"WHEREFROM_ARCHIVE": "b"}, archive=elsewhere / "a")

    assert settings.archive == elsewhere / "a"


def test_the_environment_beats_the_file(elsewhere: Path) -> None:
    (elsewhere / "wherefrom.toml").write_text("workers = 3\nlevel = 'dense'\n")

    settings = load(environment={"WHEREFROM_WORKERS": "2"})

    assert (settings.workers, settings.level) == (2, "dense")


def test_an_empty_variable_counts_as_unset() -> None:
    assert load(environment={"WHEREFROM_ARCHIVE": ""}).archive is None


def test_nothing_given_means_the_defaults() -> None:
    assert load(environment={}) == Settings(archive=None, level="standard", workers=None)


@pytest.mark.parametrize(
    ("name", "value"), [("WHEREFROM_WORKERS", "0"), ("WHEREFROM_LEVEL", "fine")]
)
def test_a_value_that_is_not_allowed_is_named(name: str, value: str) -> None:
    with pytest.raises(UserError, match=f"cannot be '{value}'") as caught:
        load(environment={name: value})

    assert name in caught.value.hint


def test_an_unknown_name_in_the_file_is_named(elsewhere: Path) -> None:
    (elsewhere / "wherefrom.toml").write_text("wokers = 3\n")

    with pytest.raises(UserError, match="wokers"):
        load(environment={})


def test_a_file_that_is_no_toml_is_said(elsewhere: Path) -> None:
    (elsewhere / "wherefrom.toml").write_text("workers: 3\n")

    with pytest.raises(UserError, match=r"wherefrom\.toml cannot be read"):
        load(environment={})


def test_levels_are_those_of_the_index() -> None:
    assert typing.get_args(LevelName) == tuple(Level)


def test_every_setting_is_in_the_documents(root: Path) -> None:
    page = (root / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert [
        name
        for name in Settings.model_fields
        if f"| `{name}` | `WHEREFROM_{name.upper()}` |" not in page
    ] == []


@pytest.mark.parametrize(("days", "seconds"), [(400, 34_560_000), (0, None)])
def test_who_did_what_is_kept_for_some_days_or_for_good(days: int, seconds: float | None) -> None:
    assert Settings(audit_days=days).deeds_kept == seconds


def test_reading_settings_loads_no_decoder(root: Path) -> None:
    program = "import sys, api.settings; print({'av', 'cv2', 'numpy'} & set(sys.modules))"

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root
    )

    assert done.stdout == "set()\n"
