"""`wherefrom index`: add files to an archive."""

from collections.abc import Callable, Iterable
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, override

import typer

from api.cli.console import STANDARD_OUTPUT, Console, lines
from api.cli.lineages import relate
from api.cli.options import ArchiveFolder, Json, Quiet, Verbose, archive_folder, console_of, model
from api.cli.progress import Pace, batch
from api.cli.watches import Watcher
from api.problems import INPUT

if TYPE_CHECKING:
    from index.archive import Archive
    from index.bulk import Done, Event, Failed, Skipped
    from index.hashing.learned import Model


def index(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files, folders with all below them, or patterns."),
    ],
    *,
    archive: ArchiveFolder = None,
    level: Annotated[
        str | None,
        typer.Option(
            "--level",
            metavar="sparse|standard|dense",
            help="How densely to measure; standard where not set otherwise.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="N", help="Files at a time; one a processor where not set."
        ),
    ] = None,
    lineage: Annotated[
        bool,
        typer.Option(
            "--lineage", help="Then find out who descends from whom; see `wherefrom lineage`."
        ),
    ] = False,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Add files to an archive, which is made at first use.

    It is safe to stop and to run again: only what is missing is done. A file that cannot be read
    is named, the others are still added, and the exit code is 3. A file that explains something of
    a watched clip is told; see `wherefrom watch`.
    """
    from api.settings import load
    from index.archive import Archive

    console = console_of(context)
    settings, describing = load(level=level, workers=workers), model()
    with (
        lines(json) as write,
        Archive.open(archive_folder(archive), create=True) as opened,
    ):
        watcher = Watcher(opened, describing)
        tally = fill(
            opened,
            paths,
            console,
            level=settings.level,
            workers=settings.workers,
            model=describing,
            write=write,
            added=watcher.added,
        )
        watcher.finish(console, write, aloud=not console.quiet or json is not None)
        related = not lineage or relate(opened, console, model=describing)
    say = console.note if json == STANDARD_OUTPUT else console.result
    say(str(tally))
    if tally.failed or not related:
        raise typer.Exit(INPUT)


class Tally:
    """What became of the files of one run.

    Attributes:
        added: Files that are in the archive now and were not before.
        known: Files that were there already, copies included.
        failed: Names that could not be read.
        codes: Of the added files.
        pace: Of the added files.
    """

    def __init__(self) -> None:
        self.added = self.known = self.failed = self.codes = 0
        self.pace = Pace()

    @override
    def __str__(self) -> str:
        """Return it as one line."""
        from lineage.report import counted, length

        added = f"Added {counted(self.added, 'file')}"
        if self.added:
            added += f" ({length(self.pace.footage)}, {counted(self.codes, 'code')})"
        speed = f" at {self.pace}" if self.added else ""
        return (
            f"{added}{speed}; {self.known:,} known already; {self.failed:,} failed; "
            f"{length(self.pace.elapsed)}."
        )


def fill(  # what is added, how, and who is told
    archive: "Archive",
    paths: Iterable[Path],
    console: Console,
    *,
    level: str = "standard",
    workers: int | None = None,
    model: "Model | None" = None,
    write: Callable[[str], None] = lambda _: None,
    added: Callable[[], None] = lambda: None,
) -> Tally:
    """Add files to an open archive, with a bar for who watches; return what became of them.

    Args:
        archive: Open for writing.
        paths: Files, folders, patterns.
        console: Told of files that fail.
        level: How densely to measure.
        workers: Files at a time; None for one a processor.
        model: What describes frames as well, if anything does.
        write: Given a line of JSON for each file.
        added: Called after each file that was added.
    """
    from index.bulk import Done, Failed, Listed, Progress, Skipped, index_files
    from index.keyframes import Level

    tally = Tally()
    under_way: dict[Path, float] = {}
    total = finished = 0
    with batch(console, "Indexing", tally.pace) as tell:

        def heed(event: "Event") -> None:
            nonlocal total, finished
            match event:
                case Listed():
                    total = event.bytes
                case Progress():
                    tally.pace.footage += event.seconds - under_way.get(event.path, 0.0)
                    under_way[event.path] = event.seconds
                case Done() | Skipped() | Failed():
                    finished += _size(event.path)
                    tally.pace.footage -= under_way.pop(event.path, 0.0)
                    _count(event, tally, console)
                    write(dumps(record(event)))
                    if isinstance(event, Done):
                        added()
            tell(finished, total)

        index_files(archive, paths, level=Level(level), workers=workers, model=model, on_event=heed)
    return tally


def _count(event: "Done | Skipped | Failed", tally: Tally, console: Console) -> None:
    from index.bulk import Done, Failed

    if isinstance(event, Done):
        tally.added += 1
        tally.codes += event.codes
        tally.pace.footage += event.asset.media.duration
    elif isinstance(event, Failed):
        tally.failed += 1
        console.error(event.error)
    else:
        tally.known += 1


def record(event: "Done | Skipped | Failed") -> dict[str, object]:
    """Return what `--json` says of one file."""
    from index.bulk import Done, Failed
    from index.files import shown

    path = shown(event.path)
    if isinstance(event, Done):
        return {
            "path": path,
            "status": "added",
            "id": event.asset.id,
            "sha256": event.asset.digest,
            "duration": round(event.asset.media.duration, 3),
            "codes": event.codes,
            "took": round(event.took, 3),
            "losses": list(event.asset.media.losses),
        }
    if isinstance(event, Failed):
        return {
            "path": path,
            "status": "failed",
            "reason": str(event.error),
            "hint": event.error.hint,
        }
    return {
        "path": path,
        "status": "copy" if event.copy else "known",
        "id": event.digest[:16],
        "sha256": event.digest,
    }


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
