"""The clip as a cut list of its sources, for OpenTimelineIO and what reads it.

Pictures are cut at whole frames: as many of the clip as a stretch lasts, from a whole frame of the
source on. Sound is cut at milliseconds, as good as it is measured. What overlaps, as pictures in
pictures do, lies on further tracks. As is usual there, a stretch at another speed is as long as it
plays, and its effect says how much of the source it takes; its metadata have the seconds of both.

Source: OpenTimelineIO 0.18, timeline structure and time warps; its EDL adapter counts alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import opentimelineio as otio  # type: ignore[import-untyped]  # it comes without types

from api.exports.document import Document, asset, number, segment, text
from index.values import Channel, Interval, Media
from lineage.report import readable
from lineage.values import Report, Segment, Source, Unexplained

MILLISECONDS = 1000.0
"""Rate of times that are counted in no frames: of sound, and of single pictures."""
NEARLY = 0.0004
"""Share by which a mean rate may be off a usual one and be taken for it. 23.976 and 24 are 0.001
apart, and editing programs refuse 25.0003."""
RationalTime, TimeRange = otio.opentime.RationalTime, otio.opentime.TimeRange
TRACKS = {Channel.PICTURE: ("Picture", "Video"), Channel.SOUND: ("Sound", "Audio")}
"""What a channel's tracks are called, and their kind."""


type Item = Any
"""A part of a timeline, of which OpenTimelineIO tells no type."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A segment on the timeline.

    Attributes:
        start: Its first frame, or millisecond, of the clip.
        end: The one after its last.
        segment: What is shown.
        source: Of which source.
    """

    start: int
    end: int
    segment: Segment
    source: Source


def timeline(report: Report) -> str:
    """Return the clip's timeline as OTIO's JSON: a track of pictures, one of sound, maybe more."""
    query = report.query
    made = otio.schema.Timeline(
        _name(query.name),
        metadata=_told(
            {
                "name": query.name,
                "sha256": query.digest,
                "duration": number(query.media.duration),
                "summary": report.summary,
                "limits": list(report.limits),
                "version": report.version,
            }
        ),
    )
    for channel, has in (
        (Channel.PICTURE, query.media.has_picture),
        (Channel.SOUND, query.media.has_sound),
    ):
        if has:
            made.tracks.extend(_tracks(report, channel))
    written: str = made.to_json_string(indent=1)
    return written


def rate_of(media: Media, channel: Channel) -> float:
    """Return by which rate times of a file are counted.

    >>> film = Media(4.0, 640, 360, 25.002, True, True, "mov", "h264")
    >>> rate_of(film, Channel.PICTURE), rate_of(film, Channel.SOUND)
    (25.0, 1000.0)
    """
    if channel is Channel.SOUND or media.frame_rate is None:
        return MILLISECONDS
    usual: float = RationalTime.nearest_smpte_timecode_rate(media.frame_rate)
    near = abs(media.frame_rate - usual) <= NEARLY * usual
    return usual if near else media.frame_rate


def _tracks(report: Report, channel: Channel) -> Iterator[Item]:
    """Yield the tracks of one channel, each as long as the clip."""
    media = report.query.media
    rate = rate_of(media, channel)
    laid = _laid(report.sources, channel, rate)
    end = max([max(1, round(media.duration * rate)), *(one.end for one in laid)])
    gaps = [one for one in report.unexplained if one.channel is channel]
    for number_, row in enumerate(_rows(laid) or [[]], start=1):
        word, kind = TRACKS[channel]
        track = otio.schema.Track(f"{word} {number_}", kind=kind)
        reached = 0
        for one in row:
            track.extend(_gaps(reached, one.start, gaps, rate))
            track.append(_clip(one, rate))
            reached = one.end
        track.extend(_gaps(reached, end, gaps, rate))
        yield track
        gaps = []  # The first track alone says why; the others have nothing to explain.


def _laid(sources: Iterable[Source], channel: Channel, rate: float) -> list[_Laid]:
    """Return all segments of a channel on the timeline, by time."""
    found = [
        _Laid(*_span(one.query, rate), one, source)
        for source in sources
        if source.channel is channel
        for one in source.segments
    ]
    return sorted(found, key=lambda one: (one.start, -one.end))


def _span(stretch: Interval, rate: float) -> tuple[int, int]:
    """Return a stretch in whole frames, one at least; those that touch still do."""
    start = round(stretch.start * rate)
    return start, max(start + 1, round(stretch.end * rate))


def _rows(laid: Sequence[_Laid]) -> list[list[_Laid]]:
    """Return what lies on each track, each segment on the first that is free."""
    rows: list[list[_Laid]] = []
    for one in laid:
        free = next((row for row in rows if row[-1].end <= one.start), None)
        if free is None:
            rows.append([one])
        else:
            free.append(one)
    return rows


def _gaps(start: int, end: int, unexplained: Sequence[Unexplained], rate: float) -> Iterator[Item]:
    """Yield what fills a track from one frame to another, parted where reasons begin and end."""
    spans = [(*_span(one.query, rate), one) for one in unexplained]
    edges = {edge for one in spans for edge in one[:2] if start < edge < end}
    marks = sorted({start, end, *edges})
    for first, after in pairwise(marks):
        why = next((one for a, b, one in spans if a <= first and after <= b), None)
        told = {} if why is None else _told({"reason": why.reason.value})
        span = TimeRange(RationalTime(0, rate), RationalTime(after - first, rate))
        yield otio.schema.Gap(source_range=span, metadata=told)


def _clip(laid: _Laid, rate: float) -> Item:
    """Return a segment as a clip of its source."""
    archived, shown = laid.source.asset, laid.segment
    counted = rate_of(archived.media, shown.channel)
    available = max(1, round(archived.media.duration * counted))
    reference = otio.schema.ExternalReference(
        text(archived.uri), TimeRange(RationalTime(0, counted), RationalTime(available, counted))
    )
    start = min(round(shown.source.start * counted), available - 1)
    # The source's own rate says where, the clip's how long: both are then whole numbers.
    span = TimeRange(RationalTime(start, counted), RationalTime(laid.end - laid.start, rate))
    told = _told({"asset": asset(archived), **segment(shown)})
    made = otio.schema.Clip(_name(archived.name), reference, span, told)
    made.effects.extend(_effects(shown.rate, laid.end - laid.start))
    return made


def _effects(rate: float, frames: int) -> Iterator[Item]:
    """Yield the effect of another speed than the source's, if it comes to a frame or more."""
    if rate == 0:
        yield otio.schema.FreezeFrame("held")
    elif abs(rate - 1) * frames >= 1:
        yield otio.schema.LinearTimeWarp("speed", number(rate, 6))


def _name(name: str) -> str:
    """Return a file's name fit for lists of edits, which have a line for each."""
    return text(readable(name))


def _told(facts: Document) -> Document:
    """Return metadata as they are kept apart from those of others."""
    return {"wherefrom": {name: _plain(value) for name, value in facts.items()}}


def _plain(value: object) -> object:
    """Return a value whose texts are kept whole: OTIO ends one at a zero byte."""
    match value:
        case str():
            return text(value).replace("\0", "\\x00")
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value
