"""Rows that nobody needs any more."""

from index.catalogue import tasks
from index.catalogue.database import Change
from index.catalogue.desk_tables import replies

REPLIES = 86400.0
"""Seconds for which a request may be repeated and be answered the same."""
PROGRESS = 3600.0
"""Seconds for which one who comes back is told how far a task was that has ended."""


def forget(change: Change, *, now: float) -> None:
    """Delete what was answered long ago, and how far tasks were that ended a while ago."""
    change.execute(replies.delete().where(replies.c.created_at < now - REPLIES))
    tasks.hush(change, before=now - PROGRESS)
