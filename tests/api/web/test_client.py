import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from api.client import Client, Event, Patience, Problem
from tests.api.web.conftest import listening
from tests.api.web.receivers import receiving

HASTE = Patience(tries=5, wait=0.02, chunk=1000)


@pytest.fixture
def address(desk_archive: Path) -> Iterator[str]:
    with listening(desk_archive, hook_networks="127.0.0.0/8") as made:
        yield made


@pytest.fixture
def service(address: str) -> Iterator[Client]:
    with Client(address, patience=HASTE) as client:
        yield client


def test_a_clip_is_traced_and_its_answer_returned(service: Client, suspects: Path) -> None:
    heard: list[Event] = []

    answer = service.trace(suspects / "quote.mp4", heed=heard.append)

    assert [one["asset"]["name"] for one in answer["sources"]] == ["harbour.mp4"]
    assert [one.data["state"] for one in heard if one.kind == "state"] == [
        "queued",
        "running",
        "done",
    ]
    assert [one["name"] for one in service.traces()] == ["quote.mp4"]


def test_a_large_clip_is_sent_in_pieces_and_traced(address: str, suspects: Path) -> None:
    pieces = Patience(tries=5, wait=0.02, chunk=10_000, large=0)

    with Client(address, patience=pieces) as client:
        answer = client.trace(suspects / "quote.mp4", reveal=False)

    assert [one["asset"]["name"] for one in answer["sources"]] == ["harbour.mp4"]
    assert answer["query"]["name"] == "quote.mp4"


def test_a_clip_that_cannot_be_traced_is_a_problem(service: Client, suspects: Path) -> None:
    with pytest.raises(Problem) as caught:
        service.trace(suspects / "letter.mp4")

    assert caught.value.type == "bad-media"
    assert caught.value.detail


def test_a_problem_has_the_fields_of_its_document(service: Client) -> None:
    with pytest.raises(Problem) as caught:
        service.watch("nothing")

    problem = caught.value
    assert (problem.status, str(problem)) == (404, "There is no trace of this id.")
    assert problem.type.endswith("not-found")
    assert problem.detail


def test_a_watch_and_a_hook_are_made_listed_and_removed(service: Client, suspects: Path) -> None:
    begun = service.begin(suspects / "stranger.mp4")
    service.wait(begun)

    with receiving() as receiver:
        hook = service.hook(receiver.url, "watch.arrived")
        watch = service.watch(begun["id"], note="Story 12")
        service.ping(hook["id"])
        assert [one["event"] for one in service.deliveries(hook["id"])] == ["ping"]
        service.unhook(hook["id"])

    service.unwatch(watch["id"])
    service.delete(begun["id"])
    assert (list(service.hooks()), list(service.watches()), list(service.traces())) == ([], [], [])


def test_ingests_that_are_not_allowed_are_a_problem(service: Client) -> None:
    with pytest.raises(Problem, match="No folder of the server is opened"):
        service.ingest("news")
    assert list(service.failures()) == []


def test_all_pages_of_a_list_are_followed() -> None:
    def answered(request: httpx2.Request) -> httpx2.Response:
        cursor = request.url.params.get("cursor")
        page = {None: (1, "2"), "2": (2, "3"), "3": (3, None)}[cursor]
        return httpx2.Response(200, json={"items": [{"id": page[0]}], "next": page[1]})

    with Client(transport=httpx2.MockTransport(answered)) as client:
        assert [one["id"] for one in client.traces()] == [1, 2, 3]


def test_following_goes_on_where_the_connection_broke() -> None:
    asked: list[str] = []
    told: list[str | Exception] = [
        'id: 1\nevent: state\ndata: {"state": "queued"}\n\n',
        httpx2.ConnectError("away"),
        'id: 2\nevent: state\ndata: {"state": "done"}\n\n',
    ]

    def answered(request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith("/events"):
            return httpx2.Response(200, json={"state": "running"})
        asked.append(request.headers["Last-Event-ID"])
        now = told.pop(0)
        if isinstance(now, Exception):
            raise now
        return httpx2.Response(200, text=now, headers={"Content-Type": "text/event-stream"})

    begun = {"links": {"self": "/v1/traces/a", "events": "/v1/traces/a/events"}}
    with Client(transport=httpx2.MockTransport(answered), patience=HASTE) as client:
        numbers = [event.number for event in client.follow(begun)]

    assert numbers == [1, 2]
    assert asked == ["0", "1", "1"]


def test_a_service_that_stays_away_is_given_up() -> None:
    def answered(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("away")

    begun = {"links": {"self": "/v1/traces/a", "events": "/v1/traces/a/events"}}
    client = Client(transport=httpx2.MockTransport(answered), patience=HASTE)

    with client, pytest.raises(httpx2.ConnectError):
        list(client.follow(begun))


def test_an_answer_that_was_lost_on_the_way_is_asked_for_once_more() -> None:
    keys: list[str] = []

    def answered(request: httpx2.Request) -> httpx2.Response:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 1:
            raise httpx2.ReadError("broken")
        return httpx2.Response(202, json={"id": "a"})

    with Client(transport=httpx2.MockTransport(answered)) as client:
        assert client.ingest("news") == {"id": "a"}
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_key_is_sent_and_when_to_come_back_is_told() -> None:
    def answered(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["Authorization"] == "Bearer wf_key"
        return httpx2.Response(
            429, json={"type": "rate", "title": "Too much."}, headers={"Retry-After": "7"}
        )

    client = Client(key="wf_key", transport=httpx2.MockTransport(answered))
    with client, pytest.raises(Problem) as caught:
        client.lookup({})

    assert (caught.value.status, caught.value.retry_after) == (429, 7.0)


@dataclass
class Tus:
    """Takes uploads as tus 1.0 says, and breaks now and then.

    Attributes:
        breaks: Pieces that are kept in part, of which nobody is told.
        kept: What was taken.
        pieces: Offsets of the pieces that came.
        name: Of the file, as it was told.
    """

    breaks: set[int]
    kept: bytes = b""
    pieces: list[int] = field(default_factory=list)
    name: str = ""

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        assert request.headers["Tus-Resumable"] == "1.0.0"
        if request.method == "POST":
            told = request.headers["Upload-Metadata"].removeprefix("filename ")
            self.name = base64.b64decode(told).decode()
            return httpx2.Response(201, headers={"Location": "http://any.example/v1/uploads/u"})
        if request.method == "PATCH":
            assert request.headers["Upload-Offset"] == str(len(self.kept))
            self.pieces.append(len(self.kept))
            if len(self.pieces) in self.breaks:
                self.kept += request.content[:500]
                raise httpx2.WriteError("broken")
            self.kept += request.content
        return httpx2.Response(204, headers={"Upload-Offset": str(len(self.kept))})


def test_a_broken_upload_goes_on_where_it_was(tmp_path: Path) -> None:
    clip = tmp_path / "hafen – été.mp4"
    clip.write_bytes(bytes(range(250)) * 10)
    server = Tus(breaks={2})

    with Client(transport=httpx2.MockTransport(server), patience=HASTE) as client:
        address = client.upload(clip)

    assert (address, server.name) == ("/v1/uploads/u", clip.name)
    assert server.kept == clip.read_bytes()
    assert server.pieces == [0, 1000, 1500]


def test_an_upload_that_never_gets_on_is_given_up(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"x" * 5000)

    def answered(request: httpx2.Request) -> httpx2.Response:
        if request.method == "PATCH":
            raise httpx2.WriteError("broken")
        return httpx2.Response(200, headers={"Upload-Offset": "0"})

    client = Client(transport=httpx2.MockTransport(answered), patience=HASTE)
    with client, pytest.raises(httpx2.WriteError):
        client.resume(clip, "/v1/uploads/u")


def test_two_threads_may_use_one_client(service: Client) -> None:
    found: list[list[object]] = []
    threads = [
        threading.Thread(target=lambda: found.append(list(service.traces()))) for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [[]] * 4
