"""Forms that browsers send by themselves, without a script."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Form, Request

from api.web.gate.keys import proof, same
from api.web.problems import RefusedError


def proven(request: Request, token: Annotated[str, Form(max_length=200)] = "") -> None:
    """Let a form through only where a page of ours made it.

    The gate has refused those of other sites by what browsers say of themselves; this asks for what
    only a page of the same session can know.

    Raises:
        RefusedError: It lacks the session's token.
    """
    session = request.state.session
    if session is not None and not same(token, proof(session)):
        raise RefusedError(
            "The form lacks the proof that a page of this service made it.",
            hint="Open the page anew, and send the form again.",
            slug="csrf",
            status=HTTPStatus.FORBIDDEN,
        )


PROVEN = Depends(proven)
"""What a route of such a form depends on; the form holds `token.html`."""
