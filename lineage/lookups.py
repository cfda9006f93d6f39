"""The query looked up in the archive, tier by tier: codes to hits.

The codes of whole frames are few and cheap, and tell most copies; those of what frames show around
their middle are as few, and tell copies whose middle is covered. Local features are many, and tell
a source of which a part is left, or that is a part of the frame; they are looked up last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import pairwise, starmap

import numpy as np

from index import measure
from index.archive import Archive
from index.hashing import learned, panels
from index.hashing.learned import Model
from index.hashing.pictures import MIRRORED
from index.measure import Observation
from index.store.segments import Found
from index.values import Box, Channel, Fingerprint, Frame, Hits, Interval, Map, Media
from lineage import features, leads, unexplained
from lineage.features import AgreeParams
from lineage.unexplained import RestParams
from lineage.values import Heard, Segment


@dataclass(frozen=True, slots=True)
class Tier:
    """One way to look a query up.

    Attributes:
        channel: Pictures as a whole or around their middle, local features, pictures as a model
            describes them, or pictures set into those of the archive. Of sound, nothing is looked
            up: the pictures of files that are heard are looked at.
        variants: How the query is turned.
        panels: Whether the pictures set into its frames are looked up instead of the frames; also
            where something explains these.
        frames: Frames of a part of the query whose local features, or descriptions, are looked
            up, at most.
        features: Local features of each of them, at most.
        again: Whether it is asked about what those before it explained, instead of what they left:
            a copy may explain all that its original, of which less is shown, would.
    """

    channel: Channel
    variants: tuple[str, ...]
    panels: bool = False
    frames: int = 0
    features: int = 0
    again: bool = False


TIERS = (
    Tier(Channel.PICTURE, ("plain", "mirror")),
    Tier(Channel.PICTURE, ("flip", "turn", "negative")),
    Tier(Channel.MASKED, ("plain", "mirror")),
    Tier(Channel.PANEL, ("plain", "mirror")),
    Tier(Channel.PICTURE, ("plain", "mirror"), panels=True),
    Tier(Channel.FEATURE, ("plain", "mirror"), frames=24, features=400),
    Tier(Channel.SOUND, ("plain", "mirror")),
    Tier(Channel.FEATURE, ("plain", "mirror"), frames=6, features=200, again=True),
)
LEARNED = Tier(Channel.LEARNED, ("plain", "mirror"), frames=24)
"""Looked up last, where there is a model."""


@dataclass(frozen=True, slots=True)
class LookupParams:
    """What counts as alike.

    Attributes:
        picture: Bits within which two codes of whole frames are a hit. Unrelated pictures of the
            test footage stay beyond 76; a caption over a fifth of the picture moves half of the
            codes over 50.
        masked: The same of what frames show around their middle. Of 48 clips with an emoji over a
            face 47 had a true hit; the nearest of another file was at 62.
        feature: Bits within which two local features are.
        learned: Bits within which two descriptions are. Of 676,500 pairs of unrelated frames 2
            were; of frames edited in eleven ways 0.73 were, of the original's.
        model: What describes frames.
        agree: When those of two frames agree.
    """

    picture: int = 68
    masked: int = 60
    feature: int = 48
    learned: int = 80
    model: Model | None = None
    agree: AgreeParams = field(default_factory=AgreeParams)


def asked(
    tier: Tier,
    whole: Interval,
    found: Sequence[Segment],
    seen: Observation,
    *,
    params: RestParams,
) -> list[Interval]:
    """Return the stretches of the query that a tier is asked about.

    Args:
        tier: Which.
        whole: The stretch of the query that is looked at.
        found: What those before it found.
        seen: The query.
        params: What is too short to be asked about.
    """
    if tier.panels:
        return [whole]
    left = unexplained.unfilled(whole, found, seen.strip)
    if tier.again:
        left = unexplained.gaps(whole, left)
    return [gap for gap in left if gap.length >= min(params.short, whole.length)]


def near(  # noqa: PLR0913 # both sides, what is known, and how to look
    seen: Observation,
    left: Sequence[Interval],
    tier: Tier,
    archive: Archive,
    *,
    heard: Heard = (),
    params: LookupParams = LookupParams(),
) -> list[Hits]:
    """Return what the archive holds that is like the query, one value for each variant.

    Args:
        seen: The query.
        left: The stretches of it that are looked up.
        tier: How.
        archive: Where.
        heard: What was found of its sound.
        params: What counts as alike.
    """
    if tier.channel is Channel.SOUND:
        return list(_sounding(seen, left, tier, archive, heard))
    if tier.panels:
        return list(_panelled(seen, left, tier, archive, params=params))
    if tier.channel is Channel.PANEL:
        return [_inset(seen, left, variant, archive, params=params) for variant in tier.variants]
    if tier.channel in {Channel.PICTURE, Channel.MASKED}:
        masked = tier.channel is Channel.MASKED
        codes = seen.masked if masked else seen.fingerprints
        turned = {variant: codes[variant] for variant in tier.variants}
        radius = params.masked if masked else params.picture
        return alike(turned, left, archive, radius=radius)
    frames = chosen(_samples(seen, left), tier.frames)
    if tier.channel is Channel.LEARNED:
        return alike(described(frames, tier, params.model), left, archive, radius=params.learned)
    asked = {
        variant: measure.local_features(frames, tier.features, mirrored=variant == "mirror")
        for variant in tier.variants
    }
    return agreeing(asked, left, archive, shape=_shape(seen.media), params=params)


def described(
    frames: Sequence[Frame], tier: Tier, model: Model | None
) -> Mapping[str, Fingerprint]:
    """Return what a model says of a query's frames, by variant; nothing without a model."""
    if model is None:
        return {}
    return {
        variant: learned.fingerprint(frames, model, mirrored=variant == "mirror")
        for variant in tier.variants
    }


def alike(
    turned: Mapping[str, Fingerprint], left: Sequence[Interval], archive: Archive, *, radius: int
) -> list[Hits]:
    """Return what the archive holds within so many bits of a query's codes, for each variant.

    Args:
        turned: The query's codes by variant.
        left: The stretches of it that are looked up.
        archive: Where.
        radius: Bits.
    """
    return [
        _hits(measured.within(left), variant, archive, radius)
        for variant, measured in turned.items()
    ]


def either(
    turned: Mapping[str, Fingerprint], left: Sequence[Interval], archive: Archive, *, radius: int
) -> list[Hits]:
    """Return what `alike` does, or nearly, where codes of frames were turned and not frames.

    What is mirrored is looked up together with what is not, at less than half of the cost:
    see docs/adr/0035.

    Args:
        turned: The query's codes by variant, as `hashing.pictures.turned` turns them.
        left: The stretches of it that are looked up.
        archive: Where.
        radius: Bits.
    """
    wanted = {variant: measured.within(left) for variant, measured in turned.items()}
    others = {MIRRORED[variant] for variant in wanted if variant in MIRRORED}
    bases = [variant for variant in wanted if variant not in others]
    if not bases:
        return []
    channel = next(iter(wanted.values())).channel
    found = archive.search_either(
        np.concatenate([wanted[variant].codes for variant in bases]), radius, channel=channel
    )
    hits: dict[str, Hits] = {}
    for side, names in zip(found, (bases, [MIRRORED.get(base, "") for base in bases]), strict=True):
        asked = [wanted[base] for base in bases]
        hits |= {each.variant: each for each in _split(side, asked, names, archive)}
    return [hits[variant] for variant in wanted]


def agreeing(
    asked: Mapping[str, Fingerprint],
    left: Sequence[Interval],
    archive: Archive,
    *,
    shape: features.Shape,
    params: LookupParams = LookupParams(),
) -> list[Hits]:
    """Return the archive's frames whose local features lie as a query's do, for each variant.

    Args:
        asked: The query's local features by variant.
        left: The stretches of it that are looked up.
        archive: Where.
        shape: Of the query's frames.
        params: What counts as alike.
    """
    assets = archive.extent().assets if any(map(len, asked.values())) else 0
    shapes = cache(lambda row: _shape(archive.asset(row).media))
    agree = partial(
        features.agreeing, assets=assets, shape=shape, shapes=shapes, params=params.agree
    )
    return [
        Hits.joined(
            [
                agree(_hits(frame, variant, archive, params.feature))
                for frame in measured.within(left).moments()
            ]
        )
        for variant, measured in asked.items()
    ]


def chosen(frames: Sequence[Frame], most: int) -> Sequence[Frame]:
    """Return at most so many of the frames, spread evenly."""
    return frames[:: max(1, -(-len(frames) // most))]


def _panelled(
    seen: Observation,
    left: Sequence[Interval],
    tier: Tier,
    archive: Archive,
    *,
    params: LookupParams,
) -> Iterator[Hits]:
    """Yield the hits of each picture set into the query's frames, with the map that says where."""
    boxes = measure.panels(_samples(seen, left))
    for variant in tier.variants:
        prints = [variants[variant] for _, variants in boxes]
        every = _each_hits(prints, variant, archive, params.picture)
        for (box, _), found in zip(boxes, every, strict=True):
            yield replace(found, maps=np.tile(_map(box, variant), (len(found), 1, 1)))


def _sounding(
    seen: Observation, left: Sequence[Interval], tier: Tier, archive: Archive, heard: Heard
) -> Iterator[Hits]:
    """Yield where the pictures of what is heard may be shown, for each variant."""
    if not (heard and seen.media.has_picture):
        return
    media = cache(lambda row: archive.asset(row).media)
    for variant in tier.variants:
        yield leads.leads(heard, left, media, variant=variant)


def _inset(
    seen: Observation,
    left: Sequence[Interval],
    variant: str,
    archive: Archive,
    *,
    params: LookupParams,
) -> Hits:
    """Return the pictures set into the archive's frames that are like the query's frames."""
    wanted = replace(seen.fingerprints[variant].within(left), channel=Channel.PANEL)
    found = _hits(wanted, variant, archive, params.picture)
    # A panel is kept without bars, so what is like it is the query without its own.
    frames = np.searchsorted(seen.strip.times, found.query_times).clip(max=len(seen.strip) - 1)
    freed = [_map(Box(*map(float, seen.strip.boxes[i, 0])), variant) for i in frames]
    return replace(found, maps=_after(panels.maps(found.places), np.array(freed).reshape(-1, 2, 3)))


def _after(outer: Map, inner: Map) -> Map:
    """Return the maps that do the inner ones, then the outer ones, (n, 2, 3) all."""
    linear = outer[:, :, :2] @ inner[:, :, :2]
    shift = outer[:, :, :2] @ inner[:, :, 2:] + outer[:, :, 2:]
    return np.concatenate([linear, shift], axis=2)


def _samples(seen: Observation, left: Sequence[Interval]) -> list[Frame]:
    return [frame for frame in seen.samples if any(frame.time in one for one in left)]


def _map(box: Box, variant: str) -> Map:
    """Return how a frame turned by the variant lies over what the box in it shows."""
    width, height = box.x1 - box.x0, box.y1 - box.y0
    x0 = 1 - box.x1 if variant == "mirror" else box.x0
    return np.array([[1 / width, 0, -x0 / width], [0, 1 / height, -box.y0 / height]])


def _hits(wanted: Fingerprint, variant: str, archive: Archive, radius: int) -> Hits:
    (found,) = _each_hits([wanted], variant, archive, radius)
    return found


def _each_hits(
    wanted: Sequence[Fingerprint], variant: str, archive: Archive, radius: int
) -> Iterator[Hits]:
    """Yield the hits of each fingerprint; those of one channel are looked up in one go."""
    if not wanted:
        return
    found = archive.search(
        np.concatenate([one.codes for one in wanted]), radius, channel=wanted[0].channel
    )
    yield from _split(found, wanted, [variant] * len(wanted), archive)


def _split(
    found: Found, wanted: Sequence[Fingerprint], variants: Sequence[str], archive: Archive
) -> Iterator[Hits]:
    """Yield the hits of each fingerprint, given those of all one after another."""
    common = archive.commons().hold(found.assets, found.times)
    ends = np.cumsum([0, *map(len, wanted)])
    edges = np.searchsorted(found.queries, ends)
    each = zip(wanted, variants, ends, starmap(slice, pairwise(edges)), strict=False)
    for one, variant, first, rows in each:
        asked = found.queries[rows] - first
        yield Hits(
            one.times[asked],
            found.assets[rows],
            found.times[rows],
            found.holds[rows],
            found.distances[rows],
            one.channel,
            variant,
            one.places[asked],
            found.places[rows],
            common=common[rows],
            asked=len(one),
            near=len(asked),
        )


def shape_of(width: int, height: int) -> features.Shape:
    """Return width and height of a file's frames in units of the longer side."""
    longer = max(width, height, 1)
    return width / longer, height / longer


def _shape(media: Media) -> features.Shape:
    return shape_of(media.width, media.height)
