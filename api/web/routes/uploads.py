"""Uploads by tus 1.0: a file comes in pieces, and goes on where it stopped, whatever broke.

How much there is says the file itself: what a service had written when it was killed counts. Its
owner then begins a trace of it.

Source: tus.io, Resumable upload protocol 1.0.x: core, and the extensions creation,
creation-with-upload, expiration, checksum and termination.
"""

import base64
import fcntl
import hashlib
import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from io import BufferedRandom
from time import time
from typing import Annotated, Any, override

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.web import receiving
from api.web.problems import RefusedError, answer
from api.web.service import Asking, Caller, Given, Service, needs, token
from index.catalogue import uploads
from index.catalogue.uploads import Upload
from index.errors import NotFoundError, UserError

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
SUMS: Mapping[str, Callable[[], "hashlib._Hash"]] = {
    "sha256": hashlib.sha256,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
}
"""By the names that tus gives them."""
BYTES = "application/offset+octet-stream"
MISMATCH = 460
"""The status of tus for bytes that are not those whose checksum was sent."""
KEPT = 24 * 3600.0
"""Seconds without a byte after which an upload is deleted."""
OPEN = 20
"""Uploads of one caller that became nothing so far, at most."""


class Route(APIRoute):
    """A route whose every answer says the version of tus, problems as well."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                response = await handle(request)
            except UserError as error:
                told = request.app.exception_handlers[UserError](request, error)
                response = await told if inspect.isawaitable(told) else told
            response.headers["Tus-Resumable"] = VERSION
            return response

        return handled


def resumable(
    tus_resumable: Annotated[str | None, Header(description=f"Always {VERSION}.")] = None,
) -> None:
    """Let a request through only if it speaks this version of tus."""
    if tus_resumable != VERSION:
        raise RefusedError(
            f"Uploads speak version {VERSION} of tus.",
            hint=f"Send the header Tus-Resumable: {VERSION}.",
            slug="tus-version",
            status=HTTPStatus.PRECONDITION_FAILED,
            headers={"Tus-Version": VERSION},
        )


routes = APIRouter(prefix="/v1/uploads", tags=["uploads"], route_class=Route)
SPEAKS = [needs("trace"), Depends(resumable)]
type Offset = Annotated[
    str | None, Header(pattern=r"^\d{1,18}$", description="Bytes that are there.")
]
type Sum = Annotated[
    str | None,
    Header(description="`sha256` or `sha1` and, after a space, the sum of this body in base64."),
]


@routes.options("", status_code=HTTPStatus.NO_CONTENT)
def offered(given: Given) -> Response:
    """Tell what of tus is spoken, and how large a file may be."""
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(given.settings.upload_limit),
        "Tus-Checksum-Algorithm": ",".join(SUMS),
    }
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)


@routes.post(
    "",
    status_code=HTTPStatus.CREATED,
    response_class=Response,
    dependencies=SPEAKS,
    responses={
        201: {"description": "It may begin; `Location` is its address."},
        413: {"description": "It is larger than `Tus-Max-Size`."},
        429: {"description": "Too many are unfinished."},
        507: {"description": "There is no room."},
    },
)
async def create(  # noqa: PLR0913, PLR0917 # what tus sends
    request: Request,
    given: Given,
    asking: Asking,
    upload_length: Annotated[
        str, Header(pattern=r"^\d{1,18}$", description="Bytes that the file has.")
    ],
    upload_metadata: Annotated[
        str | None,
        Header(description="`filename` and `filetype`, each with its value in base64."),
    ] = None,
    upload_checksum: Sum = None,
) -> Response:
    """Begin an upload; a body of its type is its first bytes."""
    upload = await run_in_threadpool(
        _created, given, asking, int(upload_length), _metadata(upload_metadata)
    )
    headers = {"Location": f"/v1/uploads/{upload.id}", "Upload-Expires": _expires(upload)}
    if request.headers.get("content-type") == BYTES:
        taken = await _take(request, given, upload, 0, upload_checksum)
        if taken.status_code != HTTPStatus.NO_CONTENT:
            return taken
        headers["Upload-Offset"] = taken.headers["Upload-Offset"]
    return Response(status_code=HTTPStatus.CREATED, headers=headers)


@routes.head("/{upload}", response_class=Response, dependencies=SPEAKS)
def there(upload: str, given: Given, asking: Asking) -> Response:
    """Tell how many bytes of an upload are there."""
    found = owned(given, asking, upload)
    with given.desk.upload(found.id).open("r+b") as file:
        size = receiving.settled(file)
    headers = {
        "Upload-Offset": str(size),
        "Upload-Length": str(found.size),
        "Upload-Expires": _expires(found),
        "Cache-Control": "no-store",
    }
    if found.metadata:
        headers["Upload-Metadata"] = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}"
            for name, value in found.metadata.items()
        )
    return Response(status_code=HTTPStatus.OK, headers=headers)


@routes.patch(
    "/{upload}",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=SPEAKS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
    responses={
        204: {"description": "They are there; `Upload-Offset` tells how many there are now."},
        409: {"description": "There are more or fewer bytes than `Upload-Offset` says."},
        415: {"description": f"The body is not {BYTES}."},
        423: {"description": "Somebody is sending just now."},
        460: {"description": "The bytes are not those of `Upload-Checksum`; none were kept."},
        507: {"description": "There is no room."},
    },
)
async def add(  # noqa: PLR0913, PLR0917 # what tus sends
    upload: str,
    request: Request,
    given: Given,
    asking: Asking,
    upload_offset: Offset = None,
    upload_checksum: Sum = None,
) -> Response:
    """Add bytes to an upload, at its end."""
    if request.headers.get("content-type") != BYTES:
        raise RefusedError(
            "The bytes of an upload have a type of their own.",
            hint=f"Send the header Content-Type: {BYTES}.",
            slug="upload-type",
            status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    if upload_offset is None:
        raise UserError("The header Upload-Offset is missing.", hint="Ask for it with HEAD.")
    found = await run_in_threadpool(owned, given, asking, upload)
    return await _take(request, given, found, int(upload_offset), upload_checksum)


@routes.delete("/{upload}", status_code=HTTPStatus.NO_CONTENT, dependencies=SPEAKS)
def delete(upload: str, given: Given, asking: Asking) -> Response:
    """Delete an upload with all that came of it."""
    found = owned(given, asking, upload)
    with given.desk.changing() as change:
        uploads.remove(change, found.id)
    given.desk.upload(found.id).unlink(missing_ok=True)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@routes.post("/{upload}", include_in_schema=False, dependencies=SPEAKS)
async def overridden(  # noqa: PLR0913, PLR0917 # what tus sends
    upload: str,
    request: Request,
    given: Given,
    asking: Asking,
    upload_offset: Offset = None,
    upload_checksum: Sum = None,
) -> Response:
    """Do what the header X-HTTP-Method-Override says, for those who can only send POST."""
    match request.headers.get("x-http-method-override", "").upper():
        case "PATCH":
            return await add(upload, request, given, asking, upload_offset, upload_checksum)
        case "HEAD":
            return await run_in_threadpool(there, upload, given, asking)
        case "DELETE":
            return await run_in_threadpool(delete, upload, given, asking)
    raise RefusedError(
        "An upload is added to by PATCH.",
        hint="Send PATCH, or name it in the header X-HTTP-Method-Override.",
        slug="method-not-allowed",
        status=HTTPStatus.METHOD_NOT_ALLOWED,
        headers={"Allow": "HEAD, PATCH, DELETE"},
    )


def owned(given: Service, asking: Caller, name: str) -> Upload:
    """Return an upload of the caller's.

    Raises:
        NotFoundError: There is none of that id, or it is someone else's.
    """
    with given.desk.reading() as change:
        found = uploads.find(change, name)
    if found is None or found.owner != asking.id or not given.desk.upload(found.id).exists():
        raise NotFoundError(
            "There is no upload of this id.", hint="Begin a new one; they are kept for a day."
        )
    return found


def whole(given: Service, asking: Caller, name: str) -> Upload:
    """Return an upload of the caller's that has arrived.

    Raises:
        NotFoundError: As `owned`.
        RefusedError: It has not.
    """
    found = owned(given, asking, name)
    size = given.desk.upload(found.id).stat().st_size
    if size < found.size:
        raise RefusedError(
            f"Of the upload {size:,} bytes are there, and {found.size:,} were promised.",
            hint="Send the rest first.",
            slug="incomplete",
            status=HTTPStatus.CONFLICT,
        )
    return found


def _created(given: Service, asking: Caller, size: int, metadata: Mapping[str, str]) -> Upload:
    if size > given.settings.upload_limit:
        raise receiving.large(given.settings.upload_limit)
    now = time()
    upload = Upload(
        id=token(),
        owner=asking.id,
        name=receiving.name(metadata.get("filename", "")),
        size=size,
        received=0,
        metadata=metadata,
        created_at=now,
        expires_at=_until(given, now, now),
    )
    with given.desk.changing() as change:
        given.desk.expect_room(size + uploads.promised(change))
        if uploads.count(change, owner=asking.id) >= OPEN:
            raise RefusedError(
                f"{OPEN} uploads of yours wait to be finished or traced.",
                hint="Trace or delete some, or wait until they are deleted.",
                slug="too-many",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                headers={"Retry-After": "60"},
            )
        given.desk.upload(upload.id).touch(mode=0o600, exist_ok=False)
        uploads.add(change, upload)
    return upload


@dataclass(slots=True)
class _Sum:
    """The checksum that was sent, and that of what comes; without one, all is well."""

    sum: "hashlib._Hash | None" = None
    wanted: bytes = b""

    def add(self, piece: bytes) -> None:
        if self.sum is not None:
            self.sum.update(piece)

    @property
    def right(self) -> bool:
        return self.sum is None or self.sum.digest() == self.wanted


async def _take(
    request: Request, given: Service, upload: Upload, offset: int, checksum: str | None
) -> Response:
    """Add a request's body to an upload, and return what is answered."""
    told = _sum(checksum)
    with _writing(given, upload, offset) as file:
        receiving.expect_small(request.headers.get("content-length"), upload.size - offset)
        gone = False
        try:
            async for piece in receiving.pieces(request, most=upload.size - offset):
                await run_in_threadpool(_put, given, file, piece)
                told.add(piece)
        except ClientDisconnect:
            gone = True  # what came is kept, and nobody waits for the answer
        if not told.right:
            await run_in_threadpool(file.truncate, offset)
        noted = await run_in_threadpool(_noted, given, upload, file)
    if not told.right and not gone:
        return answer(
            request,
            MISMATCH,
            "checksum",
            "The bytes are not those whose checksum was sent.",
            "Send them again; none were kept.",
        )
    headers = {"Upload-Offset": str(noted.received), "Upload-Expires": _expires(noted)}
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)


@contextmanager
def _writing(given: Service, upload: Upload, offset: int) -> Iterator[BufferedRandom]:
    """Give an upload's file, at its end, to one who knows where that is; to one at a time."""
    with given.desk.upload(upload.id).open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError(
                "This upload is being sent just now.",
                hint="Wait until that has ended, and ask with HEAD where it did.",
                slug="upload-locked",
                status=HTTPStatus.LOCKED,
            ) from error
        size = receiving.settled(file)
        if size != offset:
            raise RefusedError(
                f"{size:,} bytes of this upload are there, not {offset:,}.",
                hint="Ask with HEAD where it stopped, and go on from there.",
                slug="upload-offset",
                status=HTTPStatus.CONFLICT,
                headers={"Upload-Offset": str(size)},
            )
        file.seek(offset)
        yield file


def _put(given: Service, file: BufferedRandom, piece: bytes) -> None:
    given.desk.expect_room(len(piece))
    file.write(piece)
    file.flush()


def _noted(given: Service, upload: Upload, file: BufferedRandom) -> Upload:
    """Note how much of an upload is on disk, and until when it is kept."""
    until = _until(given, upload.created_at, time())
    now = replace(upload, received=receiving.settled(file), expires_at=until)
    with given.desk.changing() as change:
        if not uploads.note(change, now.id, received=now.received, expires_at=now.expires_at):
            raise NotFoundError("This upload was deleted.", hint="Begin a new one.")
    return now


def _until(given: Service, begun: float, now: float) -> float:
    return min(now + KEPT, begun + 3600 * given.settings.keep_hours)


def _expires(upload: Upload) -> str:
    return format_datetime(datetime.fromtimestamp(upload.expires_at, UTC), usegmt=True)


def _sum(header: str | None) -> _Sum:
    if header is None:
        return _Sum()
    name, _, value = header.partition(" ")
    try:
        return _Sum(SUMS[name](), base64.b64decode(value, validate=True))
    except (KeyError, ValueError) as error:
        raise UserError(
            "The header Upload-Checksum cannot be read.",
            hint=f"Send one of {', '.join(SUMS)}, a space, and the sum in base64.",
        ) from error


def _metadata(header: str | None) -> dict[str, str]:
    """Return what an upload's header says of it, by name.

    Raises:
        UserError: It is not written as tus says.
    """
    found: dict[str, str] = {}
    for pair in (header or "").split(","):
        name, _, value = pair.strip().partition(" ")
        if not name:
            continue
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except ValueError as error:
            raise UserError(
                "The header Upload-Metadata cannot be read.",
                hint="Send names, each with its value in base64 after a space, parted by commas.",
            ) from error
    return found
