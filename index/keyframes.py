"""Frames to keyframes: which moments of a file are worth a code, and where shots begin."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from index.values import Codes, Frame, Luma, Times, distance


class Level(StrEnum):
    """How densely a file is indexed."""

    SPARSE = "sparse"
    STANDARD = "standard"
    DENSE = "dense"


@dataclass(frozen=True, slots=True)
class CutParams:
    """When one frame to the next is a cut.

    Attributes:
        side: Pixels a side of the squares that are compared.
        share: Share of the pixels, those that change most, whose change counts: black bars around
            the picture must not dilute it.
        floor: Least mean change of those, in grey levels.
        ratio: How many times the changes around it must fit into the change at a cut.
        around: Changes remembered.
    """

    side: int = 32
    share: float = 0.3
    floor: float = 14.0
    ratio: float = 3.0
    around: int = 8


@dataclass(frozen=True, slots=True)
class SpacingParams:
    """Seconds between keyframes.

    Attributes:
        longest: By level; a longer stretch without one is never left.
        shortest: Key frames of a file closer than this are not all kept.
        shot: Longest run of frames handled as one shot.
    """

    longest: tuple[tuple[Level, float], ...] = (
        (Level.SPARSE, float("inf")),
        (Level.STANDARD, 2.0),
        (Level.DENSE, 0.5),
    )
    shortest: float = 0.45
    shot: float = 8.0


SLACK = 1e-3
"""Seconds by which a keyframe may come too soon: times are rounded."""

NEWS_EVERY = 2.0
"""Seconds between frames of which more than the code of the whole is kept, unless they differ
much."""
NEWS_RARELY, NEWS_AHEAD = 2.0, 4
"""Seconds from one of them to the next on average, however often the shot changes, and frames by
which a film may be ahead of that."""
OTHER_SHOT = 72
"""Bits by which codes differ where the frame before shows something else."""
MERGE_BITS = 4
"""Codes of neighbouring keyframes this near are kept once: saving a picture again moves as far."""


class CutDetector:
    """Tells for one frame after the other whether it begins a shot.

    A cut is a change of the picture that stands out from the changes before it: the sliding window
    of Yeo and Liu, "Rapid scene analysis on compressed video", IEEE Transactions on Circuits and
    Systems for Video Technology 5(6), 1995, section III, looking back only, so that a stream can
    be cut as it is decoded.
    """

    def __init__(self, params: CutParams = CutParams()) -> None:
        self._params = params
        self._last: npt.NDArray[np.uint8] | None = None
        self._changes: list[float] = []

    def begins(self, luma: Luma) -> bool:
        """Return whether this frame differs from the last one as after a cut."""
        side = self._params.side
        small = cv2.resize(luma, (side, side), interpolation=cv2.INTER_AREA)
        last, self._last = self._last, np.asarray(small, np.uint8)
        if last is None:
            return True
        most = int(side * side * self._params.share)
        changes = np.sort(cv2.absdiff(small, last), axis=None, kind="stable")  # of bytes: by radix
        change = float(changes[-most:].sum()) / most
        usual = median(self._changes) if self._changes else np.inf
        self._changes = [*self._changes[1 - self._params.around :], change]
        return change >= max(self._params.floor, self._params.ratio * usual)


def shots(
    frames: Iterable[Frame],
    *,
    cuts: CutParams = CutParams(),
    spacing: SpacingParams = SpacingParams(),
) -> Iterator[Sequence[Frame]]:
    """Yield the frames shot by shot; a long shot in parts, so that memory stays flat."""
    detector = CutDetector(cuts)
    shot: list[Frame] = []
    for frame in frames:
        if shot and (detector.begins(frame.luma) or frame.time - shot[0].time >= spacing.shot):
            yield shot
            shot = []
        elif not shot:
            detector.begins(frame.luma)
        shot.append(frame)
    if shot:
        yield shot


def choose(
    frames: Iterable[Frame], level: Level, *, spacing: SpacingParams = SpacingParams()
) -> Iterator[Frame]:
    """Yield the frames worth a code: key frames, those after cuts, and enough between."""
    detector = CutDetector()
    longest = dict(spacing.longest)[level]
    kept = -np.inf
    for frame in frames:
        since = frame.time - kept
        due = since >= (spacing.shortest if frame.key else longest - SLACK)
        if detector.begins(frame.luma) or due:
            kept = frame.time
            yield frame


class News:
    """Tells which keyframes show something new, one after the other."""

    def __init__(self) -> None:
        self._last: tuple[float, Codes] | None = None
        self._count = 0

    def among(self, frames: Sequence[Frame], coded: Iterable[tuple[float, Codes]]) -> list[Frame]:
        """Return those of the frames that show what the last one returned did not.

        Args:
            frames: By time.
            coded: Time and code of those that can be recognised.
        """
        new: list[Frame] = []
        for time, code in coded:
            if self._last is not None:
                since, differs = time - self._last[0], distance(code, self._last[1])
                due = since >= NEWS_EVERY - SLACK and differs > MERGE_BITS
                room = self._count < NEWS_AHEAD + time / NEWS_RARELY
                if not (due or (differs >= OTHER_SHOT and room)):
                    continue
            self._last = time, code
            self._count += 1
            new.append(next(frame for frame in frames if frame.time == time))
        return new


def spread(frames: Sequence[Frame], every: float) -> list[int]:
    """Return the indices of the first frame, the last, and one every `every` seconds between."""
    times = np.array([frame.time for frame in frames])
    steps = np.floor((times - times[0]) / every + 1e-6)
    first_of_step = np.flatnonzero(np.diff(steps, prepend=-1.0) > 0)
    return sorted({*map(int, first_of_step), len(frames) - 1})


def merged(times: Times, codes: Codes, *, end: float) -> tuple[Times, Times, Codes]:
    """Join keyframes that look alike to their neighbour before.

    Args:
        times: float64 (n,), rising.
        codes: uint8 (n, 32).
        end: Seconds at which the last keyframe is over.

    Returns:
        Times, holds (seconds from the first to the last of those joined; 0 for one alone) and
        codes of the keyframes that remain.
    """
    first: list[int] = []
    last: list[int] = []
    for index in range(len(times)):
        if first and distance(codes[index], codes[first[-1]]) <= MERGE_BITS:
            last[-1] = index
        else:
            first.append(index)
            last.append(index)
    starts, ends = times[first], times[last]
    holds = np.minimum(ends, end) - starts
    return starts, np.maximum(holds, 0.0), np.ascontiguousarray(codes[first])
