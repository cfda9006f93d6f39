"""Bars, ribbons and texts ready for SVG, lying or upright.

Along the time axis of a lying timeline places are percents of whatever room there is, and pixels
across it; upright it is the other way round. Only the ribbons' curves need a box that is
stretched to fit, so that text keeps its size on every screen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.exports.ribbons import Band, Reach
from index.values import Channel

# The ribbons' box before it is stretched: near the real size, so that hatching keeps its slant.
BOX = 1000
UPRIGHT_BOX = 350


@dataclass(frozen=True, slots=True)
class Rect:
    """A bar. Places are ready for SVG: percents along the axis, pixels across it."""

    x: str
    y: str
    width: str
    height: str
    look: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text. `anchor` is SVG's text-anchor; `title` the full text where it was shortened."""

    x: str
    y: str
    text: str
    anchor: str
    look: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A ribbon and what it says; `href` is the place on the page that shows its pictures."""

    path: str
    look: str
    hatched: bool
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One timeline.

    Attributes:
        name: Unique on the page.
        height: Pixels.
        shift: How far down bars and marks are moved, pixels.
        box: The ribbons' box: x, y, width and height on the drawing, and its viewBox.
        bars: Behind the ribbons.
        ribbons: By query time.
        marks: Before the ribbons.
        labels: On top.
        clip: Where the query's bar stands on the time axis.
        seconds: How long that is.
    """

    name: str
    height: int
    shift: int
    box: tuple[str, str, str, str, str]
    bars: tuple[Rect, ...]
    ribbons: tuple[Ribbon, ...]
    marks: tuple[Rect, ...]
    labels: tuple[Label, ...]
    clip: Reach
    seconds: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """Where things stand across the time axis: pixels lying, percents upright.

    Attributes:
        axis: Where the query's first bar begins; the room before it is for the times.
        bars: Thickness of the query's bar, by channel.
        between: Between two bars of the query.
        lane: Thickness of a source's piece.
        first: Where the first lane begins.
        pitch: From one lane to the next.
        end: The drawing's whole extent.
        along: Length of the time axis in pixels; None where it is whatever room there is.
    """

    axis: float
    bars: Mapping[Channel, float]
    between: float
    lane: float
    first: float
    pitch: float
    end: float
    along: float | None = None

    def bar(self, channel: Channel, channels: Sequence[Channel]) -> tuple[float, float]:
        """Return where the query's bar of a channel begins and ends."""
        before = channels[: channels.index(channel)]
        start = self.axis + sum(self.bars[one] + self.between for one in before)
        return start, start + self.bars[channel]

    def piece(self, lane: int) -> tuple[float, float]:
        """Return where a lane begins and ends."""
        start = self.first + self.pitch * lane
        return start, start + self.lane

    def rect(self, reach: Reach, across: tuple[float, float], look: str) -> Rect:
        """Return a bar over a reach of the axis."""
        start, end = across
        if self.along is None:
            return Rect(
                percent(reach.start),
                plain(start),
                percent(reach.length),
                plain(end - start),
                look,
            )
        return Rect(
            f"{plain(start)}%",
            plain(reach.start * self.along),
            f"{plain(end - start)}%",
            plain(reach.length * self.along),
            look,
        )

    def point(self, along: float, across: float) -> str:
        """Return a point in the ribbons' box."""
        if self.along is None:
            return f"{plain(along * BOX)} {plain(across)}"
        return f"{plain(across * UPRIGHT_BOX / 100)} {plain(along * self.along)}"

    def path(self, band: Band, start: float) -> str:
        """Return the outline of a ribbon from the query's bar, which ends at `start`."""
        end = self.piece(band.lane)[0]
        middle = (start + end) / 2
        first, last = band.source.start, band.source.end
        if band.reversed:
            first, last = last, first
        curves = [
            f"M{self.point(band.query.start, start)}",
            f"L{self.point(band.query.end, start)}",
            f"C{self.point(band.query.end, middle)} {self.point(last, middle)}",
            f"{self.point(last, end)}",
            f"L{self.point(first, end)}",
            f"C{self.point(first, middle)} {self.point(band.query.start, middle)}",
            f"{self.point(band.query.start, start)}Z",
        ]
        return " ".join(curves)


def percent(share: float) -> str:
    """Return a share of the axis as SVG writes it."""
    return f"{plain(100 * share)}%"


def plain(number: float) -> str:
    """Return a number in at most two digits after the point, without idle noughts."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
