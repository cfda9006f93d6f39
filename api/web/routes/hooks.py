"""Webhooks: addresses that are told what has ended and what has arrived."""

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from time import time
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.web.gate.replays import SECRET
from api.web.problems import RefusedError
from api.web.service import Asking, Caller, Given, Service, needs, token
from api.web.telling import at, maybe
from api.work import announcing
from api.work.delivering import DEFAULT, Courier, address
from index.catalogue import hooks as rows
from index.catalogue.hooks import Delivery as Row
from index.catalogue.hooks import Hook, Progress
from index.errors import NotFoundError

routes = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=[needs("trace")])
MOST = 20
"""Hooks that somebody may have."""
RANDOM = 32
"""Random bytes of a secret; the standard asks for 24 to 64."""

type Event = Literal["trace.done", "trace.failed", "watch.arrived", "ingest.done", "ingest.failed"]
type Address = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=r"^https?://[^\s\x85\uFEFF]+$",  # of these two, readers of \s think differently
        description="Where messages are sent by POST: https at its usual port. Where the setting "
        "`hook_networks` names networks, http and other ports of these as well.",
        examples=["https://example.org/wherefrom"],
    ),
]
type Events = Annotated[list[Event], Field(min_length=1, max_length=20)]


class Wanted(BaseModel):
    """Who is to be told, and of what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"url": "https://example.org/wherefrom", "events": ["trace.done", "trace.failed"]}
            ]
        }
    )

    url: Address
    events: Events


class Changed(BaseModel):
    """What is to be different; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"active": False}]})

    url: Address | None = None
    events: Events | None = None
    active: bool | None = Field(None, description="Whether it is told anything.")


class Webhook(BaseModel):
    """One address, and what it is told of."""

    id: str = Field(examples=["q0Zb3yJtT1mYc8nXw5dKfA"])
    url: str
    events: list[str]
    active: bool
    stopped: str | None = Field(description="Why the service itself stopped telling it anything.")
    created_at: datetime
    links: Mapping[str, str]


class Secret(Webhook):
    """The same with its secret, which is shown once."""

    secret: str = Field(
        description="`whsec_` and base64: the key of the signatures. Keep it; it is not shown "
        "again."
    )


class Webhooks(BaseModel):
    """A page of webhooks."""

    items: list[Webhook]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class Delivery(BaseModel):
    """One message to a webhook, and what became of it."""

    id: str = Field(description="The header `webhook-id`, the same however often it is sent.")
    event: str
    state: Progress
    attempts: int
    status: int | None = Field(description="What was answered last.")
    error: str | None = Field(description="Why nothing was.")
    created_at: datetime
    tried_at: datetime | None
    next_at: datetime | None = Field(description="When it is tried next; null for never.")
    body: Mapping[str, Any] = Field(description="What is sent.")


class Deliveries(BaseModel):
    """A page of messages, the newest first."""

    items: list[Delivery]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


def courier(request: Request) -> Courier:
    """Return what sends messages."""
    return cast("Courier", request.app.state.courier)


type Sending = Annotated[Courier, Depends(courier)]


@routes.post("", status_code=HTTPStatus.CREATED)
def add(request: Request, given: Given, asking: Asking, response: Response, body: Wanted) -> Secret:
    """Tell an address what happens; the answer holds the secret that signs what is sent.

    It is told of what its maker asked for; made with a key of an admin, of what anybody did.
    Messages are as Standard Webhooks specify: signed, sent at least once, in no order.
    """
    hook = Hook(
        id=token(),
        owner=asking.id,
        url=address(body.url, given.settings.hook_networks),
        secret=_secret(),
        events=tuple(dict.fromkeys(body.events)),
        created_at=time(),
    )
    with given.desk.changing() as change:
        if rows.counted(change, asking.id) >= MOST:
            raise RefusedError(
                f"There are {MOST} webhooks already.",
                hint="Delete one that is not needed.",
                slug="too-many-webhooks",
                status=HTTPStatus.CONFLICT,
            )
        rows.add(change, hook)
    response.headers["Location"] = f"/v1/webhooks/{hook.id}"
    return _with_secret(hook, request)


@routes.get("")
def listed(
    given: Given,
    asking: Asking,
    *,
    cursor: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9]{1,40}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Webhooks:
    """List one's own webhooks; an admin's list holds everyone's."""
    owner = None if "admin" in asking.scopes else asking.id
    with given.desk.reading() as change:
        found = rows.listed(change, owner=owner, after=cursor, most=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return Webhooks(items=[_told(hook) for hook in found[:limit]], next=more)


@routes.get("/{webhook}")
def one(webhook: str, given: Given, asking: Asking) -> Webhook:
    """Tell of one webhook."""
    return _told(_owned(given, asking, webhook))


@routes.patch("/{webhook}")
def alter(webhook: str, given: Given, asking: Asking, body: Changed) -> Webhook:
    """Change the address, the events, or whether it is told anything.

    Made inactive, what still waits for it is given up.
    """
    hook = _owned(given, asking, webhook)
    values: dict[str, Any] = {}
    if body.url is not None:
        values["url"] = address(body.url, given.settings.hook_networks)
    if body.events is not None:
        values["events"] = list(dict.fromkeys(body.events))
    if body.active is not None:
        values |= {"active": body.active, "stopped": None}
    with given.desk.changing() as change:
        if values:
            rows.alter(change, hook.id, **values)
        if body.active is False:
            rows.give_up(change, hook.id)
    return _told(_owned(given, asking, webhook))


@routes.delete("/{webhook}", status_code=HTTPStatus.NO_CONTENT)
def delete(webhook: str, given: Given, asking: Asking) -> None:
    """Tell an address nothing more, and forget what was sent to it."""
    hook = _owned(given, asking, webhook)
    with given.desk.changing() as change:
        rows.remove(change, hook.id)


@routes.post("/{webhook}/rotate")
def rotate(webhook: str, request: Request, given: Given, asking: Asking) -> Secret:
    """Make a new secret, shown once; for a day, messages are signed with the old one as well."""
    hook = _owned(given, asking, webhook)
    with given.desk.changing() as change:
        rows.alter(
            change,
            hook.id,
            secret=_secret(),
            old_secret=hook.secret,
            old_until=time() + DEFAULT.overlap,
        )
    return _with_secret(_owned(given, asking, webhook), request)


@routes.post("/{webhook}/ping", status_code=HTTPStatus.ACCEPTED)
def ping(webhook: str, given: Given, asking: Asking, sending: Sending) -> Delivery:
    """Send a message of the event `ping`, to see whether it comes."""
    hook, now = _owned(given, asking, webhook), time()
    _refuse_inactive(hook)
    body = announcing.body(announcing.PING, {"id": hook.id}, now=now)
    sent = Row(hook.id, announcing.message(), announcing.PING, body, created_at=now, next_at=now)
    with given.desk.changing() as change:
        rows.queue(change, sent)
    sending.wake()
    return _delivery(sent)


@routes.get("/{webhook}/deliveries")
def deliveries(
    webhook: str,
    given: Given,
    asking: Asking,
    *,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Deliveries:
    """List the messages to a webhook, and what became of them; kept for 30 days."""
    hook = _owned(given, asking, webhook)
    before = None if cursor is None else int(cursor)
    with given.desk.reading() as change:
        found = rows.delivered(change, hook.id, before=before, most=limit + 1)
    more = str(found[limit - 1].number) if len(found) > limit else None
    return Deliveries(items=[_delivery(each) for each in found[:limit]], next=more)


@routes.post("/{webhook}/deliveries/{message}/retry", status_code=HTTPStatus.ACCEPTED)
def retry(webhook: str, message: str, given: Given, asking: Asking, sending: Sending) -> Delivery:
    """Send a message now, whatever became of it, and as often as a new one if that fails."""
    hook = _owned(given, asking, webhook)
    _refuse_inactive(hook)
    with given.desk.changing() as change:
        found = rows.delivery(change, hook.id, message)
        if found is None:
            raise NotFoundError("There is no message of this id.", hint="See the deliveries.")
        rows.again(change, found.number, now=time())
        found = rows.delivery(change, hook.id, message) or found
    sending.wake()
    return _delivery(found)


def _owned(given: Service, asking: Caller, name: str) -> Hook:
    """Return a webhook of the caller's; an admin's are all.

    Raises:
        NotFoundError: There is none of that id, or it is someone else's.
    """
    with given.desk.reading() as change:
        hook = rows.find(change, name)
    if hook is None or not ("admin" in asking.scopes or hook.owner == asking.id):
        raise NotFoundError("There is no webhook of this id.", hint="See the list of webhooks.")
    return hook


def _refuse_inactive(hook: Hook) -> None:
    if not hook.active:
        raise RefusedError(
            "This webhook is told nothing: it is not active.",
            hint="Set `active` to true first.",
            slug="webhook-inactive",
            status=HTTPStatus.CONFLICT,
        )


def _secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(RANDOM)).decode()


def _told(hook: Hook) -> Webhook:
    here = f"/v1/webhooks/{hook.id}"
    return Webhook(
        id=hook.id,
        url=hook.url,
        events=list(hook.events),
        active=hook.active,
        stopped=hook.stopped,
        created_at=at(hook.created_at),
        links={"self": here, "deliveries": f"{here}/deliveries"},
    )


def _with_secret(hook: Hook, request: Request) -> Secret:
    """Return a webhook with its secret, in an answer of which no copy is kept."""
    setattr(request.state, SECRET, True)
    return Secret(**_told(hook).model_dump(), secret=hook.secret)


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row.message,
        event=row.event,
        state=row.state,
        attempts=row.attempts,
        status=row.status,
        error=row.error,
        created_at=at(row.created_at),
        tried_at=maybe(row.tried_at),
        next_at=maybe(row.next_at),
        body=json.loads(row.body),
    )
