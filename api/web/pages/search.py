"""The first page: drop a clip, and see what was traced lately."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.web.pages.templates import rendered
from api.web.routes.traces import told
from api.web.service import Asking, Given
from index.catalogue import tasks
from lineage.report import counted

pages = APIRouter()
LATELY = 20
"""Traces that are listed."""
DAY = 24
"""Hours."""


@pages.get("/")
def search(request: Request, given: Given, asking: Asking) -> HTMLResponse:
    """Return the page."""
    owner = None if "admin" in asking.scopes else asking.id
    with given.desk.reading() as change:
        recent = tasks.listed(change, kind="trace", owner=owner, most=LATELY)
    page = rendered(
        "search.html",
        request,
        held=given.archive.extent(),
        channels=[name for name in given.archive.recipes if name in {"picture", "sound"}],
        limit=given.settings.upload_limit,
        kept=kept(given.settings.keep_hours),
        fetches=bool(getattr(given.settings, "fetch", False)),
        recent=[told(task) for task in recent],
    )
    return HTMLResponse(page)


def kept(hours: float) -> str:
    """Return how long something is kept.

    >>> kept(72), kept(36), kept(1), kept(0.5)
    ('3 days', '36 hours', '1 hour', '30 minutes')
    """
    if hours < 1:
        return counted(max(1, round(60 * hours)), "minute")
    if hours >= DAY and hours % DAY == 0:
        return counted(round(hours / DAY), "day")
    return counted(round(hours), "hour")
