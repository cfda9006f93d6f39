"""Who asks: who holds a key, a browser in which one was given, or who sits at this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import cookie_parser

from api.web.gate import origins
from api.web.gate.keys import ABSENT, digest, id_of, same
from api.web.problems import RefusedError
from api.web.service import LOCAL, NOBODY, SCOPES, Caller
from index.catalogue import keys
from index.catalogue.database import Change
from index.catalogue.keys import Key

LASTS = 12 * 3600.0
"""Seconds after which a browser is asked for the key again: a working day."""
USE = 60.0
"""Seconds in which the use of a key is noted once."""
SECURE_COOKIE, PLAIN_COOKIE = "__Host-wherefrom", "wherefrom"
"""Behind TLS, and on this machine without. Browsers keep the first to hosts that are the very same
and to addresses that are encrypted, whoever tries to set it."""


@dataclass(frozen=True, slots=True)
class Found:
    """Who asks, and how that is known.

    Attributes:
        caller: Who.
        local: Whether no keys are needed, because this machine alone can ask.
        session: The cookie by which a browser is known.
        stale: Whether the use of the key should be noted.
    """

    caller: Caller
    local: bool = False
    session: str | None = None
    stale: bool = False


def found(
    change: Change, headers: Mapping[str, str], *, scheme: str, host: str, now: float
) -> Found:
    """Return who asks.

    Args:
        change: To read keys from.
        headers: Of the request, by names in small letters.
        scheme: By which it came.
        host: Where the service listens.
        now: Seconds since 1970.

    Raises:
        RefusedError: A key was sent, and lets nobody in.
    """
    if "authorization" in headers:
        key = holder(change, _bearer(headers["authorization"]), now=now)
        return Found(caller_of(key), stale=_stale(key, now))
    cookie = cookie_parser(headers.get("cookie", "")).get(cookie_name(scheme))
    if cookie:
        given = keys.given(change, digest(cookie), now=now)
        if given is not None and given.valid(now):
            return Found(caller_of(given), session=cookie, stale=_stale(given, now))
    local = origins.loopback(host) and not keys.guarded(change)
    return Found(Caller(LOCAL, frozenset(SCOPES)) if local else NOBODY, local=local)


def holder(change: Change, text: str, *, now: float) -> Key:
    """Return the key that a text is.

    Raises:
        RefusedError: It is none, or no longer one.
    """
    name = id_of(text)
    key = None if name is None else keys.find(change, name)
    alike = same(digest(text), ABSENT if key is None else key.digest)
    if key is None or not alike:
        raise refused("This key is not known here.", "Check it, or make one: `wherefrom keys add`.")
    if key.revoked_at is not None:
        raise refused("This key was revoked.", "Ask whoever keeps the archive for another.")
    if not key.valid(now):
        raise refused("This key has expired.", "Ask whoever keeps the archive for another.")
    return key


def caller_of(key: Key) -> Caller:
    """Return the holder of a key as who asks; an admin may ask for everything."""
    scopes = frozenset(SCOPES) if "admin" in key.scopes else frozenset(key.scopes)
    return Caller(key.id, scopes)


def cookie_name(scheme: str) -> str:
    """Return the name of the cookie by which a browser is known."""
    return SECURE_COOKIE if scheme == "https" else PLAIN_COOKIE


def refused(message: str, hint: str) -> RefusedError:
    """Return that nobody is let in by this."""
    return RefusedError(
        message,
        hint=hint,
        slug="no-key",
        status=HTTPStatus.UNAUTHORIZED,
        headers={"WWW-Authenticate": 'Bearer realm="wherefrom"'},
    )


def _bearer(value: str) -> str:
    scheme, _, text = value.partition(" ")
    if scheme.lower() != "bearer":
        raise refused(
            "The header Authorization is of a kind that is not known here.",
            "Send the key as `Authorization: Bearer wf_…`.",
        )
    return text.strip()


def _stale(key: Key, now: float) -> bool:
    return key.used_at is None or now - key.used_at >= USE
