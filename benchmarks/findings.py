"""Tell how often findings are right: what was done to clips with known edits, beside what is said.

    python -m benchmarks.findings --cases CASES --folder FOLDER --reuse

The truth lists what the bench did to a clip, not all that is true of it: that a supercut has
another rate of frames than its source is no mistake. So what is said and not listed is counted
where it would mislead: kinds that alter the meaning, or may.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks import cases, machine
from benchmarks.cases import Record
from benchmarks.tables import table
from lineage.findings import SIGNIFICANCE, Kind

HONEST = frozenset(
    {"plain", "reencode", "trim", "crop", "letterbox", "mirror", "rotate", "vertical", "colour"}
    | {"blur", "noise", "speed"}
)
"""Edits that leave alone what a clip says."""
LIKELY = 0.5
"""Confidence from which a finding counts as told, as in the bench's own score."""

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
    for true in truth:
        findings = answers.get(true["query"], {}).get("findings", [])
        kinds = {one["kind"] for one in findings if one["confidence"] >= LIKELY}
        done = [frozenset(each.split("|")) for each in true["kinds"]]
        listed = frozenset().union(*done)
        for each in done:
            expected["|".join(sorted(each))] += 1
            named["|".join(sorted(each))] += bool(each & kinds)
        told.update(kinds)
        right.update(kinds & listed)
        wrong = {kind for kind in kinds - listed if kind in SIGNIFICANCE}
        misleading[true["edit"]] += [
            f"{true['query']} ({true['edit']}, {true['strength']}): {kind}"
            for kind in sorted(wrong)
        ]
    return {
        "kinds": {
            kind: {"expected": expected[kind], "named": named[kind]} for kind in sorted(expected)
        },
        "told": {kind: {"told": told[kind], "listed": right[kind]} for kind in sorted(told)},
        "edits": {
            edit: {"clips": clips[edit], "misleading": misleading[edit]} for edit in sorted(clips)
        },
    }


def findings(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines about findings."""
    yield "## What was done, beside what is said\n"
    yield (
        "By times and places alone; nothing looks at changes inside the picture yet. *named*: of "
        "the clips to which that was done, or one of these things; *listed*: of the clips of which "
        "it is told, those of which the truth lists it. It lists what the bench set out to do, so "
        "a technical finding that is not listed may be true all the same.\n"
    )
    for name, each in result["sets"].items():
        yield f"### {name}\n"
        rows = [
            (kind, str(one["expected"]), str(one["named"])) for kind, one in each["kinds"].items()
        ]
        yield from table(("what was done", "clips", "named"), rows)
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
