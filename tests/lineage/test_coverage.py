from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.values import Channel, Interval
from lineage.coverage import Coverage, PeakParams, Tie, Use, peaks, steps

TIMES = st.floats(0, 100, allow_nan=False).map(lambda time: round(time, 2))
SPANS = st.tuples(TIMES, TIMES).filter(lambda ends: ends[0] != ends[1]).map(sorted)
SHOWN = st.lists(SPANS.map(lambda ends: Interval(*ends)), min_size=1, max_size=6)
USES = st.lists(st.tuples(st.sampled_from(Tie), SHOWN), max_size=8).map(
    lambda found: [Use.joining(str(place), tie, shown) for place, (tie, shown) in enumerate(found)]
)


def use(file: str, *spans: tuple[float, float], tie: Tie = Tie.DESCENDANT) -> Use:
    return Use.joining(file, tie, [Interval(*span) for span in spans])


def shows(one: Use, time: float) -> bool:
    return any(time in span for span in one.stretches)


def length(spans: Sequence[Interval]) -> Fraction:
    return sum((Fraction(one.end) - Fraction(one.start) for one in spans), Fraction())


@given(USES)
def test_steps_add_up_to_what_all_files_show(uses: list[Use]) -> None:
    whole = steps(uses)

    area = sum((one.files * length([one.interval]) for one in whole), Fraction())
    assert area == sum((length(one.stretches) for one in uses), Fraction())


@given(USES)
def test_steps_count_the_files_that_show_each_moment_by_how_they_are_related(
    uses: list[Use],
) -> None:
    for one in steps(uses):
        showing = [each.tie for each in uses if shows(each, one.interval.start)]
        ending = [each.tie for each in uses if each.within(one.interval)]
        assert showing == ending
        assert (one.descendants, one.ancestors, one.others) == tuple(map(showing.count, Tie))


@given(USES)
def test_steps_follow_one_another_and_each_shows_someone(uses: list[Use]) -> None:
    whole = steps(uses)

    assert all(1 <= one.files <= len(uses) for one in whole)
    assert all(one.interval.end <= two.interval.start for one, two in pairwise(whole))


@given(USES, st.randoms())
def test_order_of_files_does_not_matter(uses: list[Use], random: Random) -> None:
    mixed = list(uses)
    random.shuffle(mixed)

    assert steps(mixed) == steps(uses)
    assert peaks(mixed) == peaks(uses)


@given(st.lists(SPANS.map(lambda ends: Interval(*ends)), min_size=1), st.randoms())
def test_file_that_repeats_a_moment_counts_once(shown: list[Interval], random: Random) -> None:
    twice = [*shown, *shown]
    random.shuffle(twice)

    one = Use.joining("a", Tie.DESCENDANT, twice)

    assert one == Use.joining("a", Tie.DESCENDANT, shown)
    assert all(step.files == 1 for step in steps([one]))


@given(USES)
def test_each_moment_of_a_peak_is_shown_by_as_many_files_as_it_says(uses: list[Use]) -> None:
    whole = steps(uses)

    for peak in peaks(uses):
        inside = [one for one in whole if one.interval.overlap(peak.interval) > 0]
        assert length([one.interval for one in inside]) == length([peak.interval])
        assert min(one.files for one in inside) == peak.at_once <= len(peak.files)
        assert peak.interval.length >= PeakParams().least


@given(USES)
def test_highest_step_that_lasts_is_the_first_peak(uses: list[Use]) -> None:
    lasting = [one.files for one in steps(uses) if one.interval.length >= PeakParams().least]

    assert max((peak.at_once for peak in peaks(uses)), default=0) >= max(lasting, default=0)


def test_files_that_end_frames_apart_make_one_peak() -> None:
    found = peaks([use("a", (10, 20)), use("b", (10.2, 20.1)), use("c", (9.9, 19.96))])

    assert [(one.interval, one.at_once) for one in found] == [(Interval(10.2, 19.96), 3)]
    assert found[0].files == ("a", "b", "c")


def test_moment_too_short_to_be_named_belongs_to_what_is_around_it() -> None:
    found = peaks([use("a", (10, 20)), use("b", (12, 12.5))])

    assert [(one.interval, one.at_once) for one in found] == [(Interval(10, 20), 1)]
    assert found[0].files == ("a", "b")


def test_much_longer_stretch_around_a_peak_is_told_besides() -> None:
    found = peaks([use("a", (0, 60)), use("b", (10, 20)), use("c", (10, 20))])

    assert [(one.interval, one.at_once) for one in found] == [
        (Interval(10, 20), 3),
        (Interval(0, 60), 1),
    ]


def test_slope_around_a_peak_is_not_told_step_by_step() -> None:
    found = peaks([use(str(step), (10 - step, 20 + step)) for step in range(5)])

    assert [one.at_once for one in found] == [5]


def test_peaks_with_time_between_that_none_shows_are_two() -> None:
    found = peaks([use("a", (0, 5), (6, 12)), use("b", (0, 5))])

    assert [(one.interval, one.at_once) for one in found] == [
        (Interval(0, 5), 2),
        (Interval(6, 12), 1),
    ]


def test_no_more_peaks_than_asked_for_are_told_and_the_best_of_them() -> None:
    uses = [use("a", (0, 5), (10, 30)), use("b", (0, 5))]

    assert peaks(uses, top=1) == peaks(uses)[:1]


@pytest.mark.parametrize(
    ("ties", "seconds"), [((Tie.DESCENDANT,), 12), ((Tie.OTHER,), 4), (tuple(Tie), 14)]
)
def test_seconds_that_several_files_show_count_once(ties: tuple[Tie, ...], seconds: float) -> None:
    uses = (use("a", (0, 10)), use("b", (8, 12)), use("c", (10, 14), tie=Tie.OTHER))

    assert Coverage(Channel.PICTURE, uses).seconds(*ties) == seconds
