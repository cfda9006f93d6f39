"""Pictures of both sides of a segment, and how they are put into a page."""

import base64
import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from index.values import Box, Picture, Still
from lineage import evidence
from lineage.exhibits import Moment, Name, Seen
from lineage.values import Segment

LONG_SIDE = 320
# Faces stay recognisable and a report of thirty segments stays below 3 MB.
QUALITY = 82
THICKNESS = 1 / 200
"""Width of a line around a part of a picture, as a share of its long side."""
DARK, BRIGHT = (20, 20, 20), (255, 214, 0)

CAPTIONS = {
    Name.BEFORE: "just before",
    Name.ONSET: "onset",
    Name.STRONGEST: "strongest",
    Name.END: "last changed",
}
"""What moments are called."""


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


def embedded(still: Still, *, variant: str = "plain", long: int = LONG_SIDE) -> Embedded:
    """Return the still, turned as the query shows it.

    Args:
        still: The picture.
        variant: "plain", "mirror", "flip" or "turn": how a source's picture is turned.
        long: Pixels of the long side, at most.
    """
    picture = reduced(turned(still.picture, variant), long)
    code = base64.b64encode(jpeg(picture)).decode("ascii")
    height, width = picture.shape[:2]
    return Embedded(f"data:image/jpeg;base64,{code}", width, height, still.time)


def jpeg(picture: Picture) -> bytes:
    """Return a picture as a JPEG."""
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def outlined(still: Still, box: Box) -> Still:
    """Return the still with a box drawn around a part of it."""
    picture = still.picture.copy()
    height, width = picture.shape[:2]
    thick = max(2, round(max(height, width) * THICKNESS))
    left, right = round(box.x0 * width), max(1, round(box.x1 * width))
    top, bottom = round(box.y0 * height), max(1, round(box.y1 * height))
    for shade, inset in ((DARK, 0), (BRIGHT, thick)):
        outer = slice(max(0, top - 2 * thick + inset), bottom + 2 * thick - inset)
        across = slice(max(0, left - 2 * thick + inset), right + 2 * thick - inset)
        inside = picture[top:bottom, left:right].copy()
        picture[outer, across] = shade
        picture[top:bottom, left:right] = inside
    return replace(still, picture=picture)


def cropped(picture: Picture, box: Box) -> Picture:
    """Return a part of the picture, of whole pixels."""
    left, top, right, bottom = pixels(picture, box)
    return np.ascontiguousarray(picture[top:bottom, left:right])


def pixels(picture: Picture, box: Box) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom of a part of the picture in pixels."""
    height, width = picture.shape[:2]
    left, top = min(int(box.x0 * width), width - 1), min(int(box.y0 * height), height - 1)
    right, bottom = max(left + 1, round(box.x1 * width)), max(top + 1, round(box.y1 * height))
    return left, top, right, bottom


def beside(moment: Moment, seen: Seen, *, long: int) -> tuple[Still, Still]:
    """Return what lies around a box in the query and, laid over it, in the source, outlined.

    Args:
        moment: When.
        seen: Of what.
        long: Pixels of their long side, at most.
    """
    query, source = (
        outlined(
            replace(still, picture=reduced(cropped(still.picture, seen.view), long)), seen.inner
        )
        for still in (moment.query, laid(moment, seen.case.segment))
    )
    return query, source


def reduced(picture: Picture, long: int) -> Picture:
    """Return the picture, its long side at most so many pixels."""
    small = Image.fromarray(picture)
    small.thumbnail((long, long), Image.Resampling.LANCZOS)
    return np.asarray(small, np.uint8)


def laid(moment: Moment, segment: Segment) -> Still:
    """Return what the source shows at a moment, laid over the query's frame."""
    height, width = moment.query.picture.shape[:2]
    picture = evidence.overlaid(moment.source.picture, segment, (width, height))
    return replace(moment.source, picture=picture)


def turned(picture: Picture, variant: str) -> Picture:
    """Return the picture mirrored, turned by 180° ("turn") or both ("flip").

    Args:
        picture: uint8 (height, width, 3).
        variant: "plain", "mirror", "flip" or "turn".
    """
    rows = -1 if variant in {"flip", "turn"} else 1
    columns = -1 if variant in {"mirror", "turn"} else 1
    return np.ascontiguousarray(picture[::rows, ::columns])
