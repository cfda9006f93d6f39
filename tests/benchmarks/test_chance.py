import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.chance import at_most, in_archive, tail


def test_none_of_many_follows_the_rule_of_three() -> None:
    assert at_most(0, 1000) == pytest.approx(3 / 1000, rel=0.01)


def test_nothing_tried_bounds_nothing() -> None:
    assert at_most(0, 0) == 1.0


@given(st.integers(0, 50), st.integers(51, 10_000))
def test_bound_lies_above_what_was_found_and_rises_with_it(found: int, tried: int) -> None:
    assert found / tried < at_most(found, tried) <= at_most(found + 1, tried) <= 1.0


def test_tail_of_an_exponential_is_found() -> None:
    strengths = [0.1 * number for number in range(9)] + [0.9]

    found = tail(strengths * 100, highest=0.1)

    assert found is not None
    assert found.start == pytest.approx(0.8)
    assert found.share == pytest.approx(0.1)
    assert found.mean == pytest.approx(0.1)
    assert found.beyond(1.0) == pytest.approx(0.1 * 2.718281828**-2)


def test_tail_that_does_not_spread_is_never_passed() -> None:
    found = tail([0.5] * 100, highest=0.1)

    assert found is not None
    assert (found.beyond(0.4), found.beyond(0.6)) == (0.1, 0.0)


def test_few_strengths_have_no_tail() -> None:
    assert tail([0.1, 0.2]) is None


def test_chance_grows_with_the_archive_up_to_certainty() -> None:
    assert in_archive(0.01, hours=10, measured=1) == pytest.approx(0.1)
    assert in_archive(0.01, hours=1000, measured=1) == 1.0
