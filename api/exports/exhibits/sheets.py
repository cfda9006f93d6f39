"""Pictures and words put together on a sheet of paper."""

import io
from collections.abc import Sequence
from functools import cache
from unicodedata import combining, normalize

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, QUIET = (255, 255, 255), (27, 28, 30), (93, 96, 104)
MARGIN, GAP = 16, 6
TEXT, SMALL = 15, 12


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that comes with Pillow: the same on every machine.

    Raises:
        RuntimeError: Pillow was built without FreeType.
    """
    found = ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType")  # noqa: TRY004 # of an installation
    return found


def printable(text: str) -> str:
    """Return a text in signs that the font has: it knows English only.

    >>> printable("камера 4 – café")
    '?????? 4 ? cafe'
    """
    plain = (sign for sign in normalize("NFKD", text) if not combining(sign))
    return "".join(sign if sign.isascii() or sign == "·" else "?" for sign in plain)


def words(text: str, size: int, shade: tuple[int, int, int] = INK) -> Image.Image:
    """Return a line of text, as wide as it is."""
    width, height = round(font(size).getlength(text)) + 1, round(1.4 * size)
    line = Image.new("RGB", (max(1, width), height), PAPER)
    ImageDraw.Draw(line).text((0, 0), text, fill=shade, font=font(size))
    return line


def column(parts: Sequence[Image.Image], *, gap: int = 2) -> Image.Image:
    """Return pictures one below the other."""
    width = max(part.width for part in parts)
    height = sum(part.height for part in parts) + gap * (len(parts) - 1)
    whole, top = Image.new("RGB", (width, height), PAPER), 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height + gap
    return whole


def row(parts: Sequence[Image.Image], *, gap: int = GAP) -> Image.Image:
    """Return pictures side by side."""
    width = sum(part.width for part in parts) + gap * (len(parts) - 1)
    whole, left = Image.new("RGB", (width, max(part.height for part in parts)), PAPER), 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width + gap
    return whole


def sheet(heading: str, picture: Image.Image, notes: Sequence[str]) -> Image.Image:
    """Return a picture on a sheet with a margin, between a heading and notes in small."""
    below = column([words(printable(note), SMALL, QUIET) for note in notes])
    inner = column([words(heading, TEXT), picture, below], gap=GAP)
    whole = Image.new("RGB", (inner.width + 2 * MARGIN, inner.height + 2 * MARGIN), PAPER)
    whole.paste(inner, (MARGIN, MARGIN))
    return whole


def scaled(picture: Image.Image, *, high: int) -> Image.Image:
    """Return the picture at a height."""
    size = max(1, round(picture.width * high / picture.height)), high
    return picture.resize(size, Image.Resampling.LANCZOS)


def png(picture: Image.Image) -> bytes:
    """Return the picture as a PNG file, the same bytes each time."""
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
