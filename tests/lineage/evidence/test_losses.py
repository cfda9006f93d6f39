import numpy as np
import pytest

from lineage.evidence.losses import losses

SHAPE = (6, 40, 60)
BLURRED = (slice(None), slice(10, 20), slice(30, 45))
ALL = np.ones(SHAPE[1:], bool)


def details(kept: float, *, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return fine detail of a source, and what coding leaves of it: less of what is faint."""
    rng = np.random.default_rng(seed)
    source = rng.uniform(1.0, 15.0, SHAPE).astype(np.float32)
    left = kept * source / (source + 2) * rng.uniform(0.8, 1.2, SHAPE) * source
    return left.astype(np.float32), source


@pytest.mark.parametrize("kept", [0.9, 0.5, 0.2])
def test_what_coding_takes_everywhere_is_no_loss(kept: float) -> None:
    query, source = details(kept)

    assert losses(query, source, ALL).max() < 1.5


@pytest.mark.parametrize("kept", [0.9, 0.5])
def test_part_that_was_blurred_lost_more(kept: float) -> None:
    query, source = details(kept)
    query[BLURRED] *= 0.15

    found = losses(query, source, ALL)

    assert np.median(found[BLURRED]) > 3.5
    found[:, 8:22, 28:47] = 0.0
    assert found.max() < 1.5


def test_smooth_picture_has_no_detail_to_lose() -> None:
    faint = np.full(SHAPE, 0.8, np.float32)

    assert losses(faint * 0.1, faint, ALL).max() == 0.0
