from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.values import Channel, Hits, Interval
from lineage.candidates import GatherParams, gather, too_common

WHOLE = Interval(0.0, 60.0)

type Row = tuple[float, int, float, int]
"""Query time, asset, source time, bits."""


def hits(rows: Sequence[Row], *, variant: str = "plain", common: Sequence[int] = ()) -> Hits:
    """Return rows as hits; what they hit in some of the assets is common."""
    query, assets, times, bits = (list(column) for column in zip(*rows, strict=True))
    return Hits(
        np.array(query, np.float64),
        np.array(assets, np.int64),
        np.array(times, np.float64),
        np.zeros(len(rows)),
        np.array(bits, np.uint16),
        Channel.PICTURE,
        variant,
        common=np.isin(assets, common),
    )


def line(asset: int, offset: float, *, rate: float = 1.0, count: int = 6) -> list[Row]:
    return [(float(t), asset, offset + rate * t, 10) for t in range(count)]


def test_hits_on_a_line_are_one_candidate_with_room_on_both_sides() -> None:
    rows = [(10.0 + t, 7, 30.0 + t, 10) for t in range(6)]

    (candidate,) = gather([hits(rows)], assets=50, within=WHOLE)

    assert candidate.asset == 7
    assert candidate.votes == 6
    assert (candidate.query.start, candidate.query.end) == (7.0, 18.0)
    assert (candidate.source.start, candidate.source.end) == (27.0, 38.0)


def test_room_ends_where_the_line_leaves_the_query() -> None:
    query = Interval(0.0, 5.5)

    (candidate,) = gather([hits(line(7, 20.0))], assets=50, within=query)
    (backwards,) = gather([hits(line(7, 20.0, rate=-1.0))], assets=50, within=query)

    slack = GatherParams().slack
    assert (candidate.source.start, candidate.source.end) == (20.0 - slack, 25.5 + slack)
    assert (backwards.source.start, backwards.source.end) == (14.5 - slack, 20.0 + slack)


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, -1.0])
def test_rate_of_the_line_is_told(rate: float) -> None:
    (candidate,) = gather([hits(line(7, 40.0, rate=rate, count=12))], assets=50, within=WHOLE)

    assert candidate.rate == rate


def test_asset_with_more_moments_comes_first() -> None:
    found = gather(
        [hits([*line(1, 5.0, count=3), *line(2, 9.0, count=6)])], assets=50, within=WHOLE
    )

    assert [candidate.asset for candidate in found] == [2, 1]


def test_stretches_far_apart_in_one_asset_are_two_candidates() -> None:
    late = [(t + 30.0, 7, 400.0 + t, 10) for t in range(6)]

    found = gather([hits([*line(7, 20.0), *late])], assets=50, within=WHOLE)

    assert sorted(candidate.source.start for candidate in found) == [19.0, 397.0]


def test_one_moment_that_resembles_a_whole_studio_day_counts_once() -> None:
    studio = [(1.0, 1, float(t), 30) for t in range(200)]

    best, other = gather([hits([*studio, *line(2, 9.0, count=4)])], assets=50, within=WHOLE)[:2]

    assert (best.asset, other.asset) == (2, 1)


def test_nearest_code_of_a_moment_outweighs_those_around_it() -> None:
    blurred = [(t, 1, 100.0 + t + d, 8 + abs(d) * 6) for t in range(5) for d in range(-4, 5)]
    rows: list[Row] = [(float(t), asset, float(s), bits) for t, asset, s, bits in blurred]

    best = gather([hits(rows)], assets=50, within=WHOLE)[0]

    assert best.source.start <= 100.0
    assert best.hits.distances.min() == 8


def test_moments_that_resemble_everything_are_common_and_make_no_candidate() -> None:
    everywhere = [(2.0, asset, 3.0, 0) for asset in range(40)]

    rows = hits(everywhere)

    assert gather([rows], assets=50, within=WHOLE) == []
    assert too_common([rows], assets=50).tolist() == [2.0]


def test_common_moment_does_not_spoil_a_rare_one() -> None:
    everywhere = [(9.0, asset, 3.0, 0) for asset in range(40)]

    (candidate,) = gather([hits([*everywhere, *line(7, 20.0)])], assets=50, within=WHOLE)

    assert candidate.asset == 7
    assert 9.0 not in candidate.hits.query_times


def test_moments_whose_nearest_hit_is_common_point_to_no_asset() -> None:
    rows = [*line(1, 0.0), *((time, 2, 7.0 + time, 15) for time in range(6))]

    assert gather([hits(rows, common=[1])], assets=50, within=WHOLE) == []
    assert too_common([hits(rows, common=[2])], assets=50).tolist() == list(range(6))


def test_moments_much_nearer_to_another_asset_than_to_what_is_common_point_to_it() -> None:
    rows = [*line(1, 0.0), *((time, 2, 7.0 + time, 40) for time in range(6))]

    (one, *_) = gather([hits(rows, common=[2])], assets=50, within=WHOLE)

    assert one.asset == 1
    assert too_common([hits(rows, common=[2])], assets=50).tolist() == []


def test_variants_are_candidates_of_their_own() -> None:
    found = gather(
        [hits(line(1, 5.0)), hits(line(1, 8.0, count=3), variant="mirror")], assets=50, within=WHOLE
    )

    assert [candidate.variant for candidate in found] == ["plain", "mirror"]


@given(
    st.lists(
        st.tuples(st.floats(0, 60), st.integers(1, 3), st.floats(0, 600), st.integers(0, 68)),
        min_size=1,
        max_size=40,
    )
)
def test_any_hits_make_candidates_that_hold_them(rows: list[Row]) -> None:
    found = gather([hits(rows)], assets=50, within=WHOLE)

    assert found
    for candidate in found:
        assert len(candidate.hits) > 0
        assert all(time in candidate.query for time in candidate.hits.query_times)
        assert all(time in candidate.source for time in candidate.hits.times)


def test_no_hits_are_no_candidates() -> None:
    empty = Hits(
        np.empty(0),
        np.empty(0, np.int64),
        np.empty(0),
        np.empty(0),
        np.empty(0, np.uint16),
        Channel.PICTURE,
    )

    assert gather([empty], assets=0, within=WHOLE) == []
    assert too_common([empty], assets=0).tolist() == []


def test_number_of_candidates_is_bounded() -> None:
    rows = [row for asset in range(30) for row in line(asset, 5.0 * asset, count=2)]

    params = GatherParams(most=10, few=99)
    assert len(gather([hits(rows)], assets=1000, within=WHOLE, params=params)) == 10
