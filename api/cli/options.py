"""Arguments and options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import Console
from index.errors import UserError

if TYPE_CHECKING:
    from index.hashing.learned import Model


def console_of(context: typer.Context) -> Console:
    """Return the console of this run, the same for the command and its parents."""
    root = context.find_root()
    if root.obj is None:
        root.obj = Console()
    console: Console = root.obj
    return console


def _hush(context: typer.Context, quiet: bool) -> None:
    if quiet:
        console_of(context).quiet = True


def _tell(context: typer.Context, verbose: bool) -> None:
    if verbose:
        console_of(context).verbose = True


Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        callback=_hush,
        expose_value=False,
        help="Say only results and errors.",
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        callback=_tell,
        expose_value=False,
        help="Add the cause to each error.",
    ),
]
ArchiveFolder = Annotated[
    Path | None,
    typer.Option(
        "--archive",
        "-a",
        metavar="DIR",
        help="The archive's folder; WHEREFROM_ARCHIVE where not given.",
    ),
]
Json = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write JSON to FILE; - for standard output."),
]
AssetName = Annotated[
    str,
    typer.Argument(metavar="ASSET", help="An id, the beginning of one, or a file's name."),
]


def archive_folder(flag: Path | None) -> Path:
    """Return the folder of the archive a command is about.

    Raises:
        UserError: None is named.
    """
    from api.settings import load

    folder = load(archive=flag).archive
    if folder is None:
        raise UserError("No archive is named.", hint="Add --archive DIR, or set WHEREFROM_ARCHIVE.")
    return folder


def model() -> "Model | None":
    """Return the learned model that is set; None where none is.

    Raises:
        UserError: It is not there, or cannot be used.
    """
    from api.settings import load

    word = load().sscd_model
    if word is None:
        return None
    from index.hashing import learned

    return learned.model(word)
