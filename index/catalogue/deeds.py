"""Rows of the audit log: who did what, and the status that was answered.

Only added to. Rows that are older than somebody wants to keep them go.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import deeds, keys

COMMAND = "command"
"""Who did what was done by the command line, which needs no key."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did.

    Attributes:
        at: When, in seconds since 1970.
        who: Id of a key, "local", or `COMMAND`.
        action: What: a method and the template of an address, or a command.
        target: To what: an address, or an id.
        outcome: The HTTP status that was answered.
        request: Id of the request; empty for a command.
        number: Of its row; 0 before it has one.
        name: Of the key, for people; None where it is none.
    """

    at: float
    who: str
    action: str
    target: str
    outcome: int
    request: str = ""
    number: int = 0
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deeds are looked for.

    Attributes:
        since: Those from then on, in seconds since 1970; None for all.
        until: Those before; None for all.
        who: Those of these: ids of keys, "local", `COMMAND`; None for all.
    """

    since: float | None = None
    until: float | None = None
    who: tuple[str, ...] | None = None


ALL = Wanted()


def add(change: Change, deed: Deed) -> None:
    """Add what was done."""
    values = {
        "at": deed.at,
        "who": deed.who,
        "action": deed.action,
        "target": deed.target,
        "outcome": deed.outcome,
        "request": deed.request,
    }
    change.execute(deeds.insert().values(values))


def listed(
    change: Change, *, wanted: Wanted = ALL, before: int | None = None, most: int = 50
) -> list[Deed]:
    """Return what was done, the newest first.

    Args:
        change: The transaction.
        wanted: Which.
        before: Only rows of lower numbers.
        most: At most so many.
    """
    query = _query(wanted)
    if before is not None:
        query = query.where(deeds.c.number < before)
    rows = change.execute(query.order_by(deeds.c.number.desc()).limit(most))
    return [_deed(row) for row in rows]


def each(change: Change, wanted: Wanted = ALL) -> Iterator[Deed]:
    """Yield what was done, the oldest first, as it is read."""
    for row in change.execute(_query(wanted).order_by(deeds.c.number)):
        yield _deed(row)


def forget(change: Change, *, before: float) -> None:
    """Forget what was done before some time."""
    change.execute(deeds.delete().where(deeds.c.at < before))


def _query(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = select(*deeds.c, keys.c.name).outerjoin(keys, keys.c.id == deeds.c.who)
    if wanted.since is not None:
        query = query.where(deeds.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(deeds.c.at < wanted.until)
    if wanted.who is not None:
        query = query.where(deeds.c.who.in_(wanted.who))
    return query


def _deed(row: Row[*tuple[Any, ...]]) -> Deed:
    return Deed(
        at=row.at,
        who=row.who,
        action=row.action,
        target=row.target,
        outcome=row.outcome,
        request=row.request,
        number=row.number,
        name=row.name,
    )
