"""Which addresses may be reached: those of the public internet, and no others.

Sources: the special-purpose address registries of IANA (RFC 6890), RFC 4291 section 2.4.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

UNICAST = IPv6Network("2000::/3")
"""All that is global unicast. IPv4 that is mapped, compatible or translated (NAT64) lies outside,
as do link-local and unique local addresses and multicast."""
CLOSED = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, RFC 7526
    IPv6Network("2001::/23"),  # protocol assignments; Teredo holds an IPv4 address, RFC 4380
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4 holds an IPv4 address, RFC 3056
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)
"""What counts as global, to Python or by its prefix, and leads elsewhere or nowhere."""


def public(address: str) -> bool:
    """Return whether an address belongs to the public internet, and to one machine there.

    >>> public("1.1.1.1"), public("127.0.0.1"), public("::ffff:1.1.1.1")
    (True, False, False)

    Args:
        address: As resolvers write it.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if any(found.version == one.version and found in one for one in CLOSED):
        return False
    if isinstance(found, IPv6Address):
        return found in UNICAST and found.is_global
    return _public4(found)


def _public4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved
