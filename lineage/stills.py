"""Stills of query and source side by side, for people to see with their own eyes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index import files, measure
from index.archive import Archive
from index.sandbox import Sandbox
from index.values import Box, Channel, Still
from lineage.findings import INSIDE
from lineage.values import Pair, Query, Report, Segment

EDGE = 0.05
"""Seconds inside a segment at which its first and last still are taken: a cut is a frame wide."""

THICKNESS = 1 / 200
"""Width of a line around a part of a picture, as a share of its long side."""
DARK, BRIGHT = (20, 20, 20), (255, 214, 0)


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


def exhibits(answer: Report, archive: Archive | None) -> Mapping[int, Pair]:
    """Return stills of each finding that has a box of its own, outlined in both pictures.

    They are of the moment at which it is strongest. Those whose source is out of reach are left
    out.

    Args:
        answer: What was found.
        archive: Where; None for a comparison of two files.

    Returns:
        By index of the finding.
    """
    shown: dict[int, Pair] = {}
    with Sandbox() as sandbox:
        for number, finding in enumerate(answer.findings):
            if finding.kind not in INSIDE or finding.box is None or finding.source_index is None:
                continue
            source = answer.sources[finding.source_index]
            path = archive.file(source.asset) if archive else files.path_of(source.asset.uri)
            if path is None:
                continue
            segment = max(source.segments, key=lambda one: one.query.overlap(finding.query))
            middle = (finding.query.start + finding.query.end) / 2
            time = finding.measures.get("strongest", middle)
            left = sandbox.run(measure.stills, files.path_of(answer.query.uri), [time])
            right = sandbox.run(measure.stills, path, [segment.source_time(time)])
            if left and right:
                beside = segment.lying(finding.box)
                shown[number] = Pair(
                    outlined(left[0], finding.box),
                    right[0] if beside is None else outlined(right[0], beside),
                )
    return shown


def outlined(still: Still, box: Box) -> Still:
    """Return the still with a box drawn around a part of it."""
    picture = still.picture.copy()
    height, width = picture.shape[:2]
    thick = max(2, round(max(height, width) * THICKNESS))
    left, right = round(box.x0 * width), max(1, round(box.x1 * width))
    top, bottom = round(box.y0 * height), max(1, round(box.y1 * height))
    for shade, inset in ((DARK, 0), (BRIGHT, thick)):
        outer = slice(max(0, top - 2 * thick + inset), bottom + 2 * thick - inset)
        across = slice(max(0, left - 2 * thick + inset), right + 2 * thick - inset)
        inside = picture[top:bottom, left:right].copy()
        picture[outer, across] = shade
        picture[top:bottom, left:right] = inside
    return replace(still, picture=picture)


def _pairs(segment: Segment, query: Query, source: Path, sandbox: Sandbox) -> Sequence[Pair]:
    edge = min(EDGE, segment.query.length / 4)
    middle = (segment.query.start + segment.query.end) / 2
    times = [segment.query.start + edge, middle, segment.query.end - edge]
    left = sandbox.run(measure.stills, files.path_of(query.uri), times)
    right = sandbox.run(measure.stills, source, [segment.source_time(time) for time in times])
    apart = {(a.time, b.time): Pair(a, b) for a, b in zip(left, right, strict=False)}
    return list(apart.values())
