"""What was done to the pictures of sources, as far as times and places alone tell it.

A finding is as sure as the segments it rests on.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from index.values import WHOLE, Box, Channel, Interval, Media
from lineage.derive.values import DeriveParams, Shown, by_source
from lineage.findings import Finding, Kind
from lineage.values import TURNED, Reason, Unexplained

INSTANT = 1e-3
"""Seconds that a cut is told to take."""


def pictures(  # noqa: PLR0913 # all that findings rest on
    shown: Sequence[Shown],
    media: Media,
    unexplained: Sequence[Unexplained],
    *,
    natural: Callable[[Shown], bool],
    filled: Callable[[Shown], bool] = lambda _: False,
    params: DeriveParams,
) -> Iterator[Finding]:
    """Yield what was done to the pictures.

    Args:
        shown: Stretches of sources, by time.
        media: Of the query.
        unexplained: What of the query has no source.
        natural: Tells whether a stretch has its own sound at its natural speed: then it is not
            faster or slower either, whatever little its pictures seem to be.
        filled: Tells whether what is around a stretch in the frame is the same picture, enlarged.
        params: From when on a difference counts.
    """
    for one in shown:
        yield from _laid(one, filled, params)
        yield from _played(one, natural, params)
        yield from _made(one, media, params)
    for parts in by_source(shown):
        yield from _cut([part for part in parts if part.segment.rate], params)
        yield from _trimmed(parts, params)
    yield from _spliced(shown, media, unexplained, params)


def _laid(one: Shown, filled: Callable[[Shown], bool], params: DeriveParams) -> Iterator[Finding]:
    """Yield how the source's picture was turned, cut and set."""
    segment = one.segment
    mirrored, degrees = TURNED[segment.variant]
    turned = degrees + (segment.tilt if abs(segment.tilt) >= params.turn else 0)
    if segment.variant == "flip":
        yield one.finding(Kind.FLIPPED)
    elif mirrored:
        yield one.finding(Kind.MIRRORED)
    if turned and segment.variant != "flip":
        yield one.finding(Kind.ROTATED, degrees=(turned + 179) % 360 - 179)
    if segment.variant == "negative":
        yield one.finding(Kind.COLOUR_CHANGED)
    inside, own = segment.inside or WHOLE, segment.source_inside or WHOLE
    part, place = segment.source_box or WHOLE, segment.query_box or WHOLE
    barred = _apart(inside, own) > params.edge
    if part.area < params.picture * (own.area if _apart(part, own) <= params.edge else 1.0):
        yield one.finding(Kind.CROPPED, share=part.area)
    if barred and inside.area < params.picture and place.area < params.picture:
        yield one.finding(Kind.LETTERBOXED, box=inside, share=inside.area)
    large = place.area >= params.beside * inside.area
    banded = large and _reached(place, inside, params) > 2  # noqa: PLR2004 # sides
    if place.area < params.frame * inside.area and not banded:
        kind = Kind.LETTERBOXED if filled(one) else Kind.PICTURE_IN_PICTURE
        yield one.finding(kind, box=place, share=place.area)


def _reached(place: Box, inside: Box, params: DeriveParams) -> int:
    """Return how many sides of what is within the bars a part of the frame reaches."""
    gaps = (
        place.x0 - inside.x0,
        place.y0 - inside.y0,
        inside.x1 - place.x1,
        inside.y1 - place.y1,
    )
    return sum(gap <= params.apart for gap in gaps)


def _apart(a: Box, b: Box) -> float:
    """Return how far an edge of one box is from that of another, at most."""
    return max(abs(a.x0 - b.x0), abs(a.y0 - b.y0), abs(a.x1 - b.x1), abs(a.y1 - b.y1))


def _played(
    one: Shown, natural: Callable[[Shown], bool], params: DeriveParams
) -> Iterator[Finding]:
    """Yield at which speed the source is played, and in which direction."""
    rate = one.segment.rate
    if rate == 0:
        place = one.segment.query_box or WHOLE
        yield one.finding(Kind.FROZEN, box=place, seconds=one.segment.query.length)
        return
    if rate < 0:
        yield one.finding(Kind.REVERSED)
    if abs(abs(rate) - 1) > params.speed and not natural(one):
        yield one.finding(Kind.SPEED_CHANGED, rate=abs(rate))


def _made(one: Shown, media: Media, params: DeriveParams) -> Iterator[Finding]:
    """Yield how the source's frames were made anew: how large, how many a second."""
    segment, other = one.segment, one.source.asset.media
    place, part = segment.query_box or WHOLE, segment.source_box or WHOLE
    ours = (place.x1 - place.x0) * media.width, (place.y1 - place.y0) * media.height
    theirs = (part.x1 - part.x0) * other.width, (part.y1 - part.y0) * other.height
    # A picture turned by a quarter has its sides exchanged.
    scale = (ours[0] * ours[1] / (theirs[0] * theirs[1])) ** 0.5 if min(*ours, *theirs) else 1.0
    if abs(scale - 1) > params.size:
        yield one.finding(Kind.RESIZED, scale=scale)
    if media.frame_rate and other.frame_rate and segment.rate:
        ratio = media.frame_rate / other.frame_rate
        if abs(ratio - 1) > params.rate:
            yield one.finding(Kind.FRAME_RATE_CHANGED, ratio=ratio)


def _cut(playing: Sequence[Shown], params: DeriveParams) -> Iterator[Finding]:
    """Yield where a source goes on elsewhere than where it was left."""
    for before, after in pairwise(playing):
        left, right = before.segment, after.segment
        if left.rate * right.rate < 0:
            continue
        earlier = right.source.end <= left.source.start + params.jump
        # After something else a source may go on anywhere, but not before where it was.
        if abs(right.query.start - left.query.end) > params.follows and not (
            earlier and left.rate > 0
        ):
            continue
        goes_on = left.source_time(right.query.start)
        begins = right.source_time(right.query.start)
        ahead = (begins - goes_on) * (1 if left.rate > 0 else -1)
        if abs(ahead) <= params.jump:
            continue
        low, high = sorted(max(0.0, time) for time in (goes_on, begins))
        between = Interval(low, max(high, low + INSTANT))
        again = sum(one.segment.source.overlap(between) for one in playing) / between.length
        repeated = left.source.overlap(right.source) > params.again * right.source.length
        if ahead > 0:
            kind = Kind.REORDERED if again > params.again else Kind.FRAMES_REMOVED
        else:
            kind = Kind.FRAMES_REPEATED if repeated else Kind.REORDERED
        start, end = sorted((left.query.end, right.query.start))
        at = Interval(start, end + INSTANT)
        sure = min(left.confidence, right.confidence)
        yield after.finding(kind, query=at, source=between, sure=sure, seconds=abs(ahead))


def _trimmed(parts: Sequence[Shown], params: DeriveParams) -> Iterator[Finding]:
    """Yield that a source is shown in part only, if it is."""
    stretches = [one.segment.source for one in parts]
    before = min(one.start for one in stretches)
    end = max(one.end for one in stretches)
    after = max(0.0, parts[0].source.asset.media.duration - end)
    if max(before, after) > params.missing:
        first = min(one.segment.query.start for one in parts)
        last = max(one.segment.query.end for one in parts)
        whole, shown = Interval(first, last), Interval(before, end)
        yield parts[0].finding(Kind.TRIMMED, query=whole, source=shown, before=before, after=after)


def _may_show(one: Shown, gap: Unexplained, params: DeriveParams) -> bool:
    """Return whether what is too plain to be compared may be the source as well, faded in or out.

    It may where the source is long enough.
    """
    if gap.reason is not Reason.TOO_PLAIN or not one.segment.rate:
        return False
    times = [one.segment.source_time(at) for at in (gap.query.start, gap.query.end)]
    length = one.source.asset.media.duration
    return min(times) >= -params.follows and max(times) <= length + params.follows


def _spliced(
    shown: Sequence[Shown],
    media: Media,
    unexplained: Sequence[Unexplained],
    params: DeriveParams,
) -> Iterator[Finding]:
    """Yield where a source begins, or ends, beside something else."""
    gaps = [
        gap
        for gap in unexplained
        if gap.channel is Channel.PICTURE and gap.query.length >= params.missing
    ]
    for one in shown:
        stretch = one.segment.query
        strange = [gap.query for gap in gaps if not _may_show(one, gap, params)]
        others = [other.segment.query for other in shown if other.index != one.index]
        before = [*(gap.end for gap in strange), *(other.end for other in others)]
        after = [gap.start for gap in strange]
        for at, edges in ((stretch.start, before), (stretch.end, after)):
            if params.follows < at < media.duration - params.follows and any(
                abs(at - edge) <= params.follows for edge in edges
            ):
                known = any(abs(at - edge.end) <= params.follows for edge in others)
                sure = one.segment.confidence if known else params.unknown
                sure = min(sure, one.segment.confidence)
                yield one.finding(Kind.SPLICED, query=Interval(at, at + INSTANT), sure=sure)
