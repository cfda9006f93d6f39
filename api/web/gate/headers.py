"""Headers of every answer: what a browser may do with it, and with whom it may share it."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of our pages."""
DOCUMENT = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
"""Of what the API returns: nothing in it is run or loaded, whatever a browser takes it for."""
SEALED = f"{DOCUMENT}; sandbox"
"""The same, where it may be shown in a window of its own."""
REPORT = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; sandbox allow-popups"
)
"""Of a page that needs no other file: its own style, and no script."""
REPORTS = re.compile(r"/v1/traces/[^/]+/report(\.html)?")
UNSEALED = ("application/pdf", "video/", "audio/")
"""Media types for which browsers have a viewer, which a sandbox would stop."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), "
        "serial=(), hid=(), midi=(), screen-wake-lock=(), browsing-topics=()"
    ),
}
SECURE = {"Strict-Transport-Security": "max-age=31536000"}


class Headed:
    """Adds them; what a handler says of `Cache-Control` and the policy of contents stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                if scope["scheme"] == "https":
                    headers.update(SECURE)
                kind = headers.get("content-type", "")
                headers.setdefault("Content-Security-Policy", policy(scope["path"], kind))
                headers.setdefault("Cache-Control", caching(scope["path"]))
            await send(message)

        await self._app(scope, receive, headed)


def policy(path: str, kind: str) -> str:
    """Return the Content-Security-Policy of an answer, by its path and media type."""
    if REPORTS.fullmatch(path) and kind.startswith("text/html"):
        return REPORT
    if not path.startswith("/v1/") or kind.startswith("text/html"):
        return PAGE
    return DOCUMENT if kind.startswith(UNSEALED) else SEALED


def caching(path: str) -> str:
    """Return who may keep an answer: our own files only with a look whether they are still so."""
    return "no-cache" if path.startswith("/static/") else "no-store"


def attachment(name: str) -> str:
    r"""Return a Content-Disposition under which an answer is saved, whatever the name holds.

    Source: RFC 6266, section 4.3, and its appendix D; RFC 8187, section 3.2.

    >>> print(attachment('two\r\n"lines"/é.mp4'))
    attachment; filename="two___lines___.mp4"; filename*=UTF-8''two___lines__%C3%A9.mp4
    """
    clean = "".join(_kept(letter) for letter in name).strip(". ") or "download"
    plain = "".join(letter if letter.isascii() else "_" for letter in clean)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


def _kept(letter: str) -> str:
    surrogate = "\ud800" <= letter <= "\udfff"
    return letter if letter.isprintable() and not surrogate and letter not in '"\\/%' else "_"


def without(headers: Iterable[tuple[bytes, bytes]], names: frozenset[bytes]) -> list[list[str]]:
    """Return headers but for some, as text."""
    return [
        [name.decode("latin-1"), value.decode("latin-1")]
        for name, value in headers
        if name.lower() not in names
    ]
