"""A candidate to segments: both files' pictures laid over one another, aligned frame by frame."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.values import Channel, Hits, Interval, Map, Strip
from lineage import align, bridges, confidence, register, seek, settling
from lineage.align import AlignParams, Run
from lineage.hidden import HiddenParams
from lineage.laying import Laying, across, boxes, rounded, turn
from lineage.lines import Both, Line, nearest
from lineage.prove import ProveParams, proven
from lineage.settling import beside, films, weight
from lineage.values import TURNED, Candidate, Segment

ALIGN, PROVE = AlignParams(), ProveParams()
FRAME = 0.04
"""Seconds that a picture by itself is taken to last, as a decoder of pictures has it."""
LONGEST_FRAME = 5.0
"""Seconds a frame may be shown before the time until the next counts as missing; chosen."""
ON_EACH = 6
"""Pairs of frames taken from a segment that is known."""
OF_EACH = 3
"""Pairs of a frame of the source by which it is told what is hidden."""
HIDDEN = HiddenParams()
ROUGHLY = HiddenParams(most=0.85)
"""What is hidden, and what may be at a first look."""


def examine(  # noqa: PLR0913 # both sides, what is known of them, and how to look
    candidate: Candidate,
    query: Strip,
    source: Strip,
    *,
    known: Sequence[Segment] = (),
    params: ProveParams = PROVE,
    align_params: AlignParams = ALIGN,
) -> list[Segment]:
    """Return the stretches of the query that lie on lines with the candidate's asset, by time.

    Whether they are proven is `proven`'s business.

    Args:
        candidate: Where to look.
        query: All frames of the query.
        source: The asset's frames in the candidate's stretch.
        known: What was found of it with less room: its lines are tried again.
        params: See there.
        align_params: See there.
    """
    near = _within(query, candidate.query)
    if not len(near) or not len(source):
        return []
    both = _Both(
        near,
        source,
        list(_pairs_on(known, near, source)) or _pairs(candidate, near, source, params=params),
        candidate.variant,
        [*_sought(candidate, near, source, params=params), *_maps(candidate, params=params)],
        [_guess(candidate), *(Line(one.rate, one.source_time(0.0)) for one in known if one.rate)],
        candidate.heard,
    )
    found = _whole(both, align_params)
    if any(proven(one, params=params) for one in found):
        return found
    around = _around(both, align_params)
    return around if any(proven(one, params=params) for one in around) else found


def guessed(candidate: Candidate, *, params: ProveParams = PROVE) -> Segment:
    """Return what the codes alone say of a candidate, where its pictures are out of reach.

    The sureness rests on how many moments agree and how near their codes are; it stays under
    `params.unseen`.
    """
    hits = candidate.hits
    near = float(np.median(hits.distances))
    query = Interval(float(hits.query_times.min()), float(hits.query_times.max()) + 0.2)
    source = sorted(_guess(candidate).at(np.array([query.start, query.end])))
    low = max(0.0, float(source[0]))
    return Segment(
        query=query,
        source=Interval(low, max(float(source[1]), low + 1e-3)),
        rate=1.0,
        channel=Channel.PICTURE,  # Local features are looked up apart, but are of pictures.
        variant=candidate.variant,
        confidence=round(
            params.unseen * (1 - near / 100) * (1 - 0.7 ** max(0, candidate.votes - 1)),
            confidence.DIGITS,
        ),
        frame_exact=False,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    """Both sides of a candidate, and what its hits say of how they lie.

    Attributes:
        query: Its frames.
        source: The source's.
        pairs: Frames thought to show about the same.
        variant: How the query is turned.
        maps: Guesses how its frame lies over the source's.
        guesses: The line through the nearest codes, and those found before.
        heard: Where the source's sound is.
    """

    query: Strip
    source: Strip
    pairs: Sequence[tuple[int, int]]
    variant: str
    maps: Sequence[Map]
    guesses: Sequence[Line]
    heard: Sequence[Segment]


def _whole(both: _Both, params: AlignParams) -> list[Segment]:
    """Return the stretches, all of the pictures laid over one another."""
    query, source, guesses = both.query, both.source, both.guesses
    laying = register.lay(query, source, both.pairs, variant=both.variant, maps=both.maps)
    runs = align.align(*films(query, source, laying), guesses, params=params)
    laying, runs = settling.timed(query, source, laying, runs, params=params)
    pairs = beside(runs, query, source)
    finer = register.refined(query, source, pairs or both.pairs, laying)
    if finer is not laying:
        told = [*(run.line for run in runs), *guesses]
        again = align.align(*films(query, source, finer), told, search=not pairs, params=params)
        if weight(again) > weight(runs):
            laying, runs = finer, again
    laying, runs = settling.sounding(query, source, laying, runs, both.heard, params=params)
    if bridges.wanted(runs, query.times):
        runs = bridges.bridged(runs, Both.of(*films(query, source, laying)))
    return [_segment(run, query, source, laying) for run in runs]


def _around(both: _Both, params: AlignParams) -> list[Segment]:
    """Return the stretches, what something hides of the query left out; none if nothing does."""
    query, source = both.query, both.source
    likest = _likest(both.pairs)
    rough = _uncovered(both, likest, ROUGHLY)
    if rough is None:
        return []
    runs = align.align(*films(query, source, rough), both.guesses, params=params)
    laying = _uncovered(both, beside(runs, query, source) or likest, HIDDEN)
    if laying is None:
        return []
    runs = align.align(*films(query, source, laying), both.guesses, params=params)
    return [_segment(run, query, source, laying) for run in runs]


def _uncovered(both: _Both, pairs: Sequence[tuple[int, int]], hides: HiddenParams) -> Laying | None:
    return register.uncovered(
        both.query, both.source, pairs, variant=both.variant, maps=both.maps, params=hides
    )


def _likest(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a few pairs of each frame of the source, the likest: these may be of its moment."""
    kept: list[tuple[int, int]] = []
    for row, column in pairs:
        if sum(other == column for _, other in kept) < OF_EACH:
            kept.append((row, column))
    return kept


def _within(strip: Strip, interval: Interval) -> Strip:
    keep = (strip.times >= interval.start) & (strip.times <= interval.end)
    return replace(
        strip, times=strip.times[keep], pictures=strip.pictures[keep], boxes=strip.boxes[keep]
    )


def _pairs(
    candidate: Candidate, query: Strip, source: Strip, *, params: ProveParams
) -> list[tuple[int, int]]:
    """Return frames the codes say are alike, nearest codes first."""
    hits = candidate.hits
    order = _nearest_first(hits)[: params.pairs]
    left = nearest(query.times, hits.query_times[order])
    right = nearest(source.times, hits.times[order])
    return list(dict.fromkeys(zip(map(int, left), map(int, right), strict=True)))


def _pairs_on(known: Sequence[Segment], query: Strip, source: Strip) -> Iterator[tuple[int, int]]:
    """Yield frames that segments put beside one another, spread over each."""
    for segment in known:
        times = np.linspace(segment.query.start, segment.query.end, ON_EACH + 2)[1:-1]
        rows = nearest(query.times, times)
        beside = [segment.source_time(float(query.times[row])) for row in rows]
        yield from zip(
            map(int, rows), map(int, nearest(source.times, np.array(beside))), strict=True
        )


def _maps(candidate: Candidate, *, params: ProveParams) -> list[Map]:
    """Return how the pairs of frames in which most features agree lie over one another."""
    hits = candidate.hits
    return [hits.maps[row] for row in _nearest_first(hits)[: params.maps] if len(hits.maps)]


def _sought(candidate: Candidate, query: Strip, source: Strip, *, params: ProveParams) -> list[Map]:
    """Return where the query's frame may lie over the source's, if only sound led here."""
    if candidate.hits.channel is not Channel.SOUND:
        return []
    pairs = sorted(_pairs(candidate, query, source, params=params))
    return seek.sought(query, source, pairs, variant=candidate.variant)


def _nearest_first(hits: Hits) -> npt.NDArray[np.int64]:
    """Return rows by how alike they are: most features that agree, or nearest codes, first."""
    return np.argsort(-hits.agreeing if len(hits.agreeing) else hits.distances, kind="stable")


def _guess(candidate: Candidate) -> Line:
    """Return the line through the nearest codes, for stretches in which nothing can be timed."""
    hits = candidate.hits
    if hits.channel is Channel.SOUND and len(hits) > 1:
        rate, offset = np.polyfit(hits.query_times, hits.times, 1)
        return Line(round(float(rate), 4), float(offset))
    best = int(_nearest_first(hits)[0])
    return Line(1.0, float(hits.times[best] - hits.query_times[best]))


def _segment(run: Run, query: Strip, source: Strip, laying: Laying) -> Segment:
    usual = float(np.median(np.diff(query.times))) if len(query) > 1 else FRAME
    start, shown = float(query.times[run.first]), float(query.times[run.last])
    told = start if run.since is None else float(query.times[run.since])
    # A frame lasts until the next one; a long gap is a broken file's and not part of it.
    after = float(query.times[run.last + 1]) if run.last + 1 < len(query) else np.inf
    stop = after if after - shown <= LONGEST_FRAME else shown + usual
    # Played backwards, a frame ends where forwards it begins.
    turned = usual * -run.line.rate if run.line.rate < 0 else 0.0
    edges = sorted(run.line.offset + run.line.rate * time + turned for time in (start, stop))
    low = max(0.0, edges[0])
    middle = (run.first + run.last) // 2
    beside = int(nearest(source.times, run.line.at(query.times[[middle]]))[0])
    query_box, source_box = boxes(query, source, laying, (middle, beside))
    lies = across(query, source, laying, (middle, beside))
    return Segment(
        query=Interval(start, stop),
        source=Interval(low, max(edges[1], low + 1e-3)),
        rate=run.line.rate,
        channel=Channel.PICTURE,
        variant=laying.variant,
        confidence=confidence.held(run.likeness)
        if run.line.rate == 0 and run.motion is None
        else confidence.pictures(
            run.likeness,
            run.motion,
            stop - told if run.clear is None else run.clear,
        ),
        frame_exact=run.motion is not None,
        query_box=query_box,
        source_box=source_box,
        likeness=run.likeness,
        motion=run.motion,
        visible=laying.visible,
        clear=run.clear,
        inside=rounded(query.boxes[middle, 0].astype(np.float64)),
        source_inside=rounded(source.boxes[beside, 0].astype(np.float64)),
        across=tuple(map(float, lies.ravel())),
        degrees=turn(lies, query.aspect, source.aspect, mirrored=TURNED[laying.variant][0]),
    )
