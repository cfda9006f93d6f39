"""The archive as a folder: its marker, its one writer, and files that are whole or absent."""

import errno
import fcntl
import json
import os
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from io import BufferedRandom
from pathlib import Path
from typing import Self

from index.errors import (
    ArchiveBusyError,
    ArchiveDamagedError,
    ArchiveFormatError,
    NoSpaceError,
)
from index.files import MARKER, reason, shown

FORMAT = 2
CATALOGUE = "catalogue.sqlite"
PARTS = ("segments", "buffer", "tmp")
"""Folders inside an archive."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Marker:
    """What `wherefrom.json` says.

    Attributes:
        id: Made once, at random; the catalogue holds it too.
        recipes: How codes are measured, by channel; more channels may follow.
    """

    id: str
    recipes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the marker of an archive.

        Raises:
            ArchiveFormatError: The folder is no archive, or one of a newer format.
            ArchiveDamagedError: The marker cannot be read.
        """
        try:
            text = (folder / MARKER).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ArchiveFormatError(
                f"There is no archive at {shown(folder)}.",
                hint="Make one with `wherefrom index PATH --archive DIR`, or check the name.",
            ) from error
        except OSError as error:
            raise ArchiveFormatError(
                f"The archive {shown(folder)} cannot be read: {reason(error)}.",
                hint="Give yourself permission to read it, or check the disk.",
            ) from error
        try:
            facts = json.loads(text)
            number, marker = int(facts["format"]), cls(str(facts["id"]), dict(facts["recipes"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveDamagedError(
                f"{shown(folder / MARKER)} is damaged.",
                hint="Put it back from a copy of the archive.",
            ) from error
        if number != FORMAT:
            raise ArchiveFormatError(
                f"The archive {shown(folder)} has format {number}, this wherefrom reads {FORMAT}.",
                hint="Install a newer wherefrom." if number > FORMAT else "Index it anew.",
            )
        return marker

    def agreeing(self, wanted: Mapping[str, str], folder: Path) -> Self:
        """Return the marker with the recipes of further channels.

        Args:
            wanted: Recipes by channel name.
            folder: The archive, to be named in the error.

        Raises:
            ArchiveFormatError: The archive holds codes of another recipe.
        """
        recipes = dict(self.recipes)
        for name, recipe in wanted.items():
            if recipes.setdefault(name, recipe) != recipe:
                raise ArchiveFormatError(
                    f"The archive {shown(folder)} holds {name} codes of {recipes[name]}, "
                    f"which cannot be compared with {recipe}.",
                    hint="Index the files into a new archive.",
                )
        return replace(self, recipes=recipes)

    def write(self, folder: Path) -> None:
        """Put the marker into the folder, whole."""
        facts = {"format": FORMAT, "id": self.id, "recipes": dict(self.recipes)}
        put(folder, MARKER, (json.dumps(facts, indent=2) + "\n").encode())


def prepare(folder: Path) -> None:
    """Make the folder and its parts.

    Raises:
        ArchiveFormatError: It holds other things, or may not be written.
    """
    with written(folder):
        if folder.is_file():
            raise ArchiveFormatError(
                f"{shown(folder)} is a file.", hint="Name a folder for the archive."
            )
        folder.mkdir(parents=True, exist_ok=True)
        ours = {*PARTS, "lock", MARKER, CATALOGUE, f"{CATALOGUE}-wal", f"{CATALOGUE}-shm"}
        if not (folder / MARKER).exists() and {path.name for path in folder.iterdir()} - ours:
            raise ArchiveFormatError(
                f"{shown(folder)} holds other files and is no archive.",
                hint="Name a new or an empty folder.",
            )
        for part in PARTS:
            (folder / part).mkdir(exist_ok=True)


class Lock:
    """The right to write, held until closed or until the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            ArchiveBusyError: Another process holds it.
            ArchiveFormatError: The folder may not be written.
        """
        with written(folder):
            self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                owner = os.read(self._file, 1000).decode("utf-8", "replace").strip()
                owner = owner or "another process"
                os.close(self._file)
                raise ArchiveBusyError(
                    f"The archive {shown(folder)} is being written by {owner}.",
                    hint="Wait until it has finished, or stop it.",
                ) from error
        with suppress(OSError):  # who holds it is good to know, but a full disk need not end here
            os.ftruncate(self._file, 0)
            os.write(self._file, f"process {os.getpid()} on {socket.gethostname()}\n".encode())

    def close(self) -> None:
        """Give the lock back; the file stays, empty."""
        with suppress(OSError):
            os.ftruncate(self._file, 0)
        os.close(self._file)


def put(folder: Path, name: str, data: bytes) -> None:
    """Write a file of the archive so that it is whole or absent, whatever happens.

    Raises:
        NoSpaceError: The disk is full; nothing is left behind.
    """
    with made(folder) as file:
        file.write(data)
    keep(Path(file.name), folder, name)


@contextmanager
def made(folder: Path) -> Iterator[BufferedRandom]:
    """Give a new file in `tmp`, on the disk when the block ends; deleted if that fails.

    Raises:
        NoSpaceError: The disk is full; nothing is left behind.
    """
    path = folder / "tmp" / uuid.uuid4().hex
    with written(folder):
        try:
            with path.open("x+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def keep(path: Path, folder: Path, name: str) -> None:
    """Move a file that was made to its place in the archive; deleted if that fails.

    Raises:
        ArchiveFormatError: The folder cannot be written.
    """
    target = folder / name
    with written(folder):
        try:
            path.rename(target)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        settle(target.parent)


def settle(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def tidy(folder: Path, *, named: frozenset[str]) -> None:
    """Delete what stopped runs left: unfinished files, and those no catalogue row names.

    Args:
        folder: The archive; its lock must be held.
        named: Names that count, such as "buffer/ab12….npz".
    """
    for path in leftovers(folder, named=named):
        path.unlink(missing_ok=True)


def leftovers(folder: Path, *, named: frozenset[str]) -> list[Path]:
    """Return the files `tidy` would delete."""
    found = sorted(path for part in PARTS for path in (folder / part).glob("*"))
    return [
        path
        for path in found
        if path.relative_to(folder).as_posix() not in named
        and (path.suffix == ".npz" or path.parent.name == "tmp")
    ]


def size(folder: Path) -> int:
    """Return the bytes of an archive's files other than the catalogue."""
    total = 0
    for path in [folder / MARKER, *(path for part in PARTS for path in (folder / part).glob("*"))]:
        with suppress(FileNotFoundError):  # a writer may replace it at this moment
            total += path.stat().st_size
    return total


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Turn the system's refusals to write into sentences.

    Raises:
        NoSpaceError: The disk is full.
        ArchiveFormatError: The folder cannot be written for another reason.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoSpaceError(
                f"The disk is full: {shown(folder)} cannot grow.",
                hint="Make room and run the same command again; it goes on where it stopped.",
            ) from error
        if error.errno in READ_ONLY:
            raise ArchiveFormatError(
                f"The archive {shown(folder)} may not be written.",
                hint="Give yourself permission to write there, or name another folder.",
            ) from error
        raise ArchiveFormatError(
            f"The archive {shown(folder)} cannot be written: {reason(error)}.",
            hint="Check the folder's name and its disk.",
        ) from error
