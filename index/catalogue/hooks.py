"""Rows of hooks, addresses that are told what happens, and of what is delivered to them.

A delivery is claimed before it is tried, for a time after which it counts as not tried; so one
that nobody lived to end is tried again. Times are seconds since 1970.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, func, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import deliveries, hooks, keys
from index.catalogue.watchers import LOCAL


class Progress(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that is told what happens.

    Attributes:
        id: Cannot be guessed.
        owner: Who asked for it: the id of a key, or "local".
        url: The address.
        secret: Signs what is sent to it.
        events: What it is told of.
        created_at: When it was asked for.
        active: Whether it is told anything.
        stopped: Why the service itself tells it nothing more.
        old_secret: The secret before, which signs as well for some time.
        old_until: Until then.
    """

    id: str
    owner: str
    url: str
    secret: str
    events: tuple[str, ...]
    created_at: float
    active: bool = True
    stopped: str | None = None
    old_secret: str | None = None
    old_until: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to a hook.

    Attributes:
        hook: Whose.
        message: Its id, the same however often it is sent.
        event: What it tells of.
        body: What is sent.
        created_at: When it was to be told.
        next_at: When it is tried next; None for never.
        state: What became of it.
        attempts: How often it was tried.
        status: What was answered last.
        error: Why nothing was.
        tried_at: When that was.
        number: Of the row, rising; 0 before it has one.
    """

    hook: str
    message: str
    event: str
    body: str
    created_at: float
    next_at: float | None
    state: Progress = Progress.WAITING
    attempts: int = 0
    status: int | None = None
    error: str | None = None
    tried_at: float | None = None
    number: int = 0


def add(change: Change, hook: Hook) -> None:
    """Add a hook."""
    values = {name: getattr(hook, name) for name in Hook.__slots__}
    change.execute(hooks.insert().values(values | {"events": list(hook.events)}))


def find(change: Change, name: str) -> Hook | None:
    """Return the hook of an id."""
    row = change.execute(select(hooks).where(hooks.c.id == name)).one_or_none()
    return None if row is None else _hook(row)


def listed(change: Change, *, owner: str | None, after: str | None, most: int) -> list[Hook]:
    """Return hooks by id: somebody's or, for None, all; those after an id, at most so many."""
    query = select(hooks).order_by(hooks.c.id).limit(most)
    if owner is not None:
        query = query.where(hooks.c.owner == owner)
    if after is not None:
        query = query.where(hooks.c.id > after)
    return [_hook(row) for row in change.execute(query)]


def counted(change: Change, owner: str) -> int:
    """Return how many hooks somebody has."""
    query = select(func.count()).select_from(hooks).where(hooks.c.owner == owner)
    return int(change.scalar(query) or 0)


def alter(change: Change, name: str, **values: Any) -> None:  # noqa: ANN401 # columns of a hook
    """Change a hook."""
    change.execute(hooks.update().where(hooks.c.id == name).values(values))


def remove(change: Change, name: str) -> None:
    """Forget a hook and all that was delivered to it."""
    change.execute(hooks.delete().where(hooks.c.id == name))


def listening(change: Change, event: str, owner: str, *, now: float) -> list[Hook]:
    """Return the hooks that are told of an event: its owner's, and those of admins.

    Those whose owner's key is not valid any more are told nothing.
    """
    return [
        _hook(row)
        for row in change.execute(_with_keys().where(hooks.c.active).order_by(hooks.c.id))
        if event in row.events and _valid(row, now=now) and _hears(row, owner)
    ]


def queue(change: Change, delivery: Delivery) -> None:
    """Add a message to a hook."""
    values = {name: getattr(delivery, name) for name in Delivery.__slots__ if name != "number"}
    change.execute(deliveries.insert().values(values | {"state": delivery.state.value}))


def due(change: Change, *, now: float) -> bool:
    """Return whether any message is to be sent."""
    query = select(deliveries.c.number).where(deliveries.c.next_at <= now).limit(1)
    return change.scalar(query) is not None


def claim(
    change: Change, *, now: float, until: float, but: Collection[str] = ()
) -> tuple[Hook, Delivery] | None:
    """Return the message that is due longest, with its hook; nobody else has it until a time.

    Those to hooks whose owner's key is not valid any more are given up.

    Args:
        change: The transaction.
        now: What is due.
        until: When it is due again if nobody says what became of it.
        but: Hooks that are left out.
    """
    ready = [deliveries.c.next_at <= now, deliveries.c.hook.not_in(but)]
    query = select(deliveries).where(*ready).order_by(deliveries.c.next_at).limit(1)
    while (row := change.execute(query).one_or_none()) is not None:
        hook = change.execute(_with_keys().where(hooks.c.id == row.hook)).one()
        if not (hook.active and _valid(hook, now=now)):
            give_up(change, row.hook)
            continue
        values = {"next_at": until, "attempts": row.attempts + 1, "tried_at": now}
        mine = deliveries.update().where(deliveries.c.number == row.number).values(values)
        return _hook(hook), _delivery(change.execute(mine.returning(deliveries)).one())
    return None


def give_up(change: Change, hook: str) -> None:
    """Send a hook nothing of what waits for it."""
    values = {
        "state": Progress.GIVEN_UP.value,
        "next_at": None,
        "error": "It is told nothing more.",
    }
    mine = (deliveries.c.hook == hook) & (deliveries.c.state == Progress.WAITING.value)
    change.execute(deliveries.update().where(mine).values(values))


def settle(  # noqa: PLR0913 # all that became of it
    change: Change,
    number: int,
    state: Progress,
    *,
    status: int | None,
    error: str | None,
    next_at: float | None,
) -> None:
    """Note what became of a message."""
    values = {"state": state.value, "status": status, "error": error, "next_at": next_at}
    change.execute(deliveries.update().where(deliveries.c.number == number).values(values))


def again(change: Change, number: int, *, now: float) -> None:
    """Let a message be sent now, and as often as a new one if that fails."""
    values = {"state": Progress.WAITING.value, "attempts": 0, "next_at": now}
    change.execute(deliveries.update().where(deliveries.c.number == number).values(values))


def delivery(change: Change, hook: str, message: str) -> Delivery | None:
    """Return a message to a hook."""
    query = select(deliveries).where(deliveries.c.hook == hook, deliveries.c.message == message)
    row = change.execute(query).one_or_none()
    return None if row is None else _delivery(row)


def delivered(change: Change, hook: str, *, before: int | None, most: int) -> list[Delivery]:
    """Return the messages to a hook, the newest first; those before a number, at most so many."""
    query = select(deliveries).where(deliveries.c.hook == hook)
    if before is not None:
        query = query.where(deliveries.c.number < before)
    rows = change.execute(query.order_by(deliveries.c.number.desc()).limit(most))
    return [_delivery(row) for row in rows]


def forget(change: Change, *, before: float) -> None:
    """Forget messages that were to be told before a time and are not waiting."""
    old = deliveries.c.created_at < before
    change.execute(deliveries.delete().where(old, deliveries.c.next_at.is_(None)))


def states(change: Change) -> dict[Progress, int]:
    """Return how many messages there are of each state."""
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    return {Progress(state): count for state, count in change.execute(query)}


def _with_keys() -> Select[*tuple[Any, ...]]:
    joined = hooks.outerjoin(keys, keys.c.id == hooks.c.owner)
    return select(*hooks.c, keys.c.scopes, keys.c.expires_at, keys.c.revoked_at).select_from(joined)


def _valid(row: Row[*tuple[Any, ...]], *, now: float) -> bool:
    """Return whether the owner of a hook may still ask for anything."""
    if row.owner == LOCAL:
        return True
    open_ended = row.expires_at is None or row.expires_at > now
    return row.scopes is not None and row.revoked_at is None and open_ended


def _hears(row: Row[*tuple[Any, ...]], owner: str) -> bool:
    return row.owner in {LOCAL, owner} or "admin" in row.scopes


def _hook(row: Row[*tuple[Any, ...]]) -> Hook:
    values = {name: getattr(row, name) for name in Hook.__slots__}
    return Hook(**values | {"events": tuple(row.events)})


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    values = {name: getattr(row, name) for name in Delivery.__slots__}
    return Delivery(**values | {"state": Progress(row.state)})
