"""Both files' pictures of a stretch, fetched in step."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from index import measure
from index.sandbox import Sandbox
from index.values import Still, Times
from lineage.evidence import Beside
from lineage.values import Segment

FRAME_RATE = 25.0
"""Frames a second of a source that does not say."""


class Fetch(Protocol):
    """Which frames are fetched."""

    @property
    def around(self) -> int:
        """Frames of the source before and after each moment."""

    @property
    def fewest(self) -> int:
        """Moments without which there is nothing to compare."""

    @property
    def side(self) -> int:
        """Pixels of the long side of a picture, at most."""


@dataclass(frozen=True, slots=True)
class Footage:
    """The query's file and a source's.

    Attributes:
        query: The query's.
        source: The source's.
        rate: Frames a second of the source.
        sandbox: Decodes them.
    """

    query: Path
    source: Path
    rate: float
    sandbox: Sandbox

    def beside(
        self, moments: Sequence[Sequence[float]], segment: Segment, look: Fetch
    ) -> Iterator[Beside | None]:
        """Yield pictures of both for each part of a stretch; None where too few can be had.

        Those of the next part are fetched meanwhile; until all are had, nothing else may use the
        sandbox.

        Args:
            moments: For each part rising times in the query.
            segment: The stretch.
            look: Which frames are fetched.
        """
        yield from ahead(self._beside(moments, segment, look), give_up=self.sandbox.close)

    def _beside(
        self, moments: Sequence[Sequence[float]], segment: Segment, look: Fetch
    ) -> Iterator[Beside | None]:
        reach = np.arange(-look.around, look.around + 1) / self.rate
        course = measure.Course(segment.source_time, tuple(map(float, reach)), look.fewest)
        stills = self.sandbox.each(
            measure.beside,
            self.query,
            self.source,
            moments=moments,
            course=course,
            side=look.side,
        )
        for _ in moments:
            yield _taken(stills, course)
        next(stills, None)  # the worker has said that it is done


def ahead[T](items: Iterator[T], *, give_up: Callable[[], object]) -> Iterator[T]:
    """Yield items, each of which is fetched while the one before it is looked at.

    Args:
        items: These.
        give_up: Ends the fetching at once, where nobody waits for more.
    """
    nothing = object()
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, nothing)
        try:
            while (item := coming.result()) is not nothing:
                coming = thread.submit(next, items, nothing)
                yield cast("T", item)
        finally:
            if not coming.done():
                give_up()


def _taken(stills: Iterator[Still | None], course: measure.Course) -> Beside | None:
    """Return the next stills of both, each side up to a None; None where too few could be had.

    Nothing is held of them but what is returned: of a large picture they take a lot of memory.
    """
    query, source = _next_side(stills), _next_side(stills)
    return _beside(query, source, course) if _alike(query) and _alike(source) else None


def _next_side(stills: Iterator[Still | None]) -> list[Still]:
    some = []
    while (still := next(stills, None)) is not None:
        some.append(still)
    return some


def _beside(query: Sequence[Still], source: Sequence[Still], course: measure.Course) -> Beside:
    """Return stills of both, each frame once and by time, as what is compared."""
    times, shown = (np.array([still.time for still in side]) for side in (query, source))
    return Beside(
        times,
        np.stack([still.picture for still in query]),
        np.stack([still.picture for still in source]),
        _nearest(shown, course.times(query)),
        shown,
    )


def _nearest(times: Times, wanted: Times) -> npt.NDArray[np.int64]:
    """Return the index of the time nearest to each that is wanted, of two the earlier one."""
    after = np.searchsorted(times, wanted).clip(max=len(times) - 1)
    before = (after - 1).clip(min=0)
    return np.where(np.abs(times[after] - wanted) < np.abs(times[before] - wanted), after, before)


def _alike(stills: Sequence[Still]) -> bool:
    """Return whether all have one size: a file may change it halfway."""
    return len({still.picture.shape for still in stills}) == 1
