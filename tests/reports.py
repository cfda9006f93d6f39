"""Made-up reports with known answers, for the tests of whatever shows a report."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.values import Asset, AssetRow, Box, Channel, Interval, Media, Picture, Still
from lineage.derivations import Cue, Derivation, Direction, Relation, Sign, Way
from lineage.derive import derived
from lineage.direction import derivations
from lineage.findings import Kind
from lineage.report import coarse_limits, coarse_summary, limits, parts, summary
from lineage.values import (
    Hint,
    Lookup,
    Pair,
    Query,
    Reason,
    Report,
    Searched,
    Segment,
    Shared,
    Source,
    Tell,
    Unexplained,
)

WHOLE = Box(0, 0, 1, 1)


def media(
    duration: float,
    width: int = 1280,
    height: int = 720,
    *,
    sound: bool = True,
    losses: tuple[str, ...] = (),
) -> Media:
    """Return a file's facts; a width of 0 is sound alone."""
    return Media(
        duration=duration,
        width=width,
        height=height if width else 0,
        frame_rate=25.0 if width else None,
        has_picture=width > 0,
        has_sound=sound,
        container="mov",
        codec="h264" if width else "aac",
        losses=losses,
    )


def asset(number: int, name: str, duration: float, *, title: str | None = None) -> Asset:
    """Return an archived file; the number makes its digest."""
    digest = f"{number:064x}"[::-1]
    uri = f"file:///archive/{name}"
    published = "2019-03-15T11:00:00Z" if title else None
    facts = media(duration)
    return Asset(AssetRow(number), digest, uri, name, facts, title=title, published_at=published)


def segment(  # noqa: PLR0913 - one argument for each field that tests vary
    query: tuple[float, float],
    source: tuple[float, float],
    *,
    variant: str = "plain",
    backwards: bool = False,
    confidence: float = 0.97,
    exact: bool = True,
    box: Box | None = WHOLE,
) -> Segment:
    """Return a segment whose rate follows from its intervals."""
    rate = (source[1] - source[0]) / (query[1] - query[0])
    return Segment(
        query=Interval(*query),
        source=Interval(*source),
        rate=-rate if backwards else rate,
        channel=Channel.PICTURE,
        variant=variant,
        confidence=confidence,
        frame_exact=exact,
        query_box=box and WHOLE,
        source_box=box,
        likeness=0.94,
        motion=0.88,
    )


def source(archived: Asset, segments: Sequence[Segment], *, duration: float) -> Source:
    """Return a source; the duration is the query's."""
    explained = min(1.0, sum(one.query.length for one in segments) / duration)
    return Source(archived, Channel.PICTURE, tuple(segments), explained)


def report(
    sources: Sequence[Source] = (),
    unexplained: Sequence[Unexplained] = (),
    *,
    name: str = "suspect-0412.mp4",
    facts: Media | None = None,
    searched: Searched | None = None,
) -> Report:
    """Return a whole answer; its sentences are those of lineage.report."""
    facts = facts or media(18.4, 720, 1280)
    query = Query(name, f"file:///inbox/{name}", "9f3a" + "0" * 58 + "c2", facts)
    searched = searched or Searched("3f9a17c2", 41208, 33516000.0, 18236544, (Channel.PICTURE,))
    gaps = tuple(unexplained)
    covered = sum(one.query.length for part in sources for one in part.segments)
    findings = derived(query, searched, sources, gaps)
    related = derivations(facts, sources, [], findings, [None] * len(sources))
    return Report(
        version="0.1.0",
        query=query,
        searched=searched,
        sources=tuple(sources),
        unexplained=gaps,
        summary=summary(query, sources, unexplained=gaps, searched=searched, findings=findings),
        picture_explained=min(1.0, covered / facts.duration) if facts.has_picture else None,
        limits=limits(query, sources, unexplained=gaps, searched=searched),
        timing={"decode": 0.81234, "search": 0.2, "prove": 1.4, "total": 2.5},
        findings=tuple(findings),
        derivations=tuple(related),
    )


def gap(start: float, end: float, reason: Reason = Reason.NO_MATCH) -> Unexplained:
    """Return an unexplained stretch of the picture."""
    return Unexplained(Channel.PICTURE, Interval(start, end), reason)


def rich() -> Report:
    """Return seven segments of three sources: turned, reversed, sped up, reordered, with gaps."""
    briefing = asset(1, "council-briefing-raw.mxf", 5400, title="Council briefing, 12 April")
    protest = asset(2, "street-protest-2019.mp4", 214.2)
    long_name = (
        "2021-06-03 камера 4 – the very long name of a recording made on the old harbour "
        "bridge, second take, corrected.final.FINAL (2).mov"
    )
    harbour = asset(3, long_name, 61)
    length = 24.0
    return report(
        [
            source(
                briefing,
                [
                    segment((0, 5.2), (41, 46.2), variant="mirror", box=Box(0.1, 0, 0.81, 1)),
                    segment((5.2, 8.0), (3723.4, 3726.2)),
                    segment((15.5, 17.9), (30, 32.4), confidence=0.91),
                ],
                duration=length,
            ),
            source(
                protest,
                [
                    segment((8.0, 11.0), (72.4, 78.4)),
                    segment((13.1, 15.5), (64, 66.4), backwards=True),
                ],
                duration=length,
            ),
            source(
                harbour,
                [
                    segment((17.9, 21.0), (8, 11.1), variant="turn", exact=False),
                    segment((21.0, 22.4), (2.0, 2.7)),
                ],
                duration=length,
            ),
        ],
        [gap(11.0, 13.1), gap(22.4, 24.0, Reason.TOO_PLAIN)],
        facts=media(length, 720, 1280),
    )


def supercut(segments: int = 12, sources: int = 6, *, length: float = 48.0) -> Report:
    """Return equal segments that take turns among the sources, some of them out of order."""
    step = length / segments
    cut: dict[int, list[Segment]] = {number: [] for number in range(sources)}
    for number in range(segments):
        start = 30.0 + 40 * ((number * 7) % segments)
        stretch = (number * step, (number + 1) * step)
        cut[number % sources].append(segment(stretch, (start, start + step)))
    found = [
        source(asset(number + 1, f"tape-{number + 1:02d}.mxf", 3600), cut[number], duration=length)
        for number in cut
    ]
    return report(found, facts=media(length, 1920, 1080), name="supercut.mp4")


def single(length: float = 3.0, name: str = "short.mp4") -> Report:
    """Return one segment that is the whole clip."""
    archived = asset(1, "street-protest-2019.mp4", 214.2)
    whole = segment((0, length), (12, 12 + length))
    return report([source(archived, [whole], duration=length)], facts=media(length), name=name)


def sounding() -> Report:
    """Return two stretches of one file, of which the first has the sound that it has there."""
    archived = asset(1, "council-briefing-raw.mxf", 5400)
    seen = [segment((0, 6.0), (41, 47.0)), segment((6.0, 10.0), (72, 76.0), variant="mirror")]
    heard = [replace(seen[0], channel=Channel.SOUND, query_box=None, source_box=None)]
    sound = Source(archived, Channel.SOUND, tuple(heard), 0.6)
    channels = (Channel.PICTURE, Channel.SOUND)
    searched = Searched("3f9a17c2", 41208, 33516000.0, 18236544, channels)
    left = Unexplained(Channel.SOUND, Interval(6.0, 10.0), Reason.NO_MATCH)
    return report(
        [source(archived, seen, duration=10.0), sound],
        [left],
        facts=media(10.0),
        searched=searched,
        name="briefing-cut.mp4",
    )


def related(relation: Relation = Relation.DERIVED, *, backwards: bool = False) -> Report:
    """Return an answer that says which of the clip and its source was made from the other."""
    cues: tuple[Cue, ...] = (
        Cue(Sign.DETAIL, 0.4, 0.0),
        Cue(Sign.LONGER, 1.0, 0.0),
        Cue(Sign.WIDER, 0.0, 0.05),
    )
    if backwards:
        cues = tuple(replace(cue, source=cue.query, query=cue.source) for cue in cues)
    odds = Direction(0.04, 0.96, 0.0) if backwards else Direction(0.96, 0.04, 0.0)
    kinds = (Kind.REENCODED,)
    told = Derivation(0, Channel.PICTURE, relation, 0.96, kinds, cues, odds)
    return replace(single(), derivations=(told,))


def ruled_out(way: Way = Way.BACK) -> Report:
    """Return an answer that says which of the clip and its source was not made from the other."""
    whole = related(Relation.UNDETERMINED)
    return replace(whole, derivations=tuple(replace(x, excluded=way) for x in whole.derivations))


def nothing(name: str = "unseen.mp4") -> Report:
    """Return an answer without sources."""
    return report((), [gap(0, 9.6)], facts=media(9.6), name=name)


def common() -> Report:
    """Return the answer to a query that shows an intro of many files, then what none shows."""
    shared = Shared(14, asset(3, "evening-news-0412.mxf", 1800), 3.21)
    intro = Unexplained(Channel.PICTURE, Interval(0.0, 6.0), Reason.TOO_COMMON, shared)
    return report((), [intro, gap(6.0, 9.6)], facts=media(9.6), name="intro.mp4")


def hinted() -> Lookup:
    """Return the answer to codes that suggest two files, and prove neither."""
    searched = Searched("3f9a17c2", 41208, 33516000.0, 18236544, (Channel.PICTURE,))
    hints = tuple(
        Hint(
            asset=asset(number, name, 5400),
            channel=Channel.PICTURE,
            tell=Tell.FRAMES,
            variant="plain",
            query=Interval(0.0, 6.0 - number),
            source=Interval(41.0, 47.0 - number),
            rate=1.0,
            moments=22 // number,
            asked=24,
            bits=18.0 * number,
            votes=9.0 / number,
        )
        for number, name in enumerate(("council-briefing-raw.mxf", "street-protest-2019.mp4"), 1)
    )
    counts = dict.fromkeys(Channel, 0) | {Channel.PICTURE: 48}
    return Lookup(
        version="0.1.0",
        name="whatsapp-0412.json",
        duration=12.0,
        counts=counts,
        searched=searched,
        hints=hints,
        summary=coarse_summary(hints, searched=searched),
        limits=coarse_limits(counts, searched=searched),
        timing={"search": 0.01, "total": 0.02},
    )


def sound_only() -> Report:
    """Return the answer to a query without picture, where only pictures were compared."""
    return report(facts=media(31.0, 0), name="statement.m4a")


def picture(seed: int, width: int = 160, height: int = 90) -> Picture:
    """Return a gradient with a bright square to the left, so that a mirrored one is seen to be."""
    across = np.linspace(0, 160, width, dtype=np.float64)[None, :, None]
    down = np.linspace(0, 90, height, dtype=np.float64)[:, None, None]
    tint = np.array([(seed * 53) % 90, (seed * 97) % 90, (seed * 31) % 90])
    shaded: Picture = (across + down / 2 + tint).clip(0, 255).astype(np.uint8)
    shaded[height // 4 : height // 2, width // 10 : width // 4] = 250
    return shaded


def pairs(whole: Report) -> dict[tuple[int, int], list[Pair]]:
    """Return three pairs of made pictures for each segment of a report."""
    shape = (90, 160) if whole.query.media.height > whole.query.media.width else (160, 90)
    made = {}
    for part in parts(whole.sources):
        one = part.segment
        seed = 10 * part.source + part.number
        made[part.source, part.number] = [
            Pair(
                Still(time, picture(seed, *shape)),
                Still(max(0.0, one.source_time(time)), picture(seed)),
            )
            for time in (
                one.query.start,
                (one.query.start + one.query.end) / 2,
                one.query.end - 0.04,
            )
        ]
    return made
