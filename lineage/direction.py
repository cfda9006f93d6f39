"""Which of two files that show the same was made from the other: signs, weighed.

What was made from something contains nothing that this lacked: no more of the scene, no longer a
shot, no finer detail, no colour that was gone; what it has besides is laid over it or put around
it. Each sign says how clearly the query lacks what the source has, and the other way round. That
each lacks something of the other is the mark of siblings.

The signs are weighed by multinomial logistic regression, alike for both ways: a weight is the
logarithm of by how much a sign makes one relation likelier than another. `benchmarks.descent` fits
them to chains of copies of which it is known who was made from whom, and tests them on others.

Source: Dias, Rocha and Goldenstein, "Image phylogeny by minimal spanning trees", IEEE Transactions
on Information Forensics and Security 7, 2012: what one file says of another is not symmetric.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log2
from statistics import median_low

import numpy as np
import numpy.typing as npt

from index.values import WHOLE, Box, Channel, Media
from lineage.derivations import ACTIONS, UNDONE, Cue, Derivation, Direction, Relation, Sign
from lineage.evidence import Manner, Revealed
from lineage.findings import Finding, Kind
from lineage.values import Segment, Source

GOES_ON, ENDS = 0.3, 0.2
"""Seconds for which a file must go on where the other ends, and within which that ends."""
SLACK, CLEAR = 0.02, 0.1
"""Share of a picture that may be missing by the laying alone, and one that is clearly missing."""
NONE, SEAM = 1.5, 2.5
"""How many times more a picture changes across an edge than beside it where it goes on, and where
it does not."""
FINER = 0.5
"""Octaves of the sharpest detail that are clearly more."""
ADDED = frozenset({Kind.CAPTION_ADDED, Kind.OVERLAY_ADDED})
REMOVED = frozenset({Kind.CAPTION_REMOVED, Kind.OVERLAY_REMOVED})


@dataclass(frozen=True, slots=True)
class Weight:
    """What a sign counts for, where it speaks as clearly as it can.

    Attributes:
        nearer: For the file that it says is nearer to the footage being the parent.
        farther: Against the other one being it.
        neither: For neither being it.
    """

    nearer: float
    farther: float
    neither: float


@dataclass(frozen=True, slots=True)
class DirectionParams:
    """When a relation is decided.

    Attributes:
        weights: What the signs count for.
        neither: Logarithm of how many times likelier siblings are, if no sign speaks, than that one
            of both was made from the other.
        decided: Least probability of what is decided.
    """

    weights: Mapping[Sign, Weight]
    neither: float
    decided: float = 0.95


WEIGHTS: Mapping[Sign, Weight] = {
    Sign.LONGER: Weight(2.85, 5.51, 2.66),
    Sign.WIDER: Weight(1.51, 2.53, 1.02),
    Sign.LAYERS: Weight(1.2, 1.53, 0.33),
    Sign.DETAIL: Weight(0.71, 1.21, 0.5),
    Sign.COLOURS: Weight(0.7, 1.19, 0.48),
    Sign.BITS: Weight(1.38, 1.49, 0.1),
}
DEFAULT = DirectionParams(WEIGHTS, -1.0)
"""Fitted by `benchmarks.descent` to 352 pairs of copies of 44 films; a test holds them to that. Of
240 pairs of other films 15 of 180 arrows are decided, all rightly, and 2 pairs of siblings wrongly.
"""


@dataclass(frozen=True, slots=True)
class Kin:
    """What is known of a query and a source that show the same.

    Attributes:
        query: What the query holds.
        source: What the source holds.
        shown: The stretches that both show, by the query's time; never empty.
        manners: How the query's pixels differ from the source's, stretch by stretch.
        findings: What was done to the source, if the query was made from it.
        sizes: Bytes of the query's file and of the source's; None where one is not known.
    """

    query: Media
    source: Media
    shown: Sequence[Segment]
    manners: Sequence[Manner] = ()
    findings: Sequence[Finding] = ()
    sizes: tuple[int, int] | None = None


def longer(kin: Kin) -> Cue:
    """Tell by the ends of what both show: a file that goes on where the other ends was there first.

    Where both go on, something else follows in one of them, and nothing is told. Neither is it of
    stretches in which nothing moves: these may be of any moment.
    """
    shown = [one for one in kin.shown if one.frame_exact]
    if not shown:
        return Cue(Sign.LONGER, 0.0, 0.0)
    first, last = shown[0], shown[-1]
    after = kin.source.duration
    begins = first.source.start if first.rate >= 0 else after - first.source.end
    goes_on = after - last.source.end if last.rate >= 0 else last.source.start
    ends = ((first.query.start, begins), (kin.query.duration - last.query.end, goes_on))
    on = [
        (there > GOES_ON and here < ENDS, here > GOES_ON and there < ENDS) for here, there in ends
    ]
    return Cue(Sign.LONGER, *(sum(side) / len(ends) for side in zip(*on, strict=True)))


def wider(kin: Kin) -> Cue:
    """Tell by what lies beyond the other's frame: a crop cannot be widened.

    Bars are no part of a picture, nor is what begins at a seam.
    """
    one = _longest(kin)
    if one.across is None:
        return Cue(Sign.WIDER, 0.0, 0.0)
    there = np.vstack([np.reshape(one.across, (2, 3)), [0.0, 0.0, 1.0]])
    back = np.linalg.inv(there)
    sides = (
        (_beyond(one.source_inside or WHOLE, there), [each.source_seam for each in kin.manners]),
        (_beyond(one.inside or WHOLE, back), [each.seam for each in kin.manners]),
    )
    return Cue(
        Sign.WIDER,
        *(_within((beyond - SLACK) / CLEAR) * _goes_on(seams) for beyond, seams in sides),
    )


def layers(kin: Kin) -> Cue:
    """Tell by what lies over the pictures: what it hides cannot be had back."""
    sure = (
        max((one.confidence for one in kin.findings if one.kind in kinds), default=0.0)
        for kinds in (ADDED, REMOVED)
    )
    return Cue(Sign.LAYERS, *sure)


def detail(kin: Kin) -> Cue:
    """Tell by the finest detail: what is lost cannot be had back."""
    return _one_way(Sign.DETAIL, _median([log2(one.sharpness) for one in kin.manners]) / FINER)


def colours(kin: Kin) -> Cue:
    """Tell by colour: what is grey cannot be coloured again."""
    return _one_way(Sign.COLOURS, _median([log2(one.colours) for one in kin.manners]))


def bits(kin: Kin) -> Cue:
    """Tell by the bytes that a second of what both show takes: most copies are made to be small."""
    return _one_way(Sign.BITS, _heavier(kin))


CUES: Mapping[Sign, Callable[[Kin], Cue]] = {
    Sign.LONGER: longer,
    Sign.WIDER: wider,
    Sign.LAYERS: layers,
    Sign.DETAIL: detail,
    Sign.COLOURS: colours,
    Sign.BITS: bits,
}


def cues(kin: Kin) -> list[Cue]:
    """Return what each sign says."""
    return [tell(kin) for tell in CUES.values()]


def direction(found: Sequence[Cue], *, params: DirectionParams = DEFAULT) -> Direction:
    """Return how likely each relation is, by what signs say.

    Args:
        found: One cue for each sign.
        params: What they count for.
    """
    onward = back = 0.0
    siblings = params.neither
    for cue in found:
        weight = params.weights[cue.sign]
        onward += weight.nearer * cue.source - weight.farther * cue.query
        back += weight.nearer * cue.query - weight.farther * cue.source
        siblings += weight.neither * (cue.source + cue.query)
    most = max(onward, back, siblings)
    odds = [exp(each - most) for each in (onward, back, siblings)]
    return Direction(*(each / sum(odds) for each in odds))


def derivations(
    query: Media,
    sources: Sequence[Source],
    revealed: Sequence[Revealed],
    findings: Sequence[Finding],
    sizes: Sequence[tuple[int, int] | None],
) -> list[Derivation]:
    """Return how the query and each of its sources are related.

    Args:
        query: What the query holds.
        sources: Best first.
        revealed: What the pixels of their stretches say.
        findings: What was done to them, if the query was made from them.
        sizes: Of each source, bytes of the query's file and of its own; None where not known.
    """
    return [
        derivation(
            index,
            source,
            Kin(
                query,
                source.asset.media,
                sorted(source.segments, key=lambda one: one.query),
                [one.manner for one in revealed if one.index == index and one.manner],
                [one for one in findings if one.source_index == index],
                sizes[index],
            ),
        )
        for index, source in enumerate(sources)
    ]


def derivation(
    index: int, source: Source, kin: Kin, *, params: DirectionParams = DEFAULT
) -> Derivation:
    """Return how the query and a source are related.

    Nothing is decided where no pixels were compared, and of sound.

    Args:
        index: Of the source among the report's.
        source: The source.
        kin: What is known of both.
        params: When a relation is decided.
    """
    undecided = Derivation(index, source.channel, Relation.UNDETERMINED, source.confidence)
    if source.channel is not Channel.PICTURE or not kin.manners:
        return undecided
    if not kin.findings:
        return replace(undecided, relation=Relation.DUPLICATE)
    found = [cue for cue in cues(kin) if cue.speaks]
    odds = direction(found, params=params)
    sure = max(odds.onward, odds.back, odds.siblings)
    if sure < params.decided:
        return replace(undecided, cues=tuple(found), odds=odds)
    if sure == odds.siblings:
        undecided = replace(undecided, cues=tuple(found), odds=odds)
        return replace(undecided, relation=Relation.SIBLINGS, confidence=sure)
    backwards = sure == odds.back
    kinds = dict.fromkeys(one.kind for one in kin.findings)
    done = [UNDONE[kind] for kind in kinds if kind in UNDONE] if backwards else list(kinds)
    return Derivation(
        index,
        source.channel,
        Relation.DERIVED,
        sure,
        backwards,
        tuple(dict.fromkeys(ACTIONS[kind] for kind in done)),
        tuple(found),
        odds,
    )


def _one_way(sign: Sign, octaves: float) -> Cue:
    """Return the cue of a measure of which more is nearer to the footage.

    Args:
        sign: Which.
        octaves: By how often the query's is doubled to be the source's, less than 0 where it has
            less.
    """
    return Cue(sign, _within(-octaves), _within(octaves))


def _heavier(kin: Kin) -> float:
    """Return by how many octaves of a side's pixels the query takes more bytes; 0 if not known."""
    if kin.sizes is None:
        return 0.0
    one = _longest(kin)
    boxes = (one.query_box or WHOLE, one.source_box or WHOLE)
    lengths = (kin.query.duration, kin.source.duration)
    ours, theirs = (
        size / max(length, 1e-3) * box.area
        for size, length, box in zip(kin.sizes, lengths, boxes, strict=True)
    )
    return log2(max(ours, 1.0) / max(theirs, 1.0)) / 2


def _longest(kin: Kin) -> Segment:
    return max(kin.shown, key=lambda one: one.query.length)


def _goes_on(seams: Sequence[float]) -> float:
    """Return how clearly a picture goes on beyond a box; 0 where that is not known."""
    return _within((SEAM - _median(seams)) / (SEAM - NONE)) if seams else 0.0


def _beyond(picture: Box, lies: npt.NDArray[np.float64]) -> float:
    """Return the share of a picture that lies beyond the other's frame.

    Args:
        picture: What of its frame is picture.
        lies: float64 (3, 3), where places of the other's frame lie in this one's.
    """
    corners = np.array([[x, y, 1.0] for x in (0.0, 1.0) for y in (0.0, 1.0)]) @ lies.T
    (x0, y0), (x1, y1) = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
    wide = min(picture.x1, x1) - max(picture.x0, x0)
    high = min(picture.y1, y1) - max(picture.y0, y0)
    return 1.0 - float(max(0.0, wide) * max(0.0, high)) / picture.area


def _median(values: Sequence[float]) -> float:
    """Return the median, of two in the middle the lower one; 0 of none."""
    return median_low(values) if values else 0.0


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))
