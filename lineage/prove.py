"""Whether the pictures of a segment bear it out, and which segments are one.

A stretch in which something moves is proven when it moves in step with the source; a still one when
its pictures are almost equal, and then its place in time is only likely. Where a part of the
picture is hidden, only what moves around it proves anything, and then surely.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.values import Interval
from lineage.values import Candidate, Segment

WHOLE = 0.9
"""Share of a frame that counts as all of it."""


@dataclass(frozen=True, slots=True)
class ProveParams:
    """What is enough to call a stretch proven.

    Attributes:
        moving: Least motion correlation where something moves. Of 306 stretches of made clips that
            were placed rightly 303 had 0.7 or more; of those placed wrongly, most of them the same
            camera at another time, none had more than 0.52.
        alike: Least likeness there: letters and cuts move in step with other letters and cuts. Of
            the stretches placed rightly none had less than 0.72, of those placed wrongly that moved
            in step none more than 0.52.
        surely: Motion correlation from which on a part of the picture may be hidden.
        hidden: Least likeness then.
        around: Least motion correlation around a part that is left out as hidden. Discs painted
            over faces and laid at another time of the same film had up to 0.88 for 2 seconds or
            more, but for one film whose background is a loop; laid rightly, 9 in 10 had 0.9.
        around_alike: Least likeness there.
        around_long: Seconds that such a stretch must last.
        around_least: Share of the picture below which it must have its natural speed as well: the
            less there is to see, the likelier some speed fits it.
        likely: Least confidence: what is wrong as often as right is not told. Of 483 stretches
            told of made clips none had less than 0.56; two of the same camera at another time that
            passed all else had 0.30 and 0.37.
        still: Least likeness where nothing moves.
        still_part: The same where only a part of one frame is compared: a few words on a card are
            like the same words elsewhere.
        shortest_still: Seconds that a stretch in which nothing moves must last: everyone sits
            still for a moment.
        pairs: Nearest codes by which the pictures are laid over one another.
        maps: Pairs of frames whose features' word is heard how they lie.
        gap: Seconds that may lie between two segments that are one.
        jump: Seconds by which the source's clock may jump between them.
        bend: Difference in rate between them.
        unseen: Bound of the confidence where no pictures could be compared.
        edge: Seconds from the end of what was looked at within which a segment may go on beyond.
        further: Seconds that are then added.
        backwards: What the length of a stretch that runs backwards counts for.
    """

    moving: float = 0.6
    alike: float = 0.62
    surely: float = 0.85
    hidden: float = 0.55
    around: float = 0.9
    around_alike: float = 0.95
    around_long: float = 2.0
    around_least: float = 0.6
    likely: float = 0.5
    still: float = 0.9
    still_part: float = 0.95
    shortest_still: float = 1.0
    pairs: int = 24
    maps: int = 6
    gap: float = 0.3
    jump: float = 0.07
    bend: float = 0.02
    unseen: float = 0.5
    edge: float = 0.5
    further: float = 12.0
    backwards: float = 0.8


def proven(segment: Segment, *, params: ProveParams = ProveParams()) -> bool:
    """Return whether a segment's pictures bear it out."""
    return strength(segment, params=params) >= 1.0


def strength(segment: Segment, *, params: ProveParams = ProveParams()) -> float:
    """Return what a segment's pictures show, as a multiple of what a proof needs.

    Of the measures that are needed the one that falls shortest counts.
    """
    alike = (segment.likeness or 0.0) / likeness_needed(segment, params=params)
    least = min(alike, segment.confidence / params.likely)
    moves = (
        None if segment.motion is None else segment.motion / motion_needed(segment, params=params)
    )
    if segment.visible < 1:
        natural = abs(segment.rate - 1) <= params.bend or segment.visible >= params.around_least
        # A wall beside somebody who sits still is like that wall at any other time.
        moves = moves if natural and moves is not None else 0.0
        return min(least, moves, segment.query.length / params.around_long)
    if moves is None:
        # One picture shown for longer proves no more.
        moves = 1.0 if segment.rate == 0 else segment.query.length / params.shortest_still
    return min(least, moves)


def motion_needed(segment: Segment, *, params: ProveParams = ProveParams()) -> float:
    """Return the least motion correlation that lets a segment's pictures bear it out."""
    return params.around if segment.visible < 1 else params.moving


def likeness_needed(segment: Segment, *, params: ProveParams = ProveParams()) -> float:
    """Return the least likeness that lets a segment's pictures bear it out."""
    if segment.visible < 1:
        return params.around_alike
    if segment.motion is not None:
        return params.hidden if segment.motion >= params.surely else params.alike
    if segment.rate == 0:
        return params.still_part
    boxes = (segment.query_box, segment.source_box)
    whole = all(box is None or box.area >= WHOLE for box in boxes)
    return params.still if whole else params.still_part


def joined(segments: Iterable[Segment], *, params: ProveParams = ProveParams()) -> list[Segment]:
    """Return one asset's segments by time, those that go on where another ends made one.

    Of two that overlap the surer one keeps the time; of two as sure the longer one, but one that
    runs backwards only if it explains clearly more: a cut by itself looks the same from both sides.
    """

    def rank(one: Segment) -> tuple[float, float]:
        return -one.confidence, -one.query.length * (params.backwards if one.rate < 0 else 1.0)

    kept: list[Segment] = []
    for segment in sorted(segments, key=rank):
        covered = sum(other.query.overlap(segment.query) for other in kept)
        if covered <= 0.5 * segment.query.length:
            kept.append(segment)
    chain: list[Segment] = []
    for segment in sorted(kept, key=lambda one: one.query):
        if chain and _continues(chain[-1], segment, params=params):
            chain[-1] = _one(chain[-1], segment)
        else:
            chain.append(segment)
    return chain


def widened(
    candidate: Candidate,
    segments: Sequence[Segment],
    *,
    query_end: float,
    source_end: float,
    params: ProveParams = ProveParams(),
) -> Candidate | None:
    """Return the candidate with more room where a segment runs into its edge, or None.

    Args:
        candidate: What was looked at.
        segments: What was found in it.
        query_end: Length of the query.
        source_end: Length of the asset.
        params: See there.
    """
    query, source = candidate.query, candidate.source
    starts_early = any(
        one.query.start - query.start < params.edge and query.start > 0 for one in segments
    )
    ends_late = any(
        query.end - one.query.end < params.edge and query.end < query_end for one in segments
    )
    runs_before = any(
        one.source.start - source.start < params.edge and source.start > 0 for one in segments
    )
    runs_after = any(
        source.end - _reach(one) < params.edge and source.end < source_end for one in segments
    )
    if not (starts_early or ends_late or runs_before or runs_after):
        return None
    more = params.further
    speed = max(1.0, *(abs(one.rate) for one in segments))
    return replace(
        candidate,
        query=Interval(max(0.0, query.start - more * starts_early), query.end + more * ends_late),
        source=Interval(max(0.0, source.start - more * speed), source.end + more * speed),
    )


def _reach(segment: Segment) -> float:
    """Return when a segment's source ends; of a held frame, when it would if the source went on."""
    return segment.source.end + (segment.query.length if segment.rate == 0 else 0.0)


def _continues(a: Segment, b: Segment, *, params: ProveParams) -> bool:
    return (
        a.variant == b.variant
        and 0 <= b.query.start - a.query.end <= params.gap
        and abs(a.rate - b.rate) <= params.bend
        and abs(a.source_time(b.query.start) - b.source_time(b.query.start)) <= params.jump
    )


def _one(a: Segment, b: Segment) -> Segment:
    """Return two segments on one line as one; the surer one's figures stand for both."""
    surer = max(a, b, key=lambda one: (one.motion is not None, one.confidence))
    return replace(
        surer,
        query=Interval(a.query.start, b.query.end),
        source=Interval(min(a.source.start, b.source.start), max(a.source.end, b.source.end)),
        confidence=max(a.confidence, b.confidence),
    )
