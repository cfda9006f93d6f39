"""What each tier finds by itself, beside the bytes it keeps and the seconds it takes.

    python -m benchmarks.tiers --cases CASES

Each has an archive of its codes alone. A clip's codes are looked up in it, and where most votes
point is the answer, without proof, held to what `wherefrom lookup` asks of a candidate.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks import cases, machine, ways
from benchmarks.cases import Record
from benchmarks.ways import Shown, Way
from index import files
from index.archive import Archive
from index.values import Interval, Media
from lineage import candidates, coarse, lookups
from lineage.coarse import CoarseParams
from lineage.values import Candidate, Tell

HOUR = 3600.0
COARSE = CoarseParams()


@dataclass(slots=True)
class Tally:
    """What came of one way.

    Attributes:
        way: Which.
        archive: Of its codes.
        kept: Seconds of processor time spent on archived frames, once they are decoded.
        asked: The same on clips: codes and look-up.
        right: Numbers of the clips whose source it named first.
        alarmed: Clips that show nothing of the archive for which it named anything.
    """

    way: Way
    archive: Archive
    kept: float = 0.0
    asked: float = 0.0
    right: set[int] = field(default_factory=set)
    alarmed: int = 0


def measured(of: Path, place: Path) -> dict[str, Any]:
    """Return what comes of each way on a set of cases, ready for JSON.

    Args:
        of: The set.
        place: A folder for the archives.
    """
    films = {path.name: path for path in sorted((of / "archive").iterdir()) if path.is_file()}
    digests = {name: files.digest(path) for name, path in films.items()}
    truth = cases.records(of / "truth.jsonl")
    sources = [shown(true) for true in truth]
    asked = [number for number, true in enumerate(truth) if sources[number] or true["negative"]]
    with ExitStack() as opened:
        tallies = [
            Tally(way, opened.enter_context(Archive.open(place / str(number), create=True)))
            for number, way in enumerate(ways.ways())
        ]
        seconds = sum(keep(film, tallies) for film in films.values())
        for each in tallies:
            each.archive.seal()
        for number in asked:
            names = {digests[name] for name in sources[number]}
            alike = {digests[name] for name in truth[number]["ignore"] if name in digests}
            clip = of / "queries" / truth[number]["query"]
            ask(clip, number, tallies, sources=names, ignored=alike - names)
        edits = Counter(truth[number]["edit"] for number in asked if sources[number])
        return {
            "queries": edits.total(),
            "negatives": len(asked) - edits.total(),
            "hours": seconds / HOUR,
            "edits": dict(sorted(edits.items())),
            "rows": [row(each, tallies[0], truth, len(asked), seconds) for each in tallies],
        }


def shown(true: Record) -> set[str]:
    """Return the names of the archived files whose pictures a clip shows."""
    return {one["archive_file"] for one in true["segments"] if one["channel"] == "picture"}


def keep(film: Path, tallies: Iterable[Tally]) -> float:
    """Add a file to the archive of each way; return its length in seconds."""
    media, frames = ways.archived(film)
    for each in tallies:
        began = process_time()
        kept = each.way.kept(frames)
        each.kept += process_time() - began
        each.archive.add(each.archive.spool([kept, media]), digest=files.digest(film), path=film)
    return media.duration


def ask(
    clip: Path, number: int, tallies: Iterable[Tally], *, sources: set[str], ignored: set[str]
) -> None:
    """Look a clip up in each way, and note whether a source of it is named first.

    Args:
        clip: Its file.
        number: By which it is noted.
        tallies: The ways.
        sources: Digests of what it shows; none where it shows nothing of the archive.
        ignored: Digests of what looks the same.
    """
    media, frames = ways.queried(clip)
    for each in tallies:
        began = process_time()
        told = named(each, frames, media)
        each.asked += process_time() - began
        digests = (each.archive.asset(one.asset).digest for one in told)
        first = next((digest for digest in digests if digest not in ignored), None)
        if first in sources:
            each.right.add(number)
        each.alarmed += first is not None and not sources


def named(tally: Tally, frames: Shown, media: Media) -> list[Candidate]:
    """Return the candidates that a look-up would tell, those with most votes first."""
    archive, params = tally.archive, COARSE.trace.lookup
    whole = Interval(0.0, frames[-1][0].time + 1e-3)
    wanted = tally.way.asked(frames)
    if tally.way.tell is Tell.FEATURES:
        shape = lookups.shape_of(media.width, media.height)
        hits = lookups.agreeing(wanted, [whole], archive, shape=shape, params=params)
    else:
        hits = lookups.alike(wanted, [whole], archive, radius=tally.way.radius)
    assets = archive.stats().assets
    found = candidates.gather(hits, assets=assets, within=whole, params=COARSE.gather)
    least = dict(COARSE.least)[tally.way.tell]
    return [one for one in found if coarse.enough(one, least)]


def row(
    tally: Tally, plain: Tally, truth: Sequence[Record], asked: int, seconds: float
) -> dict[str, Any]:
    """Return what came of a way, ready for JSON, and say it.

    Args:
        tally: Of the way.
        plain: Of whole frames.
        truth: All clips.
        asked: How many of them were looked up.
        seconds: Of archived footage.
    """
    size = kept_bytes(tally.archive)
    extra = size if tally.way.apart else size - kept_bytes(plain.archive)
    found: dict[str, Any] = {
        "name": tally.way.name,
        "right": len(tally.right),
        "added": len(tally.right - plain.right),
        "alarmed": tally.alarmed,
        "codes": tally.archive.stats().codes * HOUR / seconds,
        "bytes": size * HOUR / seconds,
        "extra": extra * HOUR / seconds,
        "kept_cpu": tally.kept * HOUR / seconds,
        "asked_cpu": tally.asked / asked,
    }
    print(*found.values(), sep="  ", flush=True)
    return found | {"edits": Counter(truth[number]["edit"] for number in tally.right)}


def kept_bytes(archive: Archive) -> int:
    """Return the bytes of a sealed archive's codes."""
    return sum(path.stat().st_size for path in (archive.path / "segments").iterdir())


def main() -> int:
    """Make, look up in each way, and save; return the exit code."""
    asked = cases.options("Tell what each tier finds by itself, and costs.").parse_args()
    reason = cases.reason_not(asked)
    if reason is not None:
        print(reason)
        return 0 if asked.bench == cases.BENCH else 2
    facts = machine.facts()
    found: dict[str, Any] = {}
    with cases.folder(asked) as folder, machine.workers(1) as worker:
        for of in cases.sets(asked, folder):
            place = folder / f"tiers-{of.name}"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            found[of.name] = worker.submit(measured, of, place).result()
    if not asked.brief:
        print(machine.save("tiers", facts, sets=found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
