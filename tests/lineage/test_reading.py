"""What is read where pixels differ: which tracks, at which moments, and where in the source."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from index.archive import Archive
from index.sandbox import Sandbox
from index.values import Asset, Box, Interval, Picture, Still
from lineage import reading
from lineage.derive.values import Shown
from lineage.evidence import Head, Revealed, Track, texts
from lineage.evidence.values import Lines
from lineage.findings import INSIDE, Finding, Kind
from lineage.reading import Reader, ReadParams
from lineage.trace import compare
from lineage.values import Report, Segment
from tests import clips, reports
from tests.lineage.test_regions import TRACK

CLIP, FILM = Path("clip.mp4"), Path("film.mp4")
OVERLAY = replace(TRACK, query=Interval(0, 8), detail=3.0)
SWAPPED = Head(TRACK.box, eyes=7.0, mouth=6.0, reach=0.9)
HALVED = (0.5, 0, 0, 0, 0.5, 0)
SEGMENT = replace(reports.segment((0, 10), (5, 15)), across=HALVED)


@dataclass
class Reel:
    """Stands for archive and decoder: pictures that are the time they were asked for.

    Attributes:
        asked: Files and times.
    """

    asked: list[tuple[Path, float]] = field(default_factory=list)

    def file(self, _: Asset) -> Path:
        return FILM

    def run(self, _: object, path: Path, times: list[float], *, side: int) -> list[Still]:
        self.asked += [(path, time) for time in times]
        return [Still(time, np.full((side // 2, side, 3), round(time), np.uint8)) for time in times]


@pytest.fixture
def reel(monkeypatch: pytest.MonkeyPatch) -> Reel:
    """A film whose every frame says how late it is, where letters can be read."""

    def lines(picture: Picture, part: Box, **_: object) -> Lines:
        said = f"{picture[0, 0, 0]} at {part.x0}"
        return Lines((said,), (said,))

    monkeypatch.setattr(texts, "known", lambda: True)
    monkeypatch.setattr(reading, "lines", lines)
    return Reel()


def read(reel: Reel, *tracks: Track, segment: Segment = SEGMENT, most: int = 6) -> list[Track]:
    source = reports.source(reports.asset(1, "film.mp4", 60.0), [segment], duration=10.0)
    reader = Reader(CLIP, cast("Archive", reel), cast("Sandbox", reel), ReadParams(most=most))

    (told,) = reader.read([Revealed(0, segment, tracks, 0.98)], [Shown(0, source, segment)])

    return list(told.tracks)


def test_both_are_read_at_the_same_place_and_moment(reel: Reel) -> None:
    (told,) = read(reel, replace(OVERLAY, query=Interval(2, 4)))

    assert reel.asked == [(CLIP, 3.0), (FILM, 8.0)]
    (words,) = told.words
    assert words.query.inside == ("3 at 0.2",)
    assert words.source.inside == ("8 at 0.1",)


def test_long_track_is_read_at_moments_all_over_it(reel: Reel) -> None:
    (told,) = read(reel, OVERLAY)

    assert [words.query.inside for words in told.words] == [
        ("1 at 0.2",),
        ("3 at 0.2",),
        ("5 at 0.2",),
        ("7 at 0.2",),
    ]


def test_track_without_letters_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch, reel: Reel
) -> None:
    monkeypatch.setattr(reading, "lines", lambda *_, **__: Lines())

    (told,) = read(reel, OVERLAY)

    assert told.words == ()
    assert len(reel.asked) == 2


@pytest.mark.parametrize(
    "track",
    [
        replace(OVERLAY, strength=3.0),
        replace(OVERLAY, faded=True),
        replace(OVERLAY, detail=1.0, head=SWAPPED),
    ],
    ids=["too weak to tell", "blurred", "a face"],
)
def test_what_can_be_no_caption_is_not_read(reel: Reel, track: Track) -> None:
    assert read(reel, track) == [track]
    assert reel.asked == []


def test_the_strongest_are_read_where_there_are_many(reel: Reel) -> None:
    weaker, strong = OVERLAY, replace(OVERLAY, strength=20.0, box=Box(0.6, 0.6, 0.9, 0.9))

    told = read(reel, weaker, strong, most=1)

    assert [bool(track.words) for track in told] == [False, True]


def test_nothing_is_read_where_pictures_were_never_laid(reel: Reel) -> None:
    assert read(reel, OVERLAY, segment=replace(SEGMENT, across=None)) == [OVERLAY]


def test_nothing_is_decoded_without_the_extra(monkeypatch: pytest.MonkeyPatch, reel: Reel) -> None:
    monkeypatch.setattr(texts, "known", lambda: False)

    assert read(reel, OVERLAY) == [OVERLAY]
    assert reel.asked == []


def captioned(picture: clips.Picture, time: float) -> clips.Picture:
    """Return a picture with words over it after a second."""
    shown = picture.copy()
    if time >= 1.0:
        shown[130:170, 20:300] = (20, 20, 90)
        white = (255, 255, 255)
        cv2.putText(shown, "They knew about it", (35, 158), 2, 0.75, white, 1, cv2.LINE_AA)
    return shown


def strongest(answer: Report) -> Finding:
    """Return what differs most in a part of the picture."""
    inside = (one for one in answer.findings if one.kind in INSIDE and one.box is not None)
    return max(inside, key=lambda one: one.measures["strength"])


@pytest.mark.skipif(not texts.known(), reason="the extra text is not installed")
@pytest.mark.parametrize("swapped", [False, True])
def test_caption_is_named_and_quoted(tmp_path: Path, *, swapped: bool) -> None:
    plain = clips.movie(tmp_path / "plain.mp4", seconds=6, seed=1)
    words = clips.movie(tmp_path / "words.mp4", seconds=6, seed=1, edit=captioned)

    answer = compare(*((plain, words) if swapped else (words, plain)))

    told = strongest(answer)
    assert told.kind is (Kind.CAPTION_REMOVED if swapped else Kind.CAPTION_ADDED)
    assert told.text == "They knew about it"
    assert f"with a caption {'taken out' if swapped else 'added'}" in answer.summary


def test_caption_is_something_laid_over_the_picture_without_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(texts, "_models", lambda: None)
    plain = clips.movie(tmp_path / "plain.mp4", seconds=6, seed=1)
    words = clips.movie(tmp_path / "words.mp4", seconds=6, seed=1, edit=captioned)

    answer = compare(words, plain)

    told = strongest(answer)
    assert (told.kind, told.text) == (Kind.OVERLAY_ADDED, None)
