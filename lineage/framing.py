"""What a query and one source share by how they are framed, and another source lacks.

A band of words, a border or a margin that both show and the third does not, or the same crop of it,
was not made twice by chance: what they share did not come to the one from the other by way of the
third. Source: Hennig, "Phylogenetic Systematics", 1966: by what is new and shared, kin is known.
"""

from dataclasses import dataclass

import numpy as np

from index.values import WHOLE
from lineage.values import Segment


@dataclass(frozen=True, slots=True)
class FramingParams:
    """When framing says that two share something.

    Attributes:
        more: Share of the query's frame that one source shows and the other does not.
        same: Share of a side by which two frames may be off that are the same: one that is laid
            over the other is off by a third of that.
        cropped: Share of a source that must be cut off on both axes, or on one to one side: a frame
            that is narrowed to its middle alone is what many a program makes.
        centred: Share of a side within which both margins are alike.
    """

    more: float = 0.06
    same: float = 0.012
    cropped: float = 0.02
    centred: float = 0.02


def lacks(one: Segment, other: Segment, *, params: FramingParams = FramingParams()) -> bool:
    """Return whether the query and one source share something that another source lacks.

    Args:
        one: How the query shows the one.
        other: How it shows the other, at the same time.
        params: When that is said.
    """
    inside = one.inside or WHOLE
    ours, theirs = ((each.query_box or WHOLE).common(inside) for each in (one, other))
    if ours - theirs >= params.more * inside.area:
        return True
    return _same(one, params) and _cropped(other, params)


def _same(one: Segment, params: FramingParams) -> bool:
    """Return whether query and source are framed alike."""
    edges = _edges(one)
    return edges is not None and max(map(abs, edges)) <= params.same


def _cropped(one: Segment, params: FramingParams) -> bool:
    """Return whether the query cuts off what no program does by itself."""
    edges = _edges(one)
    if edges is None:
        return False
    left, top, right, bottom = edges
    if min(edges) < -params.same:  # the query shows more than the source there
        return False
    cut = [first + last >= params.cropped for first, last in ((left, right), (top, bottom))]
    aside = [abs(first - last) > params.centred for first, last in ((left, right), (top, bottom))]
    return all(cut) or any(here and there for here, there in zip(cut, aside, strict=True))


def _edges(one: Segment) -> tuple[float, float, float, float] | None:
    """Return what the query cuts off the source: left, top, right, bottom; shares of its sides."""
    if one.across is None:
        return None
    frame, there = one.inside or WHOLE, one.source_inside or WHOLE
    corners = np.array([[x, y, 1.0] for x in (frame.x0, frame.x1) for y in (frame.y0, frame.y1)])
    places = corners @ np.reshape(one.across, (2, 3)).T
    (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
    width, height = there.x1 - there.x0, there.y1 - there.y0
    return (
        float(x0 - there.x0) / width,
        float(y0 - there.y0) / height,
        float(there.x1 - x1) / width,
        float(there.y1 - y1) / height,
    )
