"""`wherefrom coverage`: which seconds of archived files were reused, by whom, how often."""

from importlib import metadata
from typing import Annotated

import typer

from api.cli.console import STANDARD_OUTPUT, lines
from api.cli.lineages import files
from api.cli.options import ArchiveFolder, Json, Quiet, Verbose, archive_folder, console_of


def coverage(
    context: typer.Context,
    asset: Annotated[
        str | None,
        typer.Argument(
            metavar="ASSET", help="One file, by id, beginning, or name; all where not given."
        ),
    ] = None,
    *,
    archive: ArchiveFolder = None,
    top: Annotated[
        int, typer.Option("--top", metavar="N", min=1, help="So many of the most reused stretches.")
    ] = 10,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Tell which seconds of an archived file others show, who, and how many at each moment.

    Without ASSET, tell the most reused stretches of the archive. Reused means shown by a file that
    was made from it; files of which that is not known are told apart. It rests on what
    `wherefrom lineage --update` found.
    """
    from api.exports.coverage import line
    from api.exports.strips import covered, most
    from index.archive import Archive
    from lineage.kinships import waiting
    from lineage.reuse import Reuse, most_reused, reuse

    console = console_of(context)
    with Archive.open(archive_folder(archive)) as opened, lines(json) as write:
        found = most_reused(opened, top=top) if asset is None else reuse(opened, asset)
        waits = waiting(opened)
        if json is not None:
            version = metadata.version("wherefrom")
            write(line(found, archive=opened.id, version=version, waiting=waits, top=top))
    if json != STANDARD_OUTPUT:
        if isinstance(found, Reuse):
            if found.coverages:
                console.picture(covered(found, top=top))
            else:
                console.result("No archived file is known to show any of it.")
        elif found.stretches:
            console.picture(most(found))
        else:
            console.result("No archived file is known to be made from another.")
    if waits:
        until = "until then this is not complete"
        console.note(f"{files(waits)} to be related; {until}: run `wherefrom lineage --update`.")
