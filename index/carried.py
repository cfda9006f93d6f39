"""What a file says of itself, read inside the sandbox."""

from pathlib import Path

from index import manifests, marks
from index.values import Carried


def carried(path: Path, trusted: str | None = None) -> Carried:
    """Return what a file says of itself.

    Args:
        path: The file.
        trusted: Certificates of those who may issue others, PEM; None for no list of them.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It is no media file, or one that is not decoded here.
    """
    from index.decode.tags import tags  # noqa: PLC0415 # loads FFmpeg, as in `index.measure`

    told = tags(path)
    return Carried(told, manifests.credentials(path, trusted) if marks.marked(path) else None)
