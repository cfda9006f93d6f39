"""Where a key is given in a browser, and where one signs out.

What is kept in the browser is a cookie that scripts cannot read and other sites cannot use. A new
one is made each time, so that one that was planted is worth nothing; a restart ends none.
"""

from http import HTTPStatus
from time import time
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.web.gate import callers, origins
from api.web.gate.keys import cookie as new_cookie
from api.web.gate.keys import digest
from api.web.pages.templates import rendered
from api.web.problems import RefusedError
from api.web.service import Given
from index.catalogue import keys
from index.catalogue.database import Change
from index.catalogue.keys import Key

pages = APIRouter()


@pages.get("/login")
def login(request: Request, following: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Return the page; lead on where no key is needed, or one was given."""
    state = request.state
    if state.local or state.session is not None:
        return RedirectResponse(safe(following), HTTPStatus.SEE_OTHER)
    return _page(request, following)


@pages.post("/login")
def sign_in(
    request: Request,
    given: Given,
    key: Annotated[str, Form(max_length=200)] = "",
    following: Annotated[str, Form(alias="next", max_length=2000)] = "/",
) -> Response:
    """Take a key, and lead on with a cookie; show the page again where the key lets nobody in."""
    _encrypted(request)
    now = time()
    try:
        with given.desk.reading() as change:
            found = callers.holder(change, key.strip(), now=now)
    except RefusedError as error:
        return _page(request, following, error)
    made = new_cookie()
    seconds = _seconds(found, now)
    with given.desk.changing() as change:
        _end(request, change)
        keys.begin(change, digest(made), found.id, now=now, until=now + seconds)
    request.state.caller = callers.caller_of(found)  # for the audit log
    answer = RedirectResponse(safe(following), HTTPStatus.SEE_OTHER)
    _set(answer, request, made, int(seconds))
    return answer


@pages.post("/logout")
def sign_out(request: Request, given: Given) -> Response:
    """End the session, here and for good."""
    with given.desk.changing() as change:
        _end(request, change)
    answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    _set(answer, request, "", 0)
    return answer


def safe(following: str) -> str:
    r"""Return where to go on to: a path of this service, whatever was asked for.

    >>> safe("/traces/abc?x=1"), safe("//evil.example"), safe("/\\evil.example"), safe("/a\n")
    ('/traces/abc?x=1', '/', '/', '/')
    """
    seen = unquote(following)
    plain = seen.isascii() and seen.isprintable() and not set(seen) & set("\\<>\"'{} ")
    if not plain or not following.startswith("/") or "//" in seen.partition("?")[0]:
        return "/"
    return "/" if following.startswith(("/login", "/logout")) else following


def _page(request: Request, following: str, error: RefusedError | None = None) -> HTMLResponse:
    on = safe(following)
    came = origins.foreign(request.headers, request.scope["scheme"])
    page = rendered("login.html", request, following=on, error=error, came=bool(came))
    if error is None:
        return HTMLResponse(page)
    return HTMLResponse(page, error.status, error.headers)


def _encrypted(request: Request) -> None:
    """Refuse a key that anybody on the way could read, and a cookie that browsers would drop.

    Raises:
        RefusedError: It came in the clear, and not from this machine.
    """
    here = origins.loopback(origins.host_name(request.headers.get("host", "")))
    if request.scope["scheme"] != "https" and not here:
        raise RefusedError(
            "This page came unencrypted, so no key is taken on it.",
            hint="Open it by https, or on this machine at http://127.0.0.1.",
            slug="unencrypted",
            status=HTTPStatus.FORBIDDEN,
        )


def _seconds(key: Key, now: float) -> float:
    """Return how long a session lasts: no longer than its key."""
    return callers.LASTS if key.expires_at is None else min(callers.LASTS, key.expires_at - now)


def _end(request: Request, change: Change) -> None:
    session = request.state.session
    if session is not None:
        keys.end(change, digest(session))


def _set(answer: Response, request: Request, value: str, seconds: int) -> None:
    scheme = request.scope["scheme"]
    answer.set_cookie(
        callers.cookie_name(scheme),
        value,
        max_age=seconds,
        path="/",
        secure=scheme == "https",
        httponly=True,
        samesite="strict",
    )
