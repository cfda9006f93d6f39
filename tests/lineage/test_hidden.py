import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.hidden import BLOCKS, hidden
from tests.lineage.strips import film, noisy

type Pictures = npt.NDArray[np.uint8]


def shown(seed: int) -> Pictures:
    return film(seed, 0, 4)[::20]


def covered(pictures: Pictures, left: int, top: int, side: int) -> Pictures:
    """Return the pictures with a chequered square over them, in blocks."""
    block = pictures.shape[1] // BLOCKS
    rows, columns = np.indices((side * block, side * block)) // (block // 2)
    made = pictures.copy()
    over = made[:, top * block : (top + side) * block, left * block : (left + side) * block]
    over[:] = (rows + columns) % 2 * 255
    return made


@given(st.integers(0, 5), st.integers(0, 5), st.integers(3, 5), st.integers(0, 1000))
def test_painted_part_is_found_wherever_it_is(left: int, top: int, side: int, seed: int) -> None:
    left, top = min(left, BLOCKS - side), min(top, BLOCKS - side)
    truth = np.zeros((BLOCKS, BLOCKS), bool)
    truth[top : top + side, left : left + side] = True

    told = hidden(noisy(covered(shown(seed), left, top, side)), shown(seed))

    assert told is not None
    blocks, error = told
    assert (blocks & truth).sum() >= 0.8 * truth.sum()
    assert (blocks & ~truth).sum() <= 0.25 * (~truth).sum()
    assert error < 0.02


def test_brighter_and_paler_copy_hides_nothing_else() -> None:
    pictures = shown(3)
    pale = (60 + 0.6 * covered(pictures, 2, 2, 4)).astype(np.uint8)

    told = hidden(pale, pictures)

    assert told is not None
    assert told[0].sum() == pytest.approx(16, abs=3)


def test_nothing_hides_a_copy() -> None:
    assert hidden(noisy(shown(3)), shown(3)) is None


@pytest.mark.parametrize("seed", range(4))
def test_what_is_left_of_another_picture_is_not_alike(seed: int) -> None:
    told = hidden(noisy(shown(seed)), shown(seed + 50))

    assert told is None or told[1] > 0.1
