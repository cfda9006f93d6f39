from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.values import Box, Interval
from lineage import evidence
from lineage.evidence import Track
from lineage.evidence.edges import heights, step
from tests.lineage.evidence import scenes

PATCH = Box(0.3, 0.3, 0.6, 0.7)
START = 1.5


@given(
    before=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9),
    after=st.lists(st.floats(5.0, 6.0), min_size=1, max_size=9),
)
def test_step_up_and_step_down_are_found_to_the_moment(
    before: list[float], after: list[float]
) -> None:
    assert step(np.array(before + after)) == len(before)
    assert step(np.array(after + before)) == len(after)


def test_single_moment_has_no_step() -> None:
    assert step(np.array([3.0])) is None


@pytest.mark.parametrize("levels", [[2.0, 2.1, 2.0, 2.2, 2.1, 2.0], [0, 9, 0, 9, 0, 9, 0, 9]])
def test_levels_that_do_not_part_clearly_have_no_step(levels: list[float]) -> None:
    assert step(np.array(levels)) is None


def test_only_the_part_is_measured() -> None:
    cells = np.zeros((2, 20, 40), np.float32)
    cells[1, 4:8, 10:20] = 6.0
    cells[0, 12:16] = 9.0

    assert heights(cells, Box(0.2, 0.1, 0.6, 0.5)) == pytest.approx([0.0, 6.0])


def test_change_begins_at_its_first_frame() -> None:
    times = np.arange(1.2, 1.8, 1 / scenes.RATE)
    beside = scenes.beside(scenes.patched(PATCH, start=START), times=times)
    track = Track(Interval(1.4, 3.0), PATCH, 2.0, 20.0, 0.1, 5.0, 5.0, 1.0)

    [at] = evidence.turns(beside, scenes.segment(), [track])

    assert at is not None
    assert beside.times[at - 1] < START <= beside.times[at]


def test_changes_that_begin_at_the_same_time_are_told_each_by_its_own_part() -> None:
    times = np.arange(1.2, 1.8, 1 / scenes.RATE)
    beside = scenes.beside(scenes.patched(PATCH, start=START), times=times)
    track = Track(Interval(1.4, 3.0), PATCH, 2.0, 20.0, 0.1, 5.0, 5.0, 1.0)
    elsewhere = replace(track, box=Box(0.02, 0.02, 0.1, 0.1))

    first, second = evidence.turns(beside, scenes.segment(), [elsewhere, track])

    assert first is None
    assert second is not None


def test_what_cannot_be_compared_begins_nowhere() -> None:
    track = Track(Interval(1.4, 3.0), PATCH, 2.0, 20.0, 0.1, 5.0, 5.0, 1.0)

    assert evidence.turns(scenes.beside(other=5), scenes.segment(), [track]) == [None]
