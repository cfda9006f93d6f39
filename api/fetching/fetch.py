"""One request to an address that somebody gave, and its answer in a file.

Nothing of the answer is unpacked, rendered or run: it is bytes. Settings of proxies in the
environment are not heeded: who connects must be who checked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib import metadata
from pathlib import Path
from time import monotonic
from urllib.parse import unquote

import httpcore2
import httpx2

from api.fetching.errors import FetchFailedError, FetchRefusedError, TooLargeError
from api.fetching.network import INTERNET, Guarded, Network

PORTS = {"http": 80, "https": 443}
REDIRECTS = {
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
}
PLAIN = {"", "identity"}
"""How an answer may be packed: not at all."""


@dataclass(frozen=True, slots=True)
class FetchParams:
    """What an address may cost.

    Attributes:
        ports: Which may be named besides those that are usual.
        redirects: Followed at most.
        connect: Seconds to connect.
        idle: Seconds without a byte; servers that read from tape or scale up take ten or more.
        total: Seconds in all, after the name was looked up: 2 GB at 30 Mbit/s.
    """

    ports: frozenset[int] = field(default_factory=frozenset)
    redirects: int = 5
    connect: float = 10.0
    idle: float = 20.0
    total: float = 600.0


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What an address answers; to be read while it is open.

    Attributes:
        url: That which answered, after redirects.
        status: Of HTTP.
        headers: By name in small letters; of those sent more than once, the last.
        chunks: The body as it comes, as it was sent.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


def plain(url: str, ports: Iterable[int] = ()) -> httpx2.URL:
    """Return an address of the web, if it may be asked for at all; nothing is looked up.

    Args:
        url: Somebody's.
        ports: Which may be named besides those that are usual.

    Raises:
        FetchRefusedError: It is none, of another scheme or port, or holds a password.
    """
    try:
        found = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise FetchRefusedError(
            "The address is no URL.", hint="Check how it is written."
        ) from error
    if found.scheme not in PORTS or not found.host:
        raise FetchRefusedError(
            "The address is none of the web.", hint="Give one that begins with https://."
        )
    if found.userinfo:
        raise FetchRefusedError(
            f"The address of {_host(found)} holds a name or a password.",
            hint="Give one that anyone can open.",
        )
    if _port(found) not in {PORTS[found.scheme], *ports}:
        raise FetchRefusedError(
            f"The address of {_host(found)} names the port {found.port}, which is not allowed.",
            hint="Leave the port out, or have it allowed by the setting fetch_ports.",
        )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What is sent to each address on the way."""

    method: str
    headers: Mapping[str, str]
    content: bytes | None


@contextmanager
def opened(  # noqa: PLR0913 # a request, what it may cost, and how it gets there
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    params: FetchParams = FetchParams(),
    network: Network = INTERNET,
) -> Iterator[Answer]:
    """Give what an address answers. Redirects of GET are followed, each checked as the first.

    Args:
        url: Somebody's.
        method: Of the request. Redirects of others than GET are given as they are.
        headers: Sent along, to where redirects lead as well.
        content: Of the request.
        params: What it may cost.
        network: How it gets there.

    Raises:
        FetchRefusedError: It, or where it leads, may not be asked for.
        FetchFailedError: It gives nothing, not in time, or leads round and round. So may `chunks`.
    """
    until = monotonic() + params.total
    kept = {
        "User-Agent": f"wherefrom/{metadata.version('wherefrom')}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        **(headers or {}),
    }
    request = Request(method, kept, content)
    at = plain(url, params.ports)
    for _ in range(params.redirects + 1):
        with _asked(at, request, params, until=until, network=network) as answer:
            there = answer.headers.get("location")
            if method != "GET" or answer.status not in REDIRECTS or there is None:
                yield answer
                return
        at = plain(_joined(at, there), params.ports)
    raise FetchFailedError(
        f"The address of {_host(at)} leads to others more than {params.redirects} times.",
        hint="Give the one where the file lies.",
    )


def fetched(  # noqa: PLR0913 # what, where to, how much of it, and how
    url: str,
    path: Path,
    *,
    most: int,
    progress: Callable[[float], None] = lambda _: None,
    params: FetchParams = FetchParams(),
    network: Network = INTERNET,
) -> int:
    """Fetch what lies at an address into a new file; return how many bytes it has.

    Args:
        url: Somebody's.
        path: The file; what was written of it stays if it fails.
        most: Bytes at most.
        progress: Told the share that is there, where the length is known, else of `most`.
        params: What it may cost.
        network: How one gets there.

    Raises:
        FetchRefusedError: The address may not be asked for.
        FetchFailedError: It gave no file, or not in time.
        TooLargeError: The file has more bytes.
    """
    with opened(url, params=params, network=network) as answer:
        host = _host(httpx2.URL(answer.url))
        _expect_file(answer, host)
        length = answer.headers.get("content-length", "")
        size = int(length) if length.isascii() and length.isdigit() else None
        if size is not None and size > most:
            raise _large(host, most)
        count = 0
        with path.open("xb") as file:
            for chunk in answer.chunks:
                count += len(chunk)
                if count > most:
                    raise _large(host, most)
                file.write(chunk)
                progress(min(1.0, count / max(1, size or most)))
    return count


def name_of(url: str) -> str:
    """Return what people may call what lies at an address: the last part of its path, or the host.

    >>> name_of("https://films.example/a/my%20clip.mp4?key=1")
    'my clip.mp4'
    """
    found = httpx2.URL(url)
    return unquote(found.path).rstrip("/").rpartition("/")[2] or _host(found)


@contextmanager
def _asked(
    at: httpx2.URL, request: Request, params: FetchParams, *, until: float, network: Network
) -> Iterator[Answer]:
    url = httpcore2.URL(scheme=at.raw_scheme, host=at.raw_host, port=_port(at), target=at.raw_path)
    waits = {"connect": params.connect, "read": params.idle, "write": params.idle}
    with ExitStack() as stack:
        with _told(at):
            pool = stack.enter_context(
                httpcore2.ConnectionPool(
                    ssl_context=network.tls() if at.scheme == "https" else None,
                    max_connections=1,
                    network_backend=Guarded(network, until),
                )
            )
            response = stack.enter_context(
                pool.stream(
                    request.method,
                    url,
                    headers=[("Host", at.netloc.decode("ascii")), *request.headers.items()],
                    content=request.content,
                    extensions={"timeout": waits},
                )
            )
        said = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        yield Answer(str(at), response.status, said, _chunks(response, at))


def _chunks(response: httpcore2.Response, at: httpx2.URL) -> Iterator[bytes]:
    with _told(at):
        yield from response.iter_stream()


@contextmanager
def _told(at: httpx2.URL) -> Iterator[None]:
    """Tell what goes wrong on the way in words, whatever the library calls it."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise FetchFailedError(
            f"{_host(at)} took too long.", hint="Try again later, or send the file itself."
        ) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise FetchFailedError(
            f"{_host(at)} could not be reached, or broke off.",
            hint="Try again later, or send the file itself.",
        ) from error


def _expect_file(answer: Answer, host: str) -> None:
    if answer.status != HTTPStatus.OK:
        raise FetchFailedError(
            f"{host} answered {answer.status} instead of sending a file.",
            hint="Give an address at which anyone gets the file without signing in.",
        )
    if answer.headers.get("content-encoding", "").strip().lower() not in PLAIN:
        raise FetchFailedError(
            f"{host} sends the file packed, though asked not to.", hint="Send the file itself."
        )


def _large(host: str, most: int) -> TooLargeError:
    return TooLargeError(
        f"What {host} sends has more than the {most:,} bytes that are taken.",
        hint="Cut the clip, or have the setting upload_limit raised.",
    )


def _joined(at: httpx2.URL, there: str) -> str:
    try:
        return str(at.join(there))
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise FetchRefusedError(
            f"{_host(at)} leads to what is no URL.", hint="Give the address where the file lies."
        ) from error


def _port(url: httpx2.URL) -> int:
    return PORTS[url.scheme] if url.port is None else url.port


def _host(url: httpx2.URL) -> str:
    """Return a host as the network writes it: in ASCII, so that it looks like no other."""
    return url.raw_host.decode("ascii")
