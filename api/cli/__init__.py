"""The `wherefrom` command: reads arguments, calls one function, says what it returned.

    console    what is said where
    options    arguments and options that commands share
    progress   bars, time left and how much faster than playing
    indexing   index
    tracing    trace, compare, why
    exporting  options for the formats of newsrooms, and who writes them
    exhibits   exhibit
    bundles    bundle, verify-bundle
    hashes     fingerprint, lookup
    pages      what `--report` writes
    lineages   lineage
    coverage   coverage
    keeping    list, show, merge, remove, verify, stats
    watches    watch add, list, show, check, remove
    keys       keys add, list, revoke
    serving    serve, worker
    doctor     doctor
    demo       demo

A command imports what it needs when it runs, so that `wherefrom --help` need not load a decoder.
"""

import gc
import os
import sys
from importlib import metadata
from typing import Annotated, Any, override

import typer
from typer.core import TyperGroup

from api.cli import (
    bundles,
    coverage,
    demo,
    doctor,
    exhibits,
    hashes,
    indexing,
    keeping,
    keys,
    lineages,
    serving,
    tracing,
    watches,
)
from api.cli.console import FULL
from api.cli.options import Quiet, Verbose, console_of
from api.problems import INTERRUPTED, problem_of
from index.errors import NoSpaceError, UserError
from index.worker import FRESH


class Commands(TyperGroup):
    """All commands, and what happens when one of them fails."""

    @override
    def invoke(self, ctx: Any) -> object:  # typer keeps the class to itself
        """Run the command asked for; turn what a person can put right into an exit code."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            console_of(ctx).error(error)
            raise typer.Exit(problem_of(error).exit_code) from error
        except KeyboardInterrupt as error:
            typer.echo("wherefrom: Interrupted; nothing that was finished is lost.", err=True)
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError as error:
            # Whoever read standard output has enough, as in `wherefrom list | head`. Python would
            # complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        except OSError as error:
            if error.errno not in FULL:
                raise
            full = NoSpaceError("The disk is full.", hint="Make room and run it again.")
            console_of(ctx).error(full)
            raise typer.Exit(problem_of(full).exit_code) from error


# The products of a trace are small: a second thread of OpenBLAS costs more than it brings. It looks
# here when numpy is first imported, which is later.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Help by rich takes 0.25 s to load.
)


def main() -> None:
    """Run the command line."""
    # A file name may hold bytes that are no letters: better shown oddly than not at all.
    gc.set_threshold(FRESH)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # always a TextIOWrapper here
    app()


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"wherefrom {metadata.version('wherefrom')}")
        raise typer.Exit


@app.callback()
def wherefrom(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            expose_value=False,
            help="Show the version.",
        ),
    ] = False,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Find the source footage behind a clip and tell what was changed."""


for command in (
    demo.demo,
    indexing.index,
    tracing.trace,
    tracing.compare,
    tracing.why,
    exhibits.exhibit,
    bundles.bundle,
    bundles.verify_bundle,
    hashes.fingerprint,
    hashes.lookup,
    lineages.lineage,
    coverage.coverage,
    keeping.show_list,
    keeping.show,
    keeping.merge,
    keeping.remove,
    keeping.verify,
    keeping.stats,
    serving.serve,
    serving.worker,
    doctor.doctor,
):
    app.command(command.__name__.removeprefix("show_").replace("_", "-"))(command)

app.add_typer(watches.watch, name="watch")
app.add_typer(keys.keys, name="keys")
