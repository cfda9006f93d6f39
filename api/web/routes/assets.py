"""Archived files: found, shown, pictured and forgotten."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from enum import IntEnum
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.exports.cards import card, facts
from api.exports.texts import text
from api.web.aside import Aside
from api.web.cursors import cursor as cursor_of
from api.web.cursors import place
from api.web.problems import RefusedError
from api.web.service import Given, Service, needs
from api.web.tags import tagged, unless_had
from api.web.thumbnails import Thumbnails
from index.archive import Archive
from index.catalogue.assets import Entry, Order
from index.errors import ArchiveBusyError, NotFoundError
from index.values import Asset as Archived


class Side(IntEnum):
    """Pixels of the long side of a picture: few sizes, so that few are kept of each moment."""

    SMALL = 160
    USUAL = 320
    LARGE = 640
    WHOLE = 1280


KEPT = "private, max-age=3600"
"""Of pictures, which stay what they are as long as their file is archived."""
SOON = "30"
"""Seconds after which one who found the archive busy may ask again."""
NONE: dict[int | str, dict[str, Any]] = {404: {"description": "No archived file has this id."}}


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Keep what decodes archived files as long as the service runs."""
    app.state.drawing, app.state.aside = anyio.CapacityLimiter(1), Aside()
    try:
        yield
    finally:
        app.state.aside.close()


routes = APIRouter(
    prefix="/v1/assets", tags=["assets"], dependencies=[needs("read")], lifespan=running
)


class Asset(BaseModel):
    """An archived file."""

    id: str = Field(description="The first 16 digits of its SHA-256.")
    name: str = Field(description="The file's own name.")
    title: str | None
    published_at: str | None
    uri: str = Field(description="Its address in this API.")
    sha256: str
    duration: float = Field(description="Seconds.")
    width: int | None
    height: int | None
    frame_rate: float | None
    has_picture: bool
    has_sound: bool
    container: str
    codec: str
    losses: list[str] = Field(description="What could not be read of it.")
    size: int | None = Field(description="Bytes of its file where it was seen last.")
    added_at: datetime


class Assets(BaseModel):
    """A page of archived files."""

    items: list[Asset]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class Card(Asset):
    """All that is known of an archived file."""

    codes: int
    level: str = Field(description="How densely it was measured.")
    metadata: dict[str, Any] = Field(description="Whatever else was said of it.")
    places: int = Field(description="At how many places the file was seen.")
    at_hand: bool = Field(description="Whether its file can be read now, so that it proves things.")


@routes.get("")
def listed(
    given: Given,
    *,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    sort: Annotated[Order, Query(description="A minus has the last come first.")] = Order.NEWEST,
    q: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Only those in whose name or title this stands; ASCII letters in either "
            "case.",
        ),
    ] = None,
) -> Assets:
    """List archived files, the newest first unless told otherwise."""
    after = None if cursor is None else place_of(cursor, sort)
    found = given.archive.page(sort, after=after, words=q or None, most=limit + 1)
    return Assets(items=list(map(filed, found[:limit])), next=following(found, limit, sort))


@routes.get("/{asset}", response_model=Card, responses={**NONE})
def one(asset: str, request: Request, given: Given) -> Response:
    """Show all that is known of an archived file."""
    archived = asset_of(given, asset)
    known = given.archive.card(archived)
    document = card(known) | told(archived)
    places = document.pop("locations")
    document["metadata"] = dict(known.metadata)
    document["size"] = known.locations[0].size if known.locations else None
    document |= {"places": len(places), "at_hand": given.archive.file(archived) is not None}
    return tagged(request, document)


@routes.get(
    "/{asset}/thumbnail",
    response_class=Response,
    responses={
        200: {"description": "A JPEG.", "content": {"image/jpeg": {}}},
        304: {"description": "The caller has it."},
        404: {"description": "No archived file has this id, or there is no picture of it."},
    },
)
async def thumbnail(
    asset: str,
    request: Request,
    given: Given,
    *,
    at: Annotated[
        float | None,
        Query(ge=0, allow_inf_nan=False, description="Seconds; by default a third through."),
    ] = None,
    side: Annotated[Side, Query(description="Pixels of the long side, at most.")] = Side.USUAL,
) -> Response:
    """Return a picture of a moment of an archived file, made when it is first asked for."""
    archived = await anyio.to_thread.run_sync(asset_of, given, asset)
    drawn = thumbnails(request, given)
    name = drawn.name(archived, at, side)
    tag = f'"{name}"'
    had = unless_had(request, tag, cache=KEPT)
    if had is not None:
        return had
    data = await anyio.to_thread.run_sync(drawn.kept, name)
    if data is None:
        # Those who wait for the decoder must not keep threads from those who do not.
        make = partial(drawn.made, name, given.archive, archived)
        data = await anyio.to_thread.run_sync(make, limiter=request.app.state.drawing)
    if data is None:
        raise RefusedError(
            f"There is no picture of {text(archived.name)}.",
            hint="It has none, or its file is not where it was indexed: put it back there.",
            slug="no-picture",
            status=HTTPStatus.NOT_FOUND,
        )
    return Response(data, media_type="image/jpeg", headers={"ETag": tag, "Cache-Control": KEPT})


@routes.delete(
    "/{asset}",
    dependencies=[needs("ingest")],
    status_code=HTTPStatus.NO_CONTENT,
    responses={**NONE, 503: {"description": "Another process writes to the archive."}},
)
def remove(asset: str, request: Request, given: Given) -> None:
    """Forget an archived file with its codes and pictures; the file itself is left alone.

    Banks go on listing it, and the lineage goes on naming it.
    """
    archived = asset_of(given, asset)
    try:
        with Archive.open(given.archive.path, write=True) as writer:
            writer.remove(archived)
    except ArchiveBusyError as error:
        raise RefusedError(
            "The archive is being written to, so nothing can be removed now.",
            hint=f"Ask again after {SOON} s; files may be on their way in.",
            slug="archive-busy",
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Retry-After": SOON},
        ) from error
    thumbnails(request, given).forget(archived)


def asset_of(given: Service, name: str) -> Archived:
    """Return the asset of an id, or of its SHA-256.

    Raises:
        NotFoundError: There is none.
    """
    if re.fullmatch(r"[0-9a-f]{16,64}", name):
        try:
            return given.archive.find(name)
        except NotFoundError:
            pass
    raise NotFoundError("No archived file has this id.", hint="List them at /v1/assets.")


def told(asset: Archived) -> dict[str, Any]:
    """Return an asset as the API tells it: where it is here, not where on the server's disk."""
    said = facts(asset) | {"uri": f"/v1/assets/{asset.id}", "name": text(asset.name)}
    return said | {"title": None if asset.title is None else text(asset.title)}


def filed(entry: Entry) -> Asset:
    """Return an asset as lists tell it."""
    added = datetime.fromisoformat(entry.added_at)
    return Asset(**told(entry.asset), size=entry.size, added_at=added)


def following(found: Sequence[Entry], limit: int, sort: Order) -> str | None:
    """Return the cursor of the next page, given one entry more than fits on this; None for none."""
    if len(found) <= limit:
        return None
    last = found[limit - 1].asset
    return cursor_of(last.media.duration if sort.by == "duration" else last.name, last.row)


def place_of(cursor: str, sort: Order) -> tuple[str | float, int]:
    """Return name, or length where that decides, and row of the last asset of a page."""
    lasts = sort.by == "duration"
    first, row = place(cursor, float if lasts else str, int)
    return float(str(first)) if lasts else str(first), max(0, min(int(str(row)), 2**62))


def thumbnails(request: Request, given: Service) -> Thumbnails:
    """Return the pictures; made when first asked for."""
    state = request.app.state
    if not hasattr(state, "thumbnails"):
        state.thumbnails = Thumbnails.of(given.archive.path, state.aside)
    found: Thumbnails = state.thumbnails
    return found
