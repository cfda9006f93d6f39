"""Rows that nobody needs any more."""

from index.catalogue import deeds, happenings
from index.catalogue.database import Change
from index.catalogue.desk_tables import replies

REPLIES = 86400.0
"""Seconds for which a request may be repeated and be answered the same."""
PROGRESS = 3600.0
"""Seconds for which one who comes back is told how far a task was that has ended."""


def forget(change: Change, *, now: float, deeds_kept: float | None = None) -> None:
    """Delete what was answered long ago, and how far tasks were that ended a while ago.

    Args:
        change: The transaction.
        now: The time, in seconds since 1970.
        deeds_kept: Seconds for which it is kept who did what; None for good.
    """
    change.execute(replies.delete().where(replies.c.created_at < now - REPLIES))
    happenings.hush(change, before=now - PROGRESS)
    if deeds_kept is not None:
        deeds.forget(change, before=now - deeds_kept)
