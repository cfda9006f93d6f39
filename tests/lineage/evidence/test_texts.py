"""Texts: what the models read, and what of that counts."""

from collections.abc import Iterator
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from index.values import WHOLE, Box, Picture
from lineage.evidence import texts
from lineage.evidence.texts import said

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
    monkeypatch: pytest.MonkeyPatch, *lines: tuple[str, float, tuple[float, float, float, float]]
) -> None:
    """Let lines be read off any picture: text, how sure, edges in pixels of twice `PLAIN`."""

    def engine(_: Picture) -> SimpleNamespace:
        corners = [[(a, b), (c, b), (c, d), (a, d)] for _, _, (a, b, c, d) in lines]
        return SimpleNamespace(
            txts=[text for text, _, _ in lines],
            scores=[sure for _, sure, _ in lines],
            boxes=np.array(corners, np.float32),
        )

    monkeypatch.setattr(texts, "_engine", lambda: engine)


@reads
@pytest.mark.usefixtures("anew")
def test_words_in_a_picture_are_read_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no model may be fetched")

    monkeypatch.setattr("socket.socket.connect", refuse)

    assert said(captioned(), PART) == (WORDS,)


@reads
def test_small_words_are_read() -> None:
    assert said(captioned(size=0.5), PART) == (WORDS,)


@reads
def test_words_elsewhere_in_the_picture_are_not_told() -> None:
    assert said(captioned(), Box(0.1, 0.1, 0.9, 0.6)) == ()


@reads
def test_picture_without_words_says_nothing() -> None:
    assert said(PLAIN, PART) == ()


def test_line_is_told_in_full_where_it_leaves_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    read(monkeypatch, ("to the left and right", 1.0, (10, 80, 390, 120)))

    assert said(PLAIN, Box(0.4, 0.0, 0.5, 1.0)) == ("to the left and right",)


def test_lines_are_told_from_above(monkeypatch: pytest.MonkeyPatch) -> None:
    read(monkeypatch, ("below", 1.0, (10, 80, 90, 120)), ("above", 1.0, (10, 20, 90, 60)))

    assert said(PLAIN, WHOLE) == ("above", "below")


@pytest.mark.parametrize(
    ("text", "sure", "edges"),
    [
        ("0.0", 0.85, (10, 80, 90, 120)),
        ("K", 0.99, (10, 80, 90, 120)),
        ("--- .", 0.99, (10, 80, 90, 120)),
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

    assert said(PLAIN, Box(0.0, 0.0, 0.6, 1.0)) == ()


@pytest.mark.usefixtures("anew")
def test_nothing_is_told_where_the_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_models", lambda: None)

    assert not texts.known()
    assert said(captioned(), PART) == ()
