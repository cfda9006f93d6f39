"""Trace sound alone, cut out of archived films and changed, and say what is found of it.

    python -m benchmarks.sounds --footage ../shared/footage

Of each film of `archive` that has sound, stretches of a few seconds are cut out at random, changed
as `benchmarks.voices` lists, written as files without picture, and traced. A clip is right where
what is named first sounds, at the moment that is named, as the film does that was cut: the film
itself, or another file of the same recording, by the correlation of their samples.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.cases import FOOTAGE
from benchmarks.footage import BAD_INPUT
from benchmarks.machine import WHEREFROM
from benchmarks.queries import RATE, Samples, heard
from benchmarks.tables import number, table
from benchmarks.voices import CHANGES, Change, changed, likeness, loudness, written
from index.archive import Archive
from index.errors import UserError
from index.values import Channel
from lineage.params import SEARCH
from lineage.trace import trace
from lineage.values import Segment
from lineage.why import why

LENGTHS = (4.0, 7.0)
"""Seconds of a cut."""
FAINT = 10 ** (-45 / 20)
"""Loudness of a cut that says too little to be taken: 45 dB under full scale."""
ALIKE = 0.5
"""Correlation of samples from which two stretches are one recording."""
AROUND = 0.3
"""Seconds beside the named moment in which it may lie."""
TRIES = 20
"""Places at which a cut that is loud enough is looked for."""

type Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of a film's sound.

    Attributes:
        film: Its name.
        sound: Where the samples of all of it are.
        start: Seconds into the film.
        length: Seconds.
    """

    film: str
    sound: Path
    start: float
    length: float

    def samples(self) -> Samples:
        """Return its samples, (n,)."""
        return stretch(self.sound, self.start, self.start + self.length)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a clip.

    Attributes:
        change: What was done to it.
        film: What it was cut from.
        start: Where, in seconds.
        right: Whether what was named first is that recording, at that moment.
        named: Names of all files that are, the surest first.
        off: Seconds between the moment of its film that was named and the true one; None where
            it was not named.
        reason: Where the film was lost, if it was not named.
    """

    change: str
    film: str
    start: float
    right: bool
    named: tuple[str, ...]
    off: float | None
    reason: str | None


def stretch(sound: Path, start: float, end: float) -> Samples:
    """Return the samples of a stretch of a film, as much of it as there is."""
    whole = np.load(sound, mmap_mode="r")
    return np.asarray(whole[max(0, round(start * RATE)) : max(0, round(end * RATE))], np.float32)


def cuts(sounds: Mapping[str, Path], *, each: int, seed: int) -> Iterator[Cut]:
    """Yield stretches of films at random; the same seed yields the same.

    Args:
        sounds: Where the samples of films are, by name.
        each: Of a film.
        seed: Another seed cuts elsewhere.
    """
    for place, (film, sound) in enumerate(sorted(sounds.items())):
        random, length = np.random.default_rng([seed, place]), len(np.load(sound, "r")) / RATE
        found = 0
        for _ in range(TRIES * each):
            lasts = float(random.uniform(*LENGTHS))
            cut = Cut(film, sound, float(random.uniform(0, max(0.0, length - lasts))), lasts)
            if found < each and lasts < length and loudness(cut.samples()) > FAINT:
                found += 1
                yield cut


def answers(
    asked: Sequence[tuple[Cut, Change]], archive: Path, sounds: Mapping[str, Path], others: Path
) -> list[Answer]:
    """Make clips and trace them; return what was said.

    Args:
        asked: Cuts and what is done to them.
        archive: Holds the films.
        sounds: Where the samples of archived films are, by name.
        others: Where samples are that may be put under a cut.
    """
    found = []
    with tempfile.TemporaryDirectory() as folder, Archive.open(archive) as opened:
        for cut, change in asked:
            heard = changed(cut.samples(), change, stretch(others, 0, LENGTHS[1]))
            clip = written(heard, change, Path(folder) / "clip")
            found.append(_answer(cut, change, clip, opened, sounds))
            clip.unlink()
    return found


def same(cut: Cut, change: Change, segment: Segment, sound: Path) -> bool:
    """Return whether a segment names the recording a cut is of, at that moment.

    Args:
        cut: What the clip was cut from.
        change: What was done to it.
        segment: What was found of the clip.
        sound: Where the samples of the file are that it names.
    """
    query = segment.query
    start, end = (cut.start + change.speed * time for time in (query.start, query.end))
    shown = sorted(segment.source_time(time) for time in (query.start, query.end))
    around = stretch(sound, shown[0] - AROUND, shown[1] + AROUND)
    middle = (start + end) / 2
    half = min(end - start, shown[1] - shown[0]) / 2
    return likeness(stretch(cut.sound, middle - half, middle + half), around) >= ALIKE


def summary(found: Sequence[Answer], changes: Sequence[Change]) -> dict[str, Any]:
    """Return a row of numbers for each change, and the misses, ready for JSON."""
    rows = []
    for change in changes:
        of = [each for each in found if each.change == change.name]
        offs = [each.off for each in of if each.off is not None]
        rows.append(
            {
                "change": change.name,
                "clips": len(of),
                "right": sum(each.right for each in of),
                "at_least": change.at_least,
                "off": median(offs) if offs else None,
                "off_most": max(offs, default=None),
            }
        )
    misses = [_missed(each) for each in found if not each.right]
    return {"films": len({each.film for each in found}), "rows": rows, "misses": misses}


def sounds(result: Told) -> Iterator[str]:
    """Yield the section of docs/benchmarks.md about sound alone."""
    yield "## Sound alone\n"
    yield (
        f"Sound cut out of {result['films']} archived films, {LENGTHS[0]:.0f} to {LENGTHS[1]:.0f} "
        f"s each (seed {result['seed']}), changed, written without picture and traced. *right*: "
        "what is named first sounds, at that moment, as the film does that was cut: the film, or "
        "another file of the same recording. *off*: seconds between the moment of the film that "
        "is said and the true one.\n"
    )
    rows = [
        (
            each["change"],
            number(each["clips"]),
            number(each["right"]),
            f"{each['right'] / max(1, each['clips']):.1%}",
            "–" if each["at_least"] is None else f"≥ {each['at_least']:.0%}",
            number(each["off"]),
            number(each["off_most"]),
        )
        for each in result["rows"]
    ]
    head = ("what was done", "clips", "right", "share", "asked for", "off, median", "off, most")
    yield from table(head, rows)
    if result["misses"]:
        yield "\nMissed:\n"
        yield from (f"- {miss}" for miss in result["misses"])


def main() -> int:
    """Index, cut, change, trace, say and save; return the exit code."""
    asked = _asked()
    folder, unrelated = asked.footage / "archive", asked.footage / "unrelated"
    if not (folder.is_dir() and unrelated.is_dir()):
        print(f"There is no {folder} with {unrelated} beside it: nothing is traced.")
        return 0 if asked.footage == FOOTAGE else 2
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="wherefrom-sounds-") as temporary:
        place = Path(temporary)
        archive = asked.archive or place / "archive"
        command = [WHEREFROM, "index", folder, "--archive", archive, "--quiet"]
        machine.run(command, allowed=(0, BAD_INPUT))
        films = {path.name: heard(path, place) for path in _files(folder)}
        found = {name: sound for name, sound in films.items() if sound is not None}
        others = _longest(unrelated, place)
        every = list(cuts(found, each=asked.cuts, seed=asked.seed))
        tasks = [(cut, change) for cut in every for change in CHANGES]
        with machine.workers(asked.workers) as pool:
            parts = [
                pool.submit(answers, part, archive, found, others)
                for part in batched(tasks, len(CHANGES))
            ]
            said = [each for part in parts for each in part.result()]
    whole = summary(said, CHANGES)
    print(*whole["rows"], *whole["misses"], sep="\n")
    print(machine.save("sounds", facts, seed=asked.seed, **whole))
    return 0


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(description="Trace sound alone, changed.")
    options.add_argument("--footage", type=Path, default=FOOTAGE)
    options.add_argument("--archive", type=Path, help="made if it is not there; else temporary")
    options.add_argument("--cuts", type=int, default=3, help="of each film")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    return options.parse_args()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _longest(folder: Path, place: Path) -> Path:
    """Return where the samples of the film with the most sound are."""
    found = [heard(path, place) for path in _files(folder)]
    return max((sound for sound in found if sound), key=lambda sound: len(np.load(sound, "r")))


def _answer(
    cut: Cut, change: Change, clip: Path, archive: Archive, sounds: Mapping[str, Path]
) -> Answer:
    report = trace(clip, archive, params=SEARCH)
    sources = [each for each in report.sources if each.channel is Channel.SOUND]
    names = tuple(each.asset.name for each in sources)
    first = sources[0] if sources else None
    right = first is not None and same(cut, change, first.segments[0], sounds[first.asset.name])
    off = reason = None
    if cut.film in names:
        segment = sources[names.index(cut.film)].segments[0]
        middle = (segment.query.start + segment.query.end) / 2
        off = abs(segment.source_time(middle) - (cut.start + change.speed * middle))
    elif not right:
        reason = _reason(clip, cut.film, archive)
    return Answer(change.name, cut.film, cut.start, right, names, off, reason)


def _reason(clip: Path, film: str, archive: Archive) -> str:
    try:
        return why(clip, archive.find(film), archive).verdict
    except UserError as error:
        return f"`why` cannot tell: {error}"


def _missed(answer: Answer) -> str:
    said = answer.named[0] if answer.named else "nothing"
    told = f"{answer.film} from {answer.start:.1f} s, {answer.change}: says {said}"
    return told if answer.reason is None else f"{told}; {answer.reason}"


if __name__ == "__main__":
    sys.exit(main())
