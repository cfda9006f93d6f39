"""What a file holds, told from a pass through it."""

from collections.abc import Iterator
from pathlib import Path

from av.video.stream import VideoStream

from index.decode import sounds
from index.decode.pacing import Pace
from index.decode.passes import Pass, stated_length
from index.decode.sources import Source, opened
from index.errors import BadMediaError
from index.values import Media

SHORTFALL = 0.5
"""Seconds that may be missing at the end before it counts as a loss."""


def glance(path: Path) -> Media:
    """Return what a file holds, decoding its first frame and reading its last packets.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    with opened(path) as source:
        if source.video is None:
            return pictureless(source)
        opening = Pass(source.container, source.video, Pace.EVERY.value)
        if next(opening.forward(), None) is None:
            return pictureless(source)
        if opening.tail():
            return _media(source, source.video, opening, rate=1 / opening.period)
    return _read_through(path)


def _read_through(path: Path) -> Media:
    """Return what a file holds whose last packets cannot be sought, reading them all."""
    with opened(path) as source:
        if source.video is None:
            return pictureless(source)
        opening = Pass(source.container, source.video, Pace.EVERY.value)
        next(opening.forward(), None)
        packets = opening.read()
        return _media(source, source.video, opening, rate=packets / opening.end)


def outcome(source: Source, stream: VideoStream, done: Pass) -> Media:
    """Return what a file turned out to hold, once it has been decoded to its end.

    Raises:
        BadMediaError: It holds nothing that can be decoded.
    """
    if done.zero is None:
        return pictureless(source)
    source.losses += _losses(stated_length(source.container, stream), done)
    rate = done.packets / done.end if done.packets > 1 else None
    return _media(source, stream, done, rate=rate)


def pictureless(source: Source) -> Media:
    """Return what a file holds whose picture is missing or cannot be decoded.

    Raises:
        BadMediaError: It has no sound either.
    """
    sound = sounds.track(source.container)
    length = sounds.length(source.path) if sound is not None else 0.0
    if sound is None or length <= 0 or not _has_sound(source):
        raise BadMediaError(
            f"{source.name} has neither picture nor sound that can be decoded.",
            hint="Send the original; this one may be incomplete, damaged, encrypted or too large.",
        )
    if source.video is not None:
        source.losses.append("Its picture cannot be decoded.")
    return Media(
        duration=length,
        width=0,
        height=0,
        frame_rate=None,
        has_picture=False,
        has_sound=True,
        container=_container(source),
        codec=sound.codec_context.codec.canonical_name,
        losses=tuple(source.losses),
    )


def _media(source: Source, stream: VideoStream, done: Pass, *, rate: float | None) -> Media:
    width, height = done.display.size(*done.size)
    has_sound = _has_sound(source)
    return Media(
        duration=done.end,
        width=width,
        height=height,
        frame_rate=rate,
        has_picture=True,
        has_sound=has_sound,
        container=_container(source),
        codec=stream.codec_context.codec.canonical_name,
        losses=tuple(source.losses),
    )


def _losses(stated: float, done: Pass) -> Iterator[str]:
    if done.stopped:
        yield f"It is damaged at {done.end:.1f} s; what comes after could not be read."
    elif stated > done.end + SHORTFALL:
        yield f"Its picture ends after {done.end:.1f} s, though the file states {stated:.1f} s."
    if done.damaged:
        yield f"{_count(done.damaged, 'damaged frame')} could not be used."
    if done.clock.repaired:
        yield f"{_count(done.clock.repaired, 'broken time stamp')} had to be worked out anew."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _has_sound(source: Source) -> bool:
    if sounds.track(source.container) is None:
        if source.container.streams.audio:
            source.losses.append("Its sound has a coding that cannot be decoded here.")
        return False
    if sounds.decodes(source.path):
        return True
    source.losses.append("Its sound cannot be decoded.")
    return False


def _container(source: Source) -> str:
    return source.container.format.name.partition(",")[0]
