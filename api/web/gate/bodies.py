"""How long a request may be: a clip up to what is set, anything else a few megabytes."""

import re
from http import HTTPStatus

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.settings import Settings

UPLOADS = re.compile(r"/v1/traces|/v1/uploads(/[^/]*)?")
"""Where clips are sent to."""
AROUND = 65536
"""Bytes that a form may have around a clip."""
LIMIT = 16 * 2**20
"""Bytes of any other request: a fingerprint of an hour, densely sampled, is a third of this."""


class Bounded:
    """Refuses what is longer, as soon as that is known and whatever its header says."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._uploads = app, settings.upload_limit + AROUND

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            HTTPException: 413, out of whoever reads too much.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        clip = UPLOADS.fullmatch(scope["path"]) and scope["method"] in {"POST", "PATCH"}
        most, read = self._uploads if clip else LIMIT, 0
        promised = Headers(scope=scope).get("content-length", "")

        async def bounded() -> Message:
            nonlocal read
            if promised.isdecimal() and int(promised) > most:
                raise _too_long(most)
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise _too_long(most)
            return message

        await self._app(scope, bounded, send)


def _too_long(most: int) -> HTTPException:
    return HTTPException(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The request is longer than {most} bytes."
    )
