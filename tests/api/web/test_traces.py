import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

type Traced = Callable[[Path], dict[str, Any]]


def test_a_quote_is_traced_to_its_film(client: TestClient, traced: Traced, suspects: Path) -> None:
    trace = traced(suspects / "quote.mp4")

    answer = client.get(trace["links"]["answer"]).json()
    assert [one["asset"]["name"] for one in answer["sources"]] == ["harbour.mp4"]
    assert answer["query"]["name"] == "quote.mp4"


def test_the_answer_is_the_contracts_document(
    client: TestClient, traced: Traced, suspects: Path, root: Path
) -> None:
    schema = json.loads((root / "docs" / "trace.schema.json").read_text())

    trace = traced(suspects / "quote.mp4")

    Draft202012Validator(schema).validate(client.get(trace["links"]["answer"]).json())


def test_a_file_that_is_no_clip_fails_with_a_problem(traced: Traced, suspects: Path) -> None:
    trace = traced(suspects / "letter.mp4")

    assert trace["state"] == "failed"
    assert trace["outcome"]["problem"] == "bad-media"


def test_one_who_comes_back_is_told_only_what_is_new(
    client: TestClient, traced: Traced, suspects: Path
) -> None:
    events = traced(suspects / "stranger.mp4")["links"]["events"]
    every = client.get(events).text

    rest = client.get(events, headers={"Last-Event-ID": "2"}).text

    assert "id: 2\n" in every
    assert rest == every.partition("id: 3\n")[1] + every.partition("id: 3\n")[2]


def test_a_deleted_trace_leaves_nothing(
    client: TestClient, traced: Traced, suspects: Path, desk_archive: Path
) -> None:
    trace = traced(suspects / "stranger.mp4")

    assert client.delete(trace["links"]["self"]).status_code == 204

    assert client.get(trace["links"]["self"]).status_code == 404
    assert not list((desk_archive / "service" / "tasks").iterdir())


def test_a_trace_that_is_deleted_while_it_runs_leaves_nothing(
    client: TestClient, suspects: Path, desk_archive: Path
) -> None:
    with (suspects / "quote.mp4").open("rb") as file:
        trace = client.post("/v1/traces", files={"clip": file}).headers["location"]
    _wait(lambda: client.get(trace).json()["stage"] is not None)

    assert client.delete(trace).status_code == 204

    following = client.post("/v1/traces", files={"clip": ("a.mp4", b"no film")})
    _wait(lambda: client.get(following.headers["location"]).json()["state"] == "failed")
    kept = [path.name for path in (desk_archive / "service" / "tasks").iterdir()]
    assert kept == [following.json()["id"]]


def test_an_unknown_trace_is_a_problem_document(client: TestClient) -> None:
    got = client.get("/v1/traces/nothing")

    assert got.status_code == 404
    assert got.headers["content-type"] == "application/problem+json"
    assert got.json()["type"].endswith("/not-found")


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not done():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.02)
