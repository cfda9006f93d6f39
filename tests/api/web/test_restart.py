"""The service as a process: killed, stopped, and started again."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from index.catalogue import tasks
from index.catalogue.tasks import State
from index.desk import Desk
from tests import clips

COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]
SIZE = 40_000_000


@dataclass(slots=True)
class Server:
    """A service that can be started and ended."""

    archive: Path
    port: int
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 # our own
            [
                *COMMAND,
                *("serve", "--archive", str(self.archive), "--port", str(self.port), "-q"),
                *self.options,
            ],
            cwd=self.archive.parent,
        )
        wait_until(self._answers)

    def end(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(30)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/health/live").is_success
        except httpx2.TransportError:
            return False


@pytest.fixture
def server(desk_archive: Path, no_settings: None) -> Iterator[Server]:  # noqa: ARG001 # as in a new shell
    with serving(desk_archive) as made:
        yield made


@contextmanager
def serving(archive: Path, *options: str) -> Iterator[Server]:
    """Give a service at a port of its own, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Server(archive, port, options)
    made.start()
    try:
        yield made
    finally:
        made.end(signal.SIGKILL)


def wait_until(done: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.01)


@contextmanager
def followed(server: Server, trace: str, since: int = 0) -> Iterator[Iterator[dict[str, str]]]:
    """Give what happens to a trace, since an event."""
    headers = {"Last-Event-ID": str(since)}
    with httpx2.stream("GET", f"{server.url}{trace}/events", headers=headers, timeout=60) as got:

        def events() -> Iterator[dict[str, str]]:
            one: dict[str, str] = {}
            for line in got.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    one[name] = value
                elif one.get("id"):
                    yield one
                    one = {}

        yield events()


def begun(server: Server, clip: Path) -> tuple[str, int]:
    """Begin a trace; return its address and its newest event as soon as it runs."""
    with clip.open("rb") as file:
        got = httpx2.post(f"{server.url}/v1/traces", files={"clip": file})
    trace = got.headers["location"]
    with followed(server, trace) as events:
        for event in events:
            if event["event"] == "progress":
                return trace, int(event["id"])
    raise AssertionError("it ended at once")


def test_a_trace_goes_on_after_the_service_was_killed(server: Server, suspects: Path) -> None:
    trace, seen = begun(server, suspects / "quote.mp4")

    server.end(signal.SIGKILL)
    server.start()

    with followed(server, trace, seen) as events:
        told = list(events)
    states = [json.loads(one["data"])["state"] for one in told if one["event"] == "state"]
    assert states == ["queued", "running", "done"]
    assert min(int(one["id"]) for one in told) == seen + 1
    assert httpx2.get(f"{server.url}{trace}/answer").json()["sources"]


def test_what_runs_returns_to_the_queue_when_the_service_is_stopped(
    server: Server, tmp_path: Path, desk_archive: Path
) -> None:
    # So long that it is not done before the service has let those go who follow it.
    clip = clips.movie(tmp_path / "long.mp4", seconds=60, cuts=(2.0, 4.0), seed=1)
    trace, _ = begun(server, clip)
    since = time.monotonic()

    server.end(signal.SIGTERM)

    assert time.monotonic() - since < 10
    with Desk.open(desk_archive) as desk, desk.reading() as change:
        found = tasks.find(change, trace.rpartition("/")[2])
    assert found is not None
    assert (found.state, found.attempts, found.worker) == (State.QUEUED, 0, None)


def test_a_worker_beside_the_service_traces_what_that_is_sent(
    suspects: Path, server: Server, desk_archive: Path
) -> None:
    server.end(signal.SIGKILL)
    with Desk.open(desk_archive) as desk:
        task = tasks.Task("idle", "trace", "local", "quote.mp4", {"reveal": False}, time.time())
        desk.folder(task.id).mkdir()
        (desk.folder(task.id) / "clip").write_bytes((suspects / "quote.mp4").read_bytes())
        with desk.changing() as change:
            tasks.add(change, task)
        process = subprocess.Popen(  # noqa: S603 # our own
            [*COMMAND, "worker", "--archive", str(desk_archive), "-q"]
        )
        try:
            wait_until(lambda: _state(desk, task.id) is State.DONE)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0


def test_an_upload_goes_on_after_the_service_was_killed(server: Server) -> None:
    data = bytes(range(256)) * (SIZE // 256)
    client = TusClient(f"{server.url}/v1/uploads")
    first = client.uploader(file_stream=BytesIO(data), metadata={"filename": "clip.mp4"})
    first.set_url(first.create_url())
    place = server.archive / "service" / "uploads" / str(first.url).rpartition("/")[2]
    broken: list[Exception] = []

    def send() -> None:
        try:
            first.upload()
        except TusCommunicationError as error:
            broken.append(error)

    sending = threading.Thread(target=send)
    sending.start()
    wait_until(lambda: place.stat().st_size > 0)
    server.end(signal.SIGKILL)
    sending.join()
    server.start()
    rest = client.uploader(file_stream=BytesIO(data), url=first.url)
    there = rest.offset
    rest.upload()

    assert broken
    assert 0 < there < len(data)
    assert place.read_bytes() == data


def _state(desk: Desk, name: str) -> State | None:
    with desk.reading() as change:
        found = tasks.find(change, name)
    return None if found is None else found.state
