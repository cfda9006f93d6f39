"""What each problem means, for whoever follows its `type`."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.web.meanings import MEANINGS
from api.web.pages.templates import rendered
from index.errors import NotFoundError

pages = APIRouter(prefix="/problems")


@pages.get("")
def every(request: Request) -> HTMLResponse:
    """Return the page of all problems."""
    return HTMLResponse(rendered("meanings.html", request, meanings=MEANINGS))


@pages.get("/{slug}")
def one(request: Request, slug: str) -> HTMLResponse:
    """Return the page of one problem.

    Raises:
        NotFoundError: There is none of that name.
    """
    if slug not in MEANINGS:
        raise NotFoundError(
            "There is no problem of this name.", hint="See /problems for those there are."
        )
    return HTMLResponse(rendered("meanings.html", request, meanings={slug: MEANINGS[slug]}))
