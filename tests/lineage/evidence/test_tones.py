import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.evidence import tones


def pixels(seed: int, count: int = 6_000) -> np.ndarray:
    rng = np.random.default_rng(seed)
    luma = rng.uniform(16, 235, count)
    colour = 128 + rng.normal(0, 18, (count, 2))
    return np.column_stack([luma, colour]).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.5, 1.5), shift=st.floats(-25, 25), seed=st.integers(0, 99))
def test_gain_and_brightness_are_given(gain: float, shift: float, seed: int) -> None:
    source = pixels(seed)
    query = source * [gain, 1, 1] + [shift, 4, -6]

    given_ = tones.fitted(source, query.astype(np.float32)).given(source)

    assert np.abs(given_ - query).mean() < 1.0


def test_gamma_and_saturation_are_given() -> None:
    source = pixels(1)
    query = source.copy()
    query[:, 0] = 255 * (source[:, 0] / 255) ** 0.7
    query[:, 1:] = 128 + 0.5 * (source[:, 1:] - 128)

    assert np.abs(tones.fitted(source, query).given(source) - query).mean() < 1.5


def test_inverted_picture_is_given() -> None:
    source = pixels(2)

    assert np.abs(tones.fitted(source, 255 - source).given(source) - (255 - source)).mean() < 1.5


def test_large_bright_thing_does_not_pass_for_the_tone() -> None:
    source = pixels(3)
    query = source.copy()
    query[: len(query) * 2 // 5] = [210, 60, 150]
    rest = slice(len(query) * 2 // 5, None)

    assert np.abs(tones.fitted(source, query).given(source)[rest] - query[rest]).mean() < 1.5


def test_picture_of_one_grey_is_left_as_it_is() -> None:
    source = np.full((500, 3), 128.0, np.float32)

    assert tones.fitted(source, source).given(source) == pytest.approx(source, abs=0.5)
