"""What was done to a clip, told while it is still being compared."""

from collections.abc import Callable, Sequence
from time import monotonic

from lineage.evidence import Revealed
from lineage.findings import Finding
from lineage.values import Source

AGAIN = 1.0
"""Seconds after which it is told again: as fast as people read, and cheap in a clip of many
stretches."""

type Tell = Callable[[Sequence[Finding], Sequence[Source]], None]
"""Told what was done so far, and to which sources."""


class Early:
    """Tells the findings that are known, first without any pixels compared."""

    def __init__(
        self,
        derived: Callable[[Sequence[Revealed]], Sequence[Finding]],
        sources: Sequence[Source],
        tell: Tell | None,
    ) -> None:
        """Begin.

        Args:
            derived: Returns what was done, given what the pixels of stretches say.
            sources: What it was done to.
            tell: Told of it; None where nobody asks.
        """
        self._derived, self._sources, self._tell = derived, sources, tell
        self._due = 0.0

    def __call__(self, revealed: Sequence[Revealed]) -> None:
        """Tell what is known now, unless that was done a moment ago."""
        if self._tell is not None and monotonic() >= self._due:
            self._tell(self._derived(revealed), self._sources)
            self._due = monotonic() + AGAIN
