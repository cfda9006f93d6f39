"""Tests of which moment of a copy is told where a surer source shows the same time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import files, measure
from index.archive import Archive
from index.keyframes import Level
from index.values import AssetRow, Box, Channel
from lineage import moments
from lineage.params import SEARCH
from lineage.trace import trace
from lineage.values import Segment
from lineage.why import why
from tests import clips
from tests.reports import asset, segment

FILM, COPY = AssetRow(1), AssetRow(2)
ASSETS = {FILM: asset(1, "film.mp4", 60.0), COPY: asset(2, "copy.mp4", 12.0)}
STRAIGHT = segment((0.0, 8.0), (20.0, 28.0), confidence=0.99)
"""The film shows all of the clip, at one go."""
MIDST = segment((3.0, 5.0), (4.0, 6.0), confidence=0.9)
"""Breaks off at both ends in the midst of the copy."""


def kept(one: Segment, *more: Segment, beside: Segment = STRAIGHT) -> bool:
    """Return whether a stretch of the copy is told beside what the film shows."""
    found = [(FILM, beside), (COPY, one), *((COPY, each) for each in more)]
    return (COPY, one) in moments.told(found, ASSETS.__getitem__)


def test_a_moment_that_breaks_off_where_a_surer_source_goes_straight_on_is_not_told() -> None:
    assert not kept(MIDST)
    assert not kept(segment((0.0, 5.0), (1.0, 6.0), confidence=0.9))
    assert not kept(segment((3.0, 8.0), (4.0, 9.0), confidence=0.9))


def test_a_moment_at_a_speed_or_in_a_direction_of_its_own_is_not_told() -> None:
    assert not kept(segment((0.0, 8.0), (0.0, 7.2), confidence=0.9))
    assert not kept(segment((0.0, 8.0), (0.0, 8.0), confidence=0.9, backwards=True))


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(segment((0.0, 8.0), (1.0, 9.0), confidence=0.6), id="all of the clip"),
        pytest.param(segment((5.0, 8.0), (0.1, 3.1), confidence=0.6), id="from where it begins"),
        pytest.param(segment((0.0, 3.0), (8.9, 11.9), confidence=0.6), id="to where it ends"),
        pytest.param(segment((2.0, 4.0), (5.0, 7.0), confidence=0.98), id="as sure"),
    ],
)
def test_a_copy_that_holds_what_it_can_is_told(whole: Segment) -> None:
    assert kept(whole)


def test_a_moment_is_told_that_breaks_off_where_the_surer_source_does() -> None:
    short = segment((3.1, 5.1), (20.0, 22.0), confidence=0.99)

    assert kept(MIDST, beside=short)


def test_a_moment_is_told_where_its_file_goes_on_in_line() -> None:
    before = segment((0.0, 2.9), (1.0, 3.9), confidence=0.9)
    after = segment((5.1, 8.0), (6.1, 9.0), confidence=0.9)
    elsewhere = segment((0.0, 2.9), (1.5, 4.4), confidence=0.9)
    meeting = segment((0.0, 3.0), (4.0, 7.0), confidence=0.9, backwards=True)

    assert kept(MIDST, before, after)
    assert not kept(MIDST, elsewhere)
    assert not kept(MIDST, meeting)


def test_a_picture_within_the_surer_one_is_other_footage() -> None:
    assert kept(replace(MIDST, query_box=Box(0.6, 0.6, 1.0, 1.0)))


def test_nothing_speaks_against_a_moment_but_what_surely_shows_all_of_its_time() -> None:
    assert kept(MIDST, beside=replace(STRAIGHT, confidence=0.96))
    assert kept(MIDST, beside=segment((3.5, 8.0), (23.5, 28.0), confidence=0.99))


def test_a_picture_that_stands_still_is_of_its_file_and_of_no_moment() -> None:
    still = segment((3.0, 5.0), (4.0, 6.0), confidence=0.98, exact=False)

    assert not kept(still)
    assert kept(MIDST, beside=replace(STRAIGHT, frame_exact=False))


def test_moments_of_one_file_do_not_speak_against_one_another() -> None:
    found = [(COPY, STRAIGHT), (COPY, MIDST)]

    assert moments.told(found, ASSETS.__getitem__) == found


def test_sound_is_told_wherever_it_is_heard_and_speaks_against_no_picture() -> None:
    sound = replace(MIDST, channel=Channel.SOUND)
    straight = replace(STRAIGHT, channel=Channel.SOUND)

    assert kept(sound, beside=straight)
    assert kept(MIDST, beside=straight)


def test_of_a_copy_that_lacks_what_the_clip_shows_no_other_moment_is_told(tmp_path: Path) -> None:
    names = {"film.mp4": (0.0, 14.0), "copy.mp4": (0.0, 6.5)}
    clip = filmed(tmp_path / "clip.mp4", 4.0, 12.0)
    after = filmed(tmp_path / "after.mp4", 6.6, 13.0)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        for name, part in names.items():
            path = filmed(tmp_path / name, *part)
            measured = archive.spool(measure.fingerprint(path, Level.STANDARD))
            archive.add(measured, digest=files.digest(path), path=path)

        found = trace(clip, archive, params=SEARCH)
        alone = why(clip, archive.find("copy.mp4"), archive)
        lost = why(after, archive.find("copy.mp4"), archive)

    told = {source.asset.name: source.segments for source in found.sources}
    assert [one.rate for one in told["film.mp4"]] == [1.0]
    (held,) = told["copy.mp4"]
    assert held.query.end == pytest.approx(2.5, abs=0.5)
    assert held.rate == 1.0
    assert alone.accounts[0].found == (held,)
    assert "film.mp4 surely shows the same time" in lost.verdict


def filmed(path: Path, start: float, end: float) -> Path:
    """Write a part of a film in which somebody before a wall waves, sits still and waves again."""
    times = [number / 25 for number in range(round((end - start) * 25))]

    def pictures() -> Iterator[clips.Picture]:
        for time in times:
            shown = clips.picture(0.0, seed=5).copy()
            waved = np.clip(start + time - 3.0, 0.0, 5.0) + max(start + time - 12.0, 0.0)
            left = 140 + round(60 * np.sin(np.pi * waved**2 / 5)) + round(time % 2)
            shown[60:120, left : left + 40] = 255 - shown[60:120, left : left + 40]
            yield shown

    return clips.write(path, pictures(), times)
