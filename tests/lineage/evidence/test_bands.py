"""Bands beside the source's picture: which hold something, and what is none."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from index.values import Interval, Picture
from lineage.evidence.bands import bands
from lineage.evidence.values import Track
from tests import clips

SIZE, BAND, COUNT = (320, 180), 60, 6
WITHIN = Interval(2.0, 4.0)

type Pictures = npt.NDArray[np.uint8]


def starting(row: int) -> npt.NDArray[np.float64]:
    """Return how pixels lie over a source that starts so many rows down."""
    return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -float(row)], [0.0, 0.0, 1.0]])


ABOVE = starting(BAND)
"""How a frame with a band above lies."""


def film() -> Pictures:
    return np.stack([clips.picture(n / 5, size=SIZE) for n in range(COUNT)])


def card(level: int = 255, words: str = "You will not believe this") -> Picture:
    plain = np.full((BAND, SIZE[0], 3), level, np.uint8)
    ink = (0, 0, 0) if level > 128 else (255, 255, 255)
    return np.asarray(cv2.putText(plain, words, (10, 36), 0, 0.7, ink, 2), np.uint8)


def above(band: Picture) -> Pictures:
    return np.stack([np.vstack([band, one]) for one in film()])


def found(query: Pictures, lies: npt.NDArray[np.float64] = ABOVE) -> list[Track]:
    return list(bands(query, lies, SIZE, WITHIN))


@pytest.mark.parametrize("level", [255, 0])
def test_words_above_a_film_are_told_with_their_band(level: int) -> None:
    (track,) = found(above(card(level)))

    assert (track.query, track.box.x0, track.box.y0, track.box.x1) == (WITHIN, 0.0, 0.0, 1.0)
    assert track.box.y1 == pytest.approx(BAND / (SIZE[1] + BAND), abs=0.01)
    assert track.strength > 50


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_band_is_told_along_every_side(turn: int) -> None:
    query = np.rot90(above(card()), turn, axes=(1, 2))
    wide, high = SIZE[0], SIZE[1] + BAND
    back = {
        1: [[0, -1, wide - 1], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, wide - 1], [0, -1, high - 1], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, high - 1], [0, 0, 1]],
    }[turn]

    (track,) = found(np.ascontiguousarray(query), ABOVE @ np.array(back, float))

    edges = (track.box.x0, 1 - track.box.y1, 1 - track.box.x1, track.box.y0)
    depth = {1: track.box.x1, 2: 1 - track.box.y0, 3: 1 - track.box.x0}[turn]
    assert min(edges) == 0.0
    assert depth == pytest.approx(BAND / high, abs=0.01)


def test_what_is_no_band_with_something_on_it_is_not_told() -> None:
    plain = np.zeros((BAND, SIZE[0], 3), np.uint8)
    noisy = above(plain) + np.random.default_rng(1).integers(0, 4, (COUNT, 1, 1, 3), np.uint8)
    moving = np.stack([np.vstack([one[:BAND], one]) for one in film()[:, ::-1]])
    wider = np.stack([cv2.resize(one, (320, 240)) for one in film()])
    rolling = np.stack([np.roll(one, 9 * n, axis=1) for n, one in enumerate(above(card()))])
    inside = np.eye(3)
    edged = above(plain)
    edged[:, BAND - 4 : BAND + 3, 40:280] = 220
    between = np.stack([np.vstack([card(), one[:, ::-1], one]) for one in film()])
    elsewhere = np.array([[1.0, 0.0, 900.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])

    assert found(above(plain)) == []
    assert found(noisy) == []
    assert found(edged) == []
    assert found(moving) == []
    assert found(wider) == []
    assert found(above(card()), inside) == []
    assert found(between, starting(BAND + SIZE[1])) == []
    assert found(above(card()), elsewhere) == []
    assert [track.box.y0 for track in found(rolling)] == [0.0]


def test_what_lies_where_the_source_may_still_reach_is_no_part_of_a_band() -> None:
    marked = above(np.zeros((BAND, SIZE[0], 3), np.uint8))
    marked[:, BAND - 8 : BAND - 1, 40:80] = 255

    assert found(marked, starting(BAND - 12)) == []
    assert len(found(above(card()), starting(BAND - 12))) == 1
    assert found(above(card()), starting(BAND // 2)) == []


def test_ground_that_changes_or_is_not_most_of_it_is_none() -> None:
    flickering = above(card(240)).astype(np.int16)
    flickering[:, :BAND] += 8 * (-1) ** np.arange(COUNT)[:, None, None, None]
    blocked = above(card(words=""))
    blocked[:, 4:BAND, :190] = 0

    assert found(np.clip(flickering, 0, 255).astype(np.uint8)) == []
    assert found(blocked) == []


def test_wall_that_goes_on_into_the_picture_is_no_band() -> None:
    room = np.full((COUNT, BAND + SIZE[1], SIZE[0], 3), 230, np.uint8)
    room[:, 10:30, 20:60] = 0
    room[:, 75:, 120:220] = np.arange(COUNT)[:, None, None, None] * 30

    assert found(room) == []


def test_band_goes_to_its_edge_though_the_picture_begins_with_its_colour() -> None:
    query = above(card())
    query[:, BAND : BAND + 90, :150] = 255

    (track,) = found(query)

    assert track.box.y1 == pytest.approx(BAND / (SIZE[1] + BAND), abs=0.01)
