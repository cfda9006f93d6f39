"""What the service keeps in an archive: rows in its catalogue, and files in a folder of their own.

The rows are written by many processes at once, each in short transactions, while another may be
indexing: the archive's lock guards its codes alone, and none of these.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index import folder
from index.catalogue.database import Catalogue, Change
from index.folder import Marker

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
            for part in ("uploads", "tasks"):
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

    def sweep(self, task: str) -> None:
        """Delete what belongs to a task."""
        shutil.rmtree(self.folder(task), ignore_errors=True)


def _plain(name: str) -> str:
    """Return an id that is fit to name a file.

    Raises:
        ValueError: It was not made here.
    """
    if not name or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"{name!r} is no id.")
    return name
