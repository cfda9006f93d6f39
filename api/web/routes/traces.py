"""Traces: a clip comes in, a worker takes it, and its answer can be had."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from time import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.web import starting, telling
from api.web.problems import RefusedError
from api.web.service import Asking, Caller, Given, Service, needs
from api.web.telling import EVENTS, at, maybe
from api.work import sweeping, tracing
from index.catalogue import tasks
from index.catalogue.tasks import State, Task

routes = APIRouter(prefix="/v1/traces", tags=["traces"], dependencies=[needs("read")])


class Trace(BaseModel):
    """One trace: what was asked for and where it is."""

    id: str
    name: str = Field(description="Of the clip's file, as whoever sent it called it.")
    state: State
    stage: str | None = Field(description="What is being done now.")
    share: float = Field(ge=0, le=1, description="How much of that is done.")
    form: Literal["trace", "lookup"] = Field(
        description="Of the answer: what was proven of a clip, or what codes alone suggest."
    )
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


@routes.post(
    "",
    dependencies=[needs("trace")],
    status_code=HTTPStatus.ACCEPTED,
    response_model=Trace,
    openapi_extra=starting.BODY,
    responses={
        202: {"description": "It waits for a worker; `Location` is its address."},
        303: {"description": "The same, for a browser's form: `Location` is its page."},
        403: {"description": "Nothing is fetched from addresses here."},
        404: {"description": "There is no such upload."},
        409: {"description": "The upload has not arrived yet."},
        413: {"description": "The clip is larger than the setting `upload_limit`."},
        422: {"description": "The address may not be fetched from, or it is no fingerprint."},
        429: {"description": "Too many clips of yours wait; see `Retry-After`."},
        503: {"description": "Too many clips wait; see `Retry-After`."},
        507: {"description": "There is no room for it."},
    },
)
async def begin(request: Request, given: Given, asking: Asking, response: Response) -> Any:  # noqa: ANN401 # a trace, or the way to its page
    """Trace a clip: it waits for a worker, and is deleted with its answer after a stated time.

    The clip is sent in a form, was uploaded before, lies at an address, or is told by its codes
    alone. These are looked up, and nothing of what they suggest is proven: the answer then is the
    document that docs/lookup.schema.json describes, and not that of a trace.
    """
    task = await starting.started(request, given, asking)
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"/traces/{task.id}", HTTPStatus.SEE_OTHER)
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
    """Return the answer, as docs/trace.schema.json describes it.

    Where `form` is "lookup", docs/lookup.schema.json does.
    """
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
    """Delete a trace, running or not: the clip, its answer, and all that was made of them."""
    sweeping.forget(given.desk, owned(given, asking, trace))


@routes.get("/{trace}/events", response_class=StreamingResponse, responses=EVENTS)
async def events(
    trace: str,
    request: Request,
    given: Given,
    asking: Asking,
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,18}$")] = None,
) -> StreamingResponse:
    """Follow a trace by server-sent events, from where one left off; ends when the trace does.

    `state` tells what becomes of it, `progress` a stage and how much of it is done. `candidates`
    tells the files that are proven so far, and `findings` what was done to them as far as is known,
    in the form of the answer's: each takes the place of those told before, and the answer may say
    less or more.
    """
    task = await run_in_threadpool(owned, given, asking, trace)
    return telling.events(request, given, task, after=int(last_event_id or 0))


def owned(given: Service, asking: Caller, trace: str) -> Task:
    """Return a trace of the caller's.

    Raises:
        NotFoundError: There is none of that id, or it is someone else's.
    """
    return telling.owned(given, asking, trace, kind="trace")


def told(task: Task) -> Trace:
    """Return a task as the API tells it."""
    here = f"/v1/traces/{task.id}"
    links = {"self": here, "events": f"{here}/events", "page": f"/traces/{task.id}"}
    coarse = bool(task.request.get("codes"))
    if task.state is State.DONE:
        made = ("findings", "media", "report", "report.pdf", "pdf", "bundle.zip", "bundle")
        known = ("answer",) if coarse else ("answer", *made)
        links |= {name: f"{here}/{name}" for name in known}
    return Trace(
        id=task.id,
        name=task.name,
        state=task.state,
        stage=task.stage,
        share=task.share,
        form="lookup" if coarse else "trace",
        outcome=task.outcome,
        created_at=at(task.created_at),
        started_at=maybe(task.started_at),
        ended_at=maybe(task.ended_at),
        expires_at=maybe(task.expires_at),
        links=links,
    )


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
