"""Tests of how far pictures are off that were laid over one another."""

import cv2
import numpy as np
import pytest

from lineage import evidence
from lineage.evidence.offsets import offset
from lineage.evidence.registration import planes
from lineage.evidence.values import Planes
from tests.lineage.evidence import scenes

SHOWN = np.ones((scenes.SIZE[1] // 2, scenes.SIZE[0] // 2), bool)


def seen(*, across: int = 0, down: int = 0, coded: bool = False) -> Planes:
    """Return planes of a scene that is moved by so many quarters of a pixel."""
    width, height = scenes.SIZE
    pictures = []
    for moment in range(4):
        large = cv2.resize(scenes.scene(1.0 + 0.4 * moment), (4 * width, 4 * height))
        moved = np.roll(large, (down, across), axis=(0, 1))
        small = np.asarray(cv2.resize(moved, scenes.SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        pictures.append(planes(scenes.coded(small) if coded else small))
    return np.stack(pictures)


@pytest.mark.parametrize(("across", "down"), [(1, 0), (0, -2), (3, 1), (-4, 2), (0, 6)])
def test_a_shift_is_told_in_pixels_of_whole_pictures(across: int, down: int) -> None:
    off = offset(seen(across=across, down=down), seen(), SHOWN)

    assert off == pytest.approx(np.hypot(across, down) / 4, rel=0.1)


def test_coding_alone_hardly_counts() -> None:
    off = offset(seen(coded=True), seen(), SHOWN)

    assert off is not None
    assert off < 0.15


def test_a_lamp_shifts_nothing() -> None:
    still = seen()

    assert offset(still + 20.0, still, SHOWN) == pytest.approx(0.0, abs=1e-3)


def test_where_slopes_are_those_of_noise_nothing_is_told() -> None:
    one, other = (np.asarray(each / 32 + 90, np.float32) for each in (seen(across=2), seen()))

    assert offset(one, other, SHOWN) is None


def test_what_is_not_shown_does_not_count() -> None:
    still, moved = seen(), seen(across=4)
    half = SHOWN.shape[1] // 2
    moved[:, :, half:] = still[:, :, half:]
    right = SHOWN.copy()
    right[:, : half + 16] = False

    assert offset(moved, still, right) == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("size", [(96, 64), (9, 9)])
def test_where_nothing_is_steep_nothing_is_told(size: tuple[int, int]) -> None:
    flat = np.full((3, *size, 3), 90, np.float32)

    assert offset(flat, flat, np.ones(size, bool)) is None


def test_pictures_that_are_laid_over_one_another_are_hardly_off() -> None:
    told = evidence.compared(scenes.beside(), scenes.segment(), scenes.segment().query)

    assert told.error is not None
    assert told.error * scenes.SIZE[0] < 0.2


def test_of_what_cannot_be_compared_no_error_is_told() -> None:
    told = evidence.compared(
        scenes.beside(seed=3, other=4), scenes.segment(), scenes.segment().query
    )

    assert told.error is None
