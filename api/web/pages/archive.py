"""The page of the archive: its files, what could not be read, and how to add more."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.problems import problem_of
from api.web.pages.forms import PROVEN
from api.web.pages.templates import rendered
from api.web.problems import RefusedError
from api.web.routes import assets, ingests
from api.web.routes.ingests import Ingest, Tally
from api.web.service import Asking, Caller, Given, Service, needs
from index.catalogue.assets import Order
from index.catalogue.tasks import State
from index.errors import UserError
from index.files import path_of
from lineage.report import clock

pages = APIRouter(dependencies=[needs("read")])
FILES = 50
"""Files that are told before a script asks for more, or a link leads to the next."""
FAILURES = 200
"""Files that could not be read, told at most."""
LATELY = 5
"""Folders of which it is told what became of them."""
ORDERS: Mapping[Order, str] = {
    Order.NEWEST: "newest first",
    Order.ADDED: "oldest first",
    Order.NAME: "by name",
    Order.NAME_BACK: "by name, from the end",
    Order.LONGEST: "longest first",
    Order.SHORTEST: "shortest first",
}


@pages.get("/archive")
def archive(  # noqa: PLR0913 # what is listed, and what every request is given
    *,
    request: Request,
    given: Given,
    asking: Asking,
    q: Annotated[str, Query(max_length=200)] = "",
    sort: Order = Order.NEWEST,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
) -> HTMLResponse:
    """Return the page, with the files that are asked for."""
    return HTMLResponse(_page(request, given, asking, **_listed(given, q, sort, cursor)))


@pages.post("/archive", dependencies=[needs("ingest"), PROVEN])
def add(
    request: Request,
    given: Given,
    asking: Asking,
    path: Annotated[str, Form(max_length=4096, pattern=r"^[^\x00]*$")] = "",
) -> Response:
    """Add a folder; lead back to the page, or show it again where it cannot be added."""
    try:
        ingests.queued(given, asking, path)
    except UserError as error:
        status = error.status if isinstance(error, RefusedError) else problem_of(error).status
        shown = _page(request, given, asking, error=error, wanted=path, **_listed(given))
        return HTMLResponse(shown, status)
    return RedirectResponse("/archive#add", HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    given: Service,
    asking: Caller,
    **facts: Any,  # noqa: ANN401 # the template's own
) -> str:
    failures = given.archive.failures()
    may_add = "ingest" in asking.scopes
    lately = ingests.page(given, asking, most=LATELY).items if may_add else []
    return rendered(
        "archive.html",
        request,
        **{"error": None, "wanted": "", **facts},
        id=given.archive.id,
        held=given.archive.extent(),
        orders=ORDERS,
        failures=[(path_of(one.uri).name, one) for one in failures[:FAILURES]],
        failed=len(failures),
        may_add=may_add,
        ingests=[(one, became(one)) for one in lately],
        roots=[path.name for path in given.settings.ingest_roots],
    )


def _listed(
    given: Service, q: str = "", sort: Order = Order.NEWEST, cursor: str | None = None
) -> dict[str, Any]:
    """Return the files that are asked for, and by what."""
    after = None if cursor is None else assets.place_of(cursor, sort)
    found = given.archive.page(sort, after=after, words=q or None, most=FILES + 1)
    return {
        "files": [assets.filed(one) for one in found[:FILES]],
        "following": assets.following(found, FILES, sort),
        "first": cursor is None,
        "q": q,
        "sort": sort,
    }


def became(one: Ingest) -> str:
    """Return where an ingest is, in words; archive.js says the same as it goes on."""
    counts = [] if one.tally is None else _counts(one.tally)
    match one.state:
        case State.QUEUED:
            return "Waiting for its turn."
        case State.RUNNING:
            stage = one.stage or "reading files"
            done = [] if one.tally is None else [f"{one.tally.done} of {one.tally.files} files"]
            left = (
                [f"about {clock(one.tally.left, digits=0)} left"]
                if one.tally and one.tally.left
                else []
            )
            return f"{', '.join([stage[:1].upper() + stage[1:], *done, *counts, *left])}."
        case State.FAILED:
            told = one.problem or {}
            return f"{told.get('title', 'It failed.')} {told.get('detail', '')}".strip()
        case State.CANCELLED:
            return f"Cancelled. What was added until then is kept{_after(counts[:1])}."
        case _:
            return f"Done{_after(counts)}."


def _counts(tally: Tally) -> list[str]:
    return [
        f"{tally.added} added",
        f"{tally.known} known before",
        f"{tally.failed} could not be read",
    ]


def _after(counts: list[str]) -> str:
    return f": {', '.join(counts)}" if counts else ""
