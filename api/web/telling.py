"""What routes share in telling of tasks: times, and events as they happen."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from time import monotonic, time
from typing import Any

import anyio
from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.web.service import Caller, Service
from index.catalogue import happenings, tasks
from index.catalogue.happenings import Happening
from index.catalogue.tasks import Task
from index.errors import NotFoundError

FOLLOW = 0.25
"""Seconds between looks for what happened, for one who follows a task."""
QUIET = 15.0
"""Seconds after which one who follows is told that nothing happened: silence looks like a fault."""
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {}},
        "description": "Events, until it has ended. To go on later, send the last `id` as "
        "`Last-Event-ID`.",
    }
}
"""What a route of events answers, for OpenAPI."""


def at(seconds: float) -> datetime:
    """Return a time of the catalogue as people write it."""
    return datetime.fromtimestamp(seconds, UTC)


def maybe(seconds: float | None) -> datetime | None:
    """Return the same of one that may not have come."""
    return None if seconds is None else at(seconds)


def owned(given: Service, asking: Caller, name: str, *, kind: str) -> Task:
    """Return a task of the caller's; an admin's are all.

    Raises:
        NotFoundError: There is none of that id and kind, its time is over, or it is someone else's.
    """
    with given.desk.reading() as change:
        task = tasks.find(change, name)
    mine = task is not None and ("admin" in asking.scopes or task.owner == asking.id)
    over = task is not None and task.expires_at is not None and task.expires_at <= time()
    if task is None or task.kind != kind or not mine or over:
        raise NotFoundError(
            f"There is no {kind} of this id.",
            hint="It may have been deleted, as each is after some time; or check the id.",
        )
    return task


def events(request: Request, given: Service, task: Task, *, after: int) -> StreamingResponse:
    """Return what happens to a task as server-sent events, until it has ended."""
    return StreamingResponse(
        _followed(request, given, task, after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def latest(given: Service, task: Task, kind: str) -> Sequence[Any]:
    """Return what was listed last under the name of its kind of event; nothing where none was."""
    with given.desk.reading() as change:
        data = happenings.told(change, task.number, kind)
    return data[kind] if data else ()


async def _followed(request: Request, given: Service, task: Task, since: int) -> AsyncIterator[str]:
    said = monotonic()
    while not await request.is_disconnected():
        happened, ended = await run_in_threadpool(_news, given, task, since)
        for one in happened:
            since = one.number
            yield _event(one)
        if ended:
            return
        if happened:
            said = monotonic()
        elif monotonic() - said > QUIET:
            said = monotonic()
            yield ": nothing new\n\n"
        await anyio.sleep(FOLLOW)


def _news(given: Service, task: Task, since: int) -> tuple[list[Happening], bool]:
    with given.desk.reading() as change:
        now = tasks.find(change, task.id)
        found = happenings.happened(change, task.number, after=since)
    return found, now is None or now.state.ended


def _event(one: Happening) -> str:
    data = json.dumps(dict(one.data), ensure_ascii=False)
    return f"id: {one.number}\nevent: {one.kind}\ndata: {data}\n\n"
