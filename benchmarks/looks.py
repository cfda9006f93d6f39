"""Every stretch a trace lays beside an archived file, what it measures there, and what is true.

Both are kept: stretches that are told, and those that are looked at and refused. What the truth
leaves open (files that look the same, frames that are held, files a list of real pairs does not
name) is neither right nor wrong.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Literal

from benchmarks import machine
from benchmarks.cases import Record
from benchmarks.footage import MISPLACED, Pair
from benchmarks.queries import Film, query, written
from benchmarks.reliability import right
from index.archive import Archive
from index.errors import UserError
from index.values import AssetRow, Channel
from lineage.params import SEARCH
from lineage.trace import trace
from lineage.values import Segment

HELD, STILL = 1e-6, 4.0
"""Seconds of a film that a second of a still clip shows, and how many seconds it lasts at most."""
OFF = 0.2
"""Seconds by which the moment may be off; more than a frame of any film of the benchmark."""
CHUNK = 5
"""Clips a process is given at a time."""
WORKERS = 2

type Kind = Literal["moving", "still", "held", "sound"]
"""By what a stretch is told: pictures that move, still ones, a single one of a film, sound."""


@dataclass(frozen=True, slots=True)
class Look:
    """A stretch that was laid beside an archived file.

    Attributes:
        of: The set the clip belongs to.
        clip: The clip's name.
        asset: Name of the archived file.
        kind: By what it is told.
        query: Where it is in the clip.
        source: Where it would be in the file, in the direction it is played.
        rate: Source seconds per query second.
        likeness: Of the pictures; None for sound.
        motion: Of what moves in them; None where nothing does, and for sound.
        agreement: Of sound; None for pictures.
        seconds: How long it is; of sound, how much of it is heard.
        visible: Share of the clip's frame that shows it, times the share of the source's frame.
        told: Whether it is part of the answer.
        confidence: As the answer says; of one that is refused, what it would.
        right: Whether it is true; None where that is open.
    """

    of: str
    clip: str
    asset: str
    kind: Kind
    query: tuple[float, float]
    source: tuple[float, float]
    rate: float
    likeness: float | None
    motion: float | None
    agreement: float | None
    seconds: float
    visible: float
    told: bool
    confidence: float
    right: bool | None = None

    @property
    def channel(self) -> str:
        """Picture or sound."""
        return "sound" if self.kind == "sound" else "picture"

    def record(self) -> Record:
        """Return it as the bench's score wants a segment."""
        return {
            "archive_file": self.asset,
            "channel": self.channel,
            "query_start": self.query[0],
            "query_end": self.query[1],
            "source_start": self.source[0],
            "source_end": self.source[1],
            "rate": self.rate,
            "confidence": self.confidence,
        }


def of_cases(cases: Path, archive: Path, score: ModuleType) -> list[Look]:
    """Return all looks at a set of clips with known edits.

    Args:
        cases: The set.
        archive: Of its archived files.
        score: The bench's.
    """
    truth = {each["query"]: each for each in _records(cases / "truth.jsonl")}
    clips = [cases / "queries" / name for name in truth]
    found = traced(cases.name, clips, archive)
    return [replace(one, right=as_told(one, truth[one.clip], score)) for one in found]


def of_pairs(suspects: Path, pairs: Iterable[Pair], archive: Path, score: ModuleType) -> list[Look]:
    """Return all looks at the pictures of real altered clips."""
    truth: dict[str, list[Record]] = {}
    for pair in pairs:
        truth.setdefault(pair.suspect, []).append(_segment(pair))
    found = traced("real pairs", [suspects / name for name in truth], archive)
    return [replace(one, right=as_paired(one, truth[one.clip], score)) for one in found]


def of_films(  # noqa: PLR0913 # which clips, of what, and what is searched
    of: str,
    films: Sequence[Film],
    archive: Path,
    *,
    seed: int,
    count: int,
    shows: Callable[[str, str], bool | None],
    still: bool = False,
) -> list[Look]:
    """Return all looks at edited clips of some films.

    Args:
        of: What the set is called.
        films: Made small.
        archive: What is searched.
        seed: From 0 on; each goes on with the films where the one before it ended.
        count: How many clips.
        shows: Tells of a film and an archived file whether clips of the one show the other, by
            their names.
        still: Whether each clip holds one frame.
    """
    asked = [query(number, films, seed) for number in range(seed * count, (seed + 1) * count)]
    if still:
        asked = [replace(each, speed=HELD, length=min(each.length, STILL)) for each in asked]
    names = {f"{each.number:04d}-{each.film.name}.mp4": each for each in asked}
    with TemporaryDirectory() as folder, machine.workers(WORKERS) as pool:
        clips = [Path(folder) / name for name in names]
        every = list(pool.map(written, asked, clips, [seed] * count, chunksize=CHUNK))
        found = traced(of, every, archive)
    return [replace(one, right=shows(names[one.clip].film.name, one.asset)) for one in found]


def traced(of: str, clips: Sequence[Path], archive: Path) -> list[Look]:
    """Trace clips; return all looks at them, not judged."""
    with machine.workers(WORKERS) as pool:
        tasks = [pool.submit(_looks, of, chunk, archive) for chunk in batched(clips, CHUNK)]
        return [look for task in tasks for look in task.result()]


def as_told(look: Look, truth: Record, score: ModuleType) -> bool | None:
    """Return whether a look at a clip with known edits is right; None where that is open.

    Of a still stretch the file is judged and not the moment: one second of it is like another. One
    that lies where no file is said to be shown, such as a frame that is held, may be of any file of
    the clip.
    """
    if look.asset in truth.get("ignore", ()) or not look.rate:
        return None
    return _right(look, truth["segments"], score, off=OFF)


def as_paired(look: Look, true: Sequence[Record], score: ModuleType) -> bool | None:
    """Return whether a look at a real clip is right; None where its list does not say.

    Such lists tell of pictures, and of one file where several show the same.
    """
    if look.kind == "sound" or look.asset not in {one["archive_file"] for one in true}:
        return None
    return _right(look, true, score, off=MISPLACED)


def kept(path: Path) -> list[Look]:
    """Return looks that were written down."""
    found = (dict(each) for each in _records(path))
    return [
        Look(**{**each, "query": tuple(each["query"]), "source": tuple(each["source"])})
        for each in found
    ]


def keep(looks: Iterable[Look], path: Path) -> None:
    """Write looks down, one a line."""
    lines = (json.dumps(asdict(each), ensure_ascii=False) for each in looks)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _right(look: Look, true: Iterable[Record], score: ModuleType, *, off: float) -> bool:
    if look.kind not in {"still", "held"}:
        return right(look.record(), true, score, off=off)
    pictures = [one for one in true if one["channel"] == "picture"]
    there = [one for one in pictures if score.meet(look.query, score.axes(one)[0]) is not None]
    return look.asset in {one["archive_file"] for one in there or pictures}


def _looks(of: str, clips: Iterable[Path], archive: Path) -> list[Look]:
    found = []
    with Archive.open(archive) as opened:
        for clip in clips:
            try:
                found += list(_of_clip(of, clip, opened))
            except UserError as error:
                print(f"left out: {clip.name}: {error}")
    return found


def _of_clip(of: str, clip: Path, archive: Archive) -> Iterator[Look]:
    refused: list[tuple[AssetRow, Segment]] = []
    answer = trace(
        clip, archive, params=SEARCH, doubted=lambda row, one: refused.append((row, one))
    )
    for source in answer.sources:
        for one in source.segments:
            yield _look(of, clip.name, source.asset.name, one, told=True)
    for row, one in refused:
        yield _look(of, clip.name, archive.asset(row).name, one, told=False)


def _look(of: str, clip: str, asset: str, one: Segment, *, told: bool) -> Look:
    still: Kind = "held" if one.rate == 0 else "still"
    seen: Kind = still if one.motion is None else "moving"
    source = (one.source.start, one.source.end)
    boxes = (one.query_box, one.source_box)
    areas = [1.0 if box is None else box.area for box in boxes]
    return Look(
        of=of,
        clip=clip,
        asset=asset,
        kind="sound" if one.channel is Channel.SOUND else seen,
        query=(one.query.start, one.query.end),
        source=source if one.rate >= 0 else source[::-1],
        rate=one.rate,
        likeness=one.likeness,
        motion=one.motion,
        agreement=one.agreement,
        seconds=one.query.length if one.heard is None else one.heard,
        visible=areas[0] * areas[1],
        told=told,
        confidence=one.confidence,
    )


def _segment(pair: Pair) -> Record:
    length = pair.query[1] - pair.query[0]
    return {
        "archive_file": pair.source,
        "channel": "picture",
        "query_start": pair.query[0],
        "query_end": pair.query[1],
        "source_start": pair.shown[0],
        "source_end": pair.shown[1],
        "rate": (pair.shown[1] - pair.shown[0]) / length,
    }


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
