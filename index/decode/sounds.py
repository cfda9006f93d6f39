"""The sound of a file: whether it decodes, how long it lasts, and its samples with true times.

Samples come mixed down to one channel at one low rate, as one unbroken stream: gaps are silence, so
that a sample's place tells its time.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av import AudioFrame, AudioResampler, Packet
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.format import Flags
from av.stream import Discard

from index.decode.pacing import Pace
from index.decode.passes import Pass
from index.decode.sources import UNDECODABLE, decodable, opened, quotient, reopened
from index.values import Interval, Sound

type AudioPacket = Packet[AudioStream]
type Samples = npt.NDArray[np.float32]

RATE = 6000
"""Samples a second: enough for what is compared, 250 to 2,400 Hz."""
ATTEMPTS = 50
"""Packets tried before sound counts as broken: about a second."""
RUN_UP = 0.5
"""Seconds before a time at which decoding begins, so that the decoder has settled by then."""
SLIP = 0.1
"""Seconds by which a stamp may lie off before the stream counts as torn there."""
BELIEVED = 600.0
"""Seconds; a longer gap is a broken stamp."""
BACK = 0.5
"""Seconds; sound that begins earlier than what came before ends overlaps it. If by more, the count
of the stamps starts anew."""
BLOCK = RATE
"""Samples handed on at a time, about."""
CANCELLED = 0.1
"""Share of the channels' mean power under which their sum counts as cancelled out."""
LOUDER = 2.0
"""Times the power of the first channel that another must have to be taken in its place."""


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """Mixed samples, and the place of the first: samples since time 0, which may lie before it."""

    start: int
    samples: Samples


def track(container: InputContainer) -> AudioStream | None:
    """Return the first sound track that has a decoder."""
    return next((s for s in container.streams.audio if decodable(s)), None)


def decodes(path: Path) -> bool:
    """Return whether any sound comes out of the file's beginning."""
    with reopened(path) as container:
        stream = track(container)
        if stream is None:
            return False
        _alone(container, stream)
        return any(map(_sounds, islice(_packets(container, stream), ATTEMPTS)))


def length(path: Path) -> float:
    """Return the seconds of sound that the file's packets hold, whatever its header says."""
    with reopened(path) as container:
        stream = track(container)
        if stream is None:
            return 0.0
        _alone(container, stream)
        ticks = sum(packet.duration or 0 for packet in _packets(container, stream))
        return float(ticks * (quotient(stream.time_base) or 0))


class Track:
    """The sound of one file, opened anew for every pass through it.

    Attributes:
        damaged: Packets that could not be used in the last pass.
    """

    def __init__(self, path: Path, origin: float | None = None) -> None:
        """Prepare.

        Args:
            path: The file.
            origin: Seconds on its own clock at time 0, where another pass has found them.
        """
        self._path = path
        self._origin = origin
        self.damaged = 0

    def sounds(self, window: Interval | None = None) -> Iterator[Sound]:
        """Yield the sound in pieces that follow each other; none where a file has none.

        Time 0 is the first shown frame; of a file without picture, the first sample. What is heard
        before that is left out.

        Args:
            window: The stretch wanted; all of it if None. The first piece begins where it does.

        Raises:
            MissingFileError: There is no such file, or it may not be read.
            BadMediaError: It is no media file.
        """
        zero = _zero(self._path) if self._origin is None else self._origin
        if window is None:
            yield from _placed(self._decoded(zero), 0, None)
            return
        start, end = round(window.start * RATE), round(window.end * RATE)
        if window.start > RUN_UP:
            sought = self._decoded(zero, window.start - RUN_UP)
            first = next(sought, None)
            if first is not None and first.start <= start:
                yield from _placed(chain((first,), sought), start, end)
                return
        # Not every file can be sought; what is sought too far is decoded from its start.
        yield from _placed(self._decoded(zero), start, end)

    def _decoded(self, zero: float | None, since: float | None = None) -> Iterator[_Run]:
        """Yield the mixed samples from the start, or from about a time on, which rises."""
        self.damaged = 0
        with reopened(self._path) as container:
            stream = track(container)
            if stream is None:
                return
            _alone(container, stream)
            if since is not None and not (
                zero is not None and _seek(container, stream, since + zero)
            ):
                return
            yield from self._runs(container, stream, zero)

    def _runs(
        self, container: InputContainer, stream: AudioStream, zero: float | None
    ) -> Iterator[_Run]:
        """Yield the mixed samples with their places on the clock of the pictures."""
        mixer: _Mixer | None = None
        shift = -(zero or 0.0)
        for frame in self._frames(container, stream):
            time = None if frame.time is None else frame.time + shift
            if mixer is None:
                mixer = _Mixer(frame, time or 0.0)
            elif not mixer.continued(frame, time):
                yield from mixer.rest()
                start = mixer.onward(time)
                shift += 0.0 if time is None else start - time
                mixer = _Mixer(frame, start)
            yield from mixer.mixed(frame)
        if mixer is not None:
            yield from mixer.rest()

    def _frames(self, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
        for packet in _packets(container, stream):
            try:
                yield from packet.decode()
            except av.error.MemoryError:
                raise
            except UNDECODABLE:
                self.damaged += 1


class _Mixer:
    """Turns frames of one kind that follow each other into samples of one channel."""

    def __init__(self, first: AudioFrame, start: float) -> None:
        """Begin at a time."""
        self._kind = _kind(first)
        self._start = start
        self._heard = self._made = 0
        self._resampler = AudioResampler(
            format="fltp",
            layout="mono" if first.layout.nb_channels == 1 else "stereo",
            rate=RATE,
            frame_size=BLOCK,
            threads=1,
        )

    @property
    def _due(self) -> float:
        return self._start + self._heard / self._kind[2]

    def continued(self, frame: AudioFrame, time: float | None) -> bool:
        """Return whether a frame follows what came before."""
        return self._kind == _kind(frame) and (time is None or abs(time - self._due) <= SLIP)

    def onward(self, time: float | None) -> float:
        """Return when the next frame is heard: at its time, if that can be believed."""
        if time is None or not -BACK <= time - self._due <= BELIEVED:
            return self._due
        return time

    def mixed(self, frame: AudioFrame) -> Iterator[_Run]:
        """Yield samples as soon as there are enough to be worth mixing."""
        self._heard += frame.samples
        frame.pts = None
        yield from map(self._run, self._resampler.resample(frame))

    def rest(self) -> Iterator[_Run]:
        """Yield the samples still held back."""
        yield from map(self._run, self._resampler.resample(None))

    def _run(self, frame: AudioFrame) -> _Run:
        samples = _one(cast("Samples", frame.to_ndarray()))
        run = _Run(round(self._start * RATE) + self._made, samples)
        self._made += len(samples)
        return run


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _one(channels: Samples) -> Samples:
    """Return channels (c, n) mixed to one (n,).

    Where they cancel out, as one side of a pair that was wired the wrong way round does, the
    louder one is taken alone.
    """
    first: Samples = channels[0]
    if len(channels) == 1:
        return first
    mixed: Samples = channels.mean(axis=0, dtype=np.float32)
    powers = np.square(channels).mean(axis=1)
    if np.square(mixed).mean() >= CANCELLED * powers.mean():
        return mixed
    loudest = int(powers.argmax())
    louder: Samples = channels[loudest]
    return louder if powers[loudest] > LOUDER * powers[0] else first


def _placed(runs: Iterator[_Run], start: int, end: int | None) -> Iterator[Sound]:
    """Yield samples from a place on without gaps: silence where there is nothing."""
    at = start
    for run in runs:
        if end is not None and at >= end:
            return
        for first in range(at, run.start, BLOCK):
            silence = np.zeros(min(BLOCK, run.start - first), np.float32)
            yield Sound(first / RATE, RATE, silence)
        at = max(at, run.start)
        heard = run.samples[at - run.start : None if end is None else max(0, end - run.start)]
        yield Sound(at / RATE, RATE, heard)  # empty before the place: whoever waits sees life
        at += len(heard)


def _zero(path: Path) -> float | None:
    """Return the stamp of time 0 in seconds: that of the first shown frame.

    That of the first sample where a file has no picture; None where it has neither.
    """
    with opened(path) as source:
        if source.video is not None:
            opening = Pass(source.container, source.video, Pace.EVERY.value)
            if next(opening.forward(), None) is not None and opening.zero is not None:
                return float(opening.zero * (quotient(source.video.time_base) or 0))
    with reopened(path) as container:
        stream = track(container)
        if stream is None:
            return None
        _alone(container, stream)
        stamps = (frame.time for frame in _decoded(container, stream))
        return next((stamp for stamp in stamps if stamp is not None), None)


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    for packet in _packets(container, stream):
        with suppress(*UNDECODABLE):
            yield from packet.decode()


def _seek(container: InputContainer, stream: AudioStream, target: float) -> bool:
    """Go to a time on the file's clock; return whether that can be trusted."""
    restarts = bool(container.format.flags & cast("int", Flags.ts_discont.value))
    tick = quotient(stream.time_base)
    if restarts or tick is None:
        return False
    try:
        container.seek(round(target / float(tick)), stream=stream)
    except av.error.FFmpegError:
        return False
    return True


def _packets(container: InputContainer, stream: AudioStream) -> Iterator[AudioPacket]:
    """Yield packets up to the first damage."""
    with suppress(av.error.FFmpegError):
        yield from container.demux(stream)


def _sounds(packet: AudioPacket) -> bool:
    try:
        return any(frame.samples for frame in packet.decode())
    except UNDECODABLE:
        return False


def _alone(container: InputContainer, stream: AudioStream) -> None:
    for other in container.streams:
        other.discard = Discard.all
    stream.discard = Discard.default
