"""`wherefrom demo`: the whole of it on real footage, without network."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import Console, plain, written
from api.cli.options import Quiet, Verbose, console_of
from api.cli.pages import Folder

if TYPE_CHECKING:
    from api.demo import Forgery, Original
    from lineage.values import Report


def demo(
    context: typer.Context,
    *,
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="Where the demo writes its files.")
    ] = Path("wherefrom-demo"),
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Show wherefrom at work on real films, in about half a minute.

    Three films are indexed, five clips forged from them, and the forgeries traced. Everything is
    written into one folder; no network is needed.
    """
    from api.demo import forge, originals

    console = console_of(context)
    start = monotonic()
    films = originals()
    suspects = folder / "suspect"
    with written(suspects):
        suspects.mkdir(parents=True, exist_ok=True)
    console.note("Forging five clips …")
    with written(suspects):
        forgeries = forge(suspects, on_done=lambda made: console.note(f"  {made.path.name}"))
    console.note("Indexing the originals …")
    _index(folder / "archive", films, console)
    console.note("Tracing the forgeries …")
    pages = Folder(
        folder / "report",
        title="The demo: five forgeries and where they come from",
        claims={forgery.path.name: f"Forged: {forgery.claim}." for forgery in forgeries},
        credits=[f"{film.path.name}: {film.credit}." for film in films],
    )
    answers = _trace(folder / "archive", forgeries, pages)
    _show(console, forgeries, answers)
    console.result(f"\nReport: {plain(str(pages.index.absolute()))}")
    console.note(f"All in {monotonic() - start:.0f} s; it can be removed with its folder.")
    console.note(f"Trace a clip of your own: wherefrom trace CLIP --archive {folder / 'archive'}")


def _index(archive: Path, films: "list[Original]", console: Console) -> None:
    from api.cli.indexing import fill
    from index.archive import Archive

    with Archive.open(archive, create=True) as opened:
        tally = fill(opened, [film.path for film in films], console)
    console.note(f"  {tally}")


def _trace(archive: Path, forgeries: "list[Forgery]", pages: Folder) -> "list[Report]":
    from api.cli.tracing import page_for
    from index.archive import Archive
    from lineage.trace import trace

    answers = []
    with Archive.open(archive) as opened:
        for forgery in forgeries:
            answer = trace(forgery.path, opened)
            page_for(answer, pages, opened)
            answers.append(answer)
    return answers


def _show(console: Console, forgeries: "list[Forgery]", answers: "list[Report]") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from api.demo.truth import misses

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 1, 0))
    shown.add_column("forged", ratio=2)
    shown.add_column("what wherefrom says", ratio=5)
    shown.add_column("truth", no_wrap=True)
    wrong: list[str] = []
    for forgery, answer in zip(forgeries, answers, strict=True):
        differ = misses(forgery, answer)
        wrong += [f"{forgery.path.name}: {each}" for each in differ]
        shown.add_row(
            Text(forgery.path.name, style="bold").append(f"\n{forgery.claim}", style="not bold"),
            Text(answer.summary),
            Text("differs", style="red") if differ else Text("as told", style="green"),
        )
    console.picture(shown)
    for each in wrong:
        console.result(each)
