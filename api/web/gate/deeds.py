"""The audit log: what was changed, by whom, and what was answered."""

import logging
import re
from time import time

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web.gate.logs import template
from api.web.gate.origins import CHANGING
from api.web.service import NOBODY, Service
from index.catalogue import deeds
from index.catalogue.deeds import Deed
from index.errors import UserError

LOG = logging.getLogger("wherefrom.web")
READING = re.compile(r"/v1/lookup(/.*)?|/v1/hashes/lookup|/v1/c2pa/matches/.+")
"""Templates of addresses that are only asked something, though by POST: tens a second, maybe."""
LONGEST = 200
"""Characters of a target that are kept."""


class Noted:
    """Notes each request that changes something, before its answer is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] not in CHANGING:
            await self._app(scope, receive, send)
            return

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                made = deed(scope, message)
                if made is not None:
                    await run_in_threadpool(_note, scope["app"].state.service, made)
            await send(message)

        await self._app(scope, receive, noted)


def deed(scope: Scope, start: Message) -> Deed | None:
    """Return what is noted of a request; None for one that changes nothing, or of nobody."""
    path, caller = template(scope), scope["state"]["caller"]
    if path is None or caller is NOBODY or READING.fullmatch(path):
        return None
    made = Headers(raw=start["headers"]).get("location", "")
    target = made if made.startswith("/v1/") else scope["path"]
    return Deed(
        at=time(),
        who=caller.id,
        action=f"{scope['method']} {path}",
        target="".join(one for one in target if one.isprintable())[:LONGEST],
        outcome=start["status"],
        request=scope["state"]["request"],
    )


def _note(service: Service, made: Deed) -> None:
    try:
        with service.desk.changing() as change:
            deeds.add(change, made)
    except UserError:
        # It was done: better an answer than a row. The log holds the same.
        LOG.exception("not in the audit log", extra={"facts": {"request": made.request}})
