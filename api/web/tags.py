"""Answers with a tag, so that who has one already need not be sent it again."""

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import Response

FRESH = "private, no-cache"
"""Kept by whoever asked alone, who asks again whether it is still so."""


def tagged(request: Request, document: Mapping[str, Any]) -> Response:
    """Return a document as JSON with its tag; nothing but the tag where the caller has it."""
    body = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return unless_had(request, tag) or Response(
        body, media_type="application/json", headers={"ETag": tag, "Cache-Control": FRESH}
    )


def unless_had(request: Request, tag: str, *, cache: str = FRESH) -> Response | None:
    """Return the answer to one who has what has this tag; None to all others."""
    had = request.headers.get("if-none-match", "")
    words = [word.strip().removeprefix("W/") for word in had.split(",")]
    if tag not in words and "*" not in words:
        return None
    headers = {"ETag": tag, "Cache-Control": cache}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
