"""Ways to keep pictures and to look them up, given the same frames: what `tiers` compares."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

import numpy as np

from index import keyframes, measure
from index.decode.clip import Clip
from index.decode.pacing import Pace
from index.errors import UserError
from index.hashing import features, learned, mounts, pictures
from index.hashing.learned import PACKAGED, Model
from index.hashing.mounts import Mount, cropped, filled
from index.hashing.pictures import Coefficients
from index.keyframes import Level
from index.values import Box, Channel, Codes, Fingerprint, Frame, Luma, Media
from lineage import lookups
from lineage.values import Tell

LOCAL = next(tier for tier in lookups.TIERS if tier.channel is Channel.FEATURE)
CENTRED = tuple(
    Box((1 - side) / 2, (1 - side) / 2, (1 + side) / 2, (1 + side) / 2)
    for side in (0.92, 0.84, 0.76, 0.68, 0.6)
)
"""A code tolerates about a twentieth more or less of the picture, so these tell centred crops of
every size down to 0.6 of the sides."""
SCATTERED = tuple(
    Box(x, y, x + side, y + side)
    for side in (0.85, 0.72, 0.6, 0.5)
    for y in (0.0, (1 - side) / 2, 1 - side)
    for x in (0.0, (1 - side) / 2, 1 - side)
)
"""Three by three of each size."""

type Shown = Sequence[tuple[Frame, Mount]]
"""Frames that are coded, by time, and what of each is picture."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to keep and to look up pictures.

    Attributes:
        name: In words.
        kept: An archived file's frames to the codes that are kept of it.
        asked: A clip's frames to the codes that are looked up, by variant.
        tell: By what a candidate is told.
        radius: Bits within which codes are alike.
        apart: Whether it is kept beside whole frames, not instead of them.
    """

    name: str
    kept: Callable[[Shown], Fingerprint]
    asked: Callable[[Shown], Mapping[str, Fingerprint]]
    tell: Tell = Tell.FRAMES
    radius: int = lookups.LookupParams().picture
    apart: bool = False


def ways() -> list[Way]:
    """Return those that are compared, whole frames first; learned ones as far as installed."""
    return [
        Way("whole frames", lambda shown: windowed(shown, ()), turned),
        Way("and 5 centred windows", lambda shown: windowed(shown, CENTRED), turned),
        Way("and 3×3 windows of 4 sizes", lambda shown: windowed(shown, SCATTERED), turned),
        Way("local features", detailed, details, Tell.FEATURES, apart=True),
        *(way for word in PACKAGED for way in _described(word)),
    ]


def archived(path: Path) -> tuple[Media, Shown]:
    """Return what a file holds, and the frames an archive codes at the level `standard`."""
    clip = Clip(path)
    chosen = keyframes.choose(clip.frames(Pace.STANDARD), Level.STANDARD)
    shown = [one for group in batched(chosen, measure.MOUNT_SAMPLES) for one in _mounted(group)]
    return clip.media, shown


def queried(path: Path) -> tuple[Media, Shown]:
    """Return what a clip holds, and the frames of it that a trace codes."""
    clip = Clip(path)
    shown: list[tuple[Frame, Mount]] = []
    for shot in keyframes.shots(clip.frames(Pace.EVERY)):
        shown += _mounted([shot[i] for i in keyframes.spread(shot, measure.QUERY_EVERY)])
    return clip.media, shown


def windowed(shown: Shown, boxes: Sequence[Box]) -> Fingerprint:
    """Return codes of whole frames, with and without bars, and of windows of what is inside."""
    whole = [
        [(frame.time, cropped(frame.luma, box)) for frame, box in parts] for parts in _parts(shown)
    ]
    inside = [(frame.time, cropped(frame.luma, mount.bars)) for frame, mount in shown]
    cuts = [*whole, *([(time, cropped(luma, box)) for time, luma in inside] for box in boxes)]
    columns = [_merged(cut) for cut in cuts]
    times, holds, codes = (np.concatenate(each) for each in zip(*columns, strict=True))
    order = np.argsort(times, kind="stable")
    return Fingerprint(Channel.PICTURE, pictures.RECIPE, times[order], holds[order], codes[order])


def turned(shown: Shown) -> Mapping[str, Fingerprint]:
    """Return codes of whole frames, with and without bars, as they are and turned."""
    parts = [
        (frame.time, cropped(frame.luma, box)) for part in _parts(shown) for frame, box in part
    ]
    banded = [(frame, mount) for frame, mount in shown if mount.bands != mount.bars]
    parts += [(frame.time, filled(frame.luma, mount)) for frame, mount in banded]
    times, lowest = _lowest(sorted(parts, key=lambda part: part[0]))
    holds = np.zeros(len(times))
    return {
        variant: Fingerprint(Channel.PICTURE, pictures.RECIPE, times, holds, codes)
        for variant, codes in pictures.variants(lowest).items()
    }


def detailed(shown: Shown) -> Fingerprint:
    """Return the local features an archive keeps."""
    return measure.local_features(new(shown), measure.FEATURES, side=features.KEPT_SIDE)


def details(shown: Shown) -> Mapping[str, Fingerprint]:
    """Return the local features that a trace looks up."""
    frames = lookups.chosen(_sampled(shown), LOCAL.frames)
    return {
        variant: measure.local_features(frames, LOCAL.features, mirrored=variant == "mirror")
        for variant in LOCAL.variants
    }


def new(shown: Shown) -> list[Frame]:
    """Return the frames that show something new."""
    times, lowest = _lowest([(frame.time, frame.luma) for frame, _ in shown])
    coded = zip(times.tolist(), pictures.codes(lowest), strict=True)
    return keyframes.News().among([frame for frame, _ in shown], coded)


def _described(word: str) -> Iterator[Way]:
    """Yield the way of a learned model, if it is there."""
    try:
        model = learned.model(word)
    except UserError:
        return
    yield Way(
        f"learned descriptor, {word}",
        lambda shown: learned.fingerprint(new(shown), model),
        lambda shown: descriptions(shown, model),
        radius=lookups.LookupParams().learned,
        apart=True,
    )


def descriptions(shown: Shown, model: Model) -> Mapping[str, Fingerprint]:
    """Return what a model says of a clip's frames, as a trace looks it up."""
    frames = lookups.chosen(_sampled(shown), lookups.LEARNED.frames)
    return lookups.described(frames, lookups.LEARNED, model)


def _mounted(frames: Sequence[Frame]) -> list[tuple[Frame, Mount]]:
    step = max(1, len(frames) // measure.MOUNT_SAMPLES)
    mount = mounts.mount([frame.luma for frame in frames[::step]])
    return [(frame, mount) for frame in frames]


def _parts(shown: Shown) -> list[list[tuple[Frame, Box]]]:
    """Return the frames with each part of them that is picture: the whole first."""
    most = max((len(mount.boxes) for _, mount in shown), default=0)
    return [
        [(frame, mount.boxes[k]) for frame, mount in shown if k < len(mount.boxes)]
        for k in range(most)
    ]


def _sampled(shown: Shown) -> list[Frame]:
    frames = [frame for frame, _ in shown]
    return [frames[i] for i in keyframes.spread(frames, measure.SAMPLES_EVERY)]


def _lowest(parts: Iterable[tuple[float, Luma]]) -> tuple[np.ndarray, Coefficients]:
    """Return times and coefficients of the pictures that show something."""
    held = list(parts)
    squares = pictures.squares([luma for _, luma in held])
    telling = np.flatnonzero(pictures.contrast(squares) >= pictures.PLAIN_CONTRAST)
    times = np.array([time for time, _ in held])[telling]
    return times, pictures.coefficients(squares[telling])


def _merged(parts: Sequence[tuple[float, Luma]]) -> tuple[np.ndarray, np.ndarray, Codes]:
    """Return times, holds and codes of one part of the frames, those alike kept once."""
    times, lowest = _lowest(parts)
    if not len(times):
        return np.empty(0), np.empty(0), np.empty((0, 32), np.uint8)
    return keyframes.merged(times, pictures.codes(lowest), end=float(times[-1]))
