import cv2
import numpy as np
import numpy.typing as npt
import pytest

from index.hashing.features import features
from index.values import CODE_BYTES, Codes, Luma, Places, distance

NEAR = 56


def scene(seed: int = 1) -> Luma:
    """Return a frame full of corners, large and small."""
    random = np.random.default_rng(seed)
    layers = [
        cv2.resize(
            random.integers(0, 256, (9 * k, 16 * k), np.uint8),
            (256, 144),
            interpolation=cv2.INTER_CUBIC,
        )
        for k in (2, 4, 8)
    ]
    mixed = np.mean(layers, axis=0)
    scaled: Luma = (255 * (mixed - mixed.min()) / np.ptp(mixed)).astype(np.uint8)
    return scaled


def matches(a: tuple[Codes, Places], b: tuple[Codes, Places]) -> npt.NDArray[np.float32]:
    """Return the places (n, 8) of features of both that are alike."""
    rows = [
        np.concatenate([a[1][i], b[1][j]])
        for i, code in enumerate(a[0])
        for j in np.flatnonzero(distance(code, b[0]) <= NEAR)
    ]
    return np.array(rows, np.float32).reshape(-1, 8)


def test_places_lie_within_the_frame_in_units_of_its_longer_side() -> None:
    codes, places = features(scene(), 64)

    assert codes.shape == (64, CODE_BYTES)
    assert (places[:, :2] >= 0).all()
    assert places[:, 0].max() <= 1
    assert places[:, 1].max() <= 144 / 256
    assert (places[:, 2] > 0).all()


def test_every_quarter_of_the_frame_has_features() -> None:
    _, places = features(scene(), 64)

    quarter = (places[:, 0] > 0.5) + 2 * (places[:, 1] > 0.5 * 144 / 256)

    assert (np.bincount(quarter.astype(int), minlength=4) >= 8).all()


def test_features_of_a_part_are_those_of_the_whole() -> None:
    whole = scene()
    part = np.ascontiguousarray(whole[20:124, 60:220])

    found = matches(features(part, 250), features(whole, 64))

    x, y = found[:, 0] * 160 + 60, found[:, 1] * 160 + 20
    right = np.hypot(x - found[:, 4] * 256, y - found[:, 5] * 256) < 4
    assert right.sum() >= 6


def test_features_turn_with_the_frame() -> None:
    whole = scene()
    turned = np.ascontiguousarray(np.rot90(whole, -1))

    found = matches(features(turned, 250), features(whole, 64))

    turns = np.degrees(found[:, 3] - found[:, 7]) % 360
    assert (np.abs(turns - 90) < 10).sum() >= 20


def test_other_scenes_share_few_features() -> None:
    assert len(matches(features(scene(1), 250), features(scene(2), 64))) <= 5


@pytest.mark.parametrize("shape", [(144, 256), (1, 256), (2, 2)])
def test_plain_and_tiny_pictures_have_none(shape: tuple[int, int]) -> None:
    codes, places = features(np.full(shape, 90, np.uint8), 64)

    assert len(codes) == len(places) == 0
