"""What is taken away of a trace and takes long to make: an evidence bundle, a PDF of the report.

Each is a task, made by whoever works beside the service. One that was made already, as of the last
word that anybody said of the findings, is not made again.
"""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from time import monotonic, time
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.web import telling
from api.web.problems import RefusedError
from api.web.routes.exports import headers
from api.web.routes.media import answered
from api.web.routes.traces import owned
from api.web.service import Asking, Caller, Given, Service, needs, token
from api.web.telling import EVENTS, at, maybe
from api.work.parcels import BUNDLE, FILES, PDF
from index.catalogue import reviews, tasks
from index.catalogue.database import Change
from index.catalogue.tasks import State, Task
from index.errors import NotFoundError

routes = APIRouter(prefix="/v1/traces/{trace}", tags=["exports"], dependencies=[needs("read")])
PATIENCE = 45.0
"""Seconds that one who asks for the file itself waits for it: less than clients and proxies do."""
LOOK = 0.1
"""Seconds between looks whether it is made."""
LATER = 10
"""Seconds after which one who waited in vain may ask again."""
TYPES: Mapping[str, str] = {BUNDLE: "application/zip", PDF: "application/pdf"}
PLACE: dict[str, Any] = {
    "description": "It waits for a worker, or was made already; `Location` is its address.",
    "headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}},
}
WAITED: dict[int | str, dict[str, Any]] = {
    409: {"description": "The trace has no answer, or only one by codes."},
    503: {"description": "It is still being made; ask again after `Retry-After`."},
}


class Parcel(BaseModel):
    """A file that is made of a trace."""

    id: str = Field(examples=["q0Zb3yJtT1mYc8nXw5dKfA"])
    kind: Literal["bundle", "pdf"]
    state: State
    stage: str | None = Field(description="What is being done now.", examples=["exhibits"])
    share: float = Field(ge=0, le=1, description="How much of that is done.")
    size: int | None = Field(description="Bytes of the file, once it is made.")
    sha256: str | None = Field(description="Of the file, once it is made.")
    problem: Mapping[str, Any] | None = Field(description="Where it failed: why.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None = Field(description="When it is deleted, with the trace.")
    links: Mapping[str, str] = Field(description="`file` is there once it is made.")


@routes.post("/bundle", status_code=HTTPStatus.ACCEPTED, responses={202: PLACE})
def begin_bundle(trace: str, given: Given, asking: Asking, response: Response) -> Parcel:
    """Have an evidence bundle made: the clip, the answer and all it rests on.

    It is a zipped BagIt bag that holds one folder, for `wherefrom verify-bundle`, and does not say
    where the sources' files lie.
    """
    return _begin(given, asking, trace, BUNDLE, response)


@routes.post("/pdf", status_code=HTTPStatus.ACCEPTED, responses={202: PLACE})
def begin_pdf(trace: str, given: Given, asking: Asking, response: Response) -> Parcel:
    """Have the report made as a PDF, with what people say of the findings now."""
    return _begin(given, asking, trace, PDF, response)


@routes.get("/parcels/{parcel}")
def one(trace: str, parcel: str, given: Given, asking: Asking) -> Parcel:
    """Tell how far a bundle or a PDF is."""
    task = owned(given, asking, trace)
    return _told(task, _of(given, task, parcel))


@routes.get("/parcels/{parcel}/events", response_class=StreamingResponse, responses=EVENTS)
async def events(  # noqa: PLR0913, PLR0917 # which, and what every request is given
    trace: str,
    parcel: str,
    request: Request,
    given: Given,
    asking: Asking,
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,18}$")] = None,
) -> StreamingResponse:
    """Follow a bundle or a PDF by server-sent events; ends when it is made, or failed."""
    task = await run_in_threadpool(owned, given, asking, trace)
    made = await run_in_threadpool(_of, given, task, parcel)
    return telling.events(request, given, made, after=int(last_event_id or 0))


@routes.post("/parcels/{parcel}/cancel")
def cancel(trace: str, parcel: str, given: Given, asking: Asking) -> Parcel:
    """Stop making a bundle or a PDF."""
    task = owned(given, asking, trace)
    made = _of(given, task, parcel)
    with given.desk.changing() as change:
        tasks.finish(change, made.number, State.CANCELLED, None, now=time())
    return _told(task, _of(given, task, parcel))


@routes.get(
    "/parcels/{parcel}/file",
    response_class=FileResponse,
    responses={
        200: {
            "content": {kind: {} for kind in TYPES.values()},
            "description": "A zipped bag, or a PDF.",
        },
        409: {"description": "It is not made."},
    },
)
def file(trace: str, parcel: str, given: Given, asking: Asking) -> FileResponse:
    """Return a bundle or a PDF that is made."""
    task = owned(given, asking, trace)
    made = _of(given, task, parcel)
    if made.state is not State.DONE:
        raise RefusedError(
            f"This is not made: it is {made.state.value}.",
            hint="Follow its events, and ask again when it is done.",
            slug="not-done",
            status=HTTPStatus.CONFLICT,
        )
    return _file(given, task, made)


@routes.get(
    "/bundle.zip",
    response_class=FileResponse,
    responses={
        200: {"content": {TYPES[BUNDLE]: {}}, "description": "A zipped BagIt bag."},
        **WAITED,
    },
)
async def bundle(trace: str, request: Request, given: Given, asking: Asking) -> FileResponse:
    """Return the evidence bundle; it is made first, if it is not, and waited for as long as 45 s.

    What takes longer is better begun by POST to `bundle`, and followed.
    """
    return await _waited(request, given, asking, trace, BUNDLE)


@routes.get(
    "/report.pdf",
    response_class=FileResponse,
    responses={
        200: {"content": {TYPES[PDF]: {}}, "description": "The report."},
        501: {"description": "What writes PDFs is not installed."},
        **WAITED,
    },
)
async def report_pdf(trace: str, request: Request, given: Given, asking: Asking) -> FileResponse:
    """Return the report as a PDF; it is made first, if it is not, and waited for as long as 45 s.

    What takes longer is better begun by POST to `pdf`, and followed.
    """
    return await _waited(request, given, asking, trace, PDF)


async def _waited(
    request: Request, given: Service, asking: Caller, trace: str, kind: str
) -> FileResponse:
    """Return what is made of a trace, once it is.

    No thread is held by whoever waits.

    Raises:
        RefusedError: It takes longer, or failed.
    """
    task = await run_in_threadpool(owned, given, asking, trace)
    made = await run_in_threadpool(_begun, given, asking, task, kind)
    until = monotonic() + PATIENCE
    while not made.state.ended and monotonic() < until and not await request.is_disconnected():
        await anyio.sleep(LOOK)
        made = await run_in_threadpool(_of, given, task, made.id)
    if made.state is State.DONE:
        return _file(given, task, made)
    if made.state.ended and made.outcome is not None:
        why = SimpleNamespace(**made.outcome)
        raise RefusedError(
            why.title, hint=why.detail, slug=why.problem, status=HTTPStatus(why.status)
        )
    raise RefusedError(
        "This is still being made.",
        hint=f"Ask again after {LATER} s; it goes on meanwhile.",
        slug="being-made",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(LATER)},
        extra={"parcel": _here(task, made)},
    )


def _begin(given: Service, asking: Caller, trace: str, kind: str, response: Response) -> Parcel:
    task = owned(given, asking, trace)
    made = _begun(given, asking, task, kind)
    response.headers["Location"] = _here(task, made)
    return _told(task, made)


def _begun(given: Service, asking: Caller, task: Task, kind: str) -> Task:
    """Return the task that makes something of a trace: one that there is, or a new one.

    Those that have ended and are not up to date are deleted, with what they made.

    Raises:
        RefusedError: The trace has no answer to make it of, or too much is being made.
        NotFoundError: It was deleted meanwhile.
    """
    answered(given, task)
    with given.desk.changing() as change:
        if tasks.numbered(change, task.number) is None:
            raise NotFoundError("The trace was deleted.", hint="Trace the clip again.")
        words = reviews.newest(change, task.number)
        old = tasks.made_of(change, task.number, kind=kind)
        current = (one for one in old if one.request["words"] == words and _usable(given, one))
        found = next(current, None)
        if found is not None:
            return found
        _expect_place(change, given, asking, kind)
        over = [one for one in old if one.state.ended]
        for one in over:
            tasks.remove(change, one.number)
        made = Task(
            id=token(),
            kind=kind,
            owner=asking.id,
            name=task.name,
            request={"words": words},
            created_at=time(),
            expires_at=task.expires_at,
            trace=task.number,
        )
        tasks.add(change, made)
    for one in over:
        given.desk.sweep(one.id)
    given.workers.wake()
    return _of(given, task, made.id)


def _usable(given: Service, made: Task) -> bool:
    """Return whether a task is under way, or has made what is there."""
    if made.state is State.DONE:
        return (given.desk.folder(made.id) / FILES[made.kind]).is_file()
    return not made.state.ended


def _expect_place(change: Change, given: Service, asking: Caller, kind: str) -> None:
    """Make sure that one more may wait.

    Raises:
        RefusedError: As many wait as may, of all or of the caller's.
    """
    if tasks.waiting(change, kind=kind) >= given.settings.queue_limit:
        raise RefusedError(
            "As much waits to be made as may.",
            hint="Try again after the seconds in Retry-After.",
            slug="busy",
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Retry-After": str(LATER)},
        )
    if tasks.unfinished(change, kind=kind, owner=asking.id) >= given.settings.caller_limit:
        raise RefusedError(
            "As much of yours waits to be made as may.",
            hint="Wait until some of it is done, or cancel some.",
            slug="too-many",
            status=HTTPStatus.TOO_MANY_REQUESTS,
            headers={"Retry-After": str(LATER)},
        )


def _of(given: Service, task: Task, name: str) -> Task:
    """Return what makes something of a trace, by its id.

    Raises:
        NotFoundError: There is none of that id.
    """
    with given.desk.reading() as change:
        found = tasks.find(change, name)
    if found is None or found.trace != task.number:
        raise NotFoundError(
            "Nothing of this id is made of the trace.", hint="Have it made by POST."
        )
    return found


def _file(given: Service, task: Task, made: Task) -> FileResponse:
    place = given.desk.folder(made.id) / FILES[made.kind]
    if not place.is_file():
        raise NotFoundError("This was deleted.", hint="Have it made again.")
    return FileResponse(place, media_type=TYPES[made.kind], headers=headers(task, FILES[made.kind]))


def _here(task: Task, made: Task) -> str:
    return f"/v1/traces/{task.id}/parcels/{made.id}"


def _told(task: Task, made: Task) -> Parcel:
    here, done = _here(task, made), made.state is State.DONE
    links = {"self": here, "events": f"{here}/events", "trace": f"/v1/traces/{task.id}"}
    outcome = (made.outcome or {}) if done else {}
    return Parcel(
        id=made.id,
        kind="bundle" if made.kind == BUNDLE else "pdf",
        state=made.state,
        stage=made.stage,
        share=made.share,
        size=outcome.get("size"),
        sha256=outcome.get("sha256"),
        problem=made.outcome if made.state is State.FAILED else None,
        created_at=at(made.created_at),
        started_at=maybe(made.started_at),
        ended_at=maybe(made.ended_at),
        expires_at=maybe(made.expires_at),
        links=links | ({"file": f"{here}/file"} if done else {}),
    )
