"""What all tiers cost: indexing, bytes an hour, and a trace in an archive of a million codes.

    python -m benchmarks.scale --footage ../shared/footage/archive

The clip is traced once with its source in the archive and once without. The archive holds real
films and made-up assets, most of their codes local features as in any archive. A made-up code is
half one real code and half another of those most like it, so that bits are set as often, and codes
lie as densely, as in footage: codes at random would be unlike anything that is ever asked for, and
cost nothing to look up. How near they come is measured as well. Made-up assets have no file, so a
candidate among them costs no decoding.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import films, indexing, machine
from benchmarks.cases import FOOTAGE
from benchmarks.films import Coding
from benchmarks.indexing import decoded, indexed
from benchmarks.machine import WHEREFROM, Measure, cpu_of, run
from benchmarks.tracing import traced
from index import measure
from index.archive import Archive
from index.decode.pacing import Pace
from index.files import Location
from index.keyframes import Level
from index.store import segments
from index.store.runs import Run
from index.store.segments import StoreSegment
from index.values import CODE_BITS, AssetRow, Channel, Codes, Fingerprint, Media
from lineage import lookups
from lineage.lookups import TIERS, LookupParams

WITH, WITHOUT, REVEAL, MEMORY, SOON = 4.0, 8.0, 3.0, 1000.0, 5.0
"""What must be reached: processor time as a multiple of decoding the clip once where its source is
in the archive and where it is not, that of comparing pixels as a multiple of decoding both files,
megabytes, and seconds until all is found of a brief clip."""
FILMS = 12
"""Real films that a made-up asset is as long as: two minutes of the usual footage."""
PARTNERS = 512
"""Codes among which the one most like a code is sought, to be mixed with it."""
APART = 8
"""Bits under which two codes show the same thing."""
BLOCK = 2_000
"""Codes mixed in one go."""

SMALL = Coding((640, 360), quality=23, preset="veryfast")
"""Of films that are long."""

type Bits = npt.NDArray[np.float32]
type Mixing = Callable[[Codes, Bits, np.random.Generator], Codes]


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


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What is kept of a film.

    Attributes:
        codes: By channel.
        media: What it holds.
    """

    codes: Mapping[Channel, Fingerprint]
    media: Media


def measures(folder: Path, footage: Sequence[Path], scale: Scale) -> Iterator[Measure]:
    """Yield all numbers."""
    yield from indexing.tiers(folder, seconds=scale.seconds, times=scale.times, rounds=scale.rounds)
    yield from indexing.bytes_an_hour(folder, footage)
    footage = [path for path in footage if not path.name.endswith(films.CLIPS)]
    source, clip, long, shown = _films(folder, scale)
    footage = [path for path in footage if not path.name.endswith(films.CLIPS)]
    source, clip, long, shown = _films(folder, scale)
    shown = films.film(
        folder / f"shown-{scale.shown}-min.mp4",
        60 * scale.shown,
        coding=SMALL,
        start=4_000.0,
        voice=True,
    )
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
    both = bare + min(cpu_of(lambda: decoded(source)) for _ in range(scale.rounds))
    yield from _revealing(archive, clip, (bare, both), scale)
    yield from _soon(archive, folder, scale)
    run([WHEREFROM, "index", shown, "--archive", archive, "--quiet"])
    name = f"{scale.shown} min, a source, pixels compared"
    yield from _memory(name, archive, shown, reveal=True)


def made_up(
    real: Sequence[Measured],
    codes: int,
    *,
    seed: int,
    films_each: int = FILMS,
    mixing: Mixing | None = None,
) -> Iterator[Measured]:
    """Yield assets that nobody filmed until they have so many codes.

    Args:
        real: Films whose codes they are mixed from.
        codes: How many.
        seed: Another seed makes other assets.
        films_each: Films that a made-up asset is as long as.
        mixing: How codes are mixed; as `mixed` does, if not said.
    """
    random = np.random.default_rng(seed)
    pools = {
        channel: _bits(np.concatenate([each.codes for each in _of(real, channel)]))
        for channel in Channel
        if _of(real, channel)
    }
    while codes > 0:
        chosen = [real[int(i)] for i in random.integers(0, len(real), films_each)]
        asset = _joined(chosen, pools, random, mixing or mixed)
        codes -= sum(map(len, asset.codes.values()))
        yield asset


def mixed(codes: Codes, pool: Bits, random: np.random.Generator) -> Codes:
    """Return for each code one that is half it and half another that is much like it.

    Args:
        codes: uint8 (n, 32).
        pool: Bits of the codes it may be mixed with, float32 (m, 256).
        random: Decides.
    """
    parts = [np.empty((0, CODE_BITS // 8), np.uint8)]
    for first in range(0, len(codes), BLOCK):
        bits = _bits(codes[first : first + BLOCK])
        others = pool[random.integers(0, len(pool), PARTNERS)]
        apart = bits.sum(axis=1)[:, None] + others.sum(axis=1) - 2 * bits @ others.T
        apart[apart < APART] = np.inf
        partners = others[apart.argmin(axis=1)]
        child = np.where(random.random(bits.shape) < 0.5, bits, partners)  # noqa: PLR2004 # half
        parts.append(np.packbits(child.astype(np.uint8), axis=1))
    return np.concatenate(parts)


def near(held: Sequence[Fingerprint], asked: Codes, radius: int) -> float:
    """Return how many of a million codes lie within so many bits of one that is asked for."""
    segment = StoreSegment.of([Run.of(AssetRow(0), each) for each in held])
    none = np.empty(0, np.int64)
    found = segments.search([segment], asked, radius, removed=none, most=len(segment))
    return 1e6 * len(found) / max(1, len(asked)) / max(1, len(segment))


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


def measured(path: Path) -> Measured:
    """Return what an archive keeps of a film."""
    parts = list(measure.fingerprint(path, Level.STANDARD))
    media = next(part for part in parts if isinstance(part, Media))
    codes = [part for part in parts if isinstance(part, Fingerprint) and len(part)]
    channels = dict.fromkeys(each.channel for each in codes)
    return Measured(
        {
            channel: _chained([(each, 0.0) for each in codes if each.channel is channel])
            for channel in channels
        },
        media,
    )


def _joined(
    chosen: Sequence[Measured],
    pools: Mapping[Channel, Bits],
    random: np.random.Generator,
    mixing: Mixing,
) -> Measured:
    """Return an asset like the films one after another, of codes of its own."""
    lengths = [film.media.duration for film in chosen]
    starts = np.cumsum([0.0, *lengths])
    codes = {}
    for channel, pool in pools.items():
        parts = [
            (film.codes[channel], float(start))
            for film, start in zip(chosen, starts, strict=False)
            if channel in film.codes
        ]
        if parts:
            whole = _chained(parts)
            codes[channel] = replace(whole, codes=mixing(whole.codes, pool, random))
    return Measured(codes, replace(chosen[0].media, duration=float(starts[-1])))


def _chained(parts: Sequence[tuple[Fingerprint, float]]) -> Fingerprint:
    """Return fingerprints of one channel as one, each later by so many seconds."""
    first, _ = parts[0]
    return replace(
        first,
        times=np.concatenate([each.times + later for each, later in parts]),
        holds=np.concatenate([each.holds for each, _ in parts]),
        codes=np.concatenate([each.codes for each, _ in parts]),
        places=np.concatenate([each.places for each, _ in parts]),
    )


def _of(films_: Sequence[Measured], channel: Channel) -> list[Fingerprint]:
    return [film.codes[channel] for film in films_ if channel in film.codes]


def _bits(codes: Codes) -> Bits:
    return np.unpackbits(codes, axis=1).astype(np.float32)


def _density(real: Sequence[Measured], made: Sequence[Measured], clip: Path) -> Iterator[Measure]:
    """Yield how many local features lie near the clip's, of real films and of made-up assets."""
    tier = next(tier for tier in TIERS if tier.channel is Channel.FEATURE)
    seen = measure.observe(clip, coded=True, pace=Pace.REFERENCE)
    frames = lookups.chosen(seen.samples, tier.frames)
    asked = measure.local_features(frames, tier.features).codes
    radius = LookupParams().feature
    for name, films_ in (("real films", real), ("made-up assets", made)):
        held = _of(films_, tier.channel)
        count = sum(map(len, held))
        yield Measure(
            f"local features within {radius} bits of one of the clip's, {name}",
            near(held, asked, radius),
            "in a million",
            note=f"of {count:,}",
        )


def add(archive: Archive, asset: Measured, number: int) -> None:
    """Add a made-up asset."""
    name = f"made-up-{number:05}.mp4"
    archive.add(
        archive.spool([*asset.codes.values(), asset.media]),
        digest=hashlib.sha256(name.encode()).hexdigest(),
        path=Path("/made-up") / name,
        location=Location(f"file:///made-up/{name}", 1, 1),
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
    archive: Path, clip: Path, bare: tuple[float, float], scale: Scale
) -> Iterator[Measure]:
    """Yield what comparing pixels costs beside decoding both files, and what memory it takes.

    Args:
        archive: Holds its source.
        clip: What is traced.
        bare: Seconds that decoding the clip takes, and decoding both files.
        scale: How often.
    """
    alone, both = bare
    without, full = (
        [traced(archive, clip, reveal=reveal)[0] for _ in range(scale.rounds)]
        for reveal in (False, True)
    )
    whole = min(ran.cpu for ran in full)
    more = whole - min(ran.cpu for ran in without)
    yield Measure("a source: comparing pixels", more, "s CPU")
    yield Measure(
        "a source: comparing pixels / PyAV decoding both", more / both, "×", at_most=REVEAL
    )
    yield Measure("a source: trace with pixels compared / PyAV", whole / alone, "×")
    yield _peak("a source, pixels compared", max(ran.memory for ran in full))


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
