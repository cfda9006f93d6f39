"""What the command says: results to standard output, all else to standard error."""

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from index.errors import NoSpaceError, UserError

if TYPE_CHECKING:
    from rich.console import RenderableType

STANDARD_OUTPUT = Path("-")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How the system says that there is no more room."""
WIDTH = 100
"""Columns of a table that goes to a file or pipe, where there is no terminal to ask."""


class Console:
    """The voice of one command.

    Attributes:
        quiet: Whether to say only results and errors.
        verbose: Whether to add the cause of each error, and where time went.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.quiet = quiet
        self.verbose = verbose

    @property
    def live(self) -> bool:
        """Whether someone can watch progress: not --quiet, and at a terminal."""
        return not self.quiet and sys.stderr.isatty()

    def result(self, text: str = "") -> None:
        """Print a line, or several, of what was asked for."""
        typer.echo(text)

    def picture(self, shown: "RenderableType") -> None:
        """Print a table of what was asked for, in colour at a terminal."""
        from rich.console import Console as RichConsole

        width = None if sys.stdout.isatty() else WIDTH
        RichConsole(width=width, highlight=False, emoji=False).print(shown)

    def note(self, text: str) -> None:
        """Say something that is no result, unless --quiet."""
        if not self.quiet:
            typer.echo(plain(text), err=True)

    def detail(self, text: str) -> None:
        """Say something that only --verbose asks for."""
        if self.verbose:
            typer.echo(plain(text), err=True)

    def error(self, error: UserError) -> None:
        """Say what went wrong and what to do about it; with --verbose also why."""
        typer.echo(f"wherefrom: {plain(str(error))}\n  hint: {plain(error.hint)}", err=True)
        if self.verbose:
            for cause in causes(error):
                typer.echo(f"  cause: {type(cause).__name__}: {plain(str(cause))}", err=True)


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what led to an error, nearest first."""
    cause = error.__cause__
    while cause is not None:
        yield cause
        cause = cause.__cause__


def plain(text: str) -> str:
    r"""Return a text on one line that any terminal can show.

    File names may hold newlines, control characters and bytes that are no letters.

    >>> plain("two\nlines")
    'two\\nlines'
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


@contextmanager
def lines(target: Path | None) -> Iterator[Callable[[str], None]]:
    """Give a function that writes one line of JSON.

    Args:
        target: A file, replaced if it exists; "-" for standard output; None for nowhere.

    Raises:
        UserError: The file cannot be written.
    """
    if target is None:
        yield lambda _: None
    elif target == STANDARD_OUTPUT:
        # As bytes: JSON is UTF-8 whatever the terminal speaks.
        yield lambda line: typer.echo(f"{line}\n".encode(), nl=False)
    else:
        with written(target):
            file = target.open("w", encoding="utf-8")

        def write(line: str) -> None:
            with written(target):
                file.write(f"{line}\n")
                file.flush()

        try:
            yield write
        finally:
            with written(target):
                file.close()


@contextmanager
def written(target: Path) -> Iterator[None]:
    """Turn what goes wrong while writing a file into an error a person can put right."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in FULL:
            raise NoSpaceError(
                f"{target} cannot be written because the disk is full.",
                hint="Make room, or write to another disk.",
            ) from error
        reason = (error.strerror or str(error)).lower()
        raise UserError(
            f"{target} cannot be written: {reason}.", hint="Name another place."
        ) from error
