"""Tests of filters over grids of cells, beside SciPy's of the same name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from lineage.evidence import grids
from lineage.evidence.grids import Beyond

SHAPES = array_shapes(min_dims=3, max_dims=3, max_side=8)
PARTS = arrays(bool, SHAPES)


@pytest.mark.parametrize("mode", ["reflect", "nearest"])
@pytest.mark.parametrize("size", [(1, 3, 3), (2, 3, 3), (5, 3, 3), (12, 5, 5)])
def test_mean_is_taken_over_moments_and_places(size: tuple[int, int, int], mode: Beyond) -> None:
    cells = np.random.default_rng(1).random((9, 12, 17), dtype=np.float32)

    found = grids.mean(cells, size, mode=mode)

    assert found.dtype == np.float32
    assert found == pytest.approx(ndimage.uniform_filter(cells, size, mode=mode), abs=1e-5)


def test_greatest_value_is_sought_in_each_moment_alone() -> None:
    cells = np.random.default_rng(2).random((4, 9, 7), dtype=np.float32)

    assert (grids.greatest(cells, 3) == ndimage.maximum_filter(cells, (1, 3, 3))).all()


@given(PARTS)
def test_cells_that_touch_are_one_part(here: np.ndarray) -> None:
    labels, number = grids.connected(here)
    wanted, count = ndimage.label(here, np.ones((3, 3, 3)))

    assert number == count
    assert ((labels > 0) == here).all()
    pairs = set(zip(labels.ravel().tolist(), wanted.ravel().tolist(), strict=True))
    assert len(pairs) == len(np.unique(labels)), "each part of one is a part of the other"


@given(PARTS, st.integers(1, 5))
def test_part_grows_to_all_sides(here: np.ndarray, cells: int) -> None:
    wanted = ndimage.binary_dilation(here[0], iterations=cells)

    assert (grids.grown(here[0], cells) == wanted).all()
