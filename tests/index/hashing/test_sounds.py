import numpy as np
import pytest

from index.hashing import sounds
from index.hashing.sounds import PLAIN, RATE, Ear
from index.values import Fingerprint, Sound, distance
from tests import clips
from tests.clips import Samples


def heard(samples: Samples) -> Sound:
    """Return samples of a made clip as the decoder hands them on, roughly."""
    places = np.arange(0, len(samples) - 1, clips.SOUND_RATE / RATE)
    return Sound(0.0, RATE, np.interp(places, np.arange(len(samples)), samples).astype(np.float32))


def pieces(sound: Sound, size: int) -> list[Sound]:
    return [
        Sound(first / RATE, RATE, sound.samples[first : first + size])
        for first in range(0, len(sound.samples), size)
    ]


def nearest(kept: Fingerprint, asked: Fingerprint, *, rate: float = 1.0) -> float:
    """Return the median distance of kept codes to the nearest of those asked for at their time."""
    found = [
        int(distance(asked.codes[abs(rate * asked.times - time) < 0.1], code).min())
        for time, code in zip(kept.times, kept.codes, strict=True)
        if (abs(rate * asked.times - time) < 0.1).any()
    ]
    return float(np.median(found))


SPEECH = clips.speech(6, seed=1)


def test_an_archive_keeps_four_codes_a_second_at_most() -> None:
    kept = sounds.fingerprint([heard(SPEECH)])

    assert kept.recipe == "sound256/1"
    assert 12 <= len(kept) <= 24
    assert (np.diff(kept.times) >= 0.255).all()


def test_codes_do_not_depend_on_the_pieces_in_which_sound_comes() -> None:
    whole = sounds.fingerprint([heard(SPEECH)])

    cut = sounds.fingerprint(pieces(heard(SPEECH), 777))

    assert np.array_equal(cut.codes, whole.codes)
    assert cut.times == pytest.approx(whole.times)


def test_quieter_sound_has_the_same_codes() -> None:
    loud, quiet = (
        sounds.fingerprint([heard(SPEECH * gain)]) for gain in (np.float32(1), np.float32(0.2))
    )

    assert int(distance(loud.codes, quiet.codes).max()) <= 4


def test_codes_of_two_sounds_differ_in_about_half_of_their_bits() -> None:
    one, other = (sounds.fingerprint([heard(clips.speech(20, seed=seed))]) for seed in (1, 2))

    far = distance(one.codes[:, None], other.codes[None])

    assert float(far.mean()) == pytest.approx(128, abs=8)
    assert int(far.min()) > 64


@pytest.mark.parametrize("level", [0.0, 0.3])
def test_silence_and_hum_have_no_code(level: float) -> None:
    clock = np.arange(5 * RATE) / RATE
    hum = Sound(0.0, RATE, (level * np.sin(2 * np.pi * 440 * clock)).astype(np.float32))

    assert len(sounds.fingerprint([hum])) == 0
    assert len(sounds.query(hum)) == 0


def test_sound_shorter_than_a_code_has_none() -> None:
    short = heard(clips.speech(0.4))

    assert len(sounds.fingerprint([short])) == len(sounds.query(short)) == 0
    assert len(sounds.sketch(short)) == 0


def test_noise_ten_decibels_below_leaves_most_codes_near() -> None:
    kept = sounds.fingerprint([heard(SPEECH)])

    asked = sounds.query(heard(clips.with_noise(SPEECH)))

    assert nearest(kept, asked) <= 64


@pytest.mark.parametrize("factor", [0.94, 1.06])
def test_ear_for_a_pitch_hears_what_the_plain_one_does_not(factor: float) -> None:
    kept = sounds.fingerprint([heard(SPEECH)])
    faster = heard(clips.resampled(SPEECH, factor))

    plain = nearest(kept, sounds.query(faster, PLAIN), rate=factor)
    tuned = nearest(kept, sounds.query(faster, Ear(pitch=factor)), rate=factor)

    assert plain > 80
    assert tuned <= 48


def test_ear_for_a_tempo_hears_double_speed() -> None:
    kept = sounds.fingerprint([heard(SPEECH)])
    faster = heard(clips.resampled(SPEECH, 1.25))

    tuned = nearest(kept, sounds.query(faster, Ear(tempo=1.25, pitch=1.25)), rate=1.25)

    assert tuned <= 48


def test_ear_turned_backwards_hears_reversed_sound() -> None:
    kept = sounds.fingerprint([heard(SPEECH)])
    length = len(heard(SPEECH).samples) / RATE
    turned = sounds.query(heard(SPEECH[::-1].copy()), Ear(backwards=True))

    mirrored = Fingerprint(
        turned.channel,
        turned.recipe,
        (length - turned.times)[::-1].copy(),
        turned.holds,
        turned.codes[::-1].copy(),
    )

    assert nearest(kept, mirrored) <= 32
    assert (np.diff(turned.times) >= 0).all()


def test_sketch_tells_pauses_from_sound() -> None:
    samples = np.concatenate([SPEECH, np.zeros(2 * clips.SOUND_RATE, np.float32)])

    sketch = sounds.sketch(heard(samples))

    assert sketch.heard[sketch.times < 5.5].mean() > 0.9
    assert not sketch.heard[sketch.times > 6.3].any()
