"""The first page: drop a clip, and see what was traced lately."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.web.pages.templates import rendered
from api.web.routes.traces import told
from api.web.service import Asking, Given
from index.catalogue import tasks

pages = APIRouter()
LATELY = 20
"""Traces that are listed."""


@pages.get("/")
def search(request: Request, given: Given, asking: Asking) -> HTMLResponse:
    """Return the page."""
    owner = None if "admin" in asking.scopes else asking.id
    with given.desk.reading() as change:
        found = tasks.listed(change, kind="trace", owner=owner, most=LATELY)
    stats = given.archive.stats()
    lately = [told(task) for task in found]
    page = rendered("search.html", request, stats=stats, lately=lately)
    return HTMLResponse(page)
