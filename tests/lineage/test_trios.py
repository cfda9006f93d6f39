"""Tests of how each three of a query and its sources are compared."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np

from index import bulk
from index.archive import Archive
from index.values import Interval
from lineage.derivations import Derivation
from lineage.derive.values import Shown
from lineage.trace import trace
from lineage.trios import TrioParams, groups
from tests import clips, reports
from tests.clips import Coding, Picture

PARAMS = TrioParams()
WHOLE = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def shown(index: int, start: float, end: float) -> Shown:
    """Return a stretch of the query that a source shows as it is."""
    segment = replace(reports.segment((start, end), (0.0, end - start)), across=WHOLE)
    archived = reports.asset(index, f"{index}.mp4", 20.0)
    return Shown(index, reports.source(archived, [segment], duration=20.0), segment)


def told(*stretches: Shown) -> list[tuple[tuple[int, ...], Interval]]:
    return [
        (tuple(one.index for one in group), within) for group, within in groups(stretches, PARAMS)
    ]


def test_sources_of_one_moment_are_compared_at_once() -> None:
    found = told(shown(0, 0, 8), shown(1, 2, 10), shown(2, 1, 6))

    assert found == [((0, 1, 2), Interval(2, 6))]


def test_sources_that_share_no_moment_are_not_compared() -> None:
    assert told(shown(0, 0, 4), shown(1, 4, 8)) == []
    assert told(shown(0, 0, 4), shown(1, 3.8, 8)) == []
    assert told(shown(0, 0, 4), shown(0, 0, 4)) == []


def test_two_of_three_are_compared_where_the_third_is_of_another_moment() -> None:
    found = told(shown(0, 0, 5), shown(1, 2, 10), shown(2, 6, 9))

    assert found == [((0, 1), Interval(2, 5)), ((1, 2), Interval(6, 9))]


def test_longest_time_of_two_sources_is_looked_at() -> None:
    found = told(shown(0, 0, 2), shown(0, 4, 9), shown(1, 1, 10))

    assert found == [((0, 1), Interval(4, 9))]


def again(path: Path, source: Path, quality: int, *, frames: slice = slice(None)) -> Path:
    """Write a copy of some frames of a file, and return its path."""
    with av.open(str(source)) as film:
        every = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    pictures = [np.asarray(each, np.uint8) for each in every[frames]]
    times = [number / 25 for number in range(len(pictures))]
    return clips.write(path, iter(pictures), times, coding=Coding(quality=quality, gop=250))


def grained(picture: Picture, time: float) -> Picture:
    """Return a picture that stands still, but for a part that moves on."""
    noise = np.random.default_rng(1).normal(size=picture.shape[:2]).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 3.0)[..., None]
    still = np.clip(120 + 25 * soft / soft.std(), 0, 255).astype(np.uint8).repeat(3, axis=2)
    x = 20 + int(40 * time)
    still[60:120, x : x + 60] = picture[60:120, x : x + 60]
    return still


def film(path: Path) -> Path:
    return clips.movie(path, seconds=4, edit=grained, gop=250)


def pair(found: Sequence[Derivation], query: int | None, source: int) -> Derivation:
    return next(one for one in found if (one.query_index, one.source_index) == (query, source))


def test_copy_of_a_copy_shares_nothing_with_the_original_beyond_that(tmp_path: Path) -> None:
    original = film(tmp_path / "original.mp4")
    child = again(tmp_path / "child.mp4", original, 28)
    clip = again(tmp_path / "clip.mp4", child, 30, frames=slice(10, 85))

    with Archive.open(tmp_path / "archive", create=True) as archive:
        bulk.index_files(archive, [original, child], on_event=lambda _: None)
        answer = trace(clip, archive)

    names = [source.asset.name for source in answer.sources]
    first, second = names.index("original.mp4"), names.index("child.mp4")
    assert pair(answer.derivations, None, first).between == (second,)
    assert pair(answer.derivations, None, second).between == ()
    query, source = sorted((first, second), key=lambda each: answer.sources[each].asset.digest)
    assert pair(answer.derivations, query, source).between == ()
