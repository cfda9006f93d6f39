"""Bodies of requests that are read as they come, and no further than they may be long."""

from http import HTTPStatus

from fastapi import Request

from api.web.problems import RefusedError


async def body(request: Request, most: int) -> bytes:
    """Return the body of a request.

    Args:
        request: The request.
        most: Bytes it may have.

    Raises:
        RefusedError: It has more.
    """
    held = bytearray()
    async for part in request.stream():
        held += part
        if len(held) > most:
            raise RefusedError(
                f"The request is larger than {most / 1e6:.0f} MB.",
                hint="Send less in one request.",
                slug="too-large",
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
    return bytes(held)
