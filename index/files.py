"""Files by name: how one is called, where it is, which of a folder are worth a try."""

import glob
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from index.errors import MissingFileError, called
from index.values import Absence

MARKER = "wherefrom.json"
"""A folder that holds this file is an archive; its own files are never indexed."""

NOT_MEDIA = frozenset(
    f".{ending}"
    for line in (
        "7z bak bz2 cfg conf gz rar tar torrent xz zip",
        "doc docx htm html md odp ods odt pdf ppt pptx rst rtf tex txt xls xlsx xml",
        "ass lrc nfo smi srt ssa sub ttml vtt",
        "css csv db ini js json jsonl log npy npz py sh sha256 sqlite svg toml tsv yaml yml",
    )
    for ending in line.split()
)
"""Endings skipped when a folder is walked; a file named by itself is always tried."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a file lies and what tells that it has not changed since.

    Attributes:
        uri: `file:` address; bytes that are no UTF-8 are percent-encoded like all others.
        size: Bytes.
        mtime_ns: Time of the last change, in ns since 1970.
    """

    uri: str
    size: int
    mtime_ns: int


def location(path: Path) -> Location:
    """Return where a file lies now.

    Raises:
        MissingFileError: There is no regular file, or it may not be looked at.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "no regular file"
        raise MissingFileError(f"{shown(path)} is {what}.", hint="Name a media file.")
    return Location(uri(path), found.st_size, found.st_mtime_ns)


def still(place: Location, digest_then: str) -> Path | None:
    """Return the path of a location if the same bytes still lie there.

    They are read only if the file was touched since.
    """
    path = path_of(place.uri)
    try:
        now = location(path)
        same = now == place or (now.size == place.size and digest(path) == digest_then)
    except MissingFileError:
        return None
    return path if same else None


def absence(places: Sequence[Location], digest_then: str) -> Absence | None:
    """Return where a file should be and is not; None where its bytes lie at one of the places.

    Args:
        places: Where it was seen.
        digest_then: Its SHA-256.
    """
    if not places or any(still(place, digest_then) for place in places):
        return None
    paths = [path_of(place.uri) for place in places]
    changed = next((path for path in paths if path.exists()), None)
    return Absence(changed or paths[0], changed is not None)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 lower-case hex digits.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error


def uri(path: Path) -> str:
    """Return the `file:` address of a path; links are not followed."""
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 # Path.resolve follows links


def path_of(address: str) -> Path:
    r"""Return the path a `file:` address names.

    >>> path_of("file:///films/%FF%20%F0%9F%98%80.mp4")
    PosixPath('/films/\udcff 😀.mp4')
    """
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(address).path)))


def name(path: Path) -> str:
    r"""Return a file's own name as valid text; what is no UTF-8 becomes "�".

    >>> name(Path("films/\udcff 😀.mp4"))
    '� 😀.mp4'
    """
    return os.fsencode(path.name).decode("utf-8", "replace")


def shown(path: Path) -> str:
    r"""Return a whole path fit for a sentence, as `errors.called` does for a name.

    >>> shown(Path("films/two\nlines.mp4"))
    'films/two\\nlines.mp4'
    """
    return "/".join(called(Path(part)) if part else "" for part in str(path).split("/"))


def unreadable(path: Path, error: OSError) -> MissingFileError:
    """Return the sentence for a file the system would not open."""
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return MissingFileError(
            f"{shown(path)} is a link to a file that is not there.", hint="Mend or remove the link."
        )
    if isinstance(error, FileNotFoundError):
        return MissingFileError(f"There is no file {shown(path)}.", hint="Check the name.")
    if isinstance(error, PermissionError):
        return MissingFileError(
            f"{shown(path)} may not be read.", hint="Give yourself permission to read it."
        )
    return MissingFileError(
        f"{shown(path)} cannot be read: {reason(error)}.",
        hint="Check the file, its links and its disk.",
    )


def reason(error: OSError) -> str:
    """Return the system's words for a failure."""
    return (error.strerror or str(error)).lower()


def files(
    named: Iterable[Path],
    *,
    on_error: Callable[[Path, MissingFileError], None],
    within: Path | None = None,
) -> Iterator[Path]:
    """Yield the files that names, folders and patterns stand for, each path once.

    Folders are walked in natural order ("2" before "10"), links followed, but no folder entered
    twice. Left out of a folder are hidden files, archives of this program, what is no regular file
    and endings in `NOT_MEDIA`.

    Args:
        named: Files, folders, or patterns such as `films/**/*.mov`.
        on_error: Called with each name that stands for nothing, and why.
        within: A folder that links of the folders that are walked may not lead out of.
    """
    seen: set[str] = set()
    for path in named:
        for file in _one(path, on_error, within):
            key = os.path.abspath(file)  # noqa: PTH100 # Path.resolve follows links
            if key not in seen:
                seen.add(key)
                yield file


def inside(path: Path, folder: Path | None) -> bool:
    """Return whether a path, all its links followed, lies in a folder; anything lies in None."""
    return folder is None or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _one(
    path: Path, on_error: Callable[[Path, MissingFileError], None], within: Path | None
) -> Iterator[Path]:
    if path.is_dir():
        found = [path]
    elif not os.path.lexists(path) and glob.has_magic(str(path)):
        found = [Path(match) for match in sorted(glob.glob(str(path), recursive=True), key=natural)]  # noqa: PTH207 # Path.glob takes no absolute patterns
    else:
        yield path
        return
    count = 0
    for each in found:
        for file in _walk(each, on_error, within) if each.is_dir() else [each]:
            count += 1
            yield file
    if not count:
        on_error(
            path,
            MissingFileError(f"{shown(path)} holds no media files.", hint="Check the name."),
        )


def _walk(
    top: Path, on_error: Callable[[Path, MissingFileError], None], within: Path | None
) -> Iterator[Path]:
    entered: set[tuple[int, int]] = set()

    def refused(error: OSError) -> None:
        folder = Path(error.filename)
        on_error(folder, unreadable(folder, error))

    for folder, folders, names in os.walk(top, onerror=refused, followlinks=True):
        here = os.stat(folder)  # noqa: PTH116 # os.walk gives text
        again = (here.st_dev, here.st_ino) in entered
        if again or MARKER in names or not inside(Path(folder), within):
            folders.clear()
            continue
        entered.add((here.st_dev, here.st_ino))
        folders[:] = sorted((each for each in folders if not each.startswith(".")), key=natural)
        for each in sorted(names, key=natural):
            path = Path(folder, each)
            wanted = not each.startswith(".") and path.suffix.lower() not in NOT_MEDIA
            if wanted and (path.is_file() or not path.exists()) and inside(path, within):
                yield path


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key that puts "take 2" before "take 10".

    >>> sorted(["take 10", "take 2"], key=natural)
    ['take 2', 'take 10']
    """
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", text.casefold())
    return tuple(
        (int(part), "") if part[0].isdigit() and part.isascii() else (0, part) for part in parts
    )
