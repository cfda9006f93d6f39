"""Write docs/benchmarks.md from the newest results; with `--check` only say whether it is true.

python -m benchmarks.page
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS, ROOT, Measure, verdict

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

Written by `just bench-docs` from the newest files of `benchmarks/results`; don't edit it.

`just bench` measures anew. CPU is processor time of all processes together, so other programs
disturb it little; "× real time" is seconds of film in a second of it.
"""
EDIT_COLUMNS = ("n", "top1", "precision", "recall", "f1", "offset_median", "offset_p95")

type Result = Mapping[str, Any]
"""A file of benchmarks/results."""


def newest(folder: Path, benchmark: str) -> Result | None:
    """Return the newest result of a benchmark; None where there is none."""
    found = sorted(folder.glob(f"{benchmark}-*.json"))
    return json.loads(found[-1].read_text(encoding="utf-8")) if found else None


def page(folder: Path) -> str:
    """Return what docs/benchmarks.md should hold, given a folder of results."""
    sections = (("speed", speed), ("footage", footage), ("edits", edits))
    parts = [HEAD]
    for benchmark, section in sections:
        result = newest(folder, benchmark)
        if result is not None:
            parts.append("\n".join([*section(result), "", *_machine(result), ""]))
    return "\n".join(parts)


def speed(result: Result) -> Iterator[str]:
    """Yield the lines about time, memory and disk."""
    yield "## Time, memory and disk\n"
    measures = [Measure(**each) for each in result["measures"]]
    rows = [
        (each.name, f"{_number(each.value)} {each.unit}", verdict(each), each.note)
        for each in measures
    ]
    yield from _table(("what", "measured", "asked for", ""), rows)


def footage(result: Result) -> Iterator[str]:
    """Yield the lines about real altered clips."""
    whole = result["summary"]
    yield "## Real altered clips\n"
    yield (
        f"Of {whole['suspects']} clips, {whole['suspects_with_right_source']} were traced to the "
        f"right source; of {whole['pairs']} stretches, {whole['pairs_found']}. The median error in "
        f"time is {_number(whole['median_offset_error'])} s, where the truth is good to about "
        f"0.1 s. For {whole['unrelated']} clips that show nothing of the archive, "
        f"{whole['false_sources']} sources were named.\n"
    )
    rows = [
        (
            each["suspect"],
            each["kind"],
            each["source"],
            "yes" if each["found"] else "**no**",
            _number(each["offset_error"]),
            f"{each['overlap']:.0%}",
            ", ".join(each["also"]),
        )
        for each in result["rows"]
    ]
    head = ("clip", "what was done", "source", "found", "error (s)", "covered", "also named")
    yield from _table(head, rows)
    for clip, sources in result["false"].items():
        yield f"\n**False:** {clip} is said to show {', '.join(sources)}."


def edits(result: Result) -> Iterator[str]:
    """Yield the lines about clips with known edits."""
    yield "## Known edits"
    for name, each in result["sets"].items():
        score, misses = each["score"], each["misses"]
        alarms = score["false_alarms"].items()
        said = ", ".join(f"{kind} {one['alarmed']} of {one['n']}" for kind, one in alarms)
        yield f"\n### {name}\n\nFalse alarms: {said or 'none asked for'}.\n"
        rows = [
            (edit, *(_number(one[column]) for column in EDIT_COLUMNS))
            for edit, one in [*score["edits"].items(), ("all", score["all"])]
        ]
        yield from _table(("edit", *EDIT_COLUMNS), rows)
        if misses:
            yield "\nMissed:\n"
            yield from (f"- {miss}" for miss in misses)


def main() -> int:
    """Write the page, or with --check compare it; return the exit code."""
    options = argparse.ArgumentParser(description="Write docs/benchmarks.md.")
    options.add_argument("--check", action="store_true")
    true = page(RESULTS)
    if options.parse_args().check:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == true:
            return 0
        print("docs/benchmarks.md is stale: run `just bench-docs`.", file=sys.stderr)
        return 1
    PAGE.write_text(true, encoding="utf-8")
    return 0


def _machine(result: Result) -> Iterator[str]:
    facts = result["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    yield (
        f"Measured {result['measured_at']} at commit {facts['commit']} on {facts['processor']}, "
        f"{facts['cores']} cores, {facts['memory_gb']} GB, load {facts['load']} before it began; "
        f"{facts['system']}, Python {facts['python']}, {packages}."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _number(value: float | None) -> str:
    """Return a number as people write it.

    >>> _number(12345.6), _number(0.25), _number(None)
    ('12,346', '0.25', '–')
    """
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 # three digits


if __name__ == "__main__":
    sys.exit(main())
