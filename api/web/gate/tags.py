"""Answers that one has already: a tag for each, and no body for whoever sends it back.

Source: RFC 9110, sections 8.8.3 and 13.1.2.
"""

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OK, NOT_MODIFIED = 200, 304


class Tagged:
    """Tags what the API returns to GET, weakly by its bytes where its handler has not tagged it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        await self._app(scope, receive, Tagging(send, known))


class Tagging:
    """Sends one answer."""

    def __init__(self, send: Send, known: str) -> None:
        self._send, self._known = send, known
        self._held: Message | None = None
        self._over = False

    async def __call__(self, message: Message) -> None:
        """Send a message; the start of a document is held until its body is there."""
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            if message["status"] != OK:
                await self._send(message)
            elif "etag" in headers:
                await self._begin(message)
            elif headers.get("content-type", "").startswith("application/json"):
                self._held = message
            else:
                await self._send(message)
        elif self._held is not None:
            start, self._held = self._held, None
            if not message.get("more_body", False):
                digest = hashlib.sha256(message.get("body", b"")).hexdigest()[:32]
                MutableHeaders(scope=start)["ETag"] = f'W/"{digest}"'
            await self._begin(start)
            await self._rest(message)
        else:
            await self._rest(message)

    async def _begin(self, start: Message) -> None:
        headers = MutableHeaders(scope=start)
        self._over = "etag" in headers and matches(headers["etag"], self._known)
        if self._over:
            start["status"] = NOT_MODIFIED
            for name in ("content-length", "content-type"):
                del headers[name]
        await self._send(start)
        if self._over:
            await self._send({"type": "http.response.body", "body": b""})

    async def _rest(self, message: Message) -> None:
        if not self._over:
            await self._send(message)


def matches(tag: str, known: str) -> bool:
    """Return whether a tag is among those of If-None-Match.

    >>> matches('W/"a"', '"b", "a"'), matches('"a"', "*"), matches('"a"', "")
    (True, True, False)
    """
    asked = [one.strip().removeprefix("W/") for one in known.split(",")]
    return "*" in asked or tag.removeprefix("W/") in asked
