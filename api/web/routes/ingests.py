"""Ingests: a folder of the server is added to the archive, and what could not be is listed."""

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from time import time
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.web import telling
from api.web.problems import RefusedError
from api.web.service import Asking, Caller, Given, Service, needs, token
from api.web.telling import EVENTS, at, maybe, owned
from api.work import ingesting
from index import files
from index.catalogue import happenings, tasks
from index.catalogue.jobs import Failure
from index.catalogue.tasks import State, Task
from index.errors import NotFoundError

routes = APIRouter(prefix="/v1", tags=["ingests"], dependencies=[needs("ingest")])
KEPT = 30 * 24 * 3600.0
"""Seconds for which it is kept what became of an ingest."""
MENDING = "See that the file plays, put a whole copy in its place, and add its folder again."


class Folder(BaseModel):
    """What is to be added."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"path": "news/2024"}]})

    path: str = Field(
        max_length=4096,
        pattern=r"^[^\x00]*$",
        description="A folder or a file below one of those that the setting `ingest_roots` opens, "
        "as it is called from there; an empty path is all of the first of them. A whole path of "
        "the server may be given too.",
    )


class Tally(BaseModel):
    """What became of the files so far."""

    files: int = Field(description="That were found.")
    done: int = Field(description="Of them, looked at.")
    added: int = Field(description="Of these, new in the archive.")
    known: int = Field(description="Of these, there already, copies included.")
    failed: int = Field(description="Of these, could not be added.")
    bytes: int = Field(description="Of all files.")
    read: int = Field(description="Of those that are done.")
    footage: float = Field(description="Seconds of footage that were measured.")
    speed: float | None = Field(description="Of these, for each second that went by.")
    left: float | None = Field(description="Seconds that it may still take; null where unknown.")


class Ingest(BaseModel):
    """One ingest: what was asked for and where it is."""

    id: str = Field(examples=["q0Zb3yJtT1mYc8nXw5dKfA"])
    name: str = Field(description="Of the folder, below the one that was opened.")
    state: State
    stage: str | None = Field(
        description="What is being done now; “waiting for the archive” while another writes to it."
    )
    share: float = Field(ge=0, le=1, description="How much is done, by bytes.")
    tally: Tally | None = Field(description="Null before the first file was looked at.")
    problem: Mapping[str, Any] | None = Field(description="Where it failed: why, and what to do.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    links: Mapping[str, str] = Field(description="Addresses of what belongs to it.")


class Ingests(BaseModel):
    """A page of ingests, the newest first."""

    items: list[Ingest]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class Unread(BaseModel):
    """A file that could not be added."""

    name: str = Field(description="Of the file.")
    path: str | None = Field(
        description="Below the folder that was opened; null where it lies in none."
    )
    reason: str = Field(description="Why, in one sentence.")
    mending: str = Field(description="What to do.")
    attempts: int = Field(description="How often it was tried.")
    at: datetime = Field(description="When that was last.")


class Failures(BaseModel):
    """A page of files that could not be added, the last tried first."""

    items: list[Unread]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


@routes.post("/ingests", status_code=HTTPStatus.ACCEPTED)
def begin(given: Given, asking: Asking, response: Response, body: Folder) -> Ingest:
    """Add a folder of the server to the archive, as `wherefrom index` does.

    It waits for other ingests, and for whoever else writes to the archive. What is there already
    is skipped, so it may be asked for again at any time.
    """
    task = queued(given, asking, body.path)
    response.headers["Location"] = f"/v1/ingests/{task.id}"
    return _told(task, None)


@routes.get("/ingests")
def listed(
    given: Given,
    asking: Asking,
    *,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Ingests:
    """List one's own ingests; an admin's list holds everyone's."""
    return page(given, asking, before=None if cursor is None else int(cursor), most=limit)


@routes.get("/ingests/{ingest}")
def one(ingest: str, given: Given, asking: Asking) -> Ingest:
    """Tell where an ingest is."""
    return _now(given, owned(given, asking, ingest, kind="ingest"))


@routes.post("/ingests/{ingest}/cancel")
def cancel(ingest: str, given: Given, asking: Asking) -> Ingest:
    """Stop an ingest that has not ended; what was added stays."""
    task = owned(given, asking, ingest, kind="ingest")
    with given.desk.changing() as change:
        tasks.finish(change, task.number, State.CANCELLED, None, now=time())
    return _now(given, owned(given, asking, ingest, kind="ingest"))


@routes.get("/ingests/{ingest}/events", response_class=StreamingResponse, responses=EVENTS)
async def events(
    ingest: str,
    request: Request,
    given: Given,
    asking: Asking,
    last_event_id: Annotated[str | None, Header(pattern=r"^[0-9]{1,18}$")] = None,
) -> StreamingResponse:
    """Follow an ingest by server-sent events, from where one left off; ends when it does.

    Events are `state`, `progress`, `tally` (all fields of the tally) and `failure` (`name`,
    `reason`, `mending`).
    """
    task = await run_in_threadpool(owned, given, asking, ingest, kind="ingest")
    return telling.events(request, given, task, after=int(last_event_id or 0))


@routes.get("/failures")
def failures(
    given: Given,
    *,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,12}-[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Failures:
    """List files that could not be added to the archive, by ingests or by `wherefrom index`."""
    when, _, digest = (cursor or "").partition("-")
    ordered = sorted(given.archive.failures(), key=_key, reverse=True)
    found = [each for each in ordered if cursor is None or _key(each) < (int(when), digest)]
    more = "{}-{}".format(*_key(found[limit - 1])) if len(found) > limit else None
    roots = given.settings.ingest_roots
    return Failures(items=[_unread(each, roots) for each in found[:limit]], next=more)


def queued(given: Service, asking: Caller, path: str) -> Task:
    """Return the task of adding what a path names, which waits now.

    Raises:
        UserError: It cannot be added.
    """
    root, folder = _placed(given, path)
    task = Task(
        id=token(),
        kind="ingest",
        owner=asking.id,
        name=ingesting.below(folder, (root,)) or files.name(root),
        request={"root": str(root), "folder": str(folder)},
        created_at=time(),
        expires_at=time() + KEPT,
    )
    with given.desk.changing() as change:
        tasks.add(change, task)
    given.workers.wake()
    return task


def page(given: Service, asking: Caller, *, before: int | None = None, most: int) -> Ingests:
    """Return some of a caller's ingests, the newest first; an admin's are everyone's."""
    owner = None if "admin" in asking.scopes else asking.id
    with given.desk.reading() as change:
        found = tasks.listed(change, kind="ingest", owner=owner, before=before, most=most + 1)
        tallies = [happenings.told(change, task.number, ingesting.TALLY) for task in found[:most]]
    more = str(found[most - 1].number) if len(found) > most else None
    items = [_told(task, tally) for task, tally in zip(found, tallies, strict=False)]
    return Ingests(items=items, next=more)


def _placed(given: Service, path: str) -> tuple[Path, Path]:
    """Return the folder that is opened, and what a path names below it.

    Raises:
        RefusedError: No folder is opened, or the path leads out of those that are.
        NotFoundError: Nothing is there.
    """
    roots = given.settings.ingest_roots
    if not roots:
        raise RefusedError(
            "No folder of the server is opened for ingests.",
            hint="Let whoever runs the service name folders in the setting ingest_roots.",
            slug="ingest-off",
            status=HTTPStatus.FORBIDDEN,
        )
    found = ingesting.placed(path, roots)
    if found is None:
        raise RefusedError(
            "This path leads out of the folders that are opened for ingests.",
            hint="Name a folder below one of them; links may not lead out either.",
            slug="ingest-outside",
            status=HTTPStatus.FORBIDDEN,
        )
    if not os.path.exists(found[1]):  # noqa: PTH110 # refuses no name
        raise NotFoundError("There is no such folder or file.", hint="Check the path.")
    return found


def _now(given: Service, task: Task) -> Ingest:
    with given.desk.reading() as change:
        return _told(task, happenings.told(change, task.number, ingesting.TALLY))


def _told(task: Task, tally: Mapping[str, Any] | None) -> Ingest:
    here = f"/v1/ingests/{task.id}"
    outcome = task.outcome if task.state is State.DONE else tally
    return Ingest(
        id=task.id,
        name=task.name,
        state=task.state,
        stage=task.stage,
        share=task.share,
        tally=None if outcome is None else Tally.model_validate(outcome),
        problem=task.outcome if task.state is State.FAILED else None,
        created_at=at(task.created_at),
        started_at=maybe(task.started_at),
        ended_at=maybe(task.ended_at),
        links={"self": here, "events": f"{here}/events", "failures": "/v1/failures"},
    )


def _unread(failure: Failure, roots: tuple[Path, ...]) -> Unread:
    path = files.path_of(failure.uri)
    return Unread(
        name=files.name(path),
        path=ingesting.below(path, roots),
        reason=failure.reason.replace(files.shown(path), files.name(path)),
        mending=MENDING,
        attempts=failure.attempts,
        at=datetime.fromisoformat(failure.at),
    )


def _key(failure: Failure) -> tuple[int, str]:
    """Return where a failure stands: by time and, to tell nobody its path, by a digest of that."""
    digest = hashlib.sha256(failure.uri.encode()).hexdigest()[:32]
    return int(datetime.fromisoformat(failure.at).timestamp()), digest
