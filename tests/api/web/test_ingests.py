import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.web.app import app, kinds
from index.archive import Archive
from index.catalogue import happenings, tasks
from index.desk import Desk
from tests import clips
from tests.api.web.conftest import HERE, crew


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    """A folder that is opened: one new film, one file that is none."""
    folder = tmp_path / "footage"
    (folder / "news").mkdir(parents=True)
    clips.movie(folder / "news" / "bridge.mp4", seconds=2, cuts=(1.0,), seed=5)
    (folder / "news" / "broken.mp4").write_bytes(b"no film" * 100)
    return folder


@pytest.fixture
def client(desk_archive: Path, footage: Path) -> Iterator[TestClient]:
    settings = Settings(ingest_roots=(footage,))
    with TestClient(
        app(desk_archive, settings, kinds(settings), crew=crew()), base_url=HERE
    ) as made:
        yield made


@pytest.fixture
def ended(client: TestClient) -> Callable[[str], dict[str, Any]]:
    """Return a function that adds a path, waits until that has ended and returns the ingest."""

    def run(path: str) -> dict[str, Any]:
        begun = client.post("/v1/ingests", json={"path": path})
        assert begun.status_code == 202, begun.text
        return until(client, begun.headers["Location"], {"done", "failed", "cancelled"})

    return run


def until(client: TestClient, address: str, states: set[str]) -> dict[str, Any]:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        now: dict[str, Any] = client.get(address).json()
        if now["state"] in states:
            return now
        time.sleep(0.05)
    raise TimeoutError(address)


type Ended = Callable[[str], dict[str, Any]]


def test_a_folder_is_added_and_what_is_no_film_is_counted(
    client: TestClient, ended: Ended, desk_archive: Path
) -> None:
    done = ended("news")

    assert done["state"] == "done"
    assert (done["tally"]["added"], done["tally"]["failed"]) == (1, 1)
    with Archive.open(desk_archive) as archive:
        assert "bridge.mp4" in {asset.name for asset in archive.assets()}
    assert client.get("/health/ready").json()["assets"] == 3


def test_what_fails_is_told_with_its_mending_and_no_path_of_the_server(
    client: TestClient, ended: Ended, footage: Path
) -> None:
    done = ended(str(footage / "news"))

    told = client.get(done["links"]["events"]).text
    listed = client.get("/v1/failures").json()
    assert '"name": "news/broken.mp4"' in told
    assert [one["path"] for one in listed["items"]] == ["news/broken.mp4"]
    assert listed["items"][0]["mending"]
    assert str(footage.parent) not in told + str(listed) + str(done)


def test_pages_of_failures_join_without_gaps(client: TestClient, desk_archive: Path) -> None:
    with Archive.open(desk_archive, write=True) as archive:
        for number in range(5):
            archive.record_failure(Path(f"/films/{number}.mp4"), "It is torn.")
    first = client.get("/v1/failures?limit=2").json()

    rest = client.get("/v1/failures", params={"cursor": first["next"]}).json()

    names = [one["name"] for page in (first, rest) for one in page["items"]]
    assert (len(first["items"]), rest["next"]) == (2, None)
    assert sorted(names) == [f"{number}.mp4" for number in range(5)]


@pytest.mark.parametrize(
    "path", ["..", "/", "../films", "news/../../films", "out", "out/quote.mp4"]
)
def test_no_path_leads_out_of_the_folder(
    client: TestClient, footage: Path, suspects: Path, path: str
) -> None:
    (footage / "out").symlink_to(suspects)

    refused = client.post("/v1/ingests", json={"path": path})

    assert refused.status_code == 403
    assert refused.json()["type"].endswith("/ingest-outside")


def test_links_met_on_the_way_are_not_followed_out(
    ended: Ended, footage: Path, suspects: Path
) -> None:
    (footage / "news" / "out").symlink_to(suspects)
    (footage / "news" / "out.mp4").symlink_to(suspects / "quote.mp4")

    done = ended("news")

    assert done["tally"]["files"] == 2


def test_a_folder_that_was_exchanged_for_a_link_is_refused_when_its_turn_comes(
    desk_archive: Path, footage: Path, suspects: Path
) -> None:
    settings = Settings(ingest_roots=(footage,), tracers=0)
    with TestClient(app(desk_archive, settings, {}), base_url=HERE) as idle:
        begun = idle.post("/v1/ingests", json={"path": "news"}).headers["Location"]
    os.rename(footage / "news", footage / "old")  # noqa: PTH104 # a folder
    (footage / "news").symlink_to(suspects)

    settings = Settings(ingest_roots=(footage,))
    with TestClient(
        app(desk_archive, settings, kinds(settings), crew=crew()), base_url=HERE
    ) as client:
        assert until(client, begun, {"done", "failed"})["problem"]["problem"] == "request"


def test_nothing_is_added_where_no_folder_is_opened(desk_archive: Path) -> None:
    with TestClient(app(desk_archive, Settings(), kinds(), crew=crew()), base_url=HERE) as client:
        refused = client.post("/v1/ingests", json={"path": "news"})

    assert refused.status_code == 403
    assert "ingest_roots" in refused.json()["detail"]


def test_an_ingest_waits_for_whoever_writes_and_can_be_cancelled(
    client: TestClient, desk_archive: Path
) -> None:
    with Archive.open(desk_archive, write=True):
        here = client.post("/v1/ingests", json={"path": "news"}).headers["Location"]
        end = time.monotonic() + 20
        while client.get(here).json()["stage"] is None and time.monotonic() < end:
            time.sleep(0.05)
        waiting = client.get(here).json()
        cancelled = client.post(f"{here}/cancel").json()

    assert waiting["stage"] == "waiting for the archive"
    assert cancelled["state"] == "cancelled"


def test_traces_do_not_wait_for_an_ingest(client: TestClient, desk_archive: Path) -> None:
    with Archive.open(desk_archive, write=True):
        client.post("/v1/ingests", json={"path": "news"})
        trace = client.post("/v1/traces", files={"clip": ("letter.mp4", b"Dear editor")})

        assert until(client, trace.headers["Location"], {"failed"})


def test_a_tally_takes_the_place_of_the_one_before(desk_archive: Path) -> None:
    task = tasks.Task("one", "ingest", "local", "news", {}, 0.0)
    with Desk.open(desk_archive) as desk, desk.changing() as change:
        number = tasks.add(change, task)

        for done in range(3):
            happenings.retell(change, number, "tally", {"done": done})

        happened = happenings.happened(change, number)
    assert [(one.number, one.kind, one.data.get("done")) for one in happened] == [
        (1, "state", None),
        (4, "tally", 2),
    ]
