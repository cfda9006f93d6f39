"""`wherefrom list`, `show`, `merge`, `remove`, `verify` and `stats`: keeping an archive."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import STANDARD_OUTPUT, lines, plain
from api.cli.options import (
    ArchiveFolder,
    AssetName,
    Json,
    Quiet,
    Verbose,
    archive_folder,
    console_of,
    model,
)
from api.cli.progress import bar
from api.cli.watches import Watcher
from api.problems import ARCHIVE, INPUT
from index.errors import NotFoundError

MEGABYTE = 1_000_000
COMMONEST = 10
"""Shots told of, those that most files show."""

if TYPE_CHECKING:
    from index.catalogue.commons import Common


def show_list(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """List the archived files: id, length, size of the picture, name."""
    from json import dumps

    from api.exports.cards import facts
    from index.archive import Archive
    from lineage.report import clock

    console = console_of(context)
    with Archive.open(archive_folder(archive)) as opened, lines(json) as write:
        for asset in opened.assets():
            write(dumps(facts(asset)))
            if json != STANDARD_OUTPUT:
                media = asset.media
                size = f"{media.width}×{media.height}" if media.has_picture else "sound"
                console.result(
                    f"{asset.id}  {clock(media.duration):>10}  {size:>9}  {plain(asset.name)}"
                )


def show(
    context: typer.Context,
    asset: AssetName,
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Show what the archive knows of one file."""
    from json import dumps

    from api.exports.cards import card
    from index.archive import Archive

    console = console_of(context)
    with Archive.open(archive_folder(archive)) as opened, lines(json) as write:
        known = card(opened.card(opened.find(asset)))
        write(dumps(known))
    if json != STANDARD_OUTPUT:
        for name, value in known.items():
            console.result(f"{name.replace('_', ' '):<14}{plain(_told(value))}")


def merge(
    context: typer.Context,
    other: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of another archive.")],
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Add what another archive holds, as it was measured there; no film is read.

    It is safe to stop and to run again: only what is missing is added. The other archive is left as
    it is. Who descends from whom is not taken over: `wherefrom lineage --update` finds it out anew.
    A film that has lost its codes there is named and left out, and the exit code is then 3.
    """
    from json import dumps

    from api.exports.cards import facts
    from index.archive import Archive
    from index.files import shown
    from index.merging import Taken
    from index.merging import merge as merged
    from lineage.report import counted

    console, describing = console_of(context), model()
    told: list[Taken] = []
    with (
        Archive.open(other) as there,
        Archive.open(archive_folder(archive), create=True) as opened,
        lines(json) as write,
    ):
        watcher, total = Watcher(opened, describing), there.extent().assets
        with bar(console, "Merging") as beat:

            def heed(taken: Taken) -> None:
                told.append(taken)
                beat("films", len(told) / max(1, total))
                status = "waits" if taken.waits else "known" if taken.known else "added"
                write(dumps(facts(taken.asset) | {"status": status, "codes": taken.codes}))
                if taken.waits:
                    console.note(f"{plain(taken.asset.name)} has lost its codes there; index it.")
                if status == "added":
                    watcher.added()

            merged(opened, there, on_asset=heed)
        watcher.finish(console, write, aloud=not console.quiet or json is not None)
    waits, known = sum(each.waits for each in told), sum(each.known for each in told)
    say = console.note if json == STANDARD_OUTPUT else console.result
    say(
        f"Added {counted(len(told) - waits - known, 'file')} of {plain(shown(other))} "
        f"({counted(sum(each.codes for each in told), 'code')}); {known:,} known already; "
        f"{waits:,} left out."
    )
    if waits:
        raise typer.Exit(INPUT)


def remove(
    context: typer.Context,
    assets: Annotated[
        list[str],
        typer.Argument(metavar="ASSET", help="Ids, beginnings of ids, or file names."),
    ],
    *,
    archive: ArchiveFolder = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Forget archived files; the files themselves are left alone.

    A name that nothing has is said, the others are still removed, and the exit code is 3.
    """
    from index.archive import Archive

    console = console_of(context)
    failed = False
    with Archive.open(archive_folder(archive), write=True) as opened:
        for word in assets:
            try:
                asset = opened.find(word)
            except NotFoundError as error:
                console.error(error)
                failed = True
                continue
            opened.remove(asset)
            console.result(f"Removed {asset.id}  {plain(asset.name)}")
    if failed:
        raise typer.Exit(INPUT)


def verify(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    read_data: Annotated[
        bool,
        typer.Option("--read-data", help="Read every byte again and repair what can be rebuilt."),
    ] = False,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Check that the archive is whole.

    Every problem is named, and the exit code is then 4.
    """
    from index.archive import Archive
    from lineage.report import counted

    console = console_of(context)
    folder = archive_folder(archive)
    with Archive.open(folder, write=read_data) as opened:
        problems = opened.verify(read_data=read_data)
    for problem in problems:
        console.result(plain(problem))
    if problems:
        console.result(f"{plain(str(folder))}: {counted(len(problems), 'problem')}.")
        raise typer.Exit(ARCHIVE)
    console.result(f"{plain(str(folder))} is sound.")


def stats(
    context: typer.Context,
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Tell how much the archive holds, and which shots occur in many files.

    Such shots, intros and test cards among them, never point to a source alone. Files that could
    not be indexed are named.
    """
    from dataclasses import asdict
    from json import dumps

    from index.archive import Archive
    from index.files import path_of, shown
    from lineage.report import clock, counted, length

    console = console_of(context)
    with Archive.open(archive_folder(archive)) as opened, lines(json) as write:
        found = opened.stats()
        commonest = opened.commonest(limit=COMMONEST)
        failures = opened.failures()
        failed = [{"uri": each.uri, "reason": each.reason} for each in failures]
        shared = [_shared(each) for each in commonest]
        write(dumps(asdict(found) | {"failures": failed, "commonest": shared}))
    if json == STANDARD_OUTPUT:
        return
    console.result(f"{counted(found.assets, 'file')}, {length(found.seconds)} of footage")
    console.result(
        f"{counted(found.codes, 'code')} in {counted(found.segments, 'store segment')}"
        f", {found.buffered:,} of them not sealed yet"
    )
    console.result(f"{_size(found.bytes)} on disk")
    if "learned" in found.recipes:
        console.result(f"Frames described by {found.recipes['learned']}")
    if found.waiting:
        console.result(f"{counted(found.waiting, 'file')} to be indexed again")
    console.result("Shots in many files:" if commonest else "No shot is known to be in many files")
    for shot in commonest:
        where = f"{clock(shot.start)}–{clock(shot.end)} of {plain(shot.asset.name)}"
        console.result(f"{counted(shot.assets, 'file'):>12}  {where}")
    for each in failures:
        console.result(f"Not indexed: {shown(path_of(each.uri))}: {each.reason}")


def _shared(shot: "Common") -> dict[str, object]:
    """Return what `--json` says of a shot that many files show."""
    return {
        "assets": shot.assets,
        "id": shot.asset.id,
        "name": shot.asset.name,
        "start": round(shot.start, 3),
        "end": round(shot.end, 3),
    }


def _size(count: int) -> str:
    """Return a number of bytes as people read it.

    >>> _size(90_112), _size(1_234_567_890)
    ('90 kB', '1,234.6 MB')
    """
    return f"{count / MEGABYTE:,.1f} MB" if count >= MEGABYTE else f"{count / 1e3:,.0f} kB"


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {held}" for name, held in value.items()) or "none"
    return "unknown" if value is None else str(value)
