"""Candidates to proven segments: the pictures of both files laid side by side.

This is where the story goes back to the archived files themselves; `prove` decides what they prove.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index import measure
from index.archive import Archive
from index.decode.pacing import Pace
from index.errors import BadMediaError
from index.measure import Observation
from index.sandbox import Sandbox
from index.values import WHOLE, AssetRow, Box, Interval, Media, Strip
from lineage import closer, placing, prove
from lineage.align import AlignParams
from lineage.closer import Views
from lineage.prove import ProveParams
from lineage.values import Candidate, Segment


@dataclass(frozen=True, slots=True)
class ProofParams:
    """How far to go for a proof.

    Attributes:
        align: How frames are aligned.
        prove: What is enough.
        most: Candidates looked at, at most.
        alike: Assets that may explain the same moment before no further one is looked for.
        told: Share of a candidate's moments that must be explained for it to say nothing new.
        widenings: Times one candidate is given more room.
        unseen: Least confidence of a match that is told though its source is out of reach.
        near: Seconds on both sides of a segment's edge in which every frame of the query is looked
            at.
        closer: Likeness from which on what is shown small is looked at closer: of its motion too
            little is left to tell by.
    """

    align: AlignParams = field(default_factory=AlignParams)
    prove: ProveParams = field(default_factory=ProveParams)
    most: int = 24
    alike: int = 8
    told: float = 0.9
    widenings: int = 20
    unseen: float = 0.2
    near: float = 0.4
    closer: float = 0.8


@dataclass(frozen=True, slots=True)
class Prover:
    """What a proof needs at hand.

    Attributes:
        path: The query.
        archive: Says where the assets' files are.
        sandbox: Decodes them.
        params: How far to go.
        doubted: Called with each segment that was looked at and is not proven, and whose it is.
        proven: Called with each segment that is proven, and whose it is, before the next is sought.
    """

    path: Path
    archive: Archive
    sandbox: Sandbox
    params: ProofParams
    doubted: Callable[[AssetRow, Segment], None] | None = None
    proven: Callable[[AssetRow, Segment], None] | None = None

    def proofs(
        self,
        candidates: Sequence[Candidate],
        seen: Observation,
        *,
        known: Sequence[tuple[AssetRow, Segment]] = (),
        progress: Callable[[float], None],
    ) -> Iterator[tuple[AssetRow, Segment]]:
        """Yield what holds of the candidates, those named first looked at first.

        Args:
            candidates: Best first.
            seen: The query.
            known: What was found before.
            progress: Called with the share of candidates that are done.
        """
        held = list(known)
        within_reach = candidates[: self.params.most]
        for number, candidate in enumerate(within_reach):
            progress(number / len(within_reach))
            if not self.told(candidate, held):
                for segment in self.proof(candidate, seen):
                    held.append((candidate.asset, segment))
                    if self.proven is not None:
                        self.proven(candidate.asset, segment)
                    yield candidate.asset, segment

    def told(self, candidate: Candidate, held: Sequence[tuple[AssetRow, Segment]]) -> bool:
        """Return whether a candidate's moments are explained: by its own asset, or enough others.

        Args:
            candidate: Not yet looked at.
            held: What is proven, and whose it is.
        """
        explained = 0
        for time in candidate.hits.query_times:
            assets = {asset for asset, segment in held if time in segment.query}
            explained += candidate.asset in assets or len(assets) >= self.params.alike
        return explained > self.params.told * len(candidate.hits)

    def proof(self, candidate: Candidate, seen: Observation) -> list[Segment]:
        """Return the segments of one candidate that the pictures bear out, however far they reach.

        Where the asset's file is out of reach, what the codes alone say, if that is enough.
        """
        looked = self.looked(candidate, seen)
        if looked is None:
            return self._unseen(candidate)
        held = self._borne_out(looked)
        for one in looked:
            if self.doubted is not None and one not in held:
                self.doubted(candidate.asset, one)
        return held

    def looked(self, candidate: Candidate, seen: Observation) -> list[Segment] | None:
        """Return all stretches of one candidate that lie on lines, proven or not.

        What is shown small and not proven so is looked at closer. None where the asset's file is
        out of reach.
        """
        segments = self._laid(candidate, seen, Views())
        if not segments or self._borne_out(segments):
            return segments
        small = closer.worth(segments, self.params.closer)
        if small is None:
            return segments
        views = closer.views(small)
        found = self._laid(closer.through(candidate, small, views), seen, views)
        return [closer.back(one, small, views) for one in found or ()] or segments

    def _laid(self, candidate: Candidate, seen: Observation, views: Views) -> list[Segment] | None:
        """Return the stretches of a candidate as they lie in parts of both files' frames."""
        asset = self.archive.asset(candidate.asset)
        segments: list[Segment] = []
        held: list[Segment] = []
        for _ in range(self.params.widenings):
            beside = self._beside(candidate, views.source)
            if beside is None:
                return None
            query = self._part(seen, candidate.query, views.query)
            segments = self._examined(candidate, query, beside, held)
            held = self._borne_out(segments)
            wider = self._widened(candidate, held, seen.media, asset.media)
            if wider is None:
                denser = self._denser(held, query, seen.pace, views.query)
                return self._examined(candidate, denser, beside, held) if denser else segments
            candidate = wider
        return segments

    def _examined(
        self, candidate: Candidate, query: Strip, beside: Strip, known: Sequence[Segment]
    ) -> list[Segment]:
        """Return all stretches of the query that lie on lines, proven or not."""
        return placing.examine(
            candidate,
            query,
            beside,
            known=known,
            params=self.params.prove,
            align_params=self.params.align,
        )

    def _part(self, seen: Observation, interval: Interval, view: Box) -> Strip:
        """Return a part of the query's frames."""
        if view == WHOLE:
            return seen.strip
        look = self.sandbox.run(measure.observe, self.path, interval, pace=seen.pace, view=view)
        return look.strip

    def _beside(self, candidate: Candidate, view: Box) -> Strip | None:
        """Return the asset's frames where the candidate points; None where they cannot be had."""
        path = self.archive.file(self.archive.asset(candidate.asset))
        if path is None:
            return None
        try:
            look = self.sandbox.run(
                measure.observe, path, candidate.source, pace=Pace.ROUGH, view=view
            )
        except BadMediaError:
            return None
        return look.strip

    def _borne_out(self, segments: Sequence[Segment]) -> list[Segment]:
        return [one for one in segments if prove.proven(one, params=self.params.prove)]

    def _denser(
        self, segments: Sequence[Segment], query: Strip, pace: Pace, view: Box
    ) -> Strip | None:
        """Return the query's frames with every one near the edges of segments.

        None where no edge lies within the query, or every frame is there already.
        """
        if pace is Pace.EVERY:
            return None
        first, last = query.times[0], query.times[-1]
        edges = {edge for one in segments for edge in (one.query.start, one.query.end)}
        strip = None
        for edge in sorted(edges):
            if first + self.params.near < edge < last - self.params.near:
                window = Interval(edge - self.params.near, edge + self.params.near)
                more = self.sandbox.run(measure.observe, self.path, window, view=view).strip
                strip = (strip or query).with_frames(more)
        return strip

    def _unseen(self, candidate: Candidate) -> list[Segment]:
        guess = placing.guessed(candidate, params=self.params.prove)
        return [guess] if guess.confidence >= self.params.unseen else []

    def _widened(
        self, candidate: Candidate, segments: Sequence[Segment], query: Media, source: Media
    ) -> Candidate | None:
        return prove.widened(
            candidate,
            segments,
            query_end=query.duration,
            source_end=source.duration,
            params=self.params.prove,
        )
