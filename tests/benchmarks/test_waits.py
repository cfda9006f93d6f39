"""Tests of how long people wait for the service, on archives of a few files."""

import http.server
import threading
import time
from pathlib import Path
from typing import override

import pytest

from benchmarks import waits
from benchmarks.service import serving
from benchmarks.waits import BRIEF, TRACE
from index.desk import Desk


def test_pages_are_those_of_an_archive_with_a_trace_of_many_stretches(tmp_path: Path) -> None:
    archive = tmp_path / "many.archive"
    one = waits.filled(archive, BRIEF)

    with Desk.open(archive) as desk:
        told = (desk.folder(TRACE) / "answer.json").read_text(encoding="utf-8")
    with serving(archive) as (port, _):
        for address in (f"/traces/{TRACE}", f"/traces/{TRACE}/compare", f"/assets/{one.id}"):
            waits.waited(port, address)
        with pytest.raises(RuntimeError, match="answered 404"):
            waits.waited(port, "/traces/none")

    assert told.count('"frame_exact"') == BRIEF.stretches


class Slow(http.server.BaseHTTPRequestHandler):
    """Answers at once, and takes its time with what follows."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        time.sleep(0.5)
        self.wfile.write(b"x")

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_it_is_the_first_byte_that_is_waited_for() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.handle_request).start()

        assert waits.waited(server.server_port, "/") < 0.4
