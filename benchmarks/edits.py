"""Score traces of clips with known edits, and say at which stage each miss was lost.

    python -m benchmarks.edits --cases CASES                        # cases that are there
    python -m benchmarks.edits --folder FOLDER --seed public-1      # made first

The cases and the score are those of `../shared/bench`. Archives and answers go to `--folder`,
outside the repository.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import cases, machine
from benchmarks.cases import Record
from index.archive import Archive
from index.errors import UserError
from lineage.why import why

CHANNELS = ("picture", "sound")
SPEED, BACKWARDS, MIRRORED = "speed, within 1 %", "backwards", "mirrored"
SPEED_OFF, PLAIN = 0.01, 0.005
"""Share by which a speed may be told wrongly, and by which one differs that is no other."""

type Placed = Callable[[Record, Sequence[Record]], tuple[float, float, bool] | None]


@dataclass(frozen=True, slots=True)
class Miss:
    """A clip whose surest answer is no true source.

    Attributes:
        query: Its name.
        sentence: What was said and what is true.
        source: A true source that was not named; None where there is none.
    """

    query: str
    sentence: str
    source: str | None = None


def misses(truth: Sequence[Record], predictions: Sequence[Record]) -> list[Miss]:
    """Return each clip whose surest answer is no true source, or that has none.

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
        if true["negative"] and best:
            told = f"{_edit(true)}: says {named}, but shows nothing of the archive"
            found.append(Miss(true["query"], told))
        elif files and named not in files:
            told = f"{_edit(true)}: says {named}, shows {', '.join(sorted(files))}"
            unnamed = files - {one["archive_file"] for one in answers}
            found.append(Miss(true["query"], told, min(unnamed or files)))
    return found


def stated(
    truth: Sequence[Record], predictions: Sequence[Record], placed: Placed
) -> dict[str, dict[str, Any]]:
    """Return how often it is told rightly how fast, which way and mirrored something is shown.

    What is not found at all is missed elsewhere and left out.

    Args:
        truth: What the clips show.
        predictions: What was said, without what the truth leaves open.
        placed: The bench's own measure of a true segment.
    """
    told: dict[str, list[tuple[Record, bool]]] = {SPEED: [], BACKWARDS: [], MIRRORED: []}
    said = {each["query"]: each for each in predictions}
    for true in truth:
        answer = said.get(true["query"], {})
        answers = _pictured(answer)
        for one in _pictured(true):
            found = placed(one, answers) if one["rate"] else None
            if found is None:
                continue
            _, off, same_way = found
            if abs(abs(one["rate"]) - 1) > PLAIN:
                told[SPEED].append((true, off <= SPEED_OFF))
            if one["rate"] < 0:
                told[BACKWARDS].append((true, same_way))
        kinds = {one["kind"] for one in answer.get("findings", [])}
        asked = [each.split("|") for each in true["kinds"] if "mirrored" in each.split("|")]
        if asked and answers:
            told[MIRRORED].append((true, all(kinds & {*each} for each in asked)))
    return {
        name: {
            "told": len(every),
            "right": sum(right for _, right in every),
            "wrong": [_edit(true) for true, right in every if not right],
        }
        for name, every in told.items()
    }


def spared(truth: Sequence[Record]) -> list[Record]:
    """Return the truth with all other copies of what a clip shows left open.

    Of a copy's copy it lists an original and one copy of it. The archive may hold more, which show
    the same footage.
    """
    copies: dict[str, set[str]] = {}
    for each in truth:
        for edge in each.get("lineage", []):
            if edge["child"] != each["query"]:
                copies.setdefault(edge["parent"], set()).add(edge["child"])
    found: list[Record] = []
    for each in truth:
        files = {one["archive_file"] for one in each["segments"]}
        others = set().union(*(copies.get(file, ()) for file in files)) - files
        found.append({**each, "ignore": sorted({*each.get("ignore", []), *others})})
    return found


def reasoned(missed: Iterable[Miss], queries: Path, archive: Path) -> Iterator[str]:
    """Yield the sentence of each miss, with what `wherefrom why` says of where it was lost."""
    with Archive.open(archive) as opened:
        for miss in missed:
            reason = None if miss.source is None else _reason(miss, queries, opened)
            yield miss.sentence if reason is None else f"{miss.sentence}; {reason}"


def scored(of: Path, predictions: Path, score: ModuleType) -> dict[str, Any]:
    """Return the bench's own score of both channels, and the misses."""
    truth, said = cases.records(of / "truth.jsonl"), cases.records(predictions)
    whole, sound = (score.score(truth, said, channel=name) for name in CHANNELS)
    print(score.show(whole), score.show(sound), sep="\n")
    without = {name: score.score(spared(truth), said, channel=name)["all"] for name in CHANNELS}
    cleaned = cases.cleaned(truth, said, score)
    shown = stated(truth, cleaned, score.placed)
    print(*(f"{name}: {each}" for name, each in {**shown, **without}.items()), sep="\n")
    missed = misses(truth, cleaned)
    told = list(reasoned(missed, of / "queries", predictions.parent / "archive"))
    return {
        "score": whole,
        "stated": shown,
        "sound": sound,
        "spared": without,
        "misses": told,
    }


def main() -> int:
    """Make, trace, score and save; return the exit code."""
    asked = cases.options("Score traces of clips with known edits.").parse_args()
    reason = cases.reason_not(asked)
    if reason is not None:
        print(reason)
        return 0 if asked.bench == cases.BENCH else 2
    facts, score = machine.facts(), cases.module(asked.bench / "score.py")
    found = {}
    with cases.folder(asked) as folder:
        for each in cases.sets(asked, folder):
            found[each.name] = scored(each, cases.predicted(each, folder, asked), score)
            print(*found[each.name]["misses"], sep="\n")
    if not asked.brief:
        print(machine.save("edits", facts, sets=found))
    return 0


def _reason(miss: Miss, queries: Path, archive: Archive) -> str:
    try:
        asset = archive.find(miss.source or "")
        return why(queries / miss.query, asset, archive).verdict
    except UserError as error:
        return f"`why` cannot tell: {error}"


def _edit(true: Record) -> str:
    return f"{true['query']} ({true['edit']}, {true['strength']})"


def _pictured(record: Record) -> list[Record]:
    return [one for one in record.get("segments", []) if one["channel"] == "picture"]


if __name__ == "__main__":
    sys.exit(main())
