"""Tests of what changes in pictures that stand still: in both, or in one alone."""

import numpy as np
import numpy.typing as npt

from index.values import WHOLE, Box
from lineage.evidence.stirring import stirs
from lineage.evidence.values import Beside, Matrix, Stirs

FRAMES, HEIGHT, WIDTH = 40, 216, 384
SAME = np.eye(3)
type Renewed = dict[int, tuple[int, int]]
"""By frame, the upper left corner of what is renewed in it."""


def renewed(seed: int, count: int, *, every: int = 3) -> Renewed:
    """Return renewals at every third frame, so that none is beside another in time."""
    random = np.random.default_rng(seed)
    places = random.integers((30, 30), (HEIGHT - 90, WIDTH - 110), (count, 2)).tolist()
    return {1 + every * k + seed % every: (y, x) for k, (y, x) in enumerate(places)}


def film(*renewals: Renewed) -> npt.NDArray[np.uint8]:
    """Return pictures in which nothing moves and places are renewed, uint8 (n, h, w, 3)."""
    pictures = np.full((FRAMES, HEIGHT, WIDTH, 3), 100, np.uint8)
    for each in renewals:
        for frame, (y, x) in each.items():
            pictures[frame:, y : y + 48, x : x + 64] += np.uint8(2)
    return pictures


def told(
    query: npt.NDArray[np.uint8],
    source: npt.NDArray[np.uint8],
    lies: Matrix = SAME,
    shown: Box = WHOLE,
) -> Stirs:
    times = np.arange(len(query)) / 25
    around = np.arange(len(query))[:, None].repeat(3, axis=1)
    return stirs(Beside(times, query, source, around, times), lies, shown)


def test_child_changes_only_where_its_parent_does() -> None:
    parents, lost = renewed(0, 8), renewed(1, 8)

    found = told(film(parents), film(parents, lost))

    assert found.both > 50
    assert found.source > 50
    assert found.query == 0


def test_siblings_change_each_by_themselves() -> None:
    shared, ours, theirs = renewed(0, 8), renewed(1, 8), renewed(2, 8)

    found = told(film(shared, ours), film(shared, theirs))

    assert min(found.both, found.query, found.source) > 50


def test_what_is_told_is_turned_with_both_files() -> None:
    parents, lost = film(renewed(0, 8)), film(renewed(0, 8), renewed(1, 8))

    there, back = told(parents, lost), told(lost, parents)

    assert (there.both, there.query, there.source) == (back.both, back.source, back.query)


def test_places_are_compared_where_they_lie() -> None:
    parents = renewed(0, 8)
    mirrored = np.array([[-1.0, 0.0, WIDTH - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    turned = np.ascontiguousarray(film(parents)[:, :, ::-1])

    right, wrong = told(film(parents), turned, mirrored), told(film(parents), turned)

    assert right.both > 50
    assert right.query == right.source == 0
    assert wrong.query > 50


def test_source_is_laid_over_the_query_and_not_the_other_way_round() -> None:
    parents = renewed(0, 8)
    farther = {frame: (y, x + 40) for frame, (y, x) in parents.items()}
    lies = np.array([[1.0, 0.0, 40.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])

    found = told(film(parents), film(farther), lies)

    assert found.both > 50
    assert found.query == found.source == 0


def test_what_changes_at_the_edge_of_the_source_says_nothing() -> None:
    edged = film()
    edged[20:, :12] += np.uint8(2)

    assert told(edged, film()).query == 0


def test_change_a_frame_later_is_the_same_change() -> None:
    parents = renewed(0, 8)
    later = {frame + 1: place for frame, place in parents.items()}

    assert told(film(parents), film(later)).query == 0


def test_frame_that_changes_all_over_says_nothing() -> None:
    cut = film()
    cut[20:] += np.uint8(30)

    assert told(cut, film()) == Stirs(0, 0, 0)


def test_what_lies_beside_the_source_says_nothing() -> None:
    parents = renewed(0, 8)

    assert told(film(parents), film(), shown=Box(0.0, 0.9, 1.0, 1.0)) == Stirs(0, 0, 0)


def test_one_frame_says_nothing() -> None:
    assert told(film()[:1], film()[:1]) == Stirs(0, 0, 0)
