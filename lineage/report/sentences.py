"""The answer in sentences: pure words about values, deciding nothing.

No sentence calls a clip genuine, and a clip without a source is only "not in these archives".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.values import Channel
from lineage.findings import Finding, Kind
from lineage.report.misses import compared
from lineage.report.stretches import manner, span
from lineage.report.words import clock, counted, length, shortened
from lineage.values import Query, Reason, Searched, Segment, Shared, Source, Unexplained

# Four short sentences are read at a glance; a supercut told shot by shot is not read at all.
TOLD_ONE_BY_ONE = 4
NAMED_SOURCES = 3
GAPS_ONE_BY_ONE = 3
# Edges of sound are less exact than those of pictures.
TOGETHER = 0.8
# Seconds; more is out of step with the lips.
IN_SYNC = 0.2
# Seconds under which what shows one frame is called a picture.
PICTURE = 0.05

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

_GAPS = {
    Reason.NO_MATCH: ("was not found", "were not found"),
    Reason.TOO_COMMON: ("shows what many files show", "show what many files show"),
    Reason.TOO_PLAIN: ("is too plain to tell", "are too plain to tell"),
    Reason.SILENT: ("is silent", "are silent"),
    Reason.TOO_SHORT: ("is too short to tell", "are too short to tell"),
    Reason.UNDECODABLE: ("could not be read", "could not be read"),
}
ALTERED: Mapping[Kind, str] = {
    Kind.FACE_REPLACED: "with the face replaced",
    Kind.MOUTH_REPLACED: "with the mouth changed",
    Kind.REGION_REMOVED: "with a part taken out or covered",
    Kind.BLURRED: "with a part of it blurred",
    Kind.CAPTION_ADDED: "with a caption added",
    Kind.CAPTION_REMOVED: "with a caption taken out",
    Kind.OVERLAY_ADDED: "with something laid over it",
    Kind.OVERLAY_REMOVED: "with what lay over it taken out",
    Kind.REGION_CHANGED: "with a part of it changed",
}
"""What a summary says of changes inside the picture."""


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
    findings: Sequence[Finding] = (),
) -> str:
    """Return the verdict in a few words for a person; the phrases joined."""
    told = phrases(query, sources, unexplained=unexplained, searched=searched, findings=findings)
    return "".join(phrase.text for phrase in told)


def phrases(
    query: Query,
    sources: Sequence[Source],
    *,
    unexplained: Sequence[Unexplained],
    searched: Searched,
    findings: Sequence[Finding] = (),
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
    runs = _one_by_one(told, sources, findings) if few else _together(told, sources, findings)
    return [*runs, Phrase("".join(f" {gap}" for gap in gaps))] if gaps else runs


def accompanied(part: Part, sources: Sequence[Source]) -> bool:
    """Return whether a picture has its own sound: the same stretch of the same source."""
    return part.segment.channel is Channel.PICTURE and any(
        _belongs(other, part, sources) for other in parts(sources)
    )


def because(gap: Unexplained) -> str:
    """Return why a stretch has no source, in words for a person."""
    if gap.shared is not None:
        return f"It {_alike(gap.shared)}, so it points to none of them."
    heard = _UNHEARD.get(gap.reason) if gap.channel is Channel.SOUND else None
    return heard or REASONS[gap.reason]


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


def _one_by_one(
    told: Sequence[Part], sources: Sequence[Source], findings: Sequence[Finding]
) -> list[Phrase]:
    runs: list[Phrase] = []
    for position, part in enumerate(told):
        again = any(
            part.segment.channel == other.segment.channel
            and part.segment.query.overlap(other.segment.query) > part.segment.query.length / 2
            for other in told[:position]
        )
        runs.append(Phrase(f"{' ' if position else ''}{_opening(part.segment, again=again)} "))
        runs.extend(_origin(part, sources, findings))
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
    return f"{'The picture' if _single(segment) else span(segment)} {also}shows"


def _single(segment: Segment) -> bool:
    return segment.rate == 0 and segment.query.length < PICTURE


def _origin(part: Part, sources: Sequence[Source], findings: Sequence[Finding]) -> list[Phrase]:
    segment = part.segment
    first = segment.source.end if segment.rate < 0 else segment.source.start
    place = f" {'at' if segment.rate == 0 else 'from'} {clock(first)}"
    words = [place, *manner(segment), *_altered(part, findings)]
    if accompanied(part, sources):
        words.append("with its sound")
    elif segment.channel is Channel.PICTURE:
        words += _other_sound(segment, findings)
    return [
        Phrase(shortened(sources[part.source].asset.name), part.source),
        Phrase(", ".join(words) + "."),
    ]


def _altered(part: Part, findings: Sequence[Finding]) -> list[str]:
    """Return what was done inside the picture, and when if not all the time."""
    told = []
    for kind, words in ALTERED.items():
        mine = [
            one.query for one in findings if (one.kind, one.source_index) == (kind, part.source)
        ]
        inside = [one for one in mine if one.overlap(part.segment.query)]
        share = sum(one.overlap(part.segment.query) for one in inside) / part.segment.query.length
        if len(inside) == 1 and share < TOGETHER:
            words += f" ({clock(inside[0].start)}–{clock(inside[0].end)})"  # noqa: PLW2901 # goes on
        told += [words] if inside else []
    return told


def _other_sound(segment: Segment, findings: Sequence[Finding]) -> list[str]:
    """Return that a picture has other sound than its own, and when if not all the time."""
    others = [
        one.query
        for one in findings
        if one.kind is Kind.SOUND_REPLACED and one.query.overlap(segment.query)
    ]
    share = sum(one.overlap(segment.query) for one in others) / segment.query.length
    if not others:
        return []
    if share >= TOGETHER or len(others) > 1:
        return ["with other sound" if share >= TOGETHER else "partly with other sound"]
    start, end = clock(others[0].start), clock(others[0].end)
    return [f"with other sound at {start}–{end}"]


def _together(
    told: Sequence[Part], sources: Sequence[Source], findings: Sequence[Finding]
) -> list[Phrase]:
    longest = max(told, key=lambda part: part.segment.query.length)
    order = _by_share(sources)
    noun = counted(len(told), "stretch", "stretches")
    if len(order) == 1:
        runs = [Phrase(f"{noun} come from "), Phrase(_name(sources, order[0]), order[0])]
    else:
        runs = [Phrase(f"{noun} come from {counted(len(order), 'source')}: ")]
        runs.extend(_listed(order, sources))
    lead = "the sound of " if longest.segment.channel == Channel.SOUND else ""
    which = "first" if _single(longest.segment) else f"longest, {lead}{span(longest.segment)},"
    runs.append(Phrase(f". The {which} "))
    runs.append(Phrase("comes from " if longest.segment.channel == Channel.SOUND else "shows "))
    return [*runs, *_origin(longest, sources, findings)]


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
