"""The service of an archive of two made films, in this process or at a port of its own."""

import atexit
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient

from api.settings import Settings
from api.web.app import app, kinds
from api.web.gate.keys import digest, mint
from api.work.apart import Crew
from index.catalogue import keys
from index.catalogue.keys import Key
from index.desk import Desk

HERE = "http://127.0.0.1:8417"
"""Where a service without keys is asked: under any other name it does not answer."""


@cache
def crew() -> Crew:
    """Return processes for tasks that all services of a run share: one takes a second to start."""
    made = Crew(keep=2)
    atexit.register(made.close)
    return made


@pytest.fixture
def desk_archive(archive: Path, tmp_path: Path) -> Path:
    """Return a copy of the archive, which a service may write to."""
    return Path(shutil.copytree(archive, tmp_path / "served.archive"))


@pytest.fixture
def client(desk_archive: Path) -> Iterator[TestClient]:
    """Give a client of the service in this process, without keys."""
    with TestClient(app(desk_archive, Settings(), kinds(), crew=crew()), base_url=HERE) as made:
        yield made


@pytest.fixture
def idle(desk_archive: Path) -> Iterator[TestClient]:
    """Give a client of a service that traces nothing; redirects are not followed."""
    made = app(desk_archive, Settings(tracers=0), kinds())
    with TestClient(made, base_url=HERE, follow_redirects=False) as client:
        yield client


@pytest.fixture
def bearer(desk_archive: Path) -> Callable[..., dict[str, str]]:
    """Return a function that makes a key, and returns the header that sends it."""

    def make(*scopes: str, expires_at: float | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {key(desk_archive, *scopes, expires_at=expires_at)}"}

    return make


def key(archive: Path, *scopes: str, expires_at: float | None = None) -> str:
    """Make a key of an archive, and return it."""
    name, text = mint()
    made = Key(name, "newsroom", digest(text), frozenset(scopes), time.time(), expires_at)
    with Desk.open(archive) as desk, desk.changing() as change:
        keys.add(change, made)
    return text


@contextmanager
def listening(archive: Path, **settings: object) -> Iterator[str]:
    """Give the address of a service that listens at a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = Settings.model_validate({"port": port, **settings})
    made = app(archive, given, kinds(given), crew=crew())
    server = uvicorn.Server(uvicorn.Config(made, port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def finished_of(client: TestClient, trace: str) -> dict[str, Any]:
    """Wait for a trace to end, and return it."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        now: dict[str, Any] = client.get(trace).json()
        if now["state"] not in {"queued", "running"}:
            return now
        time.sleep(0.05)
    raise TimeoutError(trace)


@pytest.fixture
def finished(client: TestClient) -> Callable[[str], dict[str, Any]]:
    """Return a function that waits for the trace of an address to end; it returns the trace."""
    return partial(finished_of, client)


@pytest.fixture
def traced(client: TestClient) -> Callable[[Path], dict[str, Any]]:
    """Return a function that traces a clip and waits for it to end; it returns the trace."""

    def run(path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            begun = client.post("/v1/traces", files={"clip": (path.name, file)})
        assert begun.status_code == 202, begun.text
        return finished_of(client, begun.headers["Location"])

    return run
