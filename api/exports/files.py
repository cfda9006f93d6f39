"""How files are named in documents that are published: by what they hold, not by where they lie."""

from base64 import urlsafe_b64encode

PUBLIC = ("http://", "https://")
"""How an address begins that others can open. Places on a disk are nobody else's business."""


def hash_uri(digest: str) -> str:
    """Return a file's name by its digest.

    Args:
        digest: SHA-256 of its bytes, 64 hex digits.

    Source: RFC 6920, Naming Things with Hashes.

    >>> hash_uri("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    'ni:///sha-256;47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'
    """
    code = urlsafe_b64encode(bytes.fromhex(digest)).decode("ascii")
    return f"ni:///sha-256;{code.rstrip('=')}"


def public(uri: str) -> str | None:
    """Return an address if others can open it, else None."""
    return uri if uri.startswith(PUBLIC) else None
