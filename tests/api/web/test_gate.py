"""Tests of the gate as a whole: it lets through what streams, and no markup."""

import socket
import threading
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import override

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.api.web.conftest import listening

NAMES = [
    "<script>alert(1)</script>.mp4",
    '"><img src=x onerror=alert(1)>.mp4',
    "' onmouseover='alert(1).mp4",
    "{{ 7 * 7 }}{% include 'base.html' %}.mp4",
    "</title><svg onload=alert(1)>.mp4",
    "javascript:alert(1)",
    "\u202egpj.exe.mp4",
]


class Seen(HTMLParser):
    """Notes each element and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    return parser


def listed(client: TestClient, name: str) -> Seen:
    """Return the search page while it lists one trace."""
    begun = client.post("/v1/traces", files={"clip": (name, b"clip")})
    page = client.get("/").text
    client.delete(begun.headers["location"])
    return seen(page)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_is_shown_and_not_obeyed(idle: TestClient, name: str) -> None:
    plain = listed(idle, "plain.mp4")

    page = listed(idle, name)

    assert page.elements == plain.elements
    assert [one for one, _ in page.attributes] == [one for one, _ in plain.attributes]
    assert not [value for _, value in page.attributes if (value or "").startswith("javascript:")]


@pytest.mark.parametrize("path", ["/<script>alert(1)</script>", "/problems/<img src=x onerror=a>"])
def test_an_address_is_not_obeyed(idle: TestClient, path: str) -> None:
    accept = {"Accept": "text/html"}

    got = idle.get(path, headers=accept)

    assert got.status_code == 404
    assert seen(got.text).elements == seen(idle.get("/nowhere", headers=accept).text).elements


def test_events_are_sent_as_they_happen(desk_archive: Path) -> None:
    with listening(desk_archive, tracers=0) as address, httpx2.Client(base_url=address) as client:
        begun = client.post("/v1/traces", files={"clip": ("a.mp4", b"clip")})
        here = begun.headers["location"]
        with client.stream("GET", f"{here}/events", timeout=10) as events:
            told = events.iter_lines()
            first = [next(told) for _ in range(3)]
            threading.Thread(target=httpx2.post, args=(f"{address}{here}/cancel",)).start()
            rest = "\n".join(told)

    assert first[:2] == ["id: 1", "event: state"]
    assert "cancelled" in rest


def test_an_upload_reaches_its_handler_while_it_comes(desk_archive: Path) -> None:
    head = (
        b"POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nIdempotency-Key: k-1\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n"
        b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\n'
    )
    with listening(desk_archive, tracers=0) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            raw.sendall(head + b"x" * 2_000_000)  # more than a field that is no file may have
            until = time.monotonic() + 10
            got = raw.recv(100)

    assert got.startswith(b"HTTP/1.1 400")
    assert time.monotonic() < until


def test_an_answer_to_get_is_not_held_back_by_a_tag(desk_archive: Path) -> None:
    with listening(desk_archive, tracers=0) as address:
        got = httpx2.get(f"{address}/v1/traces")

    assert got.headers["etag"].startswith("W/")
    assert int(got.headers["content-length"]) == len(got.content)
