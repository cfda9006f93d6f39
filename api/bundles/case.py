"""The claims of one bundle, each asked again with what is at hand.

With a source's file the clip is traced again; without it codes are compared; what neither can tell
is said to be open.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from api.bundles import contents
from api.bundles.claims import Claim
from api.bundles.contents import Contents, Origin
from api.bundles.exhibits import cropped, drawn
from api.exports.document import number as rounded
from api.exports.exhibits.answers import Answer, Told
from index import files, fingerprints, measure
from index.errors import BadMediaError, UserError
from index.fingerprints import Fingerprints
from index.sandbox import Sandbox
from index.values import Channel, Interval
from lineage import prints, rerun
from lineage.derivations import Relation
from lineage.report import clock, readable
from lineage.rerun import FILE_NEEDED, Level, Outcome, Stretch, Verdict
from lineage.values import Hint, Report

ARCHIVE_NEEDED = "the archive"
OTHER_CLIP = Outcome(Verdict.OPEN, "the clip in the bundle is another file", "the answer's clip")
LENGTH = 0.0015
"""Seconds by which two lengths that were rounded to a millisecond may differ."""
CROP = "crop-clip.png"
"""What an exhibit shows of the clip alone."""
ID = 16
"""Digits of a digest that are a file's id in an archive."""

type Progress = Callable[[str, float], None]
"""Told the stage and which share of it is done."""
type Document = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A bundle whose bag is whole, and what is at hand.

    Attributes:
        data: Its `data`.
        table: Its table of contents.
        document: Its answer as JSON, of the right form.
        told: The same, read.
        at_hand: Sources' files, by their SHA-256.
        progress: Told how far it is.
        known: What tracing again gave so far.
    """

    data: Path
    table: Contents
    document: Document
    told: Answer
    at_hand: Mapping[str, Path]
    progress: Progress
    known: dict[Level, Report] = field(default_factory=dict)

    def claims(self) -> Iterator[Claim]:
        """Yield every claim with what became of it."""
        same = files.digest(self.clip) == self.told.query.digest
        yield Claim("clip", 1, "the answer is about the clip in the bundle", _same(same))
        yield Claim("custody", 1, "the log names the files as they are", self._logged())
        asked = self._asked() if same else self._unasked()
        yield from asked

    @property
    def clip(self) -> Path:
        """The query's file."""
        return self.data / self.table.clip.file

    def _asked(self) -> Iterator[Claim]:
        yield Claim("clip", 2, "the clip's length, size and rate", self._facts())
        yield Claim("clip", 3, "the clip's codes", self._own_codes())
        for number, origin in enumerate(self.table.sources, 1):
            words = f"the codes of {readable(origin.name)}"
            if origin.fingerprint is not None:  # else nothing is claimed of them
                yield Claim("source", number, words, self._codes_of(origin))
        for number, (words, stretch) in enumerate(self._stretches(), 1):
            yield Claim("stretch", number, words, self._stretch(stretch))
        for number, finding in enumerate(self.told.findings, 1):
            words = f"{finding.kind.value}, {_when(self.document['findings'][number - 1])}"
            yield Claim("finding", number, words, self._finding(number))
            if number in self.told.told and number in self.table.exhibits:
                yield Claim("exhibit", number, f"of {words}", self._exhibit(number))
        for number, gap in enumerate(self.document["unexplained"], 1):
            words = f"no source of the {gap['channel']}, {_when(gap)}: {gap['reason']}"
            said = "whether an archive holds it can be asked there alone"
            outcome = Outcome(Verdict.OPEN, said, ARCHIVE_NEEDED)
            yield Claim("unexplained", number, words, outcome)
        for number, edge in enumerate(self.document["lineage"]["edges"], 1):
            yield Claim("relation", number, self._edge(edge), self._related(edge))

    def _unasked(self) -> Iterator[Claim]:
        """Yield the answer's claims where the clip is another one, so that none can be asked."""
        for number, (words, _) in enumerate(self._stretches(), 1):
            yield Claim("stretch", number, words, OTHER_CLIP)
        for number, finding in enumerate(self.told.findings, 1):
            yield Claim("finding", number, finding.kind.value, OTHER_CLIP)
        for number, edge in enumerate(self.document["lineage"]["edges"], 1):
            yield Claim("relation", number, self._edge(edge), OTHER_CLIP)

    def _stretches(self) -> Iterator[tuple[str, Stretch]]:
        for source in self.told.sources:
            for one in source.segments:
                digest = source.file.digest
                stretch = Stretch(digest, one.channel, one.query, one.source, one.rate)
                word = "sounds like" if one.channel is Channel.SOUND else "shows"
                name = readable(source.file.name)
                yield f"{_span(one.query)} {word} {name} {_span(one.source)}", stretch

    def _logged(self) -> Outcome:
        """Return whether the custody log names files as they are."""
        deeds = contents.deeds(self.data)
        there = {name: self._digest(name) for deed in deeds for name in deed.products}
        for deed in deeds:
            for name, digest in deed.products.items():
                if there[name] != digest:
                    said = f"{files.shown(Path(name))} is not what came of “{deed.action}”"
                    return Outcome(Verdict.CONTRADICTED, said, firm=True)
        return Outcome(Verdict.CONFIRMED, "each file it names has the SHA-256 it names")

    def _digest(self, name: str) -> str | None:
        """Return the SHA-256 of a file of the bundle; None where there is none."""
        path = self.data / name
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        return files.digest(path) if inside and path.is_file() else None

    def _facts(self) -> Outcome:
        query = self.document["query"]
        with Sandbox() as sandbox:
            media = sandbox.run(measure.media, self.clip)
        rate = None if media.frame_rate is None else rounded(media.frame_rate, 6)
        found = {
            "width": media.width or None,
            "height": media.height or None,
            "frame_rate": rate,
            "has_picture": media.has_picture,
            "has_sound": media.has_sound,
        }
        other = [name for name, value in found.items() if name in query and query[name] != value]
        if abs(media.duration - query["duration"]) > LENGTH:
            other.insert(0, "duration")
        if other:
            said = f"measured again, another {' and '.join(other)}"
            return Outcome(Verdict.CONTRADICTED, said)
        return Outcome(Verdict.CONFIRMED, "measured again, they are the same")

    def _own_codes(self) -> Outcome:
        return self._same_codes(self.table.clip.fingerprint, self._query_prints)

    def _codes_of(self, origin: Origin) -> Outcome:
        path = self.at_hand.get(origin.sha256)
        if path is None:
            said = "its file is not at hand to measure them again"
            return Outcome(Verdict.OPEN, said, FILE_NEEDED)
        return self._same_codes(origin.fingerprint, _measured(path))

    def _same_codes(self, kept: str | None, measured: Fingerprints | None) -> Outcome:
        """Return whether codes in the bundle are those that are measured now."""
        if kept is None or measured is None:
            agree = kept is None and measured is None
            said = "there are none" if agree else "there are some, or none, unlike then"
            return Outcome(Verdict.CONFIRMED if agree else Verdict.CONTRADICTED, said)
        there = self.data / kept
        if there.is_file() and _codes(there) == _unversioned(fingerprints.line(measured)):
            return Outcome(Verdict.CONFIRMED, "measured again, they are the same bit for bit")
        return Outcome(Verdict.CONTRADICTED, "measured again, they are others")

    @cached_property
    def _query_prints(self) -> Fingerprints | None:
        self.progress("codes", 0.1)
        return _measured(self.clip)

    @cached_property
    def _source_prints(self) -> Mapping[str, Fingerprints]:
        """Codes kept of sources, by the SHA-256 of their files."""
        kept = {one.sha256: one.fingerprint for one in self.table.sources if one.fingerprint}
        return {digest: fingerprints.read(self.data / name) for digest, name in kept.items()}

    @cached_property
    def _hints(self) -> Sequence[Hint]:
        if self._query_prints is None:
            return ()
        try:
            return rerun.hints(self._query_prints, self._source_prints)
        except BadMediaError:  # they were measured another way than the clip's are now
            return ()

    def _again(self, ask: Callable[[Report], Outcome]) -> Outcome:
        """Return whether a claim holds when the clip is traced again, whatever the density.

        How densely an archive indexed its files is not known. So a claim holds if any density
        gives it, and the others are tried only where the first does not.
        """
        outcomes = (ask(self._traced(level)) for level in self._levels)
        first = next(outcomes)
        if first.verdict is Verdict.CONFIRMED:
            return first
        return next((one for one in outcomes if one.verdict is Verdict.CONFIRMED), first)

    @property
    def _levels(self) -> tuple[Level, ...]:
        """The densities that are tried, likeliest first: two files are compared at the densest."""
        if self.document["archive"]["assets"] == 1:
            return (Level.DENSE, Level.STANDARD, Level.SPARSE)
        return (Level.STANDARD, Level.DENSE, Level.SPARSE)

    def _traced(self, level: Level) -> Report:
        if level not in self.known:
            self.known[level] = rerun.traced(
                self.clip,
                list(self.at_hand.values()),
                level=level,
                progress=lambda stage, share: self.progress(stage, 0.3 + 0.6 * share),
            )
        return self.known[level]

    def _stretch(self, stretch: Stretch) -> Outcome:
        if stretch.digest in self.at_hand:
            return self._again(lambda again: rerun.stretch(stretch, again))
        query, source = self._query_prints, self._source_prints.get(stretch.digest)
        if query is None or source is None:
            return Outcome(Verdict.OPEN, "no codes of it are in the bundle", FILE_NEEDED)
        told = rerun.by_codes(stretch, query, source)
        return rerun.by_hints(stretch, self._hints) if told is None else told

    def _finding(self, number: int) -> Outcome:
        finding = self.told.findings[number - 1]
        told = self.told.told.get(number)
        digest = None if told is None else told.source.digest
        needed = {digest} if digest else {one.file.digest for one in self.told.sources}
        if not needed <= set(self.at_hand):
            said = "what was done to a source is seen beside it alone"
            return Outcome(Verdict.OPEN, said, FILE_NEEDED)
        if not needed:
            return Outcome(Verdict.OPEN, "it is told of no source", ARCHIVE_NEEDED)
        return self._again(lambda again: rerun.finding(finding, digest, again))

    def _exhibit(self, number: int) -> Outcome:
        told, folder = self.told.told[number], self.data / contents.finding_folder(number)
        odd = _odd_exhibit(folder, told, self.told)
        if odd:
            return Outcome(Verdict.CONTRADICTED, odd, firm=True)
        if told.source.digest not in self.at_hand:
            return self._half(folder, told)
        parts = self._drawn.get(number)
        if parts is None:
            return Outcome(Verdict.CONTRADICTED, "drawn again, there is nothing to show")
        wrong = [name for name, made in parts.items() if not _holds(folder / name, made)]
        if wrong:
            return Outcome(Verdict.CONTRADICTED, f"drawn again, {', '.join(wrong)} differs")
        said = f"drawn again, all {len(parts)} files are the same bit for bit"
        return Outcome(Verdict.CONFIRMED, said)

    def _half(self, folder: Path, told: Told) -> Outcome:
        """Return what can be said of an exhibit by the clip alone."""
        made = cropped(told, self.clip)
        if made is None:
            said = "it is about this finding; both files are needed to draw it again"
            return Outcome(Verdict.OPEN, said, FILE_NEEDED)
        if not _holds(folder / CROP, made):
            return Outcome(Verdict.CONTRADICTED, f"drawn again of the clip alone, {CROP} differs")
        said = f"{CROP} is the same bit for bit; the rest shows both files"
        return Outcome(Verdict.OPEN, said, FILE_NEEDED)

    @cached_property
    def _drawn(self) -> Mapping[int, Mapping[str, bytes]]:
        self.progress("exhibits", 0.9)
        return dict(drawn(self.told, self.clip, self.at_hand))

    def _edge(self, edge: Document) -> str:
        names = {one.file.digest[:ID]: readable(one.file.name) for one in self.told.sources}
        parent, child = (names.get(edge[end], "the clip") for end in ("parent", "child"))
        return f"{child}, of {parent}: {edge['relation']} ({edge['channel']})"

    def _related(self, edge: Document) -> Outcome:
        ids = {one.file.digest[:ID]: one.file.digest for one in self.told.sources}
        backwards = edge["parent"] == "query"
        digest = ids.get(edge["child"] if backwards else edge["parent"])
        if digest is None:
            return Outcome(Verdict.OPEN, "it relates files that are no sources", ARCHIVE_NEEDED)
        if digest not in self.at_hand:
            said = "which was made from which is seen in both files alone"
            return Outcome(Verdict.OPEN, said, FILE_NEEDED)
        relation, channel = Relation(edge["relation"]), edge["channel"]
        return self._again(
            lambda again: rerun.relation(
                relation, digest, again, backwards=backwards, channel=channel
            )
        )


def _same(same: bool) -> Outcome:  # noqa: FBT001 # whether it is
    if same:
        return Outcome(Verdict.CONFIRMED, "the SHA-256 of its bytes is the one in the answer")
    said = "the clip's bytes have another SHA-256 than the answer names"
    return Outcome(Verdict.CONTRADICTED, said, firm=True)


def _measured(path: Path) -> Fingerprints | None:
    """Return a file's codes; None where nothing in it can be recognised."""
    try:
        return prints.fingerprints(path, named=False)
    except UserError:
        return None


def _codes(path: Path) -> Document | None:
    try:
        return _unversioned(contents.text_of(path))
    except (OSError, ValueError, RecursionError):
        return None


def _unversioned(text: str) -> Document:
    """Return a fingerprint file's content without the program's version."""
    content: Document = json.loads(text)
    return {name: value for name, value in content.items() if name != "tool"}


def _odd_exhibit(folder: Path, told: Told, answer: Answer) -> str:
    """Return why an exhibit cannot be that of a finding; empty where it may be."""
    try:
        said = json.loads(contents.text_of(folder / "exhibit.json"))
        named = {word: said["files"][word]["sha256"] for word in ("clip", "source")}
        pictures = {one["name"]: one["sha256"] for one in said["pictures"]}
        finding = said["finding"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "it has no exhibit.json that can be read"
    if named != {"clip": answer.query.digest, "source": told.source.digest}:
        return "it is of other files than the answer names"
    if finding != told.document:
        return "it is about another finding than the answer's"
    there = {path.name for path in folder.iterdir()} - {"exhibit.json"}
    if there != set(pictures):
        return "it has other files than it names"
    wrong = [name for name, digest in pictures.items() if files.digest(folder / name) != digest]
    return f"{', '.join(wrong)} is not the picture it was" if wrong else ""


def _holds(path: Path, made: bytes) -> bool:
    """Return whether a file holds these bytes."""
    return path.is_file() and path.stat().st_size == len(made) and path.read_bytes() == made


def _when(told: Document) -> str:
    start, end = told["query"]
    return f"{clock(start)}–{clock(end)}"


def _span(interval: Interval) -> str:
    return f"{clock(interval.start)}–{clock(interval.end)}"
