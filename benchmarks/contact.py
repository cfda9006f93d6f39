"""A contact sheet of clips beside what they show, with boxes drawn into them.

It is for looking at: the footage's licences do not allow it to be passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from api.exports.exhibits.sheets import column, row, words
from index import measure
from index.errors import BadMediaError
from index.values import Picture

SIDE, COLUMNS, HIGH = 320, 4, 180
"""Pixels of the long side of a picture, pairs beside one another, and pixels of a picture's height
on the sheet."""
OUTLINE, TEXT = (255, 40, 40), 11

type Corners = Sequence[float]
"""Left, top, right and bottom, as shares of the frame."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A moment of a clip beside one of another file.

    Attributes:
        clip: The clip.
        at: Seconds into it.
        boxes: Drawn into its frame.
        source: The other file.
        source_at: Seconds into that.
        lines: What is said below.
    """

    clip: Path
    at: float
    boxes: Sequence[Corners]
    source: Path
    source_at: float
    lines: Sequence[str]


def sheet(moments: Sequence[Beside]) -> Image.Image:
    """Return a sheet of all moments, a few in a row."""
    tiles = [_tile(each) for each in moments]
    rows = [row(tiles[first : first + COLUMNS]) for first in range(0, len(tiles), COLUMNS)]
    return column(rows, gap=8)


def _tile(beside: Beside) -> Image.Image:
    both = (
        _shown(beside.clip, beside.at, beside.boxes),
        _shown(beside.source, beside.source_at, ()),
    )
    pictures = row([Image.fromarray(each) for each in both])
    return column([pictures, *(words(line, TEXT) for line in beside.lines)])


def _shown(path: Path, time: float, boxes: Sequence[Corners]) -> Picture:
    """Return a frame with boxes drawn into it; a black one where it cannot be had."""
    try:
        still, *_ = measure.stills(path, [max(0.0, time)], side=SIDE)
    except (BadMediaError, ValueError):
        return np.zeros((HIGH, HIGH, 3), np.uint8)
    height, width = still.picture.shape[:2]
    shown = cv2.resize(still.picture, (round(width * HIGH / height), HIGH))
    for x0, y0, x1, y1 in boxes:
        corners = [(round(x * shown.shape[1]), round(y * HIGH)) for x, y in ((x0, y0), (x1, y1))]
        cv2.rectangle(shown, corners[0], corners[1], OUTLINE, 2)
    return np.asarray(shown, np.uint8)
