"""The page of the API: each command on it is run against a service, and answers as it shows."""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import clips
from tests.api.conftest import archive, films, suspects
from tests.api.web.conftest import desk_archive, key, listening
from tests.api.web.receivers import receiving

__all__ = ["archive", "desk_archive", "films", "suspects"]

ADDRESS, KEY = "http://127.0.0.1:8417", "wf_…"
"""What the page has in place of those of the service that is asked."""
AFTER = "--- after this command"


@pytest.fixture
def desk(tmp_path: Path, suspects: Path) -> Path:
    """A folder with the clips that the page sends, and one of footage."""
    folder = tmp_path / "desk"
    (folder / "footage" / "news").mkdir(parents=True)
    shutil.copy(suspects / "quote.mp4", folder / "suspect.mp4")
    shutil.copy(suspects / "stranger.mp4", folder / "stranger.mp4")
    clips.movie(folder / "footage" / "news" / "attic.mp4", seconds=4, cuts=(1.0,), seed=9)
    (folder / "footage" / "news" / "broken.mp4").write_bytes(b"no film" * 100)
    return folder


def commands(page: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a page, and what is shown below it."""
    command, shown = "", ""
    for line in page.splitlines():
        if line.startswith("    > ") and command:
            command += "\n" + line[6:]
            continue
        if command and not line.startswith("    "):
            yield command, shown
            command, shown = "", ""
        elif line.startswith("    $ "):
            if command:
                yield command, shown
            command, shown = line[6:], ""
        elif command:
            shown += line[4:] + "\n"


def alike(shown: str, said: str) -> bool:
    """Return whether a command said what is shown, whatever stands for "…"."""
    return bool(re.fullmatch(".*".join(map(re.escape, shown.strip().split("…"))), said.strip()))


def snippet(page: str) -> str:
    """Return the program in Python on a page."""
    found = re.search(r"^## Out of Python\n\n((?:    .*\n|\n)+)", page, re.MULTILINE)
    assert found is not None
    return re.sub(r"^    ", "", found[1], flags=re.MULTILINE)


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")), reason="curl or jq is not installed"
)
def test_the_page_of_the_api_shows_what_is_answered(
    root: Path, desk: Path, desk_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (root / "docs" / "api.md").read_text(encoding="utf-8")
    given = key(desk_archive, "read", "trace", "ingest")
    settings = {"ingest_roots": [desk / "footage"], "hook_networks": "127.0.0.0/8"}
    script = [f"echo {shlex.quote(AFTER)}; {command}" for command, _ in commands(page)]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    with listening(desk_archive, **settings) as address, receiving() as receiver:
        text = "\n".join(script).replace(ADDRESS, address).replace(KEY, given)
        done = subprocess.run(
            ["bash", "-u"],  # noqa: S607 # as readers have it
            input=text,
            cwd=desk,
            env={"PATH": path, "HOME": str(desk), "HOOK": receiver.url},
            capture_output=True,
            text=True,
            check=False,
        )
        program = snippet(page).replace("SERVICE", repr(address)).replace("KEY", repr(given))
        monkeypatch.chdir(desk)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(program, {})  # noqa: S102 # our own page

    said = done.stdout.split(f"{AFTER}\n")[1:]
    wrong = [
        f"$ {command}\n{got}instead of\n{shown}"
        for (command, shown), got in zip(commands(page), said, strict=True)
        if not alike(shown, got)
    ]
    assert not wrong, "\n".join([*wrong, done.stderr])
    assert len(said) > 30
    assert printed.getvalue() == "True\n404 There is no such folder or file.\n"
    assert receiver.came
