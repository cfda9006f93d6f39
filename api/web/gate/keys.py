"""What a key looks like: `wf_<id>_<secret>`, of which only the digest is kept."""

import hashlib
import hmac
import re
import secrets

KEY = re.compile(r"wf_([0-9A-Za-z]{12})_[0-9A-Za-z_-]{43}", re.ASCII)
ABSENT = hashlib.sha256(b"").hexdigest()
"""Compared where there is no key of an id, so that this takes as long as a wrong secret."""
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def mint() -> tuple[str, str]:
    """Return the id of a new key, and the whole key: 256 bits that nobody can guess."""
    name = "".join(secrets.choice(LETTERS) for _ in range(12))
    return name, f"wf_{name}_{secrets.token_urlsafe(32)}"


def id_of(key: str) -> str | None:
    """Return the id within a key; None where it is none."""
    found = KEY.fullmatch(key)
    return found and found[1]


def digest(secret: str) -> str:
    """Return what is kept of a key or a cookie: its SHA-256. It is random, so no salt is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def same(given: str, kept: str) -> bool:
    """Return whether two texts are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), kept.encode("utf-8", "surrogateescape")
    )


def cookie() -> str:
    """Return the cookie of a new session: 256 bits."""
    return secrets.token_urlsafe(32)


def proof(cookie: str) -> str:
    """Return what scripts of our own pages send with a change, and other sites cannot know."""
    return hmac.digest(cookie.encode("utf-8", "surrogateescape"), b"wherefrom csrf", "sha256").hex()
