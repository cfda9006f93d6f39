"""Pictures of both sides of a segment, and how they are put into a page."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from index.values import Picture, Still

LONG_SIDE = 320
# Faces stay recognisable and a report of thirty segments stays below 3 MB.
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture ready for a page.

    Attributes:
        uri: A data URI of a JPEG.
        width: Pixels.
        height: Pixels.
        time: Seconds at which it is shown.
    """

    uri: str
    width: int
    height: int
    time: float


def embedded(still: Still, *, variant: str = "plain") -> Embedded:
    """Return the still at most 320 pixels long, turned as the query shows it.

    Args:
        still: The picture.
        variant: "plain", "mirror", "flip" or "turn": how a source's picture is turned.
    """
    picture = Image.fromarray(turned(still.picture, variant))
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    code = base64.b64encode(written.getvalue()).decode("ascii")
    return Embedded(f"data:image/jpeg;base64,{code}", *picture.size, still.time)


def turned(picture: Picture, variant: str) -> Picture:
    """Return the picture mirrored, turned by 180° ("turn") or both ("flip").

    Args:
        picture: uint8 (height, width, 3).
        variant: "plain", "mirror", "flip" or "turn".
    """
    rows = -1 if variant in {"flip", "turn"} else 1
    columns = -1 if variant in {"mirror", "turn"} else 1
    return np.ascontiguousarray(picture[::rows, ::columns])
