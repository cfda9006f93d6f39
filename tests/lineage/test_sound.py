import numpy as np
import pytest

from index.hashing import sounds
from index.hashing.sounds import RATE
from index.values import Channel, Hits, Interval, Sketch, Sound
from lineage import sound, sound_lines, waves
from lineage.lines import Line
from lineage.sound import Heard
from tests import clips
from tests.clips import Samples


def heard(samples: Samples, start: float = 0.0) -> Sound:
    """Return samples of a made clip as the decoder hands them on, roughly."""
    places = np.arange(0, len(samples) - 1, clips.SOUND_RATE / RATE)
    thinned = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    return Sound(start, RATE, thinned)


def sketch(samples: Samples, start: float = 0.0) -> Sketch:
    return sounds.sketch(heard(samples, start))


def found(query: Samples, *lines: Line, source: Samples | None = None) -> list[Heard]:
    """Return what is heard of a source of 12 s in a query."""
    beside = clips.speech(12) if source is None else source
    return sound.heard(sketch(query), sketch(beside), lines)


def hits(query: list[float], times: list[float]) -> Hits:
    count = len(query)
    return Hits(
        np.array(query),
        np.ones(count, np.int64),
        np.array(times),
        np.zeros(count),
        np.full(count, 20, np.uint16),
        Channel.SOUND,
    )


def test_pieces_of_a_staircase_are_heard_as_one_stretch_at_its_slope() -> None:
    query = clips.hurried(clips.speech(12), 1.25)
    middles = np.arange(0.4, 9.0, 0.8)

    (run,) = found(query, *(Line(1.0, float(0.25 * at)) for at in middles))

    assert run.line.rate == pytest.approx(1.25, rel=0.005)
    assert run.seconds == pytest.approx(9, abs=0.6)


def test_line_goes_through_hits_and_leaves_out_strays() -> None:
    times = [0.5 + 0.25 * n for n in range(12)]

    (line,) = sound_lines.lines(hits([*times, 1.0, 2.0], [*(t + 7 for t in times), 90.0, 3.3]), 1.0)

    assert line.rate == 1.0
    assert line.offset == pytest.approx(7.0, abs=0.03)


def test_faster_sound_is_on_a_steeper_line() -> None:
    times = [0.5 + 0.25 * n for n in range(24)]

    line = next(sound_lines.lines(hits(times, [1.06 * t + 3 for t in times]), 1.0))

    assert line.rate == pytest.approx(1.06, abs=0.02)
    assert float(line.at(np.array([3.0]))[0]) == pytest.approx(6.18, abs=0.03)


def test_copy_is_heard_where_it_is_though_the_line_is_a_little_off() -> None:
    (run,) = found(clips.with_noise(clips.speech(5, start=4)), Line(1.0, 4.05))

    assert run.line.rate == 1.0
    assert run.line.offset == pytest.approx(4.0, abs=0.01)
    assert run.differing < 0.3
    assert run.seconds > 3


def test_other_words_in_the_same_manner_are_not_heard() -> None:
    assert found(clips.speech(8, seed=2), Line(1.0, 0.0), Line(1.0, 2.0)) == []


def test_unrelated_noise_is_not_heard() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 8 * clips.SOUND_RATE).astype(np.float32)

    assert found(noise, Line(1.0, 0.0), source=noise[::-1].copy()) == []


def test_cut_between_two_stretches_is_found() -> None:
    query = np.concatenate([clips.speech(3, start=6), clips.speech(3, start=1)])

    first, second = found(query, Line(1.0, 6.0), Line(1.0, -2.0))

    times = sketch(query).times
    assert (first.line.offset, second.line.offset) == pytest.approx((6.0, -2.0), abs=0.02)
    assert float(times[first.last]) == pytest.approx(3.0, abs=0.25)
    assert float(times[second.first]) == pytest.approx(3.0, abs=0.25)


def test_rate_of_sound_that_was_sped_up_is_sharpened() -> None:
    query = clips.resampled(clips.speech(6.4, start=3), 1.06)
    listened = sounds.sketch(heard(query), sounds.Ear(tempo=1.06, pitch=1.06))

    (run,) = sound.heard(listened, sketch(clips.speech(12)), [Line(1.05, 3.0)])

    assert run.line.rate == pytest.approx(1.06, abs=0.005)


def test_nothing_is_heard_without_lines_or_words() -> None:
    assert found(clips.speech(5)) == []
    assert found(clips.speech(0.3), Line(1.0, 0.0)) == []


@pytest.mark.parametrize(
    ("differing", "seconds", "holds"),
    [
        (0.2, 1.0, True),
        (0.32, 1.0, False),
        (0.32, 6.0, True),
        (0.4, 60.0, False),
        (0.1, 0.3, False),
    ],
)
def test_proof_asks_for_less_over_a_longer_stretch(
    differing: float, seconds: float, *, holds: bool
) -> None:
    run = Heard(0, 1, Line(1.0, 0.0), differing, seconds)

    assert sound.proven(run) == holds


def test_backwards_stretch_ascends_in_its_source() -> None:
    run = Heard(0, 9, Line(-1.0, 10.0), 0.1, 2.0)

    told = sound.segment(run, Interval(1.0, 3.0), exact=True)

    assert (told.source, told.rate) == (Interval(7.0, 9.0), -1.0)
    assert told.source_time(1.5) == pytest.approx(8.5)


def test_codes_alone_leave_the_confidence_low() -> None:
    times = [0.5 + 0.25 * n for n in range(12)]

    told = sound.guessed(hits(times, [t + 7 for t in times]), Line(1.0, 7.0))

    assert 0.2 < told.confidence <= 0.5
    assert not told.frame_exact


def test_waves_place_a_line_to_a_millisecond() -> None:
    query, source = heard(clips.speech(4, start=3)), heard(clips.speech(9))

    line = waves.tuned(Line(1.0, 3.013), Interval(0.0, 4.0), query, source)

    assert line.offset == pytest.approx(3.0, abs=0.001)


def test_waves_find_the_edge_between_two_sounds() -> None:
    query = heard(np.concatenate([clips.speech(2, start=3), clips.speech(2, seed=5)]))

    told = waves.edges(Line(1.0, 3.0), Interval(0.0, 2.2), query, heard(clips.speech(9)))

    assert told.end == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("level", [0.05, 1.0, 4.0])
def test_what_is_doubtful_is_given_up_as_far_as_the_waves_part(level: float) -> None:
    other = clips.speech(3, seed=5) * np.float32(level)
    query = heard(np.concatenate([clips.speech(2, start=3), other, clips.speech(2, start=8)]))
    source = heard(clips.speech(11))

    before = waves.edges(Line(1.0, 3.0), Interval(0.0, 3.4), query, source, sure=Interval(0.0, 2.1))
    after = waves.edges(Line(1.0, 3.0), Interval(3.6, 7.0), query, source, sure=Interval(4.9, 7.0))

    assert before.end == pytest.approx(2.0, abs=0.1)
    assert after.start == pytest.approx(5.0, abs=0.1)


def test_what_is_doubtful_is_kept_as_far_as_the_waves_follow() -> None:
    query = clips.speech(5, start=3)
    query[2 * clips.SOUND_RATE :] = clips.with_noise(query[2 * clips.SOUND_RATE :])

    told = waves.edges(
        Line(1.0, 3.0),
        Interval(0.0, 4.9),
        heard(query),
        heard(clips.speech(11)),
        sure=Interval(0.0, 2.0),
    )

    assert told.end == pytest.approx(5.0, abs=0.1)


def test_words_beside_a_proof_that_are_less_sure_are_told_apart() -> None:
    query = np.concatenate([clips.speech(3, start=2), clips.speech(2.5, seed=9)])

    (run,) = found(query, Line(1.0, 2.0))

    times = sketch(query).times
    assert run.sure is not None
    assert float(times[run.sure[1]]) == pytest.approx(3.0, abs=0.4)
    assert float(times[run.last]) > 3.8


def test_waves_that_do_not_follow_leave_line_and_edges() -> None:
    query, source = heard(clips.speech(4, seed=2)), heard(clips.speech(9))
    line, where = Line(1.0, 3.0), Interval(0.5, 3.0)

    assert waves.tuned(line, where, query, source).offset == pytest.approx(3.0, abs=0.03)
    assert waves.edges(line, where, query, source) == where
