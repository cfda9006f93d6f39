"""Tests of the headers of every answer."""

import re
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.settings import Settings
from api.web.app import app, kinds
from api.web.gate.admission import OPEN
from api.web.gate.headers import PAGE, REPORT, SEALED, attachment, policy
from tests.api.web.conftest import HERE

FORBIDDEN = ("'unsafe-eval'", "*", "http:", "https:", "data: 'self'")


def routes(found: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 # of two libraries
    """Yield method and path of each route, those within routers too."""
    for route in found:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if inner is not None:
            yield from routes(inner.routes)
        elif getattr(route, "methods", None):
            yield from ((method, route.path) for method in sorted(route.methods))


def addresses(made: Any) -> list[tuple[str, str]]:  # noqa: ANN401 # FastAPI's
    found = [(method, re.sub(r"\{[^}]+\}", "abc", path)) for method, path in routes(made.routes)]
    return [*found, ("GET", "/nowhere"), ("GET", "/static/page.css"), ("GET", "/static/nothing")]


def test_no_address_answers_without_a_key_but_those_that_are_open(
    idle: TestClient, bearer: Callable[..., dict[str, str]]
) -> None:
    bearer("admin")

    let_in = {
        (method, path)
        for method, path in addresses(idle.app)
        if idle.request(method, path).status_code not in {401, 303, 403}
    }

    assert {path for _, path in let_in if not OPEN.fullmatch(path)} == set()
    assert ("GET", "/health/live") in let_in


def test_no_address_answers_to_a_key_without_scopes(
    idle: TestClient, bearer: Callable[..., dict[str, str]]
) -> None:
    headers = bearer()

    let_in = {
        (method, path)
        for method, path in addresses(idle.app)
        if not OPEN.fullmatch(path)
        and idle.request(method, path, headers=headers).status_code != 403
    }

    # What an upload may be like is no secret, and anyone may sign out of nothing.
    assert let_in <= {("GET", "/nowhere"), ("OPTIONS", "/v1/uploads"), ("POST", "/logout")}


def checked(headers: Any) -> None:  # noqa: ANN401 # of two libraries
    contents = headers["content-security-policy"]
    assert contents.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in contents
    assert "base-uri 'none'" in contents
    assert [word for word in FORBIDDEN if word in contents.split()] == []
    assert "script-src 'self'" in contents or "script-src" not in contents
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "no-store" in headers["cache-control"] or "no-cache" in headers["cache-control"]
    assert re.fullmatch(r"[0-9a-f]{32}", headers["x-request-id"])
    assert "strict-transport-security" not in headers
    assert "server" not in headers


def test_every_route_is_known_to_these_tests(idle: TestClient) -> None:
    found = {path for _, path in routes(idle.app.routes)}  # type: ignore[attr-defined] # FastAPI's

    assert {"/v1/traces/{trace}/report", "/login", "/", "/v1/audit", "/health/live"} <= found


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_has_the_headers(
    idle: TestClient, bearer: Callable[..., dict[str, str]], *, signed_in: bool
) -> None:
    headers = bearer("admin") if signed_in else {}
    assert signed_in or bearer("admin")

    for method, path in addresses(idle.app):
        got = idle.request(method, path, headers=headers)
        checked(got.headers)
        assert got.status_code < 500, (method, path)


def test_refused_and_broken_answers_have_the_headers(
    idle: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr("api.web.routes.traces.tasks.listed", broken)

    for path, headers in (("/v1/traces", {}), ("/", {"Host": "evil.example"})):
        checked(idle.get(path, headers=headers).headers)


def test_behind_tls_browsers_are_told_to_stay_there(desk_archive: Path) -> None:
    made = app(desk_archive, Settings(tracers=0), kinds())

    with TestClient(made, base_url=HERE.replace("http:", "https:")) as client:
        assert "max-age=" in client.get("/").headers["strict-transport-security"]


def test_the_report_may_have_its_own_style_and_no_script() -> None:
    contents = policy("/v1/traces/abc/report", "text/html; charset=utf-8")

    assert contents == REPORT
    assert "script-src" not in contents
    assert "sandbox" in contents
    assert "allow-scripts" not in contents


def test_what_the_api_returns_is_sealed_and_pages_are_not() -> None:
    assert policy("/v1/assets/abc/still", "image/svg+xml") == SEALED
    assert policy("/v1/traces/abc/report", "application/problem+json") == SEALED
    assert policy("/traces/abc", "text/html; charset=utf-8") == PAGE
    assert policy("/v1/traces", "text/html; charset=utf-8") == PAGE


@given(st.text())
def test_a_file_name_says_nothing_else_in_a_header(name: str) -> None:
    value = attachment(name)

    assert value.isascii()
    assert value.isprintable()
    message = Message()
    message["Content-Disposition"] = value
    assert message.get_content_disposition() == "attachment"
    assert set(dict(message.get_params(header="content-disposition") or ())) == {
        "attachment",
        "filename",
    }
    assert not set(message.get_filename() or "") & set('/\\"\r\n')


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("clip.mp4", "clip.mp4"),
        ("Ünïcode ✓.mp4", "Ünïcode ✓.mp4"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\r\nSet-Cookie: x=1", "a__Set-Cookie: x=1"),
        ('a"; filename="b.exe', "a_; filename=_b.exe"),
        ("...", "download"),
        ("\udcff", "_"),
    ],
)
def test_a_file_keeps_a_name_that_is_fit_for_one(name: str, shown: str) -> None:
    value = attachment(name)

    assert unquote(value.partition("filename*=UTF-8''")[2]) == shown
