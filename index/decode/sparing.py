"""Which frames need not be decoded where only those nearest to some times are asked for.

What is left out must change nothing: it is a frame that no other needs, by the decoder's own word,
and none of the times is nearest to it. Where that proves wrong, or times cannot be relied on, all
is decoded again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf

EXACT = frozenset({"h264"})
"""Decoders that, told to skip what no other frame needs, skip nothing else: its packets say so. In
HEVC that word holds within a layer of time only; others keep what they learned of each frame."""
NEAR = 0.75
"""Usual frames from a time to the frame nearest to it; half of one, if stamps were not rounded."""


class Sparing:
    """Tells the frames that can be left out of a pass.

    Attributes:
        misled: Whether one that was left out would have been needed.
    """

    def __init__(self, asked: Sequence[float], *, period: float) -> None:
        """Begin before the first packet.

        Args:
            asked: Rising times whose nearest frames are wanted.
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
        if not early or self._asks(time - self._reach, time + self._reach):
            return False
        heappush(self._spared, time)
        return True

    def shown(self, time: float) -> None:
        """Look at what was left out before the next frame that is shown.

        Args:
            time: When it is; infinity if there is none.
        """
        while self._spared and self._spared[0] < time:
            spared = heappop(self._spared)
            self.misled |= self._asks((self._last + spared) / 2, (spared + time) / 2)
        self._last = time

    def _asks(self, start: float, end: float) -> bool:
        """Return whether one of the times lies between two others."""
        return bisect_left(self._asked, start) < bisect_right(self._asked, end)
