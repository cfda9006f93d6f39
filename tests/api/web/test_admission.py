"""Tests of who is let in: keys, scopes, names of this machine, and pages of other sites."""

import hmac
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.web.app import app, kinds
from api.web.gate import keys as gate_keys
from api.web.gate import origins
from index.catalogue import keys
from index.catalogue.database import Change
from index.desk import Desk
from tests.api.web.conftest import HERE

type Bearer = Callable[..., dict[str, str]]

TRACES = "/v1/traces"
CLIP = {"clip": ("a.mp4", b"clip")}


def test_without_keys_whoever_sits_at_this_machine_may_do_all(idle: TestClient) -> None:
    assert idle.get(TRACES).status_code == 200
    assert idle.post(TRACES, files=CLIP).status_code == 202
    assert idle.get("/v1/audit").status_code == 200


def test_once_there_is_a_key_nobody_is_let_in_without(idle: TestClient, bearer: Bearer) -> None:
    bearer("read")

    got = idle.get(TRACES)

    assert got.status_code == 401
    assert got.headers["www-authenticate"].startswith("Bearer")
    assert got.json()["type"] == "/problems/no-key"


def test_a_key_is_let_in(idle: TestClient, bearer: Bearer) -> None:
    assert idle.get(TRACES, headers=bearer("read")).status_code == 200


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({"expires_at": 1.0}, "This key has expired."),
        ({"revoked_at": 1.0}, "This key was revoked."),
    ],
)
def test_a_key_that_is_over_lets_nobody_in(
    idle: TestClient, bearer: Bearer, facts: dict[str, float], title: str
) -> None:
    headers = bearer("admin", expires_at=facts.get("expires_at"))
    if "revoked_at" in facts:
        name = gate_keys.id_of(headers["Authorization"].split()[1]) or ""
        with idle.app.state.service.desk.changing() as change:  # type: ignore[attr-defined] # FastAPI's
            keys.revoke(change, name, now=1.0)

    got = idle.get(TRACES, headers=headers)

    assert (got.status_code, got.json()["title"]) == (401, title)
    assert got.headers["www-authenticate"].startswith("Bearer")


def test_an_expired_key_does_not_open_the_service_again(idle: TestClient, bearer: Bearer) -> None:
    bearer("admin", expires_at=1.0)

    assert idle.get(TRACES).status_code == 401


def test_revoking_the_last_key_opens_it_to_this_machine(
    idle: TestClient, bearer: Bearer, desk_archive: Path
) -> None:
    bearer("admin")
    with Desk.open(desk_archive) as desk, desk.changing() as change:
        keys.revoke(change, keys.every(change)[0].id, now=time.time())

    assert idle.get(TRACES).status_code == 200


def test_a_service_for_other_machines_is_never_open(desk_archive: Path) -> None:
    made = app(desk_archive, Settings(host="0.0.0.0", tracers=0), kinds())  # noqa: S104 # the point

    with TestClient(made, base_url=HERE) as client:
        assert client.get(TRACES).status_code == 401


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer wf_aaaaaaaaaaaa_",
        "Bearer wf_aaaaaaaaaaaa_" + "b" * 43,
        "Basic bG9jYWw6bG9jYWw=",
        "wf_aaaaaaaaaaaa_" + "b" * 43,
    ],
)
def test_what_is_no_key_is_refused_even_where_none_is_needed(idle: TestClient, value: str) -> None:
    assert idle.get(TRACES, headers={"Authorization": value}).status_code == 401


def test_the_secret_counts_and_not_the_id_alone(idle: TestClient, bearer: Bearer) -> None:
    right = bearer("read")["Authorization"]
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")

    assert idle.get(TRACES, headers={"Authorization": wrong}).status_code == 401


def test_digests_are_compared_in_a_time_that_tells_nothing(
    idle: TestClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, kept: bytes) -> bool:
        compared.append((given, kept))
        return given == kept

    monkeypatch.setattr(hmac, "compare_digest", compare)
    unknown = "Bearer wf_aaaaaaaaaaaa_" + "b" * 43

    for headers in (bearer("read"), {"Authorization": unknown}):
        idle.get(TRACES, headers=headers)

    assert [len(a) == len(b) == 64 for a, b in compared] == [True, True]


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (("read",), "POST", TRACES, 403),
        (("read", "trace"), "POST", TRACES, 202),
        (("trace",), "GET", TRACES, 403),
        (("read",), "GET", "/v1/audit", 403),
        (("read", "trace", "ingest"), "GET", "/v1/audit", 403),
        (("admin",), "GET", "/v1/audit", 200),
        (("admin",), "POST", TRACES, 202),
        (("admin",), "GET", TRACES, 200),
    ],
)
def test_scopes_say_what_a_key_may_do(  # noqa: PLR0913, PLR0917 # a row of a table
    idle: TestClient, bearer: Bearer, scopes: tuple[str, ...], method: str, path: str, status: int
) -> None:
    files = CLIP if method == "POST" else None

    got = idle.request(method, path, headers=bearer(*scopes), files=files)

    assert got.status_code == status
    assert status != 403 or got.json()["type"] == "/problems/scope"


def test_the_use_of_a_key_is_noted_once_a_minute(
    idle: TestClient, bearer: Bearer, desk_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[float] = []
    true = keys.note_use

    def note(change: Change, name: str, *, now: float) -> None:
        noted.append(now)
        true(change, name, now=now)

    monkeypatch.setattr(keys, "note_use", note)
    headers = bearer("read")

    for _ in range(3):
        idle.get(TRACES, headers=headers)

    with Desk.open(desk_archive) as desk, desk.reading() as change:
        assert [keys.every(change)[0].used_at] == noted


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/login", "/problems", "/static/page.css"]
)
def test_some_pages_are_open(idle: TestClient, bearer: Bearer, path: str) -> None:
    bearer("admin")

    assert idle.get(path).status_code == 200


def test_a_probe_without_a_key_is_told_no_more_than_that_it_is_ready(
    idle: TestClient, bearer: Bearer
) -> None:
    reader = bearer("read")

    assert idle.get("/health/ready").json() == {"status": "ok", "assets": None, "waiting": None}
    assert idle.get("/health/ready", headers=reader).json()["assets"] == 2


@pytest.mark.parametrize("path", ["/", "/traces/abc", "/nowhere"])
def test_people_are_led_to_where_a_key_is_given(
    idle: TestClient, bearer: Bearer, path: str
) -> None:
    bearer("admin")

    got = idle.get(path)

    assert got.status_code == 303
    assert got.headers["location"].startswith("/login?next=%2F")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8417", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", ""]
)
@pytest.mark.parametrize("path", ["/", TRACES, "/health/live", "/static/page.css"])
def test_without_keys_other_names_are_not_answered_to(
    idle: TestClient, host: str, path: str
) -> None:
    assert idle.get(path, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:8417"])
def test_names_of_this_machine_are_answered_to(idle: TestClient, host: str) -> None:
    assert idle.get(TRACES, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("name", origins.PROXIED)
def test_without_keys_no_proxy_is_answered(idle: TestClient, name: str) -> None:
    assert idle.get(TRACES, headers={name: "203.0.113.9"}).status_code == 421


def test_with_a_key_the_service_may_have_any_name(idle: TestClient, bearer: Bearer) -> None:
    headers = bearer("read") | {"Host": "archive.example", "X-Forwarded-For": "203.0.113.9"}

    assert idle.get(TRACES, headers=headers).status_code == 200


OURS = {"Origin": HERE}
THEIRS = {"Origin": "http://evil.example"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),
        (OURS, 202),
        ({"Sec-Fetch-Site": "same-origin"}, 202),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 202),
        (THEIRS, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "https://127.0.0.1:8417"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"} | OURS, 403),
    ],
)
def test_without_keys_a_page_of_another_site_changes_nothing(
    idle: TestClient, headers: dict[str, str], status: int
) -> None:
    got = idle.post(TRACES, files=CLIP, headers=headers)

    assert got.status_code == status
    assert status != 403 or got.json()["type"] == "/problems/cross-site"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        (
            {
                "Sec-Fetch-Site": "cross-site",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "iframe",
            },
            403,
        ),
        (THEIRS, 403),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
)
def test_a_page_of_another_site_may_link_and_not_embed(
    idle: TestClient, headers: dict[str, str], status: int
) -> None:
    assert idle.get(TRACES, headers=headers).status_code == status


def test_a_header_that_is_there_twice_is_refused(idle: TestClient, bearer: Bearer) -> None:
    one, two = bearer("read"), bearer("admin")
    pairs = [("Authorization", one["Authorization"]), ("Authorization", two["Authorization"])]

    assert idle.get(TRACES, headers=pairs).status_code == 400
