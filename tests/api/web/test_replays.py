"""Tests of requests that are sent twice and done once."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.settings import Settings
from api.web.app import app, kinds
from api.web.gate import replays as gate
from index.catalogue import replies
from index.desk import Desk
from tests.api.web.conftest import HERE

type Bearer = Callable[..., dict[str, str]]
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def clip(data: bytes = b"clip", name: str = "a.mp4") -> dict[str, tuple[str, bytes]]:
    return {"clip": (name, data)}


def traces(client: TestClient, headers: dict[str, str] | None = None) -> int:
    return len(client.get("/v1/traces", headers=headers).json()["items"])


def test_a_clip_that_is_sent_twice_is_traced_once(idle: TestClient) -> None:
    first = idle.post("/v1/traces", files=clip(), headers=KEY)
    again = idle.post("/v1/traces", files=clip(), headers=KEY)

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert traces(idle) == 1


@pytest.mark.parametrize("other", [clip(b"clop"), clip(name="b.mp4"), clip(b"clip\n")])
def test_another_request_with_the_same_key_is_refused(
    idle: TestClient, other: dict[str, tuple[str, bytes]]
) -> None:
    idle.post("/v1/traces", files=clip(), headers=KEY)

    got = idle.post("/v1/traces", files=other, headers=KEY)

    assert (got.status_code, got.json()["type"]) == (422, "/problems/key-reused")
    assert traces(idle) == 1


def test_the_key_is_its_callers_own(idle: TestClient, bearer: Bearer) -> None:
    one, two = bearer("admin"), bearer("admin")

    got = [idle.post("/v1/traces", files=clip(), headers=KEY | each) for each in (one, two)]

    assert got[0].json()["id"] != got[1].json()["id"]


def test_what_made_nothing_can_be_sent_again(idle: TestClient) -> None:
    assert idle.post("/v1/traces", files={"clop": b"clip"}, headers=KEY).status_code == 400

    assert idle.post("/v1/traces", files=clip(), headers=KEY).status_code == 202


def test_what_broke_can_be_sent_again(idle: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError

    with monkeypatch.context() as patched:
        patched.setattr("api.web.routes.traces.tasks.add", broken)
        assert idle.post("/v1/traces", files=clip(), headers=KEY).status_code == 500

    assert idle.post("/v1/traces", files=clip(), headers=KEY).status_code == 202


def test_a_request_that_is_still_being_answered_is_not_begun_again(
    idle: TestClient, desk_archive: Path
) -> None:
    with Desk.open(desk_archive) as desk, desk.changing() as change:
        replies.begin(change, "local", KEY["Idempotency-Key"], "ab" * 32, now=9e12)

    got = idle.post("/v1/traces", files=clip(), headers=KEY)

    assert (got.status_code, got.json()["type"]) == (409, "/problems/still-answered")
    assert got.headers["retry-after"] == "1"


def test_what_a_service_that_ended_was_answering_can_be_sent_again(desk_archive: Path) -> None:
    with Desk.open(desk_archive) as desk, desk.changing() as change:
        replies.begin(change, "local", KEY["Idempotency-Key"], "ab" * 32, now=9e12)

    with TestClient(app(desk_archive, Settings(tracers=0), kinds()), base_url=HERE) as client:
        assert client.post("/v1/traces", files=clip(), headers=KEY).status_code == 202


HOOK = {"url": "https://example.org/told", "events": ["trace.done"]}


def test_a_secret_is_shown_once_and_kept_where_it_signs_alone(
    idle: TestClient, desk_archive: Path, tmp_path: Path
) -> None:
    made = idle.post("/v1/webhooks", json=HOOK, headers=KEY)
    here = made.headers["location"]
    turned = idle.post(f"{here}/rotate", headers={"Idempotency-Key": "another"})

    again = idle.post("/v1/webhooks", json=HOOK, headers=KEY)
    turned_again = idle.post(f"{here}/rotate", headers={"Idempotency-Key": "another"})

    secrets = [made.json()["secret"], turned.json()["secret"]]
    for got in (again, turned_again):
        assert (got.status_code, got.json()["type"]) == (409, "/problems/shown-once")
        assert got.headers["idempotency-replayed"] == "true"
        assert not any(secret in got.text for secret in secrets)
    assert again.headers["location"] == here
    assert len(idle.get("/v1/webhooks").json()["items"]) == 1
    with closing(sqlite3.connect(desk_archive / "catalogue.sqlite")) as catalogue:
        catalogue.execute("VACUUM INTO ?", [str(tmp_path / "copy.sqlite")])
    data = (tmp_path / "copy.sqlite").read_bytes()
    assert [data.count(secret.encode()) for secret in secrets] == [1, 1]
    with Desk.open(desk_archive) as desk, desk.reading() as change:
        kept = change.exec_driver_sql("SELECT body, headers FROM replies").all()
    assert len(kept) == 2
    assert "whsec_" not in str(kept)


def test_another_request_with_the_key_of_a_secret_is_refused_as_such(idle: TestClient) -> None:
    idle.post("/v1/webhooks", json=HOOK, headers=KEY)

    other = idle.post("/v1/webhooks", json=HOOK | {"events": ["trace.failed"]}, headers=KEY)

    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")


def test_after_a_day_the_key_is_free(idle: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = idle.post("/v1/traces", files=clip(), headers=KEY).json()
    monkeypatch.setattr(gate, "time", lambda: 9e12)

    again = idle.post("/v1/traces", files=clip(), headers=KEY).json()

    assert again["id"] != first["id"]


def test_a_key_that_is_none_is_refused(idle: TestClient) -> None:
    for key in ("", "two words", "k" * 256):
        got = idle.post("/v1/traces", files=clip(), headers={"Idempotency-Key": key})
        assert got.status_code == 400


FORM = b"\r\n".join(
    [
        b"--%s",
        b'Content-Disposition: form-data; name="clip"; filename="a.mp4"',
        b"Content-Type: video/mp4",
        b"",
        b"one --x two\r\n\r\nthree",
        b"--%s",
        b'Content-Disposition: form-data; name="reveal"',
        b"",
        b"false",
        b"--%s--",
        b"",
    ]
)


def heard(body: bytes, boundary: str, cuts: Sequence[int]) -> str:
    """Return the digest of a form that comes in pieces."""
    places = sorted({0, len(body), *(cut % len(body) for cut in cuts)})
    pieces = [body[a:b] for a, b in pairwise(places)]
    messages = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    messages[-1]["more_body"] = False
    waiting = iter(messages)

    async def receive() -> dict[str, object]:
        return next(waiting)

    scope = {
        "type": "http",
        "method": "POST",
        "raw_path": b"/v1/traces",
        "query_string": b"",
        "headers": [(b"content-type", f"multipart/form-data; boundary={boundary}".encode())],
    }
    one = gate.Heard(scope, receive)

    async def run() -> str:
        passed = [await one() for _ in messages]
        assert passed == messages
        return one.digest()

    return asyncio.run(run())


@given(
    st.text("abcXYZ019", min_size=5, max_size=40),
    st.lists(st.integers(0, 10_000), max_size=20),
)
def test_a_form_is_the_same_whatever_stands_between_its_parts(
    boundary: str, cuts: list[int]
) -> None:
    body = FORM.replace(b"%s", boundary.encode())

    assert heard(body, boundary, cuts) == heard(FORM.replace(b"%s", b"other"), "other", [])


@given(st.sampled_from([b"a.mp4", b"video/mp4", b"three", b"reveal", b"false"]))
def test_a_form_with_another_word_is_another(word: bytes) -> None:
    body = FORM.replace(b"%s", b"same")

    assert heard(body, "same", []) != heard(body.replace(word, word[:-1] + b"?"), "same", [])
