"""Tests of least squares, beside NumPy's."""

import numpy as np
import pytest

from lineage.evidence.fitting import weights


def test_weights_are_those_of_least_squares_over_the_rows_that_count() -> None:
    random = np.random.default_rng(1)
    columns, wanted = random.random((5, 4, 40)), random.random((5, 40))
    used = random.random((5, 40)) < 0.6

    found = weights(columns, wanted, used)

    each = [
        np.linalg.lstsq(a.T[use], b[use])[0]
        for a, b, use in zip(columns, wanted, used, strict=True)
    ]
    assert found == pytest.approx(np.array(each))


def test_columns_that_say_the_same_share_the_weight() -> None:
    random = np.random.default_rng(2)
    one = random.random(30)
    columns = np.stack([np.ones(30), one, 2 * one, np.zeros(30)])

    found = weights(columns, 3 + 5 * one, np.ones(30, bool))

    assert found == pytest.approx([3, 1, 2, 0])
