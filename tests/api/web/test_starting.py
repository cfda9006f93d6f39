import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api.settings import Settings
from api.web.app import app, kinds
from api.web.service import Service
from tests.api.conftest import run
from tests.api.web.conftest import HERE, crew, finished_of

type Finished = Callable[[str], dict[str, Any]]


@contextmanager
def serving(archive: Path, **settings: object) -> Iterator[TestClient]:
    """Give a client of a service with settings of its own, which traces nothing."""
    told = Settings.model_validate({"tracers": 0, **settings})
    made = app(archive, told, kinds(), crew=crew())
    with TestClient(made, base_url=HERE) as client:
        yield client


def files(client: TestClient) -> list[str]:
    """Return the names of all that the service keeps."""
    given = cast("Service", cast("Any", client.app).state.service)
    folder = given.desk.path / "service"
    return sorted(path.name for part in ("tasks", "uploads") for path in (folder / part).rglob("*"))


def clip(data: bytes = b"film", name: str = "clip.mp4") -> dict[str, Any]:
    return {"clip": (name, data)}


def test_a_browsers_form_is_led_to_the_page(desk_archive: Path) -> None:
    with serving(desk_archive) as client:
        got = client.post(
            "/v1/traces",
            files=clip(),
            headers={"Accept": "text/html,application/xhtml+xml"},
            follow_redirects=False,
        )

    assert got.status_code == 303
    assert re.fullmatch(r"/traces/[A-Za-z0-9]+", got.headers["location"])


def test_a_clip_lies_in_the_tasks_folder_and_nowhere_else(desk_archive: Path) -> None:
    with serving(desk_archive) as client:
        trace = client.post("/v1/traces", files=clip(b"x" * 2_000_000)).json()

        assert files(client) == sorted([trace["id"], "clip"])


def test_a_clip_that_is_too_large_is_refused_and_leaves_nothing(desk_archive: Path) -> None:
    with serving(desk_archive, upload_limit=1_000_000) as client:
        told = client.post("/v1/traces", files=clip(b"x" * 3_000_000))
        untold = client.post(
            "/v1/traces",
            content=_untold(),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )

        assert (told.status_code, untold.status_code) == (413, 413)
        assert files(client) == []


def test_a_clip_for_which_there_is_no_room_is_refused(
    desk_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=256_000_100))

    with serving(desk_archive) as client:
        got = client.post("/v1/traces", files=clip(b"x" * 1000))

        assert got.status_code == 507
        assert files(client) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"--b\r\n", "multipart/form-data; boundary=b"),
        (b"nothing", "multipart/form-data; boundary=b"),
        (b"film", "multipart/form-data"),
        (b"film", "video/mp4"),
        (b"reveal=true", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="clip"; filename=""\r\n\r\n\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="other"; filename="x"\r\n\r\n\r\n--b--',
            "multipart/form-data; boundary=b",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="reveal"\r\n\r\n'
            + b"x" * 70_000
            + b"\r\n--b--",
            "multipart/form-data; boundary=b",
        ),
    ],
)
def test_a_form_without_a_clip_is_refused(desk_archive: Path, body: bytes, kind: str) -> None:
    with serving(desk_archive) as client:
        got = client.post("/v1/traces", content=body, headers={"Content-Type": kind})

        assert got.status_code == 400
        assert got.json()["type"].endswith("/bad-form")
        assert files(client) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"upload": 1}',
        b'{"upload": "a", "url": "https://films.example/"}',
        b'{"clip": "a"}',
    ],
)
def test_a_document_that_does_not_say_what_to_trace_is_refused(
    desk_archive: Path, body: bytes
) -> None:
    with serving(desk_archive) as client:
        got = client.post("/v1/traces", content=body, headers={"Content-Type": "application/json"})

    assert got.status_code == 422
    assert got.json()["type"].endswith("/invalid")


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "a\x00b\nc.mp4", "\u202egpj.exe", "x" * 999]
)
def test_a_files_name_is_only_ever_shown(desk_archive: Path, name: str) -> None:
    with serving(desk_archive) as client:
        upload = {"Tus-Resumable": "1.0.0", "Upload-Length": "0"}
        place = client.post("/v1/uploads", headers=upload).headers["location"]
        asked = {"upload": place.rpartition("/")[2], "name": name}
        trace = client.post("/v1/traces", json=asked).json()

        assert files(client) == sorted([trace["id"], "clip"])
        assert trace["name"].isprintable()
        assert len(trace["name"]) <= 200


def test_a_fingerprint_is_looked_up_and_nothing_is_proven(
    client: TestClient, suspects: Path, finished: Finished, tmp_path: Path, root: Path
) -> None:
    file = tmp_path / "prints.json"
    assert run("fingerprint", suspects / "quote.mp4", "--json", file).exit_code == 0
    schema = json.loads((root / "docs" / "lookup.schema.json").read_text())

    got = client.post("/v1/traces", json={"fingerprint": json.loads(file.read_text())})

    trace = finished(got.headers["location"])
    answer = client.get(trace["links"]["answer"]).json()
    Draft202012Validator(schema).validate(answer)
    assert (trace["form"], trace["name"]) == ("lookup", "quote.mp4")
    assert {one["asset"]["name"] for one in answer["candidates"]} == {"harbour.mp4"}
    assert "report" not in trace["links"]


def test_what_is_no_fingerprint_is_refused_at_once(desk_archive: Path) -> None:
    with serving(desk_archive) as client:
        got = client.post("/v1/traces", json={"fingerprint": {"schema": "wherefrom.fingerprint/1"}})

        assert got.status_code == 422
        assert got.json()["type"].endswith("/bad-media")
        assert files(client) == []


def test_nothing_is_fetched_unless_it_is_turned_on(desk_archive: Path) -> None:
    with serving(desk_archive) as client:
        got = client.post("/v1/traces", json={"url": "https://films.example/clip.mp4"})

    assert got.status_code == 403
    assert got.json()["type"].endswith("/fetch-off")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://a:b@films.example/", "http://x:22/"])
def test_an_address_that_may_not_be_asked_for_is_refused_at_once(
    desk_archive: Path, url: str
) -> None:
    with serving(desk_archive, fetch=True) as client:
        got = client.post("/v1/traces", data={"url": url})

    assert got.status_code == 422
    assert got.json()["type"].endswith("/fetch-refused")


def test_an_address_of_this_machine_is_refused_by_whoever_fetches(
    desk_archive: Path,
) -> None:
    with serving(desk_archive, fetch=True, tracers=1) as client:
        got = client.post("/v1/traces", json={"url": "http://127.0.0.1/clip.mp4?key=secret"})

        trace = finished_of(client, got.headers["location"])

    assert (trace["state"], trace["outcome"]["problem"]) == ("failed", "fetch-refused")
    assert trace["name"] == "clip.mp4"
    assert "secret" not in json.dumps(trace)


def test_more_clips_than_may_wait_are_refused(desk_archive: Path) -> None:
    with serving(desk_archive, queue_limit=2) as client:
        states = [client.post("/v1/traces", files=clip()).status_code for _ in range(3)]
        got = client.post("/v1/traces", files=clip())

        assert states == [202, 202, 503]
        assert got.json()["type"].endswith("/busy")
        assert int(got.headers["retry-after"]) >= 1
        assert files(client).count("clip") == 2


def test_more_clips_of_one_caller_than_may_wait_are_refused(desk_archive: Path) -> None:
    with serving(desk_archive, caller_limit=1) as client:
        first = client.post("/v1/traces", files=clip())
        second = client.post("/v1/traces", files=clip())
        client.post(f"{first.headers['location']}/cancel")
        third = client.post("/v1/traces", files=clip())

    assert (first.status_code, second.status_code, third.status_code) == (202, 429, 202)


def test_a_trace_says_when_it_is_deleted(desk_archive: Path) -> None:
    with serving(desk_archive, keep_hours=2) as client:
        trace = client.post("/v1/traces", files=clip()).json()

    begun, over = (datetime.fromisoformat(trace[name]) for name in ("created_at", "expires_at"))
    assert over - begun == timedelta(hours=2)


def events(client: TestClient, trace: dict[str, Any]) -> list[dict[str, str]]:
    """Return what happened to a trace that has ended."""
    told = client.get(trace["links"]["events"]).text.strip().split("\n\n")
    return [dict(line.split(": ", 1) for line in one.splitlines()) for one in told]


def test_candidates_are_told_before_the_answer(
    client: TestClient, suspects: Path, traced: Callable[[Path], dict[str, Any]]
) -> None:
    trace = traced(suspects / "quote.mp4")

    told = events(client, trace)
    names = [one["event"] for one in told]
    first = json.loads(told[names.index("candidates")]["data"])["candidates"]
    assert [one["asset"]["name"] for one in first] == ["harbour.mp4"]
    assert first[0]["segments"][0]["channel"] == "picture"
    assert 0 < first[0]["confidence"] <= 1
    assert names.index("candidates") < len(names) - 1


def test_what_was_done_is_told_before_all_is_compared(
    client: TestClient, suspects: Path, traced: Callable[[Path], dict[str, Any]]
) -> None:
    trace = traced(suspects / "quote.mp4")

    told = events(client, trace)
    (last,) = (number for number, one in enumerate(told) if one["event"] == "findings")
    early = json.loads(told[last]["data"])["findings"]
    final = client.get(f"{trace['links']['self']}/answer").json()["findings"]
    assert last < len(told) - 1
    assert early
    assert {one["explanation"] for one in early} <= {one["explanation"] for one in final}


def test_no_answer_says_where_files_lie(
    client: TestClient,
    suspects: Path,
    films: Path,
    desk_archive: Path,
    traced: Callable[[Path], dict[str, Any]],
) -> None:
    links = traced(suspects / "quote.mp4")["links"]

    told = "".join(client.get(links[name]).text for name in ("answer", "report", "events"))

    assert "harbour.mp4" in told
    assert str(films) not in told
    assert str(desk_archive) not in told


def _untold() -> Iterator[bytes]:
    """Yield a form whose length is not told beforehand, and which does not end."""
    yield b'--b\r\nContent-Disposition: form-data; name="clip"; filename="c"\r\n\r\n'
    for _ in range(30):
        yield b"x" * 100_000
