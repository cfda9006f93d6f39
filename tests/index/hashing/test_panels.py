import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.hashing.panels import PanelParams, maps, overlap, panels, place, within
from index.store.runs import placed, stored
from index.values import Box, Luma


def shot(height: int, width: int, *, seed: int, frames: int = 8, step: int = 5) -> list[Luma]:
    """Return a textured picture that moves aslant; a still one with step 0."""
    rng = np.random.default_rng(seed)
    big = cv2.resize(
        rng.integers(20, 240, (14, 26), dtype=np.uint8),
        (width + step * frames, height + step * frames),
        interpolation=cv2.INTER_CUBIC,
    )
    return [
        np.ascontiguousarray(big[step * k :, step * k :][:height, :width]) for k in range(frames)
    ]


def set_in(base: list[Luma], inner: list[Luma], top: int, left: int) -> list[Luma]:
    """Return the first pictures with the second ones over a part of them."""
    out = [luma.copy() for luma in base]
    for below, above in zip(out, inner, strict=True):
        below[top : top + above.shape[0], left : left + above.shape[1]] = above
    return out


@pytest.mark.parametrize("base_step", [0, 5])
@pytest.mark.parametrize(
    ("top", "left", "height", "width"), [(4, 150, 60, 100), (90, 6, 50, 90), (40, 80, 72, 128)]
)
def test_picture_in_picture_is_found(
    top: int, left: int, height: int, width: int, base_step: int
) -> None:
    base = shot(144, 256, seed=1, step=base_step)
    seen = set_in(base, shot(height, width, seed=2), top, left)

    true = Box(left / 256, top / 144, (left + width) / 256, (top + height) / 144)
    assert max(overlap(true, box) for box in panels(seen)) > 0.85


def test_panel_as_bright_as_what_moves_around_it_is_found() -> None:
    rng = np.random.default_rng(7)
    base = [rng.integers(88, 169, (144, 256), dtype=np.uint8) for _ in range(8)]
    still = [np.full((60, 100), 128, np.uint8)] * 8

    found = panels(set_in(base, still, 40, 80))

    true = Box(80 / 256, 40 / 144, 180 / 256, 100 / 144)
    assert max((overlap(true, box) for box in found), default=0) > 0.85


def test_both_halves_of_a_split_screen_are_found() -> None:
    left, right = shot(144, 128, seed=1), shot(144, 128, seed=2)
    seen = [np.hstack(pair) for pair in zip(left, right, strict=True)]

    found = panels(seen)

    for true in (Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1)):
        assert max(overlap(true, box) for box in found) > 0.95


def test_four_panels_are_found() -> None:
    quarters = [shot(72, 128, seed=seed) for seed in range(4)]
    seen = [
        np.vstack([np.hstack([a, b]), np.hstack([c, d])])
        for a, b, c, d in zip(*quarters, strict=True)
    ]

    found = panels(seen, params=PanelParams(most=12))

    for x in (0, 0.5):
        for y in (0, 0.5):
            true = Box(x, y, x + 0.5, y + 0.5)
            assert max(overlap(true, box) for box in found) > 0.9


def test_moving_picture_has_none() -> None:
    assert panels(shot(144, 256, seed=3)) == []


@given(seed=st.integers(0, 2**16), height=st.integers(8, 90), width=st.integers(8, 90))
def test_panels_are_few_and_large_enough(seed: int, height: int, width: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (3, height, width), dtype=np.uint8)

    found = panels(list(noise))

    assert len(found) <= PanelParams().most
    assert all(min(box.x1 - box.x0, box.y1 - box.y0) > PanelParams().least - 1e-9 for box in found)


def test_part_of_a_panel_lies_in_the_frame() -> None:
    assert within(Box(0.5, 0, 1, 0.5), Box(0, 0.2, 0.5, 1)) == Box(0.5, 0.1, 0.75, 0.5)


@given(
    x=st.floats(0, 0.6),
    y=st.floats(0, 0.6),
    width=st.floats(0.15, 0.4),
    height=st.floats(0.15, 0.4),
)
def test_place_says_how_a_picture_lies_over_the_panel_once_it_is_stored(
    x: float, y: float, width: float, height: float
) -> None:
    places = placed(stored(np.array([place(Box(x, y, x + width, y + height))], np.float32)))

    (matrix,) = maps(places)

    assert matrix @ [0, 0, 1] == pytest.approx([x, y], abs=0.015)
    assert matrix @ [1, 1, 1] == pytest.approx([x + width, y + height], abs=0.015)
    assert maps(np.empty((0, 0), np.float32)).shape == (0, 2, 3)
