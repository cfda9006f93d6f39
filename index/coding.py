"""Frames to codes: what is shown of a file gathered as it comes, and hashed."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from index import keyframes
from index.hashing import features, mounts, panels, pictures
from index.hashing.mounts import Mount, cropped
from index.hashing.panels import PanelParams, overlap
from index.values import CODE_BYTES, WHOLE, Box, Channel, Codes, Fingerprint, Frame, Luma

type Shown = tuple[list[float], npt.NDArray[np.uint8]]
"""Times, and what was shown then, squeezed to uint8 (n, 64, 64)."""

LIKELY = PanelParams()
STAYED = 0.9
"""Overlap from which on a panel of the next keyframes is the same one."""


class Column:
    """Times and codes as they come."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.codes: list[Codes] = []

    def collect(self, shown: Shown) -> list[tuple[float, Codes]]:
        """Add the codes of what is shown, and return them with their times."""
        times, squares = shown
        codes = list(pictures.codes(pictures.coefficients(squares))) if times else []
        self.times += times
        self.codes += codes
        return list(zip(times, codes, strict=True))


class Features:
    """Local features as they come."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._times: list[float] = []
        self._codes = [np.empty((0, CODE_BYTES), np.uint8)]
        self._places = [np.empty((0, 4), np.float32)]

    def add(self, frame: Frame, most: int, *, side: int, mirrored: bool = False) -> None:
        """Add one frame."""
        luma = np.ascontiguousarray(frame.luma[:, ::-1]) if mirrored else frame.luma
        codes, places = features.features(luma, most, side=side)
        self._times += [frame.time] * len(codes)
        self._codes.append(codes)
        self._places.append(places)

    def fingerprint(self) -> Fingerprint:
        """Return those added since the last time."""
        times = np.array(self._times, np.float64)
        found = Fingerprint(
            Channel.FEATURE,
            features.RECIPE,
            times,
            np.zeros(len(times)),
            np.concatenate(self._codes),
            np.concatenate(self._places),
        )
        self._begin()
        return found

    def __len__(self) -> int:
        return len(self._times)


class Panels:
    """Codes of pictures set into keyframes, as they come.

    Args:
        params: When a rectangle counts as a panel.
    """

    def __init__(self, params: PanelParams) -> None:
        self._params = params
        self._going: list[tuple[Box, Column]] = []
        self._gone: list[tuple[Box, Column]] = []

    def add(self, frames: Sequence[Frame], mount: Mount) -> None:
        """Add keyframes that follow one another.

        Args:
            frames: By time; at least three.
            mount: What of them is picture; it has a code anyway.
        """
        going: list[tuple[Box, Column]] = []
        for box in inset(frames, mount.bars, params=self._params):
            if any(overlap(box, other) >= self._params.same for other in mount.boxes):
                continue
            known = [one for one in self._going if overlap(box, one[0]) >= STAYED]
            panel = next((one for one in known if one not in going), (box, Column()))
            panel[1].collect(shown([(each.time, cropped(each.luma, panel[0])) for each in frames]))
            going.append(panel)
        self._gone += [one for one in self._going if one not in going]
        self._going = going

    def fingerprint(self, *, end: float) -> Fingerprint:
        """Return them all; `end` is when the last is over."""
        parts = [
            (*keyframes.merged(np.array(column.times), np.stack(column.codes), end=end), box)
            for box, column in (*self._gone, *self._going)
            if column.times
        ]
        times = np.concatenate([np.empty(0), *(part[0] for part in parts)])
        holds = np.concatenate([np.empty(0), *(part[1] for part in parts)])
        codes = np.concatenate([np.empty((0, CODE_BYTES), np.uint8), *(part[2] for part in parts)])
        places = [panels.place(box) for times, _, _, box in parts for _ in times]
        order = np.argsort(times, kind="stable")
        return Fingerprint(
            Channel.PANEL,
            panels.RECIPE,
            times[order],
            holds[order],
            codes[order],
            np.array(places, np.float32).reshape(-1, 4)[order],
        )


def inset(
    frames: Sequence[Frame], area: Box = WHOLE, *, params: PanelParams = LIKELY
) -> Iterator[Box]:
    """Yield the parts of frames that look like pictures of their own, without their bars.

    Args:
        frames: By time; at least two.
        area: Where in them to look.
        params: When a rectangle counts as a panel.
    """
    for found in panels.panels([cropped(frame.luma, area) for frame in frames], params=params):
        panel = panels.within(area, found)
        inside = mounts.mount([cropped(frame.luma, panel) for frame in frames]).bars
        yield panels.within(panel, inside)


def shown(pictures_at: Sequence[tuple[float, Luma]]) -> Shown:
    """Return the pictures that show something."""
    return _contrasting(
        [time for time, _ in pictures_at], pictures.squares([luma for _, luma in pictures_at])
    )


def masked(shown: Shown) -> Shown:
    """Return what they show around their middle, where that is something."""
    times, squares = shown
    return _contrasting(times, pictures.masked(squares))


def _contrasting(times: Sequence[float], squares: npt.NDArray[np.uint8]) -> Shown:
    rows = np.flatnonzero(pictures.contrast(squares) >= pictures.PLAIN_CONTRAST)
    return [times[int(row)] for row in rows], squares[rows]


def fingerprint(
    columns: Sequence[Column], channel: Channel, recipe: str, *, end: float
) -> Fingerprint:
    """Return the codes of all columns by time; `end` is when the last is over."""
    parts = [
        keyframes.merged(np.array(column.times), np.stack(column.codes), end=end)
        for column in columns
        if column.times
    ] or [(np.empty(0), np.empty(0), np.empty((0, CODE_BYTES), np.uint8))]
    times, holds, codes = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(times, kind="stable")
    return Fingerprint(channel, recipe, times[order], holds[order], codes[order])


def variants(
    shown: Sequence[Shown],
    channel: Channel = Channel.PICTURE,
    recipe: str = pictures.RECIPE,
) -> dict[str, Fingerprint]:
    """Return the codes of what is shown by variant, by time."""
    times = np.array([time for part, _ in shown for time in part])
    order = np.argsort(times, kind="stable")
    lowest = [pictures.coefficients(squares) for part, squares in shown if part]
    every = np.concatenate(lowest)[order] if lowest else np.empty((0, 16, 16))
    return {
        variant: Fingerprint(channel, recipe, times[order], np.zeros(len(times)), codes)
        for variant, codes in pictures.variants(every).items()
    }
