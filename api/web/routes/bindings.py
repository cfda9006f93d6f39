"""C2PA's Soft Binding Resolution API over what an archive knows: manifests that a copy has lost.

Source: C2PA, Soft Binding Resolution API 1.0.0, of the technical specification 2.1.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.web.aside import Aside
from api.web.bodies import body
from api.web.lookups import TURNED_AWAY, Shared
from api.web.problems import RefusedError
from api.web.service import Given, Service, needs, token
from index import jumbf
from index.catalogue import carriers
from index.errors import BadMediaError, MissingFileError, NotFoundError
from index.fingerprints import MOST_BYTES, parsed
from index.values import CODE_BITS, Asset, AssetRow
from lineage.coarse import lookup
from lineage.prints import fingerprints

routes = APIRouter(prefix="/v1/c2pa", tags=["c2pa"], dependencies=[needs("read")])
ALGORITHM = "invalid.wherefrom.fingerprint.1"
"""Named as the C2PA's list asks, under a domain that nobody can own: it is not on that list."""
CONTENT_BYTES = 200_000_000
"""Of a file that is sent to be matched: it is decoded while the caller waits."""
LOOKED_AT = 50
"""Files of which it is looked up at a time what they carry, where a manifest is not known."""
TYPE = "application/c2pa"

type Most = Annotated[
    int, Query(alias="maxResults", ge=1, le=100, description="Manifests that are told at most.")
]
type Algorithm = Annotated[str, Query(json_schema_extra={"enum": [ALGORITHM]})]


class BindingQuery(BaseModel):
    """A soft binding."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"alg": ALGORITHM, "value": "eyJzY2hlbWEiOiAi…"}]}
    )

    alg: str = Field(json_schema_extra={"enum": [ALGORITHM]})
    value: str = Field(
        max_length=4 * MOST_BYTES // 3 + 4,
        description="Base64 of what `wherefrom fingerprint` writes.",
    )


class ManifestMatch(BaseModel):
    """A manifest that an archived file carries, of which the query is likely a copy."""

    manifestId: str = Field(description="Its label.")  # noqa: N815 # as the C2PA spells it
    similarityScore: int = Field(  # noqa: N815 # as the C2PA spells it
        ge=0, le=100, description="100 for the same codes or bytes, 0 for unrelated ones. No proof."
    )


class BindingResult(BaseModel):
    """Manifests that were found, the likeliest first."""

    matches: list[ManifestMatch]


class AlgorithmName(BaseModel):
    """An algorithm."""

    alg: str


class Algorithms(BaseModel):
    """What soft bindings can be resolved here."""

    watermarks: list[AlgorithmName]
    fingerprints: list[AlgorithmName]


BAD: dict[int | str, dict[str, Any]] = {
    400: {"description": "The value is none of that algorithm, or nobody knows the algorithm."},
    **TURNED_AWAY,
}


@routes.get("/services/supportedAlgorithms")
def supported() -> Algorithms:
    """Tell which soft bindings can be resolved: wherefrom's fingerprint, and no watermark."""
    return Algorithms(watermarks=[], fingerprints=[AlgorithmName(alg=ALGORITHM)])


@routes.get("/matches/byBinding", responses={**BAD})
async def by_binding(  # noqa: PLR0913 # the query, and what answers it
    alg: Algorithm,
    value: Annotated[str, Query(max_length=100_000, description="Base64; longer ones by POST.")],
    request: Request,
    given: Given,
    shared: Shared,
    *,
    most: Most = 10,
) -> BindingResult:
    """Find manifests by a soft binding that fits into an address."""
    query = BindingQuery(alg=alg, value=value)
    return await shared.turn(partial(_bound, query, given, request.app.state.aside, most))


@routes.post("/matches/byBinding", responses={**BAD})
async def by_large_binding(
    query: BindingQuery, request: Request, given: Given, shared: Shared, *, most: Most = 10
) -> BindingResult:
    """Find manifests by a soft binding of any size."""
    return await shared.turn(partial(_bound, query, given, request.app.state.aside, most))


@routes.post(
    "/matches/byContent",
    dependencies=[needs("trace")],
    responses={
        **BAD,
        413: {"description": "The file is too large."},
        415: {"description": "The file cannot be decoded."},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("video/*", "image/*", "audio/*")
            },
        }
    },
)
async def by_content(
    request: Request,
    given: Given,
    shared: Shared,
    *,
    alg: Algorithm = ALGORITHM,
    most: Most = 10,
) -> BindingResult:
    """Find manifests by a file, which is measured at once and deleted."""
    _known(alg)
    sent = await body(request, min(CONTENT_BYTES, given.settings.upload_limit))
    return await shared.turn(partial(_content, sent, given, request.app.state.aside, most))


@routes.get(
    "/manifests/{manifest}",
    response_class=Response,
    responses={
        200: {"description": "A manifest store, as the file carries it.", "content": {TYPE: {}}},
        404: {"description": "No archived file that is at hand is known to carry it."},
    },
)
async def manifest(
    manifest: str,
    request: Request,
    given: Given,
    *,
    active: Annotated[
        bool,
        Query(
            alias="returnActiveManifest", description="Only the active one, not the whole store."
        ),
    ] = False,
) -> Response:
    """Return the manifests of the archived file that carries this one, unchanged and unchecked."""
    find = partial(_store, manifest, given, request.app.state.aside)
    held = await anyio.to_thread.run_sync(find, limiter=request.app.state.drawing)
    return Response(jumbf.alone(held) if active else held, media_type=TYPE)


def _bound(query: BindingQuery, given: Service, aside: Aside, most: int) -> BindingResult:
    _known(query.alg)
    try:
        data = base64.b64decode(query.value, validate=True)
        found = lookup(parsed(data, Path("The value")), given.archive)
    except (binascii.Error, ValueError, BadMediaError) as error:
        reason = str(error) if isinstance(error, BadMediaError) else "The value is not base64."
        raise _refused(reason) from error
    scores = [(hint.asset, _score(hint.bits)) for hint in found.hints]
    return _result(scores, given, aside, most)


def _content(sent: bytes, given: Service, aside: Aside, most: int) -> BindingResult:
    scores: list[tuple[Asset, int]] = []
    try:
        scores.append((given.archive.find(hashlib.sha256(sent).hexdigest()), 100))
    except NotFoundError:
        path = given.desk.upload(f"asked-{token()}")
        try:
            path.write_bytes(sent)
            found = lookup(fingerprints(path, named=False), given.archive)
        except BadMediaError as error:
            raise RefusedError(
                "What was sent cannot be decoded, or shows nothing to recognise.",
                hint="Send a video that plays.",
                slug="asset-type",
                status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            ) from error
        finally:
            path.unlink(missing_ok=True)
        scores += [(hint.asset, _score(hint.bits)) for hint in found.hints]
    return _result(scores, given, aside, most)


def _result(
    scores: Sequence[tuple[Asset, int]], given: Service, aside: Aside, most: int
) -> BindingResult:
    """Return the manifests of the files that were found."""
    labels = _labels([asset for asset, _ in scores], given, aside)
    best: dict[str, int] = {}
    for asset, score in scores:
        label = labels.get(asset.row)
        if label is not None:
            best[label] = max(score, best.get(label, 0))
    ranked = sorted(best.items(), key=_falling)[:most]
    return BindingResult(
        matches=[ManifestMatch(manifestId=label, similarityScore=score) for label, score in ranked]
    )


def _falling(one: tuple[str, int]) -> tuple[int, str]:
    return -one[1], one[0]


def _labels(found: Iterable[Asset], given: Service, aside: Aside) -> dict[AssetRow, str | None]:
    """Return what files carry, looking into those of which it is not known and that are at hand."""
    every = {asset.row: asset for asset in found}
    with given.desk.reading() as change:
        known = carriers.known(change, every)
    new: dict[AssetRow, str | None] = {}
    for row, asset in every.items():
        path = None if row in known else given.archive.file(asset)
        if path is not None:
            new[row] = _label(path, aside)
    if new:
        with given.desk.changing() as change:
            carriers.keep(change, new)
    return known | new


def _label(path: Path, aside: Aside) -> str | None:
    try:
        return aside.run(jumbf.carried, path)
    except (BadMediaError, OSError):
        return None


def _store(manifest: str, given: Service, aside: Aside) -> bytes:
    """Return the store with a manifest.

    Raises:
        NotFoundError: No file that is at hand is known to carry it.
    """
    with given.desk.reading() as change:
        rows = carriers.of(change, manifest)
        unasked = [] if rows else carriers.unasked(change, most=LOOKED_AT)
    if unasked:
        labels = _labels([given.archive.asset(row) for row in unasked], given, aside)
        rows = [row for row, label in labels.items() if label == manifest]
    for row in rows:
        try:
            path = given.archive.file(given.archive.asset(row))
            held = None if path is None else aside.run(jumbf.store, path)
        except (NotFoundError, MissingFileError, BadMediaError, OSError):
            continue
        if held is not None:
            return held
    raise NotFoundError(
        "No archived file is known to carry this manifest.",
        hint="Ask for a match first: what files carry is looked up as they are found.",
    )


def _known(alg: str) -> None:
    if alg != ALGORITHM:
        raise _refused(f"The algorithm {alg[:200]!r} is not known here.")


def _refused(reason: str) -> RefusedError:
    return RefusedError(
        reason,
        hint=f"Send a value of {ALGORITHM}: base64 of what `wherefrom fingerprint` writes.",
        slug="binding",
        status=HTTPStatus.BAD_REQUEST,
    )


def _score(bits: float) -> int:
    """Return how near codes are, 100 for the same and 0 for those of unrelated pictures."""
    return max(0, min(100, round(100 * (1 - bits / (CODE_BITS / 2)))))
