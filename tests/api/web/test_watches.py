import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.web.app import app, kinds
from index.archive import Archive
from index.bulk import index_files
from tests import clips
from tests.api.conftest import run
from tests.api.web.conftest import HERE, crew
from tests.api.web.receivers import receiving

type Traced = Callable[[Path], dict[str, Any]]


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    """A folder that is opened, with the film that the stranger was cut from."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    clips.movie(folder / "attic.mp4", seconds=4, cuts=(1.0,), seed=9)
    return folder


@pytest.fixture
def client(desk_archive: Path, incoming: Path) -> Iterator[TestClient]:
    settings = Settings.model_validate(
        {"ingest_roots": [incoming], "hook_networks": ["127.0.0.0/8"]}
    )
    with TestClient(
        app(desk_archive, settings, kinds(settings), crew=crew()), base_url=HERE
    ) as made:
        yield made


@pytest.fixture
def watched(client: TestClient, traced: Traced, suspects: Path) -> dict[str, Any]:
    """A watch for what would explain the stranger."""
    trace = traced(suspects / "stranger.mp4")
    begun = client.post("/v1/watches", json={"trace": trace["id"], "note": "Story 12"})
    assert begun.status_code == 202, begun.text
    return until(client, begun.headers["Location"], lambda one: one["state"] != "preparing")


def until(
    client: TestClient, address: str, ready: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        now: dict[str, Any] = client.get(address).json()
        if ready(now):
            return now
        time.sleep(0.05)
    raise TimeoutError(address)


def test_what_a_trace_left_unexplained_is_watched_for(
    client: TestClient, watched: dict[str, Any], tmp_path: Path
) -> None:
    assert watched["state"] == "watching"
    assert (watched["name"], watched["note"]) == ("stranger.mp4", "Story 12")
    assert [one["channel"] for one in watched["watched"]] == ["picture"]
    assert watched["watched"] == watched["unexplained"]
    assert client.get("/v1/watches").json() == {"items": [watched], "next": None}
    assert str(tmp_path) not in json.dumps(watched)


def test_footage_that_comes_by_an_ingest_is_told_to_hooks(
    client: TestClient, watched: dict[str, Any]
) -> None:
    with receiving() as receiver:
        told = {"url": receiver.url, "events": ["watch.arrived", "ingest.done"]}
        client.post("/v1/webhooks", json=told)

        client.post("/v1/ingests", json={"path": ""})

        now = until(client, f"/v1/watches/{watched['id']}", lambda one: bool(one["arrivals"]))
        end = time.monotonic() + 20
        while len(receiver.came) < 2 and time.monotonic() < end:
            time.sleep(0.05)
    sent = {body["type"]: body["data"] for body in (json.loads(one) for _, one in receiver.came)}
    assert [(one["asset"]["name"], one["how"]) for one in now["arrivals"]] == [
        ("attic.mp4", "proven")
    ]
    assert sent["watch.arrived"]["id"] == watched["id"]
    assert "found in “attic.mp4”" in sent["watch.arrived"]["summary"]
    assert sent["ingest.done"]["added"] == 1


def test_footage_that_is_indexed_elsewhere_is_told_as_well(
    client: TestClient, watched: dict[str, Any], incoming: Path, desk_archive: Path
) -> None:
    with receiving() as receiver:
        client.post("/v1/webhooks", json={"url": receiver.url, "events": ["watch.arrived"]})

        done = run("index", incoming, "--archive", desk_archive)

        end = time.monotonic() + 20
        while not receiver.came and time.monotonic() < end:
            time.sleep(0.05)
    assert done.exit_code == 0, done.output
    assert json.loads(receiver.came[0][1])["data"]["id"] == watched["id"]


def test_what_was_there_when_the_clip_was_traced_is_not_looked_at_again(
    watched: dict[str, Any], desk_archive: Path
) -> None:
    with Archive.open(desk_archive) as archive:
        (kept,) = archive.watches.every()

        assert kept.checked == archive.watches.newest() > 0
    assert watched["arrivals"] == []


def test_footage_that_came_while_the_clip_was_traced_is_looked_at(
    client: TestClient, traced: Traced, suspects: Path, desk_archive: Path, incoming: Path
) -> None:
    trace = traced(suspects / "stranger.mp4")
    with Archive.open(desk_archive, write=True) as archive:
        index_files(archive, [incoming], workers=1, on_event=lambda _: None)

    begun = client.post("/v1/watches", json={"trace": trace["id"]}).headers["Location"]

    found = until(client, begun, lambda one: bool(one["arrivals"]))
    assert [one["asset"]["name"] for one in found["arrivals"]] == ["attic.mp4"]


def test_a_watch_can_be_added_while_another_writes_to_the_archive(
    client: TestClient, traced: Traced, suspects: Path, desk_archive: Path
) -> None:
    trace = traced(suspects / "stranger.mp4")

    with Archive.open(desk_archive, write=True):
        begun = client.post("/v1/watches", json={"trace": trace["id"]}).headers["Location"]

        assert until(client, begun, lambda one: one["state"] == "watching")


def test_a_clip_is_watched_once(client: TestClient, watched: dict[str, Any]) -> None:
    again = client.post("/v1/watches", json={"trace": watched["trace"]})

    assert again.status_code == 409
    assert again.json()["watch"] == watched["id"]


def test_a_clip_that_is_explained_has_nothing_to_watch_for(
    client: TestClient, traced: Traced, suspects: Path
) -> None:
    trace = traced(suspects / "quote.mp4")

    refused = client.post("/v1/watches", json={"trace": trace["id"]})

    assert (refused.status_code, refused.json()["title"]) == (
        409,
        "Nothing of this clip is left to watch for.",
    )


def test_a_watch_outlives_its_trace_and_leaves_nothing_when_deleted(
    client: TestClient, watched: dict[str, Any], desk_archive: Path
) -> None:
    client.delete(f"/v1/traces/{watched['trace']}")
    here = f"/v1/watches/{watched['id']}"
    kept = client.get(here).json()

    gone = client.delete(here)

    assert kept["state"] == "watching"
    assert (gone.status_code, client.get(here).status_code) == (204, 404)
    with Archive.open(desk_archive) as archive:
        assert archive.watches.every() == []


def test_a_watch_of_the_command_is_listed_by_its_number(
    client: TestClient, desk_archive: Path, suspects: Path
) -> None:
    made = run("watch", "add", suspects / "stranger.mp4", "--archive", desk_archive)
    assert made.exit_code == 0, made.output

    (listed,) = client.get("/v1/watches").json()["items"]

    assert (listed["id"], listed["name"], listed["trace"]) == ("1", "stranger.mp4", None)
    assert client.delete("/v1/watches/1").status_code == 204
