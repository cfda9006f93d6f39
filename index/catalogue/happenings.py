"""Rows of what has happened to tasks, for those who follow one and for those who come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import happenings as rows
from index.catalogue.desk_tables import tasks


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


def tell(change: Change, number: int, kind: str, data: Mapping[str, Any]) -> None:
    """Note what happened to a task."""
    last = select(func.max(rows.c.number)).where(rows.c.task == number)
    values = {
        "task": number,
        "number": (change.scalar(last) or 0) + 1,
        "kind": kind,
        "data": dict(data),
    }
    change.execute(rows.insert().values(values))


def retell(change: Change, number: int, kind: str, data: Mapping[str, Any]) -> None:
    """Note what happened to a task in place of all that was noted of that kind before."""
    old = and_(rows.c.task == number, rows.c.kind == kind)
    last = change.scalar(select(func.max(rows.c.number)).where(old))
    tell(change, number, kind, data)
    change.execute(rows.delete().where(old, rows.c.number <= (last or 0)))


def told(change: Change, number: int, kind: str) -> Mapping[str, Any] | None:
    """Return what was noted last of that kind to have happened to a task."""
    query = select(rows.c.data).where(rows.c.task == number, rows.c.kind == kind)
    found: Mapping[str, Any] | None = change.scalar(query.order_by(rows.c.number.desc()).limit(1))
    return found


def happened(change: Change, number: int, *, after: int = 0) -> list[Happening]:
    """Return what happened to a task since, in order."""
    query = select(rows.c.number, rows.c.kind, rows.c.data).where(
        rows.c.task == number, rows.c.number > after
    )
    return [Happening(*row) for row in change.execute(query.order_by(rows.c.number))]


def hush(change: Change, *, before: float) -> None:
    """Forget how far tasks were that ended before some time; how they ended is kept."""
    ended = select(tasks.c.number).where(tasks.c.ended_at < before)
    of = and_(rows.c.task.in_(ended), rows.c.kind == "progress")
    change.execute(rows.delete().where(of))
