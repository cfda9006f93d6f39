from dataclasses import replace

import cv2
import numpy as np
import pytest

from index.values import Box
from lineage import evidence
from lineage.evidence.manners import fill, typical
from lineage.evidence.values import Manner
from tests import clips
from tests.lineage.evidence import scenes


def handled(edit: scenes.Edit = lambda picture, _: picture) -> Manner:
    beside = scenes.beside(edit)
    found = evidence.compared(beside, scenes.segment(), scenes.segment().query)
    assert found.manner is not None
    return found.manner


def graded(picture: clips.Picture, _: float) -> clips.Picture:
    return np.asarray(np.clip(20 + 0.8 * picture.astype(np.float64), 0, 255), np.uint8)


def grey(picture: clips.Picture, _: float) -> clips.Picture:
    return np.repeat(picture.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)


def blurred(picture: clips.Picture, _: float) -> clips.Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 4), np.uint8)


def grainy(picture: clips.Picture, time: float) -> clips.Picture:
    noise = np.random.default_rng(round(1000 * time)).normal(0, 14, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


def filmed(picture: clips.Picture, _: float) -> clips.Picture:
    width, height = scenes.SIZE
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners + np.array([[0, 0], [0, 14], [0, -14], [0, 0]], np.float32)
    bent = cv2.getPerspectiveTransform(corners, seen)
    return np.asarray(cv2.warpPerspective(picture, bent, scenes.SIZE), np.uint8)


def test_copy_that_was_only_coded_is_as_its_source() -> None:
    found = handled()

    assert found.tones < 1.5
    assert found.sharpness > 0.9
    assert abs(found.grain) < 0.3
    assert found.off > 0.2
    assert found.bend == pytest.approx(0.0, abs=1e-6)


def test_tones_tell_what_was_done_to_them() -> None:
    found = handled(graded)

    assert found.tones > 5
    assert found.contrast == pytest.approx(0.8, abs=0.05)
    assert handled(grey).saturation < 0.1


def test_blur_takes_the_sharpest_detail() -> None:
    assert handled(blurred).sharpness < 0.6


def test_colours_are_told_apart_from_a_mark_that_has_some() -> None:
    def marked(picture: clips.Picture, _: float) -> clips.Picture:
        picture = picture.copy()
        picture[10:60, 10:60] = (255, 0, 255)
        return picture

    assert handled(grey).colours < 0.3
    assert handled(marked).colours == pytest.approx(1.0, abs=0.05)


def test_sharp_thing_that_is_taken_out_is_no_blur_all_over() -> None:
    def covered(picture: clips.Picture, _: float) -> clips.Picture:
        picture = picture.copy()
        picture[150:190] = picture.mean(axis=(0, 1)).astype(np.uint8)
        return picture

    assert handled(covered).sharpness > 0.9


def test_grain_shows_where_the_source_is_smooth() -> None:
    assert handled(grainy).grain > 0.5


def test_screen_seen_at_an_angle_is_bent() -> None:
    assert 0.004 < handled(filmed).bend < 0.05


def test_frame_filled_with_the_same_picture_is_told_from_another_picture() -> None:
    inner = scenes.scene(1.0)
    upright = Box(0.0, 0.34, 1.0, 0.66)
    framed = []
    for around in (inner, scenes.scene(1.0, seed=5)):
        large = cv2.GaussianBlur(cv2.resize(around, None, fx=3, fy=3), (0, 0), 12)
        frame = large[:648, 444:708].copy()
        frame[220:428] = cv2.resize(inner, (264, 208))
        framed.append(np.asarray(frame[None], np.uint8))
    same, other = framed

    assert fill(same, upright) > 0.9
    assert fill(other, upright) < 0.6
    assert fill(same, Box(0, 0, 1, 1)) == 0.0


def test_parts_of_a_stretch_are_told_by_their_medians() -> None:
    plain = scenes.PLAIN

    assert typical([plain, replace(plain, tones=9.0), replace(plain, tones=2.0)]) == replace(
        plain, tones=2.0
    )
    assert typical([]) is None
