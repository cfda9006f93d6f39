"""A candidate to segments: frame-exact times, and whether the pictures bear them out.

What the codes suggest is looked at in the pictures themselves. A stretch in which something moves
is proven when it moves in step with the source; a still one when its pictures are almost equal,
and then its place in time is only likely.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.values import Channel, Hits, Interval, Map, Strip
from lineage import align, confidence, register
from lineage.align import AlignParams, Run
from lineage.lines import Film, Line, nearest
from lineage.register import Laying, RegisterParams
from lineage.values import Candidate, Segment

ALIGN = AlignParams()
FEWEST = 2
"""Frames that can be aligned."""
LONGEST_FRAME = 5.0
"""Seconds a frame may be shown before the time until the next counts as missing; chosen."""
SHIFTS = (0.25, 0.0625, 0.02)
"""Seconds by which times are tried, coarse to fine, four times to either side."""
QUICK = RegisterParams(pairs=2, worth=0.0)
"""How a map is fitted to each of them."""
CLEARLY = 0.002
"""Correlation by which another time must fit better."""
WHOLE = 0.9
"""Share of a frame that counts as all of it."""


@dataclass(frozen=True, slots=True)
class ProveParams:
    """What is enough to call a stretch proven.

    Attributes:
        moving: Least motion correlation where something moves. Of 306 stretches of made clips that
            were placed rightly 303 had 0.7 or more; of those placed wrongly, most of them the same
            camera at another time, none had more than 0.52.
        alike: Least likeness there: letters and cuts move in step with other letters and cuts. Of
            the stretches placed rightly none had less than 0.72, of those placed wrongly that moved
            in step none more than 0.52.
        surely: Motion correlation from which on a part of the picture may be hidden.
        hidden: Least likeness then.
        still: Least likeness where nothing moves.
        still_part: The same where only a part of one frame is compared: a few words on a card are
            like the same words elsewhere.
        shortest_still: Seconds that a stretch in which nothing moves must last: everyone sits
            still for a moment.
        pairs: Nearest codes by which the pictures are laid over one another.
        maps: Pairs of frames whose features' word is heard how they lie.
        gap: Seconds that may lie between two segments that are one.
        jump: Seconds by which the source's clock may jump between them.
        bend: Difference in rate between them.
        unseen: Bound of the confidence where no pictures could be compared.
        edge: Seconds from the end of what was looked at within which a segment may go on beyond.
        further: Seconds that are then added.
    """

    moving: float = 0.6
    alike: float = 0.62
    surely: float = 0.85
    hidden: float = 0.55
    still: float = 0.9
    still_part: float = 0.95
    shortest_still: float = 1.0
    pairs: int = 24
    maps: int = 6
    gap: float = 0.3
    jump: float = 0.07
    bend: float = 0.02
    unseen: float = 0.5
    edge: float = 0.5
    further: float = 12.0


def examine(
    candidate: Candidate,
    query: Strip,
    source: Strip,
    *,
    params: ProveParams = ProveParams(),
    align_params: AlignParams = ALIGN,
) -> list[Segment]:
    """Return the stretches of the query that lie on lines with the candidate's asset, by time.

    Whether they are proven is `proven`'s business.

    Args:
        candidate: Where to look.
        query: All frames of the query.
        source: The asset's frames in the candidate's stretch.
        params: See there.
        align_params: See there.
    """
    near = _within(query, candidate.query)
    if min(len(near), len(source)) < FEWEST:
        return []
    pairs = _pairs(candidate, near, source, params=params)
    laying = register.lay(
        near, source, pairs, variant=candidate.variant, maps=_maps(candidate, params=params)
    )
    guess = _guess(candidate)
    runs = align.align(*_films(near, source, laying), [guess], params=align_params)
    if laying.panel is not None:
        laying, runs = _settled(near, source, laying, runs, align_params=align_params)
    beside = _beside(runs, near, source)
    finer = register.refined(near, source, beside or pairs, laying)
    if finer is not laying:
        told = [*(run.line for run in runs), guess]
        again = align.align(
            *_films(near, source, finer), told, search=not beside, params=align_params
        )
        if _weight(again) > _weight(runs):
            laying, runs = finer, again
    return [_segment(run, near, source, laying) for run in runs]


def proven(segment: Segment, *, params: ProveParams = ProveParams()) -> bool:
    """Return whether a segment's pictures bear it out."""
    return strength(segment, params=params) >= 1.0


def strength(segment: Segment, *, params: ProveParams = ProveParams()) -> float:
    """Return what a segment's pictures show, as a multiple of what a proof needs.

    Of the measures that are needed the one that falls shortest counts.
    """
    alike = (segment.likeness or 0.0) / likeness_needed(segment, params=params)
    if segment.motion is None:
        return min(alike, segment.query.length / params.shortest_still)
    return min(alike, segment.motion / params.moving)


def likeness_needed(segment: Segment, *, params: ProveParams = ProveParams()) -> float:
    """Return the least likeness that lets a segment's pictures bear it out."""
    if segment.motion is not None:
        return params.hidden if segment.motion >= params.surely else params.alike
    boxes = (segment.query_box, segment.source_box)
    whole = all(box is None or box.area >= WHOLE for box in boxes)
    return params.still if whole else params.still_part


def joined(segments: Iterable[Segment], *, params: ProveParams = ProveParams()) -> list[Segment]:
    """Return one asset's segments by time, those that go on where another ends made one.

    Of two that overlap the surer one keeps the time.
    """
    kept: list[Segment] = []
    for segment in sorted(segments, key=lambda one: (-one.confidence, -one.query.length)):
        covered = sum(other.query.overlap(segment.query) for other in kept)
        if covered <= 0.5 * segment.query.length:
            kept.append(segment)
    chain: list[Segment] = []
    for segment in sorted(kept, key=lambda one: one.query):
        if chain and _continues(chain[-1], segment, params=params):
            chain[-1] = _one(chain[-1], segment)
        else:
            chain.append(segment)
    return chain


def guessed(candidate: Candidate, *, params: ProveParams = ProveParams()) -> Segment:
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
            params.unseen * (1 - near / 100) * (1 - 0.7 ** max(0, candidate.votes - 1)), 4
        ),
        frame_exact=False,
    )


def widened(
    candidate: Candidate,
    segments: Sequence[Segment],
    *,
    query_end: float,
    source_end: float,
    params: ProveParams = ProveParams(),
) -> Candidate | None:
    """Return the candidate with more room where a segment runs into its edge, or None.

    Args:
        candidate: What was looked at.
        segments: What was found in it.
        query_end: Length of the query.
        source_end: Length of the asset.
        params: See there.
    """
    query, source = candidate.query, candidate.source
    starts_early = any(
        one.query.start - query.start < params.edge and query.start > 0 for one in segments
    )
    ends_late = any(
        query.end - one.query.end < params.edge and query.end < query_end for one in segments
    )
    runs_before = any(
        one.source.start - source.start < params.edge and source.start > 0 for one in segments
    )
    runs_after = any(
        source.end - one.source.end < params.edge and source.end < source_end for one in segments
    )
    if not (starts_early or ends_late or runs_before or runs_after):
        return None
    more = params.further
    speed = max(1.0, *(abs(one.rate) for one in segments))
    return replace(
        candidate,
        query=Interval(max(0.0, query.start - more * starts_early), query.end + more * ends_late),
        source=Interval(max(0.0, source.start - more * speed), source.end + more * speed),
    )


def _films(query: Strip, source: Strip, laying: Laying) -> tuple[Film, Film]:
    """Return both strips as they are compared under a laying."""
    return (
        Film(query.times, register.views(query, laying, of_query=True)),
        Film(source.times, register.views(source, laying, of_query=False)),
    )


def _settled(
    query: Strip,
    source: Strip,
    laying: Laying,
    runs: list[Run],
    *,
    align_params: AlignParams,
) -> tuple[Laying, list[Run]]:
    """Return laying and runs with time and place told apart.

    Where the camera pans, a crop of one moment looks like another crop of another moment, so a map
    that two frames of different moments agreed on puts all others at the wrong time too. Only what
    moves by itself gives that away. So times around are tried, each with the map that fits it best.
    """
    pairs = _beside(runs, query, source)
    if not pairs:
        return laying, runs
    best = alike = register.fit(query, source, pairs, laying)
    shift, settled = 0.0, laying
    for step in SHIFTS:
        for moved in shift + step * np.arange(-4, 5):
            shifted = [
                (row, int(nearest(source.times, source.times[[column]] + moved)[0]))
                for row, column in pairs
            ]
            option = register.refined(query, source, shifted, settled, params=QUICK)
            found = register.fit(query, source, shifted, option)
            if found > best:
                best, shift, settled = found, moved, option
    if best < alike + CLEARLY:
        return laying, runs
    lines = [replace(run.line, offset=run.line.offset + shift) for run in runs]
    again = align.align(*_films(query, source, settled), lines, params=align_params)
    return (settled, again) if _weight(again) > _weight(runs) else (laying, runs)


def _beside(runs: Sequence[Run], query: Strip, source: Strip) -> list[tuple[int, int]]:
    """Return pairs of frames that moving runs put beside one another, spread over them."""
    rows = [row for run in runs if run.motion is not None for row in range(run.first, run.last + 1)]
    lines = {row: run.line for run in runs for row in range(run.first, run.last + 1)}
    chosen = rows[len(rows) // 12 :: max(1, len(rows) // 6)][:6]
    return [
        (row, int(nearest(source.times, lines[row].at(query.times[[row]]))[0])) for row in chosen
    ]


def _weight(runs: Sequence[Run]) -> float:
    """Return how much all runs explain, and how well."""
    return sum((run.last - run.first + 1) * (run.likeness + (run.motion or 0.0)) for run in runs)


def _within(strip: Strip, interval: Interval) -> Strip:
    keep = (strip.times >= interval.start) & (strip.times <= interval.end)
    return Strip(strip.times[keep], strip.pictures[keep], strip.boxes[keep])


def _pairs(
    candidate: Candidate, query: Strip, source: Strip, *, params: ProveParams
) -> list[tuple[int, int]]:
    """Return frames the codes say are alike, nearest codes first."""
    hits = candidate.hits
    order = _nearest_first(hits)[: params.pairs]
    left = nearest(query.times, hits.query_times[order])
    right = nearest(source.times, hits.times[order])
    return list(dict.fromkeys(zip(map(int, left), map(int, right), strict=True)))


def _maps(candidate: Candidate, *, params: ProveParams) -> list[Map]:
    """Return how the pairs of frames in which most features agree lie over one another."""
    hits = candidate.hits
    return [hits.maps[row] for row in _nearest_first(hits)[: params.maps] if len(hits.maps)]


def _nearest_first(hits: Hits) -> npt.NDArray[np.int64]:
    """Return rows by how alike they are: most features that agree, or nearest codes, first."""
    return np.argsort(-hits.agreeing if len(hits.agreeing) else hits.distances, kind="stable")


def _guess(candidate: Candidate) -> Line:
    """Return the line through the nearest codes, for stretches in which nothing can be timed."""
    hits = candidate.hits
    best = int(_nearest_first(hits)[0])
    return Line(1.0, float(hits.times[best] - hits.query_times[best]))


def _segment(run: Run, query: Strip, source: Strip, laying: Laying) -> Segment:
    usual = float(np.median(np.diff(query.times)))
    start, shown = float(query.times[run.first]), float(query.times[run.last])
    # A frame lasts until the next one; a long gap is a broken file's and not part of it.
    after = float(query.times[run.last + 1]) if run.last + 1 < len(query) else np.inf
    stop = after if after - shown <= LONGEST_FRAME else shown + usual
    # Played backwards, a frame ends where forwards it begins.
    turned = usual * -run.line.rate if run.line.rate < 0 else 0.0
    edges = sorted(run.line.offset + run.line.rate * time + turned for time in (start, stop))
    low = max(0.0, edges[0])
    middle = (run.first + run.last) // 2
    beside = int(nearest(source.times, run.line.at(query.times[[middle]]))[0])
    query_box, source_box = register.boxes(query, source, laying, (middle, beside))
    return Segment(
        query=Interval(start, stop),
        source=Interval(low, max(edges[1], low + 1e-3)),
        rate=run.line.rate,
        channel=Channel.PICTURE,
        variant=laying.variant,
        confidence=confidence.pictures(
            run.likeness, run.motion, stop - start, visible=query_box.area * source_box.area
        ),
        frame_exact=run.motion is not None,
        query_box=query_box,
        source_box=source_box,
        likeness=run.likeness,
        motion=run.motion,
    )


def _continues(a: Segment, b: Segment, *, params: ProveParams) -> bool:
    return (
        a.variant == b.variant
        and 0 <= b.query.start - a.query.end <= params.gap
        and abs(a.rate - b.rate) <= params.bend
        and abs(a.source_time(b.query.start) - b.source_time(b.query.start)) <= params.jump
    )


def _one(a: Segment, b: Segment) -> Segment:
    """Return two segments on one line as one; the surer one's figures stand for both."""
    surer = max(a, b, key=lambda one: (one.motion is not None, one.confidence))
    return replace(
        surer,
        query=Interval(a.query.start, b.query.end),
        source=Interval(min(a.source.start, b.source.start), max(a.source.end, b.source.end)),
        confidence=max(a.confidence, b.confidence),
    )
