"""Connections that can only lead to the public internet, and only last so long.

A name is looked up once. The connection is made to the very address that was checked, so a name
that leads elsewhere the next time gains nothing by it; TLS and the header Host still say the name.
"""

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from time import monotonic
from typing import Any, override

import httpcore2

from api.fetching.addresses import public
from api.fetching.errors import FetchFailedError, FetchRefusedError


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name, in the order in which the system would try them.

    Raises:
        OSError: It has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def connected(address: str, port: int, timeout: float) -> httpcore2.NetworkStream:
    """Return a connection to an address."""
    return httpcore2.SyncBackend().connect_tcp(address, port, timeout)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """How names become addresses, and addresses connections.

    Attributes:
        resolve: Returns all addresses of a name; told the port.
        connect: Connects to an address and port, within seconds.
        tls: Returns whose certificates are trusted.
        inside: Networks that may be reached although they are not public.
    """

    resolve: Callable[[str, int], Sequence[str]] = resolved
    connect: Callable[[str, int, float], httpcore2.NetworkStream] = connected
    tls: Callable[[], ssl.SSLContext] = httpcore2.default_ssl_context
    inside: Sequence[IPv4Network | IPv6Network] = ()

    def holds(self, address: str) -> bool:
        """Return whether an address lies in one of the networks inside."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in one for one in self.inside)


INTERNET = Network()


class Guarded(httpcore2.NetworkBackend):
    """Connects to names all of whose addresses are public, until a time."""

    def __init__(self, network: Network, until: float) -> None:
        self._network, self._until = network, until

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of a name's addresses that answers.

        Raises:
            FetchRefusedError: One of its addresses is not public.
            FetchFailedError: It has none.
            NetworkError, TimeoutException: None of them answered in time.
        """
        addresses = checked(host, port, self._network)
        for number, address in enumerate(addresses, 1):
            left = _left(timeout, self._until, httpcore2.ConnectTimeout)
            try:
                return Timed(self._network.connect(address, port, left), self._until)
            except (httpcore2.NetworkError, httpcore2.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore2.ConnectError(host)


class Timed(httpcore2.NetworkStream):
    """A connection that is over at a time, however much still trickles in."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(timeout, self._until, httpcore2.ReadTimeout)
        return self._stream.read(max_bytes, left)

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, self._until, httpcore2.WriteTimeout))

    @override
    def close(self) -> None:
        self._stream.close()

    @override
    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, self._until, httpcore2.ConnectTimeout)
        return Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    @override
    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def checked(host: str, port: int, network: Network = INTERNET) -> list[str]:
    """Return the addresses of a name, if all of them may be reached.

    Decimal, octal and other old ways to write an address are what the resolver takes them for.

    Raises:
        FetchRefusedError: One of them is not public.
        FetchFailedError: There is none.
    """
    try:
        addresses = list(network.resolve(host, port))
    except (OSError, UnicodeError) as error:
        raise FetchFailedError(
            f"{host} has no address.", hint="Check how its name is written."
        ) from error
    if not all(public(address) or network.holds(address) for address in addresses):
        raise FetchRefusedError(
            f"{host} is not on the public internet.", hint="Give an address that anyone can open."
        )
    return addresses


def _left(timeout: float | None, until: float, late: type[httpcore2.TimeoutException]) -> float:
    """Return how long to wait at most."""
    left = until - monotonic()
    if left <= 0:
        raise late
    return left if timeout is None else min(timeout, left)
