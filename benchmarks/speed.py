"""Time indexing and tracing, beside what no program can avoid.

    python -m benchmarks.speed --folder /tmp/films

All numbers come from one run of one machine, and nearly all are processor time, so that other
programs disturb them little; run it on a quiet machine all the same. Films are made at first use
and kept in the folder. `--brief` tries every step on short films: its numbers mean nothing, and
are not saved.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import indexing, machine, tracing
from benchmarks.machine import Measure


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured.

    Attributes:
        seconds: Length of what is encoded for the films that are indexed.
        times: How often it is repeated in one film.
        rounds: Measurements of which the least counts.
        clip: Seconds of the clip that is traced.
        codes: Codes of the archive it is traced in.
        minutes: Lengths of the films whose indexing is watched for memory.
        copies: Films for each of two workers.
    """

    seconds: float = 20
    times: int = 30
    rounds: int = 2
    clip: float = 60
    codes: int = 100_000
    minutes: tuple[int, int] = (10, 120)
    copies: int = 1


BRIEF = Scale(seconds=1, times=2, rounds=1, clip=6, codes=2_000, minutes=(1, 2))


def measures(folder: Path, scale: Scale) -> Iterator[Measure]:
    """Yield all numbers, those of indexing first."""
    yield from indexing.ratios(
        folder, seconds=scale.seconds, times=scale.times, rounds=scale.rounds
    )
    yield from indexing.workers(folder, films_each=scale.copies)
    yield from indexing.hashing(folder)
    yield from indexing.memory(folder, minutes=scale.minutes)
    archive, clip = tracing.prepared(folder, seconds=scale.clip, codes=scale.codes)
    yield from indexing.disk(archive)
    yield from tracing.cost(folder, archive, clip, rounds=scale.rounds)
    yield from tracing.profile(archive, clip)


def main() -> int:
    """Measure, say and save; return the exit code."""
    options = argparse.ArgumentParser(description="Time indexing and tracing.")
    options.add_argument("--folder", type=Path, help="where films are kept; a temporary one if not")
    options.add_argument("--brief", action="store_true", help="only try that every step works")
    asked = options.parse_args()
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="wherefrom-speed-") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{facts['processor']}, {facts['cores']} cores, load {facts['load']}")
        found = [machine.told(each) for each in measures(folder, BRIEF if asked.brief else Scale())]
    if not asked.brief:
        print(machine.save("speed", facts, measures=found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
