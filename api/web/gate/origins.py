"""Where a request comes from: names of this machine, and pages of other sites.

Sources: Fetch Metadata Request Headers (W3C); RFC 6454, section 7; RFC 9110, section 7.2.
"""

import ipaddress
from collections.abc import Mapping

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods that change something."""
PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers that a proxy adds."""


def host_name(host: str) -> str:
    """Return the name within a Host header, in small letters, without its port.

    >>> host_name("[::1]:8417"), host_name("LocalHost:80"), host_name("localhost.")
    ('::1', 'localhost', 'localhost.')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def loopback(name: str) -> bool:
    """Return whether a name or address can only be this machine.

    >>> [loopback(name) for name in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "127.0.0.1.evil")]
    [True, True, True, False, False]
    """
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def foreign(headers: Mapping[str, str], scheme: str) -> bool | None:
    """Return whether a page of another site causes a request; None where no browser says so.

    Args:
        headers: Of the request, by names in small letters.
        scheme: By which it came.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:  # pages cannot set it
        return site not in {"same-origin", "none"}
    if origin is not None:
        return origin.lower() != f"{scheme}://{headers.get('host', '')}".lower()
    return None


def navigation(headers: Mapping[str, str]) -> bool:
    """Return whether a browser goes to a page by this, as by a link or a form."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") in {
        "document",
        None,
    }


def proxied(headers: Mapping[str, str]) -> bool:
    """Return whether a proxy has passed a request on."""
    return any(name in headers for name in PROXIED)
