"""Tests of the page where a key is given, and of what its cookie can do."""

import time
from collections.abc import Callable
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.web.app import app, kinds
from api.web.gate import callers
from api.web.gate.keys import digest, id_of, proof
from index.catalogue import keys
from index.desk import Desk
from tests.api.web.conftest import HERE, key

OURS = {"Origin": HERE}
CLIP = {"clip": ("a.mp4", b"clip")}


def sign_in(client: TestClient, text: str, following: str = "/") -> str:
    """Give a key; return the cookie."""
    got = client.post("/login", data={"key": text, "next": following}, headers=OURS)
    assert got.status_code == 303, got.text
    return str(client.cookies["wherefrom"])


def cookie(value: str) -> Morsel[str]:
    (morsel,) = SimpleCookie(value).values()
    return morsel


def test_a_key_opens_the_pages(idle: TestClient, desk_archive: Path) -> None:
    text = key(desk_archive, "read")
    assert idle.get("/").status_code == 303

    sign_in(idle, text)

    assert idle.get("/").status_code == 200


@pytest.mark.parametrize("text", ["", "nothing", "wf_aaaaaaaaaaaa_" + "b" * 43])
def test_what_is_no_key_opens_nothing(idle: TestClient, desk_archive: Path, text: str) -> None:
    key(desk_archive, "read")

    got = idle.post("/login", data={"key": text}, headers=OURS)

    assert got.status_code == 401
    assert "set-cookie" not in got.headers
    assert "This key is not known here." in got.text
    assert 'role="alert"' in got.text


def test_the_key_is_never_on_the_page(idle: TestClient, desk_archive: Path) -> None:
    key(desk_archive, "read")
    text = key(desk_archive, "read", expires_at=1.0)

    got = idle.post("/login", data={"key": text}, headers=OURS)

    assert got.status_code == 401
    assert text not in got.text


def test_the_cookie_is_for_this_page_alone(idle: TestClient, desk_archive: Path) -> None:
    text = key(desk_archive, "read")

    got = idle.post("/login", data={"key": text}, headers=OURS)

    made = cookie(got.headers["set-cookie"])
    assert (made.key, made["httponly"], made["samesite"], made["path"]) == (
        "wherefrom",
        True,
        "strict",
        "/",
    )
    assert 0 < int(made["max-age"]) <= callers.LASTS
    assert made["domain"] == ""


def test_behind_tls_the_cookie_is_bound_to_the_host(desk_archive: Path) -> None:
    text = key(desk_archive, "read")
    base = "https://archive.example"
    made = app(desk_archive, Settings(tracers=0), kinds())
    with TestClient(made, base_url=base, follow_redirects=False) as client:
        got = client.post("/login", data={"key": text}, headers={"Origin": base})

        set_ = cookie(got.headers["set-cookie"])
        assert (set_.key, set_["secure"], set_["path"], set_["domain"]) == (
            "__Host-wherefrom",
            True,
            "/",
            "",
        )
        assert client.get("/").status_code == 200


def test_a_key_is_not_taken_unencrypted_from_elsewhere(desk_archive: Path) -> None:
    text = key(desk_archive, "read")
    base = "http://archive.example"
    made = app(desk_archive, Settings(tracers=0), kinds())
    with TestClient(made, base_url=base, follow_redirects=False) as client:
        got = client.post("/login", data={"key": text}, headers={"Origin": base})

    assert got.status_code == 403
    assert "set-cookie" not in got.headers


def test_a_cookie_that_was_planted_is_not_taken_over(idle: TestClient, desk_archive: Path) -> None:
    text = key(desk_archive, "read")
    idle.cookies.set("wherefrom", "planted", domain="127.0.0.1")

    got = idle.post("/login", data={"key": text}, headers=OURS)

    made = cookie(got.headers["set-cookie"]).value
    assert made != "planted"
    assert idle.get("/", headers={"Cookie": "wherefrom=planted"}).status_code == 303


def test_signing_in_again_ends_the_session_before(idle: TestClient, desk_archive: Path) -> None:
    text = key(desk_archive, "read")
    before = sign_in(idle, text)
    headers = OURS | {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}

    assert idle.post("/login", data={"key": text}, headers=headers).status_code == 303

    idle.cookies.clear()
    assert idle.get("/", headers={"Cookie": f"wherefrom={before}"}).status_code == 303


def test_signing_out_ends_the_session_for_good(idle: TestClient, desk_archive: Path) -> None:
    session = sign_in(idle, key(desk_archive, "read"))

    got = idle.post("/logout", headers=OURS | {"X-Wherefrom-Token": proof(session)})

    assert (got.status_code, got.headers["location"]) == (303, "/login")
    assert int(cookie(got.headers["set-cookie"])["max-age"]) == 0
    assert idle.get("/", headers={"Cookie": f"wherefrom={session}"}).status_code == 303


def test_revoking_a_key_signs_out_whoever_used_it(idle: TestClient, desk_archive: Path) -> None:
    text = key(desk_archive, "read")
    key(desk_archive, "read")
    sign_in(idle, text)

    with Desk.open(desk_archive) as desk, desk.changing() as change:
        keys.revoke(change, id_of(text) or "", now=time.time())

    assert idle.get("/").status_code == 303


def test_a_session_ends_with_its_day_and_with_its_key(
    idle: TestClient, desk_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = time.time() + 60
    text = key(desk_archive, "read", expires_at=soon)
    session = sign_in(idle, text)

    with Desk.open(desk_archive) as desk, desk.reading() as change:
        assert keys.given(change, digest(session), now=soon - 5) is not None
        assert keys.given(change, digest(session), now=soon + 1) is None
    monkeypatch.setattr("api.web.gate.admission.time", lambda: soon + 1)
    assert idle.get("/").status_code == 303


def test_a_session_ends_with_its_key_whatever_was_noted(
    idle: TestClient, desk_archive: Path
) -> None:
    text = key(desk_archive, "read", expires_at=1.0)
    with Desk.open(desk_archive) as desk, desk.changing() as change:
        keys.begin(change, digest("a"), id_of(text) or "", now=time.time(), until=9e12)

    assert idle.get("/", headers={"Cookie": "wherefrom=a"}).status_code == 303


def test_a_session_may_no_more_than_its_key(idle: TestClient, desk_archive: Path) -> None:
    session = sign_in(idle, key(desk_archive, "read"))
    headers = OURS | {"X-Wherefrom-Token": proof(session)}

    assert idle.post("/v1/traces", files=CLIP, headers=headers).status_code == 403
    assert idle.get("/v1/audit").status_code == 403


TOKEN = "the right one"  # noqa: S105 # stands for it
NAVIGATES = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({"Origin": HERE, "X-Wherefrom-Token": TOKEN}, None),
        ({"Sec-Fetch-Site": "same-origin", "X-Wherefrom-Token": TOKEN}, None),
        ({"Sec-Fetch-Site": "same-origin"} | NAVIGATES, None),
        ({"Origin": HERE}, "csrf"),
        ({"Origin": HERE, "X-Wherefrom-Token": ""}, "csrf"),
        ({"Origin": HERE, "X-Wherefrom-Token": "0" * 64}, "csrf"),
        ({"Origin": HERE, "X-Wherefrom-Token": "é"}, "csrf"),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, "csrf"),
        ({}, "cross-site"),
        ({"X-Wherefrom-Token": TOKEN}, "cross-site"),
        ({"Origin": "http://evil.example", "X-Wherefrom-Token": TOKEN}, "cross-site"),
        ({"Origin": "null", "X-Wherefrom-Token": TOKEN}, "cross-site"),
        ({"Origin": "http://127.0.0.1:9999", "X-Wherefrom-Token": TOKEN}, "cross-site"),
        ({"Sec-Fetch-Site": "cross-site", "X-Wherefrom-Token": TOKEN}, "cross-site"),
        ({"Sec-Fetch-Site": "same-site"} | NAVIGATES, "cross-site"),
        ({"Sec-Fetch-Site": "cross-site"} | NAVIGATES, "cross-site"),
    ],
)
def test_a_cookie_changes_something_only_for_our_own_pages(
    idle: TestClient, desk_archive: Path, headers: dict[str, str], problem: str | None
) -> None:
    session = sign_in(idle, key(desk_archive, "admin"))
    right = proof(session)
    sent = {name: right if value == TOKEN else value for name, value in headers.items()}
    encoded = {name.encode(): value.encode("latin-1") for name, value in sent.items()}

    got = idle.post("/v1/traces", files=CLIP, headers=encoded)

    if problem is None:
        assert got.status_code == 202
    else:
        assert (got.status_code, got.json()["type"]) == (403, f"/problems/{problem}")


def test_the_page_holds_the_proof_its_scripts_send(idle: TestClient, desk_archive: Path) -> None:
    session = sign_in(idle, key(desk_archive, "read"))

    page = idle.get("/").text

    assert f'<meta name="wherefrom-token" content="{proof(session)}">' in page
    assert session not in page


def test_a_key_needs_no_such_proof(
    idle: TestClient, bearer: Callable[..., dict[str, str]], desk_archive: Path
) -> None:
    sign_in(idle, key(desk_archive, "read"))

    headers = bearer("admin") | {"Origin": "https://platform.example"}
    assert idle.post("/v1/traces", files=CLIP, headers=headers).status_code == 202


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_nobody_is_signed_in_by_a_page_of_another_site(
    idle: TestClient, desk_archive: Path, headers: dict[str, str]
) -> None:
    got = idle.post("/login", data={"key": key(desk_archive, "read")}, headers=headers)

    assert got.status_code == 403
    assert "set-cookie" not in got.headers


@pytest.mark.parametrize(
    ("following", "leads"),
    [
        ("/traces/abc", "/traces/abc"),
        ("/traces/abc?at=1.5", "/traces/abc?at=1.5"),
        ("", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/%2fevil.example", "/"),
        ("/%5cevil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ('/"><script>', "/"),
        ("/login?next=/login", "/"),
        ("/logout", "/"),
    ],
)
def test_after_signing_in_one_stays_here(
    idle: TestClient, desk_archive: Path, following: str, leads: str
) -> None:
    text = key(desk_archive, "read")

    page = idle.get("/login", params={"next": following})
    got = idle.post("/login", data={"key": text, "next": following}, headers=OURS)
    again = idle.get("/login", params={"next": following})

    assert f'name="next" value="{leads}"' in page.text
    assert got.headers["location"] == leads
    assert again.headers["location"] == leads


def test_without_keys_there_is_nothing_to_sign_in_to(idle: TestClient) -> None:
    assert idle.get("/login").headers["location"] == "/"
