import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.values import STRIP_SIDE, Strip
from lineage.seek import SeekParams, sought

ASPECT = 16 / 9


def films(seed: int, frames: int = 6) -> np.ndarray:
    """Return textured pictures, each another, uint8 (frames, 270, 480)."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (frames, 9, 16), dtype=np.uint8)
    return np.stack([cv2.resize(one, (480, 270), interpolation=cv2.INTER_CUBIC) for one in coarse])


def strip(pictures: np.ndarray, aspect: float = ASPECT) -> Strip:
    side = (STRIP_SIDE, STRIP_SIDE)
    small = np.stack([cv2.resize(one, side, interpolation=cv2.INTER_AREA) for one in pictures])
    boxes = np.tile(np.array([0, 0, 1, 1], np.float32), (len(small), 2, 1))
    return Strip(np.arange(float(len(small))), small.astype(np.uint8), boxes, aspect)


def beside(count: int = 6) -> list[tuple[int, int]]:
    return [(number, number) for number in range(count)]


@settings(max_examples=15, deadline=None)
@given(
    width=st.integers(80, 300), left=st.floats(0, 1), top=st.floats(0, 1), seed=st.integers(0, 99)
)
def test_picture_set_into_a_frame_is_found_where_it_is(
    width: int, left: float, top: float, seed: int
) -> None:
    around, inner = films(seed), films(seed + 1000)
    height = round(width / ASPECT)
    x, y = round(left * (480 - width)), round(top * (270 - height))
    for one, other in zip(around, inner, strict=True):
        one[y : y + height, x : x + width] = cv2.resize(other, (width, height))

    lies, *_ = sought(strip(around), strip(inner), beside(), variant="plain")

    corner = lies @ [x / 480, y / 270, 1]
    end = lies @ [(x + width) / 480, (y + height) / 270, 1]
    assert [*corner, *end] == pytest.approx([0, 0, 1, 1], abs=0.12)


@pytest.mark.parametrize("variant", ["plain", "mirror"])
def test_part_of_a_picture_is_found_in_it(variant: str) -> None:
    whole = films(5)
    part = whole[:, :, 200:352]
    shown = part[:, :, ::-1] if variant == "mirror" else part

    lies, *_ = sought(strip(shown, 152 / 270), strip(whole), beside(), variant=variant)

    assert lies @ [0, 0, 1] == pytest.approx([200 / 480, 0], abs=0.03)
    assert lies @ [1, 1, 1] == pytest.approx([352 / 480, 1], abs=0.03)


def test_plain_pictures_are_no_error_and_few_places_are_told() -> None:
    flat = strip(np.full((6, 270, 480), 90, np.uint8))

    assert len(sought(flat, flat, beside(), variant="plain")) <= SeekParams().maps
    assert len(sought(strip(films(1)), flat, beside(1), variant="plain")) <= SeekParams().maps
