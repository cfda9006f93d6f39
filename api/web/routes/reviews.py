"""Findings of a trace as cards, their pictures, and what people said of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from pathlib import Path
from time import time
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field, model_validator

from api.exports.exhibits import answers, plates
from api.exports.exhibits.answers import Told
from api.exports.exhibits.files import made
from api.exports.exhibits.plates import Files
from api.exports.exhibits.sheets import png
from api.exports.stills import beside
from api.exports.texts import text
from api.web.routes.media import PRIVATE, Making, answered, found, waiting
from api.web.routes.traces import owned
from api.web.service import Asking, Caller, Given, Service, needs
from api.work import judging, tracing
from index.catalogue import reviews
from index.catalogue.reviews import Verdict
from index.catalogue.tasks import Task
from index.errors import NotFoundError
from index.sandbox import Sandbox
from index.values import WHOLE
from lineage.exhibits import Case, Exhibitor, showable
from lineage.findings import SOUNDING, Finding
from lineage.report import MEANINGS, doubt, explained, readable, weighed, when
from lineage.values import Report, Source

routes = APIRouter(prefix="/v1/traces/{trace}", tags=["findings"], dependencies=[needs("read")])
EXHIBITS = "exhibits"
"""In the folder of a trace: pictures of its findings, a folder for each."""
LONGEST_COMMENT = 2_000
CARD = 480
"""Pixels of the long side of a card's pictures."""

type Number = Annotated[
    int, InPath(ge=1, le=99_999, description="Of the finding in the answer, from 1.")
]


class Plate(StrEnum):
    """A picture of a finding."""

    CLIP = "clip"
    SOURCE = "source"
    PAIR = "pair"
    STRIP = "strip"
    HEAT = "heat"
    CROP_CLIP = "crop-clip"
    CROP_SOURCE = "crop-source"
    SPECTROGRAMS = "spectrograms"


class Opinion(BaseModel):
    """What a person says of a finding."""

    verdict: Verdict | None = Field(
        default=None, description="null for a comment that decides nothing.", examples=["confirmed"]
    )
    comment: str | None = Field(
        default=None, max_length=LONGEST_COMMENT, examples=["The original shows another face."]
    )

    @model_validator(mode="after")
    def says_something(self) -> "Opinion":
        """Refuse what says nothing."""
        if self.verdict is None and not (self.comment or "").strip():
            raise ValueError("it has neither a verdict nor a comment")
        return self


class Review(BaseModel):
    """What a person said of a finding, who and when. Nothing that was said is overwritten."""

    finding: int = Field(description="Of the finding in the answer, from 1.", examples=[1])
    verdict: Verdict | None
    comment: str | None
    who: str = Field(description="The id of a key, or `local`.", examples=["local"])
    name: str | None = Field(
        description="Of that key; null for `local`, or once the key is forgotten.",
        examples=["Desk of facts"],
    )
    at: datetime
    withdrawn: bool = Field(
        description="Whether it only takes back what the same person said before."
    )
    standing: bool = Field(
        description="Whether it is the last word of that person on the finding, and stands beside "
        "those of others."
    )


class Reviews(BaseModel):
    """A page of what was said of a trace's findings, word by word, the oldest first."""

    items: list[Review]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class Card(BaseModel):
    """A finding for a person to judge."""

    finding: int = Field(description="Its number in the answer, from 1.", examples=[1])
    kind: str = Field(examples=["face-replaced"])
    title: str = Field(examples=["Face replaced"])
    channel: str = Field(examples=["picture"])
    significance: str = Field(examples=["alters-meaning"])
    sentence: str = Field(description="What was done.")
    means: str = Field(description="What that says about the clip.")
    not_means: str = Field(description="What it does not say.")
    query: tuple[float, float] = Field(description="Seconds in the clip.", examples=[[3.4, 11.9]])
    when: str = Field(description="The same as people read it.", examples=["0:03.4–0:11.9"])
    strongest: float = Field(description="When it is seen best, in the clip.")
    box: tuple[float, float, float, float] | None = Field(description="In the clip's frame.")
    source: int | None = Field(description="Index of the source it is told of.")
    source_name: str | None
    confidence: float = Field(ge=0, le=1)
    doubt: str | None = Field(
        description="Of how many honest copies this kind was told wrongly.",
        examples=["Told wrongly of none of 672 honest copies."],
    )
    plates: list[Plate] = Field(description="Pictures there are; each is made when asked for.")
    review: Review | None = Field(description="The last word of whoever spoke last.")
    reviews: list[Review] = Field(description="The last word of each person, in order.")
    mine: Review | None = Field(description="The last word of whoever asks.")
    decided: Verdict | None = Field(
        description="The verdict of all who gave one; null where nobody did, or they disagree."
    )
    disputed: bool = Field(
        description="Whether some confirm what others reject: then it is not decided."
    )


class Cards(BaseModel):
    """A trace's findings, those first that alter the meaning."""

    items: list[Card]


@routes.get("/findings")
def findings(trace: str, given: Given, asking: Asking) -> Cards:
    """List the findings as cards: what was done, what it means and does not, what people said."""
    task = owned(given, asking, trace)
    report = answered(given, task)
    return Cards(items=cards(given, task, asking, report, weighed(report.findings)))


@routes.get(
    "/exhibits/{finding}/{plate}",
    response_class=FileResponse,
    responses={200: {"content": {"image/png": {}}, "description": "The picture."}},
)
def exhibit(  # noqa: PLR0913 # which picture, and what every request is given
    *, trace: str, finding: Number, plate: Plate, given: Given, asking: Asking, making: Making
) -> FileResponse:
    """Return a picture of a finding; it is made from both files when first asked for."""
    task = owned(given, asking, trace)
    report = answered(given, task)
    one = _finding(report, finding)
    if one.source_index is None or plate not in _plates(one, report.sources[one.source_index]):
        raise _no_picture(finding)
    source = report.sources[one.source_index]
    folder, path = given.desk.folder(task.id), found(given, source.asset)
    answer = answers.read(folder / tracing.ANSWER)
    told = answer.told[finding]
    rates = report.query.media.frame_rate, source.asset.media.frame_rate
    case = Case(told.finding, told.segment, folder / tracing.CLIP, path, *rates)
    files = Files(answer.query, told.source)
    with waiting(), tracing.naming(task.name):
        (folder / EXHIBITS).mkdir(exist_ok=True)
        place = making.made(folder / EXHIBITS / str(finding), partial(_draw, told, case, files))
    if not (place / f"{plate}.png").is_file():
        raise _no_picture(finding)
    return FileResponse(place / f"{plate}.png", media_type="image/png", headers=PRIVATE)


@routes.get("/reviews")
def listed(
    trace: str,
    given: Given,
    asking: Asking,
    *,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Reviews:
    """List every word that people said of the findings, in order; what stands is marked."""
    task = owned(given, asking, trace)
    with given.desk.reading() as change:
        said = reviews.listed(change, task.number, after=int(cursor or 0), most=limit + 1)
        standing = reviews.standing(change, task.number)
    names = judging.named(given.desk, said)
    stand = {one.number for every in standing.values() for one in every}
    items = [_told(one, names, standing=one.number in stand) for one in said[:limit]]
    return Reviews(items=items, next=str(said[limit - 1].number) if len(said) > limit else None)


@routes.put("/reviews/{finding}", dependencies=[needs("trace")])
def put(trace: str, finding: Number, opinion: Opinion, given: Given, asking: Asking) -> Review:
    """Confirm, reject or comment on a finding: it stands instead of what one said of it before.

    What others said stands beside it. Each word is kept.
    """
    task = owned(given, asking, trace)
    _finding(answered(given, task), finding)
    comment = text(opinion.comment.strip()) if opinion.comment else None
    one = reviews.Review(str(finding), opinion.verdict, comment or None, asking.id, time())
    with given.desk.changing() as change:
        one = reviews.add(change, task.number, one)
    return _told(one, judging.named(given.desk, [one]), standing=True)


@routes.delete(
    "/reviews/{finding}", dependencies=[needs("trace")], status_code=HTTPStatus.NO_CONTENT
)
def delete(trace: str, finding: Number, given: Given, asking: Asking) -> None:
    """Take back what one said of a finding; that it was said and taken back is kept."""
    task = owned(given, asking, trace)
    with given.desk.changing() as change:
        if not reviews.withdraw(change, task.number, str(finding), asking.id, now=time()):
            raise NotFoundError(
                f"You said nothing of finding {finding}.", hint="See the trace's reviews."
            )


def cards(
    given: Service, task: Task, asking: Caller, report: Report, wanted: Sequence[Finding]
) -> list[Card]:
    """Return some findings of a trace as cards."""
    told = standing(given, task)
    there = {
        index: given.archive.file(report.sources[index].asset) is not None
        for index in {one.source_index or 0 for one in wanted}
        if index < len(report.sources)
    }
    numbers = {id(one): number for number, one in enumerate(report.findings, 1)}
    return [
        _card(numbers[id(one)], one, report, there, _opinions(told, numbers[id(one)], asking))
        for one in wanted
    ]


def standing(given: Service, task: Task) -> Mapping[int, Sequence[Review]]:
    """Return the last word of each person on a trace's findings, by number."""
    with given.desk.reading() as change:
        said = reviews.standing(change, task.number)
    names = judging.named(given.desk, (one for every in said.values() for one in every))
    return {
        int(finding): [_told(one, names, standing=True) for one in every]
        for finding, every in said.items()
    }


def _opinions(
    told: Mapping[int, Sequence[Review]], number: int, asking: Caller
) -> Mapping[str, Any]:
    """Return what a card says of what people said of its finding."""
    said = told.get(number, ())
    verdicts = {one.verdict for one in said} - {None}
    return {
        "review": said[-1] if said else None,
        "reviews": list(said),
        "mine": next((one for one in said if one.who == asking.id), None),
        "decided": next(iter(verdicts)) if len(verdicts) == 1 else None,
        "disputed": len(verdicts) > 1,
    }


def _finding(report: Report, number: int) -> Finding:
    if number > len(report.findings):
        raise NotFoundError(
            f"There is no finding {number}: the answer lists {len(report.findings)}.",
            hint="Count them from 1, as the answer lists them.",
        )
    return report.findings[number - 1]


def _no_picture(number: int) -> NotFoundError:
    return NotFoundError(f"Of finding {number} there is no such picture.", hint="See its `plates`.")


def _card(
    number: int,
    one: Finding,
    report: Report,
    there: Mapping[int, bool],
    opinions: Mapping[str, Any],
) -> Card:
    source = None if one.source_index is None else report.sources[one.source_index]
    meaning, words = MEANINGS[one.kind], one.kind.value.replace("-", " ")
    middle = (one.query.start + one.query.end) / 2
    return Card(
        finding=number,
        kind=one.kind.value,
        title=words[:1].upper() + words[1:],
        channel=one.channel.name.lower(),
        significance=one.significance.value,
        sentence=readable(explained(one, report.sources)),
        means=meaning.means,
        not_means=meaning.not_means,
        query=(one.query.start, one.query.end),
        when=when(one),
        strongest=one.measures.get("strongest", middle),
        box=None if one.box is None else (one.box.x0, one.box.y0, one.box.x1, one.box.y1),
        source=one.source_index,
        source_name=None if source is None else readable(source.asset.name),
        confidence=one.confidence,
        doubt=doubt(one) or None,
        plates=list(_plates(one, source)) if there.get(one.source_index or 0) else [],
        **opinions,
    )


def _plates(one: Finding, source: Source | None) -> tuple[Plate, ...]:
    """Return which pictures there may be of a finding."""
    if source is None:
        return ()
    segment = max(source.segments, key=lambda each: each.query.overlap(one.query))
    if not showable(one, segment):
        return ()
    return (Plate.SPECTROGRAMS,) if one.kind in SOUNDING else tuple(Plate)[:-1]


def _draw(told: Told, case: Case, files: Files, sandbox: Sandbox, fresh: Path) -> None:
    """Write the pictures of a finding into a folder."""
    exhibitor = Exhibitor(sandbox)
    for name, data in made(told, case, files, exhibitor).items():
        (fresh / name).write_bytes(data)
    seen = None if case.sound else exhibitor.seen(case, wide=plates.WIDE)
    if seen is not None:
        clip, source = beside(seen.strongest, seen, long=CARD)
        (fresh / "clip.png").write_bytes(png(plates.crop(clip, WHOLE)))
        (fresh / "source.png").write_bytes(png(plates.crop(source, WHOLE)))


def _told(one: reviews.Review, names: Mapping[str, str], *, standing: bool) -> Review:
    return Review(
        finding=int(one.finding),
        verdict=one.verdict,
        comment=one.comment,
        who=one.who,
        name=names.get(one.who),
        at=datetime.fromtimestamp(one.at, UTC),
        withdrawn=one.withdrawn,
        standing=standing,
    )
