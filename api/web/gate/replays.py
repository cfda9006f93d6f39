"""Requests that are sent twice and done once: the header Idempotency-Key.

A request is known by the digest of its method, address and body, made while its handler reads the
body: nothing is kept in memory, however long it is. Of a form, the words between its parts are left
out, which every sender chooses anew.

Of an answer that holds a secret, as its handler says, nothing is kept but where it leads: a secret
is shown once, and whoever asks again is told so.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
import re
from http import HTTPStatus
from time import time
from typing import Any

import anyio
from fastapi import Request
from fastapi.responses import Response
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web import problems
from api.web.gate.headers import without
from api.web.problems import RefusedError
from api.web.service import Service
from index.catalogue import replies
from index.catalogue.replies import Reply
from index.errors import UserError

KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
MOST = 262_144
"""Bytes of an answer that is kept; what makes something answers with far fewer."""
NOT_KEPT = frozenset({b"content-length", b"date", b"set-cookie"})
SECRET = "secret"  # noqa: S105 # the name of a fact
"""In the state of a request: that its answer holds a secret."""


class Replayed:
    """Answers a POST that comes again with what was answered before."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        key = Headers(scope=scope).get("idempotency-key") if scope["type"] == "http" else None
        if key is None or scope["method"] != "POST" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        heard = Heard(scope, receive)
        service, owner = scope["app"].state.service, scope["state"]["caller"].id
        try:
            before = await run_in_threadpool(_begin, service, owner, key, heard.digest())
            if before is not None:
                await _again(before, heard)(scope, receive, send)
                return
        except UserError as error:
            await problems.told(Request(scope), error)(scope, receive, send)
            return
        kept = Keeping(send, scope, owner=owner, key=key, heard=heard)
        try:
            await self._app(scope, heard, kept)
        finally:
            if not kept.done:
                with anyio.CancelScope(shield=True):
                    await run_in_threadpool(_forget, service, owner, key)


class Heard:
    """What comes in, and its digest."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive, self._over = receive, False
        headers = Headers(scope=scope)
        kind, options = parse_options_header(headers.get("content-type", ""))
        head = (scope["method"].encode(), scope["raw_path"], scope["query_string"], kind)
        self._hash = hashlib.sha256(b"\n".join(part.hex().encode() for part in head))
        boundary = options.get(b"boundary", b"") if kind == b"multipart/form-data" else b""
        self._form = MultipartParser(boundary, self._parts()) if boundary else None

    async def __call__(self) -> Message:
        """Return the next message."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._add(message.get("body", b""))
            self._over = not message.get("more_body", False)
        return message

    async def rest(self) -> bool:
        """Hear what nobody has read; return whether that was all."""
        while not self._over:
            if (await self())["type"] != "http.request":
                return False
        return True

    def digest(self) -> str:
        """Return the digest of what was heard so far."""
        return self._hash.hexdigest()

    def _add(self, body: bytes) -> None:
        if self._form is None:
            self._hash.update(body)
            return
        try:
            self._form.write(body)
        except MultipartParseError:  # no form: its handler will say so
            self._form = None
            self._hash.update(body)

    def _parts(self) -> Any:  # noqa: ANN401 # as the parser has them
        part = hashlib.sha256()

        def heard(data: bytes, start: int, end: int) -> None:
            part.update(data[start:end])

        def ended() -> None:
            nonlocal part
            self._hash.update(part.digest())
            part = hashlib.sha256()

        return {
            "on_header_field": heard,
            "on_header_value": heard,
            "on_header_end": ended,
            "on_part_data": heard,
            "on_part_end": ended,
        }


class Keeping:
    """Sends an answer, and keeps it if something was made: before its end is sent."""

    def __init__(self, send: Send, scope: Scope, *, owner: str, key: str, heard: Heard) -> None:
        self.done = False
        self._send, self._scope, self._heard = send, scope, heard
        self._service: Service = scope["app"].state.service
        self._owner, self._key = owner, key
        self._held: list[Message] | None = []
        self._size = 0

    async def __call__(self, message: Message) -> None:
        """Send a message, or hold it until the answer is whole."""
        if self._held is None:
            await self._send(message)
            return
        self._held.append(message)
        self._size += len(message.get("body", b""))
        start = self._held[0]
        made = HTTPStatus.OK <= start["status"] < HTTPStatus.MULTIPLE_CHOICES
        whole = message["type"] == "http.response.body" and not message.get("more_body", False)
        if made and whole and self._size <= MOST and await self._heard.rest():
            await run_in_threadpool(_keep, self._service, self._owner, self._key, self._reply())
            self.done = True
        if whole or not made or self._size > MOST:
            held, self._held = self._held, None
            for one in held:
                await self._send(one)

    def _reply(self) -> Reply:
        start, *bodies = self._held or [{}]
        headers = [(name, value) for name, value in without(start["headers"], NOT_KEPT)]
        if self._scope["state"].get(SECRET):
            place = [(name, value) for name, value in headers if name.lower() == "location"]
            return Reply(self._heard.digest(), HTTPStatus.CONFLICT, place)
        text = b"".join(one.get("body", b"") for one in bodies).decode("latin-1")
        return Reply(self._heard.digest(), start["status"], headers, text)


def _again(before: Reply, heard: Heard) -> "Again":
    """Return what answers a request whose key has come before.

    Raises:
        RefusedError: The other is still being answered.
    """
    if before.status is None:
        raise RefusedError(
            "A request with this Idempotency-Key is still being answered.",
            hint="Wait, and send it again.",
            slug="still-answered",
            status=HTTPStatus.CONFLICT,
            headers={"Retry-After": "1"},
        )
    return Again(before, heard)


class Again:
    """Answers as before, if the whole request is as before."""

    def __init__(self, before: Reply, heard: Heard) -> None:
        self._before, self._heard = before, heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not await self._heard.rest():
            return
        if self._heard.digest() != self._before.asked:
            other = RefusedError(
                "This Idempotency-Key was sent with another request.",
                hint="Use a new one for each request, and the same only to send one again.",
                slug="key-reused",
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
            )
            await problems.told(Request(scope), other)(scope, receive, send)
            return
        if self._before.status == HTTPStatus.CONFLICT:
            await problems.told(Request(scope), _shown(self._before))(scope, receive, send)
            return
        answer = Response(self._before.body.encode("latin-1"), self._before.status or 200)
        for name, value in self._before.headers:
            answer.headers[name] = value
        answer.headers["Idempotency-Replayed"] = "true"
        await answer(scope, receive, send)


def _shown(before: Reply) -> RefusedError:
    """Return what one is told who asks once more for an answer that held a secret."""
    return RefusedError(
        "This was done before, and the secret in its answer was shown once.",
        hint="If it is lost, make another: for a webhook, by POST to its `rotate` with a new key.",
        slug="shown-once",
        status=HTTPStatus.CONFLICT,
        headers={**dict(before.headers), "Idempotency-Replayed": "true"},
    )


def _begin(service: Service, owner: str, key: str, asked: str) -> Reply | None:
    if not KEY.fullmatch(key):
        raise RefusedError(
            "The Idempotency-Key is longer than 255 characters, or has others than letters, digits "
            "and signs.",
            hint="Use a UUID.",
            slug="request",
            status=HTTPStatus.BAD_REQUEST,
        )
    with service.desk.changing() as change:
        return replies.begin(change, owner, key, asked, now=time())


def _keep(service: Service, owner: str, key: str, reply: Reply) -> None:
    with service.desk.changing() as change:
        replies.keep(change, owner, key, reply)


def _forget(service: Service, owner: str, key: str) -> None:
    with service.desk.changing() as change:
        replies.forget(change, owner, key)
