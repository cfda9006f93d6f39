"""`wherefrom trace`, `compare` and `why`: what a clip was made from."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import STANDARD_OUTPUT, Console, lines
from api.cli.exporting import C2pa, Otio, Prov, Review, Wanted, exports
from api.cli.options import (
    ArchiveFolder,
    AssetName,
    Json,
    Quiet,
    Verbose,
    archive_folder,
    console_of,
    model,
    trusted,
)
from api.cli.pages import Folder
from api.cli.progress import bar
from api.problems import INPUT, NOTHING_FOUND, problem_of
from index.errors import UserError

if TYPE_CHECKING:
    from index.archive import Archive
    from lineage.values import Report

type Heartbeat = Callable[[str, float], None]
"""Told from time to time the stage and which share of it is done, 0 to 1."""
type Ask = Callable[[Path, Heartbeat], "Report"]

ReportFolder = Annotated[
    Path | None,
    typer.Option("--report", metavar="DIR", help="Write a page for each clip into DIR."),
]
ExitCode = Annotated[
    bool,
    typer.Option("--exit-code", help="Exit with 10 when no source was found for any clip."),
]


def trace(
    context: typer.Context,
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP", help="Suspect clips.")],
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    report: ReportFolder = None,
    prov: Prov = None,
    otio: Otio = None,
    c2pa: C2pa = None,
    review: Review = None,
    exit_code: ExitCode = False,
    reveal: Annotated[
        bool,
        typer.Option(help="Compare the pixels of what is found: tells more, costs more."),
    ] = True,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Tell which archived footage each clip was made from, and what was changed in it.

    A clip that cannot be read is named, the others are still traced, and the exit code is 3.
    """
    from index.archive import Archive
    from lineage.params import described
    from lineage.trace import trace as answer

    wanted = Wanted(prov, otio, c2pa, review).checked(json, clips=len(clips))
    describing = model()
    with Archive.open(archive_folder(archive)) as opened:
        params = replace(described(opened, describing), trusted=trusted())
        params = params if reveal else replace(params, reveal=None)
        _tell(
            console_of(context),
            clips,
            lambda clip, beat: answer(clip, opened, params=params, at=now(), progress=beat),
            json=json,
            report=report,
            wanted=wanted,
            exit_code=exit_code,
            archive=opened,
        )


def compare(
    context: typer.Context,
    query: Annotated[Path, typer.Argument(metavar="QUERY", help="The suspect clip.")],
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="Its supposed source.")],
    *,
    json: Json = None,
    report: ReportFolder = None,
    prov: Prov = None,
    otio: Otio = None,
    c2pa: C2pa = None,
    review: Review = None,
    exit_code: ExitCode = False,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Tell whether one file was made from another.

    No archive is needed.
    """
    from lineage.params import DEFAULT
    from lineage.trace import compare as answer

    wanted = Wanted(prov, otio, c2pa, review).checked(json, clips=1)
    describing, params = model(), replace(DEFAULT, trusted=trusted())
    _tell(
        console_of(context),
        [query],
        lambda clip, beat: answer(
            clip, source, model=describing, params=params, at=now(), progress=beat
        ),
        json=json,
        report=report,
        wanted=wanted,
        exit_code=exit_code,
    )


def why(
    context: typer.Context,
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="The suspect clip.")],
    asset: AssetName,
    *,
    archive: ArchiveFolder = None,
    json: Json = None,
    start: Annotated[
        float,
        typer.Option("--from", min=0.0, metavar="SECONDS", help="Look at the clip from here on."),
    ] = 0.0,
    end: Annotated[
        float | None,
        typer.Option("--to", min=0.0, metavar="SECONDS", help="Look at the clip up to here."),
    ] = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Tell why a clip did, or did not, match an archived file.

    Of picture and sound, each stage with its numbers is told, up to the stage that lost them.
    """
    from api.exports.reasons import line, text
    from index.archive import Archive
    from index.files import location
    from lineage.params import described
    from lineage.why import why as answer

    console, describing = console_of(context), model()
    with Archive.open(archive_folder(archive)) as opened, lines(json) as write:
        location(clip)  # refuses pipes and devices, which may never end
        known = opened.find(asset)
        with bar(console, clip.name) as beat:
            found = answer(
                clip,
                known,
                opened,
                start=start,
                end=inf if end is None else end,
                params=described(opened, describing),
                progress=beat,
            )
        write(line(found))
    if json != STANDARD_OUTPUT:
        for each in text(found):
            console.result(each)


def now() -> datetime:
    """Return the time, by which dates in files are to come or not."""
    return datetime.now(UTC)


def _tell(
    console: Console,
    clips: Iterable[Path],
    ask: Ask,
    *,
    json: Path | None,
    report: Path | None,
    wanted: Wanted,
    exit_code: bool,
    archive: "Archive | None" = None,
) -> None:
    """Ask about each clip and say the answers; raise Exit if the exit code isn't 0."""
    from api.exports.document import line
    from index.files import location

    pages = None if report is None else Folder(report)
    found = failed = False
    silent = wanted.aloud or json == STANDARD_OUTPUT
    with lines(json) as write, exports(wanted) as export:
        for clip in clips:
            try:
                location(clip)  # refuses pipes and devices, which may never end
                with bar(console, clip.name) as beat:
                    answer = ask(clip, beat)
            except UserError as error:
                if problem_of(error).exit_code != INPUT:
                    raise
                console.error(error)
                failed = True
                continue
            found = found or bool(answer.sources)
            write(line(answer))
            export(answer)
            if not silent:
                _show(console, answer)
            if pages is not None:
                console.note(f"Report: {page_for(answer, pages, archive)}")
    if failed:
        raise typer.Exit(INPUT)
    if exit_code and not found:
        raise typer.Exit(NOTHING_FOUND)


def page_for(answer: "Report", pages: Folder, archive: "Archive | None") -> Path:
    """Write the page of one answer and return where it is."""
    from api.exports.page import page
    from lineage.exhibits import exhibits
    from lineage.stills import pairs

    return pages.add(answer, page(answer, pairs(answer, archive), exhibits(answer, archive)))


def _show(console: Console, answer: "Report") -> None:
    from api.exports.terminal import table

    console.picture(table(answer))
    console.result()
    stages = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in answer.timing.items())
    console.detail(f"Time: {stages}.")
