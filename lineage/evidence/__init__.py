"""What differs between a stretch of the query and its source, pixel beside pixel.

The source's pictures are laid over the query's, given its tones, and subtracted; what is left is
measured by what is to be expected there, and gathered into tracks. Where both cannot be laid over
one another, nothing is claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, reduce

import numpy as np
import numpy.typing as npt

from index.values import WHOLE, Box, Interval, Picture
from lineage.evidence import edges, faces, registration, sharing
from lineage.evidence.bands import BandParams, bands
from lineage.evidence.heads import head
from lineage.evidence.manners import fill, manner
from lineage.evidence.offsets import offset
from lineage.evidence.registration import RegisterParams
from lineage.evidence.residuals import ResidualParams, Residuals, residuals
from lineage.evidence.seams import seam
from lineage.evidence.stirring import stirs
from lineage.evidence.tracks import Moments, TrackParams, differing, evened
from lineage.evidence.values import (
    CELL,
    HALF,
    Beside,
    Evidence,
    Head,
    Heats,
    Manner,
    Matrix,
    Registered,
    Revealed,
    Stirs,
    Track,
)
from lineage.values import Segment

__all__ = [
    "Beside",
    "Evidence",
    "EvidenceParams",
    "Head",
    "Heats",
    "Manner",
    "Registered",
    "Revealed",
    "Stirs",
    "Track",
    "aligned",
    "beyond",
    "compared",
    "heats",
    "overlaid",
    "stirring",
    "turns",
]

EDGE, BAND = 0.03, 0.6
"""Share of a side that two edges may be apart, and of the picture that bands must leave."""
BRIEF = 2
"""Moments by which the map is found where something begins or ends: they lie within a second."""
MINUTE = 0.05
"""No source is taken for smaller than that share of what the query shows of it."""


@dataclass(frozen=True, slots=True)
class EvidenceParams:
    """How pixels are compared.

    Attributes:
        register: How both are laid over one another.
        residual: What difference is to be expected.
        track: What counts as a track.
        lost: The same where detail is missing.
        band: What counts as a band beside the picture.
        agree: Agreement under which nothing is claimed.
        falls: By how much a moment's may lie under the usual one.
    """

    register: RegisterParams = field(default_factory=RegisterParams)
    residual: ResidualParams = field(default_factory=ResidualParams)
    track: TrackParams = field(default_factory=TrackParams)
    lost: TrackParams = field(default_factory=lambda: TrackParams(strong=3.5, weak=1.5))
    band: BandParams = field(default_factory=BandParams)
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
    laid, found = _measured(beside, segment, params)
    if found is None:
        return Evidence((), laid.agreement)
    moments = Moments(beside.times, within, _size(beside.query))
    told = differing(found, moments, params=params.track, lost=params.lost)
    seen = cache(lambda at: faces.faces(beside.query[at]))
    named = (replace(track, head=head(track, beside, found, seen)) for track in told)
    shown, used = segment.query_box or WHOLE, segment.source_box or WHOLE
    details = (found.query_detail, found.source_detail)
    handled = replace(
        manner(laid, found.toned, details, found.compared),
        seam=seam(beside.query, shown),
        source_seam=seam(beside.source, used),
        fill=fill(beside.query, shown),
    )
    source = _size(beside.source)
    lies = _matrix(segment, moments.size, source)
    around = bands(beside.query, lies, source, within, params=params.band)
    off = offset(laid.query, found.toned, laid.shown)
    error = None if off is None else off / max(moments.size)
    return Evidence((*named, *around), laid.agreement, handled, error)


def turns(
    beside: Beside,
    segment: Segment,
    tracks: Sequence[Track],
    *,
    params: EvidenceParams = EvidenceParams(),
) -> list[int | None]:
    """Return the moment from which on what each track tells is there, or is there no more.

    Args:
        beside: Moments around that one, close to one another.
        segment: How both lie over one another; `across` is known.
        tracks: What differs.
        params: See there.

    Returns:
        Their indices; None where no moment parts the others clearly.
    """
    near = replace(params, register=replace(params.register, moments=BRIEF))
    _, found = _measured(beside, segment, near)
    if found is None:
        return [None] * len(tracks)
    return [
        edges.step(edges.heights(found.losses if one.faded else found.multiples, one.box))
        for one in tracks
    ]


def heats(
    beside: Beside,
    segment: Segment,
    within: Interval,
    *,
    params: EvidenceParams = EvidenceParams(),
) -> Heats | None:
    """Return by how much each part of the picture differs; None where nothing is claimed.

    Args:
        beside: Moments of a part of the segment.
        segment: How both lie over one another; `across` is known.
        within: The part.
        params: See there.
    """
    laid, found = _measured(beside, segment, params)
    if found is None:
        return None
    size = _size(beside.query)
    moments = Moments(beside.times, within, size)
    return Heats(
        laid.times,
        laid.source_times,
        np.stack([_shares(lies, size, _size(beside.source)) for lies in laid.maps]),
        evened(found.multiples, moments, params=params.track),
        evened(found.losses, moments, params=params.lost),
        found.compared,
        (CELL * HALF / size[0], CELL * HALF / size[1]),
    )


def overlaid(source: Picture, segment: Segment, size: tuple[int, int]) -> Picture:
    """Return a picture of the source as it lies over the query's; black where it ends.

    Args:
        source: uint8 (h, w, 3).
        segment: How it does; `across` is known.
        size: Width and height of the query's picture.
    """
    lies = _matrix(segment, size, (source.shape[1], source.shape[0]))
    return registration.moved(source, lies, size, ending=True)


def stirring(beside: Beside, segment: Segment) -> Stirs:
    """Return how often places that stand still change in both pictures, and in one alone.

    Args:
        beside: Frames of the segment that follow one another.
        segment: How both lie over one another; `across` is known.
    """
    lies = _matrix(segment, _size(beside.query), _size(beside.source))
    return stirs(beside, lies, segment.query_box or WHOLE)


def aligned(
    beside: Beside, segment: Segment, *, params: EvidenceParams = EvidenceParams()
) -> Registered | None:
    """Return both sides as they lie over one another; None where they hardly agree.

    Args:
        beside: Moments of the segment.
        segment: How both lie over one another; `across` is known.
        params: See there.
    """
    found = _registered(beside, segment, params)
    return found if found.agreement >= params.agree else None


def beyond(
    sources: Sequence[Registered], *, query: bool = True
) -> tuple[float, float, float] | None:
    """Return for each of three files how much the two others share beyond it, 0 to 1.

    Args:
        sources: How two or three sources lie over the query.
        query: Whether the query is the first of the three; else there are three sources.

    Returns:
        None where they are not compared at the same moments, or too little of them is alike.
    """
    times = reduce(np.intersect1d, [one.times for one in sources])
    if not len(times):
        return None
    at = [np.searchsorted(one.times, times) for one in sources]
    pictures = [one.source[each][..., 0] for one, each in zip(sources, at, strict=True)]
    if query:
        pictures = [sources[0].query[at[0]][..., 0], *pictures]
    shown = np.logical_and.reduce([one.shown for one in sources])
    # A source of half the query's size is not enlarged, for planes are half as large as pictures.
    scales = [float(np.sqrt(abs(np.linalg.det(one.maps[0][:2, :2])))) for one in sources]
    shrunk = max(1.0, *(1.0 / (HALF * max(scale, MINUTE)) for scale in scales))
    return sharing.beyond(pictures, shown, shrunk=shrunk)


def _measured(
    beside: Beside, segment: Segment, params: EvidenceParams
) -> tuple[Registered, Residuals | None]:
    """Return both as they lie over one another, and by how much they differ if that can be told."""
    laid = _registered(beside, segment, params)
    found = residuals(laid, params=params.residual) if laid.agreement >= params.agree else None
    if found is None:
        return laid, None
    # At a cut a moment may be of another shot than the source's frames around it.
    usual = np.median(laid.agreements)
    fits = (laid.agreements >= usual - params.falls)[:, None, None]
    multiples, losses = (np.where(fits, cells, 0) for cells in (found.multiples, found.losses))
    return laid, replace(found, multiples=multiples, losses=losses)


def _registered(beside: Beside, segment: Segment, params: EvidenceParams) -> Registered:
    return registration.registered(
        beside,
        _matrix(segment, _size(beside.query), _size(beside.source)),
        segment.query_box or WHOLE,
        _whole(segment),
        inverted=segment.variant == "negative",
        params=params.register,
    )


def _size(pictures: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """Return width and height of pictures (n, h, w, 3)."""
    return pictures.shape[2], pictures.shape[1]


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


def _matrix(segment: Segment, query: tuple[int, int], source: tuple[int, int]) -> Matrix:
    """Return the segment's map as one between pixels of pictures of these sizes."""
    if segment.across is None:
        raise ValueError("no pictures of this segment were compared")
    shares = np.vstack([np.reshape(segment.across, (2, 3)), [0.0, 0.0, 1.0]])
    return np.asarray(_pixels(source) @ shares @ np.linalg.inv(_pixels(query)), np.float64)


def _shares(lies: Matrix, query: tuple[int, int], source: tuple[int, int]) -> Matrix:
    """Return a map between pixels as one between shares of the frames, as a segment has it."""
    inside, outside = _pixels(query), _pixels(source)
    shares = np.linalg.inv(outside) @ lies @ inside
    return np.asarray(shares / shares[2, 2], np.float64)


def _pixels(size: tuple[int, int]) -> Matrix:
    """Return the map from shares of a frame to its pixels, whose centres lie at halves."""
    return np.array([[size[0], 0.0, -0.5], [0.0, size[1], -0.5], [0.0, 0.0, 1.0]])
