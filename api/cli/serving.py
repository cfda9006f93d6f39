"""`wherefrom serve`: the page and the API on one port; `wherefrom worker`: hands for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import Console
from api.cli.options import (
    ArchiveFolder,
    Quiet,
    Verbose,
    archive_folder,
    console_of,
    model,
    trusted,
)

if TYPE_CHECKING:
    from api.settings import Settings


def serve(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where it listens; 127.0.0.1 by default.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="At which port; 8417 by default.")
    ] = None,
    tracers: Annotated[
        int | None,
        typer.Option(min=0, max=64, help="Clips traced at the same time; 0 leaves it to others."),
    ] = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Open the search page and the API of an archive, until it is interrupted.

    Clips that are sent to it are kept in the archive's folder for a stated time. It is for this
    machine alone, unless keys were made: see `wherefrom keys add`.
    """
    import uvicorn

    from api.settings import load
    from api.web.app import app, kinds
    from api.web.gate import logs

    console, folder = console_of(context), archive_folder(archive)
    settings = load(host=host, port=port, tracers=tracers)
    current(folder)
    guard(folder, settings.host)
    made = app(folder, settings, kinds(settings, model=model(), trusted=trusted()))
    _say(console, folder, settings)
    logs.begin()
    uvicorn.run(
        made,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=5,
    )


def worker(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    tracers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Clips traced at the same time; 1 by default."),
    ] = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Trace what is sent to the service of an archive, beside it, until it is interrupted.

    Any number of them may run, wherever the archive's folder can be written. What one has begun
    when it is stopped, or dies, is begun anew by another.
    """
    import signal
    import threading

    from api.settings import load
    from api.web.app import kinds
    from api.web.gate import logs
    from api.work.running import Workers, WorkParams
    from index.files import shown

    console, folder = console_of(context), archive_folder(archive)
    settings = load(tracers=tracers)
    current(folder)
    known = kinds(settings, model=model(), trusted=trusted())
    params = WorkParams(deeds=settings.deeds_kept)
    workers = Workers(folder, known, count=max(1, settings.tracers), params=params)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    logs.begin()
    workers.start()
    console.note(f"Clips for the archive {shown(folder)} are traced here.")
    over.wait()
    workers.stop()


def current(folder: Path) -> None:
    """Bring an archive's tables up to this version, where they are not and nobody writes to it.

    Raises:
        ArchiveFormatError: There is no archive, or one of a newer version.
        ArchiveBusyError: Its tables are old, and another process writes to it.
    """
    from index.archive import Archive
    from index.errors import ArchiveFormatError

    try:
        Archive.open(folder).close()
    except ArchiveFormatError:
        Archive.open(folder, write=True).close()


def guard(folder: Path, host: str) -> None:
    """Make sure that nobody else is let in where no key was made.

    Raises:
        UserError: It would listen to other machines, and no key is valid.
    """
    from time import time

    from api.web.gate.origins import loopback
    from index.catalogue import keys
    from index.desk import Desk
    from index.errors import UserError

    if loopback(host):
        return
    with Desk.open(folder) as desk, desk.reading() as change:
        valid = any(key.valid(time()) for key in keys.every(change))
    if not valid:
        raise UserError(
            f"The service is not opened at {host}, where other machines reach it: it has no keys.",
            hint="Make one with `wherefrom keys add NAME --scope admin`, or leave --host out.",
        )


def _say(console: Console, folder: Path, settings: "Settings") -> None:
    from index.files import shown

    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    console.note(f"The archive {shown(folder)} is open at http://{host}:{settings.port}/")
