"""Rows of files still to be done."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from index.catalogue.database import Change
from index.catalogue.tables import jobs

QUEUED = "queued"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be indexed.

    Attributes:
        uri: Where it lies.
        reason: Why, in one sentence.
        attempts: How often it was tried.
        at: RFC 3339 time of the last attempt.
    """

    uri: str
    reason: str
    attempts: int
    at: str


def queue(change: Change, uri: str) -> None:
    """Note that a file is to be indexed by the next run."""
    _put(change, uri, state=QUEUED, attempts=0, reason=None)


def fail(change: Change, uri: str, reason: str) -> None:
    """Note that a file could not be indexed, once more."""
    attempts = change.scalar(select(jobs.c.attempts).where(jobs.c.uri == uri)) or 0
    _put(change, uri, state=FAILED, attempts=attempts + 1, reason=reason)


def finish(change: Change, uri: str) -> None:
    """Note that nothing remains to be done for a file."""
    change.execute(jobs.delete().where(jobs.c.uri == uri))


def queued(change: Change) -> list[str]:
    """Return the files the next run has to index, whatever it is asked for."""
    query = select(jobs.c.uri).where(jobs.c.state == QUEUED).order_by(jobs.c.uri)
    return list(change.scalars(query))


def failures(change: Change) -> list[Failure]:
    """Return the files that could not be indexed."""
    columns = select(jobs.c.uri, jobs.c.reason, jobs.c.attempts, jobs.c.updated_at)
    query = columns.where(jobs.c.state == FAILED).order_by(jobs.c.uri)
    return [Failure(*row) for row in change.execute(query)]


def _put(change: Change, uri: str, *, state: str, attempts: int, reason: str | None) -> None:
    finish(change, uri)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    values = {
        "uri": uri,
        "state": state,
        "attempts": attempts,
        "reason": reason,
        "updated_at": now,
    }
    change.execute(jobs.insert().values(values))
