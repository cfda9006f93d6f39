"""The answer in sentences: pure words about values, deciding nothing.

No sentence calls a clip genuine, and a clip without a source is only "not in these archives".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.values import Channel
from lineage.report.words import clock, counted, length, percent, readable, shortened
from lineage.values import Query, Reason, Searched, Segment, Shared, Source, Unexplained

# Four short sentences are read at a glance; a supercut told shot by shot is not read at all.
TOLD_ONE_BY_ONE = 4
NAMED_SOURCES = 3
GAPS_ONE_BY_ONE = 3
# Below this nobody sees a change of speed, and a short segment's slope is no surer.
SAME_SPEED = 0.02
# Edges of sound are less exact than those of pictures.
TOGETHER = 0.8
# Seconds; more is out of step with the lips.
IN_SYNC = 0.2
# Below this a crop is within what box finding errs by.
WHOLE_PICTURE = 0.97

REASONS = {
    Reason.NO_MATCH: "No searched file was found to show this.",
    Reason.TOO_COMMON: "Many searched files show this, so it points to none of them.",
    Reason.TOO_PLAIN: "The picture is too plain to be told from others.",
    Reason.SILENT: "There is nothing to hear.",
    Reason.TOO_SHORT: "It is too short to be told from chance.",
    Reason.UNDECODABLE: "This part of the file could not be read.",
}
"""Why a stretch of pictures has no source, in words for a person."""

_UNHEARD = {
    Reason.NO_MATCH: "No searched file was found to sound like this.",
    Reason.TOO_COMMON: "Many searched files sound like this, so it points to none of them.",
}
"""The same of sound, where that is told otherwise."""

TURNS = {
    "mirror": "mirrored",
    "flip": "flipped top to bottom",
    "turn": "turned upside down",
    "negative": "with light and dark swapped",
}
"""How a variant other than "plain" shows its source."""

_GAPS = {
    Reason.NO_MATCH: ("was not found", "were not found"),
    Reason.TOO_COMMON: ("shows what many files show", "show what many files show"),
    Reason.TOO_PLAIN: ("is too plain to tell", "are too plain to tell"),
    Reason.SILENT: ("is silent", "are silent"),
    Reason.TOO_SHORT: ("is too short to tell", "are too short to tell"),
    Reason.UNDECODABLE: ("could not be read", "could not be read"),
}
_SPEEDS = {"2.00": "double", "0.50": "half", "3.00": "triple"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of the summary.

    Attributes:
        text: The words.
        source: Index of the source they name; None for words that name none.
    """

    text: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One segment together with where it stands in the answer.

    Attributes:
        source: Index of its source.
        number: Index of the segment in that source.
        segment: The segment.
    """

    source: int
    number: int
    segment: Segment


def parts(sources: Sequence[Source]) -> list[Part]:
    """Return every segment of every source, by query time, the better source first."""
    found = [
        Part(source, number, segment)
        for source, one in enumerate(sources)
        for number, segment in enumerate(one.segments)
    ]
    return sorted(found, key=lambda part: (part.segment.query.start, part.source))


def summary(
    query: Query,
    sources: Sequence[Source],
    *,
    unexplained: Sequence[Unexplained],
    searched: Searched,
) -> str:
    """Return the verdict in a few words for a person; the phrases joined."""
    told = phrases(query, sources, unexplained=unexplained, searched=searched)
    return "".join(phrase.text for phrase in told)


def phrases(
    query: Query,
    sources: Sequence[Source],
    *,
    unexplained: Sequence[Unexplained],
    searched: Searched,
) -> list[Phrase]:
    """Return the verdict as runs of text, so that a page can colour the names in it."""
    if not compared(query, searched):
        return [Phrase(_nothing_compared(query))]
    common = any(gap.reason is Reason.TOO_COMMON for gap in unexplained)
    gaps = _gaps(unexplained, found=bool(sources) or common)
    if not sources:
        return [Phrase(" ".join([_no_source(searched, common=common), *gaps]))]
    told = _worth_telling(sources)
    few = len(told) <= TOLD_ONE_BY_ONE
    runs = _one_by_one(told, sources) if few else _together(told, sources)
    return [*runs, Phrase("".join(f" {gap}" for gap in gaps))] if gaps else runs


def accompanied(part: Part, sources: Sequence[Source]) -> bool:
    """Return whether a picture has its own sound: the same stretch of the same source."""
    return part.segment.channel is Channel.PICTURE and any(
        _belongs(other, part, sources) for other in parts(sources)
    )


def compared(query: Query, searched: Searched) -> list[Channel]:
    """Return the channels that the query has and that were compared."""
    has = {Channel.PICTURE: query.media.has_picture, Channel.SOUND: query.media.has_sound}
    return [channel for channel in searched.channels if has[channel]]


def limits(
    query: Query,
    sources: Sequence[Source],
    *,
    unexplained: Sequence[Unexplained],
    searched: Searched,
) -> tuple[str, ...]:
    """Return what this search could not have found, a sentence each, the weightiest first."""
    channels = compared(query, searched)
    found = {source.channel for source in sources}
    told = list(_channel_limits(query, searched))
    told.append(
        f"Only {counted(searched.assets, 'file')} ({length(searched.seconds)}) were searched: "
        "a source that is not among them cannot be found."
        if searched.assets != 1
        else f"Only one file ({length(searched.seconds)}) was searched."
    )
    if Channel.PICTURE in channels:
        told.append(
            "A source that fills only a corner of the frame, or of which little is left, can be "
            "missed."
        )
        told.append(
            "A stretch shorter than about two seconds can be missed: the archive may hold no "
            "frame of it."
        )
    if Channel.SOUND in channels:
        told.append(
            "Sound under louder sound, shorter than about two seconds, or changed in pitch by more "
            "than a fifth can be missed. Words spoken anew are not looked for."
        )
    if Channel.SOUND in found:
        told.append(
            "A match of sound says that both files have the same recording, not which came first."
        )
    if Channel.PICTURE in found:
        told.append(
            "A match says that both files show the same pictures, not which came first, and "
            "not that nothing was changed in them: this version does not look for changes "
            "inside the picture."
        )
    told.extend(_loss_limits(query, sources, unexplained))
    return tuple(told)


def evidence(segment: Segment) -> str:
    """Return one sentence that says what was seen to agree in a segment."""
    verb = "sounds like" if segment.channel is Channel.SOUND else "shows"
    words = [f"{span(segment, digits=3)} of the query {verb} {source_span(segment, digits=3)}"]
    words.extend(manner(segment))
    if segment.agreement is not None:
        words.append(f"bits of their sounds agree at {segment.agreement:.2f}")
    if segment.likeness is not None:
        words.append(f"pictures correlate at {segment.likeness:.2f}")
    if segment.motion is not None:
        words.append(f"what moves in them at {segment.motion:.2f}")
    words.append(checked(segment))
    return ", ".join(words) + "."


def because(gap: Unexplained) -> str:
    """Return why a stretch has no source, in words for a person."""
    if gap.shared is not None:
        return f"It {_alike(gap.shared)}, so it points to none of them."
    heard = _UNHEARD.get(gap.reason) if gap.channel is Channel.SOUND else None
    return heard or REASONS[gap.reason]


def checked(segment: Segment) -> str:
    """Return how a segment's times were found."""
    how = "sound against sound" if segment.channel is Channel.SOUND else "frame by frame"
    return f"checked {how}" if segment.frame_exact else f"not checked {how}"


def manner(segment: Segment) -> list[str]:
    """Return how the query shows the source: turned, cropped, at what speed; often empty.

    >>> from index.values import Interval as I
    >>> manner(Segment(I(0, 2), I(5, 9), -2.0, Channel.PICTURE, "mirror", 1.0, True))
    ['mirrored', 'backwards', 'at double speed']
    """
    words = [TURNS[segment.variant]] if segment.variant in TURNS else []
    if segment.source_box is not None and segment.source_box.area < WHOLE_PICTURE:
        words.append(f"cropped to {percent(segment.source_box.area)} of its picture")
    if segment.query_box is not None and segment.query_box.area < WHOLE_PICTURE:
        words.append(f"filling {percent(segment.query_box.area)} of the frame")
    return words + playing(segment.rate)


def playing(rate: float) -> list[str]:
    """Return how a source is played, by source seconds per query second; often empty."""
    words = ["backwards"] if rate < 0 else []
    speed = abs(rate)
    if speed == 0:
        words.append("as a still")
    elif abs(speed - 1) > SAME_SPEED:
        factor = f"{speed:.2f}"
        words.append(f"at {_SPEEDS.get(factor, f'{speed:.3g}×')} speed")
    return words


def span(segment: Segment, *, digits: int = 1) -> str:
    """Return the stretch of the query, such as "0:00.0–0:11.9"."""
    return f"{clock(segment.query.start, digits=digits)}–{clock(segment.query.end, digits=digits)}"


def source_span(segment: Segment, *, digits: int = 1) -> str:
    """Return the stretch of the source in the order it is shown; one time for a held frame."""
    start = clock(segment.source.start, digits=digits)
    end = clock(segment.source.end, digits=digits)
    if segment.rate == 0:
        return start
    return f"{end}–{start}" if segment.rate < 0 else f"{start}–{end}"


def _nothing_compared(query: Query) -> str:
    lacks, has = ("picture", "sound") if query.media.has_sound else ("sound", "picture")
    return (
        f"This clip has no {lacks}, and its {has} was not compared: "
        "whether it is in these archives is not known."
    )


def _no_source(searched: Searched, *, common: bool) -> str:
    if searched.assets == 0:
        return "Nothing was searched: there are no files in these archives."
    if searched.assets == 1:
        return "Not in these archives: the one file searched was not found to be a source."
    if common:
        return f"No single source among the {searched.assets:,} files searched can be named."
    return (
        f"Not in these archives: none of the {searched.assets:,} files searched was found to be "
        "a source of this clip."
    )


def _one_by_one(told: Sequence[Part], sources: Sequence[Source]) -> list[Phrase]:
    runs: list[Phrase] = []
    for position, part in enumerate(told):
        again = any(
            part.segment.channel == other.segment.channel
            and part.segment.query.overlap(other.segment.query) > part.segment.query.length / 2
            for other in told[:position]
        )
        runs.append(Phrase(f"{' ' if position else ''}{_opening(part.segment, again=again)} "))
        runs.extend(_origin(part, sources))
    return runs


def _worth_telling(sources: Sequence[Source]) -> list[Part]:
    """Return all segments but sound that belongs to a picture that is told."""
    every = parts(sources)
    return [part for part in every if not any(_belongs(part, other, sources) for other in every)]


def _belongs(sound: Part, picture: Part, sources: Sequence[Source]) -> bool:
    """Return whether sound is that of a picture: at the same time, from the same time."""
    heard, seen = sound.segment, picture.segment
    if (heard.channel, seen.channel) != (Channel.SOUND, Channel.PICTURE):
        return False
    if sources[sound.source].asset != sources[picture.source].asset:
        return False
    longer = max(heard.query.length, seen.query.length)
    middle = (seen.query.start + seen.query.end) / 2
    return (
        heard.query.overlap(seen.query) >= TOGETHER * longer
        and abs(heard.source_time(middle) - seen.source_time(middle)) <= IN_SYNC
    )


def _opening(segment: Segment, *, again: bool) -> str:
    also = "also " if again else ""
    if segment.channel == Channel.SOUND:
        return f"The sound of {span(segment)} {also}comes from"
    return f"{span(segment)} {also}shows"


def _origin(part: Part, sources: Sequence[Source]) -> list[Phrase]:
    segment = part.segment
    first = segment.source.end if segment.rate < 0 else segment.source.start
    place = f" {'at' if segment.rate == 0 else 'from'} {clock(first)}"
    words = [place, *manner(segment)]
    if accompanied(part, sources):
        words.append("with its sound")
    return [
        Phrase(shortened(sources[part.source].asset.name), part.source),
        Phrase(", ".join(words) + "."),
    ]


def _together(told: Sequence[Part], sources: Sequence[Source]) -> list[Phrase]:
    longest = max(told, key=lambda part: part.segment.query.length)
    order = _by_share(sources)
    noun = counted(len(told), "stretch", "stretches")
    if len(order) == 1:
        runs = [Phrase(f"{noun} come from "), Phrase(_name(sources, order[0]), order[0])]
    else:
        runs = [Phrase(f"{noun} come from {counted(len(order), 'source')}: ")]
        runs.extend(_listed(order, sources))
    lead = "the sound of " if longest.segment.channel == Channel.SOUND else ""
    runs.append(Phrase(f". The longest, {lead}{span(longest.segment)}, "))
    runs.append(Phrase("comes from " if longest.segment.channel == Channel.SOUND else "shows "))
    return [*runs, *_origin(longest, sources)]


def _by_share(sources: Sequence[Source]) -> list[int]:
    """Return one index for each asset, the asset that most of the query shows first."""
    first: dict[str, int] = {}
    shares: dict[str, float] = {}
    for index, source in enumerate(sources):
        first.setdefault(source.asset.digest, index)
        covered = sum(segment.query.length for segment in source.segments)
        shares[source.asset.digest] = shares.get(source.asset.digest, 0.0) + covered
    return sorted(first.values(), key=lambda index: -round(shares[sources[index].asset.digest], 3))


def _listed(order: Sequence[int], sources: Sequence[Source]) -> Iterable[Phrase]:
    named = order if len(order) <= NAMED_SOURCES + 1 else order[:NAMED_SOURCES]
    more = len(order) - len(named)
    for position, index in enumerate(named):
        if position:
            yield Phrase(" and " if position == len(order) - 1 else ", ")
        yield Phrase(_name(sources, index), index)
    if more:
        yield Phrase(f" and {more} more")


def _name(sources: Sequence[Source], index: int) -> str:
    return shortened(sources[index].asset.name)


def _gaps(unexplained: Sequence[Unexplained], *, found: bool) -> list[str]:
    told = []
    for channel in Channel:
        for reason, words in _GAPS.items():
            if reason == Reason.NO_MATCH and not found:
                continue
            stretches = [
                gap.query for gap in unexplained if (gap.channel, gap.reason) == (channel, reason)
            ]
            if not stretches:
                continue
            if len(stretches) <= GAPS_ONE_BY_ONE:
                where = _joined([f"{clock(one.start)}–{clock(one.end)}" for one in stretches])
                shared = _example(unexplained, channel, reason)
                verb = _alike(shared) if shared else words[len(stretches) > 1]
            else:
                total = length(sum(one.length for one in stretches))
                where, verb = f"{total} in {len(stretches)} places", words[0]
            lead = "The sound of " if channel == Channel.SOUND else ""
            told.append(f"{lead}{where} {verb}.")
    return told


def _example(unexplained: Sequence[Unexplained], channel: Channel, reason: Reason) -> Shared | None:
    """Return what the one stretch without a source for that reason shows, if known."""
    gaps = [gap for gap in unexplained if (gap.channel, gap.reason) == (channel, reason)]
    return gaps[0].shared if len(gaps) == 1 else None


def _alike(shared: Shared) -> str:
    where = f"{shortened(shared.asset.name)} at {clock(shared.time)}"
    return f"looks like what {counted(shared.assets, 'searched file')} show, such as {where}"


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _channel_limits(query: Query, searched: Searched) -> Iterable[str]:
    if query.media.has_sound and Channel.SOUND not in searched.channels:
        yield (
            "The sound was not compared: the archive was indexed without it. Index its files into "
            "a new archive to compare it."
        )
    if query.media.has_picture and Channel.PICTURE not in searched.channels:
        yield "The pictures were not compared."
    if not query.media.has_picture:
        yield "The clip has no picture."


def _loss_limits(
    query: Query, sources: Sequence[Source], unexplained: Sequence[Unexplained]
) -> Iterable[str]:
    unchecked = sum(not part.segment.frame_exact for part in parts(sources))
    if unchecked:
        yield (
            f"The times of {counted(unchecked, 'stretch', 'stretches')} were not checked frame "
            "by frame and may be off by a second."
        )
    dull = sum(
        gap.query.length
        for gap in unexplained
        if gap.reason in {Reason.TOO_COMMON, Reason.TOO_PLAIN, Reason.TOO_SHORT, Reason.SILENT}
    )
    if dull:
        yield (
            f"{length(dull)} of the clip is too plain, too common or too short to be searched for."
        )
    yield from (f"The clip was not read in full: {readable(loss)}" for loss in query.media.losses)
