"""Rows of banks: lists of what is known, each with what is to be done with a clip that shows it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import batched
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from index.catalogue.database import Change
from index.catalogue.desk_tables import banks, entries

BATCH = 300
"""Values in one statement."""


class Policy(StrEnum):
    """What is to be done with a clip that shows what a bank lists, the mildest first."""

    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Bank:
    """A list of what is known.

    Attributes:
        id: Cannot be guessed.
        name: What people call it; no two have the same.
        policy: What is to be done.
        reason: Why, for people.
        created_at: Seconds since 1970.
    """

    id: str
    name: str
    policy: Policy
    reason: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Entry:
    """What a bank lists.

    Attributes:
        bank: Whose.
        kind: "asset", or of a hash that was made elsewhere.
        value: The asset's digest, or the hash.
        note: For people.
        created_at: Seconds since 1970.
        number: Of its row, in the order in which entries came; 0 before it has one.
    """

    bank: str
    kind: str
    value: str
    note: str | None
    created_at: float
    number: int = 0


def add(change: Change, bank: Bank) -> bool:
    """Add a bank; return whether its name was free."""
    return _done(change, insert(banks).values(_row(bank)).on_conflict_do_nothing())


def find(change: Change, name: str) -> Bank | None:
    """Return the bank of an id."""
    row = change.execute(select(banks).where(banks.c.id == name)).one_or_none()
    return None if row is None else _bank(row)


def called(change: Change, name: str) -> Bank | None:
    """Return the bank that people call so."""
    row = change.execute(select(banks).where(banks.c.name == name)).one_or_none()
    return None if row is None else _bank(row)


def listed(change: Change, *, after: str = "", most: int = 50) -> list[Bank]:
    """Return banks by name.

    Args:
        change: The transaction.
        after: Only those whose names come later.
        most: At most so many.
    """
    query = select(banks).where(banks.c.name > after).order_by(banks.c.name).limit(most)
    return [_bank(row) for row in change.execute(query)]


def replace(change: Change, bank: Bank) -> bool:
    """Give a bank another name, policy or reason; return whether its name was free."""
    taken = select(banks.c.id).where(banks.c.name == bank.name, banks.c.id != bank.id)
    if change.scalar(taken) is not None:
        return False
    change.execute(update(banks).where(banks.c.id == bank.id).values(_row(bank)))
    return True


def remove(change: Change, name: str) -> None:
    """Forget the bank of an id with all it lists."""
    change.execute(delete(banks).where(banks.c.id == name))


def put(change: Change, given: Iterable[Entry]) -> int:
    """List more in banks; return how many of them were new there."""
    added = 0
    for part in batched(given, BATCH):
        rows = [
            {
                "bank": one.bank,
                "kind": one.kind,
                "value": one.value,
                "note": one.note,
                "created_at": one.created_at,
            }
            for one in part
        ]
        query = insert(entries).values(rows).on_conflict_do_nothing().returning(entries.c.number)
        added += len(change.execute(query).all())
    return added


def entry(change: Change, bank: str, number: int) -> Entry | None:
    """Return an entry of a bank."""
    query = select(entries).where(entries.c.bank == bank, entries.c.number == number)
    row = change.execute(query).one_or_none()
    return None if row is None else _entry(row)


def same(change: Change, given: Entry) -> Entry | None:
    """Return the entry of the same bank that lists the same."""
    query = select(entries).where(
        entries.c.bank == given.bank, entries.c.kind == given.kind, entries.c.value == given.value
    )
    row = change.execute(query).one_or_none()
    return None if row is None else _entry(row)


def held(change: Change, bank: str, *, after: int = 0, most: int = 50) -> list[Entry]:
    """Return what a bank lists, in the order in which it came.

    Args:
        change: The transaction.
        bank: Which, by its id.
        after: Only entries whose number is higher.
        most: At most so many.
    """
    query = select(entries).where(entries.c.bank == bank, entries.c.number > after)
    return [_entry(row) for row in change.execute(query.order_by(entries.c.number).limit(most))]


def count(change: Change, bank: str) -> int:
    """Return how much a bank lists."""
    query = select(func.count()).select_from(entries).where(entries.c.bank == bank)
    return int(change.scalar(query) or 0)


def drop(change: Change, bank: str, number: int) -> bool:
    """Strike an entry off a bank; return whether there was one."""
    struck = delete(entries).where(entries.c.bank == bank, entries.c.number == number)
    return _done(change, struck)


def version(change: Change) -> tuple[int, int]:
    """Return what is another one whenever an entry came or went: entries are never changed."""
    last, many = change.execute(select(func.max(entries.c.number), func.count())).one()
    return int(last or 0), int(many)


def of_kind(change: Change, kind: str) -> Iterator[tuple[int, str]]:
    """Yield number and value of all entries of a kind."""
    query = (
        select(entries.c.number, entries.c.value)
        .where(entries.c.kind == kind)
        .order_by(entries.c.number)
    )
    yield from ((number, value) for number, value in change.execute(query))


def listing(
    change: Change, kinds: Sequence[str], values: Iterable[str]
) -> list[tuple[Bank, Entry]]:
    """Return the entries of some kinds with these values, each with its bank."""
    found: list[tuple[Bank, Entry]] = []
    for part in batched(dict.fromkeys(values), BATCH):
        where = entries.c.kind.in_(kinds) & entries.c.value.in_(part)
        found += _joined(change, where)
    return found


def numbered(change: Change, numbers: Iterable[int]) -> list[tuple[Bank, Entry]]:
    """Return the entries of these numbers, each with its bank."""
    found: list[tuple[Bank, Entry]] = []
    for part in batched(dict.fromkeys(numbers), BATCH):
        found += _joined(change, entries.c.number.in_(part))
    return found


def _joined(change: Change, where: Any) -> list[tuple[Bank, Entry]]:  # noqa: ANN401 # a condition
    rows = change.execute(select(entries).where(where).order_by(entries.c.number)).all()
    known = select(banks).where(banks.c.id.in_({row.bank for row in rows}))
    of = {row.id: _bank(row) for row in change.execute(known)}
    return [(of[row.bank], _entry(row)) for row in rows]


def _done(change: Change, statement: Any) -> bool:  # noqa: ANN401 # an insert or a delete
    return bool(change.execute(statement).rowcount)


def _row(bank: Bank) -> dict[str, object]:
    return {
        "id": bank.id,
        "name": bank.name,
        "policy": bank.policy.value,
        "reason": bank.reason,
        "created_at": bank.created_at,
    }


def _bank(row: Row[*tuple[Any, ...]]) -> Bank:
    return Bank(row.id, row.name, Policy(row.policy), row.reason, row.created_at)


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(row.bank, row.kind, row.value, row.note, row.created_at, row.number)
