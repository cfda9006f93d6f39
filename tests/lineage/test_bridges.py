"""Stretches in which a part of the picture was changed for a while."""

import numpy as np
import numpy.typing as npt
import pytest

from index.values import STRIP_SIDE
from lineage import placing
from lineage.align import Run
from lineage.bridges import bridged, wanted
from lineage.laying import Laying, views
from lineage.lines import Both, Film, Line
from lineage.values import Segment
from tests.lineage.strips import FPS, film, noisy, strip
from tests.lineage.test_placing import candidate, found

FRAME = 1 / FPS
PLAIN = Laying("plain", None, None, None)

type Frames = npt.NDArray[np.uint8]


def calm(seed: int, start: float, end: float) -> Frames:
    """Return scenery that hardly moves: beside its mean picture a quarter of what does."""
    whole = film(seed, 0, 12).astype(np.float32).mean(axis=0)
    return (whole + (film(seed, start, end) - whole) / 4).round().astype(np.uint8)


def frames(start: float, end: float) -> slice:
    return slice(round(start * FPS), round(end * FPS))


def pasted(pictures: Frames, start: float, end: float, *, side: float = 0.4) -> Frames:
    """Return the pictures with other scenery, that moves, over a part of them for a while."""
    made, far = pictures.copy(), round(STRIP_SIDE * (0.3 + side))
    low = round(STRIP_SIDE * 0.3)
    other = 255 - film(99, start, end + 1)
    made[frames(start, end), low:far, low:far] = other[
        : len(made[frames(start, end)]), low:far, low:far
    ]
    return made


def lies(segment: Segment, query: tuple[float, float], at: float) -> None:
    assert segment.query.start == pytest.approx(query[0], abs=2 * FRAME)
    assert segment.query.end == pytest.approx(query[1], abs=2 * FRAME)
    assert segment.source_time(2.0) == pytest.approx(at + 2.0, abs=2 * FRAME)
    assert segment.rate == 1.0


@pytest.mark.parametrize("seed", range(6))
def test_source_goes_on_around_what_was_pasted_over_it(seed: int) -> None:
    clip = pasted(calm(seed, 3, 9), 2.0, 4.0)

    (segment,) = found(clip, calm(seed, 0, 12), [(0.5, 3.5), (5.0, 8.0)])

    lies(segment, (0.0, 6.0), 3.0)
    assert segment.motion is not None
    assert segment.motion >= 0.85


@pytest.mark.parametrize("start", [0.0, 3.5])
def test_source_goes_on_up_to_the_end_of_the_clip(start: float) -> None:
    clip = pasted(calm(2, 3, 7.5), start, start + 0.9)

    (segment,) = found(clip, calm(2, 0, 12), [(1.5, 4.5), (2.5, 5.5)])

    lies(segment, (0.0, 4.5), 3.0)


def test_what_was_changed_counts_for_nothing_in_how_sure_it_is() -> None:
    source, pairs = calm(1, 0, 12), [(0.5, 3.5), (5.5, 8.5)]
    (whole,) = found(calm(1, 3, 9), source, pairs)
    (brief,) = found(pasted(calm(1, 3, 9), 0.8, 5.2), source, pairs)

    assert brief.query.length == pytest.approx(whole.query.length, abs=2 * FRAME)
    assert brief.confidence < whole.confidence


def test_another_picture_between_is_not_the_source() -> None:
    clip = calm(4, 3, 9)
    clip[frames(2, 4)] = film(50, 0, 2)

    segments = found(clip, calm(4, 0, 12), [(0.5, 3.5), (5.0, 8.0)])

    assert [round(one.query.length) for one in segments] == [2, 2]


def test_black_between_is_not_the_source() -> None:
    clip = calm(4, 3, 9)
    clip[frames(2, 4)] = 0

    segments = found(clip, calm(4, 0, 12), [(0.5, 3.5), (5.0, 8.0)])

    assert [round(one.query.length) for one in segments] == [2, 2]


def test_another_moment_between_stays_one_of_its_own() -> None:
    clip = film(4, 3, 9)
    clip[frames(2, 4)] = film(4, 9, 11)

    segments = found(clip, film(4, 0, 12), [(0.5, 3.5), (3.0, 10.0), (5.0, 8.0)])

    assert [round(one.source.start) for one in segments] == [3, 9, 7]


def test_frame_that_is_held_between_stays_held() -> None:
    clip = film(3, 3, 9)
    clip[frames(2, 4)] = clip[round(2 * FPS) - 1]
    query, source = strip(clip), strip(noisy(film(3, 0, 12)))

    segments = placing.examine(candidate(query, source, [(0.5, 3.5)]), query, source)

    assert [one.rate for one in segments] == [1.0, 0.0, 1.0]


@pytest.mark.parametrize("seed", range(6))
def test_pasted_part_proves_nothing_of_the_same_scene_at_another_time(seed: int) -> None:
    clip = pasted(film(seed, 203, 209), 2.0, 4.0)

    assert found(clip, film(seed, 0, 12), [(0.5, 3.5), (5.0, 8.0)]) == []


def test_run_in_which_little_is_in_step_goes_no_further() -> None:
    """Of two calm moments of one scene a second and a half may be in step by chance."""
    clip = pasted(calm(5, 203, 209), 2.0, 4.0)

    assert all(one.query.length < 3 for one in found(clip, calm(5, 0, 12), [(0.5, 3.5)]))


def beside(clip: Frames, source: Frames) -> Both:
    """Return both with the noise of coding."""
    sides = strip(noisy(clip, seed=1)), strip(noisy(source, seed=2))
    return Both.of(
        *(Film(one.times, views(one, PLAIN, of_query=not at)) for at, one in enumerate(sides))
    )


def run(  # noqa: PLR0913 # as a run is
    start: float,
    end: float,
    *,
    at: float,
    rate: float = 1.0,
    likeness: float = 0.999,
    motion: float | None = 0.95,
) -> Run:
    """Return a run of the clip's frames of some seconds, its line through its start."""
    rows = frames(start, end)
    return Run(rows.start, rows.stop - 1, Line(rate, at - rate * start), likeness, motion)


def spans(runs: list[Run]) -> list[tuple[float, float]]:
    return [(one.first / FPS, (one.last + 1) / FPS) for one in runs]


def test_two_runs_with_a_change_between_are_one() -> None:
    both = beside(pasted(film(1, 3, 9), 2, 4), film(1, 0, 12))

    (whole,) = bridged([run(0, 2, at=3), run(4, 6, at=7)], both)

    assert spans([whole]) == [(0.0, 6.0)]
    assert whole.clear == pytest.approx(4.0, abs=3 * FRAME)
    assert whole.motion is not None
    assert whole.motion > 0.9


def test_change_that_lasts_too_long_parts_two_runs() -> None:
    both = beside(pasted(film(1, 3, 14), 2, 9), film(1, 0, 20))

    assert len(bridged([run(0, 2, at=3), run(9, 11, at=12)], both)) == 2


def test_runs_of_two_lines_stay_two() -> None:
    clip = pasted(np.concatenate([film(1, 3, 7), film(1, 7.3, 9.3)]), 2, 4)
    both = beside(clip, film(1, 0, 12))

    assert len(bridged([run(0, 2, at=3), run(4, 6, at=7.3)], both)) == 2


def test_speed_that_only_noise_speaks_for_gives_way_to_the_plain_one() -> None:
    both = beside(pasted(calm(1, 3, 9), 2, 4), calm(1, 0, 12))

    (whole,) = bridged([run(0, 2, at=3, rate=1.02), run(4, 6, at=7)], both)

    assert whole.line.rate == 1.0
    assert whole.line.offset == pytest.approx(3.0, abs=FRAME)


def test_two_speeds_that_only_noise_speaks_for_give_way_to_the_plain_one() -> None:
    both = beside(pasted(calm(1, 3, 9), 2, 4), calm(1, 0, 12))

    (whole,) = bridged([run(0, 2, at=2.98, rate=1.02), run(4, 6, at=6.97, rate=1.03)], both)

    assert whole.line.rate == 1.0
    assert whole.line.offset == pytest.approx(3.0, abs=FRAME)


def test_line_that_the_change_drew_aside_is_put_right() -> None:
    both = beside(pasted(film(1, 3, 9), 2, 4), film(1, 0, 12))

    (whole,) = bridged([run(0, 6, at=3.06, motion=0.7)], both)

    assert whole.line.offset == pytest.approx(3.0, abs=FRAME / 2)


def test_run_that_stands_by_itself_is_no_change() -> None:
    both = beside(pasted(film(1, 3, 9), 2, 4), film(1, 0, 12))
    sides = run(0, 2, at=3), run(4, 6, at=7)

    assert len(bridged([sides[0], run(2, 4, at=9, motion=0.9), sides[1]], both)) == 3
    assert len(bridged([sides[0], run(2, 4, at=9, motion=None), sides[1]], both)) == 3
    assert len(bridged([sides[0], run(2, 4, at=9, likeness=0.8, motion=None), sides[1]], both)) == 1


@pytest.mark.parametrize(("end", "told"), [(4.8, 4.8), (6.0, 4.0)])
def test_change_up_to_an_end_is_followed_for_a_second(end: float, told: float) -> None:
    both = beside(pasted(film(1, 3, 3 + end), 4, end), film(1, 0, 12))

    (part,) = bridged([run(0, 4, at=3)], both)

    assert spans([part]) == [(0.0, told)]


def test_what_was_taken_for_another_line_before_an_end_is_the_source() -> None:
    both = beside(pasted(film(1, 3, 9), 5.2, 6), film(1, 0, 12))
    weak = run(5.2, 6, at=2, likeness=0.8, motion=None)

    (whole,) = bridged([run(0, 5.2, at=3), weak], both)

    assert spans([whole]) == [(0.0, 6.0)]


def test_change_before_an_end_that_is_as_it_was_is_followed_for_longer() -> None:
    both = beside(pasted(film(1, 3, 9), 0.4, 2.4), film(1, 0, 12))

    (whole,) = bridged([run(2.4, 6, at=5.4)], both)

    assert spans([whole]) == [(0.0, 6.0)]
    assert whole.clear == pytest.approx(4.0, abs=3 * FRAME)


def test_nothing_is_followed_beyond_the_source() -> None:
    still = np.repeat(film(1, 3, 3 + FRAME), 200, axis=0)
    both = beside(pasted(still[:100], 0, 0.8), still)

    (part,) = bridged([run(0.96, 4, at=-0.04)], both)

    assert spans([part]) == [(0.96, 4.0)]


def test_still_run_is_shown_from_within_the_source() -> None:
    still = np.repeat(film(1, 3, 3 + FRAME), 200, axis=0)
    both = beside(pasted(still[:100], 0.4, 1.6), still)

    (whole,) = bridged([run(1.6, 4, at=0, motion=None)], both)

    assert spans([whole]) == [(0.0, 4.0)]
    assert whole.line == Line(1.0, 0.0)


def test_run_that_is_surely_in_step_from_end_to_end_needs_no_other_look() -> None:
    times = np.arange(50) / FPS

    assert not wanted([run(0, 2, at=3)], times)
    assert wanted([run(0, 2, at=3, motion=0.7)], times)
    assert wanted([run(0, 1.5, at=3)], times)
    assert not wanted([], times)
