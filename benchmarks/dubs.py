"""Tell how well changes of a clip's sound are found, and how often one is found that is none.

    python -m benchmarks.dubs --footage ../shared/footage

Of each film with sound some seconds are put into an archive. Clips are made of the middle of them:
copies whose sound was handled honestly, and copies of whose sound a part was replaced by another
film's, muted, or moved. Each is traced, and what is said of it is held against what was done.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np

from benchmarks import machine
from benchmarks.cases import FOOTAGE
from benchmarks.footage import LIKELY
from benchmarks.machine import WHEREFROM
from benchmarks.queries import RATE, Samples, heard, pieces
from benchmarks.sounds import FAINT
from benchmarks.tables import number, percent, table
from benchmarks.takes import Coding, Take, encoded, taken
from benchmarks.voices import Change, changed, loudness
from index.archive import Archive
from index.values import Channel
from lineage.findings import SOUNDING, Kind, Significance
from lineage.params import SEARCH
from lineage.trace import trace

LENGTH, AROUND = 10.0, 2.0
"""Seconds of a clip, and of the film before and after it that the archive holds as well."""
LASTS, MARGIN = (2.0, 4.0), 1.5
"""Seconds for which its sound is changed, and those at both ends for which it is not."""
AWAY, HALF = 1.2, 0.5
"""Seconds by which sound is moved, and share of those that are moved forward."""
NEAR = 0.25
"""Seconds by which a finding may begin or end too early or too late."""
HONEST = (
    Change("AAC at 96 kbit/s", None),
    Change("AAC at 24 kbit/s", None, bits=24_000),
    Change(
        "only 300 to 3400 Hz", None, (*(("highpass", "f=300"),) * 2, *(("lowpass", "f=3400"),) * 2)
    ),
    Change("12 dB quieter", None, (("volume", "-12dB"),)),
    Change("evened out", None, (("dynaudnorm", "f=200"),)),
    Change("white noise at 10 dB", None, under="noise"),
)
"""What is done to the sound of clips that says what their source says."""
DONE: Mapping[str, frozenset[Kind]] = {
    "replaced": frozenset({Kind.SOUND_REPLACED}),
    "muted": frozenset({Kind.SOUND_REMOVED}),
    "moved": frozenset({Kind.SOUND_EDITED, Kind.SOUND_REPLACED}),
}
"""Kinds that name what was done."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding about the sound of a clip: what, and when."""

    kind: Kind
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip and what was said of its sound.

    Attributes:
        film: What it was made of.
        done: What was done to its sound.
        query: When; None where it was handled honestly.
        found: Whether its film was found by pictures.
        told: What is said of its sound that alters the meaning, or may.
    """

    film: str
    done: str
    query: tuple[float, float] | None
    found: bool
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a film with sound.

    Attributes:
        path: The film.
        sound: Where the samples of all of it are.
        start: Seconds into it at which the clip begins.
    """

    path: Path
    sound: Path
    start: float

    def samples(self, *, around: float = 0.0) -> Samples:
        """Return the samples of the clip, and of so many seconds around it."""
        whole = np.load(self.sound, mmap_mode="r")
        first = max(0, round((self.start - around) * RATE))
        return np.array(whole[first : round((self.start + LENGTH + around) * RATE)], np.float32)

    def take(self, *, around: float = 0.0) -> Take:
        """Return its pictures."""
        start = max(0.0, self.start - around)
        return taken(self.path, start=start, length=self.start + LENGTH + around - start)


def forged(
    kind: str, stretch: Stretch, other: Samples, random: np.random.Generator
) -> tuple[Samples, tuple[float, float]]:
    """Return samples of a stretch with a part changed, and when it was, in seconds.

    Args:
        kind: One of DONE.
        stretch: What is changed.
        other: Another film's.
        random: Draws when.
    """
    samples = stretch.samples()
    lasts = float(random.uniform(*LASTS))
    start = float(random.uniform(MARGIN, LENGTH - MARGIN - lasts))
    here = slice(round(start * RATE), round((start + lasts) * RATE))
    if kind == "replaced":
        part = other[: here.stop - here.start]
        samples[here] = part * (loudness(samples) / max(loudness(part), 1e-6))
    elif kind == "muted":
        samples[here] = 0.0
    else:
        away = round(AWAY * RATE) * (1 if random.random() < HALF else -1)
        samples[here] = np.roll(samples, away)[here]
    return samples, (start, start + lasts)


def written(take: Take, samples: Samples, path: Path, *, bits: int = 96_000) -> Path:
    """Write pictures and sound and return their path."""
    silent = encoded(take, path.with_suffix(".silent.mp4"), Coding(26))
    with av.open(silent) as pictures, av.open(path, "w") as output:
        video = output.add_stream_from_template(pictures.streams.video[0])
        voice = output.add_stream("aac", rate=RATE, layout="mono")
        voice.bit_rate = bits
        for packet in pictures.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                output.mux(packet)
        for frame in pieces(samples):
            frame.time_base = Fraction(1, RATE)
            output.mux(voice.encode(frame))
        output.mux(voice.encode(None))
    silent.unlink()
    return path


def clips(of: Stretch, beside: Stretch, archive: Path, seed: tuple[int, ...]) -> list[Clip]:
    """Make clips of a stretch and trace them.

    Args:
        of: What they are made of.
        beside: Of another film, to change sound with.
        archive: Holds the film.
        seed: Draws what is changed when.
    """
    take, found = of.take(), []
    with tempfile.TemporaryDirectory() as folder, Archive.open(archive) as opened:
        path = Path(folder) / "clip.mp4"
        for change in HONEST:
            samples = changed(of.samples(), change, beside.samples())
            clip = written(take, samples, path, bits=change.bits)
            found.append(Clip(of.path.name, change.name, None, *_said(clip, of, opened)))
        for place, kind in enumerate(DONE):
            random = np.random.default_rng([*seed, place])
            samples, query = forged(kind, of, beside.samples(), random)
            clip = written(take, samples, path)
            found.append(Clip(of.path.name, kind, query, *_said(clip, of, opened)))
    return found


def nearest(clip: Clip) -> tuple[float, float] | None:
    """Return by how many seconds the finding is off that names what was done, at start and end.

    None where there is none of that time.
    """
    if clip.query is None:
        return None
    start, end = clip.query
    right = [
        (abs(one.start - start), abs(one.end - end))
        for one in clip.told
        if one.kind in DONE[clip.done] and min(one.end, end) > max(one.start, start)
    ]
    return min(right, key=sum, default=None)


def false(clip: Clip) -> list[Told]:
    """Return findings of nothing that was done, by their time."""
    start, end = clip.query or (0.0, 0.0)
    return [one for one in clip.told if min(one.end, end) <= max(one.start, start)]


def summary(found: Sequence[Clip]) -> dict[str, Any]:
    """Return the numbers of both tables, ready for JSON."""
    rows = []
    for done in dict.fromkeys(each.done for each in found):
        of = [each for each in found if each.done == done]
        off = [each for clip in of if (each := nearest(clip)) is not None]
        rows.append(
            {
                "done": done,
                "honest": of[0].query is None,
                "clips": len(of),
                "traced": sum(each.found for each in of),
                "named": len(off),
                "near": sum(max(each) <= NEAR for each in off),
                "start": median(each[0] for each in off) if off else None,
                "end": median(each[1] for each in off) if off else None,
                "false": sum(bool(false(each)) for each in of),
            }
        )
    honest = [each for each in found if each.query is None]
    kinds = [
        {
            "kind": kind.value,
            "false": sum(any(one.kind is kind for one in each.told) for each in honest),
            "honest": len(honest),
        }
        for kind in sorted(SOUNDING)
    ]
    wrong = [_line(each) for each in found if false(each)]
    missed = [_line(each) for each in found if each.query is not None and nearest(each) is None]
    return {
        "films": len({each.film for each in found}),
        "rows": rows,
        "kinds": kinds,
        "false": wrong,
        "missed": missed,
    }


def dubs(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the section of docs/benchmarks.md about changes of the sound."""
    yield "## Changes of the sound\n"
    yield (
        f"Clips of {LENGTH:.0f} s of {result['films']} films with sound (seed {result['seed']}). "
        f"In the middle of some, {LASTS[0]:.0f} to {LASTS[1]:.0f} s of the sound were replaced by "
        "another film's, muted, or moved by 1.2 s. *named*: a finding of that time names it. "
        f"*near*: of these, those that begin and end within {NEAR} s of where they should; "
        "*start*, *end*: seconds by which they are off, at the median. *false*: clips of whose "
        "sound "
        "something is said at a time at which nothing was done.\n"
    )
    rows = [
        (
            each["done"],
            number(each["clips"]),
            number(each["traced"]),
            *(
                ("–",) * 4
                if each["honest"]
                else (
                    f"{number(each['named'])} ({percent(each['named'] / each['clips'])})",
                    number(each["near"]),
                    number(each["start"]),
                    number(each["end"]),
                )
            ),
            number(each["false"]),
        )
        for each in result["rows"]
    ]
    head = ("sound", "clips", "traced", "named", "near", "start", "end", "false")
    yield from table(head, rows)
    for name in ("missed", "false"):
        if result[name]:
            yield f"\n{name.capitalize()}:\n"
            yield from (f"- {each}" for each in result[name])


def main() -> int:
    """Take, make, trace, say and save; return the exit code."""
    asked = _asked()
    folder = asked.footage / "archive"
    if not folder.is_dir():
        print(f"There is no {folder}: nothing is dubbed.")
        return 0 if asked.footage == FOOTAGE else 2
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="wherefrom-dubs-") as temporary:
        place = Path(temporary)
        of = list(_stretches(folder, place, asked.seed))[:: asked.every]
        films, archive = place / "films", place / "archive"
        films.mkdir()
        for each in of:
            written(
                each.take(around=AROUND),
                each.samples(around=AROUND),
                films / f"{each.path.name}.mp4",
            )
        machine.run([WHEREFROM, "index", films, "--archive", archive, "--quiet"])
        with machine.workers(asked.workers) as pool:
            work = [
                pool.submit(clips, each, of[at - 1], archive, (asked.seed, at))
                for at, each in enumerate(of)
            ]
            found = [clip for task in work for clip in task.result()]
    whole = summary(found)
    print(*whole["rows"], *whole["missed"], "false:", *whole["false"], sep="\n")
    if not asked.brief:
        print(machine.save("dubs", facts, seed=asked.seed, **whole))
    return 0


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description="Change the sound of clips, and see what is found."
    )
    options.add_argument("--footage", type=Path, default=FOOTAGE)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--every", type=int, default=1, help="of so many films one is taken")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--brief", action="store_true", help="nothing is saved")
    return options.parse_args()


def _stretches(folder: Path, place: Path, seed: int) -> Iterator[Stretch]:
    """Yield a stretch of each film that is long and loud enough, from somewhere in it."""
    for number_, path in enumerate(sorted(each for each in folder.iterdir() if each.is_file())):
        random = np.random.default_rng([seed, number_])
        with av.open(path) as film:
            length = (film.duration or 0) / 1_000_000
        sound = heard(path, place) if length > LENGTH else None
        if sound is not None:
            found = Stretch(path, sound, float(random.uniform(0, length - LENGTH)))
            if loudness(found.samples()) > FAINT and len(found.samples()) > (LENGTH - 1) * RATE:
                yield found


def _said(path: Path, of: Stretch, archive: Archive) -> tuple[bool, tuple[Told, ...]]:
    report = trace(path, archive, params=SEARCH)
    told = tuple(
        Told(one.kind, one.query.start, one.query.end)
        for one in report.findings
        if one.channel is Channel.SOUND
        and one.confidence >= LIKELY
        and one.significance is not Significance.TECHNICAL
    )
    named = [each for each in report.sources if each.channel is Channel.PICTURE]
    return any(each.asset.name.startswith(of.path.name) for each in named), told


def _line(clip: Clip) -> str:
    said = Counter(f"{one.kind} {number(one.start)}–{number(one.end)} s" for one in clip.told)
    when = "" if clip.query is None else f" {number(clip.query[0])}–{number(clip.query[1])} s"
    return f"{clip.film}, {clip.done}{when}: {', '.join(said) or 'nothing is said'}"


if __name__ == "__main__":
    sys.exit(main())
