"""The frame a picture has been set in: letterbox, pillarbox and plain bands with words on them.

A painted bar is all of one grey, which nothing filmed is. A band with words on it is told from a
wall by its edge: going inward from the border, its lines are mostly of the border's colour and do
not change over the shot; where it ends, most of the line changes at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.values import WHOLE, Box, Luma


@dataclass(frozen=True, slots=True)
class MountParams:
    """When lines of the picture count as a bar.

    Attributes:
        level: Grey levels within which a pixel has the border's colour; compression blurs by 6.
        share: Share of a line that must have it; half of a band of words is still the band.
        mostly: Share of a band's lines that must have it.
        unrest: Mean change of a line over the shot, in grey levels, that a band may show.
        edge: Grey levels by which the picture must differ from the band next to it.
        straight: Share of the line on which it must, at some moment of the shot.
        even: Grey levels within which a painted bar keeps its colour.
        flat: Share of every line of a painted bar that does.
        faint: Grey levels by which the picture must differ from a painted bar.
        dead: Share of the line on which it must, at some moment of the shot: a dark picture shows
            its edge only here and there.
        least: Narrowest bar worth removing, as a share of the side.
        most: Widest bar on one side; a wide picture on an upright screen leaves 0.36 above it.
        left: Least share of the side that the picture keeps.
    """

    level: float = 6.0
    share: float = 0.5
    mostly: float = 0.6
    unrest: float = 2.5
    edge: float = 14.0
    even: float = 3.0
    flat: float = 0.99
    faint: float = 5.0
    straight: float = 0.6
    dead: float = 0.12
    least: float = 0.015
    most: float = 0.45
    left: float = 0.2


@dataclass(frozen=True, slots=True)
class Mount:
    """What of a shot's frames is picture.

    Attributes:
        bars: The part inside painted bars.
        bands: The part inside bars and bands with words on them, which may hide some picture.
    """

    bars: Box
    bands: Box

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The whole frame and the parts that differ from it and from one another."""
        return tuple(dict.fromkeys((WHOLE, self.bars, self.bands)))


def mount(lumas: Sequence[Luma], *, params: MountParams = MountParams()) -> Mount:
    """Return what is picture in a shot; the whole frame where there are no bars.

    Args:
        lumas: Pictures of one shot, all of one size; a dozen spread over it are enough.
        params: See there.
    """
    shot = np.stack(lumas).astype(np.float32)
    return Mount(_inside(shot, _painted, params=params), _inside(shot, _worded, params=params))


def cropped(luma: Luma, box: Box) -> Luma:
    """Return the part of the picture in the box, at least 2 pixels a side."""
    if box == WHOLE:
        return luma
    height, width = luma.shape
    top, left = round(box.y0 * height), round(box.x0 * width)
    bottom, right = max(top + 2, round(box.y1 * height)), max(left + 2, round(box.x1 * width))
    return np.ascontiguousarray(luma[top:bottom, left:right])


def filled(luma: Luma, mount: Mount) -> Luma:
    """Return the part inside bars, bands with words painted over with the lines next to them.

    A band that was laid over a picture, not beside it, then mostly changes the picture's code less:
    on nine made clips with a caption over a fifth by a median of 5 bits, on two by 18 and more, on
    two it was a bit worse.
    """
    inside = cropped(luma, mount.bars)
    core = cropped(luma, mount.bands)
    height, width = luma.shape
    top = round(mount.bands.y0 * height) - round(mount.bars.y0 * height)
    left = round(mount.bands.x0 * width) - round(mount.bars.x0 * width)
    rows = (max(0, top), max(0, inside.shape[0] - core.shape[0] - top))
    columns = (max(0, left), max(0, inside.shape[1] - core.shape[1] - left))
    return np.pad(core, (rows, columns), mode="edge")


type _Bar = Callable[[npt.NDArray[np.float32], MountParams], int]
"""Returns how many lines from the first are a bar, of (n, lines, across)."""


def _inside(shot: npt.NDArray[np.float32], bar: _Bar, *, params: MountParams) -> Box:
    rows = _lines(shot, bar, params=params)
    columns = _lines(shot[:, rows[0] : rows[1]].swapaxes(1, 2), bar, params=params)
    if columns != (0, shot.shape[2]):
        # Side bars hid the edge of bars above and below.
        rows = _lines(shot[:, :, columns[0] : columns[1]], bar, params=params)
    height, width = shot.shape[1:]
    return Box(columns[0] / width, rows[0] / height, columns[1] / width, rows[1] / height)


def _lines(shot: npt.NDArray[np.float32], bar: _Bar, *, params: MountParams) -> tuple[int, int]:
    """Return the first line of the picture and the first line below it."""
    lines = shot.shape[1]
    first, last = bar(shot, params), lines - bar(shot[:, ::-1], params)
    return (first, last) if last - first >= lines * params.left else (0, lines)


def _painted(shot: npt.NDArray[np.float32], params: MountParams) -> int:
    """Return how many lines are a bar all of one grey."""
    part = shot[:, : int(shot.shape[1] * params.most) + 2]
    off = np.abs(part - np.median(part[:, 0]))
    flat = (off <= params.even).mean(axis=(0, 2)) >= params.flat
    end = int(np.argmin(flat))
    if not params.least * shot.shape[1] <= end <= part.shape[1] - 2:
        return 0
    # Scaling and compression smear an edge over two lines.
    differs = off[:, end : end + 2].max(axis=(0, 1)) >= params.faint
    return end if differs.mean() >= params.dead else 0


def _worded(shot: npt.NDArray[np.float32], params: MountParams) -> int:
    """Return how many lines are a bar, with or without words on it."""
    lines = shot.shape[1]
    part = shot[:, : int(lines * params.most) + 2]
    alike = (np.abs(part - np.median(part[:, 0])) <= params.level).mean(axis=(0, 2))
    still = part.std(axis=0).mean(axis=1) <= params.unrest
    barred = still & (alike >= params.share)
    stop = int(np.argmin(still)) if not still.all() else len(still)
    for end in range(min(stop, part.shape[1] - 2), int(lines * params.least), -1):
        # Lines full of words lack the bar's colour; those before the edge do not.
        if not barred[max(0, end - 2) : end].all() or barred[:end].mean() < params.mostly:
            continue
        step = np.abs(part[:, end : end + 2] - part[:, [end - 1]]).max(axis=(0, 1))
        if (step >= params.edge).mean() >= params.straight:
            return end
    return _painted(shot, params)
