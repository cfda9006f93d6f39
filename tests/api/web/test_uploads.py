import base64
import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.settings import Settings
from api.web.app import app, kinds
from api.web.service import Service
from tests.api.web.conftest import HERE, crew, listening

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = TUS | {"Content-Type": "application/offset+octet-stream"}
FILM = bytes(range(256)) * 40


def named(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()}"


def begun(client: TestClient, size: int = len(FILM), **headers: str) -> str:
    """Begin an upload, and return its address."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    got = client.post("/v1/uploads", headers=TUS | {"Upload-Length": str(size)} | told)
    assert got.status_code == 201, got.text
    return got.headers["location"]


def added(client: TestClient, upload: str, data: bytes, at: int, **headers: str) -> Response:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(upload, content=data, headers=BYTES | {"Upload-Offset": str(at)} | told)


def there(client: TestClient, upload: str) -> int:
    return int(client.head(upload, headers=TUS).headers["upload-offset"])


def kept(client: TestClient, upload: str) -> Path:
    given = cast("Service", cast("Any", client.app).state.service)
    return given.desk.upload(upload.rpartition("/")[2])


def test_what_of_tus_is_spoken_is_told(client: TestClient) -> None:
    told = client.options("/v1/uploads").headers

    assert told["tus-version"] == told["tus-resumable"] == "1.0.0"
    assert told["tus-max-size"] == "2000000000"
    assert set(told["tus-extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "expiration",
        "checksum",
        "termination",
    }


def test_a_file_arrives_in_pieces(client: TestClient) -> None:
    upload = begun(client)

    first = added(client, upload, FILM[:4000], 0)
    second = added(client, upload, FILM[4000:], 4000)

    assert (first.status_code, first.headers["upload-offset"]) == (204, "4000")
    assert (second.status_code, second.headers["upload-offset"]) == (204, str(len(FILM)))
    assert kept(client, upload).read_bytes() == FILM
    assert "upload-expires" in second.headers


def test_the_first_bytes_may_come_with_the_beginning(client: TestClient) -> None:
    got = client.post(
        "/v1/uploads", content=FILM[:100], headers=BYTES | {"Upload-Length": str(len(FILM))}
    )

    assert (got.status_code, got.headers["upload-offset"]) == (201, "100")
    assert there(client, got.headers["location"]) == 100


def test_an_upload_tells_what_was_said_of_it(client: TestClient) -> None:
    upload = begun(client, Upload_Metadata=f"{named('../ü.mp4')},empty")

    told = client.head(upload, headers=TUS).headers

    assert told["upload-length"] == str(len(FILM))
    assert told["upload-metadata"] == f"{named('../ü.mp4')},empty "
    assert told["cache-control"] == "no-store"


@pytest.mark.parametrize("at", [0, 99, 101])
def test_bytes_for_another_place_are_refused(client: TestClient, at: int) -> None:
    upload = begun(client)
    added(client, upload, FILM[:100], 0)

    got = added(client, upload, FILM[:50], at)

    assert (got.status_code, got.headers["upload-offset"]) == (409, "100")
    assert got.headers["tus-resumable"] == "1.0.0"
    assert there(client, upload) == 100


def test_only_one_may_send_at_a_time(client: TestClient) -> None:
    upload = begun(client)

    with kept(client, upload).open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        got = added(client, upload, FILM, 0)

    assert got.status_code == 423
    assert added(client, upload, FILM, 0).status_code == 204


def test_what_was_written_before_the_service_died_counts(client: TestClient) -> None:
    upload = begun(client)
    kept(client, upload).write_bytes(FILM[:1234])

    assert there(client, upload) == 1234
    assert added(client, upload, FILM[1234:], 1234).status_code == 204


def test_a_file_that_is_too_large_is_not_begun(desk_archive: Path) -> None:
    made = app(desk_archive, Settings(upload_limit=100), kinds(), crew=crew())
    with TestClient(made, base_url=HERE) as client:
        got = client.post("/v1/uploads", headers=TUS | {"Upload-Length": "101"})

    assert got.status_code == 413
    assert got.json()["type"].endswith("/too-large")


def test_more_bytes_than_were_promised_are_refused(client: TestClient) -> None:
    upload = begun(client, 100)

    got = added(client, upload, FILM, 0)

    assert got.status_code == 413
    assert there(client, upload) <= 100


def test_a_full_disk_is_told_before_it_is_full(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=256_000_000 + 500))

    got = client.post("/v1/uploads", headers=TUS | {"Upload-Length": "501"})

    assert got.status_code == 507
    assert client.post("/v1/uploads", headers=TUS | {"Upload-Length": "400"}).status_code == 201
    # What others promised counts as well.
    assert client.post("/v1/uploads", headers=TUS | {"Upload-Length": "400"}).status_code == 507


@pytest.mark.parametrize("name", ["sha256", "sha1"])
def test_bytes_are_checked_against_their_checksum(client: TestClient, name: str) -> None:
    upload = begun(client)
    right = base64.b64encode(hashlib.new(name, FILM[:100]).digest()).decode()

    wrong = added(client, upload, FILM[1:101], 0, Upload_Checksum=f"{name} {right}")

    assert (wrong.status_code, there(client, upload)) == (460, 0)
    good = added(client, upload, FILM[:100], 0, Upload_Checksum=f"{name} {right}")
    assert (good.status_code, there(client, upload)) == (204, 100)


def test_a_checksum_of_an_unknown_kind_is_refused(client: TestClient) -> None:
    assert added(client, begun(client), FILM, 0, Upload_Checksum="crc32 AAAA").status_code == 400


def test_a_deleted_upload_leaves_nothing(client: TestClient) -> None:
    upload = begun(client)
    file = kept(client, upload)

    assert client.delete(upload, headers=TUS).status_code == 204

    assert client.head(upload, headers=TUS).status_code == 404
    assert not file.exists()


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("PATCH", {"Upload-Offset": "0"}, 412),
        ("PATCH", TUS | {"Upload-Offset": "0"}, 415),
        ("PATCH", BYTES, 400),
        ("PATCH", BYTES | {"Upload-Offset": "-1"}, 422),
        ("HEAD", {}, 412),
        ("POST", TUS, 405),
        ("POST", BYTES | {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}, 204),
    ],
)
def test_requests_are_as_tus_says(
    client: TestClient, method: str, headers: dict[str, str], status: int
) -> None:
    upload = begun(client)

    assert client.request(method, upload, headers=headers, content=b"").status_code == status


@pytest.mark.parametrize("metadata", ["filename ???", "filename /w==", "filename w7w=,x é"])
def test_metadata_that_cannot_be_read_is_refused(client: TestClient, metadata: str) -> None:
    headers = {**TUS, "Upload-Length": "1", "Upload-Metadata": metadata.encode("latin-1")}

    assert client.post("/v1/uploads", headers=headers).status_code == 400  # type: ignore[arg-type] # bytes do as well


def test_uploads_do_not_pile_up(client: TestClient) -> None:
    for _ in range(20):
        begun(client, 1)

    got = client.post("/v1/uploads", headers=TUS | {"Upload-Length": "1"})

    assert got.status_code == 429
    assert int(got.headers["retry-after"]) > 0


def test_an_upload_is_traced_and_is_one_no_more(
    client: TestClient, suspects: Path, finished: Callable[[str], dict[str, Any]]
) -> None:
    data = (suspects / "quote.mp4").read_bytes()
    upload = begun(client, len(data), Upload_Metadata=named("quote.mp4"))
    added(client, upload, data, 0)
    name = upload.rpartition("/")[2]

    got = client.post("/v1/traces", json={"upload": name})

    assert got.status_code == 202
    trace = finished(got.headers["location"])
    assert (trace["name"], trace["outcome"]["found"]) == ("quote.mp4", True)
    assert client.head(upload, headers=TUS).status_code == 404
    assert not kept(client, upload).exists()
    assert client.post("/v1/traces", json={"upload": name}).status_code == 404


def test_an_upload_that_has_not_arrived_is_not_traced(client: TestClient) -> None:
    upload = begun(client)
    added(client, upload, FILM[:100], 0)

    got = client.post("/v1/traces", json={"upload": upload.rpartition("/")[2]})

    assert got.status_code == 409
    assert there(client, upload) == 100


def test_what_came_before_the_line_broke_is_kept(desk_archive: Path) -> None:
    data = b"x" * 3_000_000
    with listening(desk_archive) as url:
        host = urlsplit(url)
        line = HTTPConnection(host.hostname or "", host.port)
        line.request("POST", "/v1/uploads", headers=TUS | {"Upload-Length": str(len(data))})
        upload = line.getresponse().headers["location"]
        line.close()
        line.putrequest("PATCH", upload)
        for name, value in (BYTES | {"Upload-Offset": "0", "Content-Length": "3000000"}).items():
            line.putheader(name, value)
        line.endheaders()
        line.send(data[:2_500_000])
        line.close()

        def size() -> int:
            other = HTTPConnection(host.hostname or "", host.port)
            other.request("HEAD", upload, headers=TUS)
            offset = int(other.getresponse().headers["upload-offset"])
            other.close()
            return offset

        wait_until(lambda: size() == 2_500_000)


def wait_until(done: Callable[[], bool]) -> None:
    for _ in range(200):
        if done():
            return
        time.sleep(0.05)
    raise TimeoutError
