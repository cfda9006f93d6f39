"""What can be shown of a finding, so that people see it with their own eyes.

Of one in the picture: both files at the moments that matter, laid over one another, and by how much
they differ. Of one in the sound: both sounds. It is made from the files anew, and the same each
time.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path

import numpy as np

from index import files, hearing, measure
from index.archive import Archive
from index.sandbox import Sandbox
from index.values import STILL_SIDE, WHOLE, Box, Interval, Still
from lineage import evidence
from lineage.evidence import Heats
from lineage.exhibits.values import Case, Heard, Heat, Moment, Name, Seen, showable
from lineage.footage import FRAME_RATE, Footage
from lineage.reveal import RevealParams, evenly, parts
from lineage.values import Report

__all__ = [
    "Case",
    "Exhibitor",
    "Heard",
    "Heat",
    "Moment",
    "Name",
    "Seen",
    "around",
    "cases",
    "exhibits",
    "moments",
    "showable",
]

EDGE = 0.05
"""Seconds inside a segment at which its first and last moment are shown: a cut is a frame wide."""
AROUND = 1.0
"""Seconds of sound, or of a film of both, before and after a finding."""
GROWN = 2.5
"""By how much what is shown around a box is larger than it."""
SMALL = 320
"""Pixels of the long side of what lies around a box, on a page."""
MOST_SIDE = 8192
"""Pixels of a side that a picture has at most."""
LONGEST = 20.0
"""Seconds of sound that are shown, at most."""
DEFAULT = RevealParams()


def cases(answer: Report, archive: Archive | None) -> Mapping[int, Case]:
    """Return the findings that something can be shown of, by their index.

    Those whose source is out of reach are left out.

    Args:
        answer: What was found.
        archive: Where; None for a comparison of two files.
    """
    told: dict[int, Case] = {}
    for number, finding in enumerate(answer.findings):
        if finding.source_index is None:
            continue
        source = answer.sources[finding.source_index]
        path = archive.file(source.asset) if archive else files.path_of(source.asset.uri)
        if path is None:
            continue
        segment = max(source.segments, key=lambda one: one.query.overlap(finding.query))
        if showable(finding, segment):
            told[number] = Case(
                finding,
                segment,
                files.path_of(answer.query.uri),
                path,
                answer.query.media.frame_rate,
                source.asset.media.frame_rate,
            )
    return told


def exhibits(answer: Report, archive: Archive | None) -> Mapping[int, Seen | Heard]:
    """Return what can be shown of findings, by their index.

    Args:
        answer: What was found.
        archive: Where; None for a comparison of two files.
    """
    shown: dict[int, Seen | Heard] = {}
    with Sandbox() as sandbox:
        exhibitor = Exhibitor(sandbox)
        for number, case in cases(answer, archive).items():
            one = exhibitor.heard(case) if case.sound else exhibitor.seen(case, wide=SMALL)
            if one is not None:
                shown[number] = one
    return shown


def around(box: Box) -> Box:
    """Return the part of the frame around a box, shaped like the frame.

    >>> around(Box(0.75, 0.5, 0.875, 0.625))
    Box(x0=0.65625, y0=0.40625, x1=0.96875, y1=0.71875)
    """
    side = min(1.0, GROWN * max(box.x1 - box.x0, box.y1 - box.y0))
    left, top = (
        min(max(0.0, (start + end - side) / 2), 1.0 - side)
        for start, end in ((box.x0, box.x1), (box.y0, box.y1))
    )
    return Box(left, top, left + side, top + side)


class Exhibitor:
    """Fetches what is to be shown."""

    def __init__(self, sandbox: Sandbox, *, params: RevealParams = DEFAULT) -> None:
        """Prepare; nothing is decoded yet.

        Args:
            sandbox: Decodes the files.
            params: How their pixels were compared.
        """
        self._sandbox = sandbox
        self._params = params
        self._known: dict[tuple[Path, Path, Interval], Heats | None] = {}

    def seen(self, case: Case, *, wide: int = STILL_SIDE) -> Seen | None:
        """Return what can be shown of a finding in the picture; None where none can be decoded.

        Args:
            case: The finding.
            wide: Pixels of the long side of what lies around its box, where the file has as many.
        """
        heats, times = self._part(case), moments(case)
        view = around(case.finding.box or WHOLE)
        side = min(MOST_SIDE, ceil(wide / (view.x1 - view.x0)))
        shown = self.pairs(case, list(times.values()), side=side)
        if len(shown) < len(times):
            return None
        heat = None if heats is None else _heat(heats, case, self._params)
        pairs = zip(times, shown, strict=True)
        return Seen(case, [Moment(name, *pair) for name, pair in pairs], view, heat)

    def pairs(
        self, case: Case, times: Sequence[float], *, side: int = STILL_SIDE
    ) -> list[tuple[Still, Still]]:
        """Return the query's and the source's frames at times of the query."""
        shown = self._sandbox.run(measure.stills, case.query, times, side=side)
        beside = [max(0.0, case.segment.source_time(still.time)) for still in shown]
        sources = self._sandbox.run(measure.stills, case.source, beside, side=side)
        return list(zip(shown, sources, strict=False))

    def heard(self, case: Case) -> Heard:
        """Return both sounds of a finding and around it."""
        whole, told = case.segment.query, case.finding.query
        start = max(whole.start, told.start - AROUND)
        end = min(whole.end, told.end + AROUND, start + LONGEST)
        within = Interval(start, max(end, start + EDGE))
        ends = sorted(max(0.0, case.segment.source_time(at)) for at in (within.start, within.end))
        beside = Interval(ends[0], max(ends[1], ends[0] + EDGE))
        return Heard(
            case,
            self._sandbox.run(hearing.listen, case.query, within),
            self._sandbox.run(hearing.listen, case.source, beside),
            within,
            beside,
        )

    def _part(self, case: Case) -> Heats | None:
        """Return how both differ in the part in which the finding is strongest."""
        at = case.strongest
        every = parts(case.segment.query, self._params)
        part = min(every, key=lambda one: max(one.start - at, at - one.end))
        key = case.query, case.source, part
        if key not in self._known:
            self._known[key] = self._compared(case, part)
        return self._known[key]

    def _compared(self, case: Case, part: Interval) -> Heats | None:
        rate = case.source_rate or FRAME_RATE
        both = Footage(case.query, case.source, rate, self._sandbox)
        moments = [evenly(part, self._params)]
        [beside] = both.beside(moments, case.segment, self._params)
        if beside is None:
            return None
        return evidence.heats(beside, case.segment, part, params=self._params.evidence)


def moments(case: Case) -> dict[Name, float]:
    """Return when the moments of a finding are, as far as it has them, by time.

    A finding begins at its first frame and ends before the first that is as it was.
    """
    whole, told, strongest = case.segment.query, case.finding.query, case.strongest
    frame, inside = 1 / (case.rate or FRAME_RATE), min(EDGE, whole.length / 4)
    times = {
        Name.BEFORE: told.start - frame,
        Name.ONSET: min(max(told.start, whole.start + inside), strongest),
        Name.STRONGEST: strongest,
        Name.END: max(min(told.end - frame, whole.end - inside), strongest),
    }
    if told.start - frame < whole.start:
        del times[Name.BEFORE]
    return times


def _heat(heats: Heats, case: Case, params: RevealParams) -> Heat:
    """Return what is known of the moment at which a finding is strongest."""
    at = int(np.abs(heats.times - case.strongest).argmin())
    track = params.evidence.lost if case.faded else params.evidence.track
    return Heat(
        float(heats.times[at]),
        float(heats.source_times[at]),
        tuple(map(float, heats.maps[at].ravel())),
        (heats.lost if case.faded else heats.changed)[at],
        heats.compared,
        heats.side,
        track.strong,
        track.weak,
    )
