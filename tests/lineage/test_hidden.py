import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.hidden import BLOCKS, goes_on, hidden
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


def test_source_goes_on_while_most_of_it_is_shown() -> None:
    pictures = shown(3)
    usual = noisy(pictures), pictures

    told = [
        goes_on(noisy(covered(pictures, 0, 0, side)), pictures, usual=usual) for side in (3, 4, 7)
    ]

    assert told == [True, True, False]


def test_source_goes_on_though_half_of_it_is_one_shade() -> None:
    """The blocks that fit best are of one shade, and tell no contrast."""
    pictures = np.full_like(shown(3), 230)
    seen = (slice(None), slice(48, 96))
    pictures[seen] = shown(3)[seen]
    coded = pictures.copy()
    coded[seen] = noisy(pictures)[seen]

    assert goes_on(covered(coded, 0, 0, 3), pictures, usual=(coded, pictures))


def test_source_does_not_go_on_in_black_however_poor_it_is_shown() -> None:
    pictures = shown(3)
    poor = noisy(pictures, level=30), pictures

    assert not goes_on(np.zeros_like(pictures), pictures, usual=poor)


def test_logo_alone_does_not_tell_that_a_source_goes_on() -> None:
    """Where nearly all of the source is plain, all else that it might show is unknown."""
    logo, other = np.zeros_like(shown(3)), shown(4)
    logo[:, :12, :6] = other[:, :12, :6] = 255
    other[:, :12, 6:12] = 0

    assert not goes_on(noisy(other), logo, usual=(noisy(logo), logo))
