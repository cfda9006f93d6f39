"""Tests of what is noted of requests, and of what never is."""

import io
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Route

from api.settings import Settings
from api.web.app import app, kinds
from api.web.gate import logs
from api.web.gate.deeds import deed
from api.web.service import Caller
from index.catalogue import deeds
from index.catalogue.deeds import Deed
from index.catalogue.tasks import Task
from index.desk import Desk
from tests.api.web.conftest import HERE, crew, key

type Bearer = Callable[..., dict[str, str]]
SECRET = "Pl4ntedSecr3t"  # noqa: S105 # to be looked for
CLIP = {"clip": ("a.mp4", b"clip")}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Give what is logged by a service, as it goes to standard error."""
    root, ours = logging.getLogger(), logging.getLogger("wherefrom")
    before = root.handlers[:], root.level, ours.level
    hook = threading.excepthook
    stream = io.StringIO()
    logs.begin(stream)
    yield stream
    threading.excepthook = hook
    root.handlers[:], level, level_ours = before
    root.setLevel(level)
    ours.setLevel(level_ours)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    """Return the lines of the log."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_a_line_of_json(log: io.StringIO, idle: TestClient) -> None:
    got = idle.get("/v1/traces/abc?x=1")

    (line,) = lines(log)
    assert line | {"time": "", "ms": 0} == {
        "time": "",
        "level": "info",
        "log": "wherefrom.web",
        "event": "request",
        "method": "GET",
        "route": "/v1/traces/{trace}",
        "status": 404,
        "ms": 0,
        "caller": "local",
        "request": got.headers["x-request-id"],
    }


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("a1b2c3d4", True),
        ("0af7651916cd43dd8448eb211c80319c", True),
        ("short", False),
        ("x" * 65, False),
        ("two words", False),
        ('{"a": "b"}', False),
        ("abc\x1b[31mdef", False),
    ],
)
def test_an_id_is_taken_over_if_it_is_sane(idle: TestClient, given: str, *, taken: bool) -> None:
    got = idle.get("/health/live", headers={"X-Request-ID": given})

    assert (got.headers["x-request-id"] == given) is taken


def test_nothing_that_was_sent_is_in_the_log(
    log: io.StringIO, idle: TestClient, desk_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = {"User-Agent": SECRET, "Referer": f"http://a/{SECRET}", "X-Other": SECRET}

    def ask() -> None:
        for path in ("/v1/traces", f"/v1/traces/{SECRET}", f"/{SECRET}", f"/static/{SECRET}"):
            idle.get(path, params={"cursor": SECRET, SECRET: SECRET}, headers=planted)
        idle.post("/v1/traces", files={"clip": (f"{SECRET}.mp4", SECRET.encode())})
        idle.post("/v1/traces", files={SECRET: (f"{SECRET}.mp4", SECRET.encode())})
        idle.post("/v1/traces", json={SECRET: SECRET}, headers={"Idempotency-Key": SECRET})
        idle.post("/v1/traces", content=SECRET, headers={"Content-Type": SECRET})
        idle.get("/v1/traces", headers={"Host": SECRET, "Origin": SECRET})
        idle.get("/v1/traces", headers={"X-Request-ID": f"{SECRET} {SECRET}"})
        idle.request(SECRET.upper(), "/v1/traces")
        idle.post("/login", data={"key": SECRET, "next": f"/{SECRET}"}, headers={"Origin": HERE})

    ask()
    text = key(desk_archive, "read")
    for value in (f"Bearer {SECRET}", f"Basic {SECRET}", f"Bearer {text}"):
        idle.get("/v1/traces", headers={"Authorization": value})
    idle.post("/login", data={"key": text}, headers={"Origin": HERE})
    session = str(idle.cookies["wherefrom"])
    ask()

    def broken(*_: object, **__: object) -> None:
        raise ValueError(SECRET) from OSError(f"/srv/{SECRET}.mp4")

    monkeypatch.setattr("api.web.routes.traces.tasks.listed", broken)
    assert idle.get("/v1/traces").status_code == 500

    every = lines(log)
    assert len(every) > 20
    said = "\n".join(json.dumps(line) for line in every)
    for secret in (
        SECRET,
        SECRET.upper(),
        text,
        text.partition("_")[2].partition("_")[2],
        session,
        str(desk_archive),
    ):
        assert secret not in said


def test_a_defect_is_logged_by_class_and_place(
    log: io.StringIO, idle: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("api.web.routes.traces.tasks.listed", broken)

    got = idle.get("/v1/traces")

    defect = next(line for line in lines(log) if line["event"] == "defect")
    assert defect["request"] == got.json()["request"]
    assert defect["error"] == "builtins.ValueError"
    assert defect["at"][-1].startswith("api.web.routes.traces:")
    assert defect["at"][-1].endswith(" listed")


def broken(task: Task, *_: object) -> Mapping[str, Any]:
    raise ValueError(task.name)


def test_a_task_that_breaks_is_logged_without_its_words(
    log: io.StringIO, desk_archive: Path
) -> None:
    made = app(desk_archive, Settings(tracers=1), dict(kinds()) | {"trace": broken}, crew=crew())
    with TestClient(made, base_url=HERE) as client:
        begun = client.post("/v1/traces", files={"clip": (f"{SECRET}.mp4", b"clip")})
        until = time.monotonic() + 60
        while client.get(begun.headers["location"]).json()["state"] != "failed":
            assert time.monotonic() < until
            time.sleep(0.02)

    (line,) = [line for line in lines(log) if line["log"] == "wherefrom.work"]
    assert line["error"] == "builtins.ValueError"
    assert SECRET not in json.dumps(line)


def test_a_thread_that_ends_by_an_error_is_logged_without_its_words(
    log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    def end() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()

    (line,) = lines(log)
    assert (line["event"], line["error"]) == ("a thread ended", "builtins.ValueError")
    assert SECRET not in log.getvalue() + "".join(capfd.readouterr())


def test_changes_are_in_the_audit_log(idle: TestClient, bearer: Bearer) -> None:
    admin = bearer("admin")
    begun = idle.post("/v1/traces", files=CLIP, headers=admin)
    refused = idle.post("/v1/traces", files=CLIP, headers=bearer("read"))
    idle.get("/v1/traces", headers=admin)
    gone = idle.delete(begun.headers["location"], headers=admin)

    items = idle.get("/v1/audit", headers=admin).json()["items"]

    assert [(one["action"], one["status"]) for one in items] == [
        ("DELETE /v1/traces/{trace}", 204),
        ("POST /v1/traces", 403),
        ("POST /v1/traces", 202),
    ]
    assert items[0]["target"] == items[2]["target"] == begun.headers["location"]
    assert [one["request"] for one in items] == [
        got.headers["x-request-id"] for got in (gone, refused, begun)
    ]
    assert {one["name"] for one in items} == {"newsroom"}


def test_the_audit_log_can_be_asked_for_a_time_and_for_a_key(
    idle: TestClient, bearer: Bearer, desk_archive: Path
) -> None:
    admin = bearer("admin")
    with Desk.open(desk_archive) as desk, desk.changing() as change:
        for at, who in ((100.0, "ann"), (200.0, "bob"), (300.0, "ann")):
            deeds.add(change, Deed(at, who, "keys add", str(at), 200))

    def targets(**params: str) -> list[str]:
        got = idle.get("/v1/audit", headers=admin, params=params)
        assert got.status_code == 200, got.text
        return [one["target"] for one in got.json()["items"]]

    assert targets(who="ann") == ["300.0", "100.0"]
    assert targets(since="1970-01-01T00:03:20Z", until="1970-01-01T00:05:00") == ["200.0"]
    assert targets(since="1970-01-01T01:01:41+01:00", who="ann") == ["300.0"]


@pytest.mark.parametrize(
    ("path", "noted"),
    [
        ("/v1/lookup", False),
        ("/v1/hashes/lookup", False),
        ("/v1/c2pa/matches/byBinding", False),
        ("/v1/banks", True),
        ("/v1/uploads/{upload}", True),
    ],
)
def test_what_is_only_asked_is_no_deed(path: str, *, noted: bool) -> None:
    state = {"caller": Caller("7mXq2LbT9KcE", frozenset()), "request": "r"}
    scope = {"method": "POST", "route": Route(path, str), "path": path, "state": state}

    made = deed(scope, {"status": 200, "headers": []})

    assert (made is not None) is noted


def test_signing_in_and_out_is_in_the_audit_log(idle: TestClient, desk_archive: Path) -> None:
    text = key(desk_archive, "admin")
    idle.post("/login", data={"key": text}, headers={"Origin": HERE})
    idle.post(
        "/logout",
        headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"},
    )

    got = idle.get("/v1/audit", headers={"Authorization": f"Bearer {text}"}).json()

    assert [one["action"] for one in got["items"]] == ["POST /logout", "POST /login"]
    assert {one["who"] for one in got["items"]} == {text.split("_")[1]}


def test_who_is_not_let_in_fills_no_audit_log(idle: TestClient, bearer: Bearer) -> None:
    admin = bearer("admin")
    idle.post("/v1/traces", files=CLIP)
    idle.post("/login", data={"key": "wrong"}, headers={"Origin": HERE})

    assert idle.get("/v1/audit", headers=admin).json()["items"] == []


def test_the_audit_log_comes_in_pages(idle: TestClient) -> None:
    for _ in range(5):
        idle.post("/v1/traces", files=CLIP)

    first = idle.get("/v1/audit", params={"limit": 3}).json()
    rest = idle.get("/v1/audit", params={"limit": 3, "cursor": first["next"]}).json()

    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 2, None)
    requests = [one["request"] for one in first["items"] + rest["items"]]
    assert len(set(requests)) == 5


def test_a_replayed_answer_is_no_deed(idle: TestClient) -> None:
    for _ in range(2):
        idle.post("/v1/traces", files=CLIP, headers={"Idempotency-Key": "k-1"})

    assert len(idle.get("/v1/audit").json()["items"]) == 1
