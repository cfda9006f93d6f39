"""The audit log: who did what."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.web.service import Given, needs
from index.catalogue import deeds
from index.catalogue.deeds import Deed, Wanted

routes = APIRouter(prefix="/v1/audit", tags=["audit"], dependencies=[needs("admin")])


class Entry(BaseModel):
    """What somebody did."""

    at: datetime
    who: str = Field(
        description="Id of a key; `local` where there are none; `command` for the command line.",
        examples=["7mXq2LbT9KcE"],
    )
    name: str | None = Field(description="Of that key.", examples=["newsroom"])
    action: str = Field(
        description="A method and the template of an address, or a command.",
        examples=["DELETE /v1/traces/{trace}"],
    )
    target: str = Field(description="To what.", examples=["/v1/traces/2mZ0bq5LxTnYc4WfKpVdRg"])
    status: int = Field(description="The HTTP status that was answered.", examples=[204])
    request: str | None = Field(
        description="Id of the request, as the log has it.",
        examples=["0c1e4f5a9b7d4c2e8f60312ab4cd9e71"],
    )


class Entries(BaseModel):
    """A page of the audit log, the newest first."""

    items: list[Entry]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


@routes.get("")
def listed(  # noqa: PLR0913 # which page of which entries
    given: Given,
    *,
    cursor: Annotated[
        str | None, Query(pattern=r"^\d{1,18}$", description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Most entries of a page.")] = 50,
    since: Annotated[datetime | None, Query(description="Only from then on.")] = None,
    until: Annotated[datetime | None, Query(description="Only before then.")] = None,
    who: Annotated[
        str | None,
        Query(max_length=100, description="Only of this key, by its id; of `local` or `command`."),
    ] = None,
) -> Entries:
    """List who did what: each request that changed something, and each key made or revoked.

    It is kept as long as the setting `audit_days` says.
    """
    before = None if cursor is None else int(cursor)
    wanted = Wanted(_seconds(since), _seconds(until), None if who is None else (who,))
    with given.desk.reading() as change:
        found = deeds.listed(change, wanted=wanted, before=before, most=limit + 1)
    more = str(found[limit - 1].number) if len(found) > limit else None
    return Entries(items=[_told(deed) for deed in found[:limit]], next=more)


def _seconds(when: datetime | None) -> float | None:
    """Return a time in seconds since 1970; one that names no zone is of UTC."""
    if when is None:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _told(deed: Deed) -> Entry:
    return Entry(
        at=datetime.fromtimestamp(deed.at, UTC),
        who=deed.who,
        name=deed.name,
        action=deed.action,
        target=deed.target,
        status=deed.outcome,
        request=deed.request or None,
    )
