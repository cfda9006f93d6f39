"""Where everything stands on the timeline: pure geometry, along the time axis only.

The query's bar and every source's pieces share one scale, so that a ribbon that narrows towards
the query is footage sped up. A source that would need more than twice the query's length is
squeezed to that. Positions along the axis are fractions of its length, 0 to 1.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from index.values import Channel, Interval
from lineage.report import Part, parts
from lineage.values import Source, Unexplained

# Source times nearer than this share of the axis are drawn as one piece, not cut.
NEAR = 0.03
# The empty axis between two pieces of one source, and between sources on one lane.
BREAK = 0.02
# A source may be drawn at most this many times as long as the query.
STRETCH = 2.0
# A held frame or a very short stretch can still be seen.
LEAST = 0.003

STEPS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000)


@dataclass(frozen=True, slots=True)
class Reach:
    """A stretch of the axis, start <= end."""

    start: float
    end: float

    @property
    def middle(self) -> float:
        """Half-way from start to end."""
        return (self.start + self.end) / 2

    @property
    def length(self) -> float:
        """From start to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Band:
    """A ribbon: joins a stretch of the query to a stretch of a source.

    Attributes:
        part: The segment it stands for.
        query: On the query's bar.
        source: On the source's piece.
        lane: The lane of that piece, 0 nearest the query.
    """

    part: Part
    query: Reach
    source: Reach
    lane: int

    @property
    def reversed(self) -> bool:
        """Whether the query plays it backwards, so that its start joins the source's end."""
        return self.part.segment.rate < 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a source that is drawn without a cut.

    Attributes:
        source: Index of the source.
        shown: In the source.
        reach: On the axis.
        lane: Its lane.
        named: Whether it bears its source's name.
        before: What is left out between the piece before and this one, to be joined by a line.
    """

    source: int
    shown: Interval
    reach: Reach
    lane: int
    named: bool
    before: Reach | None


@dataclass(frozen=True, slots=True)
class Gap:
    """An unexplained stretch on the query's bar."""

    unexplained: Unexplained
    reach: Reach


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything on the timeline.

    Attributes:
        query: The query's bar.
        scale: Share of the axis one second of the query takes.
        bands: By query time.
        pieces: By source, then by source time.
        gaps: As the report gives them.
        ticks: Seconds of the query and where they stand.
        lanes: How many lanes the pieces take.
        channels: The bars of the query, in order; never empty.
    """

    query: Reach
    scale: float
    bands: tuple[Band, ...]
    pieces: tuple[Piece, ...]
    gaps: tuple[Gap, ...]
    ticks: tuple[tuple[float, float], ...]
    lanes: int
    channels: tuple[Channel, ...]


def chart(
    duration: float,
    sources: Sequence[Source],
    unexplained: Sequence[Unexplained],
    *,
    labels: Sequence[float],
    crowded: bool = False,
) -> Chart:
    """Return where the query, the sources and the ribbons between them stand.

    Args:
        duration: Of the query.
        sources: Best first.
        unexplained: By time.
        labels: For each source, the share of the axis its name takes.
        crowded: Whether there are so many sources that they must share lanes piece by piece;
            every piece is then named.
    """
    clusters = [shown_pieces(source, NEAR * duration) for source in sources]
    scale = 1 / max([duration, *(min(_need(one), STRETCH * duration) for one in clusters)])
    margin = (1 - duration * scale) / 2
    told = parts(sources)
    on_query = [
        Reach(margin + one.start * scale, margin + one.end * scale)
        for one in (part.segment.query for part in told)
    ]
    placed = [
        place(
            cluster,
            [
                (part.segment.source, reach)
                for part, reach in zip(told, on_query, strict=True)
                if part.source == index
            ],
            scale=scale,
        )
        for index, cluster in enumerate(clusters)
    ]
    pieces = _pieces(clusters, placed, labels, crowded=crowded)
    return Chart(
        query=Reach(margin, margin + duration * scale),
        scale=scale,
        bands=tuple(_band(part, reach, pieces) for part, reach in zip(told, on_query, strict=True)),
        pieces=pieces,
        gaps=tuple(
            Gap(gap, Reach(margin + gap.query.start * scale, margin + gap.query.end * scale))
            for gap in unexplained
        ),
        ticks=tuple((time, margin + time * scale) for time in ticks(duration)),
        lanes=max((piece.lane for piece in pieces), default=-1) + 1,
        channels=_channels(sources, unexplained),
    )


def shown_pieces(source: Source, near: float) -> list[Interval]:
    """Return the stretches of a source that are shown, joined where less than `near` apart."""
    joined: list[Interval] = []
    for one in sorted(segment.source for segment in source.segments):
        if joined and one.start - joined[-1].end < near:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return joined


def pack(reaches: Sequence[Reach]) -> list[int]:
    """Return a lane for each reach: the first in which it touches no other."""
    lanes: list[list[Reach]] = []
    chosen = []
    for reach in reaches:
        free = (
            number
            for number, lane in enumerate(lanes)
            if all(_apart(reach, other) for other in lane)
        )
        number = next(free, len(lanes))
        if number == len(lanes):
            lanes.append([])
        lanes[number].append(reach)
        chosen.append(number)
    return chosen


def labelled(reach: Reach, label: float) -> Reach:
    """Return the reach and its name, which starts with it or ends at the end of the axis."""
    start = min(reach.start, max(0.0, 1 - label))
    return Reach(start, max(reach.end, start + label))


def ticks(duration: float, most: int = 8) -> list[float]:
    """Return round times from 0 up to the duration, at most `most` and one.

    >>> ticks(18.4)
    [0, 5, 10, 15]
    """
    step = STEPS[min(bisect_left(STEPS, duration / most), len(STEPS) - 1)]
    step *= max(1, round(duration / most / step))
    return [number * step for number in range(int(duration / step) + 1)]


def spread(wanted: Sequence[float], lengths: Sequence[float], *, gap: float) -> list[float]:
    """Return starts nearest to those wanted, in order, at least `gap` apart, within 0 to 1.

    Args:
        wanted: Where each piece would start if it were alone.
        lengths: Of the pieces; with the gaps between they take at most 1.
        gap: Between neighbours.

    Source: isotonic regression by pooling adjacent violators; Ayer et al., "An empirical
    distribution function for sampling with incomplete information", 1955.
    """
    before = [0.0, *accumulate(length + gap for length in lengths)]
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, before, strict=False):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            other, members = pools.pop()
            mean = (mean * count + other * members) / (count + members)
            count += members
        pools.append((mean, count))
    room = max(0.0, 1 - (before[-1] - gap))
    levels = [min(max(mean, 0.0), room) for mean, count in pools for _ in range(count)]
    return [level + offset for level, offset in zip(levels, before, strict=False)]


def place(
    cluster: Sequence[Interval], ends: Sequence[tuple[Interval, Reach]], *, scale: float
) -> list[Reach]:
    """Return where a source's pieces stand: in order, each as near below its query as can be.

    Args:
        cluster: The pieces, by source time.
        ends: For each segment of the source, its stretch of the source and of the query's bar.
        scale: Share of the axis for a second; less is taken where the pieces do not fit.
    """
    gap = _break(cluster)
    scale = min(scale, 1 / _need(cluster))
    lengths = [max(piece.length * scale, LEAST) for piece in cluster]
    excess = max(1.0, sum(lengths) + gap * (len(cluster) - 1))
    lengths = [length / excess for length in lengths]
    wanted = []
    for piece, length in zip(cluster, lengths, strict=True):
        over = [
            reach.middle - length * ((one.start + one.end) / 2 - piece.start) / piece.length
            for one, reach in ends
            if piece.overlap(one)
        ]
        wanted.append(sum(over) / len(over))
    starts = spread(wanted, lengths, gap=gap / excess)
    return [Reach(start, start + length) for start, length in zip(starts, lengths, strict=True)]


def _pieces(
    clusters: Sequence[Sequence[Interval]],
    placed: Sequence[Sequence[Reach]],
    labels: Sequence[float],
    *,
    crowded: bool,
) -> tuple[Piece, ...]:
    """Return the pieces of all sources on lanes: a source's on one, or each by itself."""
    flat = [
        (source, shown, reach, before)
        for source, (cluster, reaches) in enumerate(zip(clusters, placed, strict=True))
        for shown, reach, before in zip(cluster, reaches, [None, *reaches[:-1]], strict=True)
    ]
    if crowded:
        # In order of their starts, first fit takes the fewest lanes there can be.
        flat.sort(key=lambda piece: piece[2].start)
        lanes = pack([labelled(reach, labels[source]) for source, _, reach, _ in flat])
        return tuple(
            Piece(source, shown, reach, lane, named=True, before=None)
            for (source, shown, reach, _), lane in zip(flat, lanes, strict=True)
        )
    whole = [Reach(reaches[0].start, reaches[-1].end) for reaches in placed]
    lanes = pack([labelled(reach, label) for reach, label in zip(whole, labels, strict=True)])
    return tuple(
        Piece(
            source,
            shown,
            reach,
            lanes[source],
            named=before is None,
            before=before and Reach(before.end, reach.start),
        )
        for source, shown, reach, before in flat
    )


def _band(part: Part, query: Reach, pieces: Sequence[Piece]) -> Band:
    """Return a segment's ribbon down to the piece that holds its stretch of the source."""
    wanted = part.segment.source
    piece = next(
        piece
        for piece in pieces
        if piece.source == part.source
        and piece.shown.start <= wanted.start
        and wanted.end <= piece.shown.end
    )
    scale = piece.reach.length / piece.shown.length
    start = piece.reach.start + (wanted.start - piece.shown.start) * scale
    return Band(part, query, Reach(start, start + wanted.length * scale), piece.lane)


def _break(cluster: Sequence[Interval]) -> float:
    return min(BREAK, 0.4 / max(1, len(cluster) - 1))


def _need(cluster: Sequence[Interval]) -> float:
    """Return how many seconds the axis must hold for the pieces and the breaks between them."""
    return sum(one.length for one in cluster) / (1 - _break(cluster) * (len(cluster) - 1))


def _channels(sources: Sequence[Source], unexplained: Sequence[Unexplained]) -> tuple[Channel, ...]:
    told = {source.channel for source in sources} | {gap.channel for gap in unexplained}
    return tuple(sorted(told)) or (Channel.PICTURE,)


def _apart(one: Reach, other: Reach) -> bool:
    return one.end + BREAK <= other.start or other.end + BREAK <= one.start
