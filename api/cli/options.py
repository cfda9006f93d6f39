"""Arguments and options that several commands share."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import Console
from index.errors import UserError, called

if TYPE_CHECKING:
    from index.hashing.learned import Model

CERTIFICATES = re.compile(
    r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL | re.ASCII
)
"""Each one of a PEM file, without the words that may stand around them."""


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


def trusted() -> str | None:
    """Return the certificates of those whose manifests are trusted, PEM; None where none are set.

    Raises:
        UserError: They are not there, or are no certificates.
    """
    from api.settings import load

    place = load().c2pa_trust
    if place is None:
        return None
    import ssl

    try:
        text = "\n".join(CERTIFICATES.findall(place.read_text(encoding="utf-8")))
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (OSError, ValueError) as error:  # also what ssl says of certificates that are none
        raise UserError(
            f"The certificates of c2pa_trust, {called(place)}, cannot be read: {error}.",
            hint="Name a file of certificates in PEM.",
        ) from error
    return text
