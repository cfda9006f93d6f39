"""A file to what is kept or compared of it: decode, choose, hash in one go.

These functions run inside a `Sandbox`, so they take and return plain values.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from index import coding, hearing, keyframes
from index.decode.pacing import Pace
from index.hashing import features, learned, mounts, pictures
from index.hashing.learned import Model
from index.hashing.mounts import MountParams, cropped, filled
from index.hashing.panels import PanelParams
from index.keyframes import Level
from index.values import (
    STILL_SIDE,
    STRIP_SIDE,
    WHOLE,
    Box,
    Channel,
    Fingerprint,
    Frame,
    Interval,
    Media,
    Still,
    Strip,
    Times,
)
from index.worker import beat

if TYPE_CHECKING:
    from index.decode.clip import Clip

NEEDED = ("index.measure", "index.decode.clip", "index.decode.sounds")
"""What a worker imports before it is asked for anything."""

PACES = {
    Level.SPARSE: Pace.SPARSE,
    Level.STANDARD: Pace.STANDARD,
    Level.DENSE: Pace.DENSE,
}

BARS = MountParams()
MOUNT_SAMPLES = 8
"""Keyframes, or frames of a shot, by which bars are told from pictures."""

QUERY_EVERY = 1 / 6
"""Seconds between the keyframes of a query: denser than the archive's, so that some query frame
lies within a twelfth of a second of each archived one."""
FEATURES = 55
"""Local features kept of a frame that shows something new."""
PIECE = 8_192
"""Local features after which they are handed on, so that memory stays flat."""
PANEL_FRAMES, FEWEST_PANEL_FRAMES = 8, 3
"""Samples in which a panel must stay where it is, and fewest by which it is told."""
PANEL_KEYFRAMES, PANELS = 4, PanelParams(least=0.15, whole=0.8, mostly=0.9)
"""Keyframes of an archived file in which one must, and when it is worth a code: one that is wrong
costs bytes."""
SAMPLES_EVERY = 0.5
"""Seconds between frames of a query that are kept whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a trace compares of a file.

    Attributes:
        media: What the file holds.
        strip: Its frames as small pictures; empty without picture.
        fingerprints: Codes of its keyframes by variant; empty where none were asked for.
        masked: The same of what they show around their middle.
        samples: Some frames as they are; none where no codes were asked for.
        pace: How densely it was decoded.
    """

    media: Media
    strip: Strip
    fingerprints: Mapping[str, Fingerprint]
    masked: Mapping[str, Fingerprint]
    samples: tuple[Frame, ...]
    pace: Pace


@dataclass(frozen=True, slots=True)
class Course:
    """Which frames of a source are looked at beside those of a query.

    Attributes:
        there: Returns the source's time at a time of the query; can be pickled.
        around: Seconds from that time to the frames that are looked at.
        fewest: Frames of a part of the query at least, or as many as it has moments.
    """

    there: Callable[[float], float]
    around: tuple[float, ...]
    fewest: int

    def times(self, query: Sequence[Still]) -> Times:
        """Return when the source shows them, float64 (frames, around)."""
        times = np.array([self.there(still.time) for still in query])
        around: Times = np.maximum(0.0, times[:, None] + np.array(self.around))
        return around.round(6)


def media(path: Path) -> Media:
    """Return what a file holds, by its headers and a first look.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    return _clip(path).media


def fingerprint(
    path: Path,
    level: Level,
    model: Model | None = None,
    *,
    tiers: Collection[Channel] = tuple(Channel),
) -> Iterator[Fingerprint | Media]:
    """Yield the codes of a file's keyframes and of its sound in pieces, then what it holds.

    Where the picture stands between bars, its code is kept with and without them.

    Args:
        path: The file.
        level: How densely it is measured.
        model: What describes its frames as well, if anything does.
        tiers: What is measured besides whole frames.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    clip = _clip(path)
    columns, masked = (coding.Column(), coding.Column(), coding.Column()), coding.Column()
    local, inset, news = coding.Features(), coding.Panels(PANELS), keyframes.News()
    if model is not None:
        yield learned.fingerprint([], model)
    for group in batched(_chosen(clip, level), MOUNT_SAMPLES):
        mount = mounts.mount([frame.luma for frame in group])
        seen = [
            coding.shown([(f.time, cropped(f.luma, box)) for f in group]) for box in mount.boxes
        ]
        whole, *_ = [column.collect(part) for column, part in zip(columns, seen, strict=False)]
        if Channel.MASKED in tiers:
            masked.collect(coding.masked(seen[0]))
        for part in _together(group) if Channel.PANEL in tiers else ():
            inset.add(part, mount)
        new = news.among(group, whole)
        for frame in new if Channel.FEATURE in tiers else ():
            local.add(frame, FEATURES, side=features.KEPT_SIDE)
        if model is not None and new:
            yield learned.fingerprint(new, model)
        if len(local) >= PIECE:
            yield local.fingerprint()
    yield local.fingerprint()
    losses: tuple[str, ...] = ()
    if Channel.SOUND in tiers:
        sound, losses = hearing.fingerprint(path, clip.origin)
        yield sound
    end = clip.media.duration
    others = (
        inset.fingerprint(end=end),
        coding.fingerprint([masked], Channel.MASKED, pictures.MASKED_RECIPE, end=end),
    )
    yield from (each for each in others if each.channel in tiers)
    yield coding.fingerprint(columns, Channel.PICTURE, pictures.RECIPE, end=end)
    yield replace(clip.media, losses=(*clip.media.losses, *losses))


def observe(  # noqa: PLR0913 # what is decoded, how densely, and what is told of it
    path: Path,
    window: Interval | None = None,
    *,
    coded: bool = False,
    pace: Pace = Pace.EVERY,
    bars: MountParams = BARS,
    view: Box = WHOLE,
) -> Observation:
    """Return a file's frames as small pictures and, if `coded`, the codes of a query.

    Args:
        path: The file.
        window: The stretch wanted; all of it if None.
        coded: Whether to hash keyframes in all variants.
        pace: How densely it is decoded.
        bars: When lines of its pictures count as a bar.
        view: The part of its frames that is looked at.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    clip = _clip(path)
    times: list[float] = []
    small: list[np.ndarray] = []
    boxes: list[npt.NDArray[np.float32]] = []
    whole: list[coding.Shown] = []
    masked: list[coding.Shown] = []
    samples: list[Frame] = []
    decoded = _viewed(_beating(clip.frames(pace, window=window)), view)
    for shot in keyframes.shots(decoded):
        mount = mounts.mount([frame.luma for frame in _sample(shot)], params=bars)
        times += [frame.time for frame in shot]
        small += [_strip_picture(frame) for frame in shot]
        boxes += [_edges(mount)] * len(shot)
        if coded:
            samples += [shot[i] for i in keyframes.spread(shot, SAMPLES_EVERY)]
            chosen = [shot[i] for i in keyframes.spread(shot, QUERY_EVERY)]
            parts = [[(f.time, cropped(f.luma, box)) for f in chosen] for box in mount.boxes]
            if mount.bands != mount.bars:
                parts.append([(f.time, filled(f.luma, mount)) for f in chosen])
            shown = [coding.shown(part) for part in parts]
            whole += shown
            masked.append(coding.masked(shown[0]))
    strip = Strip(
        np.array(times),
        np.stack(small) if small else np.empty((0, STRIP_SIDE, STRIP_SIDE), np.uint8),
        np.array(boxes, np.float32).reshape(-1, 2, 4),
        _aspect(clip.media, view),
    )
    return Observation(
        clip.media,
        strip,
        coding.variants(whole) if coded else {},
        coding.variants(masked, Channel.MASKED, pictures.MASKED_RECIPE) if coded else {},
        tuple(samples),
        pace,
    )


def local_features(
    frames: Sequence[Frame],
    most: int,
    *,
    mirrored: bool = False,
    side: int = features.ASKED_SIDE,
) -> Fingerprint:
    """Return codes of the frames' local features.

    Args:
        frames: By time.
        most: How many of each frame at most.
        mirrored: Whether left and right are swapped first.
        side: Pixels to which the longer side of a frame is scaled.
    """
    local = coding.Features()
    for frame in frames:
        local.add(frame, most, side=side, mirrored=mirrored)
    return local.fingerprint()


def panels(frames: Sequence[Frame]) -> list[tuple[Box, Mapping[str, Fingerprint]]]:
    """Return the parts of frames that look like pictures of their own, and their codes by variant.

    Args:
        frames: By time.
    """
    found: list[tuple[Box, Mapping[str, Fingerprint]]] = []
    for group in np.array_split(np.arange(len(frames)), -(-len(frames) // PANEL_FRAMES) or 1):
        if len(group) < FEWEST_PANEL_FRAMES:
            continue
        looked_at = [frames[int(i)] for i in group]
        for box in coding.inset(looked_at):
            parts = [(frame.time, cropped(frame.luma, box)) for frame in looked_at]
            found.append((box, coding.variants([coding.shown(parts)])))
    return found


def stills(path: Path, times: Sequence[float], *, side: int = STILL_SIDE) -> list[Still]:
    """Return the shown frames nearest to the times, in colour, their long side at most `side`."""
    return _clip(path).stills(times, side=side)


def film(path: Path, window: Interval, *, side: int = STILL_SIDE) -> Iterator[Still]:
    """Yield every shown frame nearest to some time of a window; see `decode.clip.Clip.pictures`."""
    for still in _clip(path).pictures(window, side=side):
        beat(still.time)
        yield still


def beside(
    query: Path,
    source: Path,
    *,
    moments: Sequence[Sequence[float]],
    course: Course,
    side: int,
) -> Iterator[Still | None]:
    """Yield stills of both files for each part of a stretch, each frame once and by time.

    First come the query's, then the source's, each closed by None. There are none of either where
    too few can be had. Memory is flat: pictures are held of few parts, next to one another.

    Args:
        query: A file.
        source: The file it is compared with.
        moments: For each part rising times in the query.
        course: Which frames of the source belong to those of the query.
        side: Pixels of the long side, at most.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    from index.decode.reels import gathered  # noqa: PLC0415 # as in `_clip`

    told: deque[tuple[list[Still], int]] = deque()

    def wanted() -> Iterator[list[float]]:
        for part, stills in zip(moments, gathered(_clip(query), moments, side=side), strict=True):
            seen = _apart(stills)
            enough = len(seen) >= min(course.fewest, len(part))
            times = list(map(float, np.unique(course.times(seen)))) if enough else []
            told.append((seen, len(times)))
            yield times

    for stills in gathered(_clip(source), wanted(), side=side):
        seen, count = told.popleft()
        whole = 0 < count == len(stills)
        yield from (*seen, None, *_apart(stills), None) if whole else (None, None)


def _apart(stills: Sequence[Still]) -> list[Still]:
    """Return each frame once, by time."""
    return [still for _, still in sorted({still.time: still for still in stills}.items())]


def _clip(path: Path) -> "Clip":
    """Return an opened file."""
    from index.decode.clip import Clip  # noqa: PLC0415 # loads FFmpeg, which only the worker needs

    return Clip(path)


def _chosen(clip: "Clip", level: Level) -> Iterator[Frame]:
    return keyframes.choose(_beating(clip.frames(PACES[level])), level)


def _together(keyframes: Sequence[Frame]) -> Iterator[Sequence[Frame]]:
    """Yield keyframes by which panels are told."""
    for part in np.array_split(np.arange(len(keyframes)), len(keyframes) // PANEL_KEYFRAMES or 1):
        if len(part) >= FEWEST_PANEL_FRAMES:
            yield [keyframes[int(i)] for i in part]


def _beating(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Pass the frames on, telling whoever waits how far they are."""
    for frame in frames:
        beat(frame.time)
        yield frame


def _viewed(frames: Iterable[Frame], view: Box) -> Iterator[Frame]:
    """Yield the part of frames in a box."""
    for frame in frames:
        yield replace(frame, luma=cropped(frame.luma, view))


def _aspect(whole: Media, view: Box) -> float:
    """Return width by height of a part of a file's frames; 1 where it has no picture."""
    wide, high = whole.width * (view.x1 - view.x0), whole.height * (view.y1 - view.y0)
    return wide / high if wide and high else 1.0


def _sample(shot: Sequence[Frame]) -> Sequence[Frame]:
    return shot[:: max(1, len(shot) // MOUNT_SAMPLES)]


def _strip_picture(frame: Frame) -> np.ndarray:
    size = (STRIP_SIDE, STRIP_SIDE)
    return cv2.resize(frame.luma, size, interpolation=cv2.INTER_AREA)


def _edges(mount: mounts.Mount) -> npt.NDArray[np.float32]:
    """Return both boxes of a mount, float32 (2, 4)."""
    return np.array(
        [(box.x0, box.y0, box.x1, box.y1) for box in (mount.bars, mount.bands)], np.float32
    )
