"""How long each stage took, and how far it is."""

from collections.abc import Callable, Mapping
from time import perf_counter

type Progress = Callable[[str, float], None]
"""Called with the name of a stage and how much of it is done, 0 to 1."""


class Clock:
    """Adds up the seconds of each stage and passes on how far it is."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._start = self._last = perf_counter()
        self._spent: dict[str, float] = {}

    def within(self, stage: str) -> Callable[[float], None]:
        """Return a function to be told how much of a stage is done."""
        tell = self._progress
        return (lambda _: None) if tell is None else lambda share: tell(stage, min(1.0, share))

    def mark(self, stage: str) -> None:
        """Count the time since the last mark to a stage."""
        now = perf_counter()
        self._spent[stage] = self._spent.get(stage, 0.0) + now - self._last
        self._last = now

    def timing(self) -> Mapping[str, float]:
        """Return the seconds of each stage, and of all."""
        return {**self._spent, "total": perf_counter() - self._start}
