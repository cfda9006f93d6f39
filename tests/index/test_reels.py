"""Stills of groups of times, beside those that each group has alone."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import batched
from operator import add, mul
from pathlib import Path

import numpy as np
import pytest

from index import measure
from index.decode import stretches
from index.decode.clip import Clip, stills
from index.decode.pacing import Steps
from index.decode.passes import Shown
from index.decode.reels import gathered
from index.measure import Course
from index.values import Interval, Still
from tests import clips
from tests.clips import Coding

SIDE = 96
RISING = [[0.1, 0.5, 0.9], [0.86, 1.3, 1.7], [1.7, 2.1], [7.0, 7.1]]
NESTED = [[1.0, 1.5, 2.0, 2.5], [1.2, 1.5, 1.6], [1.3, 2.7]]
FALLING = [[8.0, 8.4, 8.8], [7.2, 7.6, 8.0], [2.0, 2.1], [0.0, 0.4]]
BROKEN_UP = [[0.1, 0.5], [], [0.9, 1.3], []]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    coding = Coding(gop=100, b_frames=3)
    return clips.movie(tmp_path_factory.mktemp("reels") / "a.mp4", seconds=10, coding=coding)


def same(some: Sequence[Still], others: Sequence[Still]) -> bool:
    return [one.time for one in some] == [one.time for one in others] and all(
        np.array_equal(a.picture, b.picture) for a, b in zip(some, others, strict=True)
    )


@pytest.mark.parametrize("groups", [RISING, NESTED, FALLING, BROKEN_UP])
def test_groups_have_the_stills_that_each_has_alone(clip: Path, groups: list[list[float]]) -> None:
    found = list(gathered(Clip(clip), groups, side=SIDE))

    alone = [stills(clip, group, side=SIDE) for group in groups]
    assert [same(*pair) for pair in zip(found, alone, strict=True)] == [True] * len(groups)


@pytest.mark.parametrize(("groups", "passes"), [(RISING[:3], 1), (NESTED, 1), (FALLING, 4)])
def test_groups_that_rise_share_a_pass(
    monkeypatch: pytest.MonkeyPatch, clip: Path, groups: list[list[float]], passes: int
) -> None:
    begun: list[float] = []

    def since(path: Path, steps: Steps, start: float) -> Iterator[Shown]:
        begun.append(start)
        return stretches.since(path, steps, start)

    monkeypatch.setattr("index.decode.clip.since", since)

    list(gathered(Clip(clip), groups, side=SIDE))

    assert len(begun) == passes


def test_groups_are_asked_for_two_ahead(clip: Path) -> None:
    asked: list[int] = []

    def groups() -> Iterator[list[float]]:
        for number, group in enumerate(RISING):
            asked.append(number)
            yield group

    next(gathered(Clip(clip), groups(), side=SIDE))

    assert asked == [0, 1, 2]


def test_groups_of_a_file_without_picture_are_empty(tmp_path: Path) -> None:
    sound = clips.sound_only(tmp_path / "a.m4a", seconds=2)

    assert list(gathered(Clip(sound), RISING, side=SIDE)) == [[]] * len(RISING)


@pytest.mark.parametrize("there", [partial(add, 1.0), partial(mul, 0.5)], ids=["later", "slower"])
def test_both_files_are_shown_beside_one_another(clip: Path, there: partial[float]) -> None:
    course = Course(there, (-0.04, 0.0, 0.04), fewest=3)
    told = list(measure.beside(clip, clip, moments=RISING, course=course, side=SIDE))

    ours, theirs = zip(*batched(parted(told), 2), strict=True)

    assert [len(part) for part in ours] == [3, 3, 2, 2]
    alone = [stills(clip, group, side=SIDE) for group in RISING]
    assert all(same(*pair) for pair in zip(ours, alone, strict=True))
    wanted = [np.unique(course.times(query)).tolist() for query in alone]
    beside = [unique(stills(clip, times, side=SIDE)) for times in wanted]
    assert all(same(*pair) for pair in zip(theirs, beside, strict=True))


def test_a_part_of_too_few_frames_is_left_out(clip: Path) -> None:
    course = Course(partial(add, 1.0), (0.0,), fewest=3)
    moments = [[0.1, 0.5, 0.9], [1.0, 1.001, 1.002], [1.3, 1.7, 2.1]]

    told = list(measure.beside(clip, clip, moments=moments, course=course, side=SIDE))

    assert [len(part) for part in parted(told)] == [3, 3, 0, 0, 3, 3]


def parted(told: Sequence[Still | None]) -> list[list[Still]]:
    """What comes before each None."""
    ends = [place for place, one in enumerate(told) if one is None]
    starts = [0, *(end + 1 for end in ends)]
    return [
        [one for one in told[start:end] if one is not None]
        for start, end in zip(starts, ends, strict=False)
    ]


def unique(some: Sequence[Still]) -> list[Still]:
    return [one for _, one in sorted({one.time: one for one in some}.items())]


@pytest.mark.parametrize("window", [Interval(0.0, 1.0), Interval(3.01, 3.5), Interval(9.5, 14.0)])
def test_a_film_holds_every_frame_that_is_nearest_to_some_time(
    clip: Path, window: Interval
) -> None:
    shown = list(measure.film(clip, window, side=SIDE))

    times = np.linspace(window.start, min(window.end, 9.99), 60)
    nearest = stills(clip, list(map(float, times)), side=SIDE)
    assert {still.time for still in nearest} <= {still.time for still in shown}
    steps = np.diff([still.time for still in shown])
    assert np.allclose(steps, 0.04)


def test_a_film_of_frames_that_stand_long_has_those_around_the_window(tmp_path: Path) -> None:
    slow = clips.movie(tmp_path / "slow.mp4", times=[0.0, 1.0, 4.0, 9.0, 9.5])

    shown = list(measure.film(slow, Interval(5.0, 8.0), side=SIDE))

    assert [round(still.time, 3) for still in shown] == [4.0, 9.0]
