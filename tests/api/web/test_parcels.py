"""Bundles and PDFs of a trace: made as tasks, once, by whoever works, and deleted with it."""

import hashlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.exports import papers
from api.settings import Settings
from api.web.app import app
from api.web.routes import parcels as routes
from api.work import hand, parcels, sweeping
from index.catalogue import reviews, tasks
from index.catalogue.reviews import Review, Verdict
from index.catalogue.tasks import State, Task
from index.desk import Desk
from index.errors import NoPrinterError
from tests import reports
from tests.api.web.conftest import HERE
from tests.browser.stage import done

type Bearer = Callable[..., dict[str, str]]
NO_PDF = {"problem": "no-pdf", "status": 501, "title": "No PDFs.", "detail": "Print the page."}


@dataclass(frozen=True)
class Shop:
    """A service that makes nothing by itself, and a trace in it.

    Attributes:
        client: Of the service.
        archive: Its folder.
    """

    client: TestClient
    archive: Path

    here = "/v1/traces/known"

    def begin(self, kind: str = "bundle") -> dict[str, Any]:
        got = self.client.post(f"{self.here}/{kind}")
        assert got.status_code == 202, got.text
        made: dict[str, Any] = got.json()
        assert got.headers["location"] == made["links"]["self"]
        return made

    def end(self, made: dict[str, Any], content: bytes | None = b"made") -> None:
        """Let a parcel be made, or fail."""
        with Desk.open(self.archive) as desk:
            with desk.reading() as change:
                task = tasks.find(change, made["id"])
            assert task is not None
            if content is not None:
                folder = desk.folder(task.id)
                folder.mkdir()
                (folder / parcels.FILES[task.kind]).write_bytes(content)
            state = State.FAILED if content is None else State.DONE
            outcome = NO_PDF if content is None else {"size": len(content), "sha256": "ab" * 32}
            with desk.changing() as change:
                tasks.finish(change, task.number, state, outcome, now=time.time())

    def folders(self) -> set[str]:
        return {path.name for path in (self.archive / "service" / "tasks").iterdir()}


@pytest.fixture
def shop(desk_archive: Path) -> Iterator[Shop]:
    with Desk.open(desk_archive) as desk:
        done(desk, "known", reports.rich())
    with TestClient(app(desk_archive, Settings(tracers=0), {}), base_url=HERE) as client:
        yield Shop(client, desk_archive)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "PATIENCE", 0.2)


@pytest.mark.parametrize(("kind", "file"), [("bundle", "bundle.zip"), ("pdf", "report.pdf")])
def test_what_is_asked_for_is_made_told_of_and_had(
    client: TestClient,
    traced: Callable[[Path], dict[str, Any]],
    suspects: Path,
    kind: str,
    file: str,
) -> None:
    here = traced(suspects / "quote.mp4")["links"]["self"]

    begun = client.post(f"{here}/{kind}").json()
    told = client.get(begun["links"]["events"]).text
    made = client.get(begun["links"]["self"]).json()
    got = client.get(made["links"]["file"])

    assert (made["state"], made["kind"], made["share"] > 0) == ("done", kind, True), made
    assert (made["size"], made["sha256"]) == (
        len(got.content),
        hashlib.sha256(got.content).hexdigest(),
    )
    assert '"state": "done"' in told.strip().splitlines()[-1]
    assert "event: progress" in told
    assert client.get(f"{here}/{file}").content == got.content
    assert file in got.headers["content-disposition"]


def test_what_is_under_way_or_made_is_not_made_again(shop: Shop) -> None:
    first = shop.begin()

    assert shop.begin()["id"] == first["id"]
    shop.end(first)
    assert shop.begin()["id"] == first["id"]
    assert shop.client.get(f"{shop.here}/bundle.zip").content == b"made"
    assert shop.begin("pdf")["id"] != first["id"]


def test_once_somebody_said_more_it_is_made_anew_and_the_old_one_goes(shop: Shop) -> None:
    first = shop.begin()
    shop.end(first)
    shop.client.put(f"{shop.here}/reviews/1", json={"verdict": "confirmed"})

    second = shop.begin()

    assert second["id"] != first["id"]
    assert shop.client.get(first["links"]["self"]).status_code == 404
    assert shop.folders() == {"known"}


def test_what_was_made_and_lost_is_made_anew(shop: Shop) -> None:
    first = shop.begin()
    shop.end(first)
    (shop.archive / "service" / "tasks" / first["id"] / "bundle.zip").unlink()

    assert shop.client.get(f"{first['links']['self']}/file").status_code == 404
    assert shop.begin()["id"] != first["id"]


def test_one_who_waited_too_long_is_told_when_to_come_back(shop: Shop, hasty: None) -> None:  # noqa: ARG001 # it waits less
    got = [shop.client.get(f"{shop.here}/bundle.zip") for _ in range(2)]

    assert [one.status_code for one in got] == [503, 503]
    assert got[0].headers["retry-after"] == "10"
    assert got[0].json()["type"] == "/problems/being-made"
    made = shop.client.get(got[1].json()["parcel"]).json()
    assert (made["state"], made["links"]["self"]) == ("queued", got[0].json()["parcel"])
    shop.end(made)
    assert shop.client.get(f"{shop.here}/bundle.zip").content == b"made"


def test_one_who_waits_has_it_as_soon_as_it_is_made(shop: Shop) -> None:
    made = shop.begin("pdf")
    ending = threading.Timer(0.3, shop.end, [made])
    ending.start()

    got = shop.client.get(f"{shop.here}/report.pdf")

    ending.join()
    assert (got.status_code, got.content) == (200, b"made")
    assert got.headers["content-type"] == "application/pdf"


def test_what_failed_says_why_and_can_be_asked_for_again(shop: Shop) -> None:
    made = shop.begin("pdf")
    ending = threading.Timer(0.3, shop.end, [made, None])
    ending.start()

    got = shop.client.get(f"{shop.here}/report.pdf")

    ending.join()
    assert (got.status_code, got.json()["type"]) == (501, "/problems/no-pdf")
    assert got.json()["detail"] == "Print the page."
    failed = shop.client.get(made["links"]["self"]).json()
    assert (failed["state"], failed["problem"]) == ("failed", NO_PDF)
    assert "file" not in failed["links"]
    assert shop.client.get(f"{made['links']['self']}/file").status_code == 409
    assert shop.begin("pdf")["id"] != made["id"]


def test_what_was_cancelled_can_be_asked_for_again(shop: Shop) -> None:
    made = shop.begin()

    cancelled = shop.client.post(f"{made['links']['self']}/cancel").json()

    assert cancelled["state"] == "cancelled"
    assert shop.begin()["id"] != made["id"]


def test_what_was_made_goes_with_its_trace(shop: Shop) -> None:
    made = shop.begin()
    shop.end(made)
    assert shop.folders() == {"known", made["id"]}

    shop.client.delete(shop.here)

    assert shop.folders() == set()
    with Desk.open(shop.archive) as desk, desk.reading() as change:
        assert tasks.kept(change) == {}


def test_what_was_made_goes_when_the_time_of_its_trace_is_over(shop: Shop) -> None:
    shop.end(shop.begin())

    with Desk.open(shop.archive) as desk:
        sweeping.sweep(desk, now=time.time() + 4 * 86400)
        with desk.reading() as change:
            assert tasks.kept(change) == {}

    assert shop.folders() == set()


@pytest.mark.parametrize(
    ("limit", "status", "slug"), [("queue_limit", 503, "busy"), ("caller_limit", 429, "too-many")]
)
def test_more_than_can_be_made_soon_is_refused(
    desk_archive: Path, limit: str, status: int, slug: str
) -> None:
    with Desk.open(desk_archive) as desk:
        for name in ("one", "two"):
            done(desk, name, reports.nothing())
    settings = Settings.model_validate({"tracers": 0, limit: 1})
    with TestClient(app(desk_archive, settings, {}), base_url=HERE) as client:
        assert client.post("/v1/traces/one/bundle").status_code == 202

        refused = client.post("/v1/traces/two/bundle")

        assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{slug}")
        assert refused.headers["retry-after"] == "10"
        assert client.post("/v1/traces/one/bundle").status_code == 202
        assert client.post("/v1/traces/two/pdf").status_code == 202


def test_nothing_is_made_of_what_has_no_answer(shop: Shop) -> None:
    with Desk.open(shop.archive) as desk, desk.changing() as change:
        desk.folder("waits").mkdir()
        tasks.add(change, Task("waits", "trace", "local", "clip.mp4", {}, time.time()))

    for ask, path in (("POST", "bundle"), ("POST", "pdf"), ("GET", "bundle.zip")):
        got = shop.client.request(ask, f"/v1/traces/waits/{path}")
        assert (got.status_code, got.json()["type"]) == (409, "/problems/not-done")


def test_what_is_made_is_its_traces_own(shop: Shop) -> None:
    with Desk.open(shop.archive) as desk:
        done(desk, "other", reports.nothing())
    made = shop.begin()

    for path in ("", "/events", "/file"):
        assert shop.client.get(f"/v1/traces/other/parcels/{made['id']}{path}").status_code == 404
        assert shop.client.get(f"{shop.here}/parcels/known{path}").status_code == 404


def test_nobody_elses_trace_is_made_anything_of(shop: Shop, bearer: Bearer) -> None:
    mine = bearer("read", "trace")

    for ask, path in (("POST", "bundle"), ("GET", "bundle.zip"), ("GET", "report.pdf")):
        assert shop.client.request(ask, f"{shop.here}/{path}", headers=mine).status_code == 404


def test_without_what_writes_pdfs_that_is_said(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    made = shop.begin("pdf")

    with Desk.open(shop.archive) as desk:
        with desk.reading() as change:
            task = tasks.find(change, made["id"])
        assert task is not None
        with pytest.raises(NoPrinterError) as told:
            parcels.pdf(task, shop.archive, desk, lambda _stage, _share: None)

    problem = hand.problem(told.value)
    assert (problem["problem"], problem["status"]) == ("no-pdf", HTTPStatus.NOT_IMPLEMENTED)
    assert "libpango" in problem["detail"]


def test_it_says_what_was_said_when_it_was_asked_for(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []

    def printed(page: str) -> bytes:
        pages.append(page)
        return b"%PDF-"

    monkeypatch.setattr(papers, "pdf", printed)
    (shop.archive / "service" / "tasks" / "known" / "report.html").write_text("<!--review:1-->")
    shop.client.put(f"{shop.here}/reviews/1", json={"comment": "said before"})
    made = shop.begin("pdf")

    with Desk.open(shop.archive) as desk:
        with desk.changing() as change:
            task, trace = tasks.find(change, made["id"]), tasks.find(change, "known")
            assert task is not None
            assert trace is not None
            late = Review("1", Verdict.REJECTED, "said after", "other", time.time())
            reviews.add(change, trace.number, late)
        told = parcels.pdf(task, shop.archive, desk, lambda _stage, _share: None)

    assert json.dumps(told)
    assert told["size"] == len(b"%PDF-")
    assert "said before" in pages[0]
    assert "said after" not in pages[0]
