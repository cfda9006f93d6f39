"""Texts in pictures, to name what pixels found: never to find it.

The models are PP-OCRv6 of PaddleOCR, as they come inside the package `rapidocr` (the extra `text`):
one finds lines (Liao, Wan, Yao, Chen and Bai, "Real-time scene text detection with differentiable
binarization", 2020), one reads them. Where it is not installed no text is known, and a caption is
something laid over the picture.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from index.values import WHOLE, Box, Picture
from lineage.evidence.values import Lines

PACKAGE, RUNTIME = "rapidocr", "onnxruntime"
FINDS, READS = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
SIDE, LARGER = 1280, 2.0
"""Pixels of the long side that the models are shown, and by how much a picture is enlarged for
that at most: letters too small to be read then stay so, and a square costs four times less."""


@dataclass(frozen=True, slots=True)
class TextParams:
    """What counts as text.

    Attributes:
        sure: How sure of a line's letters the model must be, 0 to 1: it is of most captions to 0.95
            and more, and of what only looks like letters, such as a disc's eyes, to 0.85 and less.
        letters: Letters of a line at least: a single one is read off any edge, and two are a word
            in Chinese. Digits don't count: discs and bars are read as 0 and 1.
        inside: Share of a line that must lie in the part that is asked for: of a long one a few
            letters may be all that differs enough.
        beside: Share of the picture's height above and below that part that is looked at as well:
            lines at its edge are read whole, and lines that go on beyond it.
    """

    sure: float = 0.9
    letters: int = 2
    inside: float = 0.05
    beside: float = 0.1


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text.

    Attributes:
        text: What it says.
        box: Where, in shares of the picture's sides.
        sure: How sure the model is of its letters, 0 to 1.
    """

    text: str
    box: Box
    sure: float


def known() -> bool:
    """Return whether texts can be read."""
    return _models() is not None


def lines(
    picture: Picture, part: Box, *, view: Box = WHOLE, params: TextParams = TextParams()
) -> Lines:
    """Return the lines in a part of a picture; none where they cannot be read.

    They are read in full: a part of a caption may be all that differs enough.

    Args:
        picture: uint8 (h, w, 3), RGB.
        part: In shares of its sides.
        view: Beyond which left and right nothing is read.
        params: What counts as text.
    """
    top, bottom = max(0.0, part.y0 - params.beside), min(1.0, part.y1 + params.beside)
    band = Box(view.x0, top, view.x1, bottom)
    near = [
        line
        for line in sorted(_read(picture, band), key=lambda line: line.box.y0 + line.box.y1)
        if line.sure >= params.sure and sum(map(str.isalpha, line.text)) >= params.letters
    ]
    inside = [line for line in near if line.box.common(part) >= params.inside * line.box.area]
    for line in inside:
        inside += [one for one in near if one not in inside and _goes_on(line.box, one.box)]
    return Lines(
        tuple(line.text for line in near if line in inside), tuple(line.text for line in near)
    )


def _goes_on(one: Box, other: Box) -> bool:
    """Return whether two lines stand close above one another."""
    beside = min(one.x1, other.x1) > max(one.x0, other.x0)
    gap = max(one.y0, other.y0) - min(one.y1, other.y1)
    return beside and gap < min(one.y1 - one.y0, other.y1 - other.y0)


def _read(picture: Picture, part: Box) -> Iterator[_Line]:
    """Yield the lines in a part of a picture."""
    engine = _engine()
    if engine is None:
        return
    height, width = picture.shape[:2]
    left, top = int(part.x0 * width), int(part.y0 * height)
    cut = picture[top : ceil(part.y1 * height), left : ceil(part.x1 * width)]
    scale = min(LARGER, SIDE / max(cut.shape[:2]))
    shown = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    told = engine(np.ascontiguousarray(shown[..., ::-1]))
    if told.txts is None:
        return
    for text, sure, corners in zip(told.txts, told.scores, told.boxes, strict=True):
        places = np.clip((corners / scale + (left, top)) / (width, height), 0.0, 1.0)
        (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
        if x0 < x1 and y0 < y1:
            yield _Line(text, Box(float(x0), float(y0), float(x1), float(y1)), float(sure))


@cache
def _models() -> Path | None:
    """Return the folder of the models; None without the extra, and where it has others."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None or find_spec(RUNTIME) is None:
        return None
    folder = Path(spec.origin).parent / "models"
    return folder if all((folder / name).is_file() for name in (FINDS, READS)) else None


@cache
def _engine() -> Callable[[Picture], Any] | None:
    """Return what reads lines off pictures in BGR; None without the extra."""
    models = _models()
    if models is None:
        return None
    # A model that is not named would be fetched where it is not there.
    params = {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Det.model_path": str(models / FINDS),
        "Det.limit_type": "max",
        "Det.limit_side_len": SIDE,
        "Rec.model_path": str(models / READS),
    }
    read: Callable[[Picture], Any] = import_module(PACKAGE).RapidOCR(params=params)
    return read
