from pathlib import Path

from fastapi.testclient import TestClient

from tests.api.web.test_traces import Traced


def test_a_list_that_has_not_changed_is_not_sent_again(idle: TestClient) -> None:
    first = idle.get("/v1/traces")
    assert first.headers["etag"].startswith('W/"')

    again = idle.get("/v1/traces", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["x-request-id"]


def test_a_list_that_has_changed_is_sent(idle: TestClient) -> None:
    tag = idle.get("/v1/traces").headers["etag"]
    idle.post("/v1/traces", files={"clip": ("a.mp4", b"clip")})

    again = idle.get("/v1/traces", headers={"If-None-Match": tag})

    assert again.status_code == 200
    assert len(again.json()["items"]) == 1


def test_an_answer_that_one_has_is_not_sent_again(
    client: TestClient, traced: Traced, suspects: Path
) -> None:
    address = traced(suspects / "quote.mp4")["links"]["answer"]
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})

    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"If-None-Match": '"other"'}).json() == first.json()


def test_problems_have_no_tag(idle: TestClient) -> None:
    got = idle.get("/v1/traces/nothing", headers={"If-None-Match": "*"})

    assert got.status_code == 404
    assert "etag" not in got.headers
