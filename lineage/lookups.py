"""The query looked up in the archive, tier by tier: codes to hits.

The codes of whole frames are few and cheap, and tell most copies. Local features are many, and tell
a source of which a part is left, or that is a part of the frame; they are looked up last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from index import measure
from index.archive import Archive
from index.measure import Observation
from index.values import Box, Channel, Fingerprint, Frame, Hits, Interval, Map, Media
from lineage import features
from lineage.features import AgreeParams


@dataclass(frozen=True, slots=True)
class Tier:
    """One way to look a query up.

    Attributes:
        channel: Pictures as a whole, or local features.
        variants: How the query is turned.
        panels: Whether the pictures set into its frames are looked up instead of the frames; also
            where something explains these.
        frames: Frames of a part of the query whose local features are looked up, at most.
        features: Local features of each of them, at most.
    """

    channel: Channel
    variants: tuple[str, ...]
    panels: bool = False
    frames: int = 0
    features: int = 0


TIERS = (
    Tier(Channel.PICTURE, ("plain", "mirror")),
    Tier(Channel.PICTURE, ("flip", "turn", "negative")),
    Tier(Channel.PICTURE, ("plain", "mirror"), panels=True),
    Tier(Channel.FEATURE, ("plain", "mirror"), frames=24, features=400),
)


@dataclass(frozen=True, slots=True)
class LookupParams:
    """What counts as alike.

    Attributes:
        picture: Bits within which two codes of whole frames are a hit. Unrelated pictures of the
            test footage stay beyond 76; a caption over a fifth of the picture moves half of the
            codes over 50.
        feature: Bits within which two local features are.
        agree: When those of two frames agree.
    """

    picture: int = 68
    feature: int = 44
    agree: AgreeParams = field(default_factory=AgreeParams)


def near(
    seen: Observation,
    left: Sequence[Interval],
    tier: Tier,
    archive: Archive,
    *,
    params: LookupParams = LookupParams(),
) -> list[Hits]:
    """Return what the archive holds that is like the query, one value for each variant.

    Args:
        seen: The query.
        left: The stretches of it that are looked up.
        tier: How.
        archive: Where.
        params: What counts as alike.
    """
    if tier.panels:
        return list(_panelled(seen, left, tier, archive, params=params))
    if tier.channel is Channel.PICTURE:
        return [
            _hits(seen.fingerprints[variant].within(left), variant, archive, params.picture)
            for variant in tier.variants
        ]
    frames = _samples(seen, left)
    frames = frames[:: max(1, -(-len(frames) // tier.frames))]
    assets = archive.stats().assets if frames else 0
    shapes = cache(lambda row: _shape(archive.asset(row).media))
    found = []
    for variant in tier.variants:
        asked = measure.local_features(frames, tier.features, mirrored=variant == "mirror")
        found.append(
            features.agreeing(
                _hits(asked, variant, archive, params.feature),
                assets=assets,
                shape=_shape(seen.media),
                shapes=shapes,
                params=params.agree,
            )
        )
    return found


def _panelled(
    seen: Observation,
    left: Sequence[Interval],
    tier: Tier,
    archive: Archive,
    *,
    params: LookupParams,
) -> Iterator[Hits]:
    """Yield the hits of each picture set into the query's frames, with the map that says where."""
    for box, fingerprints in measure.panels(_samples(seen, left)):
        for variant in tier.variants:
            found = _hits(fingerprints[variant], variant, archive, params.picture)
            if len(found):
                yield replace(found, maps=np.tile(_map(box, variant), (len(found), 1, 1)))


def _samples(seen: Observation, left: Sequence[Interval]) -> list[Frame]:
    return [frame for frame in seen.samples if any(frame.time in one for one in left)]


def _map(box: Box, variant: str) -> Map:
    """Return how a frame turned by the variant lies over what the box in it shows."""
    width, height = box.x1 - box.x0, box.y1 - box.y0
    x0 = 1 - box.x1 if variant == "mirror" else box.x0
    return np.array([[1 / width, 0, -x0 / width], [0, 1 / height, -box.y0 / height]])


def _hits(wanted: Fingerprint, variant: str, archive: Archive, radius: int) -> Hits:
    found = archive.search(wanted.codes, radius, channel=wanted.channel)
    return Hits(
        wanted.times[found.queries],
        found.assets,
        found.times,
        found.holds,
        found.distances,
        wanted.channel,
        variant,
        wanted.places[found.queries],
        found.places,
    )


def _shape(media: Media) -> features.Shape:
    """Return width and height in units of the longer side."""
    longer = max(media.width, media.height, 1)
    return media.width / longer, media.height / longer
