"""What was done to the sound of the pictures that are shown, as far as it was heard or not."""

from collections.abc import Iterator, Sequence

from index.values import Channel, Interval, Media
from lineage import unexplained as rests
from lineage.derive.values import DeriveParams, Shown, told
from lineage.findings import Finding, Kind
from lineage.values import Reason, Segment, Source, Unexplained

type Seen = Sequence[tuple[Source, Segment]]
"""Every stretch of pictures of every source, of copies as well: any may lend its sound."""


def sounds(
    shown: Sequence[Shown],
    media: Media,
    sources: Sequence[Source],
    unexplained: Sequence[Unexplained],
    *,
    params: DeriveParams,
) -> Iterator[Finding]:
    """Yield what was done to the sound of the pictures that are shown.

    Args:
        shown: Stretches of pictures, by time.
        media: Of the query.
        sources: What it comes from, best first.
        unexplained: What of it has no source.
        params: From when on a difference counts.
    """
    heard = told(sources, Channel.SOUND, params=params)
    seen = [
        (source, segment)
        for source in sources
        if source.channel is Channel.PICTURE
        for segment in source.segments
    ]
    strange = [
        gap.query
        for gap in unexplained
        if gap.channel is Channel.SOUND and gap.reason is Reason.NO_MATCH
    ]
    own = [one.segment.query for one in _every(sources) if _belongs(one, seen, params)]
    for one in shown:
        if not one.segment.rate:
            continue
        there = one.source.asset.media.has_sound
        if not media.has_sound and there:
            yield one.finding(Kind.SOUND_REMOVED, channel=Channel.SOUND)
        elif media.has_sound and not there:
            audible = [*strange, *(other.segment.query for other in heard)]
            if any(one.segment.query.overlap(other) >= params.unheard for other in audible):
                yield one.finding(Kind.SOUND_ADDED, channel=Channel.SOUND)
        elif media.has_sound:
            left = [
                gap for gap in rests.gaps(one.segment.query, own) if gap.length >= params.unheard
            ]
            yield from _changed(one, left, heard, seen, params)
            yield from _replaced(one, left, strange, params)


def natural(one: Shown, sources: Sequence[Source], *, params: DeriveParams) -> bool:
    """Return whether a picture has its own sound at its natural speed.

    Args:
        one: The picture.
        sources: What the query comes from.
        params: From when on a difference counts.
    """
    return any(
        sound.source.asset == one.source.asset
        and sound.segment.rate == 1.0
        and in_line(sound.segment, one.segment, params)
        for sound in _every(sources)
    )


def _every(sources: Sequence[Source]) -> Iterator[Shown]:
    for index, source in enumerate(sources):
        if source.channel is Channel.SOUND:
            yield from (Shown(index, source, segment) for segment in source.segments)


def _belongs(heard: Shown, seen: Seen, params: DeriveParams) -> bool:
    """Return whether a sound is that of a picture shown then: on its line, at its pitch."""
    sound = heard.segment
    off = min(abs((sound.pitch or 1.0) - pitch) for pitch in (1.0, abs(sound.rate)))
    return off <= params.speed and any(
        source.asset == heard.source.asset and in_line(sound, segment, params)
        for source, segment in seen
    )


def in_line(sound: Segment, picture: Segment, params: DeriveParams) -> bool:
    """Return whether a sound is in step with a picture of the same file.

    Sound is timed more exactly: a picture that seems a little slower or faster than sound at its
    natural speed, and stays beside it, is not.
    """
    start = max(sound.query.start, picture.query.start)
    end = min(sound.query.end, picture.query.end)
    if end <= start or sound.rate * picture.rate <= 0:
        return False
    alike = abs(sound.rate - picture.rate) <= params.speed * abs(picture.rate)
    apart = max(abs(sound.source_time(at) - picture.source_time(at)) for at in (start, end))
    return (alike or sound.rate == 1.0) and apart <= params.in_line


def _changed(
    one: Shown, left: Sequence[Interval], heard: Sequence[Shown], seen: Seen, params: DeriveParams
) -> Iterator[Finding]:
    """Yield which sound is heard with a picture instead of its own: another, or its own changed."""
    for sound in heard:
        for gap in left:
            both = gap.overlap(sound.segment.query)
            if both < params.unheard:
                continue
            own = any(
                source.asset == sound.source.asset and segment.query.overlap(gap)
                for source, segment in seen
            )
            start = max(gap.start, sound.segment.query.start)
            yield sound.finding(
                Kind.SOUND_EDITED if own else Kind.SOUND_REPLACED,
                query=Interval(start, start + both),
                sure=min(one.segment.confidence, sound.segment.confidence),
                rate=sound.segment.rate,
                pitch=sound.segment.pitch or 1.0,
            )


def _replaced(
    one: Shown, left: Sequence[Interval], strange: Sequence[Interval], params: DeriveParams
) -> Iterator[Finding]:
    """Yield where a picture is shown with sound that no source has."""
    for gap in left:
        for other in strange:
            both = gap.overlap(other)
            if both >= params.unheard:
                start = max(gap.start, other.start)
                query = Interval(start, start + both)
                sure = min(one.segment.confidence, params.unknown)
                yield one.finding(
                    Kind.SOUND_REPLACED, channel=Channel.SOUND, query=query, sure=sure
                )
