from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.queries import RATE, Samples
from benchmarks.sounds import Answer, Cut, cuts, same, sounds, summary
from benchmarks.voices import CHANGES, LOUDER, Change, changed, likeness, loudness, written
from index.values import Channel, Interval
from lineage.values import Segment
from tests import clips

CHANGE = {each.name: each for each in CHANGES}
PLAIN = Change("nothing", None)


@pytest.fixture(scope="module")
def voice() -> Samples:
    return said(1)


@pytest.fixture
def cut(voice: Samples, tmp_path: Path) -> Cut:
    return Cut("film.mp4", kept(tmp_path / "film.npy", voice), 3.0, 5.0)


def said(seed: int) -> Samples:
    """Return twelve seconds of speech, RATE samples a second."""
    return clips.resampled(clips.speech(12.001, seed=seed), clips.SOUND_RATE / RATE)[: 12 * RATE]


def kept(path: Path, samples: Samples) -> Path:
    np.save(path, samples)
    return path


def segment(start: float, end: float, shift: float, *, rate: float = 1.0) -> Segment:
    source = Interval(shift + rate * start, shift + rate * end)
    return Segment(
        Interval(start, end), source, rate, Channel.SOUND, "plain", 0.9, frame_exact=False
    )


def test_cuts_lie_within_their_film_and_say_something(voice: Samples, tmp_path: Path) -> None:
    silent, short = np.zeros_like(voice), voice[: 3 * RATE]
    films = {"loud": voice, "silent": silent, "short": short}
    paths = {name: kept(tmp_path / f"{name}.npy", film) for name, film in films.items()}

    found = list(cuts(paths, each=3, seed=1))

    assert [each.film for each in found] == ["loud"] * 3
    assert all(0 <= each.start <= 12 - each.length for each in found)
    assert found == list(cuts(paths, each=3, seed=1)) != list(cuts(paths, each=3, seed=2))


def test_noise_lies_so_far_under_the_sound(voice: Samples) -> None:
    noise = changed(voice, CHANGE["white noise at 10 dB"], voice) - voice

    assert loudness(voice) / loudness(noise) == pytest.approx(LOUDER, rel=0.01)


@pytest.mark.parametrize("name", [each.name for each in CHANGES])
def test_clip_lasts_as_its_speed_says(name: str, voice: Samples, tmp_path: Path) -> None:
    change = CHANGE[name]

    path = written(changed(voice, change, voice), change, tmp_path / "clip")

    with av.open(path) as made:
        assert not made.streams.video
        assert (made.duration or 0) / 1e6 == pytest.approx(12 / change.speed, abs=0.3)


def test_telephone_takes_the_high_and_the_low(voice: Samples) -> None:
    def high(samples: Samples) -> float:
        spectrum = np.abs(np.fft.rfft(samples[: 10 * RATE]))
        return float(spectrum[60_000:].sum() / spectrum.sum())

    noisy = voice + np.random.default_rng(1).normal(0, 0.01, len(voice)).astype(np.float32)

    assert high(changed(noisy, CHANGE["only 300 to 3400 Hz"], voice)) < high(noisy) / 4


def test_same_recording_is_told_from_another(voice: Samples) -> None:
    other = said(2)

    assert likeness(voice[3 * RATE : 6 * RATE], 0.5 * voice) == pytest.approx(1)
    assert likeness(voice[3 * RATE : 6 * RATE], other) < 0.3
    assert likeness(voice, voice[:RATE]) == 0


def test_right_file_at_the_wrong_moment_is_wrong(cut: Cut) -> None:
    assert same(cut, PLAIN, segment(0, 5, 3.0), cut.sound)
    assert not same(cut, PLAIN, segment(0, 5, 5.0), cut.sound)


def test_speed_is_part_of_the_right_moment(cut: Cut) -> None:
    faster = CHANGE["tempo 6 % up"]

    assert same(cut, faster, segment(0, 4.7, 3.0, rate=1.06), cut.sound)
    assert not same(cut, replace(faster, speed=1.6), segment(3, 4.7, 3.0), cut.sound)


def test_every_clip_that_is_not_right_is_told() -> None:
    wrong = Answer(
        "tempo 6 % up", "b.mp4", 2.0, right=False, named=("a.mp4",), off=None, reason="lost"
    )
    right = replace(wrong, film="a.mp4", right=True, off=0.01, reason=None)

    found = {**summary([right, wrong], [CHANGE["tempo 6 % up"]]), "seed": 1}

    assert [found["rows"][0][key] for key in ("clips", "right", "off")] == [2, 1, 0.01]
    page = "\n".join(sounds(found))
    assert "| tempo 6 % up | 2 | 1 | 50.0% | ≥ 90% |" in page
    assert "b.mp4 from 2.0 s, tempo 6 % up: says a.mp4; lost" in page
