"""Who is let in: keys, names of this machine, proof that a page of ours asks, and how often."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from math import ceil
from time import monotonic, time
from urllib.parse import quote

import anyio
from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.settings import Settings
from api.web import problems
from api.web.gate import callers, origins
from api.web.gate.callers import Found
from api.web.gate.keys import proof, same
from api.web.gate.rates import Buckets, Rate, Taken
from api.web.problems import RefusedError
from api.web.service import NOBODY, Service
from index.catalogue import keys
from index.errors import UserError

OPEN = re.compile(
    r"/health/(live|ready)|/login|/(static|style)/.+|/problems(/[a-z-]+)?|/v1/openapi\.json|/favicon\.ico"
)
"""Asked for without a key."""
PROGRAMS = re.compile(r"/(v1|health)/.*|/metrics|/v1")
"""For programs, which are told that a key is needed; people are led to the page to sign in."""
DEAR = re.compile(r"/v1/(traces(/[^/]+/(bundle|pdf))?|ingests|watches)")
"""What begins long work when it is posted to."""
TOKEN = "x-wherefrom-token"  # noqa: S105 # the name of a header


class Admitted:
    """Lets in who may ask; notes in the request's state who that is."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._host = app, settings.host
        # Threads of its own: those of the handlers may all be busy.
        self._threads = anyio.CapacityLimiter(4)
        rate, burst, begins = settings.rate, settings.burst, settings.begins
        self._asked = Buckets(Rate("requests", burst, burst / rate))
        self._begun = Buckets(Rate("begins", begins, 60.0))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no web socket is taken
        request = Request(scope)
        try:
            found = await anyio.to_thread.run_sync(self._found, request, limiter=self._threads)
            scope["state"] |= {
                "caller": found.caller,
                "proof": None if found.session is None else proof(found.session),
                "session": found.session,
                "local": found.local,
            }
            away = admit(request.headers, scope, found)
            counted = [] if away else list(self._counted(scope, found))
        except UserError as error:
            await problems.told(request, error)(scope, receive, send)
            return
        if away is not None:
            await away(scope, receive, send)
            return
        await self._app(scope, receive, _telling(send, counted))
        if found.stale:
            await anyio.to_thread.run_sync(_note_use, scope, found, limiter=self._threads)

    def _found(self, request: Request) -> Found:
        service: Service = request.app.state.service
        once = single(request.headers)
        with service.desk.reading() as change:
            return callers.found(
                change, once, scheme=request.scope["scheme"], host=self._host, now=time()
            )

    def _counted(self, scope: Scope, found: Found) -> Iterator[Taken]:
        """Yield how a request was counted, if it is one of those that are.

        Raises:
            RefusedError: Its caller has asked too often.
        """
        if found.caller is NOBODY or found.local or not scope["path"].startswith("/v1/"):
            return
        # Players that are dragged ask for pieces of films faster than any program should.
        if found.session is not None and scope["method"] == "GET":
            return
        dear = scope["method"] == "POST" and DEAR.fullmatch(scope["path"])
        for buckets in (self._asked, self._begun) if dear else (self._asked,):
            taken = buckets.take(found.caller.id, now=monotonic())
            if taken.wait:
                raise _too_often(taken)
            yield taken


def admit(headers: Headers, scope: Scope, found: Found) -> Response | None:
    """Return where else a request is led to; None where it is let in.

    Raises:
        RefusedError: It is not let in.
    """
    path, method = scope["path"], scope["method"]
    if found.local:
        _at_this_machine(headers)
    if "authorization" not in headers:
        _of_our_pages(headers, scope, found)
    if found.caller is not NOBODY or OPEN.fullmatch(path):
        return None
    if method == "GET" and not PROGRAMS.fullmatch(path):
        asked = path + ("?" + scope["query_string"].decode("latin-1")).rstrip("?")
        return RedirectResponse(f"/login?next={quote(asked, safe='')}", HTTPStatus.SEE_OTHER)
    raise callers.refused(
        "A key is needed for this.", "Send one: `Authorization: Bearer wf_…`, or sign in at /login."
    )


def single(headers: Headers) -> Mapping[str, str]:
    """Return headers by names in small letters.

    Raises:
        RefusedError: One that says who asks or where is there twice: which one counts?
    """
    for name in ("authorization", "host", "origin"):
        if len(headers.getlist(name)) > 1:
            raise RefusedError(
                f"The header {name.title()} is there twice.",
                hint="Send it once.",
                slug="request",
                status=HTTPStatus.BAD_REQUEST,
            )
    # Cookies may be spread over several headers in HTTP/2.
    return dict(headers) | {"cookie": "; ".join(headers.getlist("cookie"))}


def _at_this_machine(headers: Headers) -> None:
    """Refuse what reaches a service without keys by another name, or from elsewhere.

    A page elsewhere can let its own name mean 127.0.0.1, and a proxy can pass on whatever it likes.
    """
    if not origins.loopback(origins.host_name(headers.get("host", ""))):
        raise RefusedError(
            "The service has no keys, so it answers to names of this machine alone.",
            hint="Open it at http://127.0.0.1 or http://localhost, or make a key: "
            "`wherefrom keys add`.",
            slug="host",
            status=HTTPStatus.MISDIRECTED_REQUEST,
        )
    if origins.proxied(headers):
        raise RefusedError(
            "The service has no keys, so it answers to no proxy.",
            hint="Make a key: `wherefrom keys add`.",
            slug="host",
            status=HTTPStatus.MISDIRECTED_REQUEST,
        )


def _of_our_pages(headers: Headers, scope: Scope, found: Found) -> None:
    """Refuse what a page of another site makes a browser ask.

    Raises:
        RefusedError: It changes something, or embeds what is not its own; or a browser that is
            known by its cookie does not say which page asks.
    """
    foreign = origins.foreign(headers, scope["scheme"])
    changing = scope["method"] not in {"GET", "HEAD", "OPTIONS"}
    embedded = foreign and not origins.navigation(headers)
    if (changing and foreign) or embedded:
        raise _cross_site()
    signed_in, signing_in = found.session is not None, scope["path"] == "/login"
    if not changing or not (signed_in or signing_in):
        return
    if foreign is None:
        raise _cross_site()
    if signed_in and not origins.navigation(headers):
        _proven(headers.get(TOKEN, ""), found.session or "")


def _proven(given: str, session: str) -> None:
    if not same(given, proof(session)):
        raise RefusedError(
            "The request lacks the proof that a page of this service sends it.",
            hint="Open the page anew; programs send a key as `Authorization: Bearer wf_…`.",
            slug="csrf",
            status=HTTPStatus.FORBIDDEN,
        )


def _cross_site() -> RefusedError:
    return RefusedError(
        "A page of another site may not ask for this.",
        hint="Open the page of this service and ask there; programs send a key as "
        "`Authorization: Bearer wf_…`.",
        slug="cross-site",
        status=HTTPStatus.FORBIDDEN,
    )


def _too_often(taken: Taken) -> RefusedError:
    wait = ceil(taken.wait)
    return RefusedError(
        "Your key asks too often.",
        hint=f"Wait {wait} s, and spread requests out.",
        slug="too-often",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        headers={
            "Retry-After": str(wait),
            "RateLimit-Policy": taken.rate.header,
            "RateLimit": taken.header,
        },
    )


def _telling(send: Send, counted: list[Taken]) -> Send:
    """Return what sends an answer with how often its caller may ask again."""
    if not counted:
        return send

    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["RateLimit-Policy"] = ", ".join(one.rate.header for one in counted)
            headers["RateLimit"] = ", ".join(one.header for one in counted)
        await send(message)

    return telling


def _note_use(scope: Scope, found: Found) -> None:
    service: Service = scope["app"].state.service
    with service.desk.changing() as change:
        keys.note_use(change, found.caller.id, now=time())
