"""How often an answer is right, beside how sure it says it is.

    python -m benchmarks.reliability --cases CASES CASES CASES
    python -m benchmarks.reliability --folder FOLDER --seed public-1 public-2 public-3

A segment is right when it names a true file and, in the middle of what it shares with what is true,
the moment to within half a second. Segments of clips that show nothing of the archive are wrong.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from types import ModuleType
from typing import Any

from benchmarks import cases, machine
from benchmarks.cases import Record

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
"""Of the bins; narrow where most answers are."""
OFF = 0.5
"""Seconds by which the moment may be off."""

type Judged = tuple[float, bool]
"""The confidence of a segment, and whether it is right."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers that are about as sure.

    Attributes:
        low: Least confidence.
        high: The confidence they stay below; the last bin holds it.
        count: How many they are.
        sure: Their mean confidence; None where there are none.
        right: Share of them that is right.
    """

    low: float
    high: float
    count: int
    sure: float | None
    right: float | None


def judged(
    truth: Sequence[Record], said: Sequence[Record], channel: str, score: ModuleType
) -> list[Judged]:
    """Return each segment of a channel that was said.

    Args:
        truth: What the clips show.
        said: What was said, without what the truth leaves open.
        channel: "picture" or "sound".
        score: The bench's.
    """
    true = {each["query"]: each["segments"] for each in truth}
    return [
        (float(one["confidence"]), right(one, true.get(each["query"], []), score))
        for each in said
        for one in each["segments"]
        if one["channel"] == channel
    ]


def right(segment: Record, true: Iterable[Record], score: ModuleType, *, off: float = OFF) -> bool:
    """Return whether a segment names the file and the moment of one that is true.

    Args:
        segment: What was said.
        true: What the clip shows.
        score: The bench's.
        off: Seconds by which the moment may be off.
    """
    for one in true:
        if (one["channel"], one["archive_file"]) != (segment["channel"], segment["archive_file"]):
            continue
        shared = score.meet(score.axes(segment)[0], score.axes(one)[0])
        if shared is None:
            continue
        middle = sum(shared) / 2
        moments = [
            each["source_start"] + each["rate"] * (middle - each["query_start"])
            for each in (segment, one)
        ]
        if abs(moments[0] - moments[1]) <= off:
            return True
    return False


def bins(answers: Sequence[Judged], edges: Sequence[float] = EDGES) -> list[Bin]:
    """Return the answers in bins of their confidence.

    >>> bins([(0.6, True), (0.6, False)], (0.0, 0.5, 1.0))[1]
    Bin(low=0.5, high=1.0, count=2, sure=0.6, right=0.5)
    """
    found = []
    for low, high in pairwise(edges):
        inside = [one for one in answers if low <= one[0] < high or one[0] == high == edges[-1]]
        count = len(inside)
        sure = sum(confidence for confidence, _ in inside) / count if count else None
        share = sum(is_right for _, is_right in inside) / count if count else None
        found.append(Bin(low, high, count, sure, share))
    return found


def calibration_error(found: Sequence[Bin]) -> float | None:
    """Return by how much confidence and share differ in a bin, on the mean of all answers.

    Source: Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning", AAAI 2015: the expected calibration error.
    """
    count = sum(each.count for each in found)
    gaps = (
        each.count * abs(each.sure - each.right)
        for each in found
        if each.sure is not None and each.right is not None
    )
    return sum(gaps) / count if count else None


def brier(answers: Sequence[Judged]) -> float | None:
    """Return the mean square of what each answer was too sure, or too little.

    Source: Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78, 1950.
    """
    squares = [(confidence - is_right) ** 2 for confidence, is_right in answers]
    return sum(squares) / len(squares) if squares else None


def told(answers: Sequence[Judged]) -> dict[str, Any]:
    """Return what a channel's answers come to, ready for JSON."""
    found = bins(answers)
    return {
        "answers": len(answers),
        "right": sum(is_right for _, is_right in answers),
        "calibration_error": calibration_error(found),
        "brier": brier(answers),
        "bins": [asdict(each) for each in found],
    }


def main() -> int:
    """Make, trace, judge and save; return the exit code."""
    seeds = ("public-1", "public-2", "public-3")
    asked = cases.options("Tell how often answers are right.", seeds=seeds).parse_args()
    reason = cases.reason_not(asked)
    if reason is not None:
        print(reason)
        return 0 if asked.bench == cases.BENCH else 2
    facts, score = machine.facts(), cases.module(asked.bench / "score.py")
    answers: dict[str, list[Judged]] = {"picture": [], "sound": []}
    queries: dict[str, int] = {}
    with cases.folder(asked) as folder:
        for of in cases.sets(asked, folder):
            truth = cases.records(of / "truth.jsonl")
            said = cases.records(cases.predicted(of, folder, asked))
            clean = cases.cleaned(truth, said, score)
            queries[of.name] = len(truth)
            for channel, every in answers.items():
                every.extend(judged(truth, clean, channel, score))
    channels = {channel: told(every) for channel, every in answers.items()}
    for channel, each in channels.items():
        print(f"{channel}: {each['right']} of {each['answers']} right")
        for one in each["bins"]:
            print(f"  {one['low']:.2f}–{one['high']:.2f}: {one['count']:>4}  {one['right']}")
    if not asked.brief:
        print(machine.save("reliability", facts, queries=queries, channels=channels))
    return 0


if __name__ == "__main__":
    sys.exit(main())
