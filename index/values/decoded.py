"""What is seen and heard of a file once it is decoded."""

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
import numpy.typing as npt

from index.values.arrays import STRIP_SIDE, Luma, Picture, Times, read_only
from index.values.facts import Interval


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One shown frame as the index sees it.

    Attributes:
        time: Seconds; 0 for the first frame of a file.
        luma: uint8 (height, width), the canonical luma picture.
        key: Whether the file marks it as a key frame.
    """

    time: float
    luma: Luma
    key: bool = False

    def __post_init__(self) -> None:
        if not (isfinite(self.time) and self.time >= 0):
            raise ValueError(f"a frame is shown at 0 seconds or later, got {self.time}")
        if self.luma.ndim != 2:  # noqa: PLR2004 # height and width
            raise ValueError(f"a luma picture has shape (height, width), got {self.luma.shape}")
        object.__setattr__(self, "luma", read_only(self.luma, np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One shown frame as a person sees it.

    Attributes:
        time: Seconds; the true time of the frame, which may differ from the time asked for.
        picture: uint8 (height, width, 3).
    """

    time: float
    picture: Picture

    def __post_init__(self) -> None:
        if self.picture.shape[2:] != (3,):
            raise ValueError(f"a picture has shape (height, width, 3), got {self.picture.shape}")
        object.__setattr__(self, "picture", read_only(self.picture, np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Consecutive frames as small pictures, in columns.

    Attributes:
        times: float64 (n,), seconds, rising.
        pictures: uint8 (n, 96, 96), the whole luma picture squeezed to a square.
        boxes: float32 (n, 2, 4), x0 y0 x1 y1: the part of it inside bars, and the part inside bars
            and bands with words; 0 0 1 1 where there are none.
        aspect: Width of the frames by their height, before they were squeezed.
    """

    times: Times
    pictures: npt.NDArray[np.uint8]
    boxes: npt.NDArray[np.float32]
    aspect: float = 1.0

    def __post_init__(self) -> None:
        n = len(self.times)
        if self.pictures.shape != (n, STRIP_SIDE, STRIP_SIDE) or self.boxes.shape != (n, 2, 4):
            raise ValueError(
                f"a strip is (n,), (n, {STRIP_SIDE}, {STRIP_SIDE}), (n, 2, 4), got "
                f"{self.times.shape}, {self.pictures.shape}, {self.boxes.shape}"
            )
        object.__setattr__(self, "times", read_only(self.times, np.float64))
        object.__setattr__(self, "pictures", read_only(self.pictures, np.uint8))
        object.__setattr__(self, "boxes", read_only(self.boxes, np.float32))

    def with_frames(self, other: "Strip") -> "Strip":
        """Return both strips' frames by time; of two at one time, that of the other strip."""
        times = np.concatenate([other.times, self.times])
        _, rows = np.unique(times.round(6), return_index=True)
        pictures = np.concatenate([other.pictures, self.pictures])[rows]
        boxes = np.concatenate([other.boxes, self.boxes])[rows]
        return replace(self, times=times[rows], pictures=pictures, boxes=boxes)

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True, eq=False)
class Keyframe:
    """A frame that stands for a stretch of video.

    Attributes:
        frame: Shown at interval.start.
        interval: From this keyframe to the next, or to the end.
    """

    frame: Frame
    interval: Interval

    def __post_init__(self) -> None:
        if self.frame.time != self.interval.start:
            raise ValueError(
                f"a keyframe opens its interval, got {self.frame.time} for {self.interval}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A stretch of sound, mixed down to one channel.

    Attributes:
        start: Seconds at which samples[0] is heard, on the clock of the pictures.
        rate: Samples per second.
        samples: float32 (n,), full scale -1 to 1.
    """

    start: float
    rate: int
    samples: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.rate <= 0:
            raise ValueError(
                f"sound is (n,) samples at a rate, got {self.samples.shape} at {self.rate}"
            )
        object.__setattr__(self, "samples", read_only(self.samples, np.float32))
