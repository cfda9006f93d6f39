import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook, WebhookVerificationError

from api.settings import Settings
from api.web.app import app, kinds
from tests.api.web.conftest import HERE, crew
from tests.api.web.receivers import Receiver, receiving

type Traced = Callable[[Path], dict[str, Any]]


@pytest.fixture
def client(desk_archive: Path) -> Iterator[TestClient]:
    settings = Settings.model_validate({"hook_networks": "127.0.0.0/8"})
    with TestClient(
        app(desk_archive, settings, kinds(settings), crew=crew()), base_url=HERE
    ) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def told(client: TestClient, url: str, *events: str) -> dict[str, Any]:
    """Return a webhook that was made."""
    made = client.post("/v1/webhooks", json={"url": url, "events": events or ["trace.done"]})
    assert made.status_code == 201, made.text
    return dict(made.json())


def settled(client: TestClient, hook: dict[str, Any], *, attempts: int = 1) -> dict[str, Any]:
    """Return the newest message to a hook once it was tried so often."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        items = client.get(hook["links"]["deliveries"]).json()["items"]
        tried = [one for one in items if one["attempts"] >= attempts]
        if tried and (tried[0]["status"] or tried[0]["error"]):
            return dict(tried[0])
        time.sleep(0.05)
    raise TimeoutError(hook["id"])


def test_a_trace_that_is_done_is_told_in_a_signed_message(
    client: TestClient, traced: Traced, suspects: Path, receiver: Receiver
) -> None:
    hook = told(client, receiver.url, "trace.done")
    trace = traced(suspects / "quote.mp4")

    delivery = settled(client, hook)

    headers, body = receiver.came[0]
    assert Webhook(hook["secret"]).verify(body, dict(headers)) == json.loads(body)
    assert (delivery["state"], delivery["status"]) == ("done", 204)
    assert headers["webhook-id"] == delivery["id"]
    data = json.loads(body)["data"]
    assert (data["id"], data["found"]) == (trace["id"], True)
    assert data["summary"] == trace["outcome"]["summary"]
    assert data["links"]["answer"] == trace["links"]["answer"]


def test_a_message_holds_no_name_of_the_clip_and_no_path(
    client: TestClient, traced: Traced, suspects: Path, receiver: Receiver, tmp_path: Path
) -> None:
    hook = told(client, receiver.url, "trace.failed")
    traced(suspects / "letter.mp4")

    settled(client, hook)

    sent = receiver.came[0][1].decode()
    assert json.loads(sent)["data"]["problem"] == "bad-media"
    assert "letter" not in sent
    assert str(tmp_path) not in sent


def test_a_hook_hears_only_of_its_events(
    client: TestClient, traced: Traced, suspects: Path, receiver: Receiver
) -> None:
    quiet = told(client, receiver.url, "trace.done")
    loud = told(client, receiver.url, "trace.failed")
    traced(suspects / "letter.mp4")

    settled(client, loud)

    assert client.get(quiet["links"]["deliveries"]).json()["items"] == []


def test_a_ping_comes_at_once(client: TestClient, receiver: Receiver) -> None:
    hook = told(client, receiver.url)

    sent = client.post(f"{hook['links']['self']}/ping")

    assert sent.status_code == 202
    assert settled(client, hook)["event"] == "ping"
    assert json.loads(receiver.came[0][1])["type"] == "ping"


def test_a_secret_is_shown_once_and_the_old_one_signs_for_a_while(
    client: TestClient, receiver: Receiver
) -> None:
    hook = told(client, receiver.url)
    new = client.post(f"{hook['links']['self']}/rotate").json()["secret"]

    client.post(f"{hook['links']['self']}/ping")
    settled(client, hook)

    headers, body = receiver.came[0]
    for secret in (hook["secret"], new):
        Webhook(secret).verify(body, dict(headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(client.post(f"{hook['links']['self']}/rotate").json()["secret"]).verify(
            body, dict(headers)
        )
    assert "secret" not in client.get(hook["links"]["self"]).json()


def test_redirects_are_not_followed(client: TestClient, receiver: Receiver) -> None:
    receiver.status = 307
    hook = told(client, receiver.url)

    client.post(f"{hook['links']['self']}/ping")
    delivery = settled(client, hook)

    assert (delivery["state"], delivery["status"]) == ("waiting", 307)
    assert len(receiver.came) == 1


def test_one_who_answers_gone_is_told_nothing_more(client: TestClient, receiver: Receiver) -> None:
    receiver.status = 410
    hook = told(client, receiver.url)

    client.post(f"{hook['links']['self']}/ping")
    delivery = settled(client, hook)

    now = client.get(hook["links"]["self"]).json()
    assert delivery["state"] == "given-up"
    assert (now["active"], now["stopped"]) == (False, "It answered 410: gone.")
    refused = client.post(f"{hook['links']['self']}/ping")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/webhook-inactive")


def test_a_message_can_be_sent_again_by_hand_with_the_same_id(
    client: TestClient, receiver: Receiver
) -> None:
    receiver.status = 500
    hook = told(client, receiver.url)
    client.post(f"{hook['links']['self']}/ping")
    failed = settled(client, hook)
    receiver.status = 200

    again = client.post(f"{hook['links']['deliveries']}/{failed['id']}/retry")

    assert again.status_code == 202
    end = time.monotonic() + 20
    while settled(client, hook)["state"] != "done" and time.monotonic() < end:
        time.sleep(0.05)
    assert settled(client, hook)["state"] == "done"
    assert {headers["webhook-id"] for headers, _ in receiver.came} == {failed["id"]}


@pytest.mark.parametrize("odd", [" ", "\x85", "\xa0", "\u2003", "\ufeff", "\u00e4", "\U0001f40c"])
def test_addresses_are_those_that_the_description_allows(desk_archive: Path, odd: str) -> None:
    made = app(desk_archive, Settings(tracers=0), {})
    form = made.openapi()["components"]["schemas"]["Address"]
    url = f"https://example.org/{odd}told"

    with TestClient(made, base_url=HERE) as client:
        answer = client.post("/v1/webhooks", json={"url": url, "events": ["trace.done"]})

    refused = answer.json().get("type") == "/problems/invalid"
    assert refused is not jsonschema_rs.is_valid(form, url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/told",
        "https://example.org:8443/told",
        "https://user:secret@example.org/told",
        "https://example.org/told#there",
        "ftp://example.org/told",
        "told",
    ],
)
def test_addresses_that_are_not_plain_https_are_refused(desk_archive: Path, url: str) -> None:
    with TestClient(app(desk_archive, Settings(tracers=0), {}), base_url=HERE) as client:
        refused = client.post("/v1/webhooks", json={"url": url, "events": ["trace.done"]})

    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0x7f.1"])
def test_nothing_is_sent_to_addresses_that_are_not_public(desk_archive: Path, host: str) -> None:
    with TestClient(app(desk_archive, Settings(tracers=0), {}), base_url=HERE) as client:
        hook = told(client, f"https://{host}/told")

        client.post(f"{hook['links']['self']}/ping")

        delivery = settled(client, hook)
    assert delivery["status"] is None
    assert delivery["error"].endswith("is not on the public internet.")


def test_a_network_that_is_named_opens_no_other(client: TestClient) -> None:
    hook = told(client, "http://169.254.169.254/latest/meta-data")

    client.post(f"{hook['links']['self']}/ping")

    assert settled(client, hook)["status"] is None


def test_there_is_an_end_to_hooks(client: TestClient, receiver: Receiver) -> None:
    for _ in range(20):
        told(client, receiver.url)

    more = client.post("/v1/webhooks", json={"url": receiver.url, "events": ["trace.done"]})

    assert more.status_code == 409
    first = client.get("/v1/webhooks?limit=15").json()
    rest = client.get("/v1/webhooks", params={"cursor": first["next"]}).json()
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 20
    assert rest["next"] is None


def test_a_hook_can_be_changed_and_deleted(client: TestClient, receiver: Receiver) -> None:
    hook = told(client, receiver.url)

    changed = client.patch(hook["links"]["self"], json={"events": ["ingest.done"]}).json()

    assert (changed["events"], changed["url"]) == (["ingest.done"], receiver.url)
    assert client.delete(hook["links"]["self"]).status_code == 204
    assert client.get(hook["links"]["self"]).status_code == 404
