"""`wherefrom exhibit`: what was found as pictures that anyone with both files can make again."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import Console, plain, written
from api.cli.options import Quiet, Verbose, console_of
from api.problems import INPUT
from index.errors import MissingFileError, UserError

if TYPE_CHECKING:
    from api.exports.exhibits.answers import Answer, Named, Told
    from index.archive import Archive
    from index.sandbox import Sandbox
    from lineage.exhibits import Case

ID = 16
"""Digits of a digest that are a file's id in an archive."""


def exhibit(
    context: typer.Context,
    answer: Annotated[
        Path, typer.Argument(metavar="ANSWER", help="What `trace` or `compare` wrote with --json.")
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Write a folder for each finding into DIR.")
    ],
    finding: Annotated[
        list[int] | None,
        typer.Option(metavar="N", min=1, help="Only the Nth finding listed; may be repeated."),
    ] = None,
    clip: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The clip, where ANSWER is about several."),
    ] = None,
    archive: Annotated[
        Path | None,
        typer.Option("--archive", "-a", metavar="DIR", help="Ask this archive where sources are."),
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Look for the files in DIR, not where ANSWER says."),
    ] = None,
    video: Annotated[
        bool, typer.Option("--video", help="Add a film of clip and source side by side.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; tell whether DIR holds the same, bit for bit."
        ),
    ] = False,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Show what was found: stills, what differs, crops, spectrograms, with where each is from.

    The same files give the same bytes, so that anyone who has them can make the pictures again.
    """
    from api.exports.exhibits.answers import read
    from api.exports.exhibits.files import FILM, made
    from api.exports.exhibits.plates import Files
    from index.archive import Archive
    from index.sandbox import Sandbox
    from lineage.exhibits import Exhibitor

    console, told = console_of(context), read(answer, clip)
    chosen = _chosen(told, finding)
    if not chosen:
        console.result("Nothing was found that can be shown.")
        return
    same = True
    with ExitStack() as stack:
        opened = None if archive is None else stack.enter_context(Archive.open(archive))
        sandbox = stack.enter_context(Sandbox())
        exhibitor = Exhibitor(sandbox)
        for number, case in _cases(told, chosen, _Finder(files, opened), sandbox).items():
            folder, both = out / f"finding-{number:02d}", Files(told.query, chosen[number].source)
            moving = video or (check and (folder / FILM).exists())
            parts = made(chosen[number], case, both, exhibitor, video=moving)
            if check:
                same = _same(console, folder, parts) and same
            else:
                _put(folder, parts)
                console.result(plain(str(folder)))
    if not same:
        raise typer.Exit(INPUT)


def _chosen(answer: "Answer", numbers: Sequence[int] | None) -> "Mapping[int, Told]":
    """Return findings by their number, all that can be shown if none is asked for.

    Raises:
        UserError: One that is asked for is not listed, or cannot be shown.
    """
    from lineage.exhibits import showable

    able = {
        number: one for number, one in answer.told.items() if showable(one.finding, one.segment)
    }
    for number in numbers or ():
        if number > len(answer.kinds):
            raise UserError(
                f"There is no finding {number}: the answer lists {len(answer.kinds)}.",
                hint="Count them from 1, as they are listed.",
            )
        if number not in able:
            raise UserError(
                f"Of finding {number}, {answer.kinds[number - 1]}, there is nothing to show.",
                hint="Name one of a part of the picture, or of the sound.",
            )
    return {number: able[number] for number in dict.fromkeys(numbers or able)}


def _cases(
    answer: "Answer", chosen: "Mapping[int, Told]", finder: "_Finder", sandbox: "Sandbox"
) -> "dict[int, Case]":
    """Return what findings are made from, once it is sure that these are the answer's files."""
    from index import measure
    from lineage.exhibits import Case

    clip = finder.clip(answer.query)
    paths = {one.source: finder.source(one.source) for one in chosen.values()}
    rates = {file: sandbox.run(measure.media, path).frame_rate for file, path in paths.items()}
    return {
        number: Case(
            one.finding, one.segment, clip, paths[one.source], answer.rate, rates[one.source]
        )
        for number, one in chosen.items()
    }


@dataclass(frozen=True, slots=True)
class _Finder:
    """Says where the files of an answer are now.

    Attributes:
        folder: Where both are; None for where the answer says.
        archive: Knows where sources are; None if it is not asked.
    """

    folder: Path | None
    archive: "Archive | None"

    def source(self, named: "Named") -> Path:
        """Return where a source is.

        Raises:
            MissingFileError: It is not there, or is another file now.
            NotFoundError: The archive does not hold it.
        """
        from index.files import path_of

        if self.archive is None:
            return self.clip(named)
        asset = self.archive.find(named.digest[:ID])
        return _sure(self.archive.file(asset) or path_of(asset.uri), named)

    def clip(self, named: "Named") -> Path:
        """Return where a clip is.

        Raises:
            MissingFileError: It is not there, or is another file now.
        """
        from index.files import path_of

        path = path_of(named.uri)
        return _sure(path if self.folder is None else self.folder / path.name, named)


def _sure(path: Path, named: "Named") -> Path:
    """Return the path, once it is sure that the file is the one that is named."""
    from index.files import digest, location, shown

    location(path)  # refuses pipes and devices, which may never end
    if digest(path) != named.digest:
        raise MissingFileError(
            f"{shown(path)} is not the file that the answer is about.",
            hint=f"Put the file of SHA-256 {named.digest[:ID]}… there, or trace the clip again.",
        )
    return path


def _same(console: Console, folder: Path, files: "Mapping[str, bytes]") -> bool:
    """Say whether a folder holds these files; return it."""
    wrong = [name for name, data in files.items() if not _holds(folder / name, data)]
    console.result(
        f"{plain(str(folder))}: {'differs: ' + ', '.join(wrong) if wrong else 'the same'}"
    )
    return not wrong


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def _put(folder: Path, files: "Mapping[str, bytes]") -> None:
    """Write a folder so that it is whole or absent; one of that name is replaced."""
    with written(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".making-") as making:
            fresh = Path(making) / folder.name
            fresh.mkdir()
            for name, data in files.items():
                (fresh / name).write_bytes(data)
            if folder.exists():
                folder.rename(Path(making) / "before")
            fresh.rename(folder)
