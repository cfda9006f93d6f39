"""Run wherefrom and its peers over the same cases, side by side.

    python -m benchmarks.peers --cases CASES
    python -m benchmarks.peers --cases CASES --python INTERPRETER

The peers are those of `../shared/bench/peers.py`: FFmpeg's `signature` filter, PDQ of a frame a
second as vPDQ takes it (`pdq`) and at the threshold that turns out best on these very queries
(`pdq-best`), one hash of the whole video (`videohash`) and, for sound, Chromaprint. They take the
programs `ffmpeg` and `fpcalc` and an interpreter with their packages: `uv` provides one, or
`--python` names it.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import cases, machine
from benchmarks.cases import WITH, Record

PACKAGES = (*WITH, "pdqhash", "videohash2")
"""What the peers are made of."""
PROGRAMS = ("ffmpeg", "fpcalc")
SOUND = ("chromaprint",)
"""Peers that hear; the others see."""
OWN = "wherefrom"
FLOORS = {
    "signature": 0.0,
    "pdq": 0.8,
    "pdq-best": 0.0,
    "videohash": 1 - 10 / 64,
    "chromaprint": 1 - 10 / 32,
}
"""Confidence from which a peer's answer counts as given: its own published threshold; that of
`pdq-best` is found anew for each set of cases."""
BEST_SHARE = re.compile(r"share ≥ ([\d.]+)")
"""How the bench's report tells the floor of `pdq-best`."""


def missing(interpreter: Sequence[str], programs: Iterable[str] = PROGRAMS) -> str | None:
    """Return what keeps the peers from being run, as one sentence; None where nothing does."""
    for program in programs:
        if shutil.which(program) is None:
            return f"There is no {program} program: the peers are not run."
    names = "numpy, PIL, cv2, pdqhash, videohash2"
    done = subprocess.run(  # noqa: S603 # our own command
        [*interpreter, "-c", f"import {names}"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"{interpreter[0]} cannot import {names} ({last}): the peers are not run."
    return None


def answered(of: Path, place: Path, asked: argparse.Namespace) -> tuple[Path, dict[str, float]]:
    """Run the peers; return the folder of their answers, and the floor of each."""
    truth = cases.records(of / "truth.jsonl")
    seen = cases.view(of, place / f"peers-{of.name}", [true["query"] for true in truth])
    shutil.copyfile(of / "truth.jsonl", seen / "truth.jsonl")
    report = seen / "report.md"
    if not (asked.reuse and report.exists()):
        report.unlink(missing_ok=True)
        script = [*cases.interpreter(asked.python, PACKAGES), asked.bench / "peers.py", seen]
        most = ["--signature-max", str(asked.signature_max or len(truth))]
        cases.call([*script, "--report", report, *most])
    return seen, floors(report.read_text(encoding="utf-8"))


def floors(report: str) -> dict[str, float]:
    """Return the floor of each peer, given the report of the bench.

    Raises:
        ValueError: The report does not tell the best one of PDQ.
    """
    best = BEST_SHARE.search(report)
    if best is None:
        raise ValueError("the report of peers.py does not tell at which share PDQ is best")
    return {**FLOORS, "pdq-best": float(best[1])}


def scored(
    truth: Sequence[Record],
    answers: Mapping[str, Sequence[Record]],
    floor: Mapping[str, float],
    score: ModuleType,
) -> dict[str, dict[str, Any]]:
    """Return the score of each on its channel, by channel and name.

    Args:
        truth: What the clips show.
        answers: What each said of all or of some of them.
        floor: Confidence from which an answer counts as given; 0 where none is named.
        score: The bench's.
    """
    found: dict[str, dict[str, Any]] = {"picture": {}, "sound": {}}
    for channel, scores in found.items():
        for name, said in answers.items():
            if name != OWN and (name in SOUND) != (channel == "sound"):
                continue
            asked = {each["query"] for each in said}
            true = [each for each in truth if each["query"] in asked]
            scores[name] = score.score(true, said, floor.get(name, 0.0), channel)
    return found


def compared(of: Path, place: Path, asked: argparse.Namespace, score: ModuleType) -> dict[str, Any]:
    """Run everyone over a set of cases and return their scores."""
    own = cases.records(cases.predicted(of, place, asked))
    seen, floor = answered(of, place, asked)
    answers = {OWN: own}
    for name in floor:
        answers[name] = cases.records(seen / f"predictions.{name}.jsonl")
    truth = cases.records(of / "truth.jsonl")
    return {
        "queries": len(truth),
        "archive": len(list((of / "archive").iterdir())),
        "floors": floor,
        "channels": scored(truth, answers, floor, score),
    }


def main() -> int:
    """Make, trace, run, score and save; return the exit code."""
    options = cases.options("Run wherefrom and its peers over the same cases.")
    options.add_argument("--signature-max", type=int, help="queries for the slow filter; all")
    asked = options.parse_args()
    reason = cases.reason_not(asked) or missing(cases.interpreter(asked.python, PACKAGES))
    if reason is not None:
        print(reason)
        return 0 if asked.bench == cases.BENCH else 2
    facts, score = machine.facts(), cases.module(asked.bench / "score.py")
    with cases.folder(asked) as folder:
        found = {
            each.name: compared(each, folder, asked, score) for each in cases.sets(asked, folder)
        }
    for each in found.values():
        for scores in each["channels"].values():
            for name, one in scores.items():
                print(f"{name:<12}", *(f"{key} {value}" for key, value in one["all"].items()))
    if not asked.brief:
        print(machine.save("peers", facts, sets=found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
