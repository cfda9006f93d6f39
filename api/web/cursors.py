"""Cursors: where a page of a list ended, as a word that means nothing to those who hand it back."""

import base64
import binascii
import json
from http import HTTPStatus

from api.web.problems import RefusedError

type Place = str | int | float | None
"""What the last item of a page is sorted by."""


def cursor(*place: Place) -> str:
    """Return the cursor of a place in a list.

    >>> cursor("a", 1)
    'WyJhIiwxXQ'
    """
    text = json.dumps(place, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def place[T: Place](given: str, *kinds: type[T]) -> tuple[T, ...]:
    """Return the place a cursor stands for.

    Args:
        given: The cursor.
        kinds: Of its parts.

    Raises:
        RefusedError: It was not made here.
    """
    try:
        padded = given + "=" * (-len(given) % 4)
        data = base64.b64decode(padded, altchars=b"-_", validate=True)
        parts = json.loads(data.decode("utf-8", "surrogatepass"))
    except (binascii.Error, ValueError, RecursionError):
        parts = None
    right = isinstance(parts, list) and len(parts) == len(kinds)
    if not right or any(type(one) is not kind for one, kind in zip(parts, kinds, strict=True)):
        raise RefusedError(
            "The cursor is none that this list gave.",
            hint="Hand back `next` as it came, with the same sorting, or begin without one.",
            slug="cursor",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return tuple(parts)
