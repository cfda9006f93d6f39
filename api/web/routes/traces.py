"""Traces: a clip comes in, a worker takes it, and its answer can be had."""

import json
import shutil
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from time import time
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, File, Form, Header, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.exports.texts import text
from api.web.problems import RefusedError
from api.web.service import Asking, Caller, Given, Service, needs, token
from api.work import tracing
from index.catalogue import tasks
from index.catalogue.tasks import Happening, State, Task
from index.errors import NotFoundError

routes = APIRouter(prefix="/v1/traces", tags=["traces"], dependencies=[needs("read")])
LONGEST_NAME = 200
"""Characters of a file's name that are kept."""
FOLLOW = 0.25
"""Seconds between looks for what happened, for one who follows a trace."""


class Trace(BaseModel):
    """One trace: what was asked for and where it is."""

    id: str
    name: str = Field(description="Of the clip's file, as whoever sent it called it.")
    state: State
    stage: str | None = Field(description="What is being done now.")
    share: float = Field(ge=0, le=1, description="How much of that is done.")
    outcome: Mapping[str, Any] | None = Field(
        description="What came of it; where it failed, the problem."
    )
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None = Field(description="When it is deleted with all it made.")
    links: Mapping[str, str]


class Traces(BaseModel):
    """A page of traces, the newest first."""

    items: list[Trace]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


@routes.post("", dependencies=[needs("trace")], status_code=HTTPStatus.ACCEPTED)
async def begin(
    given: Given,
    asking: Asking,
    response: Response,
    clip: Annotated[UploadFile, File(description="The clip.")],
    *,
    reveal: Annotated[bool, Form(description="Compare pixels too.")] = True,
) -> Trace:
    """Trace a clip: it waits for a worker, and is deleted with its answer after a stated time."""
    task = await run_in_threadpool(
        _queued, given, asking, clip, {"reveal": reveal}, clip.filename or "clip"
    )
    response.headers["Location"] = f"/v1/traces/{task.id}"
    return told(task)


@routes.get("")
def listed(
    given: Given,
    asking: Asking,
    *,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Traces:
    """List one's own traces; an admin's list holds everyone's."""
    owner = None if "admin" in asking.scopes else asking.id
    before = None if cursor is None else int(cursor)
    with given.desk.reading() as change:
        found = tasks.listed(change, kind="trace", owner=owner, before=before, most=limit + 1)
    more = str(found[limit - 1].number) if len(found) > limit else None
    return Traces(items=[told(task) for task in found[:limit]], next=more)


@routes.get("/{trace}")
def one(trace: str, given: Given, asking: Asking) -> Trace:
    """Tell where a trace is."""
    return told(owned(given, asking, trace))


@routes.get("/{trace}/answer", responses={200: {"content": {"application/json": {}}}})
def answer(trace: str, given: Given, asking: Asking) -> FileResponse:
    """Return the answer, as docs/trace.schema.json describes it."""
    return _made(given, asking, trace, tracing.ANSWER, "application/json")


@routes.post("/{trace}/cancel", dependencies=[needs("trace")])
def cancel(trace: str, given: Given, asking: Asking) -> Trace:
    """Stop a trace that has not ended; what it has is kept until it is deleted."""
    task = owned(given, asking, trace)
    with given.desk.changing() as change:
        tasks.finish(change, task.number, State.CANCELLED, None, now=time())
    return told(owned(given, asking, trace))


@routes.delete("/{trace}", dependencies=[needs("trace")], status_code=HTTPStatus.NO_CONTENT)
def delete(trace: str, given: Given, asking: Asking) -> None:
    """Delete a trace: the clip, its answer, and all that was made of them."""
    task = owned(given, asking, trace)
    with given.desk.changing() as change:
        tasks.remove(change, task.number)
    given.desk.sweep(task.id)


@routes.get("/{trace}/events", responses={200: {"content": {"text/event-stream": {}}}})
async def events(
    trace: str,
    request: Request,
    given: Given,
    asking: Asking,
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,18}$")] = None,
) -> StreamingResponse:
    """Follow a trace by server-sent events, from where one left off; ends when the trace does."""
    task = await run_in_threadpool(owned, given, asking, trace)
    since = int(last_event_id or 0)
    return StreamingResponse(
        _followed(request, given, task, since),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def owned(given: Service, asking: Caller, trace: str) -> Task:
    """Return a trace of the caller's.

    Raises:
        NotFoundError: There is none of that id, or it is someone else's.
    """
    with given.desk.reading() as change:
        task = tasks.find(change, trace)
    if task is None or task.kind != "trace" or not _may(asking, task):
        raise NotFoundError(
            "There is no trace of this id.", hint="Check it; traces are deleted after some time."
        )
    return task


def told(task: Task) -> Trace:
    """Return a task as the API tells it."""
    here = f"/v1/traces/{task.id}"
    links = {"self": here, "events": f"{here}/events", "page": f"/traces/{task.id}"}
    if task.state is State.DONE:
        made = ("findings", "media", "report", "report.pdf", "bundle.zip")
        known = ("answer",) if task.request.get("codes") else ("answer", *made)
        links |= {name: f"{here}/{name}" for name in known}
    return Trace(
        id=task.id,
        name=task.name,
        state=task.state,
        stage=task.stage,
        share=task.share,
        outcome=task.outcome,
        created_at=_at(task.created_at),
        started_at=None if task.started_at is None else _at(task.started_at),
        ended_at=None if task.ended_at is None else _at(task.ended_at),
        expires_at=None if task.expires_at is None else _at(task.expires_at),
        links=links,
    )


def _queued(
    given: Service, asking: Caller, clip: UploadFile, request: Mapping[str, Any], name: str
) -> Task:
    """Keep a clip and queue its trace."""
    now = time()
    task = Task(
        id=token(),
        kind="trace",
        owner=asking.id,
        name=text(name)[-LONGEST_NAME:] or "clip",
        request=request,
        created_at=now,
        expires_at=now + 3600 * given.settings.keep_hours,
    )
    folder = given.desk.folder(task.id)
    folder.mkdir(mode=0o700)
    try:
        with (folder / tracing.CLIP).open("xb") as file:
            shutil.copyfileobj(clip.file, file)
        with given.desk.changing() as change:
            tasks.add(change, task)
    except BaseException:
        given.desk.sweep(task.id)
        raise
    given.workers.wake()
    return task


def _made(given: Service, asking: Caller, trace: str, name: str, kind: str) -> FileResponse:
    task = owned(given, asking, trace)
    path: Path = given.desk.folder(task.id) / name
    if task.state is not State.DONE or not path.is_file():
        raise RefusedError(
            f"The trace has no answer: it is {task.state.value}.",
            hint="Follow its events, and ask again when it is done.",
            slug="not-done",
            status=HTTPStatus.CONFLICT,
        )
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "private, no-cache"})


async def _followed(request: Request, given: Service, task: Task, since: int) -> AsyncIterator[str]:
    """Yield what happens to a trace as events, until it has ended."""
    while not await request.is_disconnected():
        happened, ended = await run_in_threadpool(_news, given, task, since)
        for one_ in happened:
            since = one_.number
            yield _event(one_)
        if ended:
            return
        await anyio.sleep(FOLLOW)


def _news(given: Service, task: Task, since: int) -> tuple[list[Happening], bool]:
    with given.desk.reading() as change:
        now = tasks.find(change, task.id)
        found = tasks.happened(change, task.number, after=since)
    return found, now is None or now.state.ended


def _event(one_: Happening) -> str:
    data = json.dumps(dict(one_.data), ensure_ascii=False)
    return f"id: {one_.number}\nevent: {one_.kind}\ndata: {data}\n\n"


def _may(asking: Caller, task: Task) -> bool:
    return "admin" in asking.scopes or task.owner == asking.id


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
