"""Rows of uploads: files on their way in, which may arrive in pieces. Times are since 1970."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from index.catalogue.database import Change
from index.catalogue.desk_tables import uploads


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in.

    Attributes:
        id: Cannot be guessed.
        owner: Who sends it: the id of a key, or "local".
        name: For people: the file's name.
        size: Bytes it is to have.
        received: Bytes that are known to be on disk; there may be more.
        metadata: What else whoever sends it says of it, by name.
        created_at: When it was begun.
        expires_at: When it is deleted.
    """

    id: str
    owner: str
    name: str
    size: int
    received: int
    metadata: Mapping[str, str]
    created_at: float
    expires_at: float


def add(change: Change, upload: Upload) -> None:
    """Note an upload that begins."""
    values = {
        "id": upload.id,
        "owner": upload.owner,
        "name": upload.name,
        "size": upload.size,
        "received": upload.received,
        "metadata": dict(upload.metadata),
        "created_at": upload.created_at,
        "expires_at": upload.expires_at,
    }
    change.execute(uploads.insert().values(values))


def find(change: Change, name: str) -> Upload | None:
    """Return the upload of an id."""
    row = change.execute(select(uploads).where(uploads.c.id == name)).one_or_none()
    return None if row is None else _upload(row)


def note(change: Change, name: str, *, received: int, expires_at: float) -> bool:
    """Note how much of an upload is on disk, and until when it is kept; return whether it is."""
    values = {"received": received, "expires_at": expires_at}
    noted = change.execute(
        uploads.update().where(uploads.c.id == name).values(values).returning(uploads.c.id)
    )
    return noted.one_or_none() is not None


def count(change: Change, *, owner: str) -> int:
    """Return how many uploads somebody has that became nothing so far."""
    query = select(func.count()).select_from(uploads).where(uploads.c.owner == owner)
    return int(change.scalar(query) or 0)


def promised(change: Change) -> int:
    """Return how many bytes of all uploads are still to come."""
    return int(change.scalar(select(func.sum(uploads.c.size - uploads.c.received))) or 0)


def remove(change: Change, name: str) -> bool:
    """Forget an upload; return whether there was one."""
    gone = change.execute(uploads.delete().where(uploads.c.id == name).returning(uploads.c.id))
    return gone.one_or_none() is not None


def expired(change: Change, *, now: float) -> list[str]:
    """Return the ids of uploads whose time is over."""
    return list(change.scalars(select(uploads.c.id).where(uploads.c.expires_at < now)))


def kept(change: Change) -> set[str]:
    """Return the ids of all uploads."""
    return set(change.scalars(select(uploads.c.id)))


def _upload(row: Row[*tuple[Any, ...]]) -> Upload:
    return Upload(
        id=row.id,
        owner=row.owner,
        name=row.name,
        size=row.size or 0,
        received=row.received,
        metadata=row.metadata,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
