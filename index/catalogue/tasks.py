"""Rows of tasks: long work that the service was asked for.

Times are seconds since 1970.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from index.catalogue import happenings
from index.catalogue.database import Change
from index.catalogue.desk_tables import tasks


class State(StrEnum):
    """Where a task is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in {State.DONE, State.FAILED, State.CANCELLED}


OPEN = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Task:
    """Long work that was asked for.

    Attributes:
        id: Cannot be guessed.
        kind: What is to be done, such as "trace".
        owner: Who asked for it: the id of a key, or "local".
        name: For people: the file's name.
        request: What is to be done exactly.
        created_at: When it was asked for.
        expires_at: When it is deleted with all it made; None for never.
        state: Where it is.
        outcome: What came of it: facts of the answer, or the problem that ended it.
        stage: What is being done now.
        share: How much of that is done, 0 to 1.
        attempts: How often it was begun.
        worker: Who runs it.
        started_at: When it was begun last.
        ended_at: When it ended.
        number: Of its row, in the order in which tasks were asked for; 0 before it has one.
        trace: Number of the trace of which it makes something, and with which it goes.
    """

    id: str
    kind: str
    owner: str
    name: str
    request: Mapping[str, Any]
    created_at: float
    expires_at: float | None = None
    state: State = State.QUEUED
    outcome: Mapping[str, Any] | None = None
    stage: str | None = None
    share: float = 0.0
    attempts: int = 0
    worker: str | None = None
    started_at: float | None = None
    ended_at: float | None = None
    number: int = 0
    trace: int | None = None


def add(change: Change, task: Task) -> int:
    """Queue a task; return its number."""
    values = {
        "id": task.id,
        "kind": task.kind,
        "state": task.state.value,
        "owner": task.owner,
        "name": task.name,
        "request": dict(task.request),
        "share": 0.0,
        "attempts": 0,
        "created_at": task.created_at,
        "expires_at": task.expires_at,
        "trace": task.trace,
    }
    number = int(change.scalars(tasks.insert().values(values).returning(tasks.c.number)).one())
    happenings.tell(change, number, "state", {"state": task.state.value})
    return number


def find(change: Change, name: str) -> Task | None:
    """Return the task of an id."""
    row = change.execute(select(tasks).where(tasks.c.id == name)).one_or_none()
    return None if row is None else task_of(row)


def numbered(change: Change, number: int) -> Task | None:
    """Return the task of a number."""
    row = change.execute(select(tasks).where(tasks.c.number == number)).one_or_none()
    return None if row is None else task_of(row)


def made_of(change: Change, trace: int, *, kind: str | None = None) -> list[Task]:
    """Return the tasks that make something of a trace, of a kind or of any, the newest first."""
    query = select(tasks).where(tasks.c.trace == trace)
    if kind is not None:
        query = query.where(tasks.c.kind == kind)
    return [task_of(row) for row in change.execute(query.order_by(tasks.c.number.desc()))]


def listed(
    change: Change,
    *,
    kind: str,
    owner: str | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Task]:
    """Return tasks of a kind, the newest first.

    Args:
        change: The transaction.
        kind: Which.
        owner: Only those that somebody asked for.
        before: Only those whose number is lower.
        most: At most so many.
    """
    query = select(tasks).where(tasks.c.kind == kind)
    if owner is not None:
        query = query.where(tasks.c.owner == owner)
    if before is not None:
        query = query.where(tasks.c.number < before)
    return [
        task_of(row) for row in change.execute(query.order_by(tasks.c.number.desc()).limit(most))
    ]


def waiting(change: Change, *, kind: str | None = None) -> int:
    """Return how many tasks, of a kind or of any, wait for a worker."""
    query = select(func.count()).select_from(tasks).where(tasks.c.state == State.QUEUED)
    if kind is not None:
        query = query.where(tasks.c.kind == kind)
    return int(change.scalar(query) or 0)


def unfinished(change: Change, *, kind: str, owner: str) -> int:
    """Return how many tasks of a kind somebody asked for and waits for."""
    query = select(func.count()).select_from(tasks).where(tasks.c.state.in_(OPEN))
    query = query.where(tasks.c.kind == kind, tasks.c.owner == owner)
    return int(change.scalar(query) or 0)


def lasted(change: Change, *, kind: str, most: int = 20) -> list[float]:
    """Return the seconds that tasks of a kind which ended lately took from their last beginning."""
    query = select(tasks.c.ended_at - tasks.c.started_at).where(
        tasks.c.kind == kind, tasks.c.state.in_([State.DONE, State.FAILED])
    )
    query = query.where(tasks.c.started_at.is_not(None), tasks.c.ended_at.is_not(None))
    return list(change.scalars(query.order_by(tasks.c.number.desc()).limit(most)))


def finish(  # noqa: PLR0913 # which, how, when, and by whom
    change: Change,
    number: int,
    state: State,
    outcome: Mapping[str, Any] | None,
    *,
    now: float,
    worker: str | None = None,
) -> bool:
    """End a task that has not ended yet; return whether it did.

    Args:
        change: The transaction.
        number: The task's.
        state: How it ends.
        outcome: What came of it.
        now: When.
        worker: Only if it is still this one's.
    """
    open_ = and_(tasks.c.number == number, tasks.c.state.in_(OPEN))
    values = {
        "state": state.value,
        "outcome": outcome,
        "ended_at": now,
        "worker": None,
        "leased_until": None,
    }
    which = open_ if worker is None else held_by(number, worker)
    ended = change.execute(tasks.update().where(which).values(values).returning(tasks.c.number))
    if ended.one_or_none() is None:
        return False
    happenings.tell(change, number, "state", {"state": state.value, "outcome": outcome})
    return True


def expired(change: Change, *, now: float) -> list[Task]:
    """Return the tasks whose time is over."""
    return [task_of(row) for row in change.execute(select(tasks).where(tasks.c.expires_at < now))]


def kept(change: Change) -> dict[str, str]:
    """Return the kind of each task, by id."""
    return {row.id: row.kind for row in change.execute(select(tasks.c.id, tasks.c.kind))}


def remove(change: Change, number: int) -> None:
    """Forget a task, what happened to it, what was said of it, and what is made of it."""
    change.execute(tasks.delete().where(or_(tasks.c.number == number, tasks.c.trace == number)))


def unannounced(change: Change, *, most: int) -> list[Task]:
    """Return tasks that have ended and that the hooks were not told of, in order."""
    ended = tasks.c.state.in_([State.DONE, State.FAILED, State.CANCELLED])
    query = select(tasks).where(~tasks.c.announced, ended).order_by(tasks.c.number).limit(most)
    return [task_of(row) for row in change.execute(query)]


def announce(change: Change, numbers: Collection[int]) -> None:
    """Note that the hooks were told of tasks."""
    change.execute(tasks.update().where(tasks.c.number.in_(numbers)).values(announced=True))


def counted(change: Change) -> dict[tuple[str, State], int]:
    """Return how many tasks there are of each kind in each state."""
    query = select(tasks.c.kind, tasks.c.state, func.count()).group_by(tasks.c.kind, tasks.c.state)
    return {(kind, State(state)): count for kind, state, count in change.execute(query)}


def oldest(change: Change) -> float | None:
    """Return when the task was asked for that waits longest; None if none waits."""
    found: float | None = change.scalar(
        select(func.min(tasks.c.created_at)).where(tasks.c.state == State.QUEUED)
    )
    return found


def held_by(number: int, worker: str) -> ColumnElement[bool]:
    """Return what is true of a task's row as long as it runs and is the worker's."""
    return and_(tasks.c.number == number, tasks.c.worker == worker, tasks.c.state == State.RUNNING)


def task_of(row: Row[*tuple[Any, ...]]) -> Task:
    """Return the task of a row."""
    return Task(
        id=row.id,
        kind=row.kind,
        owner=row.owner,
        name=row.name,
        request=row.request,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=State(row.state),
        outcome=row.outcome,
        stage=row.stage,
        share=row.share,
        attempts=row.attempts,
        worker=row.worker,
        started_at=row.started_at,
        ended_at=row.ended_at,
        number=row.number,
        trace=row.trace,
    )
