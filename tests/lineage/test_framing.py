"""Tests of what framing says of three files: which two share what the third lacks."""

from dataclasses import replace

import pytest

from index.values import Box, Channel, Interval
from lineage.framing import lacks
from lineage.values import Segment

SPAN = Interval(0.0, 4.0)


def shown(
    across: tuple[float, ...] | None = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), box: Box | None = None
) -> Segment:
    """Return how a query shows a source; whole and as it is if not said otherwise."""
    return Segment(
        SPAN,
        SPAN,
        1.0,
        Channel.PICTURE,
        "plain",
        0.9,
        frame_exact=True,
        query_box=box,
        across=across,
    )


def cut(left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
    """Return how a query lies that cuts so much off a source."""
    return (1 - left - right, 0.0, left, 0.0, 1 - top - bottom, top)


WHOLE, CROPPED = shown(), shown(cut(0.06, 0.05, 0.06, 0.07))


def test_a_crop_that_query_and_source_share_is_lacked_by_the_whole() -> None:
    assert lacks(WHOLE, CROPPED)
    assert not lacks(CROPPED, WHOLE)


def test_a_mirrored_crop_is_the_same_crop() -> None:
    assert lacks(shown((-1.0, 0.0, 1.0, 0.0, 1.0, 0.0)), CROPPED)


def test_other_crops_of_one_whole_are_not_shared() -> None:
    assert not lacks(shown(cut(0.03, 0.03, 0.03, 0.03)), CROPPED)


@pytest.mark.parametrize(
    "edges", [(0.2, 0.0, 0.2, 0.0), (0.0, 0.12, 0.0, 0.12)], ids=["upright", "wide"]
)
def test_the_middle_alone_is_cut_by_many_a_program(edges: tuple[float, ...]) -> None:
    assert not lacks(WHOLE, shown(cut(*edges)))


@pytest.mark.parametrize("edges", [(0.1, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.15)])
def test_a_crop_to_one_side_is_somebodys_own(edges: tuple[float, ...]) -> None:
    assert lacks(WHOLE, shown(cut(*edges)))


def test_a_trifle_at_the_edge_is_no_crop() -> None:
    assert not lacks(WHOLE, shown(cut(0.004, 0.005, 0.004, 0.003)))


def test_a_band_that_query_and_source_share_is_lacked_by_the_picture_alone() -> None:
    below_band = shown((1.0, 0.0, 0.0, 0.0, 1.2, -0.2), Box(0.0, 0.16, 1.0, 1.0))

    assert lacks(shown(box=Box(0.0, 0.0, 1.0, 1.0)), below_band)
    assert not lacks(below_band, shown(box=Box(0.0, 0.0, 1.0, 1.0)))


def test_bars_are_no_band() -> None:
    barred = Box(0.0, 0.16, 1.0, 0.84)
    over_bars = replace(shown(box=Box(0.0, 0.0, 1.0, 1.0)), inside=barred, source_inside=barred)
    without = (1.0, 0.0, 0.0, 0.0, 1 / barred.area, -0.16 / barred.area)

    assert not lacks(over_bars, replace(shown(without, barred), inside=barred))


def test_nothing_is_said_where_no_pictures_were_laid_over_one_another() -> None:
    assert not lacks(shown(None), CROPPED)
    assert not lacks(WHOLE, shown(None))


def test_a_source_that_the_query_goes_beyond_is_not_cropped_by_it() -> None:
    assert not lacks(WHOLE, shown(cut(0.1, 0.1, -0.1, 0.1)))
