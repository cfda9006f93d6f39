"""Curves fitted to made-up stretches of which the truth is known."""

import numpy as np
import pytest

from benchmarks.curves import HIGHEST, fitted


def drawn(count: int, *, seed: int = 1) -> tuple[list[tuple[float, float]], list[bool]]:
    """Return evidence of two measures, and rights drawn by a curve of the first alone."""
    random = np.random.default_rng(seed)
    measures = random.uniform(0, 1, (count, 2))
    shares = 1 / (1 + np.exp(-(-4 + 8 * measures[:, 0])))
    return [(float(a), float(b)) for a, b in measures], [
        bool(one) for one in random.uniform(0, 1, count) < shares
    ]


def test_curve_that_drew_the_stretches_is_found_again() -> None:
    fit = fitted(*drawn(4000))

    assert fit.curve.intercept == pytest.approx(-4, abs=0.6)
    assert fit.curve.slopes[0] == pytest.approx(8, abs=0.8)
    assert fit.curve.slopes[1] == pytest.approx(0, abs=0.5)


def test_measure_that_speaks_against_the_rest_is_left_out() -> None:
    evidence, right = drawn(4000)

    fit = fitted([(a, -a) for a, _ in evidence], right)

    assert fit.curve.slopes[1] == 0.0


@pytest.mark.parametrize(("count", "bound"), [(40, 41 / 42), (90, 91 / 92), (900, HIGHEST)])
def test_more_trials_without_a_failure_allow_more(count: int, bound: float) -> None:
    fit = fitted([(0.0,)] * 20 + [(1.0,)] * count, [False] * 20 + [True] * count)

    assert fit.curve.bound == pytest.approx(bound, abs=0.0001)


def test_failures_among_the_surest_lower_the_bound() -> None:
    fit = fitted([(0.0,)] * 20 + [(1.0,)] * 100, [False] * 20 + [True] * 97 + [False] * 3)

    assert (fit.trials, fit.failed) == (100, 3)
    assert fit.curve.bound == pytest.approx(1 - 4 / 102, abs=0.0001)
    assert fit.at_most == pytest.approx(7.754 / 100, abs=0.0001)


def test_parted_stretches_make_a_slope_and_no_step() -> None:
    fit = fitted([(0.2,)] * 50 + [(0.8,)] * 50, [False] * 50 + [True] * 50)

    assert 0.3 < fit.curve.at(0.5) / fit.curve.bound < 0.7
    assert fit.curve.at(0.8) < 0.99


def test_nothing_is_fitted_where_all_are_right() -> None:
    with pytest.raises(ValueError, match="nothing to tell apart"):
        fitted([(0.1,), (0.9,)], [True, True])
