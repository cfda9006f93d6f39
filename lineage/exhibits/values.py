"""What can be shown of a finding: of which files, at which moments, and what is seen or heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.values import WHOLE, Box, Interval, Sound, Still
from lineage.findings import INSIDE, SOUNDING, Finding, Kind
from lineage.values import Segment


class Name(StrEnum):
    """Why a moment is shown."""

    BEFORE = "before"
    ONSET = "onset"
    STRONGEST = "strongest"
    END = "end"


def showable(finding: Finding, segment: Segment) -> bool:
    """Return whether there is anything to show of a finding in a segment."""
    inside = finding.kind in INSIDE and finding.box is not None
    return finding.kind in SOUNDING or (inside and segment.across is not None)


@dataclass(frozen=True, slots=True)
class Case:
    """A finding, and what it is made from.

    Attributes:
        finding: What was done.
        segment: How the query shows the source there.
        query: The query's file.
        source: The source's.
        rate: Frames a second of the query; None if it does not say.
        source_rate: The same of the source.
    """

    finding: Finding
    segment: Segment
    query: Path
    source: Path
    rate: float | None
    source_rate: float | None

    @property
    def sound(self) -> bool:
        """Whether it is heard, not seen."""
        return self.finding.kind in SOUNDING

    @property
    def faded(self) -> bool:
        """Whether it is told by fine detail that is missing."""
        return self.finding.kind is Kind.BLURRED

    @property
    def strongest(self) -> float:
        """When it is strongest, as far as that was measured."""
        middle = (self.finding.query.start + self.finding.query.end) / 2
        return self.finding.measures.get("strongest", middle)


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A moment of a finding.

    Attributes:
        name: Why it is shown.
        query: What the query shows.
        source: What the source shows then.
    """

    name: Name
    query: Still
    source: Still


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """By how much the query differs from the source at one moment.

    Attributes:
        time: Seconds in the query.
        source_time: Of the source's frame beside it.
        matrix: How that was laid over the query: places of the query's frame to places of the
            source's, both as shares of the frame; three rows, one after the other.
        cells: float32 (rows, columns), in multiples of what is to be expected.
        compared: bool (rows, columns), which cells were compared.
        side: Width and height of a cell, as shares of the query's frame.
        strong: Multiple from which on a cell counts.
        weak: Multiple down to which cells beside it belong to it.
    """

    time: float
    source_time: float
    matrix: tuple[float, ...]
    cells: npt.NDArray[np.float32]
    compared: npt.NDArray[np.bool_]
    side: tuple[float, float]
    strong: float
    weak: float


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What can be shown of a finding in the picture.

    Attributes:
        case: The finding, its box and how both lie over one another.
        moments: By time, the strongest among them.
        view: The part of the query's frame around the box.
        heat: Of the strongest; None where both cannot be compared.
    """

    case: Case
    moments: Sequence[Moment]
    view: Box
    heat: Heat | None

    @property
    def box(self) -> Box:
        """Where it is in the query's frame."""
        return self.case.finding.box or WHOLE

    @property
    def inner(self) -> Box:
        """Where the box lies in the view."""
        box, view = self.box, self.view
        wide, high = view.x1 - view.x0, view.y1 - view.y0
        edges = (
            (box.x0 - view.x0) / wide,
            (box.y0 - view.y0) / high,
            (box.x1 - view.x0) / wide,
            (box.y1 - view.y0) / high,
        )
        return Box(*(min(1.0, max(0.0, edge)) for edge in edges))

    @property
    def strongest(self) -> Moment:
        """The moment at which it is strongest."""
        return next(one for one in self.moments if one.name is Name.STRONGEST)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What can be shown of a finding in the sound.

    Attributes:
        case: The finding.
        query: The query's sound; empty where it has none.
        source: The source's that belongs to the pictures then, likewise.
        within: Which stretch of the query it is.
        beside: The stretch of the source that it shows.
    """

    case: Case
    query: Sound
    source: Sound
    within: Interval
    beside: Interval
