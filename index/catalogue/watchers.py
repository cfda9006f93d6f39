"""Rows of those who asked the service for a watch."""

from dataclasses import dataclass

from sqlalchemy import select

from index.catalogue.database import Change
from index.catalogue.desk_tables import watchers

LOCAL = "local"
"""Who has the watches that were made by the command."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody who asked for a watch.

    Attributes:
        id: Of the watch, as they know it.
        watch: Its number.
        owner: Who: the id of a key, or "local".
        trace: The trace that left something unexplained; it may be deleted since.
        name: What they call the clip.
        note: What they said of it.
        added_at: When they asked, in seconds since 1970.
        number: Of the row, rising; 0 before it has one.
    """

    id: str
    watch: int
    owner: str
    trace: str | None
    name: str
    note: str | None
    added_at: float
    number: int = 0


def add(change: Change, watcher: Watcher) -> None:
    """Note that somebody waits for a watch; each does once."""
    values = {
        "id": watcher.id,
        "watch": watcher.watch,
        "owner": watcher.owner,
        "trace": watcher.trace,
        "name": watcher.name,
        "note": watcher.note,
        "added_at": watcher.added_at,
    }
    change.execute(watchers.insert().values(values))


def every(change: Change) -> list[Watcher]:
    """Return all by number."""
    columns = [watchers.c[name] for name in Watcher.__slots__]
    rows = change.execute(select(*columns).order_by(watchers.c.number))
    return [Watcher(*row) for row in rows]


def remove(change: Change, name: str) -> None:
    """Note that somebody waits no more."""
    change.execute(watchers.delete().where(watchers.c.id == name))
