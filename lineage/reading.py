"""What letters say where pixels differ: read off larger pictures of both files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from index import measure
from index.archive import Archive
from index.errors import BadMediaError
from index.sandbox import Sandbox
from index.values import WHOLE
from lineage import derive
from lineage.derive.captions import LIKELY
from lineage.derive.regions import parts
from lineage.derive.values import Shown
from lineage.evidence import Revealed, Track, texts
from lineage.evidence.texts import TextParams, lines
from lineage.evidence.values import Lines, Words
from lineage.values import Segment


@dataclass(frozen=True, slots=True)
class ReadParams:
    """What is read, and how closely.

    Attributes:
        text: What counts as text.
        side: Pixels of the long side of a picture: those of 384 by which pixels are compared are
            too small to read.
        most: Tracks of a stretch that are read, the strongest: a moment takes 0.2 to 1 s.
        looks: Moments of a track at which letters were read that are looked at, at most.
        every: Seconds of it for each of them: subtitles that follow one another are one track.
    """

    text: TextParams = field(default_factory=TextParams)
    side: int = 1280
    most: int = 6
    looks: int = 4
    every: float = 1.5


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs at hand.

    Attributes:
        path: The query.
        archive: Says where the assets' files are.
        sandbox: Decodes them.
        params: What is read.
    """

    path: Path
    archive: Archive
    sandbox: Sandbox
    params: ReadParams

    def read(
        self,
        revealed: Sequence[Revealed],
        shown: Sequence[Shown],
        *,
        progress: Callable[[float], None] = lambda _: None,
    ) -> list[Revealed]:
        """Return what pixels say, with what letters say wherever they may be a caption's.

        Args:
            revealed: What pixels say of stretches.
            shown: The stretches.
            progress: Told the share of them that is done.
        """
        if not texts.known():
            return list(revealed)
        assets = {one.index: one.source.asset for one in shown}
        told = []
        for number, seen in enumerate(revealed):
            progress(number / len(revealed))
            likely = [track for kind, track in parts(seen, derive.DEFAULT) if kind in LIKELY]
            path = self.archive.file(assets[seen.index]) if likely else None
            told.append(seen if path is None else self._read(seen, likely, path))
        return told

    def _read(self, seen: Revealed, likely: Sequence[Track], path: Path) -> Revealed:
        strongest = sorted(likely, key=lambda track: -track.strength)[: self.params.most]
        tracks = [
            replace(track, words=self._words(track, seen.segment, path))
            if track in strongest
            else track
            for track in seen.tracks
        ]
        return replace(seen, tracks=tuple(tracks))

    def _words(self, track: Track, segment: Segment, path: Path) -> tuple[Words, ...]:
        """Return what a track says; nothing where a file changed under our hands."""
        try:
            first = list(self._said([track.at], track, segment, path))
            if not any(one.query.inside or one.source.inside for one in first):
                return ()
            before, after = _others(track, self.params)
            return (
                *self._said(before, track, segment, path),
                *first,
                *self._said(after, track, segment, path),
            )
        except BadMediaError:
            return ()

    def _said(
        self, moments: Sequence[float], track: Track, segment: Segment, path: Path
    ) -> Iterator[Words]:
        """Yield what a track says at moments; beside its picture the source says nothing."""
        beside, view = segment.lying(track.box), segment.lying(WHOLE)
        if view is None:
            return
        side, text = self.params.side, self.params.text
        shown = [max(0.0, segment.source_time(moment)) for moment in moments]
        query = self.sandbox.run(measure.stills, self.path, moments, side=side)
        source = self.sandbox.run(measure.stills, path, shown, side=side)
        for ours, theirs in zip(query, source, strict=False):
            yield Words(
                lines(ours.picture, track.box, params=text),
                Lines()
                if beside is None
                else lines(theirs.picture, beside, view=view, params=text),
            )


def _others(track: Track, params: ReadParams) -> tuple[list[float], list[float]]:
    """Return moments before and after that at which a track is strongest, evenly over it."""
    length = track.query.length
    count = max(1, min(params.looks, round(length / params.every)))
    even = track.query.start + length * (np.arange(count) + 0.5) / count
    others = np.delete(even, np.abs(even - track.at).argmin())
    return list(others[others < track.at]), list(others[others > track.at])
