"""Made-up strips: small moving pictures with known times, for the tests of the stages."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from index.values import STRIP_SIDE, Strip, Times

FPS = 25.0


def scenery(seed: int, times: Times) -> npt.NDArray[np.uint8]:
    """Return a still background with two blobs that wander on paths of the seed's own."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 200, (6, 6), dtype=np.uint8)
    back = cv2.resize(coarse, (STRIP_SIDE, STRIP_SIDE), interpolation=cv2.INTER_CUBIC)
    speeds, phases = rng.uniform(0.4, 1.6, (2, 2)), rng.uniform(0, 6.28, (2, 2))
    pictures = []
    for time in times:
        picture = back.astype(np.float32)
        for speed, phase in zip(speeds, phases, strict=True):
            x, y = 0.5 + 0.3 * np.sin(speed * time * 2 + phase)
            grid_y, grid_x = np.mgrid[0:STRIP_SIDE, 0:STRIP_SIDE] / STRIP_SIDE
            picture += 90 * np.exp(-((grid_x - x) ** 2 + (grid_y - y) ** 2) / 0.015)
        pictures.append(np.clip(picture, 0, 255))
    return np.stack(pictures).astype(np.uint8)


def strip(pictures: npt.NDArray[np.uint8], *, start: float = 0.0, fps: float = FPS) -> Strip:
    """Return the pictures as frames from `start` on, without bars."""
    count = len(pictures)
    whole = np.tile(np.array([0, 0, 1, 1], np.float32), (count, 2, 1))
    return Strip(start + np.arange(count) / fps, pictures, whole)


def film(
    seed: int,
    start: float,
    end: float,
    *,
    rate: float = 1.0,
    edit: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]] | None = None,
) -> npt.NDArray[np.uint8]:
    """Return what the seed's scenery shows from one of its times to another, at 25 frames a second.

    Args:
        seed: Which scenery.
        start: Its time at the first frame.
        end: Its time after the last frame; before `start` with a negative rate.
        rate: Scenery seconds per shown second.
        edit: What is done to the pictures.
    """
    count = round((end - start) / rate * FPS)
    pictures = scenery(seed, start + np.arange(count, dtype=np.float64) * rate / FPS)
    return pictures if edit is None else edit(pictures)


def noisy(
    pictures: npt.NDArray[np.uint8], *, seed: int = 0, level: float = 3.0
) -> npt.NDArray[np.uint8]:
    """Return the pictures with noise, as coding leaves it."""
    noise = np.random.default_rng(seed).normal(0, level, pictures.shape)
    return np.clip(pictures + noise, 0, 255).astype(np.uint8)
