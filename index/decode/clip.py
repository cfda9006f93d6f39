"""A file as the rooms above see it: its facts, its frames, its stills."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path

from index.decode.facts import glance
from index.decode.luma import Easel
from index.decode.pacing import Pace, Steps
from index.decode.passes import Shown
from index.decode.sources import UNDECODABLE
from index.decode.sparing import Asked
from index.decode.stretches import since, through
from index.errors import BadMediaError, called
from index.values import STILL_SIDE, Frame, Interval, Media, Still

ONWARD = 3.0
"""Seconds between two stills over which decoding goes on; over more, a key frame is sought."""
STEP_SHARE = 0.6
"""Share of a pace's step after which a frame is handed on: the next may come too late."""


class Clip:
    """One file, opened anew for every pass through it.

    What is wrong with the file shows when it is first used.

    Attributes:
        origin: Seconds on the file's own clock at time 0, once `frames` without a window has come
            to its end; None before, and where its packets do not tell.
    """

    def __init__(self, path: Path) -> None:
        self.origin: float | None = None
        self._path = path
        self._media: Media | None = None

    @property
    def media(self) -> Media:
        """What the file holds.

        Once `frames` without a window has come to its end, the length is true and all losses are
        told; before, the length is where the last packets say, and losses may be missing.

        Raises:
            MissingFileError: There is no such file, or it may not be read.
            BadMediaError: It holds nothing that can be decoded.
        """
        if self._media is None:
            self._media = glance(self._path)
        return self._media

    def frames(self, pace: Pace, *, window: Interval | None = None) -> Iterator[Frame]:
        """Yield shown frames in their order; none where a file has sound only.

        Frames that are damaged are left out; times always rise.

        Args:
            pace: How densely.
            window: Only frames shown in it. The key frame before it is sought; where that proves
                broken, everything before it is decoded.

        Raises:
            MissingFileError: There is no such file, or it may not be read.
            BadMediaError: It holds nothing that can be decoded.
        """
        if window is None:
            yield from self._painted(self._through(pace.value), pace.value)
        else:
            shown = since(self._path, pace.value, window.start)
            yield from self._painted(_inside(shown, window), pace.value)

    def stills(self, times: Sequence[float], *, side: int = STILL_SIDE) -> list[Still]:
        """Return the shown frames nearest to the times, in colour, in the order of the times.

        Each has its own true time. Of a file without picture there are none. Times that lie near
        one another are had in one pass.

        Args:
            times: Seconds.
            side: Pixels of the long side, at most.

        Raises:
            MissingFileError: There is no such file, or it may not be read.
            BadMediaError: It holds nothing that can be decoded.
        """
        found = dict(self.reel(sorted(set(times)), side=side))
        return [found[time] for time in times if time in found]

    def pictures(self, window: Interval, *, side: int = STILL_SIDE) -> Iterator[Still]:
        """Yield, in colour, every shown frame that is nearest to some time of a window.

        The first is that which is shown when the window begins, the last the first one after it.
        Of a file without picture there are none.

        Args:
            window: Seconds.
            side: Pixels of the long side, at most.

        Raises:
            MissingFileError: There is no such file, or it may not be read.
            BadMediaError: It holds nothing that can be decoded.
        """
        easel: Easel | None = None
        for shown in _around(since(self._path, Pace.EVERY.value, window.start), window):
            easel = easel or Easel(shown.display)
            yield Still(shown.time, easel.still(shown.frame, side=side))

    def reel(
        self, times: Iterable[float], *, side: int = STILL_SIDE
    ) -> Iterator[tuple[float, Still]]:
        """Yield times and the frames nearest to them, as `stills` returns them.

        One pass serves as long as times rise, and not by more than a few seconds.

        Args:
            times: Seconds; they are asked for no earlier than needed.
            side: Pixels of the long side, at most.

        Raises:
            MissingFileError: There is no such file, or it may not be read.
            BadMediaError: It holds nothing that can be decoded.
        """
        later = iter(times)
        first = next(later, None)
        while first is not None:
            asked = Asked(first, later, onward=ONWARD)
            yield from zip(asked, _stills(self._path, asked, side), strict=False)
            first = asked.rest()

    def _through(self, steps: Steps) -> Iterator[Shown]:
        self._media, self.origin = yield from through(self._path, steps)

    def _painted(self, shown: Iterator[Shown], steps: Steps) -> Iterator[Frame]:
        """Make canonical pictures of those frames that the pace hands on."""
        easel: Easel | None = None
        last = -inf
        for each in shown:
            key = each.frame.key_frame
            if not key and each.time - last < steps.every * STEP_SHARE:
                continue
            last = each.time
            easel = easel or Easel(each.display)
            try:
                luma = easel.luma(each.frame)
            except UNDECODABLE as error:
                raise BadMediaError(
                    f"{called(self._path)} has pictures in a format that cannot be converted here "
                    f"({each.frame.format.name}).",
                    hint="Convert it to H.264 or AV1 first.",
                ) from error
            yield Frame(each.time, luma, key)


def media(path: Path) -> Media:
    """Return what a file holds, decoding no more than its first frame; see `Clip.media`."""
    return Clip(path).media


def frames(path: Path, pace: Pace, *, window: Interval | None = None) -> Iterator[Frame]:
    """Yield shown frames; see `Clip.frames`."""
    return Clip(path).frames(pace, window=window)


def stills(path: Path, times: Sequence[float], *, side: int = STILL_SIDE) -> list[Still]:
    """Return the shown frames nearest to the times, in colour; see `Clip.stills`."""
    return Clip(path).stills(times, side=side)


def _stills(path: Path, asked: Asked, side: int) -> Iterator[Still]:
    """Yield the frame nearest to each of rising times, of one pass; none without picture."""
    easel: Easel | None = None
    painted: Still | None = None
    steps = replace(Pace.EVERY.value, asked=asked)
    for shown in _nearest(since(path, steps, asked.first), asked):
        easel = easel or Easel(shown.display)
        if painted is None or painted.time != shown.time:
            painted = Still(shown.time, easel.still(shown.frame, side=side))
        yield painted


def _nearest(frames: Iterator[Shown], times: Iterable[float]) -> Iterator[Shown]:
    """Yield the frame nearest to each of rising times; none if there are no frames."""
    nearest, after = next(frames, None), next(frames, None)
    for time in times:
        while after is not None and nearest and abs(after.time - time) < abs(nearest.time - time):
            nearest, after = after, next(frames, None)
        if nearest is not None:
            yield nearest


def _inside(shown: Iterator[Shown], window: Interval) -> Iterator[Shown]:
    for each in shown:
        if each.time >= window.end:
            return
        if each.time >= window.start:
            yield each


def _around(frames: Iterator[Shown], window: Interval) -> Iterator[Shown]:
    """Yield frames from the last one not after a window's start to the first one after it."""
    before: Shown | None = None
    for each in frames:
        if each.time <= window.start:
            before = each
            continue
        if before is not None:
            yield before
            before = None
        yield each
        if each.time >= window.end:
            return
    if before is not None:
        yield before
