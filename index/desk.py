"""What the service keeps in an archive: rows in its catalogue, and files in a folder of their own.

The rows are written by many processes at once, each in short transactions, while another may be
indexing: the archive's lock guards its codes alone, and none of these.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index import folder
from index.catalogue.database import Catalogue, Change
from index.errors import NoSpaceError
from index.folder import Marker

PARTS = ("uploads", "tasks", "workers")
SPARE = 256_000_000
"""Bytes of the disk that are left free for the archive and for answers, whatever is sent."""

FOLDER = "service"
"""In the archive: uploads, and what became of them. Nothing in it belongs to the archive."""


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """What the service keeps in one archive; `Change` is what functions of `catalogue` take."""

    path: Path
    catalogue: Catalogue

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the desk of an archive that has the tables of this version.

        Raises:
            ArchiveFormatError: There is no archive, its tables are of another version, or its
                folder may not be written.
            ArchiveDamagedError: Its catalogue is damaged.
        """
        Marker.read(path)
        Catalogue.open(path / folder.CATALOGUE).close()  # of this version, or refused
        with folder.written(path):
            for part in PARTS:
                (path / FOLDER / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(path, Catalogue.open(path / folder.CATALOGUE, write=True))

    def close(self) -> None:
        """Close it."""
        self.catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Change]:
        """Give a transaction that sees the rows as they are now."""
        with self.catalogue.reading() as change:
            yield change

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """Give a transaction that is committed at the end, or leaves no trace if it fails."""
        with self.catalogue.changing() as change:
            yield change

    def upload(self, name: str) -> Path:
        """Return where the bytes of an upload lie, by its id."""
        return self.path / FOLDER / "uploads" / _plain(name)

    def folder(self, task: str) -> Path:
        """Return where what belongs to a task lies, by its id."""
        return self.path / FOLDER / "tasks" / _plain(task)

    def expect_room(self, size: int) -> None:
        """Make sure that so many bytes more can be kept.

        Raises:
            NoSpaceError: They would leave too little of the disk.
        """
        if shutil.disk_usage(self.path).free < size + SPARE:
            raise NoSpaceError(
                "There is no room to keep this.", hint="Have room made on the service's disk."
            )

    @contextmanager
    def present(self, worker: str) -> Iterator[None]:
        """Show others that a process lives, as long as it does, however it ends."""
        path = self._presence(worker)
        with _locked(path):
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget processes that have ended."""
        for path in (self.path / FOLDER / "workers").iterdir():
            self.gone(path.name)

    def gone(self, worker: str) -> bool:
        """Return whether a process that was present has ended; False if that cannot be told."""
        path = self._presence(worker)
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def _presence(self, worker: str) -> Path:
        return self.path / FOLDER / "workers" / _plain(worker)

    def sweep(self, task: str) -> None:
        """Delete what belongs to a task."""
        shutil.rmtree(self.folder(task), ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock on a file of that name, made where there is none."""
    while True:
        with path.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # Who takes it for that of a dead process before it is locked removes it.
            if _same(path, os.fstat(file.fileno())):
                yield
                return


def _same(path: Path, found: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), found)
    except FileNotFoundError:
        return False


def _plain(name: str) -> str:
    """Return an id that is fit to name a file.

    Raises:
        ValueError: It was not made here.
    """
    if not name or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"{name!r} is no id.")
    return name
