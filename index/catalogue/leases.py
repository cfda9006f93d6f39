"""Rows of tasks, as workers have them: leased, renewed while they run, and given back.

A worker leases a task and renews that while it runs, so a task whose worker died returns to the
queue. Times are seconds since 1970.
"""

from collections.abc import Callable, Collection

from sqlalchemy import select

from index.catalogue import happenings
from index.catalogue.database import Change
from index.catalogue.desk_tables import tasks
from index.catalogue.tasks import State, Task, held_by, task_of

type Gone = Callable[[str], bool]
"""Tells whether a worker has ended."""

ATTEMPTS = 3
"""Times a task is begun: one whose worker died so often would go on killing workers."""


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
    happenings.tell(change, number, "state", {"state": State.RUNNING.value})
    return task_of(row)


def held(change: Change, number: int, worker: str) -> bool:
    """Return whether a task runs and is the worker's."""
    query = select(tasks.c.number).where(held_by(number, worker))
    return change.scalar(query) is not None


def renew(  # noqa: PLR0913 # whose it is, until when, and how far it is
    change: Change, number: int, worker: str, *, until: float, stage: str | None, share: float
) -> bool:
    """Keep a task leased and note how far it is; return whether it is still the worker's."""
    before = change.execute(
        select(tasks.c.stage, tasks.c.share).where(held_by(number, worker))
    ).one_or_none()
    if before is None:
        return False
    values = {"leased_until": until, "stage": stage, "share": share}
    change.execute(tasks.update().where(tasks.c.number == number).values(values))
    if (before.stage, before.share) != (stage, share):
        happenings.tell(change, number, "progress", {"stage": stage, "share": round(share, 4)})
    return True


def left(change: Change, *, now: float, gone: Gone) -> list[Task]:
    """Return tasks whose worker died.

    Args:
        change: The transaction.
        now: Leases that ended before are over.
        gone: Whether a worker has ended, so that its leases are over whenever they end.
    """
    running = select(tasks).where(tasks.c.state == State.RUNNING)
    return [
        task_of(row)
        for row in change.execute(running).all()
        if row.leased_until is None or row.leased_until < now or gone(row.worker or "")
    ]


def recover(change: Change, *, now: float, gone: Gone = lambda _: False) -> list[Task]:
    """Return tasks whose worker died to the queue; but not those that were begun too often.

    Args:
        change: The transaction.
        now: As for `left`.
        gone: As for `left`.

    Returns:
        Those that were begun too often.
    """
    over = left(change, now=now, gone=gone)
    for task in over:
        if task.attempts < ATTEMPTS:
            _requeue(change, task.number, attempts=task.attempts)
    return [task for task in over if task.attempts >= ATTEMPTS]


def release(change: Change, number: int, worker: str) -> bool:
    """Return a worker's task to the queue as if it had not been begun; return whether it was."""
    attempts = change.scalar(select(tasks.c.attempts).where(held_by(number, worker)))
    if attempts is None:
        return False
    _requeue(change, number, attempts=attempts - 1)
    return True


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
    happenings.tell(change, number, "state", {"state": State.QUEUED.value})
