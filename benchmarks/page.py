"""Write docs/benchmarks.md and its pictures from the newest results; with `--check` only compare.

python -m benchmarks.page
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import (
    descent,
    dubs,
    findings,
    judging,
    plots,
    scores,
    sections,
    sounds,
    sureness,
    trees,
    trios,
    trust,
)
from benchmarks.machine import RESULTS, ROOT
from benchmarks.sections import Result

PAGE = ROOT / "docs" / "benchmarks.md"
PICTURES = ROOT / "docs" / "pictures"
HEAD = """\
# Benchmarks

Written by `just bench-docs` from the newest files of `benchmarks/results`; don't edit it.

`just bench` measures anew. CPU is processor time of all processes together, so other programs
disturb it little; "× real time" is seconds of film in a second of it.
"""
SECTIONS = {
    "speed": sections.speed,
    "scale": sections.scale,
    "service": sections.service,
    "waits": sections.waits,
    "footage": sections.footage,
    "edits": scores.edits,
    "sounds": sounds.sounds,
    "peers": scores.peers,
    "unrelated": sections.unrelated,
    "calibration": sureness.calibration,
    "reliability": sureness.reliability,
    "reveals": judging.reveals,
    "trust": trust.apart,
    "dubs": dubs.dubs,
    "descent": descent.descent,
    "trios": trios.section,
    "trees": trees.section,
    "findings": findings.findings,
    "ablation": sections.ablation,
    "tiers": sections.tiers,
}
"""By the benchmark whose result they tell, in the page's order."""
AGAIN = {"reveals": judging.again}
"""What the page says of results with other seeds than the newest, by benchmark."""


def newest(folder: Path, benchmark: str) -> Result | None:
    """Return the newest result of a benchmark; None where there is none."""
    found = sorted(folder.glob(f"{benchmark}-*.json"))
    return json.loads(found[-1].read_text(encoding="utf-8")) if found else None


def drawn(folder: Path, benchmark: str) -> list[Result]:
    """Return the newest result of a benchmark with each seed, the newest first."""
    every = [json.loads(each.read_text("utf-8")) for each in folder.glob(f"{benchmark}-*.json")]
    every.sort(key=lambda each: str(each["measured_at"]))
    newest_of = {each["seed"]: each for each in every}
    return sorted(newest_of.values(), key=lambda each: str(each["measured_at"]), reverse=True)


def page(folder: Path) -> str:
    """Return what docs/benchmarks.md should hold, given a folder of results."""
    parts = [HEAD]
    for benchmark, section in SECTIONS.items():
        result = newest(folder, benchmark)
        if result is not None:
            parts.append("\n".join([*section(result), "", *_machine(result), ""]))
        if benchmark in AGAIN:
            others = drawn(folder, benchmark)[1:]
            parts += ["\n".join([*AGAIN[benchmark](each), ""]) for each in others]
    return "\n".join(parts)


def pictures(folder: Path) -> dict[str, str]:
    """Return the SVG files of docs/pictures that show results, by name."""
    found = {}
    sure, beside = newest(folder, "reliability"), newest(folder, "peers")
    if sure is not None:
        bins = {channel: each["bins"] for channel, each in sure["channels"].items()}
        found["reliability.svg"] = plots.reliability(bins)
    fitted = newest(folder, "calibration")
    if fitted is not None:
        bins = {f"{kind}, held out": each["told"]["bins"] for kind, each in fitted["kinds"].items()}
        found["calibration.svg"] = plots.reliability(bins)
    if beside is not None:
        found["edits.svg"] = plots.recall(*scores.shares(beside))
    return found


def main() -> int:
    """Write the page and its pictures, or with --check compare them; return the exit code."""
    options = argparse.ArgumentParser(description="Write docs/benchmarks.md.")
    options.add_argument("--check", action="store_true")
    true = {PAGE: page(RESULTS)}
    true |= {PICTURES / name: picture for name, picture in pictures(RESULTS).items()}
    if not options.parse_args().check:
        for path, text in true.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in true.items() if not _holds(path, text)]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is stale: run `just bench-docs`.", file=sys.stderr)
    return 1 if stale else 0


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def _machine(result: Result) -> Iterator[str]:
    facts = result["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    yield (
        f"Measured {result['measured_at']} at commit {facts['commit']} on {facts['processor']}, "
        f"{facts['cores']} cores, {facts['memory_gb']} GB, load {facts['load']} before it began; "
        f"{facts['system']}, Python {facts['python']}, {packages}."
    )


if __name__ == "__main__":
    sys.exit(main())
