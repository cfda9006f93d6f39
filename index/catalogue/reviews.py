"""Rows of reviews: what a person said of a trace's findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from index.catalogue.database import Change
from index.catalogue.desk_tables import reviews


class Verdict(StrEnum):
    """What a person decided on a finding."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Review:
    """What a person said of a finding; the newest word of whoever spoke last.

    Attributes:
        verdict: What was decided; None where there is only a comment.
        comment: In that person's words; None where there is only a verdict.
        who: The id of a key, or "local".
        at: When, in seconds since 1970.
    """

    verdict: Verdict | None
    comment: str | None
    who: str
    at: float


def put(change: Change, task: int, finding: str, review: Review) -> None:
    """Keep what was said of a finding in place of what was said before."""
    remove(change, task, finding)
    values = {
        "task": task,
        "finding": finding,
        "verdict": None if review.verdict is None else review.verdict.value,
        "comment": review.comment,
        "who": review.who,
        "at": review.at,
    }
    change.execute(reviews.insert().values(values))


def remove(change: Change, task: int, finding: str) -> bool:
    """Forget what was said of a finding; return whether there was anything."""
    there = (reviews.c.task == task) & (reviews.c.finding == finding)
    gone = change.execute(reviews.delete().where(there).returning(reviews.c.finding))
    return gone.one_or_none() is not None


def of(change: Change, task: int) -> Mapping[str, Review]:
    """Return what was said of a trace's findings, by finding."""
    rows = change.execute(select(reviews).where(reviews.c.task == task))
    return {
        row.finding: Review(
            None if row.verdict is None else Verdict(row.verdict), row.comment, row.who, row.at
        )
        for row in rows
    }
