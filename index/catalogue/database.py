"""The SQLite file: opening it, transactions, and its failures in words."""

import gc
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, inspect, select, text
from sqlalchemy.exc import DatabaseError

from index.catalogue.tables import HEAD, archive
from index.errors import (
    ArchiveBusyError,
    ArchiveDamagedError,
    ArchiveFormatError,
    NoSpaceError,
    UserError,
)
from index.files import shown

WAIT = 30.0
"""Seconds to wait for another connection's commit, which takes milliseconds."""
PAGE = 1024
"""Bytes; each of 13 tables and indexes has a last page that is half empty."""

type Change = Connection
"""An open transaction."""


class Catalogue:
    """The catalogue of one archive."""

    def __init__(self, path: Path, *, write: bool) -> None:
        """Open the file without looking into it; see `open`."""
        self._path = path
        self._engine = _engine(path, write=write)
        # One for all changes: what SQLAlchemy does when it is let go swallows an interrupt.
        self._changes = self._engine.execution_options(immediate=True)

    @classmethod
    def open(cls, path: Path, *, write: bool = False, create: bool = False) -> Self:
        """Open a catalogue and bring it up to date.

        Args:
            path: The SQLite file.
            write: Whether it may be changed; then the archive's lock must be held.
            create: Whether to make it if it is missing.

        Raises:
            ArchiveDamagedError: It is missing or no catalogue.
            ArchiveFormatError: Its tables are of another version and it may not be changed, or
                of a newer one.
        """
        if not create and not path.is_file():
            raise ArchiveDamagedError(
                f"The catalogue {shown(path)} is missing.",
                hint="Put it back from a copy of the archive.",
            )
        catalogue = cls(path, write=write)
        try:
            catalogue._upgrade(write=write)
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    @contextmanager
    def reading(self) -> Iterator[Change]:
        """Give a transaction that sees the catalogue as it is now, whatever others commit."""
        with self._told(), self._engine.begin() as change:
            yield change

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """Give a transaction that is committed at the end, or leaves no trace if it fails."""
        with self._told(), self._changes.begin() as change:
            yield change

    def close(self) -> None:
        """Close all connections; the last one folds the write-ahead log into the file."""
        self._engine.dispose()

    def size(self, change: Change) -> int:
        """Return the bytes the file has once all that was committed is folded into it."""
        pages, page = (change.scalar(text(f"PRAGMA page_{of}")) or 0 for of in ("count", "size"))
        return int(pages) * int(page)

    def faults(self, *, thorough: bool) -> list[str]:
        """Return what SQLite finds wrong with its own file."""
        check = "PRAGMA integrity_check" if thorough else "PRAGMA quick_check"
        with self.reading() as change:
            found = [str(row[0]) for row in change.execute(text(check))]
            strays = change.execute(text("PRAGMA foreign_key_check")).all()
        return [f"The catalogue is damaged: {line}." for line in found if line != "ok"] + [
            f"The catalogue's table {stray[0]} names a missing row of {stray[2]}."
            for stray in strays
        ]

    def _upgrade(self, *, write: bool) -> None:
        with self.reading() as change:
            known = inspect(change).has_table("alembic_version")
            found = (
                change.scalar(text("SELECT version_num FROM alembic_version")) if known else None
            )
        if found == HEAD:
            return
        if not write:
            raise ArchiveFormatError(
                f"The catalogue {shown(self._path)} has tables of another version.",
                hint="Run `wherefrom index` once with this version, or use a newer wherefrom.",
            )
        from index.catalogue import upgrade  # noqa: PLC0415 # Alembic costs 0.3 s, seldom needed

        with self.changing() as change:
            upgrade.upgrade(change)
            if change.scalar(select(archive.c.id)) is None:
                change.execute(archive.insert().values(id=uuid.uuid4().hex, generation=0))
        # What Alembic leaves is let go by callbacks that swallow an interrupt; so it goes now, and
        # not while files are added.
        gc.collect(0)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            told = _sentence(self._path, error.orig)
            if told is None:
                raise
            raise told from error


def _engine(path: Path, *, write: bool) -> Engine:
    mode = "rwc" if write else "ro"
    # Without a log and a writable folder nothing can change, and SQLite may not make its own files.
    if not write and not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists():
        mode = "ro&immutable=1"

    def connection() -> sqlite3.Connection:
        # No isolation level: the sqlite3 module must not begin or commit on its own.
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=WAIT,
        )

    engine = create_engine("sqlite://", creator=connection, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def connected(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute("PRAGMA foreign_keys = ON")
        if write:
            raw.execute(f"PRAGMA page_size = {PAGE}")
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def began(change: Connection) -> None:
        immediate = change.get_execution_options().get("immediate", False)
        change.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _sentence(path: Path, error: BaseException | None) -> UserError | None:
    """Return what a failure of SQLite means to a person; None for a bug of ours."""
    if not isinstance(error, sqlite3.Error):
        return None
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and _full(path.parent)):
        return NoSpaceError(
            f"The disk is full: {shown(path)} cannot grow.",
            hint="Make room and run the same command again; it goes on where it stopped.",
        )
    if kind in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return ArchiveBusyError(
            f"The catalogue {shown(path)} is being written by another process.",
            hint="Wait until it has finished.",
        )
    if kind == sqlite3.SQLITE_READONLY:
        return ArchiveFormatError(
            f"The catalogue {shown(path)} may not be written.",
            hint="Give yourself permission to write there.",
        )
    if kind in {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
    }:
        return ArchiveDamagedError(
            f"The catalogue {shown(path)} cannot be read: {error}.",
            hint="Put it back from a copy of the archive, or index the files into a new one.",
        )
    return None


def _full(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < 1 << 16
