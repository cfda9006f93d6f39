"""What the query's file and those of its sources say of themselves, read where they are at hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index import carried
from index.archive import Archive
from index.errors import BadMediaError, MissingFileError
from index.sandbox import Sandbox
from index.values import AssetRow, Carried, Credentials, Standing, Unread
from lineage.values import Source

UNREADABLE = Carried(credentials=Credentials(Standing.UNREAD, unread=Unread.FAILED))
"""What a file says that the reader crashes on."""


def of(path: Path, sandbox: Sandbox, trusted: str | None) -> Carried | None:
    """Return what a file says of itself; None where it is gone.

    What it says never costs an answer: where the reader crashes on it, that is what is returned.

    Args:
        path: The file.
        sandbox: Where it is read.
        trusted: Certificates of those who may issue others, PEM; None for no list of them.
    """
    try:
        return sandbox.run(carried.carried, path, trusted)
    except BadMediaError:
        return UNREADABLE
    except (MissingFileError, OSError):
        return None


def of_sources(
    sources: Sequence[Source], archive: Archive, sandbox: Sandbox, trusted: str | None
) -> list[Source]:
    """Return the sources with what their files say of themselves, each file read once."""
    known: dict[AssetRow, Carried | None] = {}
    for asset in (source.asset for source in sources):
        if asset.row not in known:
            path = archive.file(asset)
            known[asset.row] = None if path is None else of(path, sandbox, trusted)
    return [replace(source, carried=known[source.asset.row]) for source in sources]
