"""Tell how often findings are right: what was done to clips with known edits, beside what is said.

    python -m benchmarks.findings --cases CASES --folder FOLDER --reuse

The truth lists what the bench did to a clip, not all that is true of it: that a supercut has
another rate of frames than its source is no mistake. So what is said and not listed is counted
where it would mislead: kinds that alter the meaning, or may.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks import cases, machine
from benchmarks.cases import Record
from benchmarks.footage import LIKELY
from benchmarks.tables import number, table
from index.values import Box
from lineage.findings import Kind, Significance, significance

HONEST = frozenset(
    {"plain", "reencode", "trim", "crop", "letterbox", "mirror", "rotate", "vertical", "colour"}
    | {"blur", "noise", "speed"}
)
"""Edits that leave alone what a clip says."""

type Told = Mapping[str, Any]


def judged(truth: Sequence[Record], said: Sequence[Record]) -> Told:
    """Return how often each kind was named where it is true, and what misleads.

    Args:
        truth: What was done to the clips: kinds, alternatives joined by "|".
        said: What was found.
    """
    answers = {each["query"]: each for each in said}
    expected, named, told, right = (Counter[str]() for _ in range(4))
    misleading: dict[str, list[str]] = defaultdict(list)
    clips = Counter(true["edit"] for true in truth if not true["negative"])
    placed: dict[str, list[Placed]] = defaultdict(list)
    for true in truth:
        findings = answers.get(true["query"], {}).get("findings", [])
        kinds = {one["kind"] for one in findings if one["confidence"] >= LIKELY}
        done = [frozenset(each.split("|")) for each in true["kinds"]]
        listed = frozenset().union(*done)
        for each in done:
            expected["|".join(sorted(each))] += 1
            named["|".join(sorted(each))] += bool(each & kinds)
        for box in true.get("boxes", []):
            placed[box["kind"]].append(nearest(box, findings))
        told.update(kinds)
        right.update(kinds & listed)
        wrong = {one["kind"] for one in findings if _matters(one)} - listed
        misleading[true["edit"]] += [
            f"{true['query']} ({true['edit']}, {true['strength']}): {kind}"
            for kind in sorted(wrong)
        ]
    return {
        "kinds": {
            kind: {"expected": expected[kind], "named": named[kind]} for kind in sorted(expected)
        },
        "places": {kind: _summed(found) for kind, found in sorted(placed.items())},
        "told": {kind: {"told": told[kind], "listed": right[kind]} for kind in sorted(told)},
        "edits": {
            edit: {"clips": clips[edit], "misleading": misleading[edit]} for edit in sorted(clips)
        },
    }


def _matters(told: Record) -> bool:
    """Return whether a finding counts as told and alters the meaning, or may."""
    weight = significance(Kind(told["kind"]), boxed=told.get("box") is not None)
    return told["confidence"] >= LIKELY and weight is not Significance.TECHNICAL


@dataclass(frozen=True, slots=True)
class Placed:
    """How near a finding comes to what was done.

    Attributes:
        overlap: Of both boxes, as a share of what they cover together; 0 if nothing was found.
        start: Seconds by which it begins too early or too late; None if nothing was found.
        end: The same of its end.
    """

    overlap: float = 0.0
    start: float | None = None
    end: float | None = None


def nearest(box: Record, told: Sequence[Record]) -> Placed:
    """Return how near the finding comes that overlaps most with what was done.

    Args:
        box: Where and when something was done: kinds joined by "|".
        told: What was found.
    """
    kinds, where = frozenset(box["kind"].split("|")), Box(*box["box"])
    best = Placed()
    for one in told:
        if one["kind"] in kinds and one["box"] and one["confidence"] >= LIKELY:
            overlap = Box(*one["box"]).shared(where)
            if overlap > best.overlap:
                best = Placed(
                    overlap,
                    abs(one["query_start"] - box["query_start"]),
                    abs(one["query_end"] - box["query_end"]),
                )
    return best


def _summed(found: Sequence[Placed]) -> Told:
    """Return how many were found, and the medians of how near these came."""
    near = [one for one in found if one.start is not None and one.end is not None]
    return {
        "boxes": len(found),
        "found": len(near),
        "overlap": median(one.overlap for one in near) if near else None,
        "start": median(one.start or 0.0 for one in near) if near else None,
        "end": median(one.end or 0.0 for one in near) if near else None,
    }


def findings(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines about findings."""
    yield "## What was done, beside what is said\n"
    yield (
        "*named*: of the clips to which that was done, or one of these things; *listed*: of the "
        "clips of which it is told, those of which the truth lists it. It lists what the bench set "
        "out to do, so a technical finding that is not listed may be true all the same. *overlap*: "
        "what both boxes share of what they cover together, the median of those found.\n"
    )
    for name, each in result["sets"].items():
        yield f"### {name}\n"
        rows = [
            (kind, str(one["expected"]), str(one["named"])) for kind, one in each["kinds"].items()
        ]
        yield from table(("what was done", "clips", "named"), rows)
        yield ""
        rows = [
            (kind, str(one["boxes"]), str(one["found"]), *map(number, _medians(one)))
            for kind, one in each.get("places", {}).items()
        ]
        yield from table(
            ("what has a place", "boxes", "found", "overlap", "start off, s", "end off, s"), rows
        )
        yield ""
        known = [kind.value for kind in Kind]
        rows = [
            (kind, str(one["told"]), str(one["listed"]))
            for kind, one in each["told"].items()
            if kind in known
        ]
        yield from table(("finding", "clips it is told of", "listed"), rows)
        honest = [one for edit, one in each["edits"].items() if edit in HONEST]
        wrong = [miss for one in honest for miss in one["misleading"]]
        clips = sum(one["clips"] for one in honest)
        yield (
            f"\nOf {clips} clips whose edits leave the meaning alone, findings that alter the "
            f"meaning, or may, and that the truth does not list: **{len(wrong)}**.\n"
        )
        every = [miss for one in each["edits"].values() for miss in one["misleading"]]
        yield from (f"- {miss}" for miss in every)
        yield ""


def _medians(one: Told) -> list[float | None]:
    return [one[name] for name in ("overlap", "start", "end")]


def main() -> int:
    """Make, trace, judge and save; return the exit code."""
    asked = cases.options("Tell how often findings are right.").parse_args()
    reason = cases.reason_not(asked)
    if reason is not None:
        print(reason)
        return 0 if asked.bench == cases.BENCH else 2
    facts, found = machine.facts(), {}
    with cases.folder(asked) as folder:
        for each in cases.sets(asked, folder):
            truth = cases.records(each / "truth.jsonl")
            said = cases.records(cases.predicted(each, folder, asked))
            found[each.name] = judged(truth, said)
    print("\n".join(findings({"sets": found})))
    if not asked.brief:
        print(machine.save("findings", facts, sets=found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
