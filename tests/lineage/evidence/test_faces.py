"""Faces: what the model tells, and how far their parts differ."""

import numpy as np
import pytest

from api.demo.footage import originals
from index import measure
from index.values import Box, Interval, Picture
from lineage.evidence import faces, heads
from lineage.evidence.faces import Face
from lineage.evidence.residuals import Residuals
from lineage.evidence.values import Beside, Track
from tests import clips
from tests.lineage.evidence import scenes

FACE = Face(Box(0.3, 0.2, 0.6, 0.8), Box(0.35, 0.3, 0.55, 0.45), Box(0.4, 0.6, 0.5, 0.75), 0.9)
SHAPE = (50, 80)


@pytest.fixture(scope="module")
def portrait() -> Picture:
    """A frame of the demo's footage that shows somebody who speaks."""
    speaker = next(film for film in originals() if "carphone" in film.path.name)
    (still,) = measure.stills(speaker.path, [0.5], side=384)
    return still.picture


@pytest.mark.parametrize("mirrored", [False, True])
def test_face_is_told_with_eyes_above_its_mouth(portrait: Picture, *, mirrored: bool) -> None:
    (face,) = faces.faces(np.ascontiguousarray(portrait[:, ::-1] if mirrored else portrait))

    middle = 0.51 if mirrored else 0.49
    assert abs((face.box.x0 + face.box.x1) / 2 - middle) < 0.05
    assert face.eyes.y1 < face.mouth.y0
    assert face.box.common(face.mouth) > 0.9 * face.mouth.area


def test_picture_without_a_face_has_none() -> None:
    assert faces.faces(clips.picture(1.0, size=(480, 270))) == []


def test_nothing_is_told_where_the_model_is_missing(
    monkeypatch: pytest.MonkeyPatch, portrait: Picture
) -> None:
    monkeypatch.setattr(faces, "_model", lambda: None)

    assert not faces.known()
    assert faces.faces(portrait) == []


def differing(*boxes: Box) -> Residuals:
    """Return cells that differ five times as much as usual in some boxes."""
    cells = np.full((6, *SHAPE), 0.5, np.float32)
    rows, columns = SHAPE
    for box in boxes:
        part = (
            slice(int(box.y0 * rows), int(box.y1 * rows)),
            slice(int(box.x0 * columns), int(box.x1 * columns)),
        )
        cells[:, *part] = 2.5
    return Residuals(cells, np.ones(SHAPE, bool), cells, cells, cells, cells, cells, scenes.UNTONED)


@pytest.mark.parametrize(
    ("boxes", "eyes", "mouth"),
    [((FACE.mouth,), 1.0, 5.0), ((FACE.eyes, FACE.mouth), 5.0, 5.0), ((FACE.eyes,), 5.0, 1.0)],
)
def test_eyes_and_mouth_are_told_apart(boxes: tuple[Box, ...], eyes: float, mouth: float) -> None:
    pictures = np.zeros((6, SHAPE[0] * 4, SHAPE[1] * 4, 3), np.uint8)
    times = 0.2 + np.arange(6.0)
    moments = Beside(times, pictures, pictures, np.arange(6)[:, None], times)
    track = Track(Interval(0.0, 6.0), FACE.mouth, 3.0, 4.0, 0.02, 5.0, 5.0, 1.0)

    told = heads.head(track, moments, differing(*boxes), lambda _: [FACE])

    assert told is not None
    assert told.eyes == pytest.approx(eyes, rel=0.3)
    assert told.mouth == pytest.approx(mouth, rel=0.3)


def test_track_beside_a_face_has_none() -> None:
    pictures = np.zeros((6, SHAPE[0] * 4, SHAPE[1] * 4, 3), np.uint8)
    times = 0.2 + np.arange(6.0)
    moments = Beside(times, pictures, pictures, np.arange(6)[:, None], times)
    track = Track(Interval(0.0, 6.0), Box(0.7, 0.1, 0.9, 0.3), 3.0, 9.0, 0.02, 5.0, 5.0, 1.0)

    assert heads.head(track, moments, differing(), lambda _: [FACE]) is None
