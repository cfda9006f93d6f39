from dataclasses import replace

import cv2
import numpy as np
import pytest

from index.values import Box, Interval
from lineage.evidence.residuals import Residuals
from lineage.evidence.tracks import Moments, TrackParams, differing, joined, tracks
from lineage.evidence.values import Track
from tests.lineage.evidence import scenes

TIMES = 0.2 + 0.4 * np.arange(10, dtype=np.float64)
WITHIN = Interval(0.0, 4.0)
TRACK = Track(Interval(0, 4), Box(0.1, 0.1, 0.3, 0.3), 2.0, 9.0, 0.04, 5.0, 6.0, 1.0)


def residuals(multiples: np.ndarray, losses: np.ndarray) -> Residuals:
    plain = np.full_like(multiples, 100.0)
    shown = np.ones(multiples.shape[1:], bool)
    return Residuals(multiples, shown, plain, plain, plain, plain, losses, scenes.UNTONED)


def told(multiples: np.ndarray) -> list[Track]:
    size = (multiples.shape[2] * 4, multiples.shape[1] * 4)
    return tracks(multiples, residuals(multiples, multiples), Moments(TIMES, WITHIN, size))


def noise() -> np.ndarray:
    return np.random.default_rng(3).gamma(2.0, 0.3, (10, 40, 60)).astype(np.float32)


def test_noise_is_no_track() -> None:
    assert told(noise()) == []


def test_one_loud_cell_is_no_track_but_a_part_is() -> None:
    alone = noise()
    alone[4, 20, 30] = 10.0
    part = noise()
    part[3:7, 10:20, 30:45] += 8.0

    assert told(alone) == []
    (track,) = told(part)
    assert track.box.shared(Box(0.5, 0.25, 0.75, 0.5)) > 0.7
    assert (track.query.start, track.query.end) == pytest.approx((1.2, 2.8), abs=0.21)
    assert track.area == pytest.approx(150 / 2400, rel=0.4)


def test_part_that_is_nowhere_strong_is_no_track() -> None:
    weak, strong = np.zeros((2, 10, 40, 60), np.float32)
    weak[:, 10:20, 30:45] = 2.9
    strong[:, 10:20, 30:45] = 2.9
    strong[3:7, 14:18, 35:40] = 3.2

    assert told(weak) == []
    (track,) = told(strong)
    assert track.box.shared(Box(0.5, 0.25, 0.75, 0.5)) > 0.6


def test_strongest_comes_first() -> None:
    two = noise()
    two[:, 5:12, 5:12] += 5.0
    two[:, 25:35, 40:50] += 9.0

    first, second = told(two)

    assert first.strength > second.strength
    assert first.box.x0 > 0.5


def test_source_that_changes_beside_a_track_and_not_in_it_is_told() -> None:
    changed = np.zeros((10, 40, 60), np.float32)
    changed[:, 10:20, 30:45] = 9.0
    found = residuals(changed, changed)
    source = 100.0 + 20.0 * np.random.default_rng(5).standard_normal(changed.shape)
    source[:, 9:21, 29:46] = 100.0
    still = replace(found, source=source.astype(np.float32))

    (track,) = tracks(changed, still, Moments(TIMES, WITHIN, (240, 160)))

    assert track.moving == 0.0
    assert track.around == pytest.approx(20.0, rel=0.2)


def test_track_that_goes_on_in_the_next_part_is_one() -> None:
    later = replace(TRACK, query=Interval(4, 7), strength=12.0, box=Box(0.1, 0.1, 0.3, 0.35))
    elsewhere = replace(TRACK, query=Interval(4, 7), box=Box(0.6, 0.1, 0.9, 0.3))
    after = replace(TRACK, query=Interval(8, 9))

    one, two, three = joined([TRACK, later, elsewhere, after])

    assert (one.query, one.strength) == (Interval(0, 7), 12.0)
    assert (two, three) == (elsewhere, after)


def test_what_lost_its_detail_is_told_after_what_differs() -> None:
    changed, lost = noise(), noise()
    changed[:, 5:15, 5:15] += 9.0
    lost[:, 5:15, 5:15] += 9.0
    lost[:, 25:35, 40:50] += 9.0
    params = TrackParams()

    told = differing(
        residuals(changed, lost), Moments(TIMES, WITHIN, (240, 160)), params=params, lost=params
    )

    assert [track.faded for track in told] == [False, True, True]
    assert {track.box.x0 > 0.5 for track in told[1:]} == {False, True}


def test_difference_that_blurring_the_source_explains_is_told_from_one_it_does_not() -> None:
    part = noise()
    part[:, 10:22, 30:45] += 8.0
    random = np.random.default_rng(1)
    source = random.uniform(40, 200, part.shape).astype(np.float32)
    other = random.uniform(40, 200, part.shape).astype(np.float32)
    soft = np.stack([cv2.GaussianBlur(one, (0, 0), 1.5) for one in source])
    moments = Moments(TIMES, WITHIN, (240, 160))

    unlike = [
        tracks(part, replace(residuals(part, part), query=query, source=source), moments)[0].unlike
        for query in (soft, other, source)
    ]

    assert unlike[0] < 0.1
    assert unlike[1] > 0.7
    assert unlike[2] <= 1.0
