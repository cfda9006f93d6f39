"""Decoded frames to pictures: upright, with square pixels, small.

The canonical luma picture ("luma256/1", part of every recipe) is defined so:

1. Luma as the file has it, stretched to full range (0 black, 255 white); of RGB, that which BT.601
   gives. Transparency is laid over black. No tone mapping.
2. In one step of swscale's area averaging to the shown size, that is with the pixel aspect put
   into the width, reduced so that the long side is 256. A smaller picture keeps its size. Both
   fields of an interlaced frame fall into one average.
3. Turned and mirrored as the file's display matrix says, by quarter turns.
"""

import struct
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from av import VideoFormat, VideoFrame
from av.video.reformatter import VideoReformatter

from index.values import STILL_SIDE, Luma, Picture

LUMA_SIDE = 256

ASPECT_LIMIT = 10
"""A pixel wider or taller than this is a broken header, not an anamorphic lens."""


@dataclass(frozen=True, slots=True)
class Display:
    """How a decoded picture is shown.

    Attributes:
        aspect: Width of a pixel over its height, before the picture is turned.
        swapped: Whether rows become columns; done first.
        mirrored: Whether left and right are exchanged.
        flipped: Whether top and bottom are exchanged.
    """

    aspect: Fraction = Fraction(1)
    swapped: bool = False
    mirrored: bool = False
    flipped: bool = False

    def size(self, width: int, height: int, *, side: int | None = None) -> tuple[int, int]:
        """Return the shown width and height of a decoded picture, the long side at most `side`.

        >>> Display(aspect=Fraction(16, 11), swapped=True).size(352, 288)
        (288, 512)
        """
        shown, least = self.unturned(width, height, side=side)
        return (least, shown) if self.swapped else (shown, least)

    @lru_cache(maxsize=64)  # noqa: B019 # a frozen value; asked for every frame of a file
    def unturned(self, width: int, height: int, *, side: int | None = None) -> tuple[int, int]:
        """Return the size with square pixels, before the picture is turned."""
        wide = width * self.aspect
        scale = min(Fraction(1), side / max(wide, Fraction(height))) if side else Fraction(1)
        return max(1, round(wide * scale)), max(1, round(height * scale))

    def turned[T: np.generic](self, picture: npt.NDArray[T]) -> npt.NDArray[T]:
        """Return the picture upright."""
        if self.swapped:
            picture = picture.swapaxes(0, 1)
        if self.mirrored:
            picture = picture[:, ::-1]
        if self.flipped:
            picture = picture[::-1]
        return picture


def display(aspect: Fraction | None, matrix: bytes | None) -> Display:
    """Return how a file says its pictures are shown.

    Args:
        aspect: Width of a pixel over its height; None or 0 if it does not say.
        matrix: 9 numbers of 32 bits, ISO/IEC 14496-12 section 6.2.2; None if it does not say.
    """
    known = aspect if aspect and 1 / ASPECT_LIMIT <= aspect <= ASPECT_LIMIT else Fraction(1)
    if matrix is None or len(matrix) < 36:  # noqa: PLR2004 # 9 times 4 bytes
        return Display(known)
    a, b, _, c, d = struct.unpack("=5i", matrix[:20])
    # x' = ax + cy, y' = bx + dy. Turns between the quarters go to the nearer one.
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Display(known, mirrored=a < 0, flipped=d < 0)
    return Display(known, swapped=True, mirrored=c < 0, flipped=b < 0)


class Easel:
    """Makes pictures of decoded frames; keeps swscale's tables from one to the next."""

    def __init__(self, shown: Display) -> None:
        self._display = shown
        self._scaler = VideoReformatter()

    def luma(self, frame: VideoFrame) -> Luma:
        """Return the canonical luma picture of a frame, read-only."""
        size = self._display.unturned(frame.width, frame.height, side=LUMA_SIDE)
        if _translucent(frame):
            rgba = self._scaled(frame, size, "rgba").astype(np.float32)
            grey = rgba[:, :, :3] @ np.array([0.299, 0.587, 0.114], np.float32)
            small = np.rint(grey * rgba[:, :, 3] / 255).astype(np.uint8)
        else:
            small = self._scaled(frame, size, "gray")
        return _frozen(self._display.turned(small))

    def still(self, frame: VideoFrame, *, side: int = STILL_SIDE) -> Picture:
        """Return the frame in colour, its long side at most `side`, read-only."""
        size = self._display.unturned(frame.width, frame.height, side=side)
        if _translucent(frame):
            rgba = self._scaled(frame, size, "rgba").astype(np.float32)
            small = np.rint(rgba[:, :, :3] * rgba[:, :, 3:] / 255).astype(np.uint8)
        else:
            small = self._scaled(frame, size, "rgb24")
        return _frozen(self._display.turned(small))

    def _scaled(
        self, frame: VideoFrame, size: tuple[int, int], pixels: str
    ) -> npt.NDArray[np.uint8]:
        scaled = self._scaler.reformat(
            frame,
            *size,
            pixels,
            interpolation="AREA",
            dst_color_range="JPEG",
            threads=1,
        )
        return np.asarray(scaled.to_ndarray(), np.uint8)


def _translucent(frame: VideoFrame) -> bool:
    return _has_alpha(frame.format.name)


@cache
def _has_alpha(pixels: str) -> bool:
    return any(component.is_alpha for component in VideoFormat(pixels).components)


def _frozen[T: np.generic](picture: npt.NDArray[T]) -> npt.NDArray[T]:
    picture = np.ascontiguousarray(picture)
    picture.setflags(write=False)
    return picture
