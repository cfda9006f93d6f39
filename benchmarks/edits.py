"""Score traces of clips with known edits, and say at which stage each miss was lost.

    python -m benchmarks.edits --cases CASES                        # cases that are there
    python -m benchmarks.edits --folder FOLDER --seed public-1      # made first

The cases and the score are those of `../shared/bench`. Archives and answers go to `--folder`,
outside the repository.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import cases, machine
from benchmarks.cases import Record
from index.archive import Archive
from index.errors import UserError
from lineage.why import why


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
        edit = f"{true['query']} ({true['edit']}, {true['strength']})"
        if true["negative"] and best:
            told = f"{edit}: says {named}, but shows nothing of the archive"
            found.append(Miss(true["query"], told))
        elif files and named not in files:
            told = f"{edit}: says {named}, shows {', '.join(sorted(files))}"
            unnamed = files - {one["archive_file"] for one in answers}
            found.append(Miss(true["query"], told, min(unnamed or files)))
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
    whole, sound = (score.score(truth, said, channel=name) for name in ("picture", "sound"))
    print(score.show(whole), score.show(sound), sep="\n")
    missed = misses(truth, cases.cleaned(truth, said, score))
    told = list(reasoned(missed, of / "queries", predictions.parent / "archive"))
    return {"score": whole, "sound": sound, "misses": told}


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


def _pictured(record: Record) -> list[Record]:
    return [one for one in record.get("segments", []) if one["channel"] == "picture"]


if __name__ == "__main__":
    sys.exit(main())
