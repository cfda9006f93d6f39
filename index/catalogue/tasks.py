"""Rows of tasks: long work that the service was asked for, and what has happened to it.

A worker leases a task and renews that while it runs, so a task whose worker died returns to the
queue. Times are seconds since 1970.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import happenings, tasks

ATTEMPTS = 3
"""Times a task is begun: one whose worker died so often would go on killing workers."""


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


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a task.

    Attributes:
        number: From 1 on.
        kind: "state", "progress", or what a kind of task tells of its own.
        data: The facts.
    """

    number: int
    kind: str
    data: Mapping[str, Any]


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
    }
    number = int(change.scalars(tasks.insert().values(values).returning(tasks.c.number)).one())
    tell(change, number, "state", {"state": task.state.value})
    return number


def find(change: Change, name: str) -> Task | None:
    """Return the task of an id."""
    row = change.execute(select(tasks).where(tasks.c.id == name)).one_or_none()
    return None if row is None else _task(row)


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
    return [_task(row) for row in change.execute(query.order_by(tasks.c.number.desc()).limit(most))]


def waiting(change: Change) -> int:
    """Return how many tasks wait for a worker."""
    query = select(func.count()).select_from(tasks).where(tasks.c.state == State.QUEUED)
    return int(change.scalar(query) or 0)


def lease(
    change: Change, worker: str, *, now: float, until: float, kinds: Collection[str]
) -> Task | None:
    """Return the task of some kinds that waits longest, now the worker's until a time, if any."""
    query = select(tasks.c.number).where(tasks.c.state == State.QUEUED, tasks.c.kind.in_(kinds))
    number = change.scalar(query.order_by(tasks.c.number).limit(1))
    if number is None:
        return None
    values = {
        "state": State.RUNNING.value,
        "worker": worker,
        "leased_until": until,
        "attempts": tasks.c.attempts + 1,
        "started_at": now,
        "stage": None,
        "share": 0.0,
    }
    row = change.execute(
        tasks.update().where(tasks.c.number == number).values(values).returning(tasks)
    ).one()
    tell(change, number, "state", {"state": State.RUNNING.value})
    return _task(row)


def renew(  # noqa: PLR0913 # whose it is, until when, and how far it is
    change: Change, number: int, worker: str, *, until: float, stage: str | None, share: float
) -> bool:
    """Keep a task leased and note how far it is; return whether it is still the worker's."""
    mine = and_(
        tasks.c.number == number, tasks.c.worker == worker, tasks.c.state == State.RUNNING.value
    )
    values = {"leased_until": until, "stage": stage, "share": share}
    kept = change.execute(tasks.update().where(mine).values(values).returning(tasks.c.number))
    if kept.one_or_none() is None:
        return False
    tell(change, number, "progress", {"stage": stage, "share": round(share, 4)})
    return True


def finish(
    change: Change, number: int, state: State, outcome: Mapping[str, Any] | None, *, now: float
) -> None:
    """End a task that has not ended yet."""
    open_ = and_(tasks.c.number == number, tasks.c.state.in_([State.QUEUED, State.RUNNING]))
    values = {
        "state": state.value,
        "outcome": outcome,
        "ended_at": now,
        "worker": None,
        "leased_until": None,
    }
    ended = change.execute(tasks.update().where(open_).values(values).returning(tasks.c.number))
    if ended.one_or_none() is not None:
        tell(change, number, "state", {"state": state.value, "outcome": outcome})


def recover(change: Change, *, now: float, worker: str | None = None) -> list[Task]:
    """Return tasks whose worker died to the queue; give up those that were begun too often.

    Args:
        change: The transaction.
        now: Leases that ended before are over.
        worker: Whose leases are over whenever they end: one that has just started has none.

    Returns:
        Those that were given up.
    """
    over = and_(
        tasks.c.state == State.RUNNING.value,
        or_(tasks.c.leased_until < now, tasks.c.worker == worker),
    )
    found = [_task(row) for row in change.execute(select(tasks).where(over))]
    spent = [task for task in found if task.attempts >= ATTEMPTS]
    back = [task.number for task in found if task.attempts < ATTEMPTS]
    values = {"state": State.QUEUED.value, "worker": None, "leased_until": None}
    change.execute(tasks.update().where(tasks.c.number.in_(back)).values(values))
    for number in back:
        tell(change, number, "state", {"state": State.QUEUED.value})
    return spent


def release(change: Change, number: int) -> None:
    """Return a task that is running to the queue, as if it had not been begun."""
    values = {
        "state": State.QUEUED.value,
        "worker": None,
        "leased_until": None,
        "attempts": tasks.c.attempts - 1,
    }
    change.execute(tasks.update().where(tasks.c.number == number).values(values))
    tell(change, number, "state", {"state": State.QUEUED.value})


def expired(change: Change, *, now: float) -> list[Task]:
    """Return the tasks whose time is over."""
    return [_task(row) for row in change.execute(select(tasks).where(tasks.c.expires_at < now))]


def remove(change: Change, number: int) -> None:
    """Forget a task, what happened to it, and what was said of it."""
    change.execute(tasks.delete().where(tasks.c.number == number))


def tell(change: Change, number: int, kind: str, data: Mapping[str, Any]) -> None:
    """Note what happened to a task."""
    last = select(func.max(happenings.c.number)).where(happenings.c.task == number)
    values = {
        "task": number,
        "number": (change.scalar(last) or 0) + 1,
        "kind": kind,
        "data": dict(data),
    }
    change.execute(happenings.insert().values(values))


def retell(change: Change, number: int, kind: str, data: Mapping[str, Any]) -> None:
    """Note what happened to a task in place of all that was noted of that kind before."""
    old = and_(happenings.c.task == number, happenings.c.kind == kind)
    last = change.scalar(select(func.max(happenings.c.number)).where(old))
    tell(change, number, kind, data)
    change.execute(happenings.delete().where(old, happenings.c.number <= (last or 0)))


def told(change: Change, number: int, kind: str) -> Mapping[str, Any] | None:
    """Return what was noted last of that kind to have happened to a task."""
    query = select(happenings.c.data).where(happenings.c.task == number, happenings.c.kind == kind)
    found: Mapping[str, Any] | None = change.scalar(
        query.order_by(happenings.c.number.desc()).limit(1)
    )
    return found


def unannounced(change: Change, *, most: int) -> list[Task]:
    """Return tasks that have ended and that the hooks were not told of, in order."""
    ended = tasks.c.state.in_([State.DONE, State.FAILED, State.CANCELLED])
    query = select(tasks).where(~tasks.c.announced, ended).order_by(tasks.c.number).limit(most)
    return [_task(row) for row in change.execute(query)]


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


def happened(change: Change, number: int, *, after: int = 0) -> list[Happening]:
    """Return what happened to a task since, in order."""
    query = select(happenings.c.number, happenings.c.kind, happenings.c.data).where(
        happenings.c.task == number, happenings.c.number > after
    )
    return [Happening(*row) for row in change.execute(query.order_by(happenings.c.number))]


def _task(row: Row[*tuple[Any, ...]]) -> Task:
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
    )
