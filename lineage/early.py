"""What was done to a clip, told while it is still being traced."""

from collections.abc import Callable, Sequence
from time import monotonic

from lineage import derive
from lineage.evidence import Revealed
from lineage.findings import Finding
from lineage.values import Query, Searched, Source, Unexplained

AGAIN = 1.0
"""Seconds after which it is told again: as fast as people read, and cheap in a clip of many
stretches."""

type Tell = Callable[[Sequence[Finding], Sequence[Source]], None]
"""Told what was done so far, and to which sources."""


class Early:
    """Tells the findings that are known: as sources are found, and as their pixels are compared."""

    def __init__(self, searched: Searched, tell: Tell | None) -> None:
        """Begin.

        Args:
            searched: What the clip is compared with.
            tell: Told of it; None where nobody asks.
        """
        self._searched, self._tell = searched, tell
        self._due = 0.0

    @property
    def due(self) -> bool:
        """Whether somebody asks who was not told a moment ago."""
        return self._tell is not None and monotonic() >= self._due

    def __call__(
        self,
        query: Query,
        sources: Sequence[Source],
        rests: Sequence[Unexplained],
        revealed: Sequence[Revealed] = (),
    ) -> None:
        """Tell what is known now, if anybody asks.

        Args:
            query: The clip.
            sources: What it comes from, as far as it was looked at.
            rests: What of it was looked at and has no source.
            revealed: What the pixels of stretches say so far.
        """
        if self._tell is not None:
            self._tell(derive.derived(query, self._searched, sources, rests, revealed), sources)
            self._due = monotonic() + AGAIN

    def again(
        self,
        query: Query,
        sources: Sequence[Source],
        rests: Sequence[Unexplained],
        revealed: Sequence[Revealed],
    ) -> None:
        """Tell what is known now, unless something was told a moment ago."""
        if self.due:
            self(query, sources, rests, revealed)
