"""Tests of clips that wait for footage, with real small clips and with made-up values."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from index import bulk
from index.archive import Archive
from index.catalogue import watches as rows
from index.catalogue.watches import Arrival, How, Stretch, Watch
from index.errors import UserError
from index.files import Location
from index.fingerprints import Fingerprints
from index.values import AssetRow, Channel, Interval
from index.watches import Watches
from lineage import watches
from lineage.values import Reason, Unexplained
from lineage.watches import DEFAULT
from tests import archives, clips, prints, reports
from tests.clips import Picture

CUTS = (2.0, 4.0)
NOW = "2026-11-29T12:00:00+00:00"


def second_half(picture: Picture, time: float) -> Picture:
    """Return what film a shows up to 3 s, then what film b shows."""
    return picture if time < 3.0 else clips.picture(time, seed=2, cuts=CUTS)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Films a, b and c, which have nothing in common."""
    folder = tmp_path_factory.mktemp("films")
    return {
        name: clips.movie(folder / f"{name}.mp4", seconds=6, cuts=CUTS, seed=seed)
        for seed, name in enumerate("abc", 1)
    }


@pytest.fixture(scope="module")
def begun(films: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of film a; clips of b, and half of a and half of b, are watched."""
    folder = tmp_path_factory.mktemp("begun")
    clips.movie(folder / "quote.mp4", seconds=4, start=1, cuts=CUTS, seed=2)
    clips.movie(folder / "half.mp4", seconds=6, cuts=CUTS, seed=1, edit=second_half)
    with Archive.open(folder / "archive", create=True) as archive:
        indexed(archive, films["a"])
        for name in ("quote", "half"):
            watches.add(folder / f"{name}.mp4", archive, note=f"a {name}")
    return folder


@pytest.fixture(scope="module")
def grown(begun: Path, films: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same archive once films c and b came, held against no watch yet."""
    folder = shutil.copytree(begun / "archive", tmp_path_factory.mktemp("grown") / "archive")
    with Archive.open(folder, write=True) as archive:
        indexed(archive, films["c"], films["b"])
    return folder


@pytest.fixture
def folder(grown: Path, tmp_path: Path) -> Path:
    """A copy of that; the clips lie where they lay."""
    return shutil.copytree(grown, tmp_path / "archive")


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    with Archive.open(folder, write=True) as opened:
        yield opened


@pytest.fixture
def away(begun: Path) -> Iterator[None]:
    """Take the clips away for a while."""
    lie = [begun / "quote.mp4", begun / "half.mp4"]
    for path in lie:
        path.rename(path.with_suffix(".away"))
    yield
    for path in lie:
        path.with_suffix(".away").rename(path)


def indexed(archive: Archive, *paths: Path) -> None:
    bulk.index_files(archive, paths, workers=1, on_event=lambda _: None)


def come(archive: Archive) -> dict[str, list[tuple[str, How]]]:
    """Return the name of each file that came for each watch, and how."""
    return {
        one.name: [(each.name, each.how) for each in one.arrivals]
        for one in archive.watches.every()
    }


def left(archive: Archive, name: str) -> list[tuple[float, float]]:
    """Return what is still unexplained of a clip's pictures, to a tenth of a second."""
    rests = watches.remaining(archive.watches.find(name)).get(Channel.PICTURE, ())
    return [(round(one.start, 1), round(one.end, 1)) for one in rests]


def test_what_nothing_explains_is_watched_for(archive: Archive) -> None:
    half = archive.watches.find("half.mp4")

    assert left(archive, "quote.mp4") == [(0.0, 4.0)]
    assert left(archive, "half.mp4") == [(3.0, 6.0)]
    assert (half.note, half.arrivals) == ("a half", ())
    assert archive.watches.prints(half).counts[Channel.PICTURE] > 4


def test_footage_that_comes_is_told_once_with_its_times(
    archive: Archive, films: dict[str, Path]
) -> None:
    assert watches.check(archive) == []

    assert come(archive) == {
        "quote.mp4": [("b.mp4", How.PROVEN)],
        "half.mp4": [("b.mp4", How.PROVEN)],
    }
    (stretch,) = archive.watches.find("quote.mp4").arrivals[0].stretches
    assert (stretch.query.start, stretch.query.end) == pytest.approx((0.0, 4.0), abs=0.1)
    assert (stretch.source.start, stretch.source.end) == pytest.approx((1.0, 5.0), abs=0.1)
    assert stretch.confidence is not None
    assert left(archive, "quote.mp4") == left(archive, "half.mp4") == []
    before = archive.watches.every()
    indexed(archive, films["b"])
    watches.check(archive)
    assert archive.watches.every() == before


def test_footage_that_explains_nothing_is_passed_over(archive: Archive) -> None:
    archive.remove(archive.find("b.mp4"))

    watches.check(archive)

    assert come(archive) == {"quote.mp4": [], "half.mp4": []}
    assert {one.checked for one in archive.watches.every()} == {2}


@pytest.mark.usefixtures("away")
def test_without_the_clip_codes_alone_tell_and_explain_nothing(archive: Archive) -> None:
    watches.check(archive)

    assert come(archive) == {
        "quote.mp4": [("b.mp4", How.CODES)],
        "half.mp4": [("b.mp4", How.CODES)],
    }
    (stretch,) = archive.watches.find("half.mp4").arrivals[0].stretches
    assert (stretch.query.start, stretch.query.end) == pytest.approx((3.0, 6.0), abs=0.7)
    assert stretch.confidence is None
    assert left(archive, "half.mp4") == [(3.0, 6.0)]


@pytest.mark.usefixtures("away")
def test_what_codes_told_is_not_told_again(archive: Archive) -> None:
    watches.check(archive)
    before = come(archive)

    archive.watches.rewind()
    watches.check(archive)

    assert come(archive) == before


def test_what_a_stopped_run_left_is_looked_at_by_the_next_and_told_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, kept = Watches.keep, list[str]()

    def stopped(self: Watches, watch: Watch, found: list[Arrival], checked: AssetRow) -> None:
        if kept:
            raise KeyboardInterrupt
        kept.append(watch.name)
        keep(self, watch, found, checked)

    with Archive.open(folder, write=True) as archive, monkeypatch.context() as patch:
        patch.setattr(Watches, "keep", stopped)
        with pytest.raises(KeyboardInterrupt):
            watches.check(archive)

    with Archive.open(folder, write=True) as archive:
        assert come(archive) == {"quote.mp4": [("b.mp4", How.PROVEN)], "half.mp4": []}
        watches.check(archive)
        assert come(archive) == {
            "quote.mp4": [("b.mp4", How.PROVEN)],
            "half.mp4": [("b.mp4", How.PROVEN)],
        }


def test_many_files_are_looked_at_in_several_goes(archive: Archive) -> None:
    watches.check(archive, params=replace(DEFAULT, most=1))

    assert come(archive)["quote.mp4"] == [("b.mp4", How.PROVEN)]
    assert {one.checked for one in archive.watches.every()} == {3}


def test_all_files_are_looked_at_again_where_that_is_asked_for(archive: Archive) -> None:
    with archive.watches.catalogue.changing() as change:
        for one in archive.watches.every():
            rows.keep(change, one.id, (), AssetRow(3))
    assert watches.check(archive) == []
    assert come(archive)["quote.mp4"] == []

    archive.watches.rewind()
    watches.check(archive)

    assert come(archive)["quote.mp4"] == [("b.mp4", How.PROVEN)]
    # Film a explained the other half before that was watched.
    assert come(archive)["half.mp4"] == [("b.mp4", How.PROVEN)]


def test_the_clip_itself_explains_nothing(archive: Archive, begun: Path) -> None:
    indexed(archive, begun / "quote.mp4")

    watches.check(archive)

    assert come(archive)["quote.mp4"] == [
        ("quote.mp4", How.ITSELF),
        ("b.mp4", How.PROVEN),
    ]


def test_a_clip_that_is_archived_is_watched_as_if_it_were_not(
    archive: Archive, films: dict[str, Path]
) -> None:
    watch = watches.add(films["c"], archive)

    assert [round(one.length) for one in watch.rests[Channel.PICTURE]] == [6]


def test_what_a_removed_file_explained_is_watched_for_again(archive: Archive) -> None:
    watches.check(archive)

    archive.remove(archive.find("b.mp4"))

    assert left(archive, "half.mp4") == [(3.0, 6.0)]
    assert not archive.watches.find("half.mp4").arrivals[0].archived


def foreign() -> Fingerprints:
    """Return codes of a recipe that no archive has."""
    times = np.arange(4.0)
    return prints.prints(prints.column(Channel.PICTURE, times, archives.codes(1), recipe="other/9"))


def test_codes_of_another_recipe_are_measured_anew(archive: Archive) -> None:
    quote = archive.watches.find("quote.mp4")
    archive.watches.renew(quote, foreign())

    assert watches.check(archive) == []

    assert come(archive)["quote.mp4"] == [("b.mp4", How.PROVEN)]
    assert archive.watches.prints(quote).picture.recipe == archive.recipes["picture"]


@pytest.mark.usefixtures("away")
def test_without_the_clip_codes_of_another_recipe_wait(archive: Archive) -> None:
    archive.watches.renew(archive.watches.find("quote.mp4"), foreign())

    (stuck,) = watches.check(archive)

    assert stuck.watch.name == "quote.mp4"
    assert "cannot be compared with the archive's" in stuck.reason
    assert archive.watches.find("quote.mp4").checked == 1
    assert come(archive)["half.mp4"] == [("b.mp4", How.CODES)]


def test_a_clip_of_which_all_is_explained_is_refused(archive: Archive, tmp_path: Path) -> None:
    copy = clips.movie(tmp_path / "copy.mp4", seconds=3, start=2, cuts=CUTS, seed=1)

    with pytest.raises(UserError, match="nothing left to watch for"):
        watches.add(copy, archive)


def test_a_clip_is_watched_once(archive: Archive, begun: Path) -> None:
    with pytest.raises(UserError, match="it is watch 1"):
        watches.add(begun / "quote.mp4", archive)


def test_a_clip_is_watched_in_an_archive_without_any_file(begun: Path, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "empty", create=True) as archive:
        watch = watches.add(begun / "quote.mp4", archive)

    assert [round(one.length) for one in watch.rests[Channel.PICTURE]] == [4]


def test_only_what_footage_may_explain_is_watched() -> None:
    answer = reports.report(
        unexplained=[
            reports.gap(0, 2),
            reports.gap(2, 4, Reason.TOO_PLAIN),
            reports.gap(4, 6, Reason.TOO_COMMON),
            Unexplained(Channel.SOUND, Interval(1, 3), Reason.SILENT),
            reports.gap(6, 9),
        ]
    )

    rests = watches.watched(answer)

    assert rests[Channel.PICTURE] == (Interval(0, 2), Interval(6, 9))
    # The archive had no sound to compare.
    assert rests[Channel.SOUND] == (Interval(0, 18.4),)


def test_a_source_of_other_time_than_what_is_left_is_not_told() -> None:
    found = reports.source(
        reports.asset(1, "a.mp4", 60),
        [reports.segment((0, 4.2), (10, 14.2)), reports.segment((6, 9), (30, 33))],
        duration=18.4,
    )

    told = watches.told(reports.report([found]), {Channel.PICTURE: (Interval(4, 8),)})

    assert [one.query for one in told[found.asset.digest]] == [Interval(6, 9)]


spans = some.tuples(some.integers(0, 40), some.integers(1, 20)).map(
    lambda pair: Interval(pair[0] / 2, (pair[0] + pair[1]) / 2)
)


@some.composite
def watch(draw: some.DrawFn) -> Watch:
    """Return a watch for which some files came."""
    found = [
        Arrival(
            archives.digest(str(number)),
            f"{number}.mp4",
            draw(some.sampled_from(How)),
            tuple(
                Stretch(draw(some.sampled_from((Channel.PICTURE, Channel.SOUND))), one, one, 1.0)
                for one in draw(some.lists(spans, max_size=3))
            ),
            NOW,
            archived=draw(some.booleans()),
        )
        for number in range(draw(some.integers(0, 4)))
    ]
    rests = {Channel.PICTURE: (Interval(1, 9), Interval(12, 20)), Channel.SOUND: (Interval(0, 20),)}
    place = Location("file:///clip.mp4", 1, 1)
    return Watch(1, "0" * 64, "clip.mp4", place, 20.0, None, NOW, rests, AssetRow(0), tuple(found))


def shows(one: Watch, channel: Channel, time: float) -> bool:
    return any(
        each.channel is channel and time in each.query
        for come in one.arrivals
        if come.how is How.PROVEN and come.archived
        for each in come.stretches
    )


@given(watch())
def test_what_is_left_is_what_was_left_without_what_archived_files_prove(one: Watch) -> None:
    rests = watches.remaining(one, params=DEFAULT)

    # Edges are at half seconds, and so is the shortest stretch that is watched of pictures.
    times = [number / 2 + 0.25 for number in range(40)]
    wanted = [
        time
        for time in times
        if any(time in each for each in one.rests[Channel.PICTURE])
        and not shows(one, Channel.PICTURE, time)
    ]
    assert [
        time for time in times if any(time in each for each in rests.get(Channel.PICTURE, ()))
    ] == wanted
    assert all(each.length >= 1.0 for each in rests.get(Channel.SOUND, ()))


@given(some.lists(spans, max_size=3), some.lists(spans, max_size=3))
def test_codes_are_those_of_what_is_left(seen: list[Interval], heard: list[Interval]) -> None:
    times = np.arange(0.0, 30.0, 0.5)
    codes = archives.codes(1, len(times))
    whole = prints.prints(
        prints.column(Channel.PICTURE, times, codes),
        features=prints.column(Channel.FEATURE, times, codes),
        sound=prints.column(Channel.SOUND, times, codes),
    )

    part = watches.within(whole, {Channel.PICTURE: seen, Channel.SOUND: heard})

    assert part.picture.times.tolist() == [t for t in times if any(t in one for one in seen)]
    assert part.features["plain"].times.tolist() == part.picture.times.tolist()
    assert part.sound.times.tolist() == [t for t in times if any(t in one for one in heard)]


def test_a_clip_that_was_changed_is_not_traced(archive: Archive, begun: Path) -> None:
    quote = begun / "quote.mp4"
    bytes_then = quote.read_bytes()

    quote.write_bytes(b"something else")
    watches.check(archive)
    quote.write_bytes(bytes_then)

    assert come(archive)["quote.mp4"] == [("b.mp4", How.CODES)]
