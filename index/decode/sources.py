"""Files, opened safely: which demuxers may run, which track is the picture, what is refused."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.rational import AVRational
from av.stream import Discard, Disposition, Stream
from av.video.stream import VideoStream

from index.errors import BadMediaError, MissingFileError, called

SIDE_LIMIT = 8192
"""Pixels a side; wider pictures than 8K come from broken or hostile headers."""
AREA_LIMIT = 64_000_000
"""Pixels a picture: a frame of 4:2:0 is then under 100 MB, and a decoder holds several."""

BARRED = frozenset(
    """
    alsa avs concat dash data fbdev ffmetadata fifo hls image2pipe imf iss kmsgrab lavfi oss
    pulse rtp rtsp sap sdp smoothstreaming tty v4l2 vapoursynth video4linux2
    webm_dash_manifest x11grab
    """.split()  # noqa: SIM905 # a list of words would fill a page
)
"""Demuxers that open other files, devices or the network, or that show plain text as pictures."""

UNDECODABLE = (av.error.FFmpegError, ValueError)
"""What decoding a packet raises; ValueError once the decoder has failed to open."""

BARRED_KINDS = Disposition.attached_pic | Disposition.timed_thumbnails
"""Pictures that belong to a file without being its moving picture, such as a record's cover."""


@dataclass(slots=True)
class Source:
    """An opened file.

    Attributes:
        path: The file.
        container: Its demuxer.
        video: The track of the picture; None where there is none.
        losses: What could not be used so far.
    """

    path: Path
    container: InputContainer
    video: VideoStream | None
    losses: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The file's name, fit for a sentence."""
        return called(self.path)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a file for decoding its picture with one thread.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It is no media file, or one too large to decode.
    """
    _check(path)
    try:
        container = _opened(path)
    except av.error.PermissionError as error:
        raise MissingFileError(
            f"{called(path)} may not be read.", hint="Grant read permission on it."
        ) from error
    except (av.error.FFmpegError, ValueError) as error:
        raise BadMediaError(
            f"{called(path)} is not a video, picture or sound file that can be read.",
            hint="Send the original file; a download may be incomplete.",
        ) from error
    with container:
        source = Source(path, container, None)
        source.video = _picture(source)
        yield source


def _check(path: Path) -> None:
    """Refuse what is no file before FFmpeg sees it.

    Raises:
        MissingFileError: There is no such file.
        BadMediaError: It is a folder, a device or empty.
    """
    try:
        facts = path.stat()
    except PermissionError as error:
        raise MissingFileError(
            f"{called(path)} may not be read.", hint="Grant read permission on it."
        ) from error
    except (OSError, ValueError) as error:
        raise MissingFileError(
            f"There is no file {called(path)}.", hint="Check the path for typing errors."
        ) from error
    if not stat.S_ISREG(facts.st_mode):
        raise BadMediaError(
            f"{called(path)} is not a file but a folder or device.", hint="Name a media file."
        )
    if facts.st_size == 0:
        raise BadMediaError(f"{called(path)} is empty.", hint="Copy or download it again.")


def _opened(path: Path) -> InputContainer:
    return av.open(
        f"file:{path.absolute()}",
        # These go to the decoders that probe the streams.
        options={"threads": "1", "max_pixels": str(AREA_LIMIT)},
        container_options={
            "protocol_whitelist": "file",
            "format_whitelist": _allowed(),
            "pattern_type": "none",  # image2 would take a % in the name for a numbered series
        },
    )


def reopened(path: Path) -> InputContainer:
    """Open a file that has been opened before, all tracks as they are."""
    return _opened(path)


def _allowed() -> str:
    """Return the demuxers that may run, as FFmpeg's option wants them."""
    names = {name for several in av.formats_available for name in several.split(",")}
    return ",".join(sorted(names - BARRED))


def _picture(source: Source) -> VideoStream | None:
    """Return the track that is the file's moving picture and silence all others.

    Raises:
        BadMediaError: It is too large, or there is no decoder for it.
    """
    tracks = [s for s in source.container.streams.video if not s.disposition & BARRED_KINDS]
    for stream in source.container.streams:
        stream.discard = Discard.all
    if not tracks:
        return None
    chosen = max(tracks, key=_standing)
    if not decodable(chosen):
        raise BadMediaError(
            f"{source.name} holds a picture in a coding that cannot be decoded here.",
            hint="Convert it to H.264 or AV1 first.",
        )
    _check_size(source.name, chosen)
    used = [track for track in tracks if _standing(track) >= (0, 0, 0)]
    if len(used) > 1:
        source.losses.append(
            f"It has {len(used)} picture tracks; track {chosen.index + 1} was used."
        )
    chosen.discard = Discard.default
    chosen.codec_context.thread_count = 1
    chosen.codec_context.options = {"max_pixels": str(AREA_LIMIT)}
    return chosen


def _standing(track: VideoStream) -> tuple[int, int, int]:
    """Return what makes a track the main one: it decodes, is marked so, is large."""
    if not decodable(track):
        return (-1, 0, 0)
    context = track.codec_context
    known = context.pix_fmt is not None
    main = bool(track.disposition & Disposition.default)
    return (int(known), int(main), context.width * context.height)


def _check_size(name: str, track: VideoStream) -> None:
    width, height = track.codec_context.width, track.codec_context.height
    if max(width, height) > SIDE_LIMIT or width * height > AREA_LIMIT:
        raise BadMediaError(
            f"{name} says its picture is {width} x {height} pixels, which is more than "
            f"{SIDE_LIMIT} a side or {AREA_LIMIT // 1_000_000} million in all.",
            hint="Send the original file or a smaller copy.",
        )


def decodable(track: Stream) -> bool:
    """Return whether there is a decoder for a track."""
    # PyAV's types know no track without a decoder, but there are such.
    context = cast("CodecContext | None", track.codec_context)
    return context is not None and context.is_decoder


def quotient(value: AVRational | Fraction | None) -> Fraction | None:
    """Return PyAV's fraction as Python's; None where there is none or it is not above 0."""
    if value is None or not value.denominator or value.numerator <= 0:
        return None
    return Fraction(value.numerator, value.denominator)
