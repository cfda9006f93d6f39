"""Score traces of clips with known edits, made and scored by `../shared/bench`.

    python -m benchmarks.edits --cases CASES                        # cases that are there
    python -m benchmarks.edits --folder FOLDER --seed public-1      # made first

Making cases takes the `ffmpeg` program and an interpreter of its own, see the README there: `uv`
provides one, or `--python` names it. Archives and answers go to `--folder`, outside the repository.
"""

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import machine
from benchmarks.machine import ROOT, WHEREFROM

BENCH = ROOT.parent / "shared" / "bench"
FOOTAGE = ROOT.parent / "shared" / "footage" / "archive"
WITH = ("numpy", "pillow", "opencv-python-headless<5")
"""Packages that cases.py needs; the older OpenCV is why it needs an interpreter of its own."""

type Record = Mapping[str, Any]
"""A line of truth.jsonl or predictions.jsonl."""


def made(folder: Path, asked: argparse.Namespace) -> Path:
    """Make the cases of a seed and return their folder, unless they are there."""
    cases = folder / f"{asked.preset}-{asked.seed}"
    if not (cases / "truth.jsonl").exists():
        options = ["--seed", asked.seed, "--preset", asked.preset]
        _run(
            [*_interpreter(asked.python), asked.bench / "cases.py", asked.footage, cases, *options]
        )
    return cases


def predicted(cases: Path, folder: Path, bench: Path) -> Path:
    """Trace every case; return the file of answers."""
    place = folder / f"run-{cases.name}"
    place.mkdir(parents=True, exist_ok=True)
    out = place / "predictions.jsonl"
    options: list[str | Path] = ["--wherefrom", WHEREFROM, "--db", place / "archive", "--out", out]
    _run([sys.executable, bench / "run_wherefrom.py", cases, *options])
    return out


def records(path: Path) -> list[Record]:
    """Return the lines of a .jsonl file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def misses(truth: Sequence[Record], predictions: Sequence[Record]) -> list[str]:
    """Return a sentence for each clip whose surest answer is no true source, or that has none.

    Args:
        truth: What the clips show.
        predictions: What was said, without what the truth leaves open.
    """
    said = {each["query"]: each for each in predictions}
    found = []
    for true in truth:
        files = {one["archive_file"] for one in _pictured(true)}
        answers = _pictured(said.get(true["query"], {}))
        best = max(answers, key=lambda one: float(one["confidence"]), default=None)
        named = best["archive_file"] if best else "nothing"
        edit = f"{true['query']} ({true['edit']}, {true['strength']})"
        if true["negative"] and best:
            found.append(f"{edit}: says {named}, but shows nothing of the archive")
        elif files and named not in files:
            found.append(f"{edit}: says {named}, shows {', '.join(sorted(files))}")
    return found


def scored(cases: Path, predictions: Path, bench: Path) -> dict[str, Any]:
    """Return the bench's own score and the misses."""
    score = _module(bench / "score.py")
    truth, said = records(cases / "truth.jsonl"), records(predictions)
    ignored = {each["query"]: each.get("ignore", []) for each in truth}
    clean = [score.clean(each, ignored.get(each["query"], [])) for each in said]
    whole = score.score(truth, said)
    print(score.show(whole))
    return {"score": whole, "misses": misses(truth, clean)}


def main() -> int:
    """Make, trace, score and save; return the exit code."""
    options = argparse.ArgumentParser(description="Score traces of clips with known edits.")
    options.add_argument("--bench", type=Path, default=BENCH)
    options.add_argument("--cases", type=Path, nargs="*", default=[], help="made by cases.py")
    options.add_argument("--folder", type=Path, help="for all that is written; temporary if not")
    options.add_argument("--python", help="interpreter that can run cases.py")
    options.add_argument("--footage", type=Path, default=FOOTAGE, help="what cases are made of")
    options.add_argument("--seed", default="public-1")
    options.add_argument("--preset", default="quick", choices=["quick", "medium", "full"])
    asked = options.parse_args()
    if not (asked.bench / "score.py").exists():
        print(f"There is no {asked.bench / 'score.py'}: nothing is scored.")
        return 0 if asked.bench == BENCH else 2
    if not asked.cases and shutil.which("ffmpeg") is None:
        print("There is no ffmpeg program to make cases with: nothing is scored.")
        return 0
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="wherefrom-edits-") as temporary:
        folder = asked.folder or Path(temporary)
        sets = {}
        for cases in asked.cases or [made(folder, asked)]:
            answers = predicted(cases, folder, asked.bench)
            sets[cases.name] = scored(cases, answers, asked.bench)
            print(*sets[cases.name]["misses"], sep="\n")
    print(machine.save("edits", facts, sets=sets))
    return 0


def _interpreter(python: str | None) -> list[str]:
    if python is not None:
        return [python]
    packages = [part for package in WITH for part in ("--with", package)]
    return ["uv", "run", "--no-project", *packages, "python"]


def _pictured(record: Record) -> list[Record]:
    return [one for one in record.get("segments", []) if one["channel"] == "picture"]


def _run(command: Sequence[str | Path]) -> None:
    subprocess.run([str(part) for part in command], check=True)  # noqa: S603 # the bench's scripts


def _module(path: Path) -> ModuleType:
    """Return a script as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} is no script")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
