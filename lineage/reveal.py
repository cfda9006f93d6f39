"""What the pixels of found stretches say: both files' pictures fetched and compared.

Each stretch is looked at part by part, so that memory stays flat, at a few moments a second.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil
from pathlib import Path
from statistics import median

import numpy as np

from index import hearing
from index.archive import Archive
from index.errors import BadMediaError, MissingFileError
from index.hashing import sounds
from index.sandbox import Sandbox
from index.values import Channel, Interval, Media
from lineage import evidence
from lineage.derive.values import Beneath, Shown
from lineage.evidence import Beside, Evidence, EvidenceParams, Revealed, Stirs, Track
from lineage.evidence.manners import typical
from lineage.evidence.tracks import joined
from lineage.footage import FRAME_RATE, Footage
from lineage.values import Reason, Registration, Segment, Source, Unexplained

MOSTLY = 0.5
"""Share of a stretch in which something must be heard."""


@dataclass(frozen=True, slots=True)
class RevealParams:
    """How closely pixels are looked at.

    Attributes:
        evidence: How they are compared.
        every: Seconds between moments.
        fewest: Moments of a stretch at least.
        part: Seconds compared in one go.
        around: Frames of the source before and after each moment that are looked at: a clip whose
            frames were dropped or repeated is a little off.
        side: Pixels of the long side of a picture.
        inside: Seconds inside a part at which its first and last moment lie: a cut is a frame wide.
        least: Seconds of a stretch that is looked at.
        fine: Seconds between moments where a difference begins or ends.
        most: Differences of a stretch, strongest first, of which that is looked for.
        spans: Spans of a part in which every frame is looked at.
        span: Seconds of each.
    """

    evidence: EvidenceParams = field(default_factory=EvidenceParams)
    every: float = 0.4
    fewest: int = 3
    part: float = 20.0
    around: int = 2
    side: int = 384
    inside: float = 0.04
    least: float = 0.2
    fine: float = 0.02
    most: int = 8
    spans: int = 2
    span: float = 1.0


@dataclass(frozen=True, slots=True)
class Revealer:
    """What a comparison needs at hand.

    Attributes:
        path: The query.
        archive: Says where the assets' files are.
        sandbox: Decodes them.
        params: How closely to look; None for not at all.
    """

    path: Path
    archive: Archive
    sandbox: Sandbox
    params: RevealParams | None

    def revealed(
        self,
        shown: Sequence[Shown],
        *,
        progress: Callable[[float], None] = lambda _: None,
        each: Callable[[Sequence[Revealed]], None] = lambda _: None,
    ) -> list[Revealed]:
        """Return what the pixels of stretches say.

        Those that are too short, those whose pictures were never laid over one another, and those
        whose file is out of reach say nothing.

        Args:
            shown: Stretches of pictures.
            progress: Told the share of them that is done.
            each: Told what all so far say, after each.
        """
        told: list[Revealed] = []
        if self.params is None:
            return told
        for number, one in enumerate(shown):
            progress(number / len(shown))
            path = self.archive.file(one.source.asset)
            short = one.segment.query.length < self.params.least
            if path is None or short or one.segment.across is None:
                continue
            try:
                told.append(self._revealed(one, path, self.params))
            except BadMediaError:  # it changed under our hands: then nothing is claimed
                continue
            each(told)
        return told

    def beneath(
        self, shown: Sequence[Shown], rests: Sequence[Unexplained], *, least: float
    ) -> list[Beneath]:
        """Return where nothing of a shown source's sound was found, and whether it has some then.

        Sources without sound, and those whose file is out of reach or broken, are left out.

        Args:
            shown: Stretches of pictures.
            rests: What of the query has no source.
            least: Seconds that both must share.
        """
        quiet = {Reason.SILENT, Reason.NO_MATCH}
        gaps = [
            rest.query for rest in rests if rest.channel is Channel.SOUND and rest.reason in quiet
        ]
        found = []
        for one in shown:
            if not one.source.asset.media.has_sound or not one.segment.rate:
                continue
            for gap in gaps:
                if gap.overlap(one.segment.query) >= least:
                    query = gap.common(one.segment.query)
                    heard = self._heard(one, query)
                    found += [] if heard is None else [Beneath(one, query, heard)]
        return found

    def _heard(self, one: Shown, query: Interval) -> bool | None:
        """Return whether there is something to hear in the source most of that time.

        None where its file is out of reach, or its sound cannot be decoded.
        """
        path = self.archive.file(one.source.asset)
        if path is None:
            return None
        try:
            heard = sounds.sketch(self.sandbox.run(hearing.listen, path, one.beside(query))).heard
        except (BadMediaError, MissingFileError):  # it changed under our hands
            return None
        return bool(len(heard)) and float(heard.mean()) >= MOSTLY

    def _revealed(self, one: Shown, path: Path, params: RevealParams) -> Revealed:
        within = parts(one.segment.query, params)
        rate = one.source.asset.media.frame_rate or FRAME_RATE
        both = Footage(self.path, path, rate, self.sandbox)
        looks = [look for part in within for look in looked_at(part, params)]
        pictures = both.beside([look.moments for look in looks], one.segment, params)
        told = [_seen(next(pictures), look, one.segment, params) for look in looks]
        next(pictures, None)
        found = [each for each in told if isinstance(each, Evidence)]
        stirs = sum((each for each in told if isinstance(each, Stirs)), Stirs())
        tracks = [track for each in found for track in each.tracks]
        compared = [each for each in found if each.agreement >= params.evidence.agree]
        off = [each.error for each in compared if each.error is not None]
        return Revealed(
            one.index,
            one.segment,
            tuple(_timed(one, both, joined(tracks), params)),
            min((each.agreement for each in found), default=0.0),
            len(compared) / len(within),
            typical([each.manner for each in compared if each.manner is not None]),
            stirs,
            median(off) if off else None,
        )


def _seen(
    beside: Beside | None, look: "Look", segment: Segment, params: RevealParams
) -> Evidence | Stirs | None:
    """Return what pictures of both say; None where too few could be had."""
    if beside is None:
        return None
    if look.closely:
        return evidence.stirring(beside, segment)
    return evidence.compared(beside, segment, look.part, params=params.evidence)


def parts(query: Interval, params: RevealParams) -> list[Interval]:
    """Return the parts in which a stretch of the query is looked at."""
    edges = np.linspace(query.start, query.end, ceil(query.length / params.part) + 1)
    return [Interval(start, end) for start, end in pairwise(map(float, edges))]


@dataclass(frozen=True, slots=True)
class Look:
    """Moments at which a part of a stretch is looked at.

    Attributes:
        part: The part.
        moments: Rising times in the query.
        closely: Whether they are of frames that follow one another.
    """

    part: Interval
    moments: Sequence[float]
    closely: bool


def looked_at(part: Interval, params: RevealParams) -> Iterator[Look]:
    """Yield how a part is looked at: all of it, and spans of it frame by frame."""
    yield Look(part, evenly(part, params), closely=False)
    for number in range(params.spans):
        middle = part.start + part.length * (number + 0.5) / params.spans
        reach = min(params.span, part.length / params.spans) / 2
        moments = np.arange(middle - reach, middle + reach, params.fine)
        yield Look(part, list(map(float, moments)), closely=True)


def evenly(within: Interval, params: RevealParams) -> list[float]:
    """Return the moments at which a part is looked at."""
    inside = min(params.inside, within.length / 4)
    length = within.length - 2 * inside
    count = max(params.fewest, round(length / params.every) + 1)
    return list(map(float, np.linspace(within.start + inside, within.end - inside, count)))


def share(revealed: Sequence[Revealed], shown: Sequence[Shown]) -> float:
    """Return the share of the time of stretches of which pixels were compared, 0 to 1."""
    whole = sum(one.segment.query.length for one in shown)
    compared = sum(one.compared * one.segment.query.length for one in revealed)
    return compared / whole if whole else 0.0


def registered(
    sources: Sequence[Source], revealed: Sequence[Revealed], query: Media
) -> tuple[Source, ...]:
    """Return sources whose stretches say how well pictures were laid over one another.

    Args:
        sources: Of an answer.
        revealed: What the pixels of some of their stretches say.
        query: What the query holds.
    """
    side = max(query.width, query.height)
    told = {
        (one.index, one.segment): Registration(
            one.agreement, None if one.error is None else one.error * side, one.compared
        )
        for one in revealed
    }
    return tuple(
        replace(
            source,
            segments=tuple(
                replace(each, registration=told.get((index, each))) for each in source.segments
            ),
        )
        for index, source in enumerate(sources)
    )


def _timed(
    one: Shown, both: Footage, tracks: Sequence[Track], params: RevealParams
) -> Iterator[Track]:
    """Yield tracks, those that are strongest from their first changed frame to their last."""
    strongest = sorted(tracks, key=lambda track: -track.strength)[: params.most]
    turns = _turns(one, both, strongest, params)
    for track in tracks:
        start, end = (
            turns.get((track, near), near) for near in (track.query.start, track.query.end)
        )
        yield replace(track, query=Interval(start, end)) if start < end else track


def _turns(
    one: Shown, both: Footage, tracks: Sequence[Track], params: RevealParams
) -> dict[tuple[Track, float], float]:
    """Return when tracks begin or end, to the frame, by when they seem to; unless it is not clear.

    At the ends of the stretch they begin and end with it.
    """
    within = one.segment.query
    edges = defaultdict(list)
    for track in tracks:
        for near in {track.query.start, track.query.end} - {within.start, within.end}:
            edges[near].append(track)
    nears = sorted(edges)
    moments = [_closely(near, within, params) for near in nears]
    turns = {}
    pictures = both.beside(moments, one.segment, params)
    for beside, near in zip(pictures, nears, strict=True):
        if beside is not None:
            found = evidence.turns(beside, one.segment, edges[near], params=params.evidence)
            for track, at in zip(edges[near], found, strict=True):
                if at is not None:
                    turns[track, near] = float(beside.times[at])
    return turns


def _closely(near: float, within: Interval, params: RevealParams) -> list[float]:
    """Return the moments at which a stretch is looked at where something begins or ends."""
    reach = params.every / 2 + 2 * params.fine
    start, end = max(within.start, near - reach), min(within.end, near + reach)
    return list(map(float, np.arange(start, end, params.fine)))
