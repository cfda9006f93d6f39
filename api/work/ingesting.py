"""The kind of task "ingest": a folder of the server into the archive, as `wherefrom index` does it.

It holds the archive's lock as long as it runs, and waits for whoever holds it. What is told of it
names files as they are called below the folder that was opened to it, and nothing above.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from api.settings import Settings
from index import files
from index.archive import Archive
from index.bulk import Done, Event, Failed, Listed, Progress, Skipped, index_files
from index.catalogue import happenings
from index.catalogue.tasks import Task
from index.desk import Desk
from index.errors import ArchiveBusyError, UserError
from index.hashing.learned import Model
from index.keyframes import Level
from lineage import watches
from lineage.params import described
from lineage.watches import WatchParams

type Tell = Callable[[str, float], None]

TALLY, FAILURE = "tally", "failure"
"""Kinds of what happens to an ingest."""


@dataclass(frozen=True, slots=True)
class IngestParams:
    """How an ingest tells of itself.

    Attributes:
        every: Seconds between tallies.
        patience: Seconds between looks whether the archive may be written.
        failures: Files that could not be added are told one by one, so many; the others are
            counted. All of them are kept by the archive.
    """

    every: float = 1.0
    patience: float = 1.0
    failures: int = 500


@dataclass(slots=True)
class Tally:
    """What became of the files so far.

    Attributes:
        files: That were found.
        bytes: Of them.
        added: Are in the archive now and were not before.
        known: Were there already, copies included.
        failed: Could not be added.
        read: Bytes of those three.
        footage: Seconds of what was measured.
        began: When the first was looked at, on a clock that only grows.
    """

    files: int = 0
    bytes: int = 0
    added: int = 0
    known: int = 0
    failed: int = 0
    read: int = 0
    footage: float = 0.0
    began: float = field(default_factory=monotonic)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1, by bytes."""
        return min(1.0, self.read / self.bytes) if self.bytes else 0.0

    def facts(self) -> dict[str, Any]:
        """Return it as it is told: with how fast it goes, and the seconds that are left."""
        spent = monotonic() - self.began
        counts = asdict(self)
        del counts["began"]
        return {
            **counts,
            "footage": round(self.footage, 3),
            "done": self.added + self.known + self.failed,
            "speed": round(self.footage / spent, 2) if self.footage and spent else None,
            "left": round(spent * (1 / self.share - 1), 1) if self.share else None,
        }


def ingest(  # noqa: PLR0913 # what every kind is given, and what this one needs
    task: Task,
    archive: Path,
    desk: Desk,
    progress: Tell,
    *,
    settings: Settings,
    model: Model | None = None,
    params: IngestParams = IngestParams(),
) -> Mapping[str, Any]:
    """Add a folder to the archive, and hold what came against the watches.

    Args:
        task: Its request says `root` and `folder`; see `placed`.
        archive: What is added to.
        desk: Where it is told.
        progress: Told how far it is.
        settings: How files are measured.
        model: What describes frames as well.
        params: How it tells of itself.

    Returns:
        How many files were added, known and not added.

    Raises:
        UserError: The archive cannot be written, or the folder may not be added any more.
    """
    root, folder = Path(task.request["root"]), Path(task.request["folder"])
    opened_to = root in settings.ingest_roots and files.inside(folder, root)
    # A name that is not there could be taken for a pattern, which links might lead out of.
    if not (opened_to and os.path.exists(folder)):  # noqa: PTH110 # as in `placed`
        raise UserError("This folder may not be added any more.", hint="Ask who runs the service.")
    with _writing(archive, progress, params=params) as opened:
        run = _Run(task, desk, progress, root, _Watching(opened, model), params)
        progress("listing", 0.0)
        listed = list(files.files([folder], on_error=run.refused, within=root))
        index_files(
            opened,
            listed,
            level=Level(settings.level),
            workers=settings.workers or max(1, len(os.sched_getaffinity(0)) // 2),
            model=model,
            on_event=run.heed,
        )
        progress("watching", 1.0)
        run.watching.finish()
        run.say()
    return run.tally.facts() | {"speed": None, "left": None}


def placed(path: str, roots: tuple[Path, ...]) -> tuple[Path, Path] | None:
    """Return the folder that is opened and, below it, what a path names; None for neither.

    Args:
        path: Below one of the folders, or whole.
        roots: The folders that are opened.
    """
    inside = [(root, root / path) for root in roots if files.inside(root / path, root)]
    there = (one for one in inside if os.path.exists(one[1]))  # noqa: PTH110 # refuses no name
    return next(there, inside[0] if inside else None)


def below(path: Path, roots: tuple[Path, ...]) -> str | None:
    """Return how a file is called below one of the folders that are opened; None elsewhere."""
    found = (path.relative_to(root) for root in roots if path.is_relative_to(root))
    return next((files.shown(one) for one in found), None)


@contextmanager
def _writing(archive: Path, progress: Tell, *, params: IngestParams) -> Iterator[Archive]:
    """Give the archive once nobody else writes to it."""
    opened = None
    while opened is None:
        try:
            opened = Archive.open(archive, write=True)
        except ArchiveBusyError:
            progress("waiting for the archive", 0.0)
            sleep(params.patience)
    with opened:
        yield opened


@dataclass(slots=True, eq=False)
class _Run:
    """One run, as it is told."""

    task: Task
    desk: Desk
    progress: Tell
    root: Path
    watching: "_Watching"
    params: IngestParams
    tally: Tally = field(default_factory=Tally)
    _under_way: dict[Path, float] = field(default_factory=dict)
    _said: float = 0.0

    def refused(self, path: Path, error: UserError) -> None:
        """Hear of a name that stands for nothing."""
        self.heed(Failed(path, error))

    def heed(self, event: Event) -> None:
        """Hear what happened to one file, and tell of it now and then."""
        tally = self.tally
        match event:
            case Listed():
                tally.files, tally.bytes = event.files + tally.failed, event.bytes
            case Progress():
                tally.footage += event.seconds - self._under_way.get(event.path, 0.0)
                self._under_way[event.path] = event.seconds
            case Done() | Skipped() | Failed():
                tally.footage -= self._under_way.pop(event.path, 0.0)
                tally.read += _size(event.path)
                self._count(event)
        self.progress("indexing", round(tally.share, 3))
        if monotonic() - self._said >= self.params.every:
            self.say()

    def say(self) -> None:
        """Tell the tally."""
        self._said = monotonic()
        with self.desk.changing() as change:
            happenings.retell(change, self.task.number, TALLY, self.tally.facts())

    def _count(self, event: Done | Skipped | Failed) -> None:
        if isinstance(event, Done):
            self.tally.added += 1
            self.tally.footage += event.asset.media.duration
            self.watching.added()
        elif isinstance(event, Skipped):
            self.tally.known += 1
        else:
            self.tally.failed += 1
            self._fail(event)

    def _fail(self, event: Failed) -> None:
        if self.tally.failed > self.params.failures:
            return
        name = below(event.path, (self.root,)) or files.name(event.path)
        reason = str(event.error).replace(files.shown(event.path), name)
        facts = {"name": name, "reason": reason, "mending": event.error.hint}
        with self.desk.changing() as change:
            happenings.tell(change, self.task.number, FAILURE, facts)


class _Watching:
    """Holds what is added against the watches, while it is added and after."""

    def __init__(self, archive: Archive, model: Model | None) -> None:
        self._archive, self._added = archive, 0
        self._params: WatchParams | None = None
        if archive.watches.exist():
            trace = described(archive, model, params=watches.DEFAULT.trace)
            self._params = replace(watches.DEFAULT, trace=trace)

    def added(self) -> None:
        """Hear that one more file was added."""
        self._added += 1
        if self._params is not None and self._added % self._params.most == 0:
            watches.check(self._archive, params=self._params)

    def finish(self) -> None:
        """Look at what is left."""
        if self._params is not None:
            watches.check(self._archive, params=self._params)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
