"""Which frames need not be decoded where only those nearest to some times are asked for.

What is left out must change nothing: it is a frame that no other needs, by the decoder's own word,
and none of the times is nearest to it. Where that proves wrong, or times cannot be relied on, all
is decoded again.
"""

from bisect import bisect_left
from collections.abc import Iterator
from heapq import heappop, heappush
from math import inf

EXACT = frozenset({"h264"})
"""Decoders that, told to skip what no other frame needs, skip nothing else: its packets say so. In
HEVC that word holds within a layer of time only; others keep what they learned of each frame."""
NEAR = 0.75
"""Usual frames from a time to the frame nearest to it; half of one, if stamps were not rounded."""


class Asked:
    """Rising times whose nearest frames are wanted of one pass, told no earlier than needed.

    Attributes:
        first: The first of them.
    """

    def __init__(self, first: float, later: Iterator[float], *, onward: float = inf) -> None:
        """Begin.

        Args:
            first: The first time.
            later: What comes after it.
            onward: Seconds between two times over which a pass goes on.
        """
        self.first = first
        self._known = [first]
        self._later = later
        self._onward = onward
        self._over = False
        self._rest: float | None = None

    def __iter__(self) -> Iterator[float]:
        place = 0
        while place < len(self._known) or self._more():
            yield self._known[place]
            place += 1

    def between(self, start: float, end: float) -> bool:
        """Return whether one of the times lies between two others, or is one of them."""
        while self._known[-1] <= end and self._more():
            pass
        place = bisect_left(self._known, start)
        return place < len(self._known) and self._known[place] <= end

    def rest(self) -> float | None:
        """Return the first time that is for another pass; None if there is none."""
        while self._more():
            pass
        return self._rest

    def _more(self) -> bool:
        """Return whether there is one more time, having asked for it."""
        if self._over:
            return False
        time = next(self._later, None)
        if time is None or not 0 <= time - self._known[-1] <= self._onward:
            self._over, self._rest = True, time
            return False
        self._known.append(time)
        return True


class Sparing:
    """Tells the frames that can be left out of a pass.

    Attributes:
        misled: Whether one that was left out would have been needed.
    """

    def __init__(self, asked: Asked, *, period: float) -> None:
        """Begin before the first packet.

        Args:
            asked: What is wanted.
            period: Usual seconds from frame to frame.
        """
        self._asked = asked
        self._reach = NEAR * period
        self._latest = -inf
        self._last = -inf
        self._spared: list[float] = []
        self.misled = False

    def spares(self, time: float) -> bool:
        """Return whether the next packet's frame can be left out if no other needs it.

        It must be seen to be shown before one that came earlier: else stamps may be in the order of
        decoding, and say nothing.

        Args:
            time: When it is shown.
        """
        early = time < self._latest
        self._latest = max(self._latest, time)
        if not early or self._asked.between(time - self._reach, time + self._reach):
            return False
        heappush(self._spared, time)
        return True

    def shown(self, time: float) -> None:
        """Look at what was left out before the next frame that is shown.

        Args:
            time: When it is; infinity if there is none.
        """
        while self._spared and self._spared[0] <= time:
            spared = heappop(self._spared)
            if spared < time:  # else others need it
                near = (self._last + spared) / 2, (spared + time) / 2
                self.misled |= self._asked.between(*near)
        self._last = time
