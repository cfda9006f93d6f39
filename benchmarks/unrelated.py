"""Trace many clips that show nothing of the archive, and say how often it names a source.

    python -m benchmarks.unrelated --count 1000

The clips are made of `../shared/footage/unrelated` by edits at random, of the same seed always the
same, and traced in an archive of `../shared/footage/archive`, pictures and sound. Every source that
is named is false, and then the exit code is 1; files that `PAIRS.tsv` calls related don't count.
Beside that it tells how near the clips came: how strong the pictures were that were looked at and
not accepted, as a multiple of what a proof needs.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import batched
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks import chance, machine
from benchmarks.cases import FOOTAGE
from benchmarks.footage import pairs
from benchmarks.machine import WHEREFROM
from benchmarks.queries import Film, Query, query, shrunk, written
from index.archive import Archive
from index.errors import UserError
from index.values import AssetRow, Channel
from lineage import prove
from lineage.params import SEARCH
from lineage.trace import trace
from lineage.values import Segment

BAD_INPUT = 3
CHUNK = 10
"""Clips a process is given at a time."""
QUANTILES = (0.5, 0.9, 0.95, 0.99, 1.0)
ARCHIVES = (1.0, 10.0, 100.0, 1_000.0, 10_000.0)
"""Hours of archives that are told of, besides the one that was measured."""


@dataclass(frozen=True, slots=True)
class Named:
    """A source that was named."""

    asset: str
    channel: str
    confidence: float
    query: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a clip.

    Attributes:
        number: Of the clip.
        film: What it is of.
        edit: What was done to it.
        length: Seconds.
        named: Sources that were.
        strength: Of the best that was looked at and not accepted; 0 where nothing was.
        seconds: How long the trace took.
    """

    number: int
    film: str
    edit: str
    length: float
    named: tuple[Named, ...]
    strength: float
    seconds: float


def films(folders: Iterable[Path], place: Path) -> Iterator[Film]:
    """Yield the films of some folders, made small; those that cannot be read are named."""
    for path in sorted(path for folder in folders for path in folder.iterdir() if path.is_file()):
        try:
            yield shrunk(path, place)
        except (av.FFmpegError, ValueError) as error:
            print(f"left out: {path.name}: {error}", file=sys.stderr)


def related(path: Path) -> dict[str, set[str]]:
    """Return by name the archived files each clip does show, as a PAIRS.tsv tells."""
    found: dict[str, set[str]] = {}
    for pair in pairs(path) if path.exists() else ():
        found.setdefault(pair.suspect, set()).add(pair.source)
    return found


def answers(asked: Sequence[Query], archive: Path, seed: int) -> list[Answer]:
    """Make clips, trace and remove them; return what was said of those that could be read."""
    found = []
    with tempfile.TemporaryDirectory() as folder, Archive.open(archive) as opened:
        for each in asked:
            clip = written(each, Path(folder) / f"{each.number}.mp4", seed)
            try:
                found.append(_answer(each, clip, opened))
            except UserError as error:
                print(f"left out: {each}: {error}", file=sys.stderr)
            clip.unlink()
    return found


def summary(
    found: Sequence[Answer], shown: Mapping[str, set[str]], *, hours: float
) -> dict[str, Any]:
    """Return what all answers come to, ready for JSON.

    Args:
        found: What was said.
        shown: Archived files that the clips of a film do show.
        hours: Of the archive.
    """
    wrong = [(each, one) for each in found for one in each.named if not _true(each, one, shown)]
    clips = {each.number for each, _ in wrong}
    bound = chance.at_most(len(clips), len(found))
    names = {each.film for each in found}
    strengths = [each.strength for each in found]
    tail = chance.tail(strengths)
    beyond = None if tail is None else tail.beyond(1.0)
    return {
        "queries": len(found),
        "seconds": sum(each.length for each in found),
        "films": len(names),
        "hours": hours,
        "wrong": len(clips),
        "channels": dict(Counter(one.channel for _, one in wrong)),
        "false": [_told(each, one) for each, one in wrong],
        "at_most": bound,
        "at_most_by_film": chance.at_most(len({each.film for each, _ in wrong}), len(names)),
        "seconds_each": float(np.median([each.seconds for each in found])),
        "looked_at": sum(strength > 0 for strength in strengths),
        "quantiles": {str(q): float(np.quantile(strengths, q)) for q in QUANTILES},
        "tail": None if tail is None else asdict(tail),
        "beyond": beyond,
        "archives": [_larger(size, bound, beyond, hours) for size in (hours, *ARCHIVES)],
        "edits": list(_by_edit(found, clips)),
    }


def main() -> int:
    """Index, make, trace, say and save; return the exit code."""
    asked = _asked()
    wanted = [*asked.clips, asked.archived]
    absent = [folder for folder in wanted if not folder.is_dir()]
    if absent:
        print(f"There is no {absent[0]}: nothing is traced.")
        return 0 if asked.footage == FOOTAGE and not asked.others else 2
    facts, began = machine.facts(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wherefrom-unrelated-") as temporary:
        place = Path(temporary)
        archive = asked.archive or place / "archive"
        command = [WHEREFROM, "index", asked.archived, "--archive", archive, "--quiet"]
        machine.run(command, allowed=(0, BAD_INPUT))
        small = list(films(asked.clips, place))
        every = [query(number, small, asked.seed) for number in range(asked.count)]
        found = list(_traced(every, archive, asked))
        with Archive.open(archive) as opened:
            hours = opened.stats().seconds / 3600
    whole = summary(found, related(asked.footage / "PAIRS.tsv"), hours=hours)
    print(f"{whole['wrong']} of {len(found)} wrong, {time.monotonic() - began:.0f} s in all")
    print(*whole["false"], sep="\n")
    print({key: whole[key] for key in ("at_most", "quantiles", "tail", "beyond", "archives")})
    if not asked.brief:
        print(machine.save("unrelated", facts, seed=asked.seed, **whole))
    return 1 if whole["wrong"] else 0


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(description="Trace clips that show nothing of the archive.")
    options.add_argument("--footage", type=Path, default=FOOTAGE)
    options.add_argument("--others", type=Path, nargs="+", help="folders of films to make clips of")
    options.add_argument("--archive", type=Path, help="made if it is not there; else temporary")
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--brief", action="store_true", help="nothing is saved")
    asked = options.parse_args()
    asked.clips = asked.others or [asked.footage / "unrelated"]
    asked.archived = asked.footage / "archive"
    return asked


def _traced(every: Sequence[Query], archive: Path, asked: argparse.Namespace) -> Iterator[Answer]:
    with machine.workers(asked.workers) as pool:
        tasks = [
            pool.submit(answers, chunk, archive, asked.seed) for chunk in batched(every, CHUNK)
        ]
        for done, task in enumerate(tasks, 1):
            yield from task.result()
            print(f"\r{done * CHUNK} of {len(every)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _answer(asked: Query, clip: Path, archive: Archive) -> Answer:
    doubted: list[float] = []

    def doubt(_: AssetRow, segment: Segment) -> None:
        if segment.channel is Channel.PICTURE:
            doubted.append(prove.strength(segment))

    report = trace(clip, archive, params=SEARCH, doubted=doubt)
    named = tuple(
        Named(
            source.asset.name,
            source.channel.name.lower(),
            source.confidence,
            (source.segments[0].query.start, source.segments[-1].query.end),
        )
        for source in report.sources
    )
    strength = round(max([0.0, *doubted]), 4)
    return Answer(
        asked.number,
        asked.film.name,
        asked.edit,
        asked.length,
        named,
        strength,
        report.timing["total"],
    )


def _true(answer: Answer, named: Named, shown: Mapping[str, set[str]]) -> bool:
    return named.asset in shown.get(answer.film, set())


def _told(answer: Answer, named: Named) -> dict[str, Any]:
    return {"number": answer.number, "film": answer.film, "edit": answer.edit, **asdict(named)}


def _larger(size: float, bound: float, beyond: float | None, hours: float) -> dict[str, Any]:
    rates = {"at_most": bound, "expected": beyond}
    return {
        "hours": size,
        **{
            name: None if rate is None else chance.in_archive(rate, hours=size, measured=hours)
            for name, rate in rates.items()
        },
    }


def _by_edit(found: Sequence[Answer], wrong: set[int]) -> Iterator[dict[str, Any]]:
    for edit in dict.fromkeys(each.edit for each in sorted(found, key=lambda each: each.number)):
        of = [each for each in found if each.edit == edit]
        strengths = [each.strength for each in of]
        yield {
            "edit": edit,
            "queries": len(of),
            "wrong": sum(each.number in wrong for each in of),
            "median": float(np.median(strengths)),
            "most": max(strengths),
        }


if __name__ == "__main__":
    sys.exit(main())
