"""Tests of how often a caller may ask, and how much may be sent."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.settings import Settings
from api.web.app import app, kinds
from api.web.gate import bodies
from api.web.gate.rates import Buckets, Rate
from tests.api.web.conftest import HERE

type Bearer = Callable[..., dict[str, str]]


@pytest.fixture
def slow(desk_archive: Path) -> Iterator[TestClient]:
    """Give a client of a service that answers three requests, and takes two traces, at once."""
    settings = Settings(tracers=0, rate=0.001, burst=5, begins=2, upload_limit=100_000)
    with TestClient(app(desk_archive, settings, kinds()), base_url=HERE) as client:
        yield client


def test_a_key_that_asks_too_often_is_told_when_to_come_back(
    slow: TestClient, bearer: Bearer
) -> None:
    headers = bearer("read")

    got = [slow.get("/v1/traces", headers=headers) for _ in range(6)]

    assert [one.status_code for one in got] == [200] * 5 + [429]
    assert [one.headers["ratelimit"].split(";")[1] for one in got[:5]] == [
        "r=4", "r=3", "r=2", "r=1", "r=0",
    ]  # fmt: skip
    assert got[0].headers["ratelimit-policy"] == '"requests";q=5;w=5000'
    assert 0 < int(got[5].headers["retry-after"]) <= 1000
    assert got[5].json()["type"] == "/problems/too-often"


def test_each_key_has_its_own_rate(slow: TestClient, bearer: Bearer) -> None:
    one, two = bearer("read"), bearer("read")
    for _ in range(6):
        slow.get("/v1/traces", headers=one)

    assert slow.get("/v1/traces", headers=two).status_code == 200


def test_traces_are_counted_apart(slow: TestClient, bearer: Bearer) -> None:
    headers = bearer("admin")
    clip = {"clip": ("a.mp4", b"clip")}

    got = [slow.post("/v1/traces", files=clip, headers=headers) for _ in range(3)]

    assert [one.status_code for one in got] == [202, 202, 429]
    assert got[0].headers["ratelimit"].split(", ")[1].startswith('"begins";r=1')
    assert slow.get("/v1/traces", headers=headers).status_code == 200


def test_pages_and_probes_are_not_counted(slow: TestClient, bearer: Bearer) -> None:
    headers = bearer("read")

    assert {slow.get(path, headers=headers).status_code for path in ["/health/live", "/"] * 5} == {
        200
    }


def test_whoever_sits_at_this_machine_is_not_counted(slow: TestClient) -> None:
    assert {slow.get("/v1/traces").status_code for _ in range(9)} == {200}


@given(st.lists(st.floats(0, 10), max_size=60), st.integers(1, 9), st.floats(0.1, 20))
def test_no_more_is_let_through_than_the_rate_allows(
    pauses: list[float], burst: int, window: float
) -> None:
    buckets = Buckets(Rate("requests", burst, window))
    now, passed = 0.0, 0

    for pause in pauses:
        now += pause
        taken = buckets.take("a", now=now)
        passed += not taken.wait
        assert 0 <= taken.left < burst
        assert taken.full <= window + 1e-6

    assert passed <= burst + now * burst / window + 1e-6


def test_one_who_waits_as_told_is_let_through() -> None:
    buckets = Buckets(Rate("requests", 2, 10.0))
    for _ in range(2):
        buckets.take("a", now=0.0)
    wait = buckets.take("a", now=0.0).wait

    assert wait == pytest.approx(5.0)
    assert buckets.take("a", now=wait + 1e-6).wait == 0


def parts(size: int) -> Iterator[bytes]:
    for _ in range(size // 10_000):
        yield b"x" * 10_000


def test_a_request_that_is_no_upload_may_not_be_long(
    slow: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LIMIT", 50_000)

    got = slow.post("/login", data={"key": "x" * 60_000}, headers={"Origin": HERE})

    assert got.status_code == 413


def test_a_clip_may_be_as_long_as_is_set(slow: TestClient) -> None:
    fits = slow.post("/v1/traces", files={"clip": ("a.mp4", b"x" * 90_000)})
    exceeds = slow.post("/v1/traces", files={"clip": ("a.mp4", b"x" * 200_000)})

    assert (fits.status_code, exceeds.status_code) == (202, 413)
    assert exceeds.json()["type"] == "/problems/too-large"


def test_a_request_that_does_not_say_how_long_it_is_is_cut_off(
    slow: TestClient, desk_archive: Path
) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        head = b'--b\r\nContent-Disposition: form-data; name="clip"; filename="a"\r\n\r\n'
        yield head
        for part in parts(1_000_000):
            read += len(part)
            yield part

    got = slow.post(
        "/v1/traces",
        content=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )

    assert (got.status_code, got.json()["type"]) == (413, "/problems/too-large")
    assert not list((desk_archive / "service" / "tasks").iterdir())
