"""`wherefrom lineage`: who descends from whom among archived files."""

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import exporting
from api.cli.console import STANDARD_OUTPUT, Console, lines
from api.cli.exporting import Prov, Wanted
from api.cli.options import (
    ArchiveFolder,
    Json,
    Quiet,
    Verbose,
    archive_folder,
    console_of,
    model,
)
from api.cli.progress import bar
from api.problems import INPUT

if TYPE_CHECKING:
    from index.archive import Archive
    from index.hashing.learned import Model
    from lineage.derivations import Lineage


def lineage(
    context: typer.Context,
    asset: Annotated[
        str | None,
        typer.Argument(
            metavar="ASSET", help="Only what hangs together with it: id, beginning, or name."
        ),
    ] = None,
    *,
    archive: ArchiveFolder = None,
    update: Annotated[
        bool, typer.Option("--update", help="Relate the files that wait, first.")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="Tell what was believed when, too.")
    ] = False,
    json: Json = None,
    dot: Annotated[
        Path | None,
        typer.Option("--dot", metavar="FILE", help="Write it for Graphviz; - for standard output."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write it to FILE as a page: drawn, with pictures, and in tables.",
        ),
    ] = None,
    svg: Annotated[
        Path | None,
        typer.Option("--svg", metavar="FILE", help="Write the drawing alone to FILE, as SVG."),
    ] = None,
    prov: Prov = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Tell who descends from whom among the archived files, as far as that is decided.

    Files wait to be related until --update, or `index --lineage`; it is safe to stop and to run
    again. One that cannot be related yet is named, the others are, and the exit code is 3.
    """
    from index.archive import Archive
    from lineage.kinships import lineage as believed
    from lineage.kinships import waiting

    console = console_of(context)
    Wanted(prov=prov).checked(json, dot, html, svg, clips=1)
    failed = False
    with Archive.open(archive_folder(archive), write=update) as opened:
        if update:
            failed = not relate(opened, console, model=model())
        found = believed(opened, asset, past=history)
        waits = waiting(opened)
        _write(found, opened.id, waits, json=json, dot=dot)
        _draw(found, opened, waits, html=html, svg=svg)
        with lines(prov) as write:
            if prov is not None:
                write(exporting.lineage(found, version=metadata.version("wherefrom")))
    if STANDARD_OUTPUT not in {json, dot, html, svg, prov}:
        _show(console, found, history=history)
    if waits:
        console.note(f"{files(waits)} to be related: run `wherefrom lineage --update`.")
    if failed:
        raise typer.Exit(INPUT)


def relate(archive: "Archive", console: Console, *, model: "Model | None") -> bool:
    """Relate the files of an archive that wait; return whether all could be.

    Args:
        archive: Open for writing.
        console: Told of each.
        model: What describes frames as well, if anything does.
    """
    from index.files import shown
    from lineage.kinships import Waiting, update, waiting
    from lineage.params import described
    from lineage.report import counted

    total, done, kin = waiting(archive), 0, 0
    params = described(archive, model)
    left = []
    with bar(console, "Relating") as beat:
        for event in update(archive, params=params):
            done += 1
            beat(shown(Path(event.asset.name)), done / total)
            if isinstance(event, Waiting):
                left.append(event)
            else:
                kin += event.kin > 0
    for each in left:
        console.note(f"Not related: {each.reason}")
    related = counted(done - len(left), "file")
    console.note(f"Related {related}; {kin:,} of them share something with others.")
    return not left


def files(count: int) -> str:
    """Return how many files wait, as the beginning of a sentence."""
    from lineage.report import counted

    return f"{counted(count, 'file')} {'waits' if count == 1 else 'wait'}"


def _write(
    found: "Lineage", archive: str, waiting: int, *, json: Path | None, dot: Path | None
) -> None:
    from api.exports.lineage import dot as drawn
    from api.exports.lineage import line

    with lines(json) as write:
        if json is not None:
            version = metadata.version("wherefrom")
            write(line(found, archive=archive, version=version, waiting=waiting))
    with lines(dot) as write:
        if dot is not None:
            write(drawn(found))


def _draw(
    found: "Lineage", archive: "Archive", waiting: int, *, html: Path | None, svg: Path | None
) -> None:
    from api.exports import families
    from lineage.stills import portraits

    with lines(html) as write, lines(svg) as write_drawing:
        if html is None and svg is None:
            return
        told = families.drawn(found)
        stills = portraits(families.wanted(told), archive)
        if html is not None:
            version = metadata.version("wherefrom")
            write(families.page(told, stills, archive=archive.id, version=version, waiting=waiting))
        if svg is not None:
            write_drawing(families.svg(told, stills))


def _show(console: Console, found: "Lineage", *, history: bool) -> None:
    from api.exports.trees import past, tree

    if not found.edges:
        console.result("No archived file is known to share anything with another.")
        return
    console.picture(tree(found))
    if history:
        console.result()
        for each in past(found):
            console.result(each)
