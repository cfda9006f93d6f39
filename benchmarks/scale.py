"""What all tiers cost: indexing, bytes an hour, and a trace in an archive of a million codes.

    python -m benchmarks.scale --footage ../shared/footage/archive

The clip is traced once with its source in the archive and once without. The archive holds real
films and made-up assets (see `benchmarks.mixtures`), most of their codes local features as in any
archive. How near they come to what is asked for is measured as well.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import films, indexing, machine
from benchmarks.cases import FOOTAGE
from benchmarks.films import Coding
from benchmarks.indexing import decoded, indexed
from benchmarks.machine import WHEREFROM, Measure, cpu_of, run
from benchmarks.mixtures import Measured, add, made_up, measured, near, of_channel
from benchmarks.tracing import traced
from index import measure
from index.archive import Archive
from index.decode.pacing import Pace
from index.values import Channel
from lineage import lookups
from lineage.lookups import TIERS, LookupParams

WITH, WITHOUT, REVEAL, MEMORY, SOON = 4.0, 8.0, 3.0, 1000.0, 5.0
"""What must be reached: processor time as a multiple of decoding the clip once where its source is
in the archive and where it is not, that of comparing pixels as a multiple of decoding both files,
megabytes, and seconds until all is found of a brief clip."""
SMALL = Coding((640, 360), quality=23, preset="veryfast")
"""Of films that are long."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured.

    Attributes:
        codes: Codes of the archive.
        clip: Seconds of the clip.
        rounds: Measurements of which the least counts.
        brief: Seconds of a brief one.
        minutes: Length of the long clip.
        shown: Minutes of a film that is traced to itself, its pixels compared.
        seconds: Length of what is encoded for the films that are indexed.
        times: How often it is repeated in one film.
    """

    codes: int = 1_000_000
    clip: float = 60
    rounds: int = 2
    brief: float = 10
    minutes: int = 32
    shown: int = 8
    seconds: float = 20
    times: int = 6


BRIEF = Scale(30_000, clip=6, rounds=1, brief=3, minutes=1, shown=1, seconds=1, times=2)


def measures(folder: Path, footage: Sequence[Path], scale: Scale) -> Iterator[Measure]:
    """Yield all numbers."""
    yield from indexing.tiers(folder, seconds=scale.seconds, times=scale.times, rounds=scale.rounds)
    yield from indexing.bytes_an_hour(folder, footage)
    footage = [path for path in footage if not path.name.endswith(films.CLIPS)]
    source, clip, long, shown = _films(folder, scale)
    footage = footage or [films.film(folder / "other.mp4", 60, coding=Coding(), start=1_000.0)]
    real = [measured(path) for path in footage]
    archive = folder / f"scale-{scale.codes}.archive"
    indexed(list(footage), archive)
    made = list(made_up(real, scale.codes, seed=1))
    yield from _density(real, made, clip)
    with Archive.open(archive, write=True) as opened:
        for number, each in enumerate(made):
            add(opened, each, number)
        opened.seal()
        stats = opened.stats()
    yield Measure("archive", stats.codes, "codes", note=f"{stats.assets} assets")
    bare = min(cpu_of(lambda: decoded(clip)) for _ in range(scale.rounds))
    yield Measure("PyAV decoding all of the clip", bare, "s CPU", note=f"{scale.clip:.0f} s, 720p")
    yield from _cost("no source", archive, clip, bare, scale, sources=0, at_most=WITHOUT)
    yield from _memory(f"{scale.minutes} min, no source", archive, long)
    run([WHEREFROM, "index", source, "--archive", archive, "--quiet"])
    yield from _cost("a source", archive, clip, bare, scale, sources=1, at_most=WITH)
    yield from _revealing("a source", archive, (source, clip), scale)
    yield from _soon(archive, folder, scale)
    small = _small(folder, scale)
    alone = folder / "small.archive"
    indexed([small[0]], alone)
    yield from _revealing("a source of 640 × 360, alone", alone, small, scale)
    run([WHEREFROM, "index", shown, "--archive", archive, "--quiet"])
    name = f"{scale.shown} min, a source, pixels compared"
    yield from _memory(name, archive, shown, reveal=True)


def _films(folder: Path, scale: Scale) -> tuple[Path, Path, Path, Path]:
    """Return a film, a clip that quotes it, and two long ones that show something else."""
    coding = Coding(quality=23)
    source = films.film(
        folder / f"told-{scale.clip:.0f}.mp4", scale.clip + 10, coding=Coding(), voice=True
    )
    clip = films.film(
        folder / f"quote-{scale.clip:.0f}.mp4", scale.clip, coding=coding, start=5.0, voice=True
    )
    once = films.film(folder / "minute.mp4", 60, coding=SMALL, start=2_000.0, voice=True)
    long = films.repeated(folder / f"{scale.minutes}-min.mp4", once, scale.minutes)
    path, seconds = folder / f"shown-{scale.shown}-min.mp4", 60 * scale.shown
    shown = films.film(path, seconds, coding=SMALL, start=4_000.0, voice=True)
    return source, clip, long, shown


def _small(folder: Path, scale: Scale) -> tuple[Path, Path]:
    """Return a film of few pixels and a clip that quotes it."""
    path = folder / f"told-small-{scale.clip:.0f}.mp4"
    source = films.film(path, scale.clip + 10, coding=Coding((640, 360)), start=6_000.0, voice=True)
    path = folder / f"quote-small-{scale.clip:.0f}.mp4"
    coding = Coding((640, 360), quality=23)
    clip = films.film(path, scale.clip, coding=coding, start=6_005.0, voice=True)
    return source, clip


def _density(real: Sequence[Measured], made: Sequence[Measured], clip: Path) -> Iterator[Measure]:
    """Yield how many local features lie near the clip's, of real films and of made-up assets."""
    tier = next(tier for tier in TIERS if tier.channel is Channel.FEATURE)
    seen = measure.observe(clip, coded=True, pace=Pace.REFERENCE)
    frames = lookups.chosen(seen.samples, tier.frames)
    asked = measure.local_features(frames, tier.features).codes
    radius = LookupParams().feature
    for name, films_ in (("real films", real), ("made-up assets", made)):
        held = of_channel(films_, tier.channel)
        count = sum(map(len, held))
        yield Measure(
            f"local features within {radius} bits of one of the clip's, {name}",
            near(held, asked, radius),
            "in a million",
            note=f"of {count:,}",
        )


def _cost(  # noqa: PLR0913 # what is traced where, and what is asked of it
    name: str,
    archive: Path,
    clip: Path,
    bare: float,
    scale: Scale,
    *,
    sources: int,
    at_most: float,
) -> Iterator[Measure]:
    """Yield what a trace costs.

    Raises:
        RuntimeError: It found other than it should, so its cost says nothing.
    """
    runs, stages = [], ""
    for _ in range(scale.rounds):
        ran, answer = traced(archive, clip)
        stages = _stages(answer)
        found = {source["asset"]["name"] for source in answer["sources"]}
        if len(found) != sources:
            raise RuntimeError(f"{clip} is said to show {sorted(found)}")
        runs.append(ran)
    cpu = min(ran.cpu for ran in runs)
    yield Measure(f"{name}: trace", cpu, "s CPU", note=stages)
    yield Measure(f"{name}: trace / PyAV, start-up included", cpu / bare, "×", at_most=at_most)
    yield _peak(name, max(ran.memory for ran in runs))


def _revealing(
    name: str, archive: Path, both: tuple[Path, Path], scale: Scale
) -> Iterator[Measure]:
    """Yield what comparing pixels costs beside decoding both files, and what memory it takes.

    Args:
        name: What is traced, in words.
        archive: Holds its source.
        both: The source and the clip.
        scale: How often.
    """
    _, clip = both
    other, alone = (
        min(cpu_of(partial(decoded, path)) for _ in range(scale.rounds)) for path in both
    )
    without, full = (
        [traced(archive, clip, reveal=reveal)[0] for _ in range(scale.rounds)]
        for reveal in (False, True)
    )
    whole = min(ran.cpu for ran in full)
    more = whole - min(ran.cpu for ran in without)
    yield Measure(f"{name}: comparing pixels", more, "s CPU")
    yield Measure(
        f"{name}: comparing pixels / PyAV decoding both",
        more / (alone + other),
        "×",
        at_most=REVEAL,
    )
    yield Measure(f"{name}: trace with pixels compared / PyAV", whole / alone, "×")
    yield _peak(f"{name}, pixels compared", max(ran.memory for ran in full))


def _soon(archive: Path, folder: Path, scale: Scale) -> Iterator[Measure]:
    """Yield how long it takes until all is found of a brief clip whose source the archive holds.

    Raises:
        RuntimeError: Nothing was found of it.
    """
    path = folder / f"quote-{scale.brief:.0f}.mp4"
    clip = films.film(path, scale.brief, coding=Coding(quality=23), start=5.0, voice=True)
    runs = [traced(archive, clip, reveal=True) for _ in range(scale.rounds)]
    if not all(answer["findings"] for _, answer in runs):
        raise RuntimeError(f"nothing is found of {clip}")
    wall = min(ran.wall for ran, _ in runs)
    yield Measure(f"a source, {scale.brief:.0f} s: all findings after", wall, "s", at_most=SOON)


def _memory(name: str, archive: Path, clip: Path, *, reveal: bool = False) -> Iterator[Measure]:
    ran, _ = traced(archive, clip, reveal=reveal)
    yield Measure(f"{name}: trace", ran.cpu, "s CPU")
    yield _peak(name, ran.memory)


def _peak(name: str, memory: int) -> Measure:
    return Measure(
        f"{name}: peak memory",
        memory / 1e6,
        "MB",
        at_most=MEMORY,
        note="command and worker together",
    )


def _stages(answer: Mapping[str, Any]) -> str:
    """Return the seconds each stage took, by the clock."""
    return ", ".join(
        f"{stage} {seconds:.1f} s"
        for stage, seconds in answer["timing"].items()
        if stage != "total"
    )


def main() -> int:
    """Measure, say and save; return the exit code."""
    options = argparse.ArgumentParser(description="What all tiers cost.")
    options.add_argument(
        "--footage",
        type=Path,
        default=FOOTAGE / "archive",
        help="real films; those that the clip shows are left out where it is traced",
    )
    options.add_argument("--folder", type=Path, help="where films are kept; a temporary one if not")
    options.add_argument("--brief", action="store_true", help="only try that every step works")
    asked = options.parse_args()
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="wherefrom-scale-") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        scale = BRIEF if asked.brief else Scale()
        footage = sorted(path for path in asked.footage.glob("*") if path.is_file())
        found = [machine.told(each) for each in measures(folder, footage, scale)]
    if not asked.brief:
        print(machine.save("scale", facts, measures=found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
