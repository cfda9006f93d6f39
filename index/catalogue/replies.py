"""Rows of replies: what was answered to requests that may be sent twice but do their work once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import replies

KEPT = 24 * 3600.0
"""Seconds for which a reply is kept."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered.

    Attributes:
        asked: SHA-256 of the request.
        status: HTTP status; None while it is being answered. Of one that held a secret, that of
            the refusal to show it again, and no body.
        headers: Names and values.
        body: The document.
    """

    asked: str
    status: int | None = None
    headers: Sequence[tuple[str, str]] = ()
    body: str = ""


def begin(change: Change, owner: str, key: str, asked: str, *, now: float) -> Reply | None:
    """Begin to answer a request; return the reply of one that came before with its key, if any.

    Args:
        change: The transaction.
        owner: Who asks.
        key: What tells the request from others of the same caller.
        asked: Digest of as much of the request as is known.
        now: Replies that are too old are none.
    """
    mine = and_(replies.c.owner == owner, replies.c.key == key)
    change.execute(replies.delete().where(mine, replies.c.created_at < now - KEPT))
    row = change.execute(select(replies).where(mine)).one_or_none()
    if row is not None:
        headers = [(str(name), str(value)) for name, value in row.headers or ()]
        return Reply(row.asked, row.status, headers, row.body or "")
    values = {"owner": owner, "key": key, "asked": asked, "created_at": now}
    change.execute(replies.insert().values(values))
    return None


def keep(change: Change, owner: str, key: str, reply: Reply) -> None:
    """Keep what was answered."""
    mine = and_(replies.c.owner == owner, replies.c.key == key)
    values = {
        "asked": reply.asked,
        "status": reply.status,
        "headers": [list(header) for header in reply.headers],
        "body": reply.body,
    }
    change.execute(replies.update().where(mine).values(values))


def forget(change: Change, owner: str, key: str) -> None:
    """Forget a request that came to nothing, so that it can be sent again."""
    change.execute(replies.delete().where(replies.c.owner == owner, replies.c.key == key))


def abandon(change: Change) -> None:
    """Forget requests that nobody is answering: those of a service that has ended."""
    change.execute(replies.delete().where(replies.c.status.is_(None)))
