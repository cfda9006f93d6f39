"""Tests of what two pictures share that a third lacks."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lineage.evidence.sharing import Luma, SharingParams, beyond

FRAMES, HEIGHT, WIDTH = 4, 144, 256
ALL = np.ones((HEIGHT, WIDTH), bool)
FEW = SharingParams(fewest=2_000)


def grain(seed: int, strength: float) -> Luma:
    """Return noise that is as coarse as what is compared."""
    noise = np.random.default_rng(seed).normal(size=(FRAMES, HEIGHT, WIDTH)).astype(np.float32)
    soft = np.stack([cv2.GaussianBlur(each, (0, 0), 2.5) for each in noise])
    return np.asarray(strength * soft / soft.std(), np.float32)


ORIGINAL = 128 + grain(1, 20.0)
CHILD = ORIGINAL + grain(2, 3.0)
GRANDCHILD = CHILD + grain(3, 3.0)
SIBLING = ORIGINAL + grain(4, 5.0)


def test_two_share_nothing_beyond_what_lies_between_them() -> None:
    told = beyond([GRANDCHILD, CHILD, ORIGINAL], ALL, params=FEW)

    assert told is not None
    assert told[1] < 0.05
    assert min(told[0], told[2]) > 0.4


def test_children_share_nothing_beyond_their_parent() -> None:
    told = beyond([ORIGINAL, CHILD, SIBLING], ALL, params=FEW)

    assert told is not None
    assert told[0] < 0.05
    assert min(told[1:]) > 0.4


def test_tones_and_softness_are_nothing_that_is_shared() -> None:
    soft = np.stack([cv2.GaussianBlur(each, (0, 0), 1.0) for each in GRANDCHILD])
    dark = np.asarray(0.6 * soft + 10, np.float32)

    told = beyond([dark, CHILD, ORIGINAL], ALL, params=FEW)

    assert told is not None
    assert told[1] < 0.05


def test_what_is_lost_twice_in_the_same_parts_is_not_shared() -> None:
    left = (0.8 + 0.15 * grain(7, 1.0)).clip(0.4, 1.0)
    child = 128 + left * (ORIGINAL - 128)
    grandchild = 128 + left * (child - 128)

    told = beyond([grandchild, child, ORIGINAL], ALL, params=FEW)

    assert told is not None
    assert told[1] == 0.0


def test_parts_that_something_lies_over_are_left_out() -> None:
    caption = grain(5, 30.0)
    first, second = CHILD.copy(), SIBLING.copy()
    first[:, 96:], second[:, 96:] = caption[:, 96:], caption[:, 96:]

    told = beyond([ORIGINAL, first, second], ALL, params=FEW)

    assert told is not None
    assert told[0] < 0.05
    assert beyond([ORIGINAL, caption, SIBLING], ALL, params=FEW) is None


def test_nothing_is_told_of_what_is_flat_or_small() -> None:
    flat = np.full_like(ORIGINAL, 90.0)
    corner = np.zeros_like(ALL)
    corner[:40, :40] = True

    assert beyond([flat, flat, flat], ALL, params=FEW) is None
    assert beyond([GRANDCHILD, CHILD, ORIGINAL], corner, params=FEW) is None
    assert beyond([one[:, :10] for one in (CHILD, CHILD, CHILD)], ALL[:10], params=FEW) is None


def test_what_is_not_shown_does_not_count() -> None:
    left = ALL.copy()
    left[:, 128:] = False
    first, second = CHILD.copy(), SIBLING.copy()
    first[..., 128:] += grain(6, 2.0)[..., 128:]
    second[..., 128:] += grain(6, 2.0)[..., 128:]

    whole, half = (beyond([ORIGINAL, first, second], shown, params=FEW) for shown in (ALL, left))

    assert whole is not None
    assert half is not None
    assert half[0] < 0.05 < whole[0]


def test_enlarged_pictures_are_compared_as_small_as_they_were() -> None:
    fine = replace(FEW, fewest=200)
    large = [cv2.resize(each, None, fx=4, fy=4) for each in GRANDCHILD]
    others = [
        np.stack([cv2.resize(each, None, fx=4, fy=4) for each in side])
        for side in (CHILD, ORIGINAL)
    ]
    shown = np.ones((4 * HEIGHT, 4 * WIDTH), bool)

    told = beyond([np.stack(large), *others], shown, shrunk=4.0, params=fine)
    small = beyond([GRANDCHILD, CHILD, ORIGINAL], ALL, params=fine)

    assert told == pytest.approx(small, abs=0.005)
