from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from index.hashing.mounts import Mount, cropped, filled, mount
from index.values import WHOLE, Box, Luma


def shot(height: int = 120, width: int = 200, *, seed: int = 1, frames: int = 8) -> list[Luma]:
    """Return a moving textured picture."""
    rng = np.random.default_rng(seed)
    big = cv2.resize(
        rng.integers(20, 240, (12, 24), dtype=np.uint8),
        (width + 8 * frames, height),
        interpolation=cv2.INTER_CUBIC,
    )
    return [np.ascontiguousarray(big[:, 8 * k : 8 * k + width]) for k in range(frames)]


def padded(lumas: Sequence[Luma], rows: int, columns: int, *, grey: int = 0) -> list[Luma]:
    """Return the pictures with bars of `rows` above and below and `columns` at both sides."""
    edges = ((rows, rows), (columns, columns))
    return [np.pad(luma, edges, constant_values=grey) for luma in lumas]


def near(found: Box, expected: tuple[float, float, float, float]) -> bool:
    return bool(np.allclose((found.x0, found.y0, found.x1, found.y1), expected, atol=0.012))


@pytest.mark.parametrize("grey", [0, 16, 60, 255])
def test_letterbox_of_any_grey_is_found(grey: int) -> None:
    framed = padded(shot(), 18, 0, grey=grey)

    assert near(mount(framed).bars, (0, 18 / 156, 1, 138 / 156))


def test_pillarbox_is_found() -> None:
    assert near(mount(padded(shot(), 0, 40)).bars, (40 / 280, 0, 240 / 280, 1))


def test_bars_on_all_sides_are_found() -> None:
    assert near(mount(padded(shot(), 15, 25)).bars, (0.1, 0.1, 0.9, 0.9))


def test_wide_picture_on_an_upright_screen_is_found() -> None:
    framed = padded(shot(60, 110), 70, 0)

    assert near(mount(framed).bars, (0, 0.35, 1, 0.65))


def test_band_with_words_is_found_as_one_bar() -> None:
    framed = [np.pad(luma, ((40, 0), (0, 0)), constant_values=255) for luma in shot()]
    for luma in framed:
        cv2.putText(luma, "SHOCKING FOOTAGE", (4, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.65, 0, 2)

    assert near(mount(framed).bands, (0, 40 / 160, 1, 1))
    assert mount(framed).bars.y0 < 20 / 160


def test_dark_picture_in_black_bars_is_found() -> None:
    dark = [luma // 40 for luma in shot()]
    for luma in dark:
        cv2.circle(luma, (90, 60), 58, 90, 3)

    found = mount(padded(dark, 18, 0)).bars

    assert (found.y0, found.y1) == pytest.approx((18 / 156, 138 / 156), abs=0.012)


def test_picture_without_bars_is_whole() -> None:
    assert mount(shot()).boxes == (WHOLE,)


def test_plain_wall_behind_a_head_is_no_bar() -> None:
    grain = np.random.default_rng(1).normal(180, 3, (8, 120, 200))
    wall = list(grain.astype(np.uint8))
    for k, luma in enumerate(wall):
        cv2.ellipse(luma, (100 + 2 * k, 90), (30, 45), 0, 0, 360, 60, -1)

    assert mount(wall).boxes == (WHOLE,)


def test_black_frames_are_whole() -> None:
    assert mount([np.zeros((90, 160), np.uint8)] * 4).boxes == (WHOLE,)


def test_one_picture_alone_is_enough_for_bars() -> None:
    assert near(mount(padded(shot(frames=1), 18, 0)).bars, (0, 18 / 156, 1, 138 / 156))


def test_cropped_picture_is_what_was_framed() -> None:
    inside = shot()[0]
    framed = padded([inside], 15, 25)[0]

    assert (cropped(framed, Box(0.1, 0.1, 0.9, 0.9)) == inside).all()


def test_filled_band_takes_the_picture_next_to_it() -> None:
    clean = shot()[0]
    banded = clean.copy()
    banded[96:] = 255

    whole = filled(banded, Mount(WHOLE, Box(0.0, 0.0, 1.0, 0.8)))

    assert (whole[:96] == clean[:96]).all()
    assert (whole[96:] == clean[95]).all()
