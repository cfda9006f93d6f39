"""Banks: lists of archived files and of hashes made elsewhere, each with what is to be done."""

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from time import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.web.cursors import cursor as cursor_of
from api.web.cursors import place
from api.web.hashes import DIGEST, Md5, Pdq, Sha256, Typed, Vpdq, kept
from api.web.problems import RefusedError
from api.web.service import Given, Service, needs, token
from index.catalogue import banks
from index.catalogue.banks import Bank as Kept
from index.catalogue.banks import Entry as KeptEntry
from index.catalogue.banks import Policy
from index.errors import NotFoundError
from index.hashing.exchanged import Kind

routes = APIRouter(prefix="/v1/banks", tags=["banks"], dependencies=[needs("read")])

type Name = Annotated[
    str,
    Field(min_length=1, max_length=100, description="What people call it.", examples=["idents"]),
]
type Why = Annotated[
    str,
    Field(max_length=1000, description="Why, for people.", examples=["Our own footage, cleared."]),
]


class NewBank(BaseModel):
    """A bank to be made."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    policy: Policy = Field(description="What is to be done with a clip that shows what it lists.")
    reason: Why = ""


class Changed(BaseModel):
    """What is changed of a bank; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    policy: Policy | None = None
    reason: Why | None = None


class Bank(BaseModel):
    """A bank."""

    id: str
    name: str
    policy: Policy
    reason: str
    entries: int = Field(description="How much it lists.")
    created_at: datetime


class Banks(BaseModel):
    """A page of banks, by name."""

    items: list[Bank]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class Noted(BaseModel):
    """What is noted about an entry."""

    note: str | None = Field(default=None, max_length=1000, description="For people.")


class NewAsset(Typed, Noted):
    """A file of the archive."""

    type: Literal["asset"]
    value: str = Field(
        pattern="^[0-9a-f]{16,64}$", description="Its id or its SHA-256.", examples=[DIGEST[:16]]
    )


class NewSha256(Sha256, Noted):
    """Any file, by its SHA-256."""


class NewMd5(Md5, Noted):
    """Any file, by its MD5."""


class NewPdq(Pdq, Noted):
    """A picture, by its PDQ hash."""


class NewVpdq(Vpdq, Noted):
    """A video, by PDQ hashes of its frames."""


type NewEntry = Annotated[
    NewAsset | NewSha256 | NewMd5 | NewPdq | NewVpdq, Field(discriminator="type")
]


class Entry(BaseModel):
    """What a bank lists."""

    id: str
    type: Kind
    value: str = Field(description="SHA-256 of an asset; else the hash.")
    note: str | None
    created_at: datetime


class Entries(BaseModel):
    """A page of what a bank lists, in the order in which it came."""

    items: list[Entry]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


type Told = dict[int | str, dict[str, Any]]

TAKEN: Told = {409: {"description": "Another bank has this name."}}
NONE: Told = {404: {"description": "There is no such bank."}}


@routes.get("")
def listed(
    given: Given,
    *,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Banks:
    """List banks by name."""
    after = "" if cursor is None else place(cursor, str)[0]
    with given.desk.reading() as change:
        found = banks.listed(change, after=after, most=limit + 1)
        items = [told(bank, banks.count(change, bank.id)) for bank in found[:limit]]
    return Banks(items=items, next=cursor_of(items[-1].name) if len(found) > limit else None)


@routes.post("", dependencies=[needs("admin")], status_code=HTTPStatus.CREATED, responses={**TAKEN})
def make(wanted: NewBank, given: Given, response: Response) -> Bank:
    """Make a bank, which lists nothing yet."""
    bank = Kept(token(), wanted.name, wanted.policy, wanted.reason, time())
    with given.desk.changing() as change:
        if not banks.add(change, bank):
            raise _taken(bank)
    response.headers["Location"] = f"/v1/banks/{bank.id}"
    return told(bank, 0)


@routes.get("/{bank}", responses={**NONE})
def one(bank: str, given: Given) -> Bank:
    """Show a bank."""
    here = found(given, bank)
    with given.desk.reading() as change:
        return told(here, banks.count(change, bank))


@routes.patch("/{bank}", dependencies=[needs("admin")], responses={**NONE, **TAKEN})
def change(bank: str, wanted: Changed, given: Given) -> Bank:
    """Change a bank's name, policy or reason; what it lists stays."""
    new = wanted.model_dump(exclude_none=True)
    with given.desk.changing() as changing:
        kept = replace(_found(banks.find(changing, bank)), **new)
        if not banks.replace(changing, kept):
            raise _taken(kept)
        return told(kept, banks.count(changing, bank))


@routes.delete(
    "/{bank}",
    dependencies=[needs("admin")],
    status_code=HTTPStatus.NO_CONTENT,
    responses={**NONE},
)
def remove(bank: str, given: Given) -> None:
    """Forget a bank with all it lists; files of the archive stay."""
    with given.desk.changing() as change:
        _found(banks.find(change, bank))
        banks.remove(change, bank)


@routes.get("/{bank}/entries", responses={**NONE})
def entries(
    bank: str,
    given: Given,
    *,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Entries:
    """List what a bank lists."""
    after = 0 if cursor is None else place(cursor, int)[0]
    found(given, bank)
    with given.desk.reading() as change:
        kept = banks.held(change, bank, after=_number(after), most=limit + 1)
    more = cursor_of(kept[limit - 1].number) if len(kept) > limit else None
    return Entries(items=[told_entry(each) for each in kept[:limit]], next=more)


@routes.post(
    "/{bank}/entries",
    dependencies=[needs("admin")],
    status_code=HTTPStatus.CREATED,
    responses={
        200: {"model": Entry, "description": "The bank lists it already."},
        **NONE,
    },
)
def put(bank: str, wanted: NewEntry, given: Given, response: Response) -> Entry:
    """List a file of the archive, or a hash that was made elsewhere."""
    found(given, bank)
    kind, value = meant(wanted, given)
    entry = KeptEntry(bank, kind, value, wanted.note, time())
    with given.desk.changing() as change:
        _found(banks.find(change, bank))
        new = banks.put(change, [entry])
        kept = banks.same(change, entry)
    if not new:
        response.status_code = HTTPStatus.OK
    return told_entry(kept or entry)


@routes.delete(
    "/{bank}/entries/{entry}",
    dependencies=[needs("admin")],
    status_code=HTTPStatus.NO_CONTENT,
    responses={404: {"description": "There is no such entry."}},
)
def strike(bank: str, entry: str, given: Given) -> None:
    """Strike an entry off a bank."""
    number = int(entry) if entry.isascii() and entry.isdigit() and len(entry) < len("9" * 19) else 0
    with given.desk.changing() as change:
        if not banks.drop(change, bank, number):
            raise NotFoundError("The bank has no entry of this id.", hint="List its entries.")


def found(given: Service, bank: str) -> Kept:
    """Return the bank of an id.

    Raises:
        NotFoundError: There is none.
    """
    with given.desk.reading() as change:
        return _found(banks.find(change, bank))


def meant(wanted: NewEntry, given: Service) -> tuple[Kind, str]:
    """Return kind and value of what is to be listed, as they are kept.

    Raises:
        NotFoundError: No asset has this id.
    """
    if isinstance(wanted, NewAsset):
        return Kind.ASSET, given.archive.find(wanted.value).digest
    return kept(wanted)


def bad_hash(kind: str, error: ValueError) -> RefusedError:
    """Return the refusal of what is no hash."""
    return RefusedError(
        f"This is no value of the type {kind[:20]!r}: {error}.",
        hint="Send asset, sha256, md5, pdq or vpdq as docs/banks.md shows them.",
        slug="bad-hash",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def told(bank: Kept, entries: int) -> Bank:
    """Return a bank as the API tells it."""
    return Bank(
        id=bank.id,
        name=bank.name,
        policy=bank.policy,
        reason=bank.reason,
        entries=entries,
        created_at=datetime.fromtimestamp(bank.created_at, UTC),
    )


def told_entry(entry: KeptEntry) -> Entry:
    """Return an entry as the API tells it."""
    return Entry(
        id=str(entry.number),
        type=Kind(entry.kind),
        value=entry.value,
        note=entry.note,
        created_at=datetime.fromtimestamp(entry.created_at, UTC),
    )


def _found(bank: Kept | None) -> Kept:
    if bank is None:
        raise NotFoundError("There is no bank of this id.", hint="List them at /v1/banks.")
    return bank


def _taken(bank: Kept) -> RefusedError:
    return RefusedError(
        f"Another bank is called {bank.name!r}.",
        hint="Choose another name, or change that bank.",
        slug="name-taken",
        status=HTTPStatus.CONFLICT,
    )


def _number(given: int) -> int:
    return max(0, min(given, 2**62))
