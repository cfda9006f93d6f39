import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api.web import lookups
from api.web.routes.lookup import EXAMPLE
from index.fingerprints import line
from lineage.prints import fingerprints

type Document = Mapping[str, Any]


@pytest.fixture(scope="module")
def quote(suspects: Path) -> str:
    return line(fingerprints(suspects / "quote.mp4"))


def ask(client: TestClient, prints: str) -> Document:
    got = client.post("/v1/lookup", content=prints)
    assert got.status_code == 200, got.text
    answer: Document = got.json()
    return answer


def bank(client: TestClient, policy: str, **entry: str) -> str:
    made = client.post("/v1/banks", json={"name": policy, "policy": policy, "reason": "said so"})
    put = client.post(f"{made.headers['Location']}/entries", json=entry)
    assert put.status_code == 201, put.text
    name: str = made.json()["id"]
    return name


def test_a_clip_is_looked_up_by_its_codes_alone(client: TestClient, quote: str, root: Path) -> None:
    schema = json.loads((root / "docs" / "lookup.schema.json").read_text())

    answer = ask(client, quote)

    Draft202012Validator(schema).validate(answer)
    assert {one["asset"]["name"] for one in answer["candidates"]} == {"harbour.mp4"}
    assert answer["proven"] is False
    assert any("no pixel was compared" in limit for limit in answer["limits"])


def test_no_answer_names_a_place_on_the_servers_disk(
    client: TestClient, quote: str, films: Path, desk_archive: Path
) -> None:
    text = client.post("/v1/lookup", content=quote).text

    assert "file:" not in text
    assert str(films) not in text
    assert str(desk_archive) not in text


def test_what_no_bank_lists_is_allowed(client: TestClient, quote: str) -> None:
    answer = ask(client, quote)

    assert (answer["action"], answer["reasons"]) == ("allow", [])


def test_the_strictest_bank_that_lists_what_was_found_decides(
    client: TestClient, quote: str
) -> None:
    found = ask(client, quote)["candidates"][0]["asset"]
    bank(client, "allow", type="asset", value=found["id"])
    review = bank(client, "review", type="sha256", value=found["sha256"], note="seen twice")

    answer = ask(client, quote)

    assert answer["action"] == "review"
    assert [one["policy"] for one in answer["reasons"]] == ["review", "allow"]
    assert answer["reasons"][0] | {"entry": ""} == {
        "bank": review,
        "name": "review",
        "policy": "review",
        "reason": "said so",
        "entry": "",
        "note": "seen twice",
    }


def test_a_bank_that_lists_another_film_says_nothing(client: TestClient, quote: str) -> None:
    bank(client, "block", type="sha256", value="ab" * 32)

    assert ask(client, quote)["action"] == "allow"


def test_the_example_of_the_documentation_is_a_fingerprint(client: TestClient) -> None:
    assert ask(client, json.dumps(EXAMPLE))["candidates"] == []


@pytest.mark.parametrize("sent", ["", "{}", "[]", '{"schema": "wherefrom.fingerprint/1"}'])
def test_what_is_no_fingerprint_is_a_problem(client: TestClient, sent: str) -> None:
    got = client.post("/v1/lookup", content=sent)

    assert (got.status_code, got.json()["type"].rpartition("/")[2]) == (422, "bad-media")
    assert "The request" in got.json()["title"]


def test_what_is_too_large_is_turned_away(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.web.routes.lookup.MOST_BYTES", 1000)

    got = client.post("/v1/lookup", content="x" * 1001)

    assert (got.status_code, got.json()["type"].rpartition("/")[2]) == (413, "too-large")


def test_where_too_many_wait_the_next_is_told_when_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, quote: str
) -> None:
    monkeypatch.setattr(lookups, "WAITING", 0)

    got = client.post("/v1/lookup", content=quote)

    assert (got.status_code, got.headers["Retry-After"]) == (503, "1")
