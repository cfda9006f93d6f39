"""What tus 1.0 says: its headers, read and written, and the version that every answer names.

Source: tus.io, Resumable upload protocol 1.0.x: core, and the extensions creation,
creation-with-upload, expiration, checksum and termination.
"""

import base64
import hashlib
import inspect
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Annotated, Any, override

from fastapi import Header, Request, Response
from fastapi.routing import APIRoute

from api.web.problems import RefusedError
from index.errors import UserError

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
SUMS: Mapping[str, Callable[[], "hashlib._Hash"]] = {
    "sha256": hashlib.sha256,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
}
"""By the names that tus gives them."""
BYTES = "application/offset+octet-stream"
MISMATCH = 460
"""The status of tus for bytes that are not those whose checksum was sent."""
type Offset = Annotated[
    str | None, Header(pattern=r"^\d{1,18}$", description="Bytes that are there.")
]
type Sum = Annotated[
    str | None,
    Header(description="`sha256` or `sha1` and, after a space, the sum of this body in base64."),
]


class Route(APIRoute):
    """A route whose every answer says the version of tus, problems as well."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                response = await handle(request)
            except UserError as error:
                told = request.app.exception_handlers[UserError](request, error)
                response = await told if inspect.isawaitable(told) else told
            response.headers["Tus-Resumable"] = VERSION
            return response

        return handled


def resumable(
    tus_resumable: Annotated[str | None, Header(description=f"Always {VERSION}.")] = None,
) -> None:
    """Let a request through only if it speaks this version of tus."""
    if tus_resumable != VERSION:
        raise RefusedError(
            f"Uploads speak version {VERSION} of tus.",
            hint=f"Send the header Tus-Resumable: {VERSION}.",
            slug="tus-version",
            status=HTTPStatus.PRECONDITION_FAILED,
            headers={"Tus-Version": VERSION},
        )


@dataclass(slots=True)
class Checksum:
    """The checksum that was sent, and that of what comes; without one, all is well."""

    sum: "hashlib._Hash | None" = None
    wanted: bytes = b""

    def add(self, piece: bytes) -> None:
        """Add some of what comes."""
        if self.sum is not None:
            self.sum.update(piece)

    @property
    def right(self) -> bool:
        """Whether what came is what was meant."""
        return self.sum is None or self.sum.digest() == self.wanted


def checksum(header: str | None) -> Checksum:
    """Return what a request's header says its bytes come to.

    Raises:
        UserError: It is not written as tus says.
    """
    if header is None:
        return Checksum()
    name, _, value = header.partition(" ")
    try:
        return Checksum(SUMS[name](), base64.b64decode(value, validate=True))
    except (KeyError, ValueError) as error:
        raise UserError(
            "The header Upload-Checksum cannot be read.",
            hint=f"Send one of {', '.join(SUMS)}, a space, and the sum in base64.",
        ) from error


def metadata(header: str | None) -> dict[str, str]:
    """Return what an upload's header says of it, by name.

    Raises:
        UserError: It is not written as tus says.
    """
    found: dict[str, str] = {}
    for pair in (header or "").split(","):
        name, _, value = pair.strip().partition(" ")
        if not name:
            continue
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except ValueError as error:
            raise UserError(
                "The header Upload-Metadata cannot be read.",
                hint="Send names, each with its value in base64 after a space, parted by commas.",
            ) from error
    return found


def told(metadata: Mapping[str, str]) -> str:
    """Return the header that says of an upload what was said when it began."""
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items()
    )


def date(seconds: float) -> str:
    """Return a time since 1970 as headers have it."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
