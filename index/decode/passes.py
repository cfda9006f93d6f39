"""One pass through an opened file: packets in, frames with times out, losses counted."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import dropwhile
from math import inf

import av
from av import Packet, VideoFrame
from av.buffer import Buffer
from av.container import InputContainer
from av.sidedata.sidedata import Type
from av.video.stream import VideoStream

from index.decode.clocks import Clock
from index.decode.luma import Display, display
from index.decode.pacing import Groups, Steps
from index.decode.sources import UNDECODABLE, quotient
from index.decode.sparing import EXACT, Sparing

type VideoPacket = Packet[VideoStream]

RATE_LIMIT = 400
"""Frames per second; containers that count milliseconds state 1000 as their rate."""
USUAL_PERIOD = 0.04
"""Seconds from frame to frame where the file does not say."""
LEAP = 10
"""Seconds from one packet to the next that only a new count explains."""
RUN_OF_B = 4
"""Frames in a row that nothing else needs; encoders seldom write more than three."""
PATIENCE = 500
"""Packets that give no frame, before the file counts as one that cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A decoded frame, when and how it is shown."""

    time: float
    frame: VideoFrame
    display: Display


class Pass:
    """Decodes the picture of a file once.

    Attributes:
        zero: Stamp of the first shown frame, in the file's own ticks; None before it.
        display: How frames are shown; the file's word counts, else that of the first frame.
        size: Width and height of the first frame, as decoded.
        damaged: Frames and packets that could not be used.
        packets: How many frames the file holds, as far as read.
        stopped: Whether reading ended in an error.
        unsound: Whether a key frame did not decode by itself, so that all must be decoded.
        unstamped: Whether there are packets that do not say when they are shown.
    """

    def __init__(
        self,
        container: InputContainer,
        stream: VideoStream,
        steps: Steps,
        *,
        zero: int | None = None,
        unstamped: bool = False,
    ) -> None:
        """Prepare.

        Args:
            container: The file.
            stream: Its picture.
            steps: What to decode.
            zero: Stamp of the first shown frame, where another pass has found it.
            unstamped: Whether another pass has found packets without time of showing. Then times
                follow the order of decoding, which takes decoding them all.
        """
        self._container = container
        self._stream = stream
        self._steps = steps
        self._tick = quotient(stream.time_base) or Fraction(1)
        self._reach = steps.reach / float(self._tick)
        if steps.rough and not stream.codec_context.is_open:
            stream.codec_context.options = {"skip_loop_filter": "all"}
        self.period = period(stream)
        self.clock = Clock(period=self.period, length=stated_length(container, stream))
        self.zero = zero
        self.display = Display()
        self.size = (0, 0)
        self.damaged = 0
        self.packets = 0
        self.stopped = False
        self.unsound = False
        self.unstamped = unstamped or _made_up(container, stream)
        self._by_order = unstamped
        self._reorders = stream.codec_context.codec.reorder
        exact = stream.codec_context.codec.canonical_name in EXACT
        self._sparing: Sparing | None = None
        if steps.asked is not None and exact and not self.unstamped:
            self._sparing = Sparing(steps.asked, period=self.period)
        self._started = False
        self._age = 0.0
        self._fruitless = False
        self._last_stamp: int | None = None
        self._last_ticks = 0
        self._frame_end = 0.0

    @property
    def misled(self) -> bool:
        """Whether what was left out so far would have been needed, so that all must be decoded."""
        return self.unsound or (self.unstamped and not self._by_order) or self._astray

    @property
    def _astray(self) -> bool:
        """Whether a frame may be missing that is nearest to a time asked for, or its time wrong."""
        sparing = self._sparing
        return sparing is not None and (
            sparing.misled or self.stopped or bool(self.damaged or self.clock.repaired)
        )

    @property
    def flawed(self) -> bool:
        """Whether frames may differ from those that decoding from the start would give."""
        return bool(self.damaged or self.stopped or self.misled or self.clock.repaired)

    @property
    def _slow(self) -> bool:
        """Whether leaving out frames nothing else needs would tear gaps wider than a step."""
        return bool(self._steps.every) and self.period * RUN_OF_B > self._steps.every

    @property
    def origin(self) -> float | None:
        """Seconds on the file's own clock at time 0; None where its packets do not tell."""
        return None if self.unstamped or self.zero is None else self._seconds(self.zero)

    @property
    def end(self) -> float:
        """Seconds at which the last frame read so far is over, decoded or not."""
        if self.zero is None or self._last_stamp is None or self.clock.repaired:
            return self._frame_end
        last = self._seconds(self._last_stamp - self.zero)
        return max(self._frame_end, last + (self._seconds(self._last_ticks) or self.period))

    def forward(self) -> Iterator[Shown]:
        """Yield the frames from where the file begins."""
        groups = Groups[VideoPacket](self._reach, fresh=True)
        yield from self._run(groups, self._counted(self._demuxed()))

    def onward(self, target: float) -> Iterator[Shown]:
        """Yield the frames from a key frame on that the file's index names for a time.

        Args:
            target: Seconds; the key frame should be the last one not after it.
        """
        try:
            self._seek(target)
        except av.error.FFmpegError:
            self.stopped = True
            return
        groups = Groups[VideoPacket](self._reach, fresh=False)
        yield from self._run(groups, dropwhile(lambda p: not p.is_keyframe, self._demuxed()))

    def steady(self, target: float) -> bool:
        """Read on to a time and return whether stamps rise all the way, so that it can be sought.

        Joined transport streams and recordings begin to count anew in the middle.
        """
        last: int | None = None
        for packet in self._demuxed():
            if packet.dts is None:
                continue
            if last is not None and not 0 <= packet.dts - last <= LEAP / self._tick:
                return False
            last = packet.dts
            if self._seconds(last - (self.zero or 0)) > target:
                break
        return True

    def tail(self) -> bool:
        """Read the last packets, so that `end` is known; return whether there were any."""
        read = self.packets
        stated = stated_length(self._container, self._stream)
        if stated > 0:
            with suppress(av.error.FFmpegError):
                self._seek(stated)
        return self.read() > read

    def read(self) -> int:
        """Read all packets that are left, without decoding; return how many were read in all."""
        for _ in self._counted(self._demuxed()):
            pass
        return self.packets

    def _seek(self, target: float) -> None:
        stamp = round(target / self._tick) + (self.zero or 0)
        self._container.seek(stamp, stream=self._stream)

    def _seconds(self, ticks: int) -> float:
        return ticks * self._tick.numerator / self._tick.denominator

    def _run(self, groups: Groups[VideoPacket], packets: Iterator[VideoPacket]) -> Iterator[Shown]:
        for packet in packets:
            if not packet.size:
                # The packet without data that ends the stream asks for the frames still held back.
                fed: Sequence[VideoPacket] = (packet,)
            else:
                fed = groups.fed(packet)
                if packet.is_keyframe and groups.parted and self._reorders:
                    yield from self._finished()
            for each in fed:
                for frame in self._decoded(each):
                    if not self._started:
                        self._start(groups, frame)
                    self._fruitless = False
                    yield self._shown(frame)
            if not self._started and self.damaged > PATIENCE:
                return
        if self._sparing is not None:
            self._sparing.shown(inf)

    def _finished(self) -> Iterator[Shown]:
        """End a stretch of packets that the next one does not continue.

        Decoders put frames in order by counts that only hold within a stretch, and take what they
        decoded before for what the next frame refers to: some files then show frames in the wrong
        order, or green.
        """
        for frame in self._decoded(None):
            self._fruitless = False
            yield self._shown(frame)
        if self._fruitless:
            self.unsound = True
        self._fruitless = True
        self._stream.codec_context.flush_buffers()

    def _start(self, groups: Groups[VideoPacket], first: VideoFrame) -> None:
        self._started = True
        self.size = first.width, first.height
        groups.settle()
        matrix: Buffer | bytes | None = self._stream.codec_context.coded_side_data.get(
            "display_matrix", first.side_data.get(Type.DISPLAYMATRIX)
        )
        aspect = quotient(self._stream.sample_aspect_ratio)
        self.display = display(aspect, None if matrix is None else bytes(matrix))
        if not self._steps.whole and not self._slow:
            self._stream.codec_context.skip_frame = "NONREF"

    def _demuxed(self) -> Iterator[VideoPacket]:
        try:
            yield from self._container.demux(self._stream)
        except av.error.FFmpegError:
            self.stopped = True

    def _counted(self, packets: Iterator[VideoPacket]) -> Iterator[VideoPacket]:
        for packet in packets:
            if packet.size and not packet.is_discard and not packet.is_corrupt:
                self.packets += 1
                stamp = packet.pts
                if stamp is None:
                    self.unstamped, stamp = True, packet.dts
                if stamp is not None and (self._last_stamp is None or stamp > self._last_stamp):
                    self._last_stamp, self._last_ticks = stamp, packet.duration or 0
            yield packet

    def _decoded(self, packet: VideoPacket | None) -> list[VideoFrame]:
        if self._sparing is not None and packet is not None:
            self._spare(self._sparing, packet)
        try:
            frames = self._stream.decode(packet)
        except av.error.MemoryError:
            raise
        except UNDECODABLE:
            self.damaged += 1
            return []
        good = [frame for frame in frames if not frame.is_corrupt]
        self.damaged += len(frames) - len(good)
        return good

    def _spare(self, sparing: Sparing, packet: VideoPacket) -> None:
        """Have the decoder leave out the packet's frame if it can."""
        spares = (
            self.zero is not None
            and packet.pts is not None
            and sparing.spares(self._seconds(packet.pts - self.zero))
        )
        self._stream.codec_context.skip_frame = "NONREF" if spares else "DEFAULT"

    def _shown(self, frame: VideoFrame) -> Shown:
        stamp = frame.dts if self._by_order else frame.pts
        if self.zero is None:
            self.zero = stamp or 0
        if stamp is not None:
            self._age = self._seconds(stamp - self.zero)
        elif self._by_order:
            # The frames that come out last have no packet of their own any more.
            self._age += self.period
        time = self.clock.time(self._age if self._by_order or stamp is not None else None)
        lasts = 0.0 if self._by_order else self._seconds(frame.duration)
        self._frame_end = time + (lasts or self.period)
        if self._sparing is not None:
            self._sparing.shown(time)
        return Shown(time, frame, self.display)


def _made_up(container: InputContainer, stream: VideoStream) -> bool:
    """Return whether times of showing are FFmpeg's guess: AVI keeps none, so B-frames go astray."""
    return container.format.name == "avi" and stream.codec_context.has_b_frames


def period(stream: VideoStream) -> float:
    """Return the usual seconds from frame to frame."""
    for rate in (quotient(stream.average_rate), quotient(stream.guessed_rate)):
        if rate is not None and rate <= RATE_LIMIT:
            return float(1 / rate)
    return USUAL_PERIOD


def stated_length(container: InputContainer, stream: VideoStream) -> float:
    """Return the seconds of picture the header states; 0 if it states none."""
    tick = quotient(stream.time_base)
    if stream.duration and tick:
        return float(stream.duration * tick)
    # Some containers count from the first frame, some from zero on their own clock.
    start = float((stream.start_time or 0) * (tick or 0))
    return max(0.0, (container.duration or 0) / av.time_base - max(0.0, start))
