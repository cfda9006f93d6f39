"""A closer look at what is shown small: only the part of a frame that shows it is compared.

Frames are compared as small squares. A picture in the corner of a wide frame, or a tall cut out of
one, is left with few of its pixels, so what moves in it is lost; cut out before it is made small it
keeps them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.values import STRIP_SIDE, WHOLE, Box
from lineage.laying import VIEW_SIDE, rounded, turning
from lineage.values import Candidate, Segment

SMALL = 1.25 * VIEW_SIDE / STRIP_SIDE
"""Share of a frame's side under which a part has hardly as many pixels as are compared."""
type Square = npt.NDArray[np.float64]
"""A map as (3, 3), to be multiplied."""


@dataclass(frozen=True, slots=True)
class Views:
    """The parts of both files' frames that are looked at."""

    query: Box = WHOLE
    source: Box = WHOLE


def worth(segments: Sequence[Segment], least: float) -> Segment | None:
    """Return the stretch, of those not proven, that a closer look may prove; None if none.

    Args:
        segments: What was seen of a candidate.
        least: Likeness it must have.
    """
    alike = [one for one in segments if (one.likeness or 0.0) >= least]
    best = max(alike, key=lambda one: one.query.length, default=None)
    return None if best is None or views(best) == Views() else best


def views(segment: Segment) -> Views:
    """Return the part of either frame that is looked at: where it is small, what is compared."""
    return Views(_part(segment.query_box), _part(segment.source_box))


def through(candidate: Candidate, segment: Segment, seen: Views) -> Candidate:
    """Return a candidate with its guess how frames lie told of what is looked at.

    Args:
        candidate: What was looked at.
        segment: How it lies so far.
        seen: The parts.
    """
    lies = np.linalg.inv(_square(seen.source)) @ _lying(segment) @ _square(seen.query)
    maps = np.tile((lies @ turning(candidate.variant))[:2], (len(candidate.hits), 1, 1))
    return replace(candidate, hits=replace(candidate.hits, maps=maps))


def back(found: Segment, segment: Segment, seen: Views) -> Segment:
    """Return what was found in parts of frames as it lies in the frames.

    Args:
        found: The stretch as it was seen.
        segment: What was known of it before.
        seen: The parts.
    """
    lies = _square(seen.source) @ _lying(found) @ np.linalg.inv(_square(seen.query))
    return replace(
        found,
        query_box=_within(found.query_box, seen.query),
        source_box=_within(found.source_box, seen.source),
        across=tuple(map(float, lies[:2].ravel())),
        inside=segment.inside if seen.query != WHOLE else found.inside,
        source_inside=segment.source_inside if seen.source != WHOLE else found.source_inside,
    )


def _part(box: Box | None) -> Box:
    small = box is not None and min(box.x1 - box.x0, box.y1 - box.y0) < SMALL
    return box if box is not None and small else WHOLE


def _lying(segment: Segment) -> Square:
    if segment.across is None:
        raise ValueError("no pictures of this stretch were compared")
    return np.vstack([np.reshape(segment.across, (2, 3)), [0.0, 0.0, 1.0]])


def _square(box: Box) -> Square:
    """Return where places of a part lie in the frame, both as shares."""
    return np.array([[box.x1 - box.x0, 0, box.x0], [0, box.y1 - box.y0, box.y0], [0, 0, 1.0]])


def _within(box: Box | None, view: Box) -> Box | None:
    if box is None:
        return None
    wide, high = view.x1 - view.x0, view.y1 - view.y0
    low = np.array([view.x0, view.y0] * 2)
    return rounded(low + np.array([box.x0, box.y0, box.x1, box.y1]) * [wide, high, wide, high])
