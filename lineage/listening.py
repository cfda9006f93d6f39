"""The sound of a clip, from its file to segments and rests: the trace's second channel.

It goes the way of the pictures: looked up, gathered, proven beside the archived file itself, and
what is left is tried again at other tempos and pitches, and backwards.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path

import numpy as np

from index import hearing
from index.archive import Archive
from index.errors import BadMediaError
from index.hashing import sounds
from index.hashing.sounds import PLAIN, Ear
from index.sandbox import Sandbox
from index.values import AssetRow, Channel, Fingerprint, Hits, Interval, Media, Sketch, Sound, Times
from lineage import candidates, sound, sound_lines, unexplained, waves
from lineage.candidates import GatherParams
from lineage.lines import Line
from lineage.sound import Heard, SoundParams
from lineage.unexplained import SOUND, RestParams
from lineage.values import Candidate, Segment, Unexplained
from lineage.waves import WaveParams

PITCH = 1.06
"""A code is found at a pitch 3 % off; of single ones at 6 % nearly none is."""
TEMPO = 1.25
"""A code is found at a tempo 12 % off."""
EARS = (
    (PLAIN,),
    (
        *(Ear(pitch=PITCH**step) for step in (1, -1, 2, -2, 3, -3)),
        *(Ear(tempo=TEMPO**step) for step in (1, -1, 2, -2, 3, -3, 4, -4)),
        *(Ear(tempo=PITCH**step, pitch=PITCH**step) for step in (3, -3, 4, -4)),
        Ear(backwards=True),
    ),
)
"""How a query is listened to: as it is, then as it would be if its sound had been changed."""

type Doubted = Callable[[AssetRow, Segment], None]
"""Told whose a stretch would be that was looked at and is not proven."""
type Proven = Callable[[AssetRow, Segment], None]
"""Told whose a stretch is as soon as it is proven; what is found later may say more of it."""


@dataclass(frozen=True, slots=True)
class ListenParams:
    """How hard to listen.

    Attributes:
        ears: How the query is listened to, the likeliest first; each only for time that those
            before it left unexplained. Without any, sound is left alone.
        radius: Bits within which two codes are a hit. Of single codes under noise of 10 dB 79 %
            are within it; unrelated ones have 128 ± 11.
        every: Words of a sketch from one code of the query to the next.
        moments: Codes of a part looked up for each ear but the first, at most.
        gather: How hits become candidates.
        sound: When two sounds are the same.
        waves: How waves are compared.
        rest: How unexplained time is named.
        part: Seconds handled at a time, so that memory stays flat.
        most: Candidates looked at, at most.
        alike: Assets that may explain the same moment before no further one is looked for.
        jingle: Assets that must let hear the same, each beside what many show, for it to be common.
        told: Share of a candidate's moments that must be explained for it to say nothing new.
        retuned: Share by which the pitch may lie off that listened for.
        changed: Seconds that must be heard of sound that was changed: so many tries find something
            like it in any short stretch.
        unseen: Least confidence of a match that is told though its source is out of reach.
    """

    ears: tuple[tuple[Ear, ...], ...] = EARS
    radius: int = 64
    every: int = 6
    moments: int = 150
    gather: GatherParams = field(
        default_factory=lambda: GatherParams(far=64.0, rates=(1.0,), slack=0.3, room=6.0)
    )
    sound: SoundParams = field(default_factory=SoundParams)
    waves: WaveParams = field(default_factory=WaveParams)
    rest: RestParams = SOUND
    part: float = 300.0
    most: int = 24
    alike: int = 8
    jingle: int = 3
    told: float = 0.9
    retuned: float = 0.03
    changed: float = 1.5
    unseen: float = 0.2


@dataclass(frozen=True, slots=True)
class Told:
    """What the sound of a clip told.

    Attributes:
        found: Proven segments and whose they are.
        rests: What none of them explains.
        length: Seconds of sound.
    """

    found: tuple[tuple[AssetRow, Segment], ...] = ()
    rests: tuple[Unexplained, ...] = ()
    length: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """What the archive holds that sounds like a part of the query to one ear.

    Attributes:
        ear: How it was listened to.
        hits: What is alike.
        candidates: Where it points, best first.
    """

    ear: Ear
    hits: Hits
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Listener:
    """What listening needs at hand.

    Attributes:
        path: The query.
        archive: What to search.
        sandbox: Decodes.
        params: How hard to listen.
        doubted: Called, where something is proven of no part of a candidate, with what comes
            nearest to it, and whose it is.
        proven: Called with each stretch that is proven, and whose it is.
    """

    path: Path
    archive: Archive
    sandbox: Sandbox
    params: ListenParams = field(default_factory=ListenParams)
    doubted: Doubted | None = None
    proven: Proven | None = None

    def told(self, media: Media, *, progress: Callable[[float], None]) -> Told:
        """Return what the query's sound tells; nothing where it or the archive has none.

        Args:
            media: What the query holds.
            progress: Called with the share that is done.
        """
        if not (media.has_sound and self.params.ears and searchable(self.archive)):
            return Told()
        found: list[tuple[AssetRow, Segment]] = []
        rests: list[Unexplained] = []
        end = 0.0
        for heard in self.parts(Interval(0.0, media.duration)):
            whole = span(heard)
            common = self.explained(heard, whole, found)
            explained = [segment.query for _, segment in found]
            words = sounds.sketch(heard)
            rests += unexplained.unheard(whole, explained, words, common, params=self.params.rest)
            end = whole.end
            progress(end / media.duration)
        return Told(tuple(found), tuple(rests), end)

    def parts(self, within: Interval, *, exactly: bool = False) -> Iterator[Sound]:
        """Yield the query's sound part by part; see the function."""
        length = self.params.part
        return parts(self.path, within, self.sandbox, length=length, exactly=exactly)

    def explained(
        self, heard: Sound, whole: Interval, found: list[tuple[AssetRow, Segment]]
    ) -> Times:
        """Add what explains a part; return its times that too many assets sound like.

        Args:
            heard: The part.
            whole: Its stretch of the query.
            found: What is proven, and whose it is; added to.
        """
        assets = self.archive.extent().assets
        common: Times = np.empty(0)
        for ears in self.params.ears:
            left = self.left(whole, found)
            told = [self.lookup(heard, ear, whole, left) for ear in ears if left]
            for plain in (one for one in told if one.ear == PLAIN):
                common = candidates.too_common(
                    [plain.hits], assets=assets, params=self.params.gather
                )
            for ear, candidate in self.ranked(told)[: self.params.most]:
                if not self.known(candidate, found):
                    for one in self.proof(heard, ear, candidate):
                        found.append((candidate.asset, one))
                        if self.proven is not None:
                            self.proven(candidate.asset, one)
        return common

    def left(self, whole: Interval, found: Sequence[tuple[AssetRow, Segment]]) -> list[Interval]:
        """Return the stretches of a part that nothing explains and that are long enough."""
        gaps = unexplained.gaps(whole, (segment.query for _, segment in found))
        return [gap for gap in gaps if gap.length >= self.params.rest.short]

    def lookup(self, heard: Sound, ear: Ear, whole: Interval, left: Sequence[Interval]) -> Lookup:
        """Return what sounds like the stretches of a part that are left, to one ear."""
        hits = self._near(heard, ear, left)
        found = candidates.gather(
            [hits],
            assets=self.archive.extent().assets,
            within=whole,
            params=replace(self.params.gather, rates=(ear.tempo,)),
        )
        return Lookup(ear, hits, tuple(found))

    @staticmethod
    def ranked(told: Sequence[Lookup]) -> list[tuple[Ear, Candidate]]:
        """Return the candidates of several ears, best first."""
        every = [(one.ear, candidate) for one in told for candidate in one.candidates]
        return sorted(every, key=lambda pair: -pair[1].score)

    def _near(self, heard: Sound, ear: Ear, left: Sequence[Interval]) -> Hits:
        """Return what the archive holds that sounds like the query."""
        wanted = sounds.query(heard, ear, every=self.params.every).within(left)
        if ear != PLAIN:
            wanted = _spread(wanted, self.params.moments)
        found = self.archive.search(wanted.codes, self.params.radius, channel=Channel.SOUND)
        return Hits(
            wanted.times[found.queries],
            found.assets,
            found.times,
            found.holds,
            found.distances,
            Channel.SOUND,
            asked=len(wanted),
            near=len(found),
        )

    def known(self, candidate: Candidate, found: Sequence[tuple[AssetRow, Segment]]) -> bool:
        """Return whether a candidate's moments are explained: by its asset or by enough others."""
        explained = 0
        for time in candidate.hits.query_times:
            assets = {asset for asset, segment in found if time in segment.query}
            explained += candidate.asset in assets or len(assets) >= self.params.alike
        return explained > self.params.told * len(candidate.hits)

    def proof(self, heard: Sound, ear: Ear, candidate: Candidate) -> list[Segment]:
        """Return the segments of one candidate that both sounds bear out.

        Where the asset's file is out of reach, what the codes alone say, if that is enough.
        """
        tempo = -ear.tempo if ear.backwards else ear.tempo
        lines = list(sound_lines.lines(candidate.hits, tempo, params=self.params.sound))
        if not lines:
            return []
        beside = self._beside(candidate)
        if beside is None:
            guess = sound.guessed(
                sound_lines.on(candidate.hits, lines[0], params=self.params.sound), lines[0]
            )
            return [guess] if guess.confidence >= self.params.unseen else []
        part = _cut(heard, candidate.query)
        words = sounds.sketch(beside)
        query = sounds.sketch(part, ear)
        runs = sound.heard(query, words, lines, params=self.params.sound)
        if runs and ear != PLAIN:
            ear, query, runs = self._retuned(part, words, ear, (query, runs))
        least = 0.0 if ear == PLAIN else self.params.changed
        told = [
            self._segment(run, query, part, ear, beside) for run in runs if run.seconds >= least
        ]
        if self.doubted is not None and not told:
            near = self._nearest(query, words, lines)
            if near is not None:
                self.doubted(candidate.asset, near[1])
        return told

    def closest(self, heard: Sound, ear: Ear, candidate: Candidate) -> tuple[Heard, Segment] | None:
        """Return what comes nearest to a proof of a candidate; None where nothing does."""
        tempo = -ear.tempo if ear.backwards else ear.tempo
        lines = list(sound_lines.lines(candidate.hits, tempo, params=self.params.sound))
        beside = self._beside(candidate) if lines else None
        if beside is None:
            return None
        query = sounds.sketch(_cut(heard, candidate.query), ear)
        return self._nearest(query, sounds.sketch(beside), lines)

    def _nearest(
        self, query: Sketch, source: Sketch, lines: Sequence[Line]
    ) -> tuple[Heard, Segment] | None:
        """Return the stretch of the query that comes nearest to a proof, roughly placed."""
        run = sound.closest(query, source, lines, params=self.params.sound)
        if run is None:
            return None
        low, high = sorted((float(query.times[run.first]), float(query.times[run.last])))
        where = Interval(max(0.0, low), max(0.0, low) + max(high - low, 1e-3))
        return run, sound.segment(run, where, exact=False)

    def _retuned(
        self, part: Sound, words: Sketch, ear: Ear, first: tuple[Sketch, list[Heard]]
    ) -> tuple[Ear, Sketch, list[Heard]]:
        """Return the ear near one that heard something which hears most, and what it hears."""
        best = (ear, *first)
        lines = [run.line for run in first[1]]
        tempo = abs(max(first[1], key=lambda run: run.seconds).line.rate)
        for pitch in (1 - self.params.retuned, 1.0, 1 + self.params.retuned):
            other = replace(ear, tempo=tempo, pitch=1.0 if ear.pitch == 1 else ear.pitch * pitch)
            query = sounds.sketch(part, other)
            runs = sound.heard(query, words, lines, params=self.params.sound)
            if _weight(runs) > _weight(best[2]):
                best = other, query, runs
        return best

    def _beside(self, candidate: Candidate) -> Sound | None:
        """Return the asset's sound where the candidate points; None where it cannot be had."""
        path = self.archive.file(self.archive.asset(candidate.asset))
        if path is None:
            return None
        try:
            return self.sandbox.run(hearing.listen, path, candidate.source)
        except BadMediaError:
            return None

    def _segment(self, run: Heard, query: Sketch, part: Sound, ear: Ear, beside: Sound) -> Segment:
        where = _stretch(run.first, run.last, query, part)
        if run.line.rate == 1.0 and ear.pitch == 1.0:
            sure = _stretch(*(run.sure or (run.first, run.last)), query, part)
            line = waves.tuned(run.line, sure, part, beside, params=self.params.waves)
            where = waves.edges(line, where, part, beside, sure=sure, params=self.params.waves)
            run = replace(run, line=line)
        return replace(sound.segment(run, where, exact=True), pitch=round(ear.pitch, 4))


def parts(
    path: Path, within: Interval, sandbox: Sandbox, *, length: float, exactly: bool = False
) -> Iterator[Sound]:
    """Yield a clip's sound part by part, the last as far as it goes.

    Args:
        path: The clip.
        within: The stretch of it.
        sandbox: Decodes it.
        length: Seconds of a part, about.
        exactly: Whether to end with the stretch, even if the sound goes on.
    """
    count = max(1, ceil(within.length / length - 0.5))
    step = within.length / count
    for number in range(count):
        start = within.start + step * number
        further = length if number == count - 1 and not exactly else 0.0
        heard = sandbox.run(hearing.listen, path, Interval(start, start + step + further))
        if len(heard.samples):
            yield heard


def span(heard: Sound) -> Interval:
    """Return the stretch of the query that a part of its sound takes."""
    return Interval(heard.start, heard.start + len(heard.samples) / heard.rate)


def searchable(archive: Archive) -> bool:
    """Return whether an archive holds codes of sound; one indexed without them does not."""
    return Channel.SOUND.name.lower() in archive.recipes


def _stretch(first: int, last: int, query: Sketch, part: Sound) -> Interval:
    """Return the stretch of a part in which words of its sketch are, from one to another."""
    low, high = sorted((float(query.times[first]), float(query.times[last])))
    whole = span(part)
    # The first word is heard in the first half second; what is before its middle goes with it.
    start = whole.start if low <= float(query.times.min()) + 1e-6 else low
    end = whole.end if high >= float(query.times.max()) - 1e-6 else high
    return Interval(start, max(end, start + 1e-3))


def _weight(runs: Sequence[Heard]) -> float:
    return sum(run.seconds * (0.5 - run.differing) for run in runs)


def _cut(heard: Sound, interval: Interval) -> Sound:
    """Return the part of a sound in an interval."""
    first = max(0, round((interval.start - heard.start) * heard.rate))
    last = max(first, round((interval.end - heard.start) * heard.rate))
    return Sound(heard.start + first / heard.rate, heard.rate, heard.samples[first:last])


def _spread(wanted: Fingerprint, most: int) -> Fingerprint:
    """Return at most so many codes, in groups as dense as before, spread evenly."""
    group = 5
    count = len(wanted)
    if count <= most:
        return wanted
    every = count * group / most
    rows = np.unique(
        (np.arange(0, count - group, every).astype(np.int64)[:, None] + np.arange(group)).ravel()
    )
    return replace(
        wanted,
        times=wanted.times[rows],
        holds=wanted.holds[rows],
        codes=wanted.codes[rows],
        places=wanted.places[rows],
    )
