"""What was done to the sound of the pictures that are shown, as far as it was heard or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.values import Channel, Interval, Media
from lineage import unexplained as rests
from lineage.derive.values import Beneath, DeriveParams, Shown, following, told
from lineage.findings import Finding, Kind
from lineage.values import Reason, Segment, Source, Unexplained

type Seen = Sequence[tuple[Source, Segment]]
"""Every stretch of pictures of every source, of copies as well: any may lend its sound."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of the query's sound.

    Attributes:
        media: What the query holds.
        sources: What it comes from, best first.
        unexplained: What of it has no source.
        beneath: Where nothing of a shown source's own sound is heard.
    """

    media: Media
    sources: Sequence[Source]
    unexplained: Sequence[Unexplained]
    beneath: Sequence[Beneath] = ()


def sounds(shown: Sequence[Shown], known: Heard, *, params: DeriveParams) -> Iterator[Finding]:
    """Yield what was done to the sound of the pictures that are shown.

    Args:
        shown: Stretches of pictures, by time.
        known: What is known of the query's sound.
        params: From when on a difference counts.
    """
    heard = told(known.sources, Channel.SOUND, params=params)
    seen = [
        (source, segment)
        for source in known.sources
        if source.channel is Channel.PICTURE
        for segment in source.segments
    ]
    strange, silent = (
        [
            gap.query
            for gap in known.unexplained
            if gap.channel is Channel.SOUND and gap.reason is reason
        ]
        for reason in (Reason.NO_MATCH, Reason.SILENT)
    )
    own = [one.segment.query for one in _every(known.sources) if _belongs(one, seen, params)]
    playing = [one for one in shown if one.segment.rate]
    for run in following(playing, lambda one: one, params):
        there = run[0].source.asset.media.has_sound
        long = _unheard(run, own if there else (), params)
        for one in run:
            left = _left(one, long, params)
            if not known.media.has_sound and there:
                yield one.finding(Kind.SOUND_REMOVED, channel=Channel.SOUND)
            elif known.media.has_sound and not there:
                audible = [*strange, *(other.segment.query for other in heard)]
                if any(g.overlap(other) >= _least(g, params) for g in left for other in audible):
                    yield one.finding(Kind.SOUND_ADDED, channel=Channel.SOUND)
            elif known.media.has_sound:
                beneath = [each for each in known.beneath if each.shown == one]
                yield from _changed(one, left, heard, seen, params)
                yield from _muted(one, left, silent, beneath)
                yield from _replaced(one, left, strange, beneath, params=params)


def _unheard(run: Sequence[Shown], own: Sequence[Interval], params: DeriveParams) -> list[Interval]:
    """Return when stretches of one source have not its own sound, one of them for long.

    Args:
        run: They follow one another.
        own: When sound is heard that belongs to what is shown then.
        params: How long that is.
    """
    stretches = [each.segment.query for each in run]
    whole = Interval(stretches[0].start, max(each.end for each in stretches))
    return [
        gap
        for gap in rests.gaps(whole, own)
        if any(gap.overlap(each) >= params.unheard for each in stretches)
    ]


def _left(one: Shown, long: Sequence[Interval], params: DeriveParams) -> list[Interval]:
    """Return what of such gaps lies in a stretch: of a short one it must be most."""
    query = one.segment.query
    least = params.unheard if query.length >= params.unheard else params.again * query.length
    return [gap.common(query) for gap in long if gap.overlap(query) >= least]


def _least(gap: Interval, params: DeriveParams) -> float:
    """Return seconds for which something else must be heard in a gap."""
    return params.unheard if gap.length >= params.unheard else params.again * gap.length


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
            if both < _least(gap, params):
                continue
            own = any(
                source.asset == sound.source.asset and segment.query.overlap(gap)
                for source, segment in seen
            )
            yield sound.finding(
                Kind.SOUND_EDITED if own else Kind.SOUND_REPLACED,
                query=_instead(gap, sound, heard, params),
                sure=min(one.segment.confidence, sound.segment.confidence),
                rate=sound.segment.rate,
                pitch=sound.segment.pitch or 1.0,
            )


def _instead(gap: Interval, sound: Shown, heard: Sequence[Shown], params: DeriveParams) -> Interval:
    """Return when a sound stands for a picture's own: with pauses at its ends that lack both.

    A pause that is too long for this is told by itself, and one in which a third sound is heard is
    no pause.

    Args:
        gap: When the picture has not its own sound.
        sound: What is heard in it.
        heard: All that is heard.
        params: How long a pause would be told.
    """
    inner = gap.common(sound.segment.query)
    others = [other.segment.query for other in heard if other is not sound]
    start, end = inner.start, inner.end
    if gap.start < start < gap.start + params.unheard:
        pause = Interval(gap.start, start)
        start = start if any(pause.overlap(other) for other in others) else gap.start
    if gap.end - params.unheard < end < gap.end:
        pause = Interval(end, gap.end)
        end = end if any(pause.overlap(other) for other in others) else gap.end
    return Interval(start, end)


def _muted(
    one: Shown,
    left: Sequence[Interval],
    silent: Sequence[Interval],
    beneath: Sequence[Beneath],
) -> Iterator[Finding]:
    """Yield where a picture is shown in silence and its source is heard."""
    for each in beneath:
        nothing = any(each.query.overlap(gap) == each.query.length for gap in silent)
        if each.heard and nothing and any(each.query.overlap(gap) for gap in left):
            yield one.finding(
                Kind.SOUND_REMOVED,
                channel=Channel.SOUND,
                query=each.query,
                source=one.beside(each.query),
                seconds=each.query.length,
            )


def _replaced(
    one: Shown,
    left: Sequence[Interval],
    strange: Sequence[Interval],
    beneath: Sequence[Beneath],
    *,
    params: DeriveParams,
) -> Iterator[Finding]:
    """Yield where a picture has sound that no source has, in place of its own or in silence."""
    quiet = [each.query for each in beneath if not each.heard]
    for gap in left:
        for other in strange:
            both = gap.overlap(other)
            if both >= _least(gap, params):
                start = max(gap.start, other.start)
                query = Interval(start, start + both)
                added = any(query.overlap(each) >= both / 2 for each in quiet)
                yield one.finding(
                    Kind.SOUND_ADDED if added else Kind.SOUND_REPLACED,
                    channel=Channel.SOUND,
                    query=query,
                    source=one.beside(query),
                    sure=min(one.segment.confidence, params.unknown),
                    seconds=both,
                )
