"""Whole lists of banks, in the shapes in which others exchange hashes."""

from collections.abc import Iterator, Sequence
from functools import partial
from http import HTTPStatus
from time import time
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.exports import hashlists
from api.exports.hashlists import Row, Shape, UnreadableError
from api.web.bodies import body
from api.web.problems import RefusedError
from api.web.routes.banks import NONE, bad_hash, found
from api.web.service import Given, Service, needs
from index.catalogue import banks
from index.catalogue.banks import Entry
from index.hashing import exchanged

routes = APIRouter(prefix="/v1/banks", tags=["banks"], dependencies=[needs("read")])
MOST_BYTES = 32_000_000
MOST_ROWS = 200_000
"""Of a list that is read in one go."""
BATCH = 2_000
"""Entries kept in one transaction, so that others can write between."""
SHAPES = {"text/csv": Shape.CSV, "text/plain": Shape.TEXT, "application/json": Shape.JSON}
ITEM = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"enum": ["pdq", "vpdq", "md5", "video_md5", "sha256", "asset"]},
        "value": {"type": "string", "description": "Of vpdq, a list will do as well."},
        "note": {"type": ["string", "null"]},
    },
}
LIST = {"type": "array", "items": ITEM}
"""A list in JSON."""
_ENDINGS = {Shape.CSV: "csv", Shape.TEXT: "txt", Shape.JSON: "json"}


class Imported(BaseModel):
    """What became of a list."""

    read: int = Field(description="How many it held.")
    added: int = Field(description="How many of them the bank did not list yet.")


@routes.get(
    "/{bank}/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The list.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "text/plain": {"schema": {"type": "string"}},
                "application/json": {"schema": LIST},
            },
        },
        **NONE,
    },
)
def export(
    bank: str,
    given: Given,
    *,
    shape: Annotated[
        Shape, Query(alias="format", description="CSV, lines or JSON, as others exchange hashes.")
    ] = Shape.CSV,
) -> StreamingResponse:
    """Write all that a bank lists, for other hash-matching services; assets by their SHA-256."""
    kept = found(given, bank)
    kinds = {shape: kind for kind, shape in SHAPES.items()}
    parts = hashlists.written(_rows(given, bank), shape, name=kept.name)
    # Files are named by the server alone: a bank's name may be anything.
    named = {"Content-Disposition": f'attachment; filename="bank.{_ENDINGS[shape]}"'}
    return StreamingResponse(parts, media_type=kinds[shape], headers=named)


@routes.post(
    "/{bank}/import",
    dependencies=[needs("admin")],
    responses={
        **NONE,
        413: {"description": "It is too large."},
        422: {"description": "It cannot be read; the problem says where. Nothing was added."},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "signal_type,signal_str,tags\npdq," + "f8f8f0cce0f4e84d" * 4 + ",\n",
                },
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": "video_md5 d41d8cd98f00b204e9800998ecf8427e\n",
                },
                "application/json": {"schema": LIST},
            },
        }
    },
)
async def bring(bank: str, request: Request, given: Given) -> Imported:
    """List all that a file lists, in a shape that `export` writes; what is listed already stays.

    Nothing is added unless all of it can be read.
    """
    shape = _shape(request)
    data = await body(request, MOST_BYTES)
    return await run_in_threadpool(partial(_brought, bank, data, shape, given))


def _rows(given: Service, bank: str) -> Iterator[Row]:
    after = 0
    while True:
        with given.desk.reading() as change:
            part = banks.held(change, bank, after=after, most=BATCH)
        if not part:
            return
        yield from (Row(hashlists.signal(one.kind), one.value, one.note) for one in part)
        after = part[-1].number


def _shape(request: Request) -> Shape:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in SHAPES:
        raise RefusedError(
            "A list of hashes comes as CSV, as lines or as JSON.",
            hint=f"Send it with the Content-Type {', '.join(SHAPES)}.",
            slug="media-type",
            status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    return SHAPES[kind]


def _brought(bank: str, data: bytes, shape: Shape, given: Service) -> Imported:
    found(given, bank)
    try:
        rows = hashlists.read(data.decode(), shape)
        if len(rows) > MOST_ROWS:
            raise UnreadableError(f"it holds {len(rows):,} hashes, more than {MOST_ROWS:,}")
    except ValueError as error:
        reason = "it is not in UTF-8" if isinstance(error, UnicodeDecodeError) else error
        raise RefusedError(
            f"The list cannot be read: {reason}.",
            hint="Mend it and send it again; nothing was added.",
            slug="bad-list",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        ) from error
    kept = _kept(bank, rows)
    added = 0
    for first in range(0, len(kept), BATCH):
        found(given, bank)
        with given.desk.changing() as change:
            added += banks.put(change, kept[first : first + BATCH])
    return Imported(read=len(rows), added=added)


def _kept(bank: str, rows: Sequence[Row]) -> list[Entry]:
    now, kept = time(), []
    for number, row in enumerate(rows, start=1):
        try:
            kind = exchanged.kind(row.signal)
            value = exchanged.canonical(kind, row.value)
        except ValueError as error:
            raise bad_hash(
                row.signal, ValueError(f"{error} (number {number} of the list)")
            ) from error
        kept.append(Entry(bank, kind, value, (row.note or "")[:1000] or None, now))
    return kept
