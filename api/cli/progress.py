"""Bars on standard error, for a person who waits; nothing at all where nobody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, override

from api.cli.console import Console, plain

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def bar(console: Console, what: str) -> Iterator[Callable[[str, float], None]]:
    """Give a function to be told the stage of one thing and which share of it is done, 0 to 1."""
    if not console.live:
        yield lambda _stage, _share: None
        return
    with _progress() as shown:
        task = shown.add_task(plain(what), total=1.0, aside="")
        yield lambda stage, share: shown.update(task, completed=share, aside=stage)


class Pace:
    """How much footage is measured a second.

    Args:
        clock: Seconds that only grow; the time of making it is where counting begins.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._start = clock()
        self.footage = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return self._clock() - self._start

    @override
    def __str__(self) -> str:
        """Return it as a person reads it: "38× real time"; nothing before anything is done."""
        if not self.footage or not self.elapsed:
            return ""
        return f"{self.footage / self.elapsed:,.0f}× real time"


@contextmanager
def batch(console: Console, what: str, pace: Pace) -> Iterator[Callable[[int, int], None]]:
    """Give a function to be told how much of a batch is done, and of how much, in bytes."""
    if not console.live:
        yield lambda _done, _total: None
        return
    with _progress() as shown:
        task = shown.add_task(plain(what), total=None, aside="")
        yield lambda done, total: shown.update(task, completed=done, total=total, aside=str(pace))


def _progress() -> "Progress":
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[aside]}"),
        console=RichConsole(stderr=True),
        transient=True,
    )
