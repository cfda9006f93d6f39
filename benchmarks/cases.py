"""Sets of clips with known edits, made and scored by `../shared/bench`, and traced here.

Making cases takes the `ffmpeg` program and an interpreter of its own, see the README there: `uv`
provides one, or `--python` names it.
"""

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.machine import ROOT, WHEREFROM

BENCH = ROOT.parent / "shared" / "bench"
FOOTAGE = ROOT.parent / "shared" / "footage"
WITH = ("numpy", "pillow", "opencv-python-headless<5")
"""Packages that cases.py needs; the older OpenCV is why it needs an interpreter of its own."""
BRIEF_EVERY = 8
"""Of so many queries `--brief` takes one."""

type Record = Mapping[str, Any]
"""A line of truth.jsonl or predictions.jsonl."""


def options(about: str, *, seeds: Sequence[str] = ("public-1",)) -> argparse.ArgumentParser:
    """Return the options that say which cases are taken.

    Args:
        about: What the benchmark does.
        seeds: Of the sets that are made where none are named.
    """
    asked = argparse.ArgumentParser(description=about)
    asked.add_argument("--bench", type=Path, default=BENCH)
    asked.add_argument("--cases", type=Path, nargs="*", default=[], help="made by cases.py")
    asked.add_argument("--folder", type=Path, help="for all that is written; temporary if not")
    asked.add_argument("--reuse", action="store_true", help="take answers that are in the folder")
    asked.add_argument("--python", help="interpreter that can run the scripts of the bench")
    asked.add_argument("--footage", type=Path, default=FOOTAGE / "archive", help="to make cases of")
    asked.add_argument("--seed", nargs="+", default=list(seeds))
    asked.add_argument(
        "--preset", nargs="+", default=["quick"], choices=["quick", "medium", "full"]
    )
    asked.add_argument("--brief", action="store_true", help="only try few; nothing is saved")
    return asked


def reason_not(asked: argparse.Namespace) -> str | None:
    """Return why nothing can be scored here; None where it can."""
    if not (asked.bench / "score.py").exists():
        return f"There is no {asked.bench / 'score.py'}: nothing is scored."
    if not asked.cases and shutil.which("ffmpeg") is None:
        return "There is no ffmpeg program to make cases with: nothing is scored."
    if not asked.cases and not asked.footage.is_dir():
        return f"There is no {asked.footage} to make cases of: nothing is scored."
    return None


@contextmanager
def folder(asked: argparse.Namespace) -> Iterator[Path]:
    """Give the folder for all that is written."""
    with tempfile.TemporaryDirectory(prefix="wherefrom-benchmarks-") as temporary:
        place = asked.folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        yield place


def sets(asked: argparse.Namespace, place: Path) -> Iterator[Path]:
    """Yield the folder of each set of cases, made where it is not there."""
    named = product(asked.preset, asked.seed)
    for cases in asked.cases or [_made(*each, asked, place) for each in named]:
        yield brief(cases, place) if asked.brief else cases


def brief(cases: Path, place: Path) -> Path:
    """Return a set of a few of the queries of another."""
    truth = records(cases / "truth.jsonl")[::BRIEF_EVERY]
    few = view(cases, place / f"brief-{cases.name}", [true["query"] for true in truth])
    lines = [json.dumps(true) for true in truth]
    (few / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return few


def view(cases: Path, place: Path, queries: Sequence[str]) -> Path:
    """Make a folder that shows the archive and some queries of a set; return it."""
    (place / "queries").mkdir(parents=True, exist_ok=True)
    links = {place / "archive": cases / "archive"}
    links |= {place / "queries" / name: cases / "queries" / name for name in queries}
    for link, target in links.items():
        if not link.exists():
            link.symlink_to(target.resolve())
    return place


def predicted(cases: Path, place: Path, asked: argparse.Namespace) -> Path:
    """Trace every case; return the file of answers, beside which the archive is.

    Answers are taken only where every query has one: a run that was stopped is none.
    """
    run = place / f"run-{cases.name}"
    run.mkdir(parents=True, exist_ok=True)
    out = run / "predictions.jsonl"
    if not (asked.reuse and out.exists() and _answered(cases, out)):
        tool: list[str | Path] = [sys.executable, asked.bench / "run_wherefrom.py", cases]
        call([*tool, "--wherefrom", WHEREFROM, "--db", run / "archive", "--out", out])
    return out


def _answered(cases: Path, out: Path) -> bool:
    said = {each["query"] for each in records(out)}
    return said >= {each["query"] for each in records(cases / "truth.jsonl")}


def records(path: Path) -> list[Record]:
    """Return the lines of a .jsonl file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def cleaned(truth: Sequence[Record], said: Sequence[Record], score: ModuleType) -> list[Record]:
    """Return predictions without what the truth leaves open, as the bench's score does it."""
    ignored = {each["query"]: each.get("ignore", []) for each in truth}
    return [score.clean(each, ignored.get(each["query"], [])) for each in said]


def interpreter(python: str | None, packages: Sequence[str] = WITH) -> list[str]:
    """Return the command that runs a script of the bench.

    Args:
        python: An interpreter that has what the script needs; None to have `uv` provide one.
        packages: What it needs.
    """
    if python is not None:
        return [python]
    return ["uv", "run", "--no-project", *(f"--with={each}" for each in packages), "python"]


def module(path: Path) -> ModuleType:
    """Return a script as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} is no script")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def call(command: Sequence[str | Path]) -> None:
    """Run a script of the bench to its end.

    Raises:
        CalledProcessError: It failed.
    """
    subprocess.run([str(part) for part in command], check=True)  # noqa: S603 # the bench's scripts


def made(place: Path, options: Sequence[str], asked: argparse.Namespace) -> Path:
    """Make a set of cases where it is not there; return its folder.

    Args:
        place: The folder.
        options: Of the script that makes it.
        asked: Says of what footage, and what runs the script.
    """
    if not (place / "truth.jsonl").exists():
        script = [*interpreter(asked.python), asked.bench / "cases.py"]
        # OpenCV's finder of faces fails now and then where two threads share it.
        call([*script, asked.footage, place, *options, "--jobs", "1"])
    return place


def _made(preset: str, seed: str, asked: argparse.Namespace, place: Path) -> Path:
    return made(place / f"{preset}-{seed}", ["--seed", seed, "--preset", preset], asked)
