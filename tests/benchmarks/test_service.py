import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.mixtures import Measured
from benchmarks.service import FRAMES, compiled, crossed, rate, strange, used, waits
from index.fingerprints import Fingerprints
from index.hashing.pictures import RECIPE
from index.values import CODE_BYTES, Channel, Codes, Fingerprint, distance
from tests import archives


def film(codes: Codes) -> Fingerprint:
    times = np.arange(len(codes), dtype=np.float64)
    return Fingerprint(Channel.PICTURE, RECIPE, times, times * 0, codes)


@pytest.fixture
def prints() -> Fingerprints:
    """A clip of 90 frames, each 8 bits from the one before."""
    steps = np.zeros((90, CODE_BYTES), np.uint8)
    steps[np.arange(90), np.arange(90) % CODE_BYTES] = 255
    codes = archives.codes(1, 1) ^ np.bitwise_xor.accumulate(steps)
    none = film(np.empty((0, CODE_BYTES), np.uint8))
    return Fingerprints(
        "1", None, 90.0, 640, 360, film(codes), dict.fromkeys(("plain", "mirror"), none), none
    )


def test_few_frames_are_sent_and_nothing_else(prints: Fingerprints) -> None:
    assert {each.name: count for each, count in compiled([prints]).counts.items()} == {
        "PICTURE": FRAMES,
        "FEATURE": 0,
        "SOUND": 0,
    }


def test_frames_of_the_next_clip_follow_where_one_has_too_few(prints: Fingerprints) -> None:
    short = replace(prints, duration=40.0, picture=film(prints.picture.codes[:40]))

    made = compiled([short, prints]).picture

    assert np.array_equal(made.codes[40:], prints.picture.codes[:20])
    assert made.times[38:42].tolist() == [38.0, 39.0, 40.0, 41.0]


def test_frames_that_nobody_filmed_are_as_like_one_another_and_like_no_film(
    prints: Fingerprints,
) -> None:
    media = archives.MEDIA
    real = [Measured({Channel.PICTURE: film(archives.codes(seed, 20))}, media) for seed in (2, 3)]

    made = strange(prints, real, 1).picture.codes

    assert (distance(made[1:], made[:-1]) <= 8).all()
    assert distance(made, prints.picture.codes).min() > 30


def test_crossed_codes_are_a_third_of_what_they_are_made_of() -> None:
    codes, pool = archives.codes(1, 300), archives.codes(2, 300)
    bits = np.unpackbits(pool, axis=1).astype(np.float32)

    made = crossed(codes, bits, np.random.default_rng(1))

    assert 75 < np.median(distance(made, codes)) < 95


def test_a_rate_counts_what_was_answered() -> None:
    asked: list[int] = []

    def ask(caller: int) -> None:
        asked.append(caller)
        time.sleep(0.02)

    fast = rate(ask, 0.3)

    assert set(asked) == {0, 1, 2, 3}
    assert fast == pytest.approx(len(asked) / 0.3, rel=0.5)


def test_waits_count_from_when_it_should_have_been_asked() -> None:
    one = threading.Lock()

    def ask(_: int) -> None:
        with one:
            time.sleep(0.05)

    found = waits(ask, 0.01, 0.1)

    assert len(found) == 10
    assert max(found) > 0.3


def test_a_process_says_what_it_used() -> None:
    pid = int(Path("/proc/self").resolve().name)
    before = used(pid)
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass

    assert 0.05 < used(pid) - before < 2
