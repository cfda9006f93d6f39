"""Tests of where a picture goes on beyond a box in it."""

import numpy as np
import pytest

from index.values import WHOLE, Box
from lineage.evidence.seams import seam

BOX = Box(0.2, 0.25, 0.8, 0.75)
ROWS, COLUMNS = slice(50, 150), slice(64, 256)
type Pictures = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def scenery(seed: int) -> Pictures:
    """Return two pictures of soft hills, uint8 (2, 200, 320, 3)."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:200, 0:320] / 40
    hills = sum(
        40 * np.sin(a * x + b * y + c) for a, b, c in random.uniform(-2, 2, (4, 3)).tolist()
    )
    return (
        np.repeat(np.clip(128 + hills, 0, 255)[None, :, :, None], 2, axis=0)
        .repeat(3, 3)
        .astype(np.uint8)
    )


def test_picture_goes_on_beyond_a_box_that_nothing_marks() -> None:
    assert seam(scenery(1), BOX) < 1.5


@pytest.mark.parametrize("around", [np.zeros((2, 200, 320, 3), np.uint8), scenery(2)])
def test_picture_ends_at_a_seam_where_something_else_begins(around: Pictures) -> None:
    framed = around.copy()
    framed[:, ROWS, COLUMNS] = scenery(1)[:, ROWS, COLUMNS]

    assert seam(framed, BOX) > 2.5


def test_seam_along_one_edge_is_enough() -> None:
    captioned = scenery(1)
    captioned[:, 150:] = 0

    assert seam(captioned, Box(0.0, 0.0, 1.0, 0.75)) > 2.5


def test_picture_that_changes_faster_beyond_an_edge_goes_on() -> None:
    columns = np.arange(320)
    calm = np.where(columns < COLUMNS.stop, columns // 8, 0)
    busy = 60 * np.abs((columns - COLUMNS.stop) / 8 % 2 - 1) * (columns >= COLUMNS.stop)
    row = (calm + busy).astype(np.uint8)
    pictures = np.broadcast_to(row[None, None, :, None], (2, 200, 320, 3))

    assert seam(pictures, Box(0.0, 0.0, 0.8, 1.0)) < 2.0


def test_line_in_the_picture_along_one_edge_is_no_seam() -> None:
    lined = scenery(1)
    lined[:, :, COLUMNS.start :] //= 2

    assert seam(lined, BOX) < 1.5


def test_frame_without_anything_around_has_no_seam() -> None:
    assert seam(scenery(1), WHOLE) == 0.0
