"""Who descends from whom among archived files, what was reused of them, and what there is."""

from dataclasses import asdict
from importlib import metadata
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.exports import coverage as coverages
from api.exports import lineage as lineages
from api.exports.texts import text
from api.web.routes.assets import NONE, asset_of
from api.web.service import Given, Service, needs
from api.web.tags import tagged
from index.errors import NotFoundError
from index.files import path_of
from lineage.kinships import digest_of, waiting
from lineage.kinships import lineage as believed
from lineage.reuse import most_reused, reuse

routes = APIRouter(prefix="/v1", tags=["lineage"], dependencies=[needs("read")])
COMMONEST = 10
"""Shots told of, those that most files show."""

type Interval = tuple[float, float]
type Channel = Literal["picture", "sound"]


class Tool(BaseModel):
    """The program that answered."""

    name: Literal["wherefrom"]
    version: str


class Known(BaseModel):
    """How far the lineage is known."""

    id: str
    waiting: int = Field(description="Files that were not related yet.")


class NodeMedia(BaseModel):
    """What a file holds."""

    duration: float
    width: int | None
    height: int | None
    frame_rate: float | None
    has_picture: bool
    has_sound: bool
    container: str
    codec: str


class Node(BaseModel):
    """A file: an archived one, one that was removed, or one nobody has seen."""

    id: str
    role: Literal["asset", "removed", "unseen"]
    asset_id: str | None
    name: str | None
    sha256: str | None
    title: str | None
    published_at: str | None
    media: NodeMedia | None


class Stretch(BaseModel):
    """What a child shows of a parent."""

    child: Interval
    parent: Interval | None
    rate: float


class Edge(BaseModel):
    """What is believed of two files."""

    parent: str
    child: str
    relation: Literal["derived", "siblings", "undetermined", "duplicate"]
    channel: Channel
    actions: list[str]
    confidence: float
    evidence: list[str]
    stretches: list[Stretch]
    method: str
    since: str
    until: str | None


class Lineage(BaseModel):
    """The lineage document (docs/lineage.schema.json)."""

    document_schema: Literal["wherefrom.lineage/1"] = Field(alias="schema")
    tool: Tool
    archive: Known
    nodes: list[Node]
    edges: list[Edge]


class Step(BaseModel):
    """How many files show a stretch."""

    interval: Interval
    descendants: int
    ancestors: int
    others: int


class Use(BaseModel):
    """What one file shows."""

    file: str
    relation: str
    stretches: list[Interval]


class Covered(BaseModel):
    """What others show on one channel."""

    channel: Channel
    seconds: dict[str, float]
    steps: list[Step]
    files: list[Use]


class Reused(BaseModel):
    """A stretch that others were made from."""

    asset: str
    channel: Channel
    interval: Interval
    at_once: int
    files: list[str]


class Coverage(BaseModel):
    """The coverage document (docs/coverage.schema.json)."""

    document_schema: Literal["wherefrom.coverage/1"] = Field(alias="schema")
    tool: Tool
    archive: Known
    asset: str | None
    channels: list[Covered]
    most_reused: list[Reused]
    nodes: list[Node]


class Failure(BaseModel):
    """A file that could not be indexed."""

    name: str
    reason: str


class Common(BaseModel):
    """A shot that many files show."""

    assets: int
    id: str
    name: str
    start: float
    end: float


class Stats(BaseModel):
    """What an archive amounts to."""

    id: str
    assets: int
    seconds: float
    codes: int
    buffered: int = Field(description="Codes that are not in a store segment yet.")
    segments: int
    bytes: int
    waiting: int = Field(description="Files that lack some codes and wait to be indexed again.")
    unrelated: int = Field(description="Files that wait to be related to the others.")
    recipes: dict[str, str] = Field(description="How codes were measured, by channel.")
    failures: list[Failure]
    commonest: list[Common]


type History = Annotated[bool, Query(description="Tell what was believed when, too.")]
type Top = Annotated[
    int, Query(ge=1, le=100, description="Stretches reused most, of each channel.")
]


@routes.get("/lineage", response_model=Lineage)
def whole(request: Request, given: Given, *, history: History = False) -> Response:
    """Tell who descends from whom among all archived files, as far as that is decided."""
    return tagged(request, _lineage(given, None, history=history))


@routes.get("/assets/{asset}/lineage", response_model=Lineage, responses={**NONE})
def of_asset(asset: str, request: Request, given: Given, *, history: History = False) -> Response:
    """Tell what hangs together with a file, archived or removed."""
    return tagged(request, _lineage(given, known(given, asset), history=history))


@routes.get("/coverage", response_model=Coverage)
def most(request: Request, given: Given, *, top: Top = 10) -> Response:
    """Tell which stretches of archived files were reused most."""
    found = most_reused(given.archive, top=top)
    return tagged(request, coverages.document(found, **_facts(given), top=top))


@routes.get("/assets/{asset}/coverage", response_model=Coverage, responses={**NONE})
def coverage(asset: str, request: Request, given: Given, *, top: Top = 10) -> Response:
    """Tell which seconds of a file others show, who, and how many at each moment."""
    found = reuse(given.archive, known(given, asset))
    return tagged(request, coverages.document(found, **_facts(given), top=top))


@routes.get("/stats", response_model=Stats, tags=["assets"])
def stats(request: Request, given: Given) -> Response:
    """Tell how much the archive holds, what could not be indexed, and which shots are common."""
    held = asdict(given.archive.stats())
    failures = [
        {"name": text(path_of(each.uri).name), "reason": text(each.reason)}
        for each in given.archive.failures()
    ]
    shared = [
        {
            "assets": each.assets,
            "id": each.asset.id,
            "name": text(each.asset.name),
            "start": round(each.start, 3),
            "end": round(each.end, 3),
        }
        for each in given.archive.commonest(limit=COMMONEST)
    ]
    more = {"failures": failures, "commonest": shared, "unrelated": waiting(given.archive)}
    return tagged(request, held | more)


def known(given: Service, name: str) -> str:
    """Return the digest of a file that is archived, or was.

    Raises:
        NotFoundError: There is none of this id.
    """
    try:
        return asset_of(given, name).digest
    except NotFoundError:
        if not (len(name) <= 64 and name.isascii() and name.isalnum()):  # noqa: PLR2004 # a digest
            raise
    try:
        return digest_of(given.archive, name)
    except NotFoundError as error:
        raise NotFoundError(
            "No file has this id, archived or removed.", hint="List them at /v1/assets."
        ) from error


def _lineage(given: Service, name: str | None, *, history: bool) -> dict[str, Any]:
    return lineages.document(believed(given.archive, name, past=history), **_facts(given))


def _facts(given: Service) -> dict[str, Any]:
    version = metadata.version("wherefrom")
    return {"archive": given.archive.id, "version": version, "waiting": waiting(given.archive)}
