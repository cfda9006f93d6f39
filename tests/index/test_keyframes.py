from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil

import numpy as np
import numpy.typing as npt
import pytest

from index.keyframes import (
    NEWS_AHEAD,
    NEWS_EVERY,
    NEWS_RARELY,
    CutDetector,
    Level,
    News,
    choose,
    merged,
    shots,
    spread,
)
from index.values import Frame, Luma


def luma(seed: int, shift: int = 0) -> Luma:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 60), dtype=np.uint8)
    return np.ascontiguousarray(np.kron(coarse, np.ones((12, 8), np.uint8))[:, shift : shift + 128])


def film(
    seeds: Sequence[int], fps: float = 10.0, *, key: Callable[[int], bool] = lambda _: False
) -> list[Frame]:
    return [Frame(i / fps, luma(seed, abs(i % 8 - 4)), key=key(i)) for i, seed in enumerate(seeds)]


def test_cut_is_found_where_the_scene_changes() -> None:
    frames = film([1] * 12 + [2] * 12)
    detector = CutDetector()

    found = [i for i, frame in enumerate(frames) if detector.begins(frame.luma)]

    assert found == [0, 12]


def test_cut_between_black_bars_is_found() -> None:
    frames = [np.pad(frame.luma, ((70, 70), (0, 0))) for frame in film([1] * 12 + [2] * 12)]
    detector = CutDetector()

    assert [i for i, frame in enumerate(frames) if detector.begins(frame)] == [0, 12]


def test_fast_movement_is_no_cut() -> None:
    frames = [luma(1, 9 * i) for i in range(20)]
    detector = CutDetector()

    assert [i for i, frame in enumerate(frames) if detector.begins(frame)] == [0]


def test_shots_begin_at_cuts_and_hold_every_frame_once() -> None:
    frames = film([1] * 12 + [2] * 5)

    parts = list(shots(frames))

    assert [len(part) for part in parts] == [12, 5]
    assert [frame for part in parts for frame in part] == frames


def test_long_shot_comes_in_parts() -> None:
    parts = list(shots(film([1] * 200)))

    assert max(part[-1].time - part[0].time for part in parts) < 8.1
    assert sum(map(len, parts)) == 200


@pytest.mark.parametrize(("level", "longest"), [(Level.STANDARD, 2.0), (Level.DENSE, 0.5)])
def test_keyframes_are_never_further_apart_than_the_level_allows(
    level: Level, longest: float
) -> None:
    times = [frame.time for frame in choose(film([1] * 100), level)]

    assert np.diff(times).max() <= longest + 0.11
    assert times[0] == 0.0


def test_sparse_level_keeps_key_frames_and_cuts_only() -> None:
    frames = film([1] * 50 + [2] * 50, key=lambda i: i % 30 == 0)

    assert [frame.time for frame in choose(frames, Level.SPARSE)] == [0.0, 3.0, 5.0, 6.0, 9.0]


def test_key_frames_crowded_together_are_not_all_kept() -> None:
    frames = film([1] * 40, key=lambda _: True)

    assert len(list(choose(frames, Level.STANDARD))) <= 9


def test_spread_keeps_both_ends() -> None:
    frames = film([1] * 24)

    assert spread(frames, 0.5) == [0, 5, 10, 15, 20, 23]


def codes(*levels: int) -> npt.NDArray[np.uint8]:
    """Return codes whose first byte is the level and the rest alike."""
    return np.array([[level] + [0] * 31 for level in levels], np.uint8)


def test_neighbours_that_look_alike_are_one_keyframe_that_holds() -> None:
    times, holds, kept = merged(np.arange(5.0), codes(0, 1, 3, 255, 255), end=9.0)

    assert times.tolist() == [0.0, 3.0]
    assert holds.tolist() == [2.0, 1.0]
    assert kept[:, 0].tolist() == [0, 255]


def test_slow_change_is_not_merged_away() -> None:
    times, _, _ = merged(np.arange(5.0), codes(0, 3, 15, 63, 255), end=5.0)

    assert times.tolist() == [0.0, 3.0]


def news(*seen: tuple[float, int]) -> list[float]:
    """Return which times show news, of frames seen at a time with so many bits set."""
    frames = [Frame(time, np.zeros((8, 8), np.uint8)) for time, _ in seen]
    coded = [(time, np.packbits(np.arange(256) < bits)) for time, bits in seen]
    return [frame.time for frame in News().among(frames, coded)]


def test_what_changes_little_is_news_after_a_while() -> None:
    assert news((0.0, 0), (1.0, 20), (2.5, 20), (3.5, 40)) == [0.0, 2.5]


def test_what_does_not_change_is_never_news() -> None:
    assert news((0.0, 0), (2.0, 1), (4.0, 2), (6.0, 1)) == [0.0]


def test_another_shot_is_news_at_once() -> None:
    assert news((0.0, 0), (0.2, 128), (0.4, 130)) == [0.0, 0.2]


def test_quick_cuts_are_no_more_news_than_a_film_may_have() -> None:
    told = news(*[(0.5 * number, 80 * (number % 3)) for number in range(100)])

    assert told[:5] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert len(told) == NEWS_AHEAD + ceil(49.5 / NEWS_RARELY)
    assert max(np.diff(told)) <= NEWS_EVERY


def test_news_is_told_from_one_group_of_frames_to_the_next() -> None:
    frame, code = Frame(1.0, np.zeros((8, 8), np.uint8)), np.zeros(32, np.uint8)
    told = News()
    first = told.among([frame], [(1.0, code)])
    again = told.among([replace(frame, time=9.0)], [(9.0, code)])

    assert (len(first), len(again)) == (1, 0)
