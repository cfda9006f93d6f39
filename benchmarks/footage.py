"""Trace real altered clips in an archive of real footage, and say what was found of each.

    python -m benchmarks.footage --footage ../shared/footage

`PAIRS.tsv` says which stretch of which clip shows which stretch of which file. A row is found when
the trace names that file for some of that stretch, and the right moment of it. `unrelated` shows
nothing of the archive: every source named there is false, and then the exit code is 1.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import contact, machine
from benchmarks.machine import ROOT, WHEREFROM
from lineage.findings import INSIDE, Kind, Significance

FOOTAGE = ROOT.parent / "shared" / "footage"
MISPLACED = 0.6
"""Seconds by which a moment may be off; `PAIRS.tsv` is good to about 0.1 s, and takes a film that
is played a third too fast for one at natural speed."""
BAD_INPUT = 3
"""Exit code where a file could not be read; the others were traced."""

LIKELY = 0.5
"""Confidence from which a finding counts as told, as in the bench's own score."""
NAMES: Mapping[str, frozenset[Kind]] = {
    "audio-swap": frozenset({Kind.SOUND_REPLACED}),
    "blur": frozenset(
        {Kind.BLURRED, Kind.CAPTION_REMOVED, Kind.REGION_REMOVED, Kind.REGION_CHANGED}
    ),
    "caption": frozenset({Kind.CAPTION_ADDED, Kind.OVERLAY_ADDED}),
    "face-swap": frozenset({Kind.FACE_REPLACED}),
    "lip-sync": frozenset({Kind.MOUTH_REPLACED}),
    "overlay": frozenset({Kind.CAPTION_ADDED, Kind.OVERLAY_ADDED}),
}
"""Findings that name what was done to a pair, where any does."""

type Answer = Mapping[str, Any]
"""A document of docs/trace.schema.json."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A stretch of a clip and what it shows.

    Attributes:
        suspect: The clip's name.
        source: Name of the archived file.
        query: Start and end in the clip, in seconds.
        shown: Start and end in the file.
        kind: What was done to it.
    """

    suspect: str
    source: str
    query: tuple[float, float]
    shown: tuple[float, float]
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """What was found of a pair.

    Attributes:
        suspect: The clip's name.
        kind: What was done to it.
        source: Name of the file it shows.
        found: Whether that file was named for some of the stretch, at the right moment.
        offset_error: Seconds between the moment that was named and the true one, in the middle of
            what was found; None if nothing was.
        overlap: Share of the stretch that was found.
        confidence: Of the best segment that was; None if nothing was.
        also: Other files named for some of the stretch.
        told: Kinds of findings about the stretch that alter the meaning, or may.
        unnamed: What was done to it that none of these names.
    """

    suspect: str
    kind: str
    source: str
    found: bool
    offset_error: float | None
    overlap: float
    confidence: float | None
    also: tuple[str, ...]
    told: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()


def pairs(path: Path) -> list[Pair]:
    """Return the rows of a PAIRS.tsv."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Pair(
                Path(row["suspect"]).name,
                Path(row["archive"]).name,
                (float(row["suspect_start_s"]), float(row["suspect_end_s"])),
                (float(row["archive_start_s"]), float(row["archive_end_s"])),
                row["kind"],
            )
            for row in csv.DictReader(file, delimiter="\t")
        ]


def row(pair: Pair, answer: Answer | None) -> Row:
    """Return what an answer says of a pair's pictures; None is a clip that could not be read."""
    named: dict[str, list[Answer]] = {}
    for source in answer["sources"] if answer else ():
        if source["channel"] != "picture":
            continue
        inside = [one for one in source["segments"] if _shared(one["query"], pair.query) > 0]
        if inside:
            named.setdefault(source["asset"]["name"], []).extend(inside)
    right = named.pop(pair.source, [])
    best = max(right, key=lambda one: _shared(one["query"], pair.query), default=None)
    length = pair.query[1] - pair.query[0]
    covered = sum(_shared(one["query"], pair.query) for one in right)
    error = None if best is None else round(_offset_error(best, pair), 3)
    return Row(
        pair.suspect,
        pair.kind,
        pair.source,
        error is not None and error <= MISPLACED,
        error,
        round(min(1.0, covered / length), 3),
        None if best is None else best["confidence"],
        tuple(named),
        told := _told(pair, answer),
        tuple(done for done in pair.kind.split("+") if done in NAMES and not NAMES[done] & {*told}),
    )


def _told(pair: Pair, answer: Answer | None) -> tuple[str, ...]:
    findings = answer.get("findings", ()) if answer else ()
    kinds = {
        one["kind"]
        for one in findings
        if one["significance"] != Significance.TECHNICAL
        and one["confidence"] >= LIKELY
        and _shared(one["query"], pair.query) > 0
    }
    return tuple(sorted(kinds))


def beside(pair: Pair, answer: Answer | None, footage: Path) -> contact.Beside:
    """Return a pair where what is surest was found inside its picture, with all that was."""
    told = [
        one
        for one in (answer or {}).get("findings", ())
        if one["kind"] in INSIDE
        and one["box"]
        and one["confidence"] >= LIKELY
        and _shared(one["query"], pair.query) > 0
    ]
    surest = max(told, key=lambda one: one["confidence"], default=None)
    at = sum(pair.query) / 2 if surest is None else surest["measures"]["strongest"]
    said = ", ".join(sorted({one["kind"] for one in told})) or "nothing inside the picture"
    return contact.Beside(
        footage / "suspect" / pair.suspect,
        at,
        [one["box"] for one in told],
        footage / "archive" / pair.source,
        _at(at, pair.query, pair.shown),
        (f"{pair.suspect[:40]} · {pair.kind}", f"{at:.2f} s: {said}"),
    )


def traced(clips: Sequence[Path], archive: Path) -> dict[str, Answer]:
    """Return the answer for each clip by its name; those that cannot be read have none."""
    command: list[str | Path] = [
        WHEREFROM,
        "trace",
        *clips,
        "--archive",
        archive,
        "--json",
        "-",
        "--quiet",
    ]
    lines = machine.run(command, allowed=(0, BAD_INPUT)).output.splitlines()
    answers = [json.loads(line) for line in lines if line.strip()]
    return {each["query"]["name"]: each for each in answers if "query" in each}


def summary(rows: Sequence[Row], unrelated: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the numbers that stand above the table."""
    clips = {each.suspect for each in rows}
    found = {each.suspect for each in rows if each.found}
    errors = sorted(each.offset_error for each in rows if each.offset_error is not None)
    return {
        "suspects": len(clips),
        "suspects_with_right_source": len(found),
        "pairs": len(rows),
        "pairs_found": sum(each.found for each in rows),
        "median_offset_error": errors[len(errors) // 2] if errors else None,
        "unrelated": len(unrelated),
        "false_sources": sum(map(len, unrelated.values())),
        "named": sum(done in NAMES for done in _done(rows)) - sum(len(one.unnamed) for one in rows),
        "nameable": sum(done in NAMES for done in _done(rows)),
        "misses": [f"{each.suspect} ({each.kind})" for each in rows if not each.found],
    }


def _done(rows: Sequence[Row]) -> list[str]:
    return [done for each in rows for done in each.kind.split("+")]


def main() -> int:
    """Index, trace, say and save; return the exit code."""
    options = argparse.ArgumentParser(description="Trace real altered clips.")
    options.add_argument("--footage", type=Path, default=FOOTAGE)
    options.add_argument("--archive", type=Path, help="made if it is not there; else temporary")
    options.add_argument("--sheet", type=Path, help="draw all pairs and what was found there, PNG")
    asked = options.parse_args()
    if not (asked.footage / "PAIRS.tsv").exists():
        print(f"There is no {asked.footage / 'PAIRS.tsv'}: nothing is traced.")
        return 0 if asked.footage == FOOTAGE else 2
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="wherefrom-footage-") as temporary:
        archive = asked.archive or Path(temporary) / "archive"
        command = [WHEREFROM, "index", asked.footage / "archive", "--archive", archive, "--quiet"]
        machine.run(command, allowed=(0, BAD_INPUT))
        suspects = traced(_media(asked.footage / "suspect"), archive)
        others = _media(asked.footage / "unrelated")
        answers = traced(others, archive)
    every = pairs(asked.footage / "PAIRS.tsv")
    rows = [row(pair, suspects.get(pair.suspect)) for pair in every]
    if asked.sheet is not None:
        drawn = [beside(pair, suspects.get(pair.suspect), asked.footage) for pair in every]
        contact.sheet(drawn).save(asked.sheet, "PNG")
    named = {clip.name: _sources(answers.get(clip.name)) for clip in others}
    whole = summary(rows, named)
    for each in rows:
        print(
            f"{'found ' if each.found else 'MISSED'} {each.suspect:<50} {each.offset_error!s:>7} s "
            f"{each.overlap:>5.0%}  {each.kind}  {', '.join(each.also)}  {', '.join(each.told)}"
        )
    for clip, sources in named.items():
        for source in sources:
            print(f"FALSE  {clip} is said to show {source}")
    print(json.dumps(whole, indent=1))
    false = {clip: sources for clip, sources in named.items() if sources}
    print(
        machine.save(
            "footage", facts, summary=whole, rows=[asdict(each) for each in rows], false=false
        )
    )
    return 1 if false else 0


def _media(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _sources(answer: Answer | None) -> list[str]:
    return [source["asset"]["name"] for source in answer["sources"]] if answer else []


def _shared(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the seconds two stretches share."""
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))


def _offset_error(segment: Answer, pair: Pair) -> float:
    start, end = segment["query"]
    middle = (max(start, pair.query[0]) + min(end, pair.query[1])) / 2
    true = _at(middle, pair.query, pair.shown)
    shown = segment["source"] if segment["rate"] >= 0 else segment["source"][::-1]
    return abs(_at(middle, (start, end), shown) - true)


def _at(time: float, query: Sequence[float], source: Sequence[float]) -> float:
    share = (time - query[0]) / (query[1] - query[0])
    return source[0] + share * (source[1] - source[0])


if __name__ == "__main__":
    sys.exit(main())
