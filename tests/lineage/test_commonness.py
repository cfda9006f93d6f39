"""What many archived files share: it makes no match alone, and the answer says where it is seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from index import files, measure
from index.archive import Archive
from index.keyframes import Level
from index.values import AssetRow, Channel, Hits, Interval
from lineage import jingles
from lineage.commonness import alone, shown, telling
from lineage.listening import ListenParams, Told
from lineage.report import because
from lineage.trace import trace
from lineage.values import Reason, Report, Segment, Unexplained
from tests import clips

INTRO = [(0.0, 4.0)]
ONE, OTHER = AssetRow(1), AssetRow(2)


def segment(
    start: float, end: float, source: float, *, channel: Channel = Channel.PICTURE
) -> Segment:
    seconds = Interval(source, source + end - start)
    where = Interval(start, end)
    return Segment(where, seconds, 1.0, channel, "plain", 0.9, frame_exact=True)


def common(_: AssetRow) -> list[tuple[float, float]]:
    return INTRO


@pytest.mark.parametrize(("end", "lone"), [(3.0, True), (4.4, True), (4.6, False), (9.0, False)])
def test_a_segment_within_an_intro_is_alone(end: float, lone: bool) -> None:  # noqa: FBT001 # a parameter of the test
    assert alone(segment(0.0, end, 0.0), INTRO, least=0.5) is lone


def test_a_segment_elsewhere_is_not_alone_however_short() -> None:
    assert not alone(segment(0.0, 0.3, 20.0), INTRO, least=0.5)


def test_an_intro_tells_nothing_unless_its_film_goes_on() -> None:
    intro, rest = segment(0.0, 3.0, 1.0), segment(4.0, 9.0, 5.0)

    assert telling([(ONE, intro)], [], common, least=0.5) == []
    assert telling([(ONE, intro), (ONE, rest)], [], common, least=0.5) == [
        (ONE, intro),
        (ONE, rest),
    ]
    assert telling([(ONE, intro)], [(OTHER, rest)], common, least=0.5) == []
    elsewhere = (ONE, segment(4.0, 9.0, 30.0))
    assert telling([(ONE, intro)], [elsewhere], common, least=0.5) == []


def test_a_jingle_is_what_several_let_hear_with_their_intro() -> None:
    jingle = [(AssetRow(row), segment(0.0, 3.0, 0.5, channel=Channel.SOUND)) for row in range(1, 4)]
    voice = (AssetRow(4), segment(5.0, 7.0, 1.0, channel=Channel.SOUND))
    several, two = Told((*jingle, voice), length=9.0), Told(tuple(jingle[:2]), length=9.0)

    heard = jingles.without(several, common, params=ListenParams())

    assert heard.found == (voice,)
    assert heard.rests == (Unexplained(Channel.SOUND, Interval(0.0, 3.0), Reason.TOO_COMMON),)
    assert jingles.without(two, common, params=ListenParams()) == two


def test_what_a_stretch_resembles_is_counted_and_the_nearest_named() -> None:
    times = np.array([1.0, 1.0, 1.5, 1.5, 1.5, 9.0])
    hits = Hits(
        times,
        np.array([3, 4, 3, 4, 5, 8]),
        np.array([0.0, 0.1, 0.6, 0.7, 0.8, 3.0]),
        np.zeros(6),
        np.array([9, 7, 2, 9, 9, 0], np.uint16),
        Channel.PICTURE,
    )

    assert shown([hits], Interval(0.0, 3.0)) == (3, 3, 0.6)
    assert shown([hits], Interval(3.0, 4.0)) is None


@dataclass(frozen=True)
class Series:
    """An archive of programmes with one intro of three seconds, and a folder for queries."""

    archive: Archive
    folder: Path


def programme(path: Path, seed: int, *, intro: float = 3.0, seconds: float = 6.0) -> Path:
    """Write a film with the intro, then what no other film shows; return its path."""

    def pictures() -> Iterator[clips.Picture]:
        for frame in range(round(intro * 25)):
            yield clips.picture(frame / 25, seed=99, cuts=[1.5])
        for frame in range(round(seconds * 25)):
            yield clips.picture(frame / 25, seed=seed, cuts=[3.0])

    shown_at = [frame / 25 for frame in range(round((intro + seconds) * 25))]
    return clips.write(path, pictures(), shown_at)


def add(archive: Archive, path: Path) -> None:
    measured = archive.spool(measure.fingerprint(path, Level.STANDARD))
    archive.add(measured, digest=files.digest(path), path=path)


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Series]:
    folder = tmp_path_factory.mktemp("series")
    with Archive.open(folder / "archive", create=True) as archive:
        for seed in range(1, 6):
            add(archive, programme(folder / f"{seed}.mp4", seed))
        add(archive, programme(folder / "other.mp4", 6, intro=0.0))
        archive.seal()
        archive.learn()
        yield Series(archive, folder)


def names(answer: Report) -> set[str]:
    return {source.asset.name for source in answer.sources}


def test_a_clip_that_is_only_an_intro_names_no_source(series: Series) -> None:
    clip = programme(series.folder / "intro.mp4", 1, seconds=0.0)

    answer = trace(clip, series.archive)

    assert answer.sources == ()
    (rest,) = answer.unexplained
    assert (rest.reason, rest.query.start) == (Reason.TOO_COMMON, 0.0)
    assert rest.shared is not None
    assert rest.shared.assets == 5
    assert because(rest).startswith("It looks like what 5 searched files show, such as ")
    assert "No single source" in answer.summary


def test_an_intro_before_other_footage_is_told_apart_from_it(series: Series) -> None:
    clip = programme(series.folder / "quote.mp4", 2)
    unknown = programme(series.folder / "unknown.mp4", 50)

    assert names(trace(clip, series.archive)) == {"2.mp4"}
    reasons = [rest.reason for rest in trace(unknown, series.archive).unexplained]
    assert reasons == [Reason.TOO_COMMON, Reason.NO_MATCH]


def test_footage_behind_an_intro_is_found_without_it(series: Series) -> None:
    clip = clips.movie(series.folder / "bare.mp4", seconds=3, seed=4, start=1.0, cuts=[3.0])

    answer = trace(clip, series.archive)

    assert names(answer) == {"4.mp4"}
    assert answer.unexplained == ()


@pytest.mark.parametrize("copies", [3, 5])
def test_footage_that_is_archived_several_times_is_found(tmp_path: Path, copies: int) -> None:
    clip = clips.movie(tmp_path / "quote.mp4", seconds=3, seed=1, start=2.0)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        for copy in range(copies):
            coding = clips.Coding(gop=12 + 5 * copy, quality=18 + 3 * copy)
            add(archive, clips.movie(tmp_path / f"{copy}.mp4", seconds=8, seed=1, coding=coding))
        add(archive, clips.movie(tmp_path / "other.mp4", seconds=8, seed=2))
        archive.seal()
        archive.learn()

        answer = trace(clip, archive)

    assert len(names(answer) - {"other.mp4"}) == copies
