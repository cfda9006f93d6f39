"""The page of the archive: its files, what could not be read, and how to add more."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.web.pages.templates import rendered
from api.web.service import Asking, Given, needs
from index.files import path_of

pages = APIRouter(dependencies=[needs("read")])
FAILURES = 200
"""Files that could not be read, told at most."""


@pages.get("/archive")
def archive(request: Request, given: Given, asking: Asking) -> HTMLResponse:
    """Return the page."""
    failures = given.archive.failures()
    page = rendered(
        "archive.html",
        request,
        id=given.archive.id,
        held=given.archive.extent(),
        failures=[(path_of(one.uri).name, one) for one in failures[:FAILURES]],
        failed=len(failures),
        may_add="ingest" in asking.scopes,
        roots=[path.name for path in getattr(given.settings, "ingest_roots", ())],
    )
    return HTMLResponse(page)
