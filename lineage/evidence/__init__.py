"""What differs between a stretch of the query and its source, pixel beside pixel.

The source's pictures are laid over the query's, given its tones, and subtracted; what is left is
measured by what is to be expected there, and gathered into tracks. Where both cannot be laid over
one another, nothing is claimed.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from index.values import WHOLE, Box, Interval
from lineage.evidence import edges, registration
from lineage.evidence.heads import head
from lineage.evidence.registration import RegisterParams
from lineage.evidence.residuals import ResidualParams, Residuals, residuals
from lineage.evidence.tracks import Moments, TrackParams, differing
from lineage.evidence.values import Beside, Evidence, Head, Matrix, Revealed, Track
from lineage.values import Segment

__all__ = [
    "Beside",
    "Evidence",
    "EvidenceParams",
    "Head",
    "Revealed",
    "Track",
    "compared",
    "turn",
]

EDGE, BAND = 0.03, 0.6
"""Share of a side that two edges may be apart, and of the picture that bands must leave."""


@dataclass(frozen=True, slots=True)
class EvidenceParams:
    """How pixels are compared.

    Attributes:
        register: How both are laid over one another.
        residual: What difference is to be expected.
        track: What counts as a track.
        lost: The same where detail is missing.
        agree: Agreement under which nothing is claimed.
        falls: By how much a moment's may lie under the usual one.
    """

    register: RegisterParams = field(default_factory=RegisterParams)
    residual: ResidualParams = field(default_factory=ResidualParams)
    track: TrackParams = field(default_factory=TrackParams)
    lost: TrackParams = field(default_factory=lambda: TrackParams(strong=3.5, weak=1.5))
    agree: float = 0.8
    falls: float = 0.15


def compared(
    beside: Beside,
    segment: Segment,
    within: Interval,
    *,
    params: EvidenceParams = EvidenceParams(),
) -> Evidence:
    """Return what differs in a part of a segment.

    Args:
        beside: Moments of it.
        segment: How both lie over one another; `across` is known.
        within: The part.
        params: See there.
    """
    agreement, found = _residuals(beside, segment, params)
    if found is None:
        return Evidence((), agreement)
    size = (beside.query.shape[2], beside.query.shape[1])
    moments = Moments(beside.times, within, size)
    told = differing(found, moments, params=params.track, lost=params.lost)
    named = (replace(track, head=head(track, beside, found)) for track in told)
    return Evidence(tuple(named), agreement, found.manner)


def turn(
    beside: Beside,
    segment: Segment,
    track: Track,
    *,
    params: EvidenceParams = EvidenceParams(),
) -> int | None:
    """Return the moment from which on what a track tells is there, or is there no more.

    Args:
        beside: Moments around that one, close to one another.
        segment: How both lie over one another; `across` is known.
        track: What differs.
        params: See there.

    Returns:
        Its index; None where no moment parts the others clearly.
    """
    _, found = _residuals(beside, segment, params)
    if found is None:
        return None
    cells = found.losses if track.faded else found.multiples
    return edges.step(edges.heights(cells, track.box))


def _residuals(
    beside: Beside, segment: Segment, params: EvidenceParams
) -> tuple[float, Residuals | None]:
    """Return how well both agree, and by how much they differ; None where that says nothing."""
    laid = registration.registered(
        beside,
        _matrix(segment, beside),
        segment.query_box or WHOLE,
        _whole(segment),
        inverted=segment.variant == "negative",
        params=params.register,
    )
    found = residuals(laid, params=params.residual) if laid.agreement >= params.agree else None
    if found is None:
        return laid.agreement, None
    # At a cut a moment may be of another shot than the source's frames around it.
    usual = np.median(laid.agreements)
    fits = (laid.agreements >= usual - params.falls)[:, None, None]
    multiples, losses = (np.where(fits, cells, 0) for cells in (found.multiples, found.losses))
    return laid.agreement, replace(found, multiples=multiples, losses=losses)


def _whole(segment: Segment) -> Box:
    """Return what may show the source: a band with words may lie over it or beside it."""
    shown, inside = segment.query_box or WHOLE, segment.inside or WHOLE
    gaps = (
        shown.x0 - inside.x0,
        shown.y0 - inside.y0,
        inside.x1 - shown.x1,
        inside.y1 - shown.y1,
    )
    one_side = sum(gap > EDGE for gap in gaps) <= 1
    return inside if one_side and shown.area >= BAND * inside.area else shown


def _matrix(segment: Segment, beside: Beside) -> Matrix:
    """Return the segment's map as one between pixels."""
    if segment.across is None:
        raise ValueError("no pictures of this segment were compared")
    shares = np.reshape(segment.across, (2, 3))
    height, width = beside.query.shape[1:3]
    high, wide = beside.source.shape[1:3]
    onto, inside = np.diag([wide, high]), np.diag([1 / width, 1 / height])
    linear = onto @ shares[:, :2] @ inside
    # Pixel centres lie at halves.
    shift = onto @ (shares[:, :2] @ (inside @ [0.5, 0.5]) + shares[:, 2]) - 0.5
    return np.vstack([np.column_stack([linear, shift]), [0.0, 0.0, 1.0]])
