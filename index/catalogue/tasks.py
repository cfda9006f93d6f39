"""Rows of tasks: long work that the service was asked for, and what has happened to it.

A worker leases a task and renews that while it runs, so a task whose worker died returns to the
queue. Times are seconds since 1970.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import happenings, tasks

type Gone = Callable[[str], bool]
"""Tells whether a worker has ended."""

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


def lease(
    change: Change, worker: str, *, kinds: Collection[str], now: float, until: float
) -> Task | None:
    """Return the task of some kinds that waits longest, now the worker's; None if none waits."""
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


def held(change: Change, number: int, worker: str) -> bool:
    """Return whether a task runs and is the worker's."""
    query = select(tasks.c.number).where(_mine(number, worker))
    return change.scalar(query) is not None


def renew(  # noqa: PLR0913 # whose it is, until when, and how far it is
    change: Change, number: int, worker: str, *, until: float, stage: str | None, share: float
) -> bool:
    """Keep a task leased and note how far it is; return whether it is still the worker's."""
    before = change.execute(
        select(tasks.c.stage, tasks.c.share).where(_mine(number, worker))
    ).one_or_none()
    if before is None:
        return False
    values = {"leased_until": until, "stage": stage, "share": share}
    change.execute(tasks.update().where(tasks.c.number == number).values(values))
    if (before.stage, before.share) != (stage, share):
        tell(change, number, "progress", {"stage": stage, "share": round(share, 4)})
    return True


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
    which = open_ if worker is None else _mine(number, worker)
    ended = change.execute(tasks.update().where(which).values(values).returning(tasks.c.number))
    if ended.one_or_none() is None:
        return False
    tell(change, number, "state", {"state": state.value, "outcome": outcome})
    return True


def recover(change: Change, *, now: float, gone: Gone = lambda _: False) -> list[Task]:
    """Return tasks whose worker died to the queue; but not those that were begun too often.

    Args:
        change: The transaction.
        now: Leases that ended before are over.
        gone: Whether a worker has ended, so that its leases are over whenever they end.

    Returns:
        Those that were begun too often.
    """
    running = select(tasks).where(tasks.c.state == State.RUNNING)
    over = [
        _task(row)
        for row in change.execute(running).all()
        if row.leased_until is None or row.leased_until < now or gone(row.worker or "")
    ]
    for task in over:
        if task.attempts < ATTEMPTS:
            _requeue(change, task.number, attempts=task.attempts)
    return [task for task in over if task.attempts >= ATTEMPTS]


def release(change: Change, number: int, worker: str) -> bool:
    """Return a worker's task to the queue as if it had not been begun; return whether it was."""
    attempts = change.scalar(select(tasks.c.attempts).where(_mine(number, worker)))
    if attempts is None:
        return False
    _requeue(change, number, attempts=attempts - 1)
    return True


def expired(change: Change, *, now: float) -> list[Task]:
    """Return the tasks whose time is over."""
    return [_task(row) for row in change.execute(select(tasks).where(tasks.c.expires_at < now))]


def kept(change: Change) -> dict[str, str]:
    """Return the kind of each task, by id."""
    return {row.id: row.kind for row in change.execute(select(tasks.c.id, tasks.c.kind))}


def remove(change: Change, number: int) -> None:
    """Forget a task, what happened to it, and what was said of it."""
    change.execute(tasks.delete().where(tasks.c.number == number))


def hush(change: Change, *, before: float) -> None:
    """Forget how far tasks were that ended before some time; how they ended is kept."""
    ended = select(tasks.c.number).where(tasks.c.ended_at < before)
    of = and_(happenings.c.task.in_(ended), happenings.c.kind == "progress")
    change.execute(happenings.delete().where(of))


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


def _requeue(change: Change, number: int, *, attempts: int) -> None:
    values = {
        "state": State.QUEUED.value,
        "worker": None,
        "leased_until": None,
        "attempts": attempts,
        "stage": None,
        "share": 0.0,
    }
    change.execute(tasks.update().where(tasks.c.number == number).values(values))
    tell(change, number, "state", {"state": State.QUEUED.value})


def _mine(number: int, worker: str) -> ColumnElement[bool]:
    return and_(tasks.c.number == number, tasks.c.worker == worker, tasks.c.state == State.RUNNING)


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
