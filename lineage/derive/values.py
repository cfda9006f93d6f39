"""What findings rest on: stretches of sources that the query shows, and what counts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.values import WHOLE, Box, Channel, Interval
from lineage.evidence import Revealed
from lineage.findings import Finding, Kind
from lineage.values import Segment, Source

SHORTEST = 1e-3
"""Seconds that a stretch of the source lasts at least, where one frame of it is held."""


@dataclass(frozen=True, slots=True)
class DeriveParams:
    """From when on a difference counts.

    Attributes:
        picture: Share of a picture's area from which on it is all of it.
        frame: Share of the frame's from which on nothing is around it.
        beside: Share of the area within bars from which on what lies along one side is a band, as
            of words, and not another picture.
        apart: Share of a side by which it may be apart from the other sides: it may have narrow
            bars of its own.
        edge: Share of a side by which bars must differ from the source's own.
        turn: Degrees of a turn.
        speed: Change of speed; a slope is good to about that.
        jump: Seconds by which the source's clock must jump where one stretch follows another.
        follows: Seconds of the query that may lie between two stretches that follow one another.
        again: Share of a stretch that another must show as well to be its copy, or its repetition.
        missing: Seconds at an end of a source, or of the query, that count as missing.
        rate: Change of the rate of frames.
        size: Change of the size in pixels.
        in_line: Seconds by which a picture and its own sound may be apart.
        unheard: Seconds of a picture without its own sound.
        region: Multiple of what is to be expected by which a part of the picture must differ.
        likely: How sure a change of a part must be to be told.
        shortest: Seconds for which a part must differ: what is there for less is met by chance, and
            is mostly a frame at a cut.
        fleeting: Seconds under which a difference may be one of two frames that were not the same.
        less: What its strength counts for then.
        most: Share of what is compared from which on it is no part of it: then both are rather of
            other moments.
        brief: Seconds at an end of a stretch under which they are as well: a cut may be off.
        mouth: Multiple of the rest's difference by which a mouth must.
        spoken: Multiple of the eyes' difference by which it must where only the mouth was changed.
        eyes: Multiple of the rest's by which eyes must where the face was.
        reach: Share of the strip over the eyes that a change must cover to be one of the face where
            they differ less.
        both: Multiple of the rest's by which the eyes must differ then.
        silent: Seconds in which a mouth that was changed may look as it was.
        lasting: Seconds for which a face or mouth must differ.
        lettered: How much more fine detail than the source what lies over a face has, and how much
            less where that lay over the source's.
        still: Grey levels by which a thing that stands over what moves may change.
        calmer: By how much less a thing that lies over the source changes than what is beside it,
            and than what the query shows in its place.
        sharper: How much more fine detail than the source a thing laid over it has.
        smoother: How much fine detail is left where something was taken out, or blurred.
        unlike: Share of a difference that may be left where blurring the source explains it: of 59
            blurred parts of made clips one had more, of 114 forged otherwise none had less.
        mosaic: The same of a face that was made into a mosaic: of 18 faces that were replaced one
            had less.
        tones: Grey levels by which tones must differ at the mean: copies were off by 1.1 at most.
        soft: How much of the sharpest detail may be left of a picture that was blurred.
        grain: Grey levels of grain that the source does not have.
        bent: Share of the frame's side by which corners lie off where it is seen at an angle.
        same: Grey levels by which pixels must differ at the median to be encoded anew.
        alike: Share of their letters in which two lines agree that say the same: one letter in
            seven may be misread, and "guilty" is not "not guilty".
        misread: The same of what is read at one place at different moments: what agrees less
            follows one another there.
        filled: Correlation from which on what is around a picture is the same, enlarged.
        unknown: The most that is sure where something was not found: it may have been missed.
    """

    picture: float = 0.97
    frame: float = 0.9
    beside: float = 0.6
    apart: float = 0.05
    edge: float = 0.03
    turn: float = 2.0
    speed: float = 0.01
    jump: float = 0.1
    follows: float = 0.25
    again: float = 0.5
    missing: float = 0.5
    rate: float = 0.02
    size: float = 0.03
    in_line: float = 0.4
    unheard: float = 1.0
    region: float = 8.0
    likely: float = 0.5
    shortest: float = 0.2
    fleeting: float = 0.45
    less: float = 0.67
    most: float = 0.6
    brief: float = 0.5
    mouth: float = 2.8
    spoken: float = 1.35
    eyes: float = 4.0
    reach: float = 0.5
    both: float = 2.0
    silent: float = 1.5
    lasting: float = 0.6
    lettered: float = 3.0
    still: float = 3.0
    calmer: float = 2.0
    sharper: float = 1.5
    smoother: float = 0.7
    unlike: float = 0.55
    mosaic: float = 0.75
    tones: float = 3.0
    soft: float = 0.7
    grain: float = 0.5
    bent: float = 0.004
    same: float = 0.2
    alike: float = 0.85
    misread: float = 0.6
    filled: float = 0.8
    unknown: float = 0.9


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of a source that the query shows.

    Attributes:
        index: Of the source in the answer.
        source: The source.
        segment: The stretch.
    """

    index: int
    source: Source
    segment: Segment

    def beside(self, query: Interval) -> Interval:
        """Return the stretch of the source that a stretch of the query shows."""
        start, end = sorted(
            max(0.0, self.segment.source_time(at)) for at in (query.start, query.end)
        )
        return Interval(start, max(end, start + SHORTEST))

    def finding(  # noqa: PLR0913 # whatever of a finding is not the stretch's own
        self,
        kind: Kind,
        *,
        channel: Channel | None = None,
        query: Interval | None = None,
        source: Interval | None = None,
        box: Box | None = None,
        sure: float | None = None,
        text: str | None = None,
        covered: str | None = None,
        **measures: float,
    ) -> Finding:
        """Return a finding about the stretch, as sure as it is if nothing else is said."""
        return Finding(
            kind,
            self.segment.channel if channel is None else channel,
            query or self.segment.query,
            self.segment.confidence if sure is None else sure,
            source or self.segment.source,
            self.index,
            box,
            measures,
            text,
            covered,
        )


@dataclass(frozen=True, slots=True)
class Beneath:
    """A stretch of the query in which a source is shown and nothing of its own is heard.

    Attributes:
        shown: The stretch of the source.
        query: When.
        heard: Whether there is something to hear in the source then.
    """

    shown: Shown
    query: Interval
    heard: bool


def compared(
    shown: Iterable[Shown], revealed: Iterable[Revealed]
) -> Iterator[tuple[Shown, Revealed]]:
    """Yield the stretches of which pixels were compared, with what these say."""
    stretches = {(one.index, one.segment): one for one in shown}
    yield from ((stretches[seen.index, seen.segment], seen) for seen in revealed)


def following[T](
    stretches: Sequence[T], of: Callable[[T], Shown], params: DeriveParams
) -> list[list[T]]:
    """Return stretches in runs of one source that goes on, or begins again, without a pause.

    Args:
        stretches: By time.
        of: Tells which one is meant.
        params: How long a pause is.
    """
    runs: list[list[T]] = []
    for each in stretches:
        one = of(each)
        last = next((run for run in reversed(runs) if of(run[-1]).index == one.index), None)
        if last is not None and one.segment.query.start <= (
            of(last[-1]).segment.query.end + params.follows
        ):
            last.append(each)
        else:
            runs.append([each])
    return runs


def by_source(shown: Iterable[Shown]) -> list[list[Shown]]:
    """Return the stretches of each source, in their order."""
    groups: dict[int, list[Shown]] = {}
    for one in shown:
        groups.setdefault(one.index, []).append(one)
    return list(groups.values())


def told(sources: Sequence[Source], channel: Channel, *, params: DeriveParams) -> list[Shown]:
    """Return the stretches of a channel by time, without those that copies show as well."""
    kept: list[Shown] = []
    for index, source in enumerate(sources):
        if source.channel is channel:
            kept += [
                Shown(index, source, segment)
                for segment in source.segments
                if not any(_copied(segment, other.segment, params) for other in kept)
            ]
    return sorted(kept, key=lambda one: one.segment.query)


def copied(sources: Sequence[Source], shown: Sequence[Shown], *, most: int) -> list[Shown]:
    """Return the stretches of pictures that copies show as well, of so many sources, best first.

    Args:
        sources: Best first.
        shown: Those that are told of; see `told`.
        most: How many sources.
    """
    known = {(one.index, one.segment) for one in shown}
    others = [
        Shown(index, source, segment)
        for index, source in enumerate(sources)
        for segment in source.segments
        if source.channel is Channel.PICTURE and (index, segment) not in known
    ]
    kept = list(dict.fromkeys(one.index for one in others))[:most]
    return [one for one in others if one.index in kept]


def _copied(segment: Segment, other: Segment, params: DeriveParams) -> bool:
    """Return whether another stretch shows the same part of the query at the same time."""
    both = segment.query.overlap(other.query)
    if both <= params.again * segment.query.length:
        return False
    a, b = segment.query_box or WHOLE, other.query_box or WHOLE
    return a.common(b) > params.again * a.area
