import numpy as np

from benchmarks.mixtures import PARTNERS, Measured, made_up, mixed, near
from index.hashing.features import RECIPE
from index.values import Channel, Codes, Fingerprint, Media, distance
from tests import archives


def film(seed: int, count: int) -> Measured:
    times = np.arange(count, dtype=np.float64)
    codes = archives.codes(seed, count)
    places = np.full((count, 4), 0.5, np.float32)
    measured = Fingerprint(Channel.FEATURE, RECIPE, times, times * 0, codes, places)
    media = Media(float(count), 640, 360, 25.0, True, False, "mov", "h264")  # noqa: FBT003 # facts
    return Measured({Channel.FEATURE: measured}, media)


def biased(count: int, seed: int) -> Codes:
    """Return codes whose bits are set as seldom as their number is low."""
    random = np.random.default_rng(seed)
    return np.packbits(random.random((count, 256)) < np.linspace(0.1, 0.9, 256), axis=1)


def test_made_up_assets_hold_as_many_codes_as_asked_for_and_no_asset_more() -> None:
    made = list(made_up([film(1, 50), film(2, 70)], 3_000, seed=1))

    counts = [len(asset.codes[Channel.FEATURE]) for asset in made]
    assert sum(counts[:-1]) < 3_000 <= sum(counts)


def test_times_of_a_made_up_asset_end_with_it() -> None:
    made = next(made_up([film(1, 50), film(2, 70)], 10, seed=1))

    measured = made.codes[Channel.FEATURE]
    assert (np.diff(measured.times) >= 0).all()
    assert measured.times[-1] < made.media.duration
    assert measured.places.shape == (len(measured), 4)


def test_bits_of_mixed_codes_are_set_as_often_as_those_they_are_mixed_of() -> None:
    real = biased(1_500, 1)
    pool = np.unpackbits(real, axis=1).astype(np.float32)

    made = mixed(real, pool, np.random.default_rng(2))

    often = np.unpackbits(made, axis=1).mean(axis=0)
    assert np.abs(often - np.linspace(0.1, 0.9, 256)).max() < 0.12


def test_a_mixed_code_lies_between_two_real_ones_and_is_neither() -> None:
    real = archives.codes(3, PARTNERS)
    pool = np.unpackbits(real, axis=1).astype(np.float32)

    made = mixed(real, pool, np.random.default_rng(2))

    apart = distance(made, real)
    assert 30 < np.median(apart) < 70
    assert apart.min() > 8


def test_codes_near_one_asked_for_are_counted_in_a_million() -> None:
    held = film(1, 50).codes[Channel.FEATURE]

    assert near([held], held.codes[:1], 0) == 1e6 / 50
