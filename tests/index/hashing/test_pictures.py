from collections.abc import Callable

import imagehash
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from index.hashing import pictures
from index.values import Luma, distance


def noise(seed: int, height: int, width: int) -> Luma:
    return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)


def scene(seed: int, height: int = 144, width: int = 256) -> Luma:
    """Return large soft shapes, as photographs have."""
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 7), dtype=np.uint8)
    soft = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    return np.array(soft)


def codes_of(*lumas: Luma) -> npt.NDArray[np.uint8]:
    return pictures.codes(pictures.coefficients(pictures.squares(lumas)))


def reference(luma: Luma) -> npt.NDArray[np.uint8]:
    return np.packbits(imagehash.phash(Image.fromarray(luma), hash_size=16).hash.ravel())


@given(st.integers(0, 2**32), st.integers(2, 256), st.integers(2, 256))
def test_code_is_imagehash_bit_for_bit_on_noise(seed: int, height: int, width: int) -> None:
    luma = noise(seed, height, width)

    assert (codes_of(luma)[0] == reference(luma)).all()


@pytest.mark.parametrize("seed", range(8))
def test_code_is_imagehash_bit_for_bit_on_soft_shapes(seed: int) -> None:
    luma = scene(seed)

    assert (codes_of(luma)[0] == reference(luma)).all()


@pytest.mark.parametrize("level", [0, 16, 128, 255])
def test_code_is_imagehash_bit_for_bit_on_one_grey(level: int) -> None:
    luma = np.full((90, 160), level, np.uint8)

    assert (codes_of(luma)[0] == reference(luma)).all()


def test_code_does_not_depend_on_the_batch_it_is_in() -> None:
    lumas = [scene(seed) for seed in range(5)]

    together = codes_of(*lumas)

    assert (together == np.vstack([codes_of(luma) for luma in lumas])).all()


@pytest.mark.parametrize(
    ("variant", "turn"),
    [
        ("mirror", lambda luma: luma[:, ::-1]),
        ("flip", lambda luma: luma[::-1]),
        ("turn", lambda luma: luma[::-1, ::-1]),
        ("negative", lambda luma: 255 - luma),
    ],
)
def test_variant_is_the_code_of_the_turned_picture(
    variant: str, turn: Callable[[Luma], Luma]
) -> None:
    luma = scene(3)
    lowest = pictures.coefficients(pictures.squares([luma]))

    turned = codes_of(np.ascontiguousarray(turn(luma)))

    assert distance(pictures.variants(lowest)[variant], turned)[0] <= 4
    assert distance(pictures.variants(lowest)["plain"], turned)[0] > 60


def test_no_pictures_have_no_codes() -> None:
    assert codes_of().shape == (0, 32)


def test_black_with_coding_noise_is_plain_and_a_scene_is_not() -> None:
    dark = np.clip(noise(1, 144, 256) // 64, 0, 3)

    found = pictures.contrast(pictures.squares([dark, scene(1)]))

    assert (found >= pictures.PLAIN_CONTRAST).tolist() == [False, True]


@pytest.mark.parametrize("variant", ["plain", "mirror", "flip", "turn", "negative"])
def test_codes_alone_tell_those_of_turned_pictures_to_a_few_bits(variant: str) -> None:
    lowest = pictures.coefficients(pictures.squares([scene(seed) for seed in range(20)]))
    known = pictures.variants(lowest)

    about = pictures.turned(known["plain"])

    assert distance(about[variant], known[variant]).max() <= 40
    assert np.median(distance(about[variant], known[variant])) <= 16


def test_a_code_turned_twice_is_the_code_it_was() -> None:
    code = pictures.codes(pictures.coefficients(pictures.squares([scene(1)])))

    twice = pictures.turned(pictures.turned(code)["turn"])["turn"]

    assert (twice == code).all()


@pytest.mark.parametrize("seed", range(8))
def test_what_covers_the_middle_does_not_change_the_masked_code(seed: int) -> None:
    plain = pictures.squares([scene(seed)])
    covered = plain.copy()
    covered[0, 16:48, 14:50] = 250

    a, b = (
        pictures.codes(pictures.coefficients(pictures.masked(each))) for each in (plain, covered)
    )

    assert (a == b).all()


def test_masked_codes_of_different_pictures_differ() -> None:
    squares = pictures.squares([scene(seed) for seed in range(8)])

    codes = pictures.codes(pictures.coefficients(pictures.masked(squares)))

    apart = distance(codes[:, None], codes[None])
    assert apart[~np.eye(8, dtype=bool)].min() > 60


def test_variant_of_a_masked_code_is_that_of_the_turned_picture() -> None:
    square = pictures.squares([scene(3)])
    mirrored = np.ascontiguousarray(square[:, :, ::-1])

    lowest = pictures.coefficients(pictures.masked(square))
    turned = pictures.codes(pictures.coefficients(pictures.masked(mirrored)))

    assert distance(pictures.variants(lowest)["mirror"], turned)[0] <= 4
