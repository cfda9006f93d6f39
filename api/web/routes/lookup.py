"""Look-ups by codes alone, as a platform asks them at upload: what may this be, and what to do?"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.exports.lookup import document
from api.web.bodies import body
from api.web.lookups import TURNED_AWAY, Action, Lookups, Reason, Shared, action
from api.web.service import Given, needs
from index.archive import Archive
from index.catalogue.banks import Policy
from index.fingerprints import MOST_BYTES, parsed
from index.values import Asset
from lineage.coarse import lookup
from lineage.values import Hint

routes = APIRouter(prefix="/v1/lookup", tags=["lookup"], dependencies=[needs("read")])
UNPROVEN = (
    "Codes suggest and prove nothing: no pixel was compared. Have a person, or a trace, look "
    "before something is taken down for it."
)
"""What a look-up says beside its answer."""
CALLED = Path("The request")
"""What a fingerprint that was sent is called in a sentence."""

type Interval = tuple[float, float]


class Tool(BaseModel):
    """The program that answered."""

    name: Literal["wherefrom"]
    version: str


class Asked(BaseModel):
    """What was looked up."""

    name: str | None = Field(description="As the fingerprint says; null where it was kept back.")
    duration: float = Field(description="Seconds.")
    codes: dict[str, int] = Field(description="How many, by channel.")


class Looked(BaseModel):
    """What was searched."""

    id: str
    assets: int
    seconds: float
    codes: int
    searched: list[Literal["picture", "sound"]]


class Suggested(BaseModel):
    """The archived file a candidate is of."""

    id: str
    uri: str = Field(description="Its address in this API.")
    name: str
    sha256: str
    title: str | None
    published_at: str | None


class Candidate(BaseModel):
    """Where the clip may come from; nothing of it is proven."""

    asset: Suggested
    channel: Literal["picture", "sound"]
    tell: Literal["frames", "features", "sound"] = Field(description="By which codes.")
    variant: Literal["plain", "mirror", "flip", "turn", "negative"]
    query: Interval = Field(description="From the first to the last moment that agrees, seconds.")
    source: Interval = Field(description="Good to about a second.")
    rate: float = Field(description="Source seconds per query second; negative is backwards.")
    moments: int = Field(description="Moments of the query whose codes agree.")
    asked: int = Field(description="Moments of the query that were looked up in that stretch.")
    bits: float = Field(description="Median of the bits by which their codes differ, of 256.")
    votes: float = Field(description="Comparable within one answer. No probability.")


class LookupAnswer(BaseModel):
    """The look-up document (docs/lookup.schema.json), and what banks say to do."""

    document_schema: Literal["wherefrom.lookup/1"] = Field(alias="schema")
    tool: Tool
    query: Asked
    archive: Looked
    proven: Literal[False]
    summary: str = Field(description="One or two sentences for a person.")
    limits: list[str] = Field(description="What codes alone cannot tell.")
    candidates: list[Candidate] = Field(description="Those with most votes first.")
    timing: dict[str, float] = Field(description="Seconds, by stage.")
    action: Policy = Field(
        description="The strictest policy of the banks that list a candidate's file; "
        "`allow` where none does."
    )
    reasons: list[Reason]


FINGERPRINT: dict[str, Any] = {
    "type": "object",
    "description": "What `wherefrom fingerprint --json` writes; see docs/fingerprint-format.md.",
    "required": ["schema", "tool", "clip", "channels"],
    "properties": {
        "schema": {"const": "wherefrom.fingerprint/1"},
        "tool": {
            "type": "object",
            "required": ["version"],
            "properties": {"name": {"type": "string"}, "version": {"type": "string"}},
        },
        "clip": {
            "type": "object",
            "required": ["name", "duration", "width", "height"],
            "properties": {
                "name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "duration": {"type": "number", "exclusiveMinimum": 0, "maximum": 428400},
                "width": {"type": "integer", "minimum": 0, "maximum": 65535},
                "height": {"type": "integer", "minimum": 0, "maximum": 65535},
            },
        },
        "channels": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "object"}},
    },
}


def _channel(name: str, recipe: str, variant: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    empty = {"times": [], "counts": [], "codes": ""}
    return {"channel": name, "recipe": recipe, "variant": variant, **empty, **more}


EXAMPLE: dict[str, Any] = {
    "schema": "wherefrom.fingerprint/1",
    "tool": {"name": "wherefrom", "version": "0.1.0"},
    "clip": {"name": "suspect.mp4", "duration": 2.0, "width": 640, "height": 360},
    "channels": [
        _channel(
            "picture",
            "phash256/1",
            "plain",
            times=[0, 1000],
            counts=[1, 1],
            codes="lk3oyqcYtRv0jFX0gC5cLVFmBQXcYhq8Jk7sW0Wq9lCWTejKpxi1G/SMVfSALlwtUWYFBdxiGrwmTuxbRar2UA==",
        ),
        _channel("feature", "orb256/1", "plain", places=""),
        _channel("feature", "orb256/1", "mirror", places=""),
        _channel("sound", "sound256/1", "plain"),
    ],
}
"""Two frames of a clip, without sound."""


@routes.post(
    "",
    response_model=LookupAnswer,
    responses={
        413: {"description": "It is larger than 32 MB."},
        422: {"description": "It is no fingerprint, or of codes this archive has not."},
        **TURNED_AWAY,
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": FINGERPRINT, "example": EXAMPLE}},
        }
    },
)
async def look_up(request: Request, given: Given, shared: Shared) -> JSONResponse:
    """Tell where a clip may come from by its fingerprint alone, and what banks say to do with it.

    The clip stays where it is: only codes are sent. The answer comes at once, names candidates, and
    proves nothing. `action` is the strictest policy of the banks that list a candidate's file.
    """
    sent = await body(request, MOST_BYTES)
    answer = await shared.turn(partial(answered, sent, given.archive, shared))
    return JSONResponse(answer)


def answered(sent: bytes, archive: Archive, shared: Lookups) -> dict[str, Any]:
    """Return the answer to a fingerprint.

    Args:
        sent: Its file's bytes.
        archive: What is searched.
        shared: With the banks.

    Raises:
        BadMediaError: It is no fingerprint, or of codes the archive has not.
    """
    found = lookup(parsed(sent, CALLED), archive)
    hints = tuple(replace(hint, asset=addressed(hint.asset)) for hint in found.hints)
    told = replace(found, hints=hints, limits=(*found.limits, UNPROVEN))
    return document(told) | listed(hints, shared).model_dump(mode="json")


def listed(hints: tuple[Hint, ...], shared: Lookups) -> Action:
    """Return what banks say to do with a clip of which these were found."""
    digests = dict.fromkeys(hint.asset.digest for hint in hints)
    return action(shared.banks.of_assets(digests) if digests else ())


def addressed(asset: Asset) -> Asset:
    """Return an asset that says where it is in this API, and not where on the server's disk."""
    return replace(asset, uri=f"/v1/assets/{asset.id}")
