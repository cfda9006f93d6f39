"""What is sent to the service, written to disk as it comes: no more of it than is allowed.

Starlette would put a form's files into the system's folder for temporary ones, all of them, before
anyone is asked whether they may be so large.
"""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import anyio
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.fetching.errors import TooLargeError
from api.web.problems import RefusedError
from index.errors import called

PIECE = 1 << 20
"""Bytes that are written at a time."""
LONGEST_NAME = 200
"""Characters of a file's name that are kept."""
IDLE = 30.0
"""Seconds without a byte after which whoever sends is taken to be gone."""
FIELD = 1 << 16
"""Most bytes of a field of a form that is no file."""
FIELDS = 20
AROUND = 1 << 20
"""Bytes that a form may have besides its file."""


async def pieces(request: Request, *, most: int) -> AsyncIterator[bytes]:
    """Yield a request's body in pieces of about `PIECE`, as it comes.

    What came before whoever sends breaks off is yielded before that is raised.

    Args:
        request: Whose.
        most: Bytes at most.

    Raises:
        TooLargeError: It has more, or says so.
        RefusedError: Nothing comes any more.
        ClientDisconnect: Whoever sends it is gone.
    """
    expect_small(request.headers.get("content-length"), most)
    held, count = bytearray(), 0
    stream = request.stream()
    while True:
        try:
            with anyio.fail_after(IDLE):
                chunk = await anext(stream, None)
        except (TimeoutError, ClientDisconnect) as error:
            if held:
                yield bytes(held)
            if isinstance(error, ClientDisconnect):
                raise
            raise _idle() from error
        if chunk is None:
            break
        count += len(chunk)
        if count > most:
            raise large(most)
        held += chunk
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


async def whole(request: Request, *, most: int) -> bytes:
    """Return a request's body.

    Raises:
        TooLargeError: It has too many bytes.
    """
    return b"".join([piece async for piece in pieces(request, most=most)])


def name(given: str) -> str:
    r"""Return what whoever sent a file calls it, fit to be shown; it never names a file here.

    >>> name("../two\nlines.mp4"), name("")
    ('two\\nlines.mp4', 'clip')
    """
    return called(Path(given))[-LONGEST_NAME:] if given.strip("./\\ ") else "clip"


def expect_small(length: str | None, most: int) -> None:
    """Make sure that what a request says of its length is allowed.

    Raises:
        TooLargeError: It is not.
    """
    if length is not None and length.isascii() and length.isdigit() and int(length) > most:
        raise large(most)


def large(most: int) -> TooLargeError:
    """Return the error of more bytes than are taken."""
    return TooLargeError(
        f"This has more than the {most:,} bytes that are taken.",
        hint="Cut the clip, or have the setting upload_limit raised.",
    )


@dataclass(slots=True)
class Form:
    """A form that was sent.

    Attributes:
        fields: What it says, by name.
        filename: Of the file, as whoever sent it calls it; None if there is none.
        size: Bytes of the file.
    """

    fields: dict[str, str] = field(default_factory=dict)
    filename: str | None = None
    size: int = 0


async def form(
    request: Request, path: Path, *, file: str, most: int, room: Callable[[int], None]
) -> Form:
    """Return a form of which one field is a file, having written that into a new file.

    Args:
        request: Whose body it is.
        path: The new file.
        file: The field's name.
        most: Bytes of the file at most.
        room: Raises where there is no room for so many bytes more.

    Raises:
        TooLargeError: The file has more bytes.
        RefusedError: It is no such form.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise bad_form("it has no parts")
    with path.open("xb") as out:
        reading = _Reading(Form(), out, file, most)
        with _parsing():
            parser = reading.parser(boundary)
        async for piece in pieces(request, most=most + AROUND):
            room(len(piece))
            await run_in_threadpool(partial(_parse, parser, piece))
        with _parsing():
            parser.finalize()
        await run_in_threadpool(settled, out)
    return reading.form


def settled(file: BinaryIO) -> int:
    """Make sure that what was written is on disk; return how many bytes the file has."""
    file.flush()
    os.fsync(file.fileno())
    return os.fstat(file.fileno()).st_size


def bad_form(why: str) -> RefusedError:
    """Return the error of a form that is none."""
    return RefusedError(
        f"The form cannot be read: {why}.",
        hint="Send multipart/form-data with one file in the field clip.",
        slug="bad-form",
        status=HTTPStatus.BAD_REQUEST,
    )


def _parse(parser: MultipartParser, piece: bytes) -> None:
    with _parsing():
        parser.write(piece)


@contextmanager
def _parsing() -> Iterator[None]:
    try:
        yield
    except FormParserError as error:
        raise bad_form("it was cut short, or is not what it says") from error


@dataclass(slots=True)
class _Reading:
    """A form as it comes in: what is known of the part that is being read."""

    form: Form
    out: BinaryIO
    file: str
    most: int
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _name: str = ""
    _text: bytearray | None = None

    def parser(self, boundary: bytes) -> MultipartParser:
        """Return what calls this with the pieces of the form."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begun,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._headed,
                "on_headers_finished": self._named,
                "on_part_data": self._data,
                "on_part_end": self._ended,
            },
        )

    def _begun(self) -> None:
        self._disposition, self._text = b"", None

    def _headed(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _named(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = _decoded(options.get(b"name", b""))
        if self._name != self.file:
            if len(self.form.fields) >= FIELDS or b"filename" in options:
                raise bad_form("it has more parts than are expected")
            self._text = bytearray()
        elif self.form.filename is not None:
            raise bad_form("it has more than one file")
        else:
            self.form.filename = _decoded(options.get(b"filename", b""))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._text is None:
            self.form.size += end - start
            if self.form.size > self.most:
                raise large(self.most)
            self.out.write(data[start:end])
        elif len(self._text) + end - start > FIELD:
            raise bad_form("one of its fields is too long")
        else:
            self._text += data[start:end]

    def _ended(self) -> None:
        if self._text is not None:
            self.form.fields[self._name] = _decoded(bytes(self._text))


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _idle() -> RefusedError:
    return RefusedError(
        f"Nothing was sent for {IDLE:.0f} s.",
        hint="Send it again; an upload under /v1/uploads goes on where it stopped.",
        slug="timeout",
        status=HTTPStatus.REQUEST_TIMEOUT,
        headers={"Connection": "close"},
    )
