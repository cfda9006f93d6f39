"""Texts: what the models read, and what of that counts."""

from collections.abc import Iterator
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from index.values import WHOLE, Box, Picture
from lineage.evidence import texts
from lineage.evidence.texts import lines

WORDS = "They knew about it"
PART = Box(0.1, 0.7, 0.9, 0.9)
PLAIN = np.zeros((100, 200, 3), np.uint8)

reads = pytest.mark.skipif(not texts.known(), reason="the extra text is not installed")


def captioned(*, size: float = 1.0) -> Picture:
    """Return a grey picture with words in its lower part."""
    picture = np.full((360, 640, 3), 90, np.uint8)
    white = (255, 255, 255)
    cv2.putText(picture, WORDS, (140, 300), cv2.FONT_HERSHEY_DUPLEX, size, white, 1, cv2.LINE_AA)
    return picture


@pytest.fixture
def anew() -> Iterator[None]:
    """What reads is made anew for this test, and for those after it."""
    texts._engine.cache_clear()
    yield
    texts._engine.cache_clear()


def read(
    monkeypatch: pytest.MonkeyPatch, *told: tuple[str, float, tuple[float, float, float, float]]
) -> None:
    """Let lines be read off any picture: text, how sure, edges in pixels of twice `PLAIN`."""

    def engine(_: Picture) -> SimpleNamespace:
        corners = [[(a, b), (c, b), (c, d), (a, d)] for _, _, (a, b, c, d) in told]
        return SimpleNamespace(
            txts=[text for text, _, _ in told],
            scores=[sure for _, sure, _ in told],
            boxes=np.array(corners, np.float32),
        )

    monkeypatch.setattr(texts, "_engine", lambda: engine)


@reads
@pytest.mark.usefixtures("anew")
def test_words_in_a_picture_are_read_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no model may be fetched")

    monkeypatch.setattr("socket.socket.connect", refuse)

    assert lines(captioned(), PART).inside == (WORDS,)


@reads
def test_small_words_are_read() -> None:
    assert lines(captioned(size=0.5), PART).inside == (WORDS,)


@reads
def test_words_elsewhere_in_the_picture_are_not_told() -> None:
    assert lines(captioned(), Box(0.1, 0.1, 0.9, 0.6)).inside == ()


@reads
def test_picture_without_words_says_nothing() -> None:
    assert lines(PLAIN, PART).inside == ()


def test_line_is_told_in_full_where_it_leaves_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    read(monkeypatch, ("to the left and right", 1.0, (10, 80, 390, 120)))

    assert lines(PLAIN, Box(0.4, 0.0, 0.5, 1.0)).inside == ("to the left and right",)


def test_line_close_below_is_told_with_one_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    above, close, far = (
        ("above", 1.0, (10, 20, 190, 40)),
        ("close", 1.0, (50, 45, 90, 65)),
        ("far", 1.0, (50, 120, 90, 140)),
    )
    read(monkeypatch, above, close, far)

    told = lines(PLAIN, Box(0.0, 0.1, 1.0, 0.2))

    assert told.inside == ("above", "close")
    assert told.near == ("above", "close", "far")


@reads
def test_what_lies_left_and_right_of_the_view_is_not_read() -> None:
    told = lines(captioned(), PART, view=Box(0.3, 0.0, 1.0, 1.0))

    assert told.near == told.inside
    assert WORDS.endswith(told.inside[0][-8:])
    assert not told.inside[0].startswith("They")


def test_lines_are_told_from_above(monkeypatch: pytest.MonkeyPatch) -> None:
    read(monkeypatch, ("below", 1.0, (10, 80, 90, 120)), ("above", 1.0, (10, 20, 90, 60)))

    assert lines(PLAIN, WHOLE).inside == ("above", "below")


@pytest.mark.parametrize(
    ("text", "sure", "edges"),
    [
        ("Ya", 0.76, (10, 80, 90, 120)),
        ("K", 0.99, (10, 80, 90, 120)),
        ("--- .", 0.99, (10, 80, 90, 120)),
        ("010", 0.99, (10, 80, 90, 120)),
        ("beside it", 0.99, (300, 80, 390, 120)),
    ],
)
def test_what_is_hardly_text_or_lies_beside_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    sure: float,
    edges: tuple[float, float, float, float],
) -> None:
    read(monkeypatch, (text, sure, edges))

    assert lines(PLAIN, Box(0.0, 0.0, 0.6, 1.0)).inside == ()


@pytest.mark.usefixtures("anew")
def test_nothing_is_told_where_the_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_models", lambda: None)

    assert not texts.known()
    assert lines(captioned(), PART).inside == ()
