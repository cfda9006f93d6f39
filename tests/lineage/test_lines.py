import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.lines import Both, Film, Line, natural


def both(first: float, seconds: float) -> Both:
    """Return 4 s of a query, and so many seconds of a source from some time on."""
    times = (np.arange(0.0, 4.0, 0.1), first + np.arange(0.0, seconds, 0.1))
    return Both.of(*(Film(each, np.zeros((len(each), 1024), np.float32)) for each in times))


@given(st.sampled_from([-1.25, -1.0, 0.8, 1.0, 1.25]), st.floats(0, 20), st.floats(0.5, 2))
def test_a_plain_line_stays_within_the_source(rate: float, offset: float, steep: float) -> None:
    sides = both(3.0, 9.0)

    line = natural(Line(steep, offset), sides, rate)

    shown = line.at(sides.query.times)
    assert line.rate == rate
    assert shown.min() >= sides.source.times[0] - 1e-9
    assert shown.max() <= sides.source.times[-1] + 1e-9


@pytest.mark.parametrize("rate", [-1.0, 1.0, 1.25])
def test_a_plain_line_goes_through_the_middle_of_the_other(rate: float) -> None:
    sides = both(0.0, 20.0)
    middle = (sides.query.times[[0]] + sides.query.times[[-1]]) / 2

    line = natural(Line(1.5, 6.0), sides, rate)

    assert line.at(middle) == pytest.approx(Line(1.5, 6.0).at(middle))
