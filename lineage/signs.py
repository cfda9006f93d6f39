"""What tells which of two files that show the same is nearer to the footage: one function a sign.

What was made from something contains nothing that this lacked: no more of the scene, no longer a
shot, no finer detail, no colour that was gone; what it has besides is laid over it or put around
it. Each sign says how clearly the query lacks what the source has, and the other way round.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import median_low

import numpy as np
import numpy.typing as npt

from index.values import WHOLE, Box, Media
from lineage.derivations import Cue, Sign
from lineage.evidence import Manner, Stirs
from lineage.findings import Finding, Kind
from lineage.values import Segment

GOES_ON, ENDS = 0.3, 0.2
"""Seconds for which a file must go on where the other ends, and within which that ends."""
SLACK, CLEAR = 0.02, 0.1
"""Share of a picture that may be missing by the laying alone, and one that is clearly missing."""
NONE, SEAM = 1.5, 2.5
"""How many times more a picture changes across an edge than beside it where it goes on, and where
it does not."""
FINER, ENLARGED = 0.5, 0.9
"""Octaves of the sharpest detail that are clearly more, and share of the source's frame that the
query must show for its own detail to count."""
FEW, OFTEN = 0.005, 0.1
"""Share of the changes in what stands still of which the other file has nothing: such as comes of
how both lie over one another, and such as is clear."""
MANY = 500
"""So many changes say all that they can."""
ADDED = frozenset({Kind.CAPTION_ADDED, Kind.OVERLAY_ADDED})
REMOVED = frozenset({Kind.CAPTION_REMOVED, Kind.OVERLAY_REMOVED})

UNSTIRRED = Stirs()
"""Nothing is known of what stands still."""


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
        stirs: How often what stands still changes all the same, in both and in one alone.
    """

    query: Media
    source: Media
    shown: Sequence[Segment]
    manners: Sequence[Manner] = ()
    findings: Sequence[Finding] = ()
    sizes: tuple[int, int] | None = None
    stirs: Stirs = UNSTIRRED


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
    """Tell by the finest detail, where either is sharpest: what is lost cannot be had back."""
    kept = ([one.sharpness for one in kin.manners], [one.source_sharpness for one in kin.manners])
    ours, theirs = (_within(-_median([log2(each) for each in side]) / FINER) for side in kept)
    return Cue(Sign.DETAIL, ours, 0.0 if _enlarged(kin) else theirs)


def colours(kin: Kin) -> Cue:
    """Tell by colour: what is grey cannot be coloured again."""
    return _one_way(Sign.COLOURS, _median([log2(one.colours) for one in kin.manners]))


def bits(kin: Kin) -> Cue:
    """Tell by the bytes that a second of what both show takes: most copies are made to be small."""
    return _one_way(Sign.BITS, _heavier(kin))


def stirs(kin: Kin) -> Cue:
    """Tell by what stands still: a child changes there only when its parent does."""
    return Cue(
        Sign.STIRS, *(_apart(kin.stirs, each) for each in (kin.stirs.source, kin.stirs.query))
    )


CUES: Mapping[Sign, Callable[[Kin], Cue]] = {
    Sign.LONGER: longer,
    Sign.WIDER: wider,
    Sign.LAYERS: layers,
    Sign.DETAIL: detail,
    Sign.COLOURS: colours,
    Sign.BITS: bits,
    Sign.STIRS: stirs,
}


def cues(kin: Kin) -> list[Cue]:
    """Return what each sign says."""
    return [tell(kin) for tell in CUES.values()]


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


def _apart(stirs: Stirs, alone: int) -> float:
    """Return how clearly one of both changes where the other stays as it is."""
    share = (alone + 0.5) / (stirs.both + alone + 1)
    return _known(stirs) * _within(log2(share / FEW) / log2(OFTEN / FEW))


def _known(stirs: Stirs) -> float:
    """Return how well it is known what changes in what stands still."""
    return _within((stirs.both + stirs.query + stirs.source) / MANY)


def _longest(kin: Kin) -> Segment:
    return max(kin.shown, key=lambda one: one.query.length)


def _enlarged(kin: Kin) -> bool:
    """Return whether a part of the source fills the query, so that it has fewer pixels there."""
    across = _longest(kin).across
    if across is None:
        return False
    (a, b, _), (c, d, _) = np.reshape(across, (2, 3)).tolist()
    return bool(abs(a * d - b * c) < ENLARGED)


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
