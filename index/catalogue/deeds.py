"""Rows of the audit log: who did what, and the status that was answered. Only added to."""

from dataclasses import dataclass

from sqlalchemy import select

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


def listed(change: Change, *, before: int | None = None, most: int = 50) -> list[Deed]:
    """Return what was done, the newest first.

    Args:
        change: The transaction.
        before: Only rows of lower numbers.
        most: At most so many.
    """
    query = select(deeds, keys.c.name).outerjoin(keys, keys.c.id == deeds.c.who)
    if before is not None:
        query = query.where(deeds.c.number < before)
    rows = change.execute(query.order_by(deeds.c.number.desc()).limit(most))
    return [
        Deed(
            at=row.at,
            who=row.who,
            action=row.action,
            target=row.target,
            outcome=row.outcome,
            request=row.request,
            number=row.number,
            name=row.name,
        )
        for row in rows
    ]
