"""Whether a file's sound decodes, and how long it lasts."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import av
from av import Packet
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard

from index.decode.sources import UNDECODABLE, decodable, quotient, reopened

type AudioPacket = Packet[AudioStream]

ATTEMPTS = 50
"""Packets tried before sound counts as broken: about a second."""


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
