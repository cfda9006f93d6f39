"""Rows of reviews: what people said of a trace's findings, every word of it.

Nothing is overwritten. Of each person the last word on a finding stands, beside those of others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import words


class Verdict(StrEnum):
    """What a person decided on a finding."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Review:
    """What a person said of a finding.

    Attributes:
        finding: Which.
        verdict: What was decided; None where there is only a comment, or nothing any more.
        comment: In that person's words; None where there is only a verdict, or nothing any more.
        who: The id of a key, or "local".
        at: When, in seconds since 1970.
        withdrawn: Whether it only takes back what the same person said before.
        number: Of the row, rising; 0 before it has one.
    """

    finding: str
    verdict: Verdict | None
    comment: str | None
    who: str
    at: float
    withdrawn: bool = False
    number: int = 0


def add(change: Change, task: int, review: Review) -> Review:
    """Keep what somebody says of a finding; return it with its number."""
    values = {
        "task": task,
        "finding": review.finding,
        "verdict": None if review.verdict is None else review.verdict.value,
        "comment": review.comment,
        "who": review.who,
        "at": review.at,
        "withdrawn": review.withdrawn,
    }
    return _review(change.execute(words.insert().values(values).returning(words)).one())


def withdraw(change: Change, task: int, finding: str, who: str, *, now: float) -> bool:
    """Take back what somebody said of a finding; return whether there was anything."""
    mine = [one for one in standing(change, task).get(finding, ()) if one.who == who]
    if mine:
        add(change, task, Review(finding, None, None, who, now, withdrawn=True))
    return bool(mine)


def standing(
    change: Change, task: int, *, upto: int | None = None
) -> Mapping[str, Sequence[Review]]:
    """Return what people say of a trace's findings: by finding, the last word of each, in order.

    Args:
        change: The transaction.
        task: The trace's number.
        upto: As it was when the word of this number had been said; None for now.
    """
    query = select(words).where(words.c.task == task)
    if upto is not None:
        query = query.where(words.c.number <= upto)
    rows = change.execute(query.order_by(words.c.number))
    last = {(row.finding, row.who): _review(row) for row in rows}
    said: dict[str, list[Review]] = {}
    for one in sorted(last.values(), key=lambda each: each.number):
        if not one.withdrawn:
            said.setdefault(one.finding, []).append(one)
    return said


def listed(change: Change, task: int, *, after: int, most: int) -> list[Review]:
    """Return every word on a trace's findings in order; those after a number, at most so many."""
    query = select(words).where(words.c.task == task, words.c.number > after)
    return [_review(row) for row in change.execute(query.order_by(words.c.number).limit(most))]


def newest(change: Change, task: int) -> int:
    """Return the number of the last word on a trace's findings; 0 where nobody said any."""
    return int(change.scalar(select(func.max(words.c.number)).where(words.c.task == task)) or 0)


def _review(row: Row[*tuple[Any, ...]]) -> Review:
    return Review(
        finding=row.finding,
        verdict=None if row.verdict is None else Verdict(row.verdict),
        comment=row.comment,
        who=row.who,
        at=row.at,
        withdrawn=row.withdrawn,
        number=row.number,
    )
