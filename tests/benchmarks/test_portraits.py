from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks import portraits
from benchmarks.alterations import Picture
from benchmarks.takes import Take
from index.values import Box
from lineage.evidence.faces import Face
from tests import clips

SIZE, PACE = (240, 160), 10.0
FACE = Face(Box(0.3, 0.2, 0.6, 0.8), Box(0.34, 0.35, 0.56, 0.45), Box(0.35, 0.6, 0.55, 0.75), 0.9)


@pytest.fixture(autouse=True)
def one_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every picture show a face at one place."""
    monkeypatch.setattr(portraits, "faces", lambda _: [FACE])


def take(seed: int = 1) -> Take:
    pictures = [
        clips.strewn(clips.picture(n / PACE, size=SIZE, seed=seed), n / PACE) for n in range(45)
    ]
    return Take(f"{seed}.mp4", pictures, PACE)


def changed(one: Sequence[Picture], other: Sequence[Picture]) -> np.ndarray:
    return np.array(
        [np.abs(a.astype(int) - b).max(axis=2) for a, b in zip(one, other, strict=True)]
    )


@pytest.mark.parametrize(
    ("kind", "place"), [("mouth", FACE.mouth), ("face", Box(0.34, 0.35, 0.56, 0.75))]
)
def test_only_a_part_of_the_face_changes_and_only_for_a_while(kind: str, place: Box) -> None:
    whole = take()

    made = portraits.forged(whole, kind, take(9), np.random.default_rng(2))

    assert made is not None
    assert made.box == place
    off = changed(whole.pictures, made.take.pictures)
    when = np.flatnonzero(off.any(axis=(1, 2))) / PACE
    assert (when[0], when[-1] + 1 / PACE) == pytest.approx((made.query.start, made.query.end))
    rows, columns = np.nonzero(off.max(axis=0) > 8)
    assert columns.min() / SIZE[0] >= place.x0 - 0.01
    assert columns.max() / SIZE[0] <= place.x1 + 0.01
    assert rows.min() / SIZE[1] >= place.y0 - 0.01
    assert rows.max() / SIZE[1] <= place.y1 + 0.01


def test_mouth_is_its_own_of_another_moment_and_a_face_a_strangers() -> None:
    bright = Take("bright.mp4", [np.full((160, 240, 3), 250, np.uint8)] * 45, PACE)
    whole = take()

    for kind, same in (("mouth", True), ("face", False)):
        made = [
            portraits.forged(whole, kind, other, np.random.default_rng(2))
            for other in (take(9), bright)
        ]
        first, second = (None if one is None else one.take.pictures for one in made)
        assert first is not None
        assert second is not None
        assert (not changed(first, second).any()) == same


def test_film_without_a_face_or_with_a_small_one_or_a_still_is_not_forged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    still = Take("still.mp4", [take().pictures[0]] * 45, PACE)

    assert portraits.forged(still, "mouth", take(9), np.random.default_rng(2)) is None
    for known in ([], [Face(Box(0.3, 0.3, 0.4, 0.4), FACE.eyes, FACE.mouth, 0.9)]):
        monkeypatch.setattr(portraits, "faces", lambda _, known=known: known)
        assert not portraits.shows_one(take())
        assert portraits.forged(take(), "face", take(9), np.random.default_rng(2)) is None
