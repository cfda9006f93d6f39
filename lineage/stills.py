"""Stills of query and source side by side, for people to see with their own eyes."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from index import files, measure
from index.archive import Archive
from index.errors import UserError
from index.sandbox import Sandbox
from index.values import Channel, Still
from lineage.values import Pair, Query, Report, Segment

EDGE = 0.05
"""Seconds inside a segment at which its first and last still are taken: a cut is a frame wide."""


def pairs(answer: Report, archive: Archive | None) -> Mapping[tuple[int, int], Sequence[Pair]]:
    """Return stills of each segment's start, middle and end, of a single picture one.

    Args:
        answer: What was found.
        archive: Where; None for a comparison of two files.

    Returns:
        By index of the source and of the segment in it. Segments whose source is out of reach are
        left out, and so is sound.
    """
    shown: dict[tuple[int, int], Sequence[Pair]] = {}
    with Sandbox() as sandbox:
        for number, source in enumerate(answer.sources):
            if source.channel is Channel.SOUND:
                continue
            path = archive.file(source.asset) if archive else files.path_of(source.asset.uri)
            if path is None:
                continue
            for index, segment in enumerate(source.segments):
                shown[number, index] = _pairs(segment, answer.query, path, sandbox)
    return shown


def _pairs(segment: Segment, query: Query, source: Path, sandbox: Sandbox) -> Sequence[Pair]:
    edge = min(EDGE, segment.query.length / 4)
    middle = (segment.query.start + segment.query.end) / 2
    times = [segment.query.start + edge, middle, segment.query.end - edge]
    left = sandbox.run(measure.stills, files.path_of(query.uri), times)
    right = sandbox.run(measure.stills, source, [segment.source_time(time) for time in times])
    apart = {(a.time, b.time): Pair(a, b) for a, b in zip(left, right, strict=False)}
    return list(apart.values())


def portraits(wanted: Mapping[str, float], archive: Archive) -> Mapping[str, Still]:
    """Return a picture of each asset whose file is at hand and can be decoded.

    Args:
        wanted: Seconds, by the asset's id.
        archive: Where.

    Returns:
        By the asset's id.
    """
    shown: dict[str, Still] = {}
    with Sandbox() as sandbox:
        for name, time in wanted.items():
            with suppress(UserError):
                path = archive.file(archive.find(name))
                if path is not None:
                    shown |= zip([name], sandbox.run(measure.stills, path, [time]), strict=False)
    return shown
