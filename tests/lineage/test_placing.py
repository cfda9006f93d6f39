"""`examine` goes through register and align, so their behaviour on strips is tested here."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import measure
from index.values import STRIP_SIDE, AssetRow, Box, Channel, Hits, Interval, Strip
from lineage import laying, placing, prove
from lineage.align import AlignParams
from lineage.lines import LineParams
from lineage.values import Candidate, Segment
from tests.lineage.strips import FPS, film, noisy, scenery, strip

FRAME = 1 / FPS
TAKE = 30.0
"""Seconds after which a camera makes the same move again."""


def candidate(
    query: Strip, source: Strip, pairs: Sequence[tuple[float, float]], *, variant: str = "plain"
) -> Candidate:
    """Return a candidate for all of both, from pairs of query and source time that look alike."""
    left, right = (np.array(side) for side in zip(*pairs, strict=True))
    hits = Hits(
        left,
        np.ones(len(left), np.int64),
        right,
        np.zeros(len(left)),
        np.zeros(len(left), np.uint16),
        Channel.PICTURE,
        variant,
    )
    return Candidate(
        asset=AssetRow(1),
        variant=variant,
        query=Interval(query.times[0], query.times[-1] + 1),
        source=Interval(source.times[0], source.times[-1] + 1),
        rate=1.0,
        score=1.0,
        votes=len(left),
        hits=hits,
    )


def found(
    query: npt.NDArray[np.uint8],
    source: npt.NDArray[np.uint8],
    pairs: Sequence[tuple[float, float]],
    *,
    variant: str = "plain",
) -> list[Segment]:
    left, right = strip(noisy(query, seed=1)), strip(noisy(source, seed=2))
    segments = placing.examine(candidate(left, right, pairs, variant=variant), left, right)
    return prove.joined(one for one in segments if prove.proven(one))


def test_excerpt_is_placed_to_the_frame() -> None:
    (segment,) = found(film(1, 3.2, 7.2), film(1, 0, 12), [(1.0, 4.2)])

    assert segment.query.start == 0.0
    assert segment.query.end == pytest.approx(4.0, abs=FRAME)
    assert segment.source.start == pytest.approx(3.2, abs=FRAME)
    assert segment.rate == 1.0
    assert segment.frame_exact


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(10, 150))
def test_any_excerpt_of_any_scenery_is_placed_to_the_frame(seed: int, first: int) -> None:
    start = first * FRAME

    (segment,) = found(film(seed, start, start + 3), film(seed, 0, 10), [(1.0, start + 1)])

    assert segment.source_time(1.5) == pytest.approx(start + 1.5, abs=FRAME)


@pytest.mark.parametrize("rate", [0.5, 0.8, 0.97, 1.03, 1.25, 2.0])
def test_speed_is_found(rate: float) -> None:
    (segment,) = found(film(1, 2, 2 + 4 * rate, rate=rate), film(1, 0, 12), [(0.0, 2.0)])

    assert segment.rate == pytest.approx(rate, rel=0.01)
    assert segment.source.start == pytest.approx(2.0, abs=2 * FRAME)


@pytest.mark.parametrize("rate", [0.92, 1.1])
def test_slight_change_of_speed_is_told_of_one_who_hardly_moves(rate: float) -> None:
    def calm(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        still = scenery(1, np.zeros(1)).astype(np.float32)
        return (still + 0.15 * (pictures - still)).astype(np.uint8)

    # What coding does to a still wall is in every frame, so likeness tells little.
    marks = np.random.default_rng(3).normal(0, 6, (STRIP_SIDE, STRIP_SIDE))
    query = np.clip(film(1, 3.2, 9.8, rate=rate, edit=calm) + marks, 0, 255).astype(np.uint8)
    (segment,) = found(query, film(1, 0, 12, edit=calm), [(1.0, 3.2 + rate)])

    assert segment.rate == pytest.approx(rate, rel=0.01)


def test_lines_found_with_less_room_are_tried_again() -> None:
    query, source = strip(film(1, 3.2, 7.2, rate=1.25)), strip(film(1, 0, 12))
    misled = candidate(query, source, [(1.0, 9.0), (2.0, 10.0)])
    (known,) = placing.examine(candidate(query, source, [(1.0, 4.45)]), query, source)

    params = AlignParams(lines=LineParams(most=0))

    assert not any(map(prove.proven, placing.examine(misled, query, source, align_params=params)))
    (again,) = placing.examine(misled, query, source, known=[known], align_params=params)
    assert again.rate == pytest.approx(1.25, rel=0.01)
    assert prove.proven(again)


def test_backwards_is_found_and_source_still_ascends() -> None:
    (segment,) = found(film(1, 4, 8)[::-1], film(1, 0, 12), [(0.0, 8.0)])

    assert segment.rate == pytest.approx(-1.0, rel=0.01)
    assert segment.source.start == pytest.approx(4.0, abs=FRAME / 2)
    assert segment.source_time(0.0) == pytest.approx(8.0, abs=FRAME / 2)


def test_cut_out_words_leave_two_segments_that_meet_at_the_cut() -> None:
    query = np.concatenate([film(1, 1, 3), film(1, 4, 6)])

    first, second = found(query, film(1, 0, 12), [(1.0, 2.0), (3.0, 5.0)])

    assert first.query.end == pytest.approx(2.0, abs=FRAME)
    assert second.query.start == pytest.approx(2.0, abs=FRAME)
    assert second.source.start == pytest.approx(4.0, abs=FRAME)


@pytest.mark.parametrize("seed", [2, 3, 8])
def test_words_cut_out_at_even_spacing_are_not_one_faster_stretch(seed: int) -> None:
    starts = [1.0, 2.88, 4.76, 6.64]
    calm = 0.5  # what moves slowly looks alike at many speeds
    query = np.concatenate(
        [scenery(seed, np.linspace(start, start + 32 * FRAME, 33) * calm) for start in starts]
    )
    source = scenery(seed, np.linspace(0.0, 299 * FRAME, 300) * calm)

    segments = found(query, source, [(0.6, 1.6)])

    assert [segment.rate for segment in segments] == pytest.approx([1.0] * 4, abs=0.01)
    assert [one.source.start for one in segments] == pytest.approx(starts, abs=3 * FRAME)


def test_frame_that_is_held_is_told_apart_from_what_is_around_it() -> None:
    before, after = film(1, 3, 5), film(1, 5, 8)
    query = np.concatenate([before, np.repeat(before[-1:], 40, axis=0), after])

    left, right = strip(query), strip(noisy(film(1, 0, 12)))
    segments = placing.examine(candidate(left, right, [(1.0, 4.0)]), left, right)
    first, held, last = prove.joined(one for one in segments if prove.proven(one))

    assert [one.rate for one in (first, held, last)] == [1.0, 0.0, 1.0]
    assert held.query.start == pytest.approx(2.0, abs=FRAME)
    assert held.query.end == pytest.approx(3.6, abs=FRAME)
    assert held.source.start == pytest.approx(5.0 - FRAME, abs=FRAME)
    assert held.source.length < FRAME
    assert last.source.start == pytest.approx(5.0, abs=FRAME)


def test_last_frame_held_beyond_the_end_of_the_source_is_told() -> None:
    source = film(1, 0, 6)
    query = np.concatenate([source[-75:], np.repeat(source[-1:], 40, axis=0)])

    left, right = strip(query), strip(noisy(source))
    segments = placing.examine(candidate(left, right, [(1.0, 4.0)]), left, right)

    assert [one.rate for one in segments] == [1.0, 0.0]
    assert segments[1].query.end == pytest.approx(4.6, abs=FRAME)


def test_source_that_begins_again_is_told_however_short_it_is_shown() -> None:
    query, source = np.concatenate([film(1, 2, 6), film(1, 0, 7 * FRAME)]), film(1, 0, 6)

    whole, again = found(query, source, [(1.0, 3.0)])

    assert whole.query.end == pytest.approx(4.0, abs=FRAME)
    assert again.source.start == pytest.approx(0.0, abs=FRAME)
    assert again.query.end == pytest.approx(4.0 + 7 * FRAME, abs=FRAME / 2)


def test_source_that_begins_again_after_a_held_frame_is_told() -> None:
    before = film(1, 2, 4)
    parts = [before, np.repeat(before[-1:], 25, axis=0), film(1, 4, 6), film(1, 0, 7 * FRAME)]
    left, right = strip(np.concatenate(parts)), strip(noisy(film(1, 0, 6)))

    segments = placing.examine(candidate(left, right, [(1.0, 3.0)]), left, right)

    assert [one.rate for one in segments] == [1.0, 0.0, 1.0, 1.0]
    assert segments[-1].source.start == pytest.approx(0.0, abs=FRAME)
    assert all(map(prove.proven, segments))


def test_foreign_frames_after_the_end_of_the_source_are_no_loop() -> None:
    query, source = np.concatenate([film(1, 2, 6), film(2, 0, 7 * FRAME)]), film(1, 0, 6)

    (whole,) = found(query, source, [(1.0, 3.0)])

    assert whole.query.end == pytest.approx(4.0, abs=FRAME)


@pytest.mark.parametrize("frames", [1, 50])
def test_single_picture_is_told_at_its_moment(frames: int) -> None:
    still = np.repeat(noisy(film(1, 6, 6 + FRAME), seed=4), frames, axis=0)
    left, right = strip(still), strip(noisy(film(1, 0, 12)))

    (segment,) = placing.examine(candidate(left, right, [(0.0, 5.0)]), left, right)

    assert prove.proven(segment)
    assert (segment.rate, segment.frame_exact) == (0.0, False)
    assert segment.source.start == pytest.approx(6.0, abs=FRAME)
    assert segment.query.end == pytest.approx(frames * FRAME, abs=FRAME / 2)


def test_still_stretch_of_a_film_that_goes_on_later_is_not_held() -> None:
    shown = np.repeat(film(1, 5, 5 + FRAME), 100, axis=0)
    source = np.concatenate([film(1, 0, 5), shown, film(1, 5, 9)])

    left, right = strip(noisy(shown[:60], seed=1, level=0.5)), strip(source)
    (segment,) = placing.examine(candidate(left, right, [(0.5, 6.0)]), left, right)

    assert segment.rate == 1.0
    assert prove.proven(segment)


def test_single_picture_of_other_scenery_is_not_proven() -> None:
    left, right = strip(film(2, 6, 6 + FRAME)), strip(film(1, 0, 12))

    assert not any(
        map(prove.proven, placing.examine(candidate(left, right, [(0.0, 5.0)]), left, right))
    )


def test_frame_that_stands_in_the_source_as_well_is_not_held() -> None:
    pause = np.concatenate([film(1, 0, 5), np.repeat(film(1, 5, 5 + FRAME), 40, axis=0)])
    source = np.concatenate([pause, film(2, 5, 9)])

    left, right = strip(source[75:240]), strip(source)
    segments = placing.examine(candidate(left, right, [(1.0, 4.0)]), left, right)

    assert [one.rate for one in segments] == [1.0]


def test_still_stretch_of_another_moment_is_no_held_frame() -> None:
    close = np.repeat(film(1, 4, 4 + FRAME, edit=lambda seen: np.roll(seen, 3, axis=2)), 50, axis=0)
    source = np.concatenate([film(1, 0, 8), close])
    query = np.concatenate([film(1, 2, 4), close[:30]])

    left, right = strip(query), strip(source)
    segments = placing.examine(candidate(left, right, [(1.0, 3.0)]), left, right)

    assert all(one.rate == 1.0 for one in segments if prove.proven(one))


def test_reordered_stretches_are_told_in_the_order_of_the_query() -> None:
    query = np.concatenate([film(1, 8, 10), film(1, 2, 4), film(1, 5, 7)])

    segments = found(query, film(1, 0, 12), [(1.0, 9.0), (3.0, 3.0), (5.0, 6.0)])

    starts = [segment.source.start for segment in segments]
    assert starts == pytest.approx([8.0, 2.0, 5.0], abs=FRAME)


def test_foreign_stretch_is_not_covered() -> None:
    query = np.concatenate([film(1, 1, 3), film(77, 0, 2), film(1, 3, 5)])

    first, second = found(query, film(1, 0, 12), [(1.0, 2.0), (5.0, 4.0)])

    assert first.query.end == pytest.approx(2.0, abs=FRAME)
    assert second.query.start == pytest.approx(4.0, abs=FRAME)


def test_where_the_query_lies_in_the_source_is_told_of_a_turned_crop() -> None:
    whole = film(1, 0, 12)
    part = np.stack([cv2.resize(each[24:84, 12:72], (96, 96)) for each in whole[80:180]])
    query, source = strip(noisy(part[:, :, ::-1], seed=1)), strip(whole)
    lies = np.array([[[60 / 96, 0.0, 12 / 96], [0.0, 60 / 96, 24 / 96]]])
    wanted = candidate(query, source, [(1.0, 4.2)], variant="mirror")
    wanted = replace(wanted, hits=replace(wanted.hits, maps=lies, agreeing=np.array([9])))

    (segment,) = (one for one in placing.examine(wanted, query, source) if prove.proven(one))

    assert segment.across == pytest.approx([-60 / 96, 0, 72 / 96, 0, 60 / 96, 24 / 96], abs=0.01)
    assert segment.degrees == pytest.approx(0.0, abs=0.5)


@settings(max_examples=40)
@given(
    st.floats(-179, 179),
    st.sampled_from(["plain", "mirror"]),
    st.floats(0.5, 2.0),
    st.floats(0.5, 2.0),
    st.floats(0.3, 3),
)
def test_turn_is_read_off_any_map(
    degrees: float, variant: str, query: float, source: float, size: float
) -> None:
    mirrored = variant == "mirror"
    angle = np.radians(degrees)
    onto = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    onto = onto @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    # Of pixels as high as the frames, from source to query.
    shares = np.diag([1 / query, 1.0]) @ onto @ np.diag([source, 1.0])
    lies = np.column_stack([np.linalg.inv(shares), [0.1, 0.2]])

    assert laying.turn(lies, query, source, mirrored=mirrored) == pytest.approx(degrees, abs=1e-6)


def disc(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the pictures with a disc painted over their middle."""
    return np.stack([cv2.circle(each.copy(), (48, 48), 30, 230, -1) for each in pictures])


def test_source_is_told_by_what_moves_around_a_hidden_part() -> None:
    (segment,) = found(disc(film(3, 3.2, 8.2)), film(3, 0, 12), [(1.0, 4.2), (3.0, 6.2)])

    assert segment.query.length == pytest.approx(5.0, abs=2 * FRAME)
    assert segment.source_time(1.0) == pytest.approx(4.2, abs=FRAME)
    assert 0.3 < segment.visible < 0.75


@pytest.mark.parametrize("seed", range(8))
def test_hidden_part_of_the_same_scene_at_another_time_proves_nothing(seed: int) -> None:
    assert found(disc(film(seed, 500, 505)), film(seed, 0, 12), [(1.0, 4.2), (3.0, 6.2)]) == []


def test_hidden_part_proves_nothing_where_all_around_is_still() -> None:
    still = np.repeat(film(3, 4, 4.1)[:1], 100, axis=0)

    assert found(disc(still), still, [(1.0, 1.0)]) == []


def test_what_is_wrong_as_often_as_right_is_not_proven() -> None:
    seen = segment((0, 1.5), (3, 4.5), likeness=0.9, motion=0.8)

    assert prove.proven(replace(seen, confidence=0.5))
    assert not prove.proven(replace(seen, confidence=0.49))
    assert prove.strength(replace(seen, confidence=0.25)) == pytest.approx(0.5)


def test_hidden_part_needs_surer_motion_and_time() -> None:
    whole = segment((0, 5), (3, 8), likeness=0.97, motion=0.8)
    part = replace(whole, visible=0.6)
    needed = prove.ProveParams()

    assert prove.proven(whole)
    assert not prove.proven(part)
    assert prove.proven(replace(part, motion=needed.around))
    short = replace(part, motion=0.99, query=Interval(0, needed.around_long - 0.1))
    assert not prove.proven(short)
    assert not prove.proven(replace(part, motion=0.99, likeness=needed.around_alike - 0.01))
    assert prove.proven(replace(part, motion=0.99, rate=1.25))
    assert not prove.proven(replace(part, motion=0.99, rate=1.25, visible=0.4))


def test_same_scene_at_another_time_is_not_proven() -> None:
    far_later = scenery(1, np.arange(500.0, 504.0, FRAME))

    assert found(far_later, film(1, 0, 12), [(1.0, 4.2)]) == []


def test_other_scene_is_not_proven() -> None:
    assert found(film(2, 3, 7), film(1, 0, 12), [(1.0, 4.2)]) == []


@pytest.mark.parametrize("variant", ["mirror", "flip", "turn", "negative"])
def test_turned_query_is_placed_like_a_plain_one(variant: str) -> None:
    def turned(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        across = variant in ("mirror", "turn")
        down = variant in ("flip", "turn")
        pictures = pictures[:, :: -1 if down else 1, :: -1 if across else 1]
        return 255 - pictures if variant == "negative" else pictures

    (segment,) = found(
        film(1, 3.2, 7.2, edit=turned), film(1, 0, 12), [(1.0, 4.2)], variant=variant
    )

    assert segment.source.start == pytest.approx(3.2, abs=FRAME)
    assert segment.variant == variant


def test_caption_over_a_fifth_does_not_hide_the_source() -> None:
    def captioned(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        pictures = pictures.copy()
        pictures[:, 77:] = 20
        pictures[:, 83:90, 9:87:4] = 240
        return pictures

    (segment,) = found(film(1, 3.2, 7.2, edit=captioned), film(1, 0, 12), [(1.0, 4.2)])

    assert segment.source.start == pytest.approx(3.2, abs=FRAME)


def test_small_crop_is_laid_over_its_source() -> None:
    def crop(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        return np.stack(
            [cv2.resize(picture[6:90, 6:90], (STRIP_SIDE, STRIP_SIDE)) for picture in pictures]
        )

    (segment,) = found(film(1, 3.2, 7.2, edit=crop), film(1, 0, 12), [(1.0, 4.2)])

    assert segment.source.start == pytest.approx(3.2, abs=FRAME)
    assert segment.source_box is not None
    assert segment.source_box.x0 == pytest.approx(6 / STRIP_SIDE, abs=0.02)
    assert segment.source_box.y1 == pytest.approx(90 / STRIP_SIDE, abs=0.02)


def nearing(  # noqa: PLR0913 # who walks before which wall, and how it is filmed
    seed: int,
    start: float,
    end: float,
    *,
    faint: float,
    zoom: float,
    margin: float = 0.0,
    rate: float = 1.0,
) -> npt.NDArray[np.uint8]:
    """Return somebody faint before a wall, filmed by a camera that draws near, as a crop."""
    shown, wall = [], film(seed, 0, 1)[0]
    middle = (STRIP_SIDE - 1) / 2
    for number, walker in enumerate(film(seed, start, end, rate=rate)):
        picture = cv2.addWeighted(wall, 1 - faint, walker, faint, 0)
        scale = (1 + zoom * (start % TAKE + rate * number / FPS)) / (1 - 2 * margin)
        lies = cv2.getRotationMatrix2D((middle, middle), 0, scale)
        shown.append(cv2.warpAffine(picture, lies, (STRIP_SIDE, STRIP_SIDE)))
    return np.stack(shown)


@pytest.mark.parametrize(
    ("seed", "faint", "zoom", "margin", "late"),
    [
        pytest.param(2, 0.2, 0.04, 0.03, 0.8, id="near"),
        pytest.param(3, 0.2, 0.04, 0.03, 0.8, id="of another wall"),
        pytest.param(2, 0.15, 0.04, 0.05, 1.2, id="far"),
        pytest.param(2, 0.3, 0.05, 0.06, 1.6, id="farther, on several lines"),
        pytest.param(2, 0.2, 0.05, 0.1, 2.4, id="farther than it fits less well"),
        pytest.param(3, 0.3, 0.04, 0.08, 2.4, id="so far that nothing is in step"),
    ],
)
def test_crop_of_a_camera_that_draws_near_is_not_taken_for_a_later_moment(
    seed: int, faint: float, zoom: float, margin: float, late: float
) -> None:
    query = nearing(seed, 3.2, 8.2, faint=faint, zoom=zoom, margin=margin)
    source = nearing(seed, 0, 12, faint=faint, zoom=zoom)

    (segment,) = found(query, source, [(time, 3.2 + late + time) for time in (0.5, 2.0, 4.0)])

    assert segment.query == Interval(0, 5)
    assert segment.source.start == pytest.approx(3.2, abs=FRAME)


@pytest.mark.footage
@pytest.mark.parametrize("left", [0.14, 0.18])
def test_moment_of_a_crop_is_told_by_the_shot_in_which_most_moves(
    footage: Path, left: float
) -> None:
    path = footage / "archive" / "torchcodec_nasa-13013.mp4"
    source = measure.observe(path, Interval(0, 20)).strip
    seen = measure.observe(path, Interval(2, 7.4), view=Box(left, 0, left + 0.316, 1)).strip
    query = replace(seen, times=seen.times - 2, pictures=noisy(seen.pictures, level=2.0))
    early = candidate(query, source, [(time, 0.05 + time) for time in (0.5, 1.0, 2.0)])
    rough = np.array([[0.375, 0, left - 0.05], [0, 0.99, 0.01]])
    agreeing = np.full(len(early.hits), 9)
    hits = replace(early.hits, maps=np.tile(rough, (len(agreeing), 1, 1)), agreeing=agreeing)

    segments = placing.examine(replace(early, hits=hits), query, source)

    (segment,) = prove.joined(one for one in segments if prove.proven(one))
    assert segment.query.length > 5
    assert segment.source_time(0.0) == pytest.approx(2.0, abs=0.1)


def heard(
    query: tuple[float, float], source: tuple[float, float], rate: float = 1.0
) -> tuple[Segment, ...]:
    return (replace(segment(query, source, rate=rate), channel=Channel.SOUND),)


@pytest.mark.parametrize(
    ("seed", "faint", "margin", "rate", "late"),
    [
        pytest.param(2, 0.02, 0.0, 1.1, 0.0, id="slower"),
        pytest.param(2, 0.05, 0.0, 1.1, 0.0, id="in two pieces of natural speed"),
        pytest.param(3, 0.05, 0.08, 1.25, 0.0, id="faster and later"),
        pytest.param(3, 0.01, 0.1, 1.0, 2.4, id="later"),
    ],
)
def test_speed_and_moment_are_told_by_sound_where_pictures_fit_others_as_well(
    seed: int, faint: float, margin: float, rate: float, late: float
) -> None:
    end = 3.2 + 5 * rate
    query = nearing(seed, 3.2, end, faint=faint, zoom=0.04, margin=margin, rate=rate)
    left, right = (
        strip(noisy(query, seed=1)),
        strip(noisy(nearing(seed, 0, 14, faint=faint, zoom=0.04))),
    )
    alike = [(time, 3.2 + late + rate * time) for time in (0.5, 2.0, 4.0)]
    silent = candidate(left, right, alike)
    sounding = replace(silent, heard=heard((0, 5), (3.2, end), rate))

    (found,) = prove.joined(filter(prove.proven, placing.examine(sounding, left, right)))

    assert found.query.length == pytest.approx(5, abs=FRAME)
    assert found.rate == pytest.approx(rate, rel=0.01)
    assert found.source.start == pytest.approx(3.2, abs=2 * FRAME)
    for one in placing.examine(silent, left, right):
        middle = (one.query.start + one.query.end) / 2
        wrong = abs(one.source_time(middle) - 3.2 - rate * middle)
        assert wrong > 1 or abs(one.rate - rate) > 0.01 * rate


@pytest.mark.parametrize(
    ("source", "rate"), [((3.2, 8.7), 1.1), ((6.2, 11.2), 1.0)], ids=["faster", "later"]
)
@pytest.mark.parametrize("faint", [0.0, 0.05, 1.0])
def test_pictures_do_not_follow_sound_of_another_speed_or_moment(
    faint: float, source: tuple[float, float], rate: float
) -> None:
    def calm(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        wall = scenery(1, np.zeros(1)).astype(np.float32)
        return (wall + faint * (pictures - wall)).astype(np.uint8)

    left = strip(noisy(film(1, 3.2, 8.2, edit=calm), seed=1))
    right = strip(noisy(film(1, 0, 14, edit=calm), seed=2))
    dubbed = replace(candidate(left, right, [(1.0, 4.2)]), heard=heard((0, 5), source, rate))

    (found,) = prove.joined(filter(prove.proven, placing.examine(dubbed, left, right)))

    assert found.rate == 1.0
    assert found.source.start == pytest.approx(3.2, abs=FRAME)


@pytest.mark.footage
def test_speed_of_a_real_crop_that_draws_near_is_told_by_its_sound(footage: Path) -> None:
    path = footage / "archive" / "torchcodec_nasa-13013.mp4"
    source = measure.observe(path, Interval(0, 12)).strip
    seen = measure.observe(path, Interval(0, 8), view=Box(0.34, 0, 0.656, 1)).strip
    query = replace(seen, times=seen.times / 1.25, pictures=noisy(seen.pictures, level=2.0))
    silent = candidate(query, source, [(time, 1.0 + time) for time in (0.5, 2.0, 4.0)])
    rough = np.array([[0.375, 0, 0.31], [0, 0.99, 0.01]])
    agreeing = np.full(len(silent.hits), 9)
    hits = replace(silent.hits, maps=np.tile(rough, (len(agreeing), 1, 1)), agreeing=agreeing)

    sounding = replace(silent, hits=hits, heard=heard((0, 6.4), (0, 8), 1.25))

    (found,) = prove.joined(filter(prove.proven, placing.examine(sounding, query, source)))
    assert found.rate == pytest.approx(1.25, rel=0.01)
    assert found.source.start == pytest.approx(0.0, abs=0.1)


def test_other_take_of_a_camera_that_draws_near_is_not_proven() -> None:
    query = nearing(3, TAKE + 3.2, TAKE + 8.2, faint=0.3, zoom=0.04, margin=0.05)
    source = nearing(3, 0, 12, faint=0.3, zoom=0.04)

    assert not found(query, source, [(time, 3.7 + time) for time in (0.5, 2.0, 4.0)])


def test_bars_of_the_query_are_cut_off_and_told() -> None:
    inside = film(1, 3.2, 7.2)
    small = np.stack(
        [cv2.resize(picture, (96, 60), interpolation=cv2.INTER_AREA) for picture in inside]
    )
    framed = np.pad(small, ((0, 0), (18, 18), (0, 0)))
    boxes = np.tile(
        np.array([0, 18 / STRIP_SIDE, 1, 78 / STRIP_SIDE], np.float32), (len(framed), 2, 1)
    )
    left, right = replace(strip(framed), boxes=boxes), strip(film(1, 0, 12))

    (segment,) = placing.examine(candidate(left, right, [(1.0, 4.2)]), left, right)

    assert segment.source.start == pytest.approx(3.2, abs=FRAME)
    assert segment.query_box is not None
    assert segment.query_box.y0 == pytest.approx(18 / STRIP_SIDE, abs=0.01)


def test_band_over_the_picture_leaves_that_part_of_the_source_out() -> None:
    query = film(1, 3.2, 7.2)
    query[:, 3 * STRIP_SIDE // 4 :] = 90
    boxes = np.tile(np.array([[0, 0, 1, 1], [0, 0, 1, 0.75]], np.float32), (len(query), 1, 1))
    left, right = replace(strip(query), boxes=boxes), strip(film(1, 0, 12))

    (segment,) = placing.examine(candidate(left, right, [(1.0, 4.2)]), left, right)

    assert segment.source.start == pytest.approx(3.2, abs=FRAME)
    assert segment.likeness == pytest.approx(1.0, abs=0.02)
    assert segment.source_box is not None
    assert segment.source_box.y1 == pytest.approx(0.75, abs=0.02)


def test_still_picture_is_found_but_not_placed() -> None:
    still = np.repeat(film(1, 3, 3 + FRAME), 50, axis=0)

    (segment,) = found(still, np.repeat(still[:1], 200, axis=0), [(1.0, 4.0)])

    assert not segment.frame_exact
    assert segment.motion is None
    assert segment.rate == 1.0


def segment(query: tuple[float, float], source: tuple[float, float], **more: object) -> Segment:
    plain = Segment(
        Interval(*query), Interval(*source), 1.0, Channel.PICTURE, "plain", 0.9, frame_exact=True
    )
    return replace(plain, **more)  # type: ignore[arg-type] # fields by name


def test_still_part_of_a_frame_must_be_more_alike_than_a_whole_one() -> None:
    whole = segment((0, 2), (10, 12), motion=None, likeness=0.92)
    part = replace(whole, source_box=Box(0.3, 0.3, 0.7, 0.7))

    assert prove.proven(whole)
    assert not prove.proven(part)
    assert prove.proven(replace(part, likeness=0.97))


def test_part_may_be_hidden_where_what_moves_is_surely_the_same() -> None:
    needed = prove.ProveParams()
    covered = segment((0, 2), (10, 12), likeness=(needed.hidden + needed.alike) / 2)

    assert prove.proven(replace(covered, motion=needed.surely))
    assert not prove.proven(replace(covered, motion=needed.surely - 0.01))


def test_strength_is_that_of_the_measure_which_falls_shortest() -> None:
    (moving,) = found(film(1, 3, 6), film(1, 0, 12), [(1.0, 4.0)])
    needed = prove.ProveParams()

    assert prove.strength(replace(moving, motion=needed.moving / 2)) == pytest.approx(0.5)
    assert prove.strength(replace(moving, likeness=needed.hidden / 4)) == pytest.approx(0.25)
    assert prove.strength(moving) > 1.0


def test_segments_that_go_on_are_one() -> None:
    parts = [segment((2, 4), (12, 14)), segment((0, 1.9), (10, 11.9))]

    assert [one.query for one in prove.joined(parts)] == [Interval(0, 4)]


def test_segments_with_a_jump_between_stay_two() -> None:
    parts = [segment((0, 2), (10, 12)), segment((2, 4), (12.5, 14.5))]

    assert len(prove.joined(parts)) == 2


def test_backwards_stays_only_where_it_explains_clearly_more() -> None:
    forwards = segment((2.1, 8), (2.1, 8))
    hardly_more = segment((2, 8), (2, 8), rate=-1.0)
    clearly_more = segment((0, 8), (0, 8), rate=-1.0)
    surer = replace(hardly_more, confidence=0.95)

    assert prove.joined([hardly_more, forwards]) == [forwards]
    assert prove.joined([clearly_more, forwards]) == [clearly_more]
    assert prove.joined([surer, forwards]) == [surer]


def test_of_two_segments_at_one_time_the_surer_stays() -> None:
    parts = [segment((0, 2), (10, 12)), segment((0, 2), (30, 32), confidence=0.95)]

    assert [one.source.start for one in prove.joined(parts)] == [30]


@pytest.mark.parametrize(
    ("query", "source", "wider"),
    [
        ((2.9, 5), (20, 22), True),  # goes on before what was looked at
        ((4, 6), (20, 22), False),
        ((4, 8), (20, 24), True),
        ((4, 6), (16.1, 18), True),
    ],
)
def test_candidate_is_widened_where_a_segment_touches_its_edge(
    query: tuple[float, float], source: tuple[float, float], *, wider: bool
) -> None:
    looked_at = replace(
        candidate(strip(film(1, 0, 1)), strip(film(1, 0, 1)), [(0.5, 0.5)]),
        query=Interval(2.8, 8.2),
        source=Interval(16.0, 30.0),
    )

    more = prove.widened(looked_at, [segment(query, source)], query_end=60.0, source_end=90.0)

    assert (more is not None) == wider


def test_candidate_is_widened_where_the_source_would_leave_it_behind_a_held_frame() -> None:
    looked_at = candidate(strip(film(1, 0, 8)), strip(film(1, 0, 5)), [(0.5, 0.5)])
    held = segment((2, 6), (2, 2.04), rate=0.0)

    more = prove.widened(looked_at, [held], query_end=8.0, source_end=20.0)

    assert more is not None
    assert more.source.end > looked_at.source.end
    assert prove.widened(more, [held], query_end=8.0, source_end=20.0) is None


def test_local_features_out_of_reach_speak_of_pictures() -> None:
    query, source = strip(film(1, 2, 5)), strip(film(1, 0, 8))
    seen = candidate(query, source, [(0.0, 2.0), (2.0, 4.0)])
    local = replace(seen, hits=replace(seen.hits, channel=Channel.FEATURE))

    assert placing.guessed(local).channel is Channel.PICTURE
