"""An id for each request, and a line of the log: what was asked for, never what was sent.

A line names the template of an address and not the address, and of an error its class and place
and not its words: keys, queries, names of files and what clips show are in no log.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from time import perf_counter
from typing import TextIO, override
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.defects import told
from api.web import problems

LOG = logging.getLogger("wherefrom.web")
SANE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{7,63}", re.ASCII)
"""An id that a caller may give a request."""
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class Logged:
    """Gives each request an id, and notes how it ended; what was not foreseen becomes a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if SANE.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request"] = name
        begun, status = perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = name
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception as error:  # noqa: BLE001 # whatever it is, it is told as a defect
            LOG.error("defect", extra={"facts": {"request": name, **told(error)}})  # noqa: TRY400 # its words may hold what was sent
            if status:
                raise Cut from None
            await problems.defect(Request(scope))(scope, receive, noted)
        finally:
            LOG.info("request", extra={"facts": facts(scope, status, perf_counter() - begun)})


class Cut(Exception):  # noqa: N818 # the error was told; this ends the connection
    """An answer that had begun could not be ended."""


def facts(scope: Scope, status: int, seconds: float) -> dict[str, object]:
    """Return what is noted of a request."""
    state = scope["state"]
    caller = state.get("caller")
    return {
        "method": scope["method"] if scope["method"] in METHODS else "?",
        "route": template(scope),
        "status": status or None,
        "ms": round(1000 * seconds, 1),
        "caller": None if caller is None else caller.id,
        "request": state["request"],
    }


def template(scope: Scope) -> str | None:
    """Return the template of the address that was asked for; None where there is none such."""
    path = getattr(scope.get("route"), "path", None)
    if path is None and scope["path"].startswith("/static/"):
        return "/static"
    return path


class Lines(logging.Formatter):
    """Makes each record a line of JSON; of an error it tells class and place alone."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "event": record.getMessage(),
        }
        facts_ = getattr(record, "facts", None)
        if isinstance(facts_, Mapping):
            line |= facts_
        if record.exc_info and record.exc_info[1] is not None:
            line |= told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def begin(stream: TextIO | None = None) -> None:
    """Let all that is logged go to standard error as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("wherefrom").setLevel(logging.INFO)
    threading.excepthook = _ended


def _ended(ended: threading.ExceptHookArgs) -> None:
    """Note that a thread ended by an error; Python would print its words."""
    if ended.exc_value is not None:
        LOG.error("a thread ended", extra={"facts": told(ended.exc_value)})
