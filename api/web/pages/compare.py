"""Both clips beside one another on a page of their own, with the findings to be judged."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.web.pages.templates import rendered
from api.web.routes.traces import owned, told
from api.web.service import Asking, Given

pages = APIRouter()


@pages.get("/traces/{trace}/compare")
def compare(trace: str, request: Request, given: Given, asking: Asking) -> HTMLResponse:
    """Return the page."""
    task = owned(given, asking, trace)
    return HTMLResponse(rendered("comparing.html", request, trace=told(task)))
