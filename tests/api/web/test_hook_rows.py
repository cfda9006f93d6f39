"""Whose webhooks are whose, and what can be asked of them; nothing is sent to anybody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.web.app import app
from index.archive import Archive
from index.catalogue import hooks
from index.catalogue.hooks import Delivery
from index.desk import Desk
from tests.api.web.conftest import HERE

type Bearer = Callable[..., dict[str, str]]
URL = "https://127.0.0.1/told"
LATER = 4_000_000_000.0
"""When messages are due that are not to be sent, in seconds since 1970."""


@dataclass(frozen=True)
class Owner:
    """Somebody with a key.

    Attributes:
        client: Of the service.
        headers: With the key.
    """

    client: TestClient
    headers: dict[str, str]

    def ask(self, method: str, path: str, **sent: Any) -> Any:  # noqa: ANN401 # as httpx2 takes it
        return self.client.request(method, f"/v1/webhooks{path}", headers=self.headers, **sent)

    def make(self, *events: str) -> dict[str, Any]:
        made = self.ask("POST", "", json={"url": URL, "events": events or ["trace.done"]})
        assert made.status_code == 201, made.text
        return dict(made.json())

    def ids(self) -> set[str]:
        return {one["id"] for one in self.ask("GET", "").json()["items"]}


@pytest.fixture
def desk_archive(tmp_path: Path) -> Path:
    """An archive that holds nothing: nothing is looked for in it."""
    path = tmp_path / "empty.archive"
    Archive.open(path, create=True).close()
    return path


@pytest.fixture
def silent(desk_archive: Path) -> Iterator[TestClient]:
    made = app(desk_archive, Settings(tracers=0), {})
    with TestClient(made, base_url=HERE) as client:
        made.state.courier.stop()
        yield client


@pytest.fixture
def ann(silent: TestClient, bearer: Bearer) -> Owner:
    return Owner(silent, bearer("trace"))


@pytest.fixture
def chief(silent: TestClient, bearer: Bearer) -> Owner:
    return Owner(silent, bearer("admin"))


def sent(archive: Path, hook: str, *names: str) -> None:
    """Let messages to a hook wait."""
    with Desk.open(archive) as desk, desk.changing() as change:
        for name in names:
            hooks.queue(change, Delivery(hook, name, "ping", "{}", 0.0, next_at=LATER))


def states(owner: Owner, hook: str) -> list[tuple[str, str]]:
    items = owner.ask("GET", f"/{hook}/deliveries").json()["items"]
    return [(one["id"], one["state"]) for one in items]


def test_hooks_are_their_owners_and_an_admins(ann: Owner, chief: Owner, bearer: Bearer) -> None:
    bob = Owner(ann.client, bearer("trace"))
    mine = ann.make()["id"]

    assert (ann.ids(), bob.ids(), chief.ids()) == ({mine}, set(), {mine})
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/rotate"),
        ("POST", "/ping"),
        ("GET", "/deliveries"),
        ("POST", "/deliveries/one/retry"),
    ):
        body = {"json": {"active": False}} if method == "PATCH" else {}
        assert bob.ask(method, f"/{mine}{path}", **body).status_code == 404
    assert ann.ask("GET", f"/{mine}").json()["active"]
    assert chief.ask("DELETE", f"/{mine}").status_code == 204
    assert ann.ids() == set()


def test_an_event_is_named_once(ann: Owner) -> None:
    hook = ann.make("trace.done", "ingest.done", "trace.done")

    assert hook["events"] == ["trace.done", "ingest.done"]
    changed = ann.ask("PATCH", f"/{hook['id']}", json={"events": ["trace.failed"] * 2}).json()
    assert changed["events"] == ["trace.failed"]


def test_what_is_not_named_in_a_change_stays(ann: Owner) -> None:
    hook = ann.make()

    changed = ann.ask("PATCH", f"/{hook['id']}", json={"url": f"{URL}/other"}).json()

    del hook["secret"]
    assert changed == hook | {"url": f"{URL}/other"}
    assert ann.ask("PATCH", f"/{hook['id']}", json={}).json() == changed


def test_an_address_that_is_changed_is_checked_like_a_new_one(ann: Owner) -> None:
    hook = ann.make()

    refused = ann.ask("PATCH", f"/{hook['id']}", json={"url": "http://example.org/told"})

    assert refused.status_code == 422
    assert ann.ask("GET", f"/{hook['id']}").json()["url"] == URL


def test_made_inactive_it_is_told_nothing_of_what_waits(ann: Owner, desk_archive: Path) -> None:
    hook = ann.make()["id"]
    sent(desk_archive, hook, "one")

    ann.ask("PATCH", f"/{hook}", json={"events": ["trace.done"]})
    assert states(ann, hook) == [("one", "waiting")]
    ann.ask("PATCH", f"/{hook}", json={"active": False})
    assert states(ann, hook) == [("one", "given-up")]

    for path in ("ping", "deliveries/one/retry"):
        refused = ann.ask("POST", f"/{hook}/{path}")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/webhook-inactive")


def test_made_active_again_it_is_no_longer_stopped(ann: Owner, desk_archive: Path) -> None:
    hook = ann.make()["id"]
    with Desk.open(desk_archive) as desk, desk.changing() as change:
        hooks.alter(change, hook, active=False, stopped="It answered 410: gone.")

    now = ann.ask("PATCH", f"/{hook}", json={"active": True}).json()

    assert (now["active"], now["stopped"]) == (True, None)


def test_a_message_is_sent_again_as_often_as_a_new_one(ann: Owner, desk_archive: Path) -> None:
    hook = ann.make()["id"]
    sent(desk_archive, hook, "one")
    with Desk.open(desk_archive) as desk, desk.changing() as change:
        change.exec_driver_sql("UPDATE deliveries SET attempts = 9, state = 'given-up'")

    again = ann.ask("POST", f"/{hook}/deliveries/one/retry")

    assert again.status_code == 202
    assert (again.json()["attempts"], again.json()["state"]) == (0, "waiting")
    assert ann.ask("POST", f"/{hook}/deliveries/two/retry").status_code == 404


def test_messages_come_in_pages_the_newest_first(ann: Owner, desk_archive: Path) -> None:
    hook = ann.make()["id"]
    sent(desk_archive, hook, *"abcde")

    first = ann.ask("GET", f"/{hook}/deliveries?limit=2").json()
    rest = ann.ask("GET", f"/{hook}/deliveries?limit=9&cursor={first['next']}").json()

    assert [one["id"] for one in first["items"] + rest["items"]] == list("edcba")
    assert rest["next"] is None


def test_a_new_secret_is_another_and_the_one_before_is_kept_for_a_day(
    ann: Owner, desk_archive: Path
) -> None:
    hook = ann.make()

    new = ann.ask("POST", f"/{hook['id']}/rotate").json()["secret"]

    with Desk.open(desk_archive) as desk, desk.reading() as change:
        kept = hooks.find(change, hook["id"])
    assert kept is not None
    assert (kept.secret, kept.old_secret) == (new, hook["secret"])
    assert new != hook["secret"]
    assert len(new) == len("whsec_") + 44
