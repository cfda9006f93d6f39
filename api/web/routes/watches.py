"""Watches: be told when footage arrives that explains the rest of a clip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from importlib import metadata
from time import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.exports.texts import text
from api.exports.watches import document
from api.web.problems import RefusedError
from api.web.service import Asking, Caller, Given, Service, needs, token
from api.web.telling import at, owned
from api.work import watching
from index.catalogue import tasks, watchers
from index.catalogue.tasks import State, Task
from index.catalogue.watchers import LOCAL, Watcher
from index.catalogue.watches import Watch as Clip
from index.errors import NotFoundError
from index.watches import Watches as Kept

routes = APIRouter(prefix="/v1/watches", tags=["watches"], dependencies=[needs("read")])
PREPARING = 24 * 3600.0
"""Seconds for which it is kept why a clip could not be watched."""


class Wanted(BaseModel):
    """What is to be watched for."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"trace": "q0Zb3yJtT1mYc8nXw5dKfA", "note": "Story 12"}]}
    )

    trace: str = Field(
        max_length=100, description="Id of a trace that is done and left something unexplained."
    )
    note: str | None = Field(None, max_length=2000, description="What to remember of it.")


class Rest(BaseModel):
    """A stretch of the clip that nothing explains."""

    channel: Literal["picture", "sound"]
    query: tuple[float, float] = Field(description="Seconds of the clip, from and to.")


class Stretch(Rest):
    """A stretch of the clip, and the stretch of a file that explains it."""

    source: tuple[float, float] = Field(description="Seconds of the file, from and to.")
    rate: float = Field(description="Source seconds a second of the clip; negative is backwards.")
    confidence: float | None = Field(description="0 to 1; null where codes alone say so.")


class Arrived(BaseModel):
    """The file that came."""

    id: str
    name: str
    sha256: str


class Arrival(BaseModel):
    """A file that came and explains something of the clip, or is the clip."""

    asset: Arrived
    archived: bool = Field(description="Whether it is in the archive now.")
    how: Literal["proven", "codes", "itself"] = Field(
        description="proven: both were compared. codes: codes alone are alike, which explains "
        "nothing yet. itself: it is the clip, which explains nothing."
    )
    stretches: list[Stretch]
    found_at: datetime


class Watch(BaseModel):
    """One watch: what is waited for, and what has come."""

    id: str = Field(examples=["q0Zb3yJtT1mYc8nXw5dKfA"])
    state: Literal["preparing", "watching", "failed"] = Field(
        description="preparing: the clip's codes are being measured, in turn with other work."
    )
    name: str = Field(description="Of the clip.")
    note: str | None
    trace: str | None = Field(
        description="Id of the trace that left something unexplained; null where the command "
        "made the watch. The trace may be deleted since: then codes alone tell what comes."
    )
    duration: float | None = Field(description="Seconds of the clip; null while preparing.")
    added_at: datetime
    watched: list[Rest] = Field(description="What nothing explained then.")
    unexplained: list[Rest] = Field(description="What of that nothing explains now.")
    arrivals: list[Arrival] = Field(description="What has come since, in that order.")
    problem: Mapping[str, Any] | None = Field(description="Where it failed: why.")


class Watches(BaseModel):
    """A page of watches, the newest first."""

    items: list[Watch]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


@dataclass(frozen=True, slots=True)
class Seen:
    """A watch as somebody sees it; without a watcher it was made by the command."""

    watch: Clip
    watcher: Watcher | None

    @property
    def id(self) -> str:
        """The id it is known by."""
        return str(self.watch.id) if self.watcher is None else self.watcher.id

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the list."""
        return self.watch.id, 0 if self.watcher is None else self.watcher.number


@routes.post("", dependencies=[needs("trace")], status_code=HTTPStatus.ACCEPTED)
def begin(given: Given, asking: Asking, response: Response, body: Wanted) -> Watch:
    """Watch for footage that explains what a trace left unexplained.

    The clip's codes are measured first, in turn with other work. They are kept until the watch is
    deleted; the clip itself is not kept longer than its trace.
    """
    trace = owned(given, asking, body.trace, kind="trace")
    if trace.state is not State.DONE:
        raise RefusedError(
            f"The trace has no answer: it is {trace.state.value}.",
            hint="Follow its events, and ask again when it is done.",
            slug="not-done",
            status=HTTPStatus.CONFLICT,
        )
    if not watching.unexplained(given.desk, trace):
        raise RefusedError(
            "Nothing of this clip is left to watch for.",
            hint="See the answer for what explains it.",
            slug="nothing-left",
            status=HTTPStatus.CONFLICT,
        )
    digest = (trace.outcome or {}).get("sha256")
    for one in _seen(given, asking):
        if one.watch.digest == digest and (one.watcher is None or one.watcher.owner == asking.id):
            raise RefusedError(
                "This clip is watched already.",
                hint="See `watch` for its id; delete that first to begin anew.",
                slug="watched",
                status=HTTPStatus.CONFLICT,
                extra={"watch": one.id},
            )
    task = Task(
        id=token(),
        kind="watch",
        owner=asking.id,
        name=trace.name,
        request={"trace": trace.id, "note": None if body.note is None else text(body.note)},
        created_at=time(),
        expires_at=time() + PREPARING,
    )
    with given.desk.changing() as change:
        tasks.add(change, task)
    given.workers.wake()
    response.headers["Location"] = f"/v1/watches/{task.id}"
    return _preparing(task)


@routes.get("")
def listed(
    given: Given,
    asking: Asking,
    *,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Watches:
    """List what one watches for; an admin's list holds everyone's, and the command's."""
    after = None if cursor is None else tuple(map(int, cursor.split("-")))
    every = sorted(_seen(given, asking), key=lambda one: one.place, reverse=True)
    found = [one for one in every if after is None or one.place < after]
    more = "{}-{}".format(*found[limit - 1].place) if len(found) > limit else None
    return Watches(items=[_told(one, given) for one in found[:limit]], next=more)


@routes.get("/{watch}")
def one(watch: str, given: Given, asking: Asking) -> Watch:
    """Tell what is waited for, and what has come."""
    found = _find(given, asking, watch)
    return _preparing(found) if isinstance(found, Task) else _told(found, given)


@routes.delete("/{watch}", dependencies=[needs("trace")], status_code=HTTPStatus.NO_CONTENT)
def delete(watch: str, given: Given, asking: Asking) -> None:
    """Watch no more; the clip's codes are deleted unless somebody else waits for the same."""
    found = _find(given, asking, watch)
    with given.desk.changing() as change:
        if isinstance(found, Task):
            tasks.remove(change, found.number)
            return
        watchers.remove(change, found.id)
        wanted = any(one.watch == found.watch.id for one in watchers.every(change))
    if not wanted:
        Kept(given.desk.catalogue).remove(found.watch)


def _seen(given: Service, asking: Caller) -> list[Seen]:
    """Return the watches that somebody may see."""
    every = {one.id: one for one in Kept(given.desk.catalogue).every()}
    with given.desk.reading() as change:
        waiting = watchers.every(change)
    mine = [
        Seen(every[one.watch], one)
        for one in waiting
        if one.watch in every and ("admin" in asking.scopes or one.owner == asking.id)
    ]
    commands = every.keys() - {one.watch for one in waiting}
    if "admin" in asking.scopes or asking.id == LOCAL:
        mine += [Seen(every[number], None) for number in commands]
    return mine


def _find(given: Service, asking: Caller, name: str) -> Seen | Task:
    """Return a watch, or the task that prepares it.

    Raises:
        NotFoundError: There is none of that id, or it is someone else's.
    """
    found = next((one for one in _seen(given, asking) if one.id == name), None)
    if found is not None:
        return found
    with given.desk.reading() as change:
        task = tasks.find(change, name)
    mine = task is not None and ("admin" in asking.scopes or task.owner == asking.id)
    if task is None or task.kind != "watch" or task.state is State.DONE or not mine:
        raise NotFoundError("There is no watch of this id.", hint="See the list of watches.")
    return task


def _preparing(task: Task) -> Watch:
    failed = task.state in {State.FAILED, State.CANCELLED}
    return Watch(
        id=task.id,
        state="failed" if failed else "preparing",
        name=task.name,
        note=task.request.get("note"),
        trace=task.request["trace"],
        duration=None,
        added_at=at(task.created_at),
        watched=[],
        unexplained=[],
        arrivals=[],
        problem=task.outcome if failed else None,
    )


def _told(seen: Seen, given: Service) -> Watch:
    clip, watcher = seen.watch, seen.watcher
    version = metadata.version("wherefrom")
    whole = document(clip, clip.arrivals, archive=given.archive.id, version=version)
    arrivals: Sequence[Any] = whole["arrivals"]
    return Watch(
        id=seen.id,
        state="watching",
        name=text(clip.name) if watcher is None else watcher.name,
        note=clip.note if watcher is None else watcher.note,
        trace=None if watcher is None else watcher.trace,
        duration=clip.duration,
        added_at=datetime.fromisoformat(clip.added_at) if watcher is None else at(watcher.added_at),
        watched=whole["watch"]["watched"],
        unexplained=whole["watch"]["unexplained"],
        arrivals=list(arrivals),
        problem=None,
    )
