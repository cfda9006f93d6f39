from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.fetching.addresses import public

INSIDE = [
    "0.0.0.0",  # noqa: S104 # an address to refuse
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.9",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_leads_inside_or_nowhere_is_not_public(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize("address", ["", "localhost", "2130706433", "0x7f.1", "127.1"])
def test_what_is_no_address_is_not_public(address: str) -> None:
    assert not public(address)


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_by_being_written_as_ipv6(address: IPv4Address) -> None:
    number = int(address)

    embedded = [
        IPv6Address(number),
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address(int(ip_network("64:ff9b::/96").network_address) | number),
        IPv6Address(0x2002 << 112 | number << 80 | 1),
    ]

    assert not any(public(str(one)) for one in embedded)
