"""Uploads by tus 1.0: a file comes in pieces, and goes on where it stopped, whatever broke.

Its owner then begins a trace of it.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.concurrency import run_in_threadpool

from api.web import arriving, receiving, tus
from api.web.problems import RefusedError, answer
from api.web.service import Asking, Given, Service, needs
from api.web.tus import BYTES, Offset, Sum
from index.catalogue import uploads
from index.catalogue.uploads import Upload
from index.errors import UserError

routes = APIRouter(prefix="/v1/uploads", tags=["uploads"], route_class=tus.Route)
SPEAKS = [needs("trace"), Depends(tus.resumable)]


@routes.options("", status_code=HTTPStatus.NO_CONTENT)
def offered(given: Given) -> Response:
    """Tell what of tus is spoken, and how large a file may be."""
    headers = {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(given.settings.upload_limit),
        "Tus-Checksum-Algorithm": ",".join(tus.SUMS),
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
        arriving.begun, given, asking, int(upload_length), tus.metadata(upload_metadata)
    )
    headers = {
        "Location": f"/v1/uploads/{upload.id}",
        "Upload-Expires": tus.date(upload.expires_at),
    }
    if request.headers.get("content-type") == BYTES:
        taken = await _taken(request, given, upload, 0, upload_checksum)
        if taken.status_code != HTTPStatus.NO_CONTENT:
            return taken
        headers["Upload-Offset"] = taken.headers["Upload-Offset"]
    return Response(status_code=HTTPStatus.CREATED, headers=headers)


@routes.head("/{upload}", response_class=Response, dependencies=SPEAKS)
def there(upload: str, given: Given, asking: Asking) -> Response:
    """Tell how many bytes of an upload are there."""
    found = arriving.owned(given, asking, upload)
    with given.desk.upload(found.id).open("r+b") as file:
        size = receiving.settled(file)
    headers = {
        "Upload-Offset": str(size),
        "Upload-Length": str(found.size),
        "Upload-Expires": tus.date(found.expires_at),
        "Cache-Control": "no-store",
    }
    if found.metadata:
        headers["Upload-Metadata"] = tus.told(found.metadata)
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
    found = await run_in_threadpool(arriving.owned, given, asking, upload)
    return await _taken(request, given, found, int(upload_offset), upload_checksum)


@routes.delete("/{upload}", status_code=HTTPStatus.NO_CONTENT, dependencies=SPEAKS)
def delete(upload: str, given: Given, asking: Asking) -> Response:
    """Delete an upload with all that came of it."""
    found = arriving.owned(given, asking, upload)
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


async def _taken(
    request: Request, given: Service, upload: Upload, offset: int, checksum: str | None
) -> Response:
    """Add a request's body to an upload, and return what is answered."""
    noted = await arriving.taken(request, given, upload, offset, tus.checksum(checksum))
    if noted is None:
        return answer(
            request,
            tus.MISMATCH,
            "checksum",
            "The bytes are not those whose checksum was sent.",
            "Send them again; none were kept.",
        )
    headers = {"Upload-Offset": str(noted.received), "Upload-Expires": tus.date(noted.expires_at)}
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
