"""Hashes that were made elsewhere as requests hold them: each type with the values it may have."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from index.hashing import exchanged
from index.hashing.exchanged import MOST_FRAMES, Kind

PDQ = "f8f8f0cce0f4e84d" * 4
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
FRAME = r"^[0-9a-fA-F]{64},(100|[1-9]?[0-9]),[0-9]{1,6}(\.[0-9]{1,6})?$"


class Typed(BaseModel):
    """A hash, or what else has a type and a value."""

    model_config = ConfigDict(extra="forbid")


class Sha256(Typed):
    """A file by its SHA-256."""

    type: Literal["sha256"]
    value: str = Field(pattern="^[0-9a-fA-F]{64}$", examples=[DIGEST])


class Md5(Typed):
    """A file by its MD5."""

    type: Literal["md5", "video_md5"]
    value: str = Field(pattern="^[0-9a-fA-F]{32}$", examples=[DIGEST[:32]])


class Pdq(Typed):
    """A picture by its PDQ hash."""

    type: Literal["pdq"]
    value: str = Field(pattern="^[0-9a-fA-F]{64}$", examples=[PDQ])


class Vpdq(Typed):
    """A video by PDQ hashes of its frames."""

    type: Literal["vpdq"]
    value: list[Annotated[str, Field(pattern=FRAME, examples=[f"{PDQ},100,0.000"])]] = Field(
        min_length=1,
        max_length=MOST_FRAMES,
        examples=[[f"{PDQ},100,0.000"]],
        description="Of each frame its hash, quality (0 to 100) and seconds, commas between.",
    )


type Hash = Annotated[Sha256 | Md5 | Pdq | Vpdq, Field(discriminator="type")]


def kept(wanted: Sha256 | Md5 | Pdq | Vpdq) -> tuple[Kind, str]:
    """Return kind and value of a hash as they are kept."""
    value = wanted.value if isinstance(wanted.value, str) else json.dumps(wanted.value)
    kind = exchanged.kind(wanted.type)
    return kind, exchanged.canonical(kind, value)
