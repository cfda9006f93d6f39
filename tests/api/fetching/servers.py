"""A small server of the web, and a network of which all of the public internet leads to it."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import override

import httpcore2

from api.fetching.network import Network, connected

PUBLIC = "93.184.215.14"
type Page = Callable[[BaseHTTPRequestHandler], None]


def says(body: bytes, status: int = 200, **headers: str) -> Page:
    """Return a page that answers that; underscores in names of headers are hyphens."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return page


def leads(to: str, status: int = 302) -> Page:
    """Return a page that redirects."""
    return says(b"", status, Location=to)


@contextmanager
def served(pages: Mapping[str, Page]) -> Iterator[int]:
    """Give the port of a server of pages, by the host they are asked for and their path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages[f"{self.headers['Host']}{self.path}"](self)

        @override
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def drips(first: bytes, drop: bytes, every: float) -> Iterator[int]:
    """Give the port of a server that says something, and then a drop again and again."""
    over = threading.Event()

    def run(listener: socket.socket) -> None:
        try:
            one, _ = listener.accept()
        except OSError:
            return
        with one:
            try:
                one.sendall(first)
                while not over.wait(every):
                    one.sendall(drop)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@dataclass(slots=True)
class Fake:
    """A network of names and addresses; connections to any of these lead to a port here.

    Attributes:
        port: Where they lead.
        names: The addresses of each name, one answer after another; the last one stays.
        reached: Addresses that were connected to.
    """

    port: int
    names: Mapping[str, Sequence[Sequence[str]]]
    reached: list[str] = field(default_factory=list)
    _asked: dict[str, int] = field(default_factory=dict)

    def network(self) -> Network:
        return Network(self._resolve, self._connect)

    def _resolve(self, host: str, _port: int) -> Sequence[str]:
        answers = self.names[host]
        number = self._asked.get(host, 0)
        self._asked[host] = number + 1
        return answers[min(number, len(answers) - 1)]

    def _connect(self, address: str, _port: int, timeout: float) -> httpcore2.NetworkStream:
        self.reached.append(address)
        return connected("127.0.0.1", self.port, timeout)
