"""Which packets are decoded: the choice that makes indexing cheap.

A key frame decodes by itself. Where the next one follows soon, a group of pictures is its key frame
and nothing else; where it does not, the group is decoded on, without frames no other frame needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Protocol

from index.decode.sparing import Asked


@dataclass(frozen=True, slots=True)
class Steps:
    """What a pace decodes and hands on.

    Attributes:
        reach: Seconds; a group of pictures that is shorter is decoded to its key frame only.
        every: Seconds between frames handed on, besides key frames; 0 for all.
        whole: Whether frames that no other needs are decoded too.
        rough: Whether the smoothing of block edges is left out.
        asked: The times to which the frames are nearest that are needed; of the others, those that
            no other needs may be left out. None if all are needed.
    """

    reach: float
    every: float
    whole: bool = False
    rough: bool = False
    asked: Asked | None = None


class Pace(Enum):
    """How densely a file is decoded.

    Attributes:
        EVERY: All shown frames.
        REFERENCE: All but those that no other frame needs.
        ROUGH: The same, block edges not smoothed: cheaper by about a sixth where it was measured
            well; the small pictures' mean correlation with smoothed ones was 0.9993 or more on
            nine films, the worst single one 0.9958.
        SPARSE: Key frames only.
        STANDARD: Key frames, and where they are more than 2 s apart a frame each 0.25 s.
        DENSE: A frame each 0.25 s.
    """

    EVERY = Steps(reach=0.0, every=0.0, whole=True)
    REFERENCE = Steps(reach=0.0, every=0.0)
    ROUGH = Steps(reach=0.0, every=0.0, rough=True)
    SPARSE = Steps(reach=inf, every=inf)
    STANDARD = Steps(reach=2.0, every=0.25)
    DENSE = Steps(reach=0.25, every=0.25)


class Packet(Protocol):
    """What pacing looks at of a packet."""

    @property
    def pts(self) -> int | None:
        """When it is shown, in ticks."""

    @property
    def dts(self) -> int | None:
        """When it is decoded, in ticks."""

    @property
    def is_keyframe(self) -> bool:
        """Whether it decodes by itself."""


class Groups[P: Packet]:
    """Sorts packets, in their order, into those to decode and those to leave out.

    At most `reach` of packets are held back, so memory is flat however long a group is.

    Attributes:
        parted: Whether packets were left out right before the group that the last packet is of.
    """

    def __init__(self, reach: float, *, fresh: bool) -> None:
        """Begin before the first packet.

        Args:
            reach: Ticks; see Steps.
            fresh: Whether the packets begin where the file does. Then all are decoded until
                `settle` is called, for the first shown frame need not be the first decoded.
        """
        self._reach = reach
        self._key: P | None = None
        self._held: list[P] = []
        self._opening = fresh
        self._following = fresh
        self.parted = False

    def settle(self) -> None:
        """Leave out packets from now on; to be called when the first frame has come out."""
        if self._opening:
            self._opening = False
            self._following = self._reach <= 0

    def fed(self, packet: P) -> Sequence[P]:
        """Return the packets to decode now that this one came."""
        if packet.is_keyframe:
            self.parted = not self._following
            self._following = self._opening or self._reach <= 0
            self._key, self._held = packet, []
            return (packet,)
        if self._following:
            return () if self._leads(packet) else (packet,)
        if self._reach == inf:
            return ()
        self._held.append(packet)
        if not self._far(packet):
            return ()
        held = [p for p in self._held if not self._leads(p)]
        self._following, self._held = True, []
        return held

    def _far(self, packet: P) -> bool:
        """Return whether the group reaches too far to stop at its key frame."""
        key = self._key
        if key is None:
            return True
        if key.dts is not None and packet.dts is not None:
            return packet.dts - key.dts >= self._reach
        if key.pts is not None and packet.pts is not None:
            return packet.pts - key.pts >= self._reach
        return True

    def _leads(self, packet: P) -> bool:
        """Return whether it is shown before its key frame and needs a group that was left out."""
        return (
            self.parted
            and self._key is not None
            and packet.pts is not None
            and self._key.pts is not None
            and packet.pts < self._key.pts
        )
