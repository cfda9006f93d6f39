import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.settings import Settings
from api.web.app import app, kinds
from tests.api.web.conftest import HERE

type Traced = Callable[[Path], dict[str, Any]]


def read(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return the value of each metric by its name and labels."""
    got = client.get("/metrics")
    assert got.status_code == 200, got.text
    assert got.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(got.text)
        for sample in family.samples
    }


def value(client: TestClient, name: str, **labels: str) -> float | None:
    return read(client).get((name, frozenset(labels.items())))


def test_requests_are_counted_by_template_and_status(client: TestClient) -> None:
    for name in ("one", "two"):
        client.get(f"/v1/traces/{name}")

    labels = {"method": "GET", "route": "/v1/traces/{trace}", "status": "404"}
    assert value(client, "wherefrom_requests_total", **labels) == 2


def test_no_label_holds_what_a_request_says(client: TestClient) -> None:
    client.get("/secret-place?secret=1")
    client.get("/v1/traces/secret-trace")
    client.get("/static/secret-file")
    client.request("SECRET", "/")

    assert "secret" not in client.get("/metrics").text.lower()
    assert read(client)


def test_the_archive_and_what_there_is_to_do_are_told(
    client: TestClient, traced: Traced, suspects: Path
) -> None:
    traced(suspects / "letter.mp4")

    assert value(client, "wherefrom_archive_assets") == 2
    assert value(client, "wherefrom_tasks", kind="trace", state="failed") == 1
    assert value(client, "wherefrom_queue_age_seconds") == 0


def test_how_long_traces_took_is_counted_once_they_end(
    client: TestClient, traced: Traced, suspects: Path
) -> None:
    traced(suspects / "stranger.mp4")
    name, labels = "wherefrom_task_seconds_count", {"kind": "trace", "state": "done"}

    end = time.monotonic() + 20
    while value(client, name, **labels) is None and time.monotonic() < end:
        time.sleep(0.05)

    assert value(client, name, **labels) == 1


def test_two_services_count_apart(client: TestClient, desk_archive: Path) -> None:
    client.get("/health/live")

    with TestClient(app(desk_archive, Settings(tracers=0), kinds()), base_url=HERE) as other:
        assert (
            value(
                other,
                "wherefrom_requests_total",
                method="GET",
                route="/health/live",
                status="200",
            )
            is None
        )
