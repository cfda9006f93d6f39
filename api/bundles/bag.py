"""A bag by RFC 8493: a folder `data`, and lists with the digests of all that lies in it.

Its lists are written here, in the form that `sha256sum` and `shasum` read. They are checked by the
library that others check them with, once it is sure that nothing in the folder leads out of it.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import bagit  # type: ignore[import-untyped]  # it has no types

from index import files
from index.errors import BadBundleError

PAYLOAD = "data"
ALGORITHMS = ("sha256", "sha512")
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
VERSIONS = ("0.97", "1.0")
SEAL = "tagmanifest-sha256.txt"
"""Its own digest stands for all of the bag."""
MOST_FILES = 100_000
MOST_BYTES = 2**40
"""Of all files together: a terabyte."""
MOST_LIST = 2**26
"""Bytes of a file outside `data`; these are read as a whole."""
BLOCK = 2**20


def write(folder: Path, info: Mapping[str, str]) -> None:
    """Make a folder that holds `data` a bag.

    Args:
        folder: Of files with plain ASCII names.
        info: What `bag-info.txt` says besides the size.
    """
    payload = sorted(path for path in (folder / PAYLOAD).rglob("*") if path.is_file())
    _list(folder, "manifest", payload)
    size = f"{sum(path.stat().st_size for path in payload)}.{len(payload)}"
    lines = [f"{name}: {_line(text)}\n" for name, text in (*info.items(), ("Payload-Oxum", size))]
    (folder / "bagit.txt").write_text(DECLARATION, encoding="utf-8")
    (folder / "bag-info.txt").write_text("".join(lines), encoding="utf-8")
    tags = (path for path in folder.iterdir() if path.is_file())
    _list(folder, "tagmanifest", sorted(path for path in tags if not _last(path)))


def seal(folder: Path) -> str:
    """Return the one digest that tells whether anything in a bag was changed."""
    return files.digest(folder / SEAL)


def problems(folder: Path) -> list[str]:
    """Return what is wrong with a bag: nothing where all is as its lists say.

    Raises:
        MissingFileError: There is no such folder.
        BadBundleError: It is no bag, not one of ours, or one that should not be touched.
    """
    names = _names(folder)
    _declared(folder)
    if "fetch.txt" in names:
        raise _bad(
            folder,
            "names files that lie elsewhere (fetch.txt), and nothing is fetched",
            hint="Ask whoever sent it for a bag that holds everything.",
        )
    with _silent():
        try:
            bag = bagit.Bag(os.fspath(folder))
            _ours(folder, bag, names)
            bag.validate()
        except bagit.BagValidationError as error:
            if not error.details:
                raise _bad(folder, f"is no sound bag: {_said(error, folder)}") from error
            return sorted({_problem(detail) for detail in error.details})
        except (ValueError, LookupError, OSError) as error:
            raise _bad(folder, "has lists that cannot be read") from error
        except bagit.BagError as error:
            raise _bad(folder, f"is no sound bag: {_said(error, folder)}") from error
    return []


def _names(folder: Path) -> list[str]:
    """Return the names of all files in a folder and those below, relative to it.

    Raises:
        MissingFileError: There is no such folder.
        BadBundleError: Something in it leads elsewhere, or there is too much of it.
    """
    if not folder.is_dir():
        files.location(folder)  # raises where nothing is there
        raise BadBundleError(
            f"{files.shown(folder)} is a file, and a bundle is a folder.",
            hint="Unpack it first, and name the folder.",
        )
    names: list[str] = []
    total, waiting = 0, [folder]
    while waiting:
        for entry in sorted(os.scandir(waiting.pop()), key=lambda one: one.name):
            path = Path(entry.path)
            name = path.relative_to(folder).as_posix()
            found = entry.stat(follow_symlinks=False)
            _plain(folder, name, found)
            if stat.S_ISDIR(found.st_mode):
                waiting.append(path)
                continue
            names.append(name)
            total += found.st_size
            if not name.startswith(f"{PAYLOAD}/") and found.st_size > MOST_LIST:
                raise _bad(folder, f"has a list of {found.st_size:,} bytes, {_shown(name)}")
        if len(names) + len(waiting) > MOST_FILES or total > MOST_BYTES:
            raise _bad(folder, f"holds more than {MOST_FILES:,} files or a terabyte")
    return names


def _plain(folder: Path, name: str, found: os.stat_result) -> None:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _bad(folder, f"holds a name that is no UTF-8, {_shown(name)}") from error
    if stat.S_ISLNK(found.st_mode):
        raise _bad(folder, f"holds a link, {_shown(name)}, and links are not followed")
    if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        raise _bad(folder, f"holds something that is neither file nor folder, {_shown(name)}")


def _declared(folder: Path) -> None:
    """Make sure that a folder says it is a bag, in an encoding that can be read."""
    try:
        with (folder / "bagit.txt").open("rb") as file:
            text = file.read(MOST_LIST).decode("ascii")
    except FileNotFoundError as error:
        raise _bad(folder, "is no BagIt bag: it has no bagit.txt") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(folder, "has a bagit.txt that cannot be read") from error
    said = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    version, encoding = said.get("BagIt-Version", ""), said.get("Tag-File-Character-Encoding", "")
    if version.strip() not in VERSIONS:
        raise _bad(folder, f"is of BagIt version {_shown(version) or 'unknown'}")
    if encoding.strip().upper() != "UTF-8":
        raise _bad(folder, f"has lists in the encoding {_shown(encoding)}, not in UTF-8")


def _ours(folder: Path, bag: bagit.Bag, names: list[str]) -> None:
    """Make sure that lists say of every file what they must, and name none outside the bag."""
    for name, digests in bag.entries.items():
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise _bad(folder, f"lists a file outside of it, {_shown(name)}")
        lacking = [algorithm for algorithm in ALGORITHMS if algorithm not in digests]
        if lacking:
            raise _bad(folder, f"lists no {lacking[0]} of {_shown(name)}")
    unlisted = [
        name
        for name in names
        if not name.startswith((f"{PAYLOAD}/", "tagmanifest-")) and name not in bag.entries
    ]
    if unlisted:
        raise _bad(folder, f"holds {_shown(unlisted[0])}, which no list names")


def _problem(detail: bagit.ManifestErrorDetail) -> str:
    name = _shown(str(detail.path))
    if isinstance(detail, bagit.FileMissing):
        return f"{name} is missing"
    if isinstance(detail, bagit.UnexpectedFile):
        return f"{name} is in no list"
    return f"{name} was changed"


@contextmanager
def _silent() -> Iterator[None]:
    """Keep the library from saying to a log what its errors say."""
    before, bagit.LOGGER.disabled = bagit.LOGGER.disabled, True
    try:
        yield
    finally:
        bagit.LOGGER.disabled = before


def _list(folder: Path, word: str, paths: list[Path]) -> None:
    """Write the lists with the digests of files, one for each algorithm."""
    digests = [_digests(path) for path in paths]
    for index, algorithm in enumerate(ALGORITHMS):
        lines = [
            f"{each[index]}  {path.relative_to(folder).as_posix()}\n"
            for path, each in zip(paths, digests, strict=True)
        ]
        (folder / f"{word}-{algorithm}.txt").write_text("".join(lines), encoding="ascii")


def _last(path: Path) -> bool:
    """Return whether a list is one of lists, which nothing lists."""
    return path.name.startswith("tagmanifest-")


def _digests(path: Path) -> list[str]:
    """Return the digests of a file, read once."""
    hashers = [hashlib.new(algorithm) for algorithm in ALGORITHMS]
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            for hasher in hashers:
                hasher.update(block)
    return [hasher.hexdigest() for hasher in hashers]


def _line(text: str) -> str:
    return " ".join(text.encode("utf-8", "backslashreplace").decode("utf-8").split())


def _shown(name: str) -> str:
    return files.shown(Path(name)) if name else ""


def _said(error: Exception, folder: Path) -> str:
    """Return the library's words, without where the bag lies."""
    words = str(error).replace(f"{os.path.abspath(folder)}{os.sep}", "")  # noqa: PTH100 # as it does
    return _shown(words).rstrip(".")


def _bad(
    folder: Path, what: str, *, hint: str = "Ask for it again, from whoever made it."
) -> BadBundleError:
    return BadBundleError(f"{files.shown(folder)} {what}.", hint=hint)
