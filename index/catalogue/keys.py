"""Rows of keys: who may ask for what, and in which browsers a key was given.

Neither a key nor a cookie is kept, only its digest. Times are seconds since 1970.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import keys, sessions


@dataclass(frozen=True, slots=True)
class Key:
    """Something that lets its holder in.

    Attributes:
        id: Part of the key, and who a request with it is said to come from.
        name: Of its holder, for people.
        digest: SHA-256 of the whole key.
        scopes: What its holder may ask for.
        created_at: When it was made.
        expires_at: When it ends; None for never.
        revoked_at: When it was revoked; None if it was not.
        used_at: When it was used last, to the minute; None for never.
    """

    id: str
    name: str
    digest: str
    scopes: AbstractSet[str]
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None
    used_at: float | None = None

    def valid(self, now: float) -> bool:
        """Return whether it lets anyone in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def add(change: Change, key: Key) -> None:
    """Add a key that nobody has used."""
    values = {
        "id": key.id,
        "name": key.name,
        "digest": key.digest,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }
    change.execute(keys.insert().values(values))


def find(change: Change, name: str) -> Key | None:
    """Return the key of an id."""
    row = change.execute(select(keys).where(keys.c.id == name)).one_or_none()
    return None if row is None else _key(row)


def every(change: Change) -> list[Key]:
    """Return all keys, the oldest first."""
    return [_key(row) for row in change.execute(select(keys).order_by(keys.c.created_at))]


def named(change: Change, word: str) -> list[Key]:
    """Return the keys of an id or a name that are not revoked."""
    query = select(keys).where(keys.c.revoked_at.is_(None))
    found = change.execute(query.where(or_(keys.c.id == word, keys.c.name == word)))
    return [_key(row) for row in found]


def guarded(change: Change) -> bool:
    """Return whether keys are needed: some were made, and not all of them revoked.

    One that has expired counts: time alone must not open what was locked.
    """
    return change.scalar(select(keys.c.id).where(keys.c.revoked_at.is_(None)).limit(1)) is not None


def revoke(change: Change, name: str, *, now: float) -> None:
    """Let a key in no more, nor the browsers in which it was given."""
    change.execute(keys.update().where(keys.c.id == name).values(revoked_at=now))
    change.execute(sessions.delete().where(sessions.c.key == name))


def note_use(change: Change, name: str, *, now: float) -> None:
    """Note when a key was used."""
    change.execute(keys.update().where(keys.c.id == name).values(used_at=now))


def begin(change: Change, digest: str, key: str, *, now: float, until: float) -> None:
    """Let a browser in by a cookie, for as long as its key is valid; forget those that are over."""
    change.execute(sessions.delete().where(sessions.c.expires_at <= now))
    values = {"id": digest, "key": key, "created_at": now, "expires_at": until}
    change.execute(sessions.insert().values(values))


def end(change: Change, digest: str) -> None:
    """Let a browser in no more."""
    change.execute(sessions.delete().where(sessions.c.id == digest))


def given(change: Change, digest: str, *, now: float) -> Key | None:
    """Return the key that was given in a browser, by its cookie; None if that is over."""
    query = select(keys).join(sessions, sessions.c.key == keys.c.id)
    row = change.execute(
        query.where(sessions.c.id == digest, sessions.c.expires_at > now)
    ).one_or_none()
    return None if row is None else _key(row)


def _key(row: Row[*tuple[Any, ...]]) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        digest=row.digest,
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
