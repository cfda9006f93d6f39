"""Files that arrive in pieces: begun, added to by one at a time, and whole in the end.

How much there is says the file itself: what a service had written when it was killed counts.
"""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from io import BufferedRandom
from time import time

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.web import receiving
from api.web.problems import RefusedError
from api.web.service import Caller, Service, token
from api.web.tus import Checksum
from index.catalogue import uploads
from index.catalogue.uploads import Upload
from index.errors import NotFoundError

KEPT = 24 * 3600.0
"""Seconds without a byte after which an upload is deleted."""
OPEN = 20
"""Uploads of one caller that became nothing so far, at most."""


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


def begun(given: Service, asking: Caller, size: int, metadata: Mapping[str, str]) -> Upload:
    """Return a new upload of the caller's, of which nothing has arrived.

    Raises:
        RefusedError: It would be too large, or the caller has too many.
        NoSpaceError: There is no room for all that was promised.
    """
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


async def taken(
    request: Request, given: Service, upload: Upload, offset: int, told: Checksum
) -> Upload | None:
    """Add a request's body to an upload; return it as it is then.

    Returns:
        None where the bytes are not those whose checksum was sent, and none were kept.

    Raises:
        RefusedError: It is not at the offset, or somebody sends it just now.
        NotFoundError: It was deleted meanwhile.
    """
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
    return noted if told.right or gone else None


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
