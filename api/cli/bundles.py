"""`wherefrom bundle` and `verify-bundle`: evidence that is handed on, and checked elsewhere."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import STANDARD_OUTPUT, lines, plain, written
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
from api.problems import CONTRADICTED, DIFFERS
from index.errors import UserError

if TYPE_CHECKING:
    from index.archive import Archive
    from lineage.clock import Progress
    from lineage.values import Report


def bundle(
    context: typer.Context,
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="The suspect clip.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="BAG", help="The folder to write; it must not exist.")
    ],
    archive: ArchiveFolder = None,
    source: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Compare with this one file; no archive is needed."),
    ] = None,
    with_sources: Annotated[
        bool,
        typer.Option("--with-sources", help="Put the sources' files in; mind the rights to them."),
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Who makes it, for the custody log; else nobody is named."
        ),
    ] = None,
    no_addresses: Annotated[
        bool, typer.Option("--no-addresses", help="Leave out where the sources' files lie.")
    ] = False,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Trace a clip, and write all that the answer rests on as a bag to be handed on.

    It holds the clip unaltered, the answer, the report, exhibits, codes, versions and a custody
    log, with the SHA-256 and SHA-512 of each. `verify-bundle` checks it without the archive.
    """
    from api.bundles import bag
    from api.bundles.packing import Choices, pack
    from index.archive import Archive
    from index.files import location, shown

    console = console_of(context)
    if source is not None and archive is not None:
        raise UserError("--source and --archive exclude each other.", hint="Name one of them.")
    if by is not None and not by.strip():
        raise UserError("--by names nobody.", hint="Say who makes the bundle, or leave it out.")
    if out.exists() or out.is_symlink():
        raise UserError(
            f"{shown(out)} is there already.", hint="Name a folder that does not exist."
        )
    location(clip)  # refuses pipes and devices, which may never end
    choices = Choices(by, sources=with_sources, addresses=not no_addresses)
    with ExitStack() as stack:
        opened = None
        if source is None:
            opened = stack.enter_context(Archive.open(archive_folder(archive)))
        beat = stack.enter_context(bar(console, clip.name))
        answer = _answer(clip, source, opened, beat)
        with written(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            making = stack.enter_context(TemporaryDirectory(dir=out.parent, prefix=".making-"))
            fresh = Path(making) / "bag"
            fresh.mkdir()
            pack(fresh, clip, answer, opened, choices=choices, progress=beat)
            fresh.rename(out)
    console.result(plain(str(out)))
    console.result(f"  {answer.summary}")
    console.result(f"  Seal: {bag.seal(out)}")
    console.note("Tell the seal by another way than the bundle goes: it shows any later change.")


def verify_bundle(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="BAG", help="What `wherefrom bundle` wrote.")],
    *,
    sources: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Look here for the sources' files, by their SHA-256."),
    ] = None,
    json: Json = None,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Check a bundle: that nothing in it was changed, and claim by claim what still comes out.

    What cannot be asked again without the archive, or without a source's file, is said, with what
    it would take. The exit code is 3 if the bag is damaged, 11 if a claim is contradicted, and 12
    if something differs that other versions made.
    """
    from api.bundles.checking import check
    from api.bundles.told import line, table, verdict
    from lineage.rerun import Verdict

    console = console_of(context)
    with bar(console, folder.name) as beat:
        checked = check(folder, sources=sources, progress=beat)
    with lines(json) as write:
        write(line(checked))
    if json != STANDARD_OUTPUT:
        console.picture(table(checked))
    code = {Verdict.CONTRADICTED: CONTRADICTED, Verdict.DIFFERS: DIFFERS}.get(verdict(checked))
    if code is not None:
        raise typer.Exit(code)


def _answer(
    clip: Path, source: Path | None, archive: "Archive | None", beat: "Progress"
) -> "Report":
    from lineage.params import described
    from lineage.trace import compare, trace

    describing = model()
    if source is not None:
        return compare(clip, source, model=describing, progress=beat)
    if archive is None:
        raise ValueError("a clip is traced in an archive or beside one file")
    return trace(clip, archive, params=described(archive, describing), progress=beat)
