"""How a trace begins: a clip in a form, an upload, an address or codes become a task that waits."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from pathlib import Path
from statistics import fmean
from time import time
from typing import Any, Self
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.concurrency import run_in_threadpool

from api.fetching.fetch import name_of, plain
from api.web import arriving, receiving
from api.web.problems import RefusedError
from api.web.service import Caller, Service, token
from api.work import tracing
from index import fingerprints
from index.catalogue import tasks
from index.catalogue import uploads as rows
from index.catalogue.database import Change
from index.catalogue.tasks import Task
from index.catalogue.uploads import Upload
from index.errors import UserError

LATELY = 30.0
"""Seconds that a trace is expected to take where none has ended yet."""
LONGEST_WAIT = 3600
"""Seconds after which one who was refused may ask again, at most."""
NO = {"false", "0", "no", "off"}


class Start(BaseModel):
    """What is to be traced: one of three."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"upload": "q3hZ0ZC1x5nBqj3Kz8bV2A"},
                {"url": "https://films.example/clip.mp4", "reveal": False},
            ]
        },
    )

    upload: str | None = Field(None, description="Id of an upload that has arrived.", max_length=64)
    url: str | None = Field(
        None,
        description="Where the clip lies, if the setting `fetch` is on.",
        max_length=4096,
    )
    fingerprint: dict[str, Any] | None = Field(
        None, description="Codes of the clip, as docs/fingerprint-format.md describes them."
    )
    name: str | None = Field(None, description="What to call it.", max_length=4096)
    reveal: bool = Field(default=True, description="Compare pixels too.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.upload, self.url, self.fingerprint)) != 1:
            raise ValueError("name one of upload, url and fingerprint")
        return self


FORM = {
    "type": "object",
    "properties": {
        "clip": {"type": "string", "format": "binary", "description": "The clip."},
        "url": {"type": "string", "description": "Where it lies, if no clip is sent."},
        "reveal": {"type": "boolean", "default": True, "description": "Compare pixels too."},
    },
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": FORM},
            "application/json": {"schema": Start.model_json_schema()},
        },
    }
}
"""What the API's description says of a request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be traced, once it is clear.

    Attributes:
        name: For people.
        request: Of the task.
        place: Puts what is traced into the task's folder.
        upload: That it was, and is no more once the task waits.
    """

    name: str
    request: Mapping[str, Any]
    place: Callable[[Path], object] = lambda _: None
    upload: Upload | None = None


async def started(request: Request, given: Service, asking: Caller) -> Task:
    """Return a new task that waits, of what a request sends.

    Raises:
        UserError: It cannot be taken, now or at all.
    """
    await run_in_threadpool(_expect_turn, given, asking)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        most = fingerprints.MOST_BYTES + receiving.AROUND
        data = await receiving.whole(request, most=most)
        asked = await run_in_threadpool(_asked, given, asking, data)
    elif kind == "application/x-www-form-urlencoded":
        data = await receiving.whole(request, most=receiving.FIELD)
        fields = parse_qs(data.decode("utf-8", "replace"))
        asked = _of_form(given, {name: values[-1] for name, values in fields.items()})
    else:
        return await _of_parts(request, given, asking)
    return await run_in_threadpool(_queued, given, asking, asked)


async def _of_parts(request: Request, given: Service, asking: Caller) -> Task:
    """Return a new task of what a form of several parts sends, its clip in a file."""
    limit, clip = given.settings.upload_limit, given.desk.upload(f"{token()}-form")
    try:
        form = await receiving.form(
            request, clip, file="clip", most=limit, room=given.desk.expect_room
        )
        asked = (
            Asked(
                form.filename or "clip",
                {"reveal": _said(form.fields)},
                lambda folder: clip.rename(folder / tracing.CLIP),
            )
            if form.size
            else _of_form(given, form.fields)
        )
        return await run_in_threadpool(_queued, given, asking, asked)
    finally:
        clip.unlink(missing_ok=True)


def _of_form(given: Service, fields: Mapping[str, str]) -> Asked:
    if not fields.get("url", "").strip():
        raise receiving.bad_form("it has neither a file in the field clip nor an address in url")
    return _addressed(given, fields["url"].strip(), reveal=_said(fields))


def _said(fields: Mapping[str, str]) -> bool:
    return fields.get("reveal", "true").strip().lower() not in NO


def _asked(given: Service, asking: Caller, data: bytes) -> Asked:
    """Return what a document asks for."""
    try:
        start = Start.model_validate_json(data)
    except ValidationError as error:
        places = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(places) from error
    if start.url is not None:
        return _addressed(given, start.url, reveal=start.reveal, name=start.name)
    if start.fingerprint is not None:
        return _coded(start.fingerprint, start.name)
    upload = arriving.whole(given, asking, start.upload or "")
    return Asked(
        start.name or upload.name,
        {"reveal": start.reveal},
        lambda folder: os.link(given.desk.upload(upload.id), folder / tracing.CLIP),
        upload,
    )


def _addressed(given: Service, url: str, *, reveal: bool, name: str | None = None) -> Asked:
    """Return that what lies at an address is asked for.

    Raises:
        RefusedError: Nothing is fetched here.
        FetchRefusedError: Nothing is fetched from such an address.
    """
    if not given.settings.fetch:
        raise RefusedError(
            "This service fetches nothing from addresses.",
            hint="Send the clip itself, or have the setting fetch turned on.",
            slug="fetch-off",
            status=HTTPStatus.FORBIDDEN,
        )
    ports = given.settings.fetch_ports
    plain(url, ports)
    request = {
        "reveal": reveal,
        "url": url,
        "most": given.settings.upload_limit,
        "ports": list(ports),
    }
    return Asked(name or name_of(url), request)


def _coded(document: Mapping[str, Any], name: str | None) -> Asked:
    """Return that codes are to be looked up.

    Raises:
        BadMediaError: They are none.
    """
    data = json.dumps(document).encode()
    prints = fingerprints.parsed(data, Path("The fingerprint"))
    return Asked(
        name or prints.name or "fingerprint",
        {"codes": True},
        lambda folder: _put(folder / tracing.CODES, data),
    )


def _put(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        receiving.settled(file)


def _queued(given: Service, asking: Caller, asked: Asked) -> Task:
    """Return the task of what was asked for, which waits now."""
    now = time()
    task = Task(
        id=token(),
        kind=tracing.KIND,
        owner=asking.id,
        name=receiving.name(asked.name),
        request=asked.request,
        created_at=now,
        expires_at=now + 3600 * given.settings.keep_hours,
    )
    folder = given.desk.folder(task.id)
    folder.mkdir(mode=0o700)
    with ExitStack() as unless:
        unless.callback(given.desk.sweep, task.id)
        asked.place(folder)
        with given.desk.changing() as change:
            _expect_place(change, given, asking)
            if asked.upload is not None and not rows.remove(change, asked.upload.id):
                raise UserError("This upload was traced already.", hint="Send it again.")
            tasks.add(change, task)
        unless.pop_all()
    if asked.upload is not None:
        given.desk.upload(asked.upload.id).unlink(missing_ok=True)
    given.workers.wake()
    return task


def _expect_turn(given: Service, asking: Caller) -> None:
    """Make sure that one more clip may wait, before it is sent."""
    with given.desk.reading() as change:
        _expect_place(change, given, asking)


def _expect_place(change: Change, given: Service, asking: Caller) -> None:
    """Make sure that one more clip may wait.

    Raises:
        RefusedError: As many wait as may, of all or of the caller's.
    """
    if tasks.waiting(change, kind=tracing.KIND) >= given.settings.queue_limit:
        raise RefusedError(
            f"{given.settings.queue_limit} clips wait to be traced, and no more may.",
            hint="Try again after the seconds in Retry-After.",
            slug="busy",
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Retry-After": _wait(change, given)},
        )
    limit = given.settings.caller_limit
    if tasks.unfinished(change, kind=tracing.KIND, owner=asking.id) >= limit:
        raise RefusedError(
            f"{limit} clips of yours wait or are being traced, and no more may.",
            hint="Wait until one of them is done, or cancel one.",
            slug="too-many",
            status=HTTPStatus.TOO_MANY_REQUESTS,
            headers={"Retry-After": _wait(change, given)},
        )


def _wait(change: Change, given: Service) -> str:
    """Return the seconds after which a place should be free, going by what traces took lately."""
    lasted = tasks.lasted(change, kind=tracing.KIND)
    each = fmean(lasted) if lasted else LATELY
    return str(min(LONGEST_WAIT, max(1, ceil(each / max(1, given.workers.count)))))
