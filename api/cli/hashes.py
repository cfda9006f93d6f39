"""`wherefrom fingerprint` and `lookup`: codes alone, so that a clip need not leave its owner."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import STANDARD_OUTPUT, Console, lines, plain
from api.cli.options import ArchiveFolder, Json, Quiet, Verbose, archive_folder, console_of
from api.cli.progress import bar

if TYPE_CHECKING:
    from index.fingerprints import Fingerprints

KILOBYTE = 1_000
MINUTE = 60.0


def fingerprint(
    context: typer.Context,
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="The clip.")],
    *,
    json: Json = None,
    no_name: Annotated[bool, typer.Option("--no-name", help="Leave out the clip's name.")] = False,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Write a clip's codes, for others to look up in their archive.

    The file holds no picture and no sound, but it is no secret either: whoever has the same
    footage recognises it. Without --json, only say what it would hold.
    """
    from index.files import location
    from index.fingerprints import line
    from lineage.prints import fingerprints

    console = console_of(context)
    location(clip)  # refuses pipes and devices, which may never end
    with bar(console, clip.name) as beat:
        prints = fingerprints(clip, named=not no_name, progress=beat)
    text = line(prints)
    with lines(json) as write:
        write(text)
    if json != STANDARD_OUTPUT:
        _tell(console, clip, prints, size=len(text.encode()) + 1)
    if json is None:
        console.result("Nothing was written: add --json FILE, or --json - for standard output.")


def lookup(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `wherefrom fingerprint` wrote.")
    ],
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Tell which archived footage a clip may come from, by its codes alone.

    Nothing is proven, since neither pictures nor sound are compared: what it names are candidates.
    """
    from api.exports.lookup import line
    from index.archive import Archive
    from index.fingerprints import read
    from lineage.coarse import lookup as answer

    console = console_of(context)
    prints = read(file)
    with Archive.open(archive_folder(archive)) as opened, bar(console, file.name) as beat:
        found = answer(prints, opened, progress=beat)
    with lines(json) as write:
        write(line(found))
    if json != STANDARD_OUTPUT:
        from api.exports.terminal import suggested

        console.picture(suggested(found))
        console.result()


def _tell(console: Console, clip: Path, prints: "Fingerprints", *, size: int) -> None:
    from index.values import Channel
    from lineage.report import counted, length

    console.result(f"{plain(clip.name)}  {length(prints.duration)}")
    words = {
        Channel.PICTURE: ("whole frame", "whole frames"),
        Channel.FEATURE: ("place in frames", "places in frames"),
        Channel.SOUND: ("moment of sound", "moments of sound"),
    }
    for channel, (one, many) in words.items():
        console.result(f"  codes of {counted(prints.counts[channel], one, many)}")
    each = size / KILOBYTE / (prints.duration / MINUTE)
    console.result(f"  {size / KILOBYTE:,.0f} kB, {each:,.0f} kB a minute")
