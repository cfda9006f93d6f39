"""A stretch of pictures beside its source: what is found in it, and what is not."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from index.values import Box
from lineage.evidence import Evidence, EvidenceParams, Track, compared, heats, overlaid
from tests import clips
from tests.lineage.evidence import scenes
from tests.lineage.evidence.scenes import Edit, patched

BOX = Box(0.55, 0.4, 0.8, 0.75)
SURE = 8.0


def found(
    edit: Edit = lambda picture, _: picture,
    across: tuple[float, ...] = scenes.IDENTITY,
    *,
    late: float = 0.0,
) -> Evidence:
    stretch = scenes.segment(across)
    return compared(scenes.beside(edit, late=late), stretch, stretch.query)


def strongest(evidence: Evidence) -> Track:
    assert evidence.tracks
    return evidence.tracks[0]


def test_copy_shows_no_change() -> None:
    told = found()

    assert told.tracks == ()
    assert told.agreement > 0.95


@pytest.mark.parametrize(
    "edit",
    [
        lambda picture, _: np.clip(picture * 0.6 + 20.0, 0, 255).astype(np.uint8),
        lambda picture, _: np.clip(picture * [1.1, 1.0, 0.85], 0, 255).astype(np.uint8),
        lambda picture, _: cv2.cvtColor(
            cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB
        ),
        lambda picture, _: scenes.coded(picture, 15),
        lambda picture, _: cv2.GaussianBlur(picture, (0, 0), 1.2),
        lambda picture, time: np.clip(picture * (0.7 + 0.1 * time), 0, 255).astype(np.uint8),
    ],
    ids=["darker", "warmer", "grey", "coarse", "blurred", "fading in"],
)
def test_what_is_done_to_all_of_the_picture_is_no_change_in_it(edit: Edit) -> None:
    assert found(edit).tracks == ()


def test_part_that_shows_something_else_is_boxed_and_timed() -> None:
    track = strongest(found(patched(BOX, start=1.3, end=3.1)))

    assert track.strength > SURE
    assert track.box.shared(BOX) > 0.7
    assert track.query.start == pytest.approx(1.3, abs=0.3)
    assert track.query.end == pytest.approx(3.1, abs=0.3)


def test_change_is_found_in_a_clip_that_was_cropped_and_mirrored() -> None:
    track = strongest(found(cropped(patched(BOX)), CROPPED))

    mirrored = Box(1 - (0.8 - 0.1) / 0.9, (0.4 - 0.1) / 0.9, 1 - (0.55 - 0.1) / 0.9, 0.65 / 0.9)
    assert track.strength > SURE
    assert track.box.shared(mirrored) > 0.7


CROPPED = (-0.9, 0.0, 1.0, 0.0, 0.9, 0.1)
"""How a clip lies that was cut by a tenth and mirrored."""


def cropped(edit: Edit) -> Edit:
    """Return an edit after which a tenth of the left and the top is cut off, and both mirrored."""

    def cut(picture: clips.Picture, time: float) -> clips.Picture:
        changed = edit(picture, time)
        height, width = changed.shape[:2]
        part = changed[height // 10 :, width // 10 :][:, ::-1]
        return np.asarray(cv2.resize(part, (width, height)), np.uint8)

    return cut


def test_heat_is_that_by_which_a_track_was_told() -> None:
    beside, stretch = scenes.beside(patched(BOX, start=1.3, end=3.1)), scenes.segment()

    told = heats(beside, stretch, stretch.query)

    track = strongest(compared(beside, stretch, stretch.query))
    assert told is not None
    hottest = np.unravel_index(told.changed.argmax(), told.changed.shape)
    assert told.changed[hottest] == pytest.approx(track.strength)
    assert told.times[hottest[0]] == track.at
    x, y = (hottest[2] + 0.5) * told.side[0], (hottest[1] + 0.5) * told.side[1]
    assert track.box.x0 < x < track.box.x1
    assert track.box.y0 < y < track.box.y1


def test_heat_says_how_the_source_lies_and_when_it_shows_that() -> None:
    beside, stretch = scenes.beside(cropped(patched(BOX)), late=0.04), scenes.segment(CROPPED)

    told = heats(beside, stretch, stretch.query)

    assert told is not None
    assert told.maps.reshape(-1, 9) == pytest.approx(
        np.tile((*CROPPED, 0, 0, 1), (len(told), 1)), abs=0.006
    )
    assert np.median(told.source_times - told.times) == pytest.approx(0.0, abs=1e-6)


def test_nothing_is_hot_where_both_do_not_lie_over_one_another() -> None:
    stretch = scenes.segment()

    assert heats(scenes.beside(seed=3, other=4), stretch, stretch.query) is None


def test_source_is_laid_over_the_clip_to_the_pixel() -> None:
    source = scenes.scene(1.0)
    clip = cropped(lambda picture, _: picture)(source, 0.0)

    laid = overlaid(source, scenes.segment(CROPPED), (scenes.SIZE[0], scenes.SIZE[1]))

    assert np.abs(laid.astype(int) - clip)[4:-4, 4:-4].mean() < 2.0


def test_laid_source_is_black_where_it_ends() -> None:
    laid = overlaid(scenes.scene(1.0), scenes.segment((2.0, 0, 0, 0, 2.0, 0)), scenes.SIZE)

    assert laid[:, scenes.SIZE[0] // 2 + 2 :].max() == 0


def test_map_that_is_a_little_off_is_put_right() -> None:
    assert found(across=(1.0, 0.0, 0.01, 0.0, 1.0, -0.008)).tracks == ()


def test_moments_that_are_a_frame_off_are_put_right() -> None:
    assert found(late=0.08).tracks == ()


def test_nothing_is_claimed_where_both_do_not_lie_over_one_another() -> None:
    stretch = scenes.segment()

    told = compared(scenes.beside(seed=3, other=4), stretch, stretch.query)

    assert told.agreement < 0.8
    assert told.tracks == ()


@pytest.mark.parametrize(("agree", "claimed"), [(0.8, True), (1.1, False)])
def test_change_is_claimed_only_where_both_agree_enough(agree: float, *, claimed: bool) -> None:
    stretch = scenes.segment()
    params = EvidenceParams(agree=agree)

    told = compared(scenes.beside(patched(BOX)), stretch, stretch.query, params=params)

    assert bool(told.tracks) == claimed


def drawn(draw: Callable[[clips.Picture], object]) -> Edit:
    def edit(picture: clips.Picture, _: float) -> clips.Picture:
        picture = picture.copy()
        draw(picture)
        return picture

    return edit


def test_letters_have_more_detail_than_what_they_lie_over() -> None:
    def letters(picture: clips.Picture) -> None:
        smooth = picture[150:200, 60:330]
        smooth[:] = cv2.GaussianBlur(smooth, (0, 0), 6)
        for row in (170, 190):
            cv2.putText(picture, "IT IS SAID", (70, row), 0, 0.7, (255,) * 3, 2)

    assert strongest(found(drawn(letters))).detail > 1.5


def test_what_was_painted_over_has_less_detail_than_before() -> None:
    def painted(picture: clips.Picture) -> None:
        rows, columns = scenes.pixels(BOX)
        picture[rows, columns] = picture[rows, columns].mean(axis=(0, 1))

    assert strongest(found(drawn(painted))).detail < 0.7


def test_what_was_blurred_is_boxed_though_its_tones_stay() -> None:
    def blurred(picture: clips.Picture) -> None:
        rows, columns = scenes.pixels(BOX)
        picture[rows, columns] = cv2.GaussianBlur(picture, (0, 0), 3)[rows, columns]

    told = found(drawn(blurred)).tracks

    assert told
    assert told[0].box.shared(BOX) > 0.4
    assert told[0].faded or told[0].detail < 0.7


@pytest.mark.parametrize("covered", [True, False])
def test_band_that_lies_over_the_picture_is_told_and_one_that_does_not_differ_is_not(
    *, covered: bool
) -> None:
    def band(picture: clips.Picture) -> None:
        if covered:
            picture[173:] = (20, 30, 90)
            cv2.putText(picture, "IT IS SAID", (90, 205), 0, 0.9, (255,) * 3, 2)

    stretch = replace(scenes.segment(box=Box(0, 0, 1, 0.8)), inside=Box(0, 0, 1, 1))

    told = compared(scenes.beside(drawn(band)), stretch, stretch.query).tracks

    assert bool(told) == covered
    assert all(track.box.common(Box(0, 0.78, 1, 1)) > 0.9 * track.box.area for track in told)


def test_moment_of_another_shot_says_nothing() -> None:
    def cut(picture: clips.Picture, time: float) -> clips.Picture:
        return scenes.scene(time, seed=5) if 1.5 < time < 1.8 else picture

    found = compared(scenes.beside(cut), scenes.segment(), scenes.segment().query)

    assert found.agreement > 0.9
    assert found.tracks == ()
