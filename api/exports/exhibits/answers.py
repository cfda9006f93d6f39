"""A document of `trace` or `compare`, read again: its findings and what they were told of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, FiniteFloat, StringConstraints

from index.errors import BadMediaError, NotFoundError, called
from index.files import unreadable
from index.values import Box, Channel, Interval
from lineage.findings import Finding, Kind
from lineage.values import Segment

SCHEMA = "wherefrom.trace/1"

type Numbers = tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a document names.

    Attributes:
        name: Its own name.
        uri: Where it was.
        digest: SHA-256 of its bytes, 64 lower-case hex digits.
    """

    name: str
    uri: str
    digest: str


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of which a document tells the source.

    Attributes:
        finding: What was done.
        segment: How the query shows the source there.
        source: The source's file.
        document: The finding as the document has it.
    """

    finding: Finding
    segment: Segment
    source: Named
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cited:
    """A source that a document names.

    Attributes:
        file: The source's file.
        segments: Which stretches of the query show it, and how.
    """

    file: Named
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a document says.

    Attributes:
        query: The clip.
        rate: Its frames a second; None where that is not said.
        sources: In the document's order.
        findings: All of them, likewise.
        told: Those of which a source is told, by their number in that order, from 1.
    """

    query: Named
    rate: float | None
    sources: tuple[Cited, ...]
    findings: tuple[Finding, ...]
    told: Mapping[int, Told]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Of all findings, in the document's order."""
        return tuple(one.kind for one in self.findings)


def read(path: Path, clip: str | None = None) -> Answer:
    """Return what a file that `--json` wrote says of a clip.

    Args:
        path: The file, a document a line.
        clip: The clip's name; None where the file is about one alone.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds something else, or several answers.
        NotFoundError: None of its answers is about that clip.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise _odd(path) from error
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        documents = [json.loads(line) for line in lines if line.strip()]
        answers = [(one, _Answer.model_validate(one)) for one in documents]
        document, answer = _chosen(answers, path, clip)
        return _read(document, answer)
    except (ValueError, RecursionError) as error:  # also what pydantic and values refuse
        raise _odd(path) from error


class _File(BaseModel):
    name: str
    uri: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Query(_File):
    frame_rate: FiniteFloat | None = None


class _Geometry(BaseModel):
    query_box: Numbers | None = None
    inside: Numbers | None = None
    negative: bool = False
    homography: Annotated[tuple[FiniteFloat, ...], Field(min_length=9, max_length=9)] | None = None


class _Segment(BaseModel):
    query: tuple[FiniteFloat, FiniteFloat]
    source: tuple[FiniteFloat, FiniteFloat]
    rate: FiniteFloat
    confidence: FiniteFloat
    frame_exact: bool
    geometry: _Geometry | None = None


class _Source(BaseModel):
    asset: _File
    segments: Annotated[list[_Segment], Field(min_length=1)]
    channel: Literal["picture", "sound"]


class _Finding(BaseModel):
    kind: Kind
    channel: Literal["picture", "sound"]
    query: tuple[FiniteFloat, FiniteFloat]
    source_index: Annotated[int, Field(ge=0)] | None = None
    box: Numbers | None = None
    confidence: FiniteFloat
    measures: dict[str, FiniteFloat] = {}


class _Answer(BaseModel):
    form: Annotated[str, Field(alias="schema", pattern=f"^{SCHEMA}$")]
    query: _Query
    sources: list[_Source]
    findings: list[_Finding]


def _chosen(
    answers: list[tuple[dict[str, Any], _Answer]], path: Path, clip: str | None
) -> tuple[dict[str, Any], _Answer]:
    """Return the answer about a clip."""
    named = [one for one in answers if clip in {None, one[1].query.name}]
    if not named and clip is not None:
        raise NotFoundError(
            f"{called(path)} holds no answer about {clip}.", hint="Check the clip's name."
        )
    if len(named) > 1:
        raise BadMediaError(
            f"{called(path)} holds {len(named)} answers.",
            hint="Say which by --clip NAME; clips of one name need a file each.",
        )
    if not named:
        raise _odd(path)
    return named[0]


def _read(document: dict[str, Any], answer: _Answer) -> Answer:
    sources = tuple(_cited(each) for each in answer.sources)
    findings = tuple(_finding(each) for each in answer.findings)
    told = {
        number: _told(each, sources, document["findings"][number - 1])
        for number, each in enumerate(findings, 1)
        if each.source_index is not None
    }
    return Answer(_named(answer.query), answer.query.frame_rate, sources, findings, told)


def _cited(source: _Source) -> Cited:
    channel = _channel(source.channel)
    return Cited(_named(source.asset), tuple(_segment(one, channel) for one in source.segments))


def _finding(each: _Finding) -> Finding:
    return Finding(
        each.kind,
        _channel(each.channel),
        Interval(*each.query),
        each.confidence,
        source_index=each.source_index,
        box=None if each.box is None else Box(*each.box),
        measures=each.measures,
    )


def _told(finding: Finding, sources: Sequence[Cited], copy: dict[str, Any]) -> Told:
    """Return a finding beside the source it is told of.

    Raises:
        ValueError: There is no such source.
    """
    index = finding.source_index or 0
    if index >= len(sources):
        raise ValueError(f"there is no source {index}")
    segment = max(sources[index].segments, key=lambda one: one.query.overlap(finding.query))
    return Told(finding, segment, sources[index].file, copy)


def _segment(told: _Segment, channel: Channel) -> Segment:
    geometry = told.geometry or _Geometry()
    return Segment(
        Interval(*told.query),
        Interval(*told.source),
        told.rate,
        channel,
        "negative" if geometry.negative else "plain",
        told.confidence,
        told.frame_exact,
        query_box=None if geometry.query_box is None else Box(*geometry.query_box),
        across=None if geometry.homography is None else geometry.homography[:6],
        inside=None if geometry.inside is None else Box(*geometry.inside),
    )


def _channel(name: str) -> Channel:
    return {"picture": Channel.PICTURE, "sound": Channel.SOUND}[name]


def _named(file: _File) -> Named:
    return Named(file.name, file.uri, file.sha256)


def _odd(path: Path) -> BadMediaError:
    return BadMediaError(
        f"{called(path)} is no answer of wherefrom trace or compare.",
        hint="Name a file that --json wrote.",
    )
