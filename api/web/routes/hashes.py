"""Hashes that were made elsewhere, looked up in banks, in the shapes hash-matching services use.

Source: Meta, ThreatExchange: Hasher-Matcher-Actioner, its signal types and its API.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from time import time
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, RootModel

from api.web.hashes import PDQ, Hash, kept
from api.web.lookups import TURNED_AWAY, Action, Lookups, Shared, action
from api.web.routes.banks import bad_hash
from api.web.service import Given, Service, needs
from index.banks import Match
from index.catalogue import banks
from index.catalogue.banks import Entry, Policy
from index.errors import NotFoundError
from index.hashing import exchanged
from index.hashing.exchanged import Kind

routes = APIRouter(prefix="/v1", tags=["hashes"], dependencies=[needs("read")])
MOST = 500
"""Hashes in one request."""


class Asked(RootModel[Annotated[list[Hash], Field(min_length=1, max_length=MOST)]]):
    """What is looked up."""


class HashMatch(BaseModel):
    """An entry of a bank that is like the hash."""

    bank: str = Field(description="Id of the bank.")
    name: str = Field(description="What people call it.")
    policy: Policy
    entry: str = Field(description="Id of the entry.")
    type: Kind
    value: str | None = Field(description="What it lists; null of lists of frames, for their size.")
    note: str | None
    distance: int | None = Field(
        description="Bits by which two PDQ hashes differ, at most 31; 0 of the same bytes; null of "
        "lists."
    )
    query_share: float | None = Field(
        description="Of lists: share of the frames asked for that are like one listed; 0.8 or more."
    )
    listed_share: float | None = Field(
        description="Of lists: share of the frames listed that are like one asked for."
    )


class Matched(BaseModel):
    """A hash, and what banks list that is like it."""

    type: Kind
    asset: str | None = Field(
        description="Of `sha256`: the address of the archive's file of these bytes, if it has one."
    )
    matches: list[HashMatch] = Field(description="The nearest first.")


class HashAnswer(Action):
    """What banks list that is like the hashes, in their order, and what is to be done."""

    items: list[Matched]


@routes.post("/hashes/lookup", responses={**TURNED_AWAY})
async def look_up(asked: Asked, given: Given, shared: Shared) -> HashAnswer:
    """Look up hashes that were made elsewhere: PDQ within 31 bits, vPDQ by frames, bytes as such.

    Only what banks list is looked through. The archive's own codes are not PDQ: to look footage up
    in the archive, send a fingerprint to /v1/lookup.
    """
    wanted = [kept(one) for one in asked.root]
    return await shared.turn(partial(_answered, wanted, given, shared))


class Raw(BaseModel):
    """An entry, as Hasher-Matcher-Actioner tells it."""

    content_id: int
    distance: str | None = Field(default=None, description="Where it was asked for.")


class RawAnswer(BaseModel):
    """Entries, as Hasher-Matcher-Actioner tells them."""

    matches: list[Raw | int] = Field(description="Ids, or with `include_distance` objects.")


type SignalType = Annotated[
    str,
    Query(
        description="What kind of hash it is.",
        json_schema_extra={"enum": ["pdq", "vpdq", "video_md5", "md5", "sha256"]},
    ),
]
type Signal = Annotated[str, Query(max_length=100_000, description="The hash.", examples=[PDQ])]


@routes.get("/hma/m/lookup", tags=["hma"])
def hma_lookup(signal: Signal, signal_type: SignalType, shared: Shared) -> list[str]:
    """Return the names of banks that list something like a hash, as /m/lookup does there."""
    [matches] = shared.banks.matches([_read(signal_type, signal)])
    return list(dict.fromkeys(one.bank.name for one in matches))


@routes.get("/hma/m/raw_lookup", tags=["hma"])
def hma_raw_lookup(
    signal: Signal, signal_type: SignalType, shared: Shared, *, include_distance: bool = False
) -> RawAnswer:
    """Return the entries that are like a hash, as /m/raw_lookup does there."""
    [matches] = shared.banks.matches([_read(signal_type, signal)])
    if not include_distance:
        return RawAnswer(matches=[one.entry.number for one in matches])
    return RawAnswer(
        matches=[Raw(content_id=one.entry.number, distance=_said(one)) for one in matches]
    )


class HmaBank(BaseModel):
    """A bank, as Hasher-Matcher-Actioner tells it."""

    name: str
    matching_enabled_ratio: float = 1.0


@routes.get("/hma/c/banks", tags=["hma"])
def hma_banks(given: Given) -> list[HmaBank]:
    """List all banks, as /c/banks does there."""
    with given.desk.reading() as change:
        return [HmaBank(name=bank.name) for bank in banks.listed(change, most=-1)]


class Signals(BaseModel):
    """What was listed, as Hasher-Matcher-Actioner tells it."""

    id: int
    signals: dict[str, str]


@routes.post(
    "/hma/c/bank/{name}/signal",
    tags=["hma"],
    dependencies=[needs("admin")],
    responses={404: {"description": "No bank has this name."}},
)
def hma_signal(
    name: str,
    wanted: Annotated[dict[str, str], Field(min_length=1, max_length=10, examples=[{"pdq": PDQ}])],
    given: Given,
) -> Signals:
    """List hashes in the bank of a name, by signal type, as /c/bank/{name}/signal does there."""
    rows = [_read(kind, value) for kind, value in wanted.items()]
    return _listed(name, rows, wanted, given)


def _listed(
    name: str, rows: Sequence[tuple[Kind, str]], wanted: Mapping[str, str], given: Service
) -> Signals:
    with given.desk.changing() as change:
        bank = banks.called(change, name)
        if bank is None:
            raise NotFoundError(f"No bank is called {name!r}.", hint="List them at /v1/banks.")
        entries = [Entry(bank.id, kind, value, None, time()) for kind, value in rows]
        banks.put(change, entries)
        first = banks.same(change, entries[0])
    return Signals(id=first.number if first else 0, signals=dict(wanted))


def _read(word: str, value: str) -> tuple[Kind, str]:
    """Return a hash as it is kept.

    Raises:
        RefusedError: It is none.
    """
    try:
        kind = exchanged.hash_kind(word)
        return kind, exchanged.canonical(kind, value)
    except ValueError as error:
        raise bad_hash(word, error) from error


def _answered(wanted: Sequence[tuple[Kind, str]], given: Service, shared: Lookups) -> HashAnswer:
    every = shared.banks.matches(wanted)
    items = [
        Matched(type=kind, asset=_asset(given, kind, value), matches=[_match(one) for one in found])
        for (kind, value), found in zip(wanted, every, strict=True)
    ]
    done = action(one for found in every for one in found)
    return HashAnswer(items=items, action=done.action, reasons=done.reasons)


def _asset(given: Service, kind: Kind, value: str) -> str | None:
    if kind is not Kind.SHA256:
        return None
    try:
        return f"/v1/assets/{given.archive.find(value).id}"
    except NotFoundError:
        return None


def _match(one: Match) -> HashMatch:
    kind = Kind(one.entry.kind)
    return HashMatch(
        bank=one.bank.id,
        name=one.bank.name,
        policy=one.bank.policy,
        entry=str(one.entry.number),
        type=kind,
        value=None if kind is Kind.VPDQ else one.entry.value,
        note=one.entry.note,
        distance=one.distance,
        query_share=_share(one.query),
        listed_share=_share(one.listed),
    )


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _said(one: Match) -> str:
    if one.query is None or one.listed is None:
        return str(one.distance)
    return f"{100 * one.query:.0f}% {100 * one.listed:.0f}%"
