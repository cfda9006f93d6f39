import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.values import STRIP_SIDE, Box, Channel, Interval, Strip
from lineage.unexplained import covered, gaps, rests, unfilled
from lineage.values import Reason, Segment
from tests.lineage.strips import film, strip

WHOLE = Interval(0.0, 6.0)
NOTHING: npt.NDArray[np.float64] = np.empty(0)

spans = st.tuples(st.floats(0, 50), st.floats(0.1, 20)).map(lambda s: Interval(s[0], s[0] + s[1]))


@given(st.lists(spans, max_size=8))
def test_gaps_and_what_is_covered_make_the_whole(explained: list[Interval]) -> None:
    whole = Interval(5.0, 45.0)

    left = gaps(whole, explained)

    assert sum(gap.length for gap in left) == pytest.approx(
        (1 - covered(whole, explained)) * whole.length
    )
    assert all(gap.overlap(one) <= 1e-9 for gap in left for one in explained)


def segment(start: float, end: float, box: Box | None) -> Segment:
    return Segment(
        query=Interval(start, end),
        source=Interval(start, end),
        rate=1.0,
        channel=Channel.PICTURE,
        variant="plain",
        confidence=0.9,
        frame_exact=True,
        query_box=box,
    )


def test_panel_leaves_the_rest_of_the_picture_to_be_looked_up() -> None:
    panel = segment(0.0, 4.0, Box(0.5, 0.0, 1.0, 1.0))
    seen = strip(film(1, 0, 6))

    assert unfilled(WHOLE, [panel], seen) == [WHOLE]
    beside = segment(1.0, 3.0, Box(0.0, 0.0, 0.5, 1.0))
    assert unfilled(WHOLE, [panel, beside], seen) == [Interval(0.0, 1.0), Interval(3.0, 6.0)]
    assert unfilled(WHOLE, [segment(0.0, 4.0, None)], seen) == [Interval(4.0, 6.0)]


def test_bars_need_nothing_to_fill_them() -> None:
    seen = strip(film(1, 0, 6))
    boxes = np.tile(np.array([0.25, 0.0, 0.75, 1.0], np.float32), (len(seen), 2, 1))
    barred = Strip(seen.times, seen.pictures, boxes)

    assert unfilled(WHOLE, [segment(0.0, 6.0, Box(0.25, 0.0, 0.75, 1.0))], barred) == []


def test_time_without_a_source_has_no_match() -> None:
    (rest,) = rests(WHOLE, [Interval(0.0, 4.0)], strip(film(1, 0, 6)), NOTHING)

    assert (rest.query, rest.reason) == (Interval(4.0, 6.0), Reason.NO_MATCH)


def test_black_is_too_plain() -> None:
    black = np.concatenate([film(1, 0, 4), np.full((50, STRIP_SIDE, STRIP_SIDE), 3, np.uint8)])

    (rest,) = rests(WHOLE, [Interval(0.0, 4.0)], strip(black), NOTHING)

    assert rest.reason is Reason.TOO_PLAIN


def test_moments_that_resemble_everything_are_too_common() -> None:
    common = np.arange(4.0, 6.0, 1 / 6)

    (rest,) = rests(WHOLE, [Interval(0.0, 4.0)], strip(film(1, 0, 6)), common)

    assert rest.reason is Reason.TOO_COMMON


def test_what_is_too_common_is_told_apart_from_what_follows_it() -> None:
    common = np.arange(0.0, 2.5, 1 / 6)

    first, second = rests(WHOLE, [Interval(5.0, 6.0)], strip(film(1, 0, 6)), common)

    assert (first.reason, second.reason) == (Reason.TOO_COMMON, Reason.NO_MATCH)
    assert first.query.end == second.query.start == common[-1]
    assert second.query.end == 5.0


def test_a_few_common_moments_make_no_stretch_of_their_own() -> None:
    common = np.array([1.0, 1.2, 3.0])

    (rest,) = rests(WHOLE, [], strip(film(1, 0, 6)), common)

    assert (rest.query, rest.reason) == (WHOLE, Reason.NO_MATCH)


def test_a_moment_is_too_short() -> None:
    (rest,) = rests(WHOLE, [Interval(0.0, 5.7)], strip(film(1, 0, 6)), NOTHING)

    assert rest.reason is Reason.TOO_SHORT


def test_long_time_without_frames_could_not_be_decoded() -> None:
    (rest,) = rests(Interval(0.0, 12.0), [Interval(0.0, 4.0)], strip(film(1, 0, 4)), NOTHING)

    assert rest.reason is Reason.UNDECODABLE


def test_last_frame_may_be_shown_for_long() -> None:
    assert rests(WHOLE, [Interval(0.0, 4.0)], strip(film(1, 0, 4)), NOTHING) == []


def test_edges_of_a_frame_are_no_rest() -> None:
    explained = [Interval(0.0, 2.98), Interval(3.02, 5.95)]

    assert rests(WHOLE, explained, strip(film(1, 0, 6)), NOTHING) == []
