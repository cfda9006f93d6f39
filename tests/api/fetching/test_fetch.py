import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import override

import pytest

from api.fetching.errors import FetchFailedError, FetchRefusedError, TooLargeError
from api.fetching.fetch import FetchParams, fetched, name_of, opened, plain
from api.fetching.network import INTERNET, Network, resolved
from tests.api.fetching.servers import PUBLIC, Fake, Page, drips, leads, says, served

HERE = "http://films.example/clip.mp4"
HASTY = FetchParams(connect=2.0, idle=0.3, total=1.0)


@contextmanager
def web(pages: dict[str, Page], **names: Sequence[Sequence[str]]) -> Iterator[Fake]:
    """Give a network of pages; hosts have a public address unless told otherwise."""
    hosts = {place.partition("/")[0] for place in pages} | {"films.example"}
    told = {name.replace("_", "."): answers for name, answers in names.items()}
    with served(pages) as port:
        yield Fake(port, {host: [[PUBLIC]] for host in hosts} | told)


def test_a_file_arrives_as_it_was_sent(tmp_path: Path) -> None:
    body = bytes(range(256)) * 1000

    with web({"films.example/clip.mp4": says(body)}) as there:
        count = fetched(HERE, tmp_path / "clip", most=1_000_000, network=there.network())

    assert (count, (tmp_path / "clip").read_bytes()) == (len(body), body)


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    pages = {
        "films.example/clip.mp4": leads("//store.example/a?b=1", 307),
        "store.example/a?b=1": says(b"film"),
    }

    with web(pages) as there:
        fetched(HERE, tmp_path / "clip", most=10, network=there.network())

    assert (tmp_path / "clip").read_bytes() == b"film"


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3", "fe80::1"])
def test_a_redirect_to_the_inside_is_refused_before_it_is_connected_to(
    tmp_path: Path, inside: str
) -> None:
    pages = {"films.example/clip.mp4": leads("http://trap.example/secret")}

    with (
        web(pages, trap_example=[[inside]]) as there,
        pytest.raises(FetchRefusedError, match=r"^trap.example is not on the public internet"),
    ):
        fetched(HERE, tmp_path / "clip", most=10, network=there.network())

    assert there.reached == [PUBLIC]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "gopher://films.example/", "http://a:b@c/"])
def test_a_redirect_to_what_may_not_be_asked_for_is_refused(tmp_path: Path, to: str) -> None:
    with web({"films.example/clip.mp4": leads(to)}) as there, pytest.raises(FetchRefusedError):
        fetched(HERE, tmp_path / "clip", most=10, network=there.network())


def test_redirects_end(tmp_path: Path) -> None:
    with (
        web({"films.example/clip.mp4": leads(HERE)}) as there,
        pytest.raises(FetchFailedError, match="more than 5 times"),
    ):
        fetched(HERE, tmp_path / "clip", most=10, network=there.network())

    assert len(there.reached) == 6


def test_a_name_that_leads_elsewhere_the_second_time_gains_nothing(tmp_path: Path) -> None:
    rebinds = [[PUBLIC], ["127.0.0.1"]]

    with web({"films.example/clip.mp4": says(b"film")}, films_example=rebinds) as there:
        fetched(HERE, tmp_path / "clip", most=10, network=there.network())

    assert there.reached == [PUBLIC]


def test_a_name_that_rebinds_between_redirects_is_refused(tmp_path: Path) -> None:
    rebinds = [[PUBLIC], ["127.0.0.1"]]

    with (
        web({"films.example/clip.mp4": leads(HERE)}, films_example=rebinds) as there,
        pytest.raises(FetchRefusedError),
    ):
        fetched(HERE, tmp_path / "clip", most=10, network=there.network())

    assert there.reached == [PUBLIC]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with (
        web({}, films_example=[[PUBLIC, "192.168.0.1"]]) as there,
        pytest.raises(FetchRefusedError),
        opened(HERE, network=there.network()),
    ):
        pass

    assert there.reached == []


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "017700000001", "127.1", "[::ffff:127.0.0.1]", "localhost"]
)
def test_other_ways_to_write_this_machine_are_refused(host: str) -> None:
    with pytest.raises(FetchRefusedError), opened(f"http://{host}/", network=INTERNET):
        pass


def test_the_systems_resolver_reads_old_ways_to_write_addresses() -> None:
    assert resolved("2130706433", 80) == resolved("0x7f.1", 80) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "films.example/clip.mp4",
        "//films.example/clip.mp4",
        "file:///etc/passwd",
        "ftp://films.example/clip.mp4",
        "data:video/mp4,film",
        "http:///clip.mp4",
        "http://",
        "http://user:word@films.example/",
        "http://films.example@trap.example/",
        "http://films.example:22/",
        "https://films.example:80/",
        "http://films.example:0/",
        "http://films.example/\r\nHost: trap.example",
    ],
)
def test_what_may_not_be_asked_for_is_refused_unseen(url: str) -> None:
    with pytest.raises(FetchRefusedError):
        plain(url)


def test_a_port_that_was_allowed_may_be_asked() -> None:
    assert plain("http://films.example:8080/", {8080}).port == 8080


def test_a_file_that_says_it_is_too_large_is_not_begun(tmp_path: Path) -> None:
    with web({"films.example/clip.mp4": says(b"x" * 11)}) as there, pytest.raises(TooLargeError):
        fetched(HERE, tmp_path / "clip", most=10, network=there.network())

    assert not (tmp_path / "clip").exists()


def test_a_body_without_an_end_ends_at_the_limit(tmp_path: Path) -> None:
    first = b"HTTP/1.1 200 OK\r\n\r\n"

    with drips(first, b"x" * 5000, every=0.001) as port, pytest.raises(TooLargeError):
        fetched(HERE, tmp_path / "clip", most=100_000, network=_any(port))

    assert (tmp_path / "clip").stat().st_size <= 100_000


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
    ],
    ids=["silence", "endless header", "slow body"],
)
def test_a_server_that_takes_its_time_is_left(tmp_path: Path, first: bytes, drop: bytes) -> None:
    begun = monotonic()

    with (
        drips(first, drop, every=0.05) as port,
        pytest.raises(FetchFailedError, match=r"^films.example took too long"),
    ):
        fetched(HERE, tmp_path / "clip", most=100_000, params=HASTY, network=_any(port))

    assert monotonic() - begun < 2.0


def test_an_answer_that_breaks_off_is_no_file(tmp_path: Path) -> None:
    short = says(b"half", Content_Length="8")

    with (
        web({"films.example/clip.mp4": short}) as there,
        pytest.raises(FetchFailedError, match="broke off"),
    ):
        fetched(HERE, tmp_path / "clip", most=10, network=there.network(), params=HASTY)


def test_a_packed_answer_is_not_unpacked(tmp_path: Path) -> None:
    packed = says(b"\x1f\x8b" * 10, Content_Encoding="gzip")

    with web({"films.example/clip.mp4": packed}) as there, pytest.raises(FetchFailedError):
        fetched(HERE, tmp_path / "clip", most=1000, network=there.network())


def test_an_answer_other_than_a_file_says_so(tmp_path: Path) -> None:
    with (
        web({"films.example/clip.mp4": says(b"", 404)}) as there,
        pytest.raises(FetchFailedError, match="answered 404"),
    ):
        fetched(HERE, tmp_path / "clip", most=10, network=there.network())


def test_a_name_without_an_address_says_so() -> None:
    def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(host, port)

    with (
        pytest.raises(FetchFailedError, match=r"^films.example has no address"),
        opened(HERE, network=Network(nobody)),
    ):
        pass


def test_a_full_disk_is_not_told_as_a_fault_of_the_server() -> None:
    with (
        web({"films.example/clip.mp4": says(b"film")}) as there,
        pytest.raises(OSError, match="full"),
        opened(HERE, network=there.network()),
    ):
        raise OSError("full")


def test_settings_of_proxies_are_not_heeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")

    with web({"films.example/clip.mp4": says(b"film")}) as there:
        assert fetched(HERE, tmp_path / "clip", most=10, network=there.network()) == 4


def test_tls_is_told_the_name_though_the_address_is_connected_to(tmp_path: Path) -> None:
    asked: list[str] = []

    class Noted(ssl.SSLContext):
        @override
        def wrap_socket(self, *_: object, **facts: object) -> ssl.SSLSocket:
            asked.append(str(facts["server_hostname"]))
            raise ssl.SSLError

    with web({}) as there:
        network = replace(there.network(), tls=lambda: Noted(ssl.PROTOCOL_TLS_CLIENT))
        with pytest.raises(FetchFailedError):
            fetched("https://films.example/clip.mp4", tmp_path / "clip", most=10, network=network)

    assert (asked, there.reached) == (["films.example"], [PUBLIC])


def test_what_is_fetched_is_called_as_its_address_ends() -> None:
    assert name_of("https://films.example/") == "films.example"


def _any(port: int) -> Network:
    return Fake(port, {"films.example": [[PUBLIC]]}).network()
