"""Many files into an archive: several at a time, what is known skipped, what fails named.

Threads do the waiting, sandboxes the decoding, and the calling thread alone writes to the archive
and tells of it: what it has told as done is kept, whatever happens next.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from index import files, measure
from index.archive import Archive
from index.catalogue.assets import Description
from index.errors import ArchiveFormatError, BadMediaError, NoSpaceError, UserError, called
from index.files import Location
from index.hashing import learned
from index.hashing.learned import Model
from index.keyframes import Level
from index.sandbox import Sandbox
from index.spool import Spooled
from index.values import Asset

PATIENCE = 1.0
"""Seconds a thread gets to end when a run is broken off; it hears of it with the next heartbeat."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the run found to look at, told first."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has been read, in seconds of it; told a few times a second."""

    path: Path
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """A file was added and is kept from now on.

    Attributes:
        path: The file.
        asset: What it became.
        codes: How many codes it has.
        took: Seconds spent on it.
    """

    path: Path
    asset: Asset
    codes: int
    took: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file was there already.

    Attributes:
        path: The file.
        digest: Of its bytes.
        copy: Whether it was known from another place; that it also lies here is kept.
    """

    path: Path
    digest: str
    copy: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """A file could not be added."""

    path: Path
    error: UserError


type Event = Listed | Progress | Done | Skipped | Failed


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A file ready to be added to the archive; with nothing spooled, a copy of a known one."""

    path: Path
    location: Location
    digest: str
    spooled: Spooled | None
    took: float


class _StoppedError(Exception):
    """The run was broken off."""


def index_files(  # noqa: PLR0913 # what is added, and how
    archive: Archive,
    paths: Iterable[Path],
    *,
    level: Level = Level.STANDARD,
    workers: int | None = None,
    model: Model | None = None,
    on_event: Callable[[Event], None],
) -> None:
    """Add files to an archive, with those that `verify` found to have lost their codes.

    Safe to stop at any moment and to run again: only what is missing is done.

    Args:
        archive: Open for writing.
        paths: Files, folders and patterns; see `files.files`.
        level: How densely to measure.
        workers: Files at a time; one for each processor by default.
        model: What describes frames as well; files that it has not described are measured again.
        on_event: Told, in the calling thread, what happens.

    Raises:
        ArchiveFormatError: The archive's learned codes are of another model, or none is given.
        NoSpaceError: The disk is full; what was told as done is kept.
    """
    _describing(archive, model)
    lost = archive.queued()

    def refused(path: Path, error: UserError) -> None:
        on_event(Failed(path, error))

    listed = list(files.files([*lost, *paths], on_error=refused))
    on_event(Listed(len(listed), sum(_size(path) for path in listed)))
    run = _Run(archive, level, model, listed)
    run.start(min(workers or len(os.sched_getaffinity(0)), len(listed)))
    try:
        for _ in listed:
            _finish_one(archive, run, level, on_event, lost=lost)
    finally:
        run.stop()
    archive.seal()
    archive.learn()


def _describing(archive: Archive, model: Model | None) -> None:
    """Make sure that a model describes all files of an archive, or none."""
    recipe = archive.recipes.get(learned.CHANNEL)
    if model is None and recipe is not None:
        raise ArchiveFormatError(
            f"The archive {files.shown(archive.path)} holds learned codes of {recipe}, and no "
            f"model is set.",
            hint="Set sscd_model to that model, or index into a new archive.",
        )
    if model is not None and not learned.comparable(model, recipe, archive.path):
        archive.agree({learned.CHANNEL: model.recipe})


def _finish_one(
    archive: Archive,
    run: "_Run",
    level: Level,
    on_event: Callable[[Event], None],
    *,
    lost: Sequence[Path],
) -> None:
    """Wait until one more file is measured, keep it and tell of it, and of progress until then."""
    while isinstance(outcome := run.outcomes.get(), Progress):
        on_event(outcome)
    match outcome:
        case _Measured():
            on_event(_kept(archive, outcome, level))
        case Failed(path, error):
            if isinstance(error, BadMediaError) or path in lost:
                archive.record_failure(path, str(error))
            on_event(outcome)
        case Skipped():
            on_event(outcome)
        case BaseException():
            raise outcome


def _kept(archive: Archive, measured: _Measured, level: Level) -> Done | Skipped:
    """Write one file to the archive."""
    if measured.spooled is None or archive.has(measured.digest):
        if measured.spooled is not None:
            measured.spooled.discard()
        archive.place(measured.digest, measured.location)
        return Skipped(measured.path, measured.digest, copy=True)
    asset = archive.add(
        measured.spooled,
        digest=measured.digest,
        path=measured.path,
        location=measured.location,
        description=Description(level=level.value),
    )
    codes = sum(each.count for each in measured.spooled.codes.values())
    return Done(measured.path, asset, codes, measured.took)


class _Run:
    """The threads of one run, and the queues to and from them."""

    def __init__(
        self, archive: Archive, level: Level, model: Model | None, paths: Iterable[Path]
    ) -> None:
        self.outcomes: SimpleQueue[_Measured | Progress | Skipped | Failed | BaseException] = (
            SimpleQueue()
        )
        self._archive = archive
        self._level = level
        self._model = model
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._paths: SimpleQueue[Path] = SimpleQueue()
        for path in paths:
            self._paths.put(path)

    def start(self, workers: int) -> None:
        """Start so many threads."""
        # Daemons: one that reads a large file must not hold up the end of the program.
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the threads end."""
        self._stopped.set()
        end = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _work(self) -> None:
        """Measure files until none is left; a thread's whole life."""
        with Sandbox(preload=measure.NEEDED) as sandbox:
            while not self._stopped.is_set():
                try:
                    path = self._paths.get_nowait()
                except Empty:
                    return
                try:
                    self.outcomes.put(self._outcome(path, sandbox))
                except (ArchiveFormatError, NoSpaceError) as error:
                    self.outcomes.put(error)
                except UserError as error:
                    self.outcomes.put(Failed(path, error))
                except _StoppedError:
                    return
                except Exception as error:  # noqa: BLE001 # raised again by the calling thread
                    self.outcomes.put(error)

    def _outcome(self, path: Path, sandbox: Sandbox) -> _Measured | Skipped:
        began = time.monotonic()
        location = files.location(path)
        known = self._archive.known(path)
        if known is not None:
            return Skipped(path, known, copy=False)
        digest = files.digest(path)
        if self._archive.has(digest):
            return _Measured(path, location, digest, None, time.monotonic() - began)

        def progress(seconds: float) -> None:
            if self._stopped.is_set():
                raise _StoppedError
            self.outcomes.put(Progress(path, seconds))

        pieces = sandbox.each(
            measure.fingerprint, path, self._level, self._model, progress=progress
        )
        spooled = self._archive.spool(pieces)
        if files.location(path) != location:
            spooled.discard()
            raise BadMediaError(
                f"{called(path)} changed while it was read.",
                hint="Run the same command again once it is complete.",
            )
        return _Measured(path, location, digest, spooled, time.monotonic() - began)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
