"""The whole story on real files that `tests.clips` writes: index, trace, compare, stills."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from index import files, measure
from index.archive import Archive
from index.errors import BadMediaError, MissingFileError
from index.hashing.mounts import MountParams
from index.keyframes import Level
from index.values import Channel
from lineage.derivations import Derivation, Relation
from lineage.direction import direction
from lineage.findings import INSIDE, Kind
from lineage.lookups import TIERS
from lineage.params import SEARCH, TraceParams
from lineage.proofs import ProofParams
from lineage.prove import ProveParams
from lineage.stills import pairs
from lineage.trace import compare, trace
from lineage.values import Reason, Report, Segment
from lineage.why import why
from tests import clips

FRAME = 1 / 25
LEFT_ON = MountParams(least=1.0)


@dataclass(frozen=True)
class Library:
    """An archive of two films, and the folder to put queries in."""

    archive: Archive
    folder: Path
    first: Path
    second: Path


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    first = clips.movie(folder / "first.mp4", seconds=12, seed=1, gop=50, cuts=[5.0])
    second = clips.movie(folder / "second.mp4", seconds=8, seed=2)
    with Archive.open(folder / "archive", create=True) as archive:
        for path in (first, second):
            measured = archive.spool(measure.fingerprint(path, Level.STANDARD))
            archive.add(measured, digest=files.digest(path), path=path)
        yield Library(archive, folder, first, second)


def tilted(picture: clips.Picture, degrees: float) -> clips.Picture:
    """Return the picture turned clockwise about its middle."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height)), np.uint8)


def names(answer: Report) -> list[str]:
    return [source.asset.name for source in answer.sources]


def test_search_that_compares_no_pixels_loads_no_filters() -> None:
    program = "import sys, lineage.trace; print({'av', 'scipy'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)  # noqa: S603, PLW1510 - our own program

    assert done.stdout.splitlines()[-1] == "set()", done.stderr


def test_excerpt_is_traced_to_its_seconds(library: Library) -> None:
    clip = clips.movie(library.folder / "quote.mp4", seconds=3, seed=1, start=6.2, cuts=[5.0])

    answer = trace(clip, library.archive)

    assert names(answer) == ["first.mp4"]
    (segment,) = answer.sources[0].segments
    assert segment.source_time(1.0) == pytest.approx(7.2, abs=FRAME)
    assert segment.frame_exact
    assert answer.unexplained == ()
    assert answer.picture_explained == pytest.approx(1.0, abs=0.02)


def test_mirrored_and_framed_excerpt_is_traced(library: Library) -> None:
    clip = clips.movie(
        library.folder / "framed.mp4",
        seconds=3,
        seed=1,
        start=6.2,
        cuts=[5.0],
        mirrored=True,
        bars=0.12,
    )

    answer = trace(clip, library.archive)

    (segment,) = answer.sources[0].segments
    assert segment.variant == "mirror"
    assert segment.source_time(1.0) == pytest.approx(7.2, abs=FRAME)
    assert segment.query_box is not None
    assert segment.query_box.y0 == pytest.approx(0.12, abs=0.02)


def test_what_was_done_is_told_as_it_is_found_and_again_as_pixels_are_compared(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def covered(picture: clips.Picture, _: float) -> clips.Picture:
        return np.asarray(cv2.circle(picture.copy(), (80, 60), 25, (0, 0, 255), -1), np.uint8)

    monkeypatch.setattr("lineage.early.AGAIN", 0.0)
    clip = clips.movie(
        library.folder / "disc.mp4",
        seconds=3,
        seed=1,
        start=6.2,
        cuts=[5.0],
        mirrored=True,
        edit=covered,
    )
    told: list[set[Kind]] = []

    answer = trace(
        clip, library.archive, early=lambda found, _: told.append({one.kind for one in found})
    )

    first, *_, last = told
    assert Kind.MIRRORED in first
    assert last - first == {one.kind for one in answer.findings} - first
    assert last - first


def test_what_is_found_first_is_told_before_the_rest_is_looked_for(library: Library) -> None:
    clip = clips.movie(
        library.folder / "half-flipped.mp4",
        seconds=4,
        seed=1,
        start=6.2,
        cuts=[5.0],
        edit=lambda picture, time: picture if time < 2 - FRAME / 2 else picture[::-1],
    )
    told: list[set[Kind]] = []

    trace(
        clip,
        library.archive,
        params=SEARCH,
        early=lambda found, _: told.append({one.kind for one in found}),
    )

    first, *_, last = told
    assert Kind.TRIMMED in first
    assert Kind.FLIPPED not in first
    assert Kind.FLIPPED in last


def test_part_that_is_turned_is_traced_beside_one_that_is_not(library: Library) -> None:
    clip = clips.movie(
        library.folder / "half-turned.mp4",
        seconds=4,
        seed=1,
        start=6.2,
        cuts=[5.0],
        edit=lambda picture, time: picture if time < 2 - FRAME / 2 else picture[::-1, ::-1],
    )

    answer = trace(clip, library.archive)

    assert names(answer) == ["first.mp4"]
    plain, turned = answer.sources[0].segments
    assert (plain.variant, turned.variant) == ("plain", "turn")
    assert turned.query.start == pytest.approx(2.0, abs=FRAME)
    assert turned.source_time(3.0) == pytest.approx(9.2, abs=FRAME)


def test_crop_of_a_corner_is_traced_and_told(library: Library) -> None:
    clip = clips.movie(
        library.folder / "corner.mp4",
        seconds=3,
        seed=1,
        start=6.2,
        cuts=[5.0],
        edit=lambda picture, _: np.ascontiguousarray(picture[54:180, 112:320]),
    )

    answer = trace(clip, library.archive)

    assert names(answer) == ["first.mp4"]
    (segment,) = answer.sources[0].segments
    assert segment.source_time(1.0) == pytest.approx(7.2, abs=FRAME)
    assert segment.source_box is not None
    assert segment.source_box.x0 == pytest.approx(0.35, abs=0.03)
    assert segment.source_box.y0 == pytest.approx(0.3, abs=0.03)


def test_source_whose_middle_is_covered_is_traced_and_told(library: Library) -> None:
    def covered(picture: clips.Picture, _: float) -> clips.Picture:
        picture = picture.copy()
        cv2.ellipse(picture, (160, 90), (110, 70), 0, 0, 360, (250, 220, 40), -1)
        return picture

    clip = clips.movie(
        library.folder / "covered.mp4", seconds=4, seed=1, start=6.2, cuts=[5.0], edit=covered
    )

    answer = trace(clip, library.archive)

    assert names(answer) == ["first.mp4"]
    (segment,) = answer.sources[0].segments
    assert segment.source_time(1.0) == pytest.approx(7.2, abs=FRAME)
    assert 0.25 < segment.visible < 0.7
    assert "with a part of it hidden" in answer.summary


@pytest.mark.parametrize(
    ("turn", "degrees", "words"),
    [
        (lambda made: np.rot90(made, -1), 90.0, "turned by 90° clockwise"),
        (lambda made: np.rot90(made, 1), -90.0, "turned by 90° anticlockwise"),
        (lambda made: tilted(made, 5.0), 5.0, "turned by 5° clockwise"),
    ],
)
def test_turned_source_is_traced_and_told(
    library: Library, turn: Callable[[clips.Picture], clips.Picture], degrees: float, words: str
) -> None:
    clip = clips.movie(
        library.folder / f"turned-{degrees:.0f}.mp4",
        seconds=3,
        seed=1,
        start=6.2,
        cuts=[5.0],
        edit=lambda made, _: np.ascontiguousarray(turn(made)),
    )

    answer = trace(clip, library.archive)

    assert names(answer) == ["first.mp4"]
    (segment,) = answer.sources[0].segments
    assert segment.degrees == pytest.approx(degrees, abs=1.0)
    assert words in answer.summary


def test_source_in_a_part_of_the_frame_is_traced_and_told(library: Library) -> None:
    def beside(picture: clips.Picture, time: float) -> clips.Picture:
        other = clips.picture(time, seed=77, size=(320, 180))
        return np.ascontiguousarray(np.hstack([other, picture]))

    clip = clips.movie(
        library.folder / "beside.mp4", seconds=3, seed=1, start=6.2, cuts=[5.0], edit=beside
    )

    answer = trace(clip, library.archive)

    assert names(answer) == ["first.mp4"]
    (segment,) = answer.sources[0].segments
    assert segment.source_time(1.0) == pytest.approx(7.2, abs=FRAME)
    assert segment.query_box is not None
    assert segment.query_box.x0 == pytest.approx(0.5, abs=0.03)


def test_picture_in_a_corner_is_traced_beside_the_one_around_it(library: Library) -> None:
    def cornered(picture: clips.Picture, time: float) -> clips.Picture:
        inner = cv2.resize(clips.picture(6.2 + time, seed=1, cuts=[5.0]), (128, 72))
        picture = picture.copy()
        picture[10:82, 180:308] = inner
        return picture

    clip = clips.movie(
        library.folder / "corner-in.mp4", seconds=4, seed=2, start=2.0, edit=cornered
    )

    answer = trace(clip, library.archive)

    assert sorted(names(answer)) == ["first.mp4", "second.mp4"]
    (inner,) = next(one for one in answer.sources if one.asset.name == "first.mp4").segments
    assert inner.source_time(1.0) == pytest.approx(7.2, abs=FRAME)
    assert inner.query_box is not None
    assert inner.query_box.x0 == pytest.approx(180 / 320, abs=0.02)
    assert inner.query_box.y1 == pytest.approx(82 / 180, abs=0.02)


@pytest.mark.parametrize("mirrored", [False, True])
def test_film_archived_only_inside_another_picture_is_traced(
    tmp_path: Path, *, mirrored: bool
) -> None:
    def cornered(picture: clips.Picture, time: float) -> clips.Picture:
        picture = picture.copy()
        picture[100:163, 190:302] = cv2.resize(clips.picture(time, seed=5), (112, 63))
        return picture

    studio = clips.movie(tmp_path / "studio.mp4", seconds=9, seed=2, edit=cornered)
    clip = clips.movie(
        tmp_path / "clip.mp4", seconds=4, seed=5, start=2.5, mirrored=mirrored, bars=0.15
    )
    with Archive.open(tmp_path / "archive", create=True) as archive:
        measured = archive.spool(measure.fingerprint(studio, Level.STANDARD))
        archive.add(measured, digest=files.digest(studio), path=studio)
        without = tuple(tier for tier in TIERS if tier.channel is not Channel.FEATURE)

        answer = trace(clip, archive, params=TraceParams(tiers=without))

    assert names(answer) == ["studio.mp4"]
    (segment,) = answer.sources[0].segments
    assert segment.source_time(1.0) == pytest.approx(3.5, abs=FRAME)
    assert segment.source_box is not None
    edges = (segment.source_box.x0, segment.source_box.y0, segment.source_box.x1)
    assert edges == pytest.approx((190 / 320, 100 / 180, 302 / 320), abs=0.03)


@pytest.mark.parametrize("sounding", [False, True])
def test_pictures_are_looked_at_where_their_sound_is_heard(
    tmp_path: Path, *, sounding: bool
) -> None:
    speech = clips.speech(10, seed=3)
    film = clips.movie(tmp_path / "film.mp4", seconds=10, seed=1, sound=speech)
    clip = clips.movie(
        tmp_path / "upright.mp4",
        seconds=5,
        seed=1,
        start=3.0,
        sound=clips.speech(5, seed=3, start=3.0) if sounding else False,
        edit=lambda made, _: np.ascontiguousarray(made[:, 110:210]),
    )
    with Archive.open(tmp_path / "archive", create=True) as archive:
        measured = archive.spool(measure.fingerprint(film, Level.STANDARD))
        archive.add(measured, digest=files.digest(film), path=film)
        beside = tuple(tier for tier in TIERS if tier.channel is Channel.SOUND)

        answer = trace(clip, archive, params=TraceParams(tiers=beside))

    shown = [one for one in answer.sources if one.channel is Channel.PICTURE]
    assert len(shown) == sounding
    if sounding:
        (segment,) = shown[0].segments
        assert segment.source_time(1.0) == pytest.approx(4.0, abs=FRAME)
        assert segment.source_box is not None
        assert segment.source_box.x0 == pytest.approx(110 / 320, abs=0.03)


def test_speed_of_a_slow_zoom_is_told_by_its_sound(tmp_path: Path) -> None:
    wall = clips.picture(0.0)

    def nearing(time: float) -> clips.Picture:
        lies = cv2.getRotationMatrix2D((160, 90), 0, 1 + 0.02 * time)
        return np.asarray(cv2.warpAffine(wall, lies, (320, 180)), np.uint8)

    speech = clips.speech(12, seed=3)
    film = clips.movie(
        tmp_path / "film.mp4", seconds=12, sound=speech, edit=lambda _, time: nearing(time)
    )
    clip = clips.movie(
        tmp_path / "faster.mp4",
        seconds=5,
        sound=clips.hurried(clips.speech(5.5, seed=3, start=3.0), 1.1),
        edit=lambda _, time: nearing(3.0 + 1.1 * time),
    )
    with Archive.open(tmp_path / "archive", create=True) as archive:
        measured = archive.spool(measure.fingerprint(film, Level.STANDARD))
        archive.add(measured, digest=files.digest(film), path=film)

        answer = trace(clip, archive, params=SEARCH)
        looked_at = why(clip, answer.sources[0].asset, archive).accounts[0].steps

    (told,) = (one for one in answer.sources if one.channel is Channel.PICTURE)
    (segment,) = told.segments
    assert segment.rate == pytest.approx(1.1, rel=0.01)
    (proof,) = (step for step in looked_at if step.stage == "proof")
    for source in (segment.source, proof.source):
        assert source is not None
        assert (source.start, source.end) == pytest.approx((3.0, 8.5), abs=0.1)


@pytest.mark.parametrize("closer", [True, False])
def test_small_portrait_is_traced_by_a_closer_look(tmp_path: Path, *, closer: bool) -> None:
    def portrait(time: float) -> clips.Picture:
        """Return somebody who sits still and speaks."""
        still = clips.strewn(clips.picture(0, seed=5, size=(240, 320)), 0)
        opened = int(np.random.default_rng(round(time * 12.5)).integers(1, 9))
        return np.asarray(
            cv2.ellipse(still, (120, 190), (11, opened), 0, 0, 360, (250,) * 3, -1), np.uint8
        )

    def cornered(picture: clips.Picture, time: float) -> clips.Picture:
        picture = picture.copy()
        inner = cv2.resize(portrait(3 + time), (175, 233), interpolation=cv2.INTER_AREA)
        picture[10:243, 1180:1355] = inner
        return picture

    film = clips.movie(
        tmp_path / "film.mp4", seconds=8, size=(240, 320), edit=lambda _, time: portrait(time)
    )
    wide, coarse = (1400, 250), clips.Coding(quality=33)
    clip = clips.movie(
        tmp_path / "wide.mp4", seconds=4, seed=2, size=wide, edit=cornered, coding=coarse
    )
    with Archive.open(tmp_path / "archive", create=True) as archive:
        measured = archive.spool(measure.fingerprint(film, Level.STANDARD))
        archive.add(measured, digest=files.digest(film), path=film)
        proof = ProofParams() if closer else ProofParams(closer=2.0)

        answer = trace(clip, archive, params=TraceParams(proof=proof))

    assert names(answer) == ["film.mp4"] * closer
    if closer:
        (segment,) = answer.sources[0].segments
        assert segment.source_time(1.0) == pytest.approx(4.0, abs=FRAME)
        assert segment.query_box is not None
        edges = (segment.query_box.x0, segment.query_box.y0, segment.query_box.x1)
        assert edges == pytest.approx((1180 / 1400, 10 / 250, 1355 / 1400), abs=0.02)


def test_original_is_named_beside_the_copy_that_explains_the_clip(tmp_path: Path) -> None:
    def cropped(picture: clips.Picture, _: float) -> clips.Picture:
        return np.ascontiguousarray(picture[18:162, 32:288])

    clip = clips.movie(tmp_path / "clip.mp4", seconds=4, seed=1, start=2.5, edit=cropped)
    copy = clips.movie(tmp_path / "copy.mp4", seconds=5, seed=1, start=2.0, edit=cropped)
    original = clips.movie(tmp_path / "original.mp4", seconds=9, seed=1)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        for path in (copy, original):
            measured = archive.spool(measure.fingerprint(path, Level.STANDARD))
            archive.add(measured, digest=files.digest(path), path=path)

        answer = trace(clip, archive)

    assert sorted(names(answer)) == ["copy.mp4", "original.mp4"]
    told = {_pair(answer, one): one for one in answer.derivations if one.distance is not None}
    # All three are compared with one another, the copies too.
    assert set(told) == {
        ("clip.mp4", "copy.mp4"),
        ("clip.mp4", "original.mp4"),
        ("copy.mp4", "original.mp4"),
    }
    assert "c2pa.cropped" in told["copy.mp4", "original.mp4"].done(backwards=False)
    assert "c2pa.cropped" not in told["clip.mp4", "copy.mp4"].done(backwards=False)


def _pair(answer: Report, one: Derivation) -> tuple[str, str]:
    """Return the names of what stands for the query, and of the source."""
    files = [each.asset.name for each in answer.sources]
    query = answer.query.name if one.query_index is None else files[one.query_index]
    return query, files[one.source_index]


def test_which_was_made_from_which_is_told(tmp_path: Path) -> None:
    def cropped(picture: clips.Picture, _: float) -> clips.Picture:
        return np.ascontiguousarray(picture[18:162, 32:288])

    film, coarse = tmp_path / "film.mp4", clips.Coding(quality=40)
    clips.movie(film, seconds=9, seed=1)
    copy = clips.movie(
        tmp_path / "copy.mp4", seconds=4, seed=1, start=3.0, edit=cropped, coding=coarse
    )

    (there,), (back,) = compare(copy, film).derivations, compare(film, copy).derivations

    assert (there.relation, there.backwards) == (Relation.DERIVED, False)
    assert "c2pa.cropped" in there.actions
    assert direction(back.cues).back > 0.9


def test_no_direction_is_told_where_no_pixels_are_compared(library: Library) -> None:
    clip = clips.movie(library.folder / "part.mp4", seconds=3, seed=1, start=6.2, cuts=[5.0])
    answer = trace(clip, library.archive, params=SEARCH)

    assert [one.relation for one in answer.derivations] == [Relation.UNDETERMINED]


def test_picture_file_is_traced_to_its_moment(library: Library, tmp_path: Path) -> None:
    still = tmp_path / "still.png"
    cv2.imwrite(str(still), clips.picture(3.0, seed=1)[..., ::-1])

    answer = trace(still, library.archive)

    assert names(answer) == ["first.mp4"]
    (segment,) = answer.sources[0].segments
    assert segment.rate == 0
    assert segment.source.start == pytest.approx(3.0, abs=FRAME)
    assert answer.unexplained == ()
    (beside,) = pairs(answer, library.archive).values()
    assert len(beside) == 1


def test_of_copies_the_fullest_comes_first(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "quote.mp4", seconds=3, seed=1, start=6.0)
    copies = [
        clips.movie(tmp_path / "copy.mp4", seconds=4, seed=1, start=5.5),
        clips.movie(tmp_path / "whole.mp4", seconds=12, seed=1),
        clips.movie(tmp_path / "short.mp4", seconds=3, seed=1, start=6.0),
    ]
    with Archive.open(tmp_path / "archive", create=True) as archive:
        for path in copies:
            measured = archive.spool(measure.fingerprint(path, Level.STANDARD))
            archive.add(measured, digest=files.digest(path), path=path)

        assert names(trace(clip, archive)) == ["whole.mp4", "copy.mp4", "short.mp4"]


def test_stranger_has_no_source_and_every_second_says_so(library: Library) -> None:
    clip = clips.movie(library.folder / "stranger.mp4", seconds=3, seed=77)

    answer = trace(clip, library.archive)

    assert answer.sources == ()
    (rest,) = answer.unexplained
    assert rest.reason is Reason.NO_MATCH
    assert rest.query.length == pytest.approx(3.0, abs=2 * FRAME)
    assert "Not in these archives" in answer.summary


def test_long_clip_handled_in_parts_is_told_as_one(library: Library) -> None:
    clip = clips.movie(library.folder / "long.mp4", seconds=9, seed=1, start=1.0, cuts=[5.0])

    answer = trace(clip, library.archive, params=TraceParams(part=4.0))

    assert names(answer) == ["first.mp4"]
    assert sum(one.query.length for one in answer.sources[0].segments) == pytest.approx(9, abs=0.2)
    assert len(answer.sources[0].segments) <= 2


def test_sound_alone_has_no_pictures_to_explain(library: Library) -> None:
    clip = clips.sound_only(library.folder / "voice.m4a")

    answer = trace(clip, library.archive)

    assert (answer.sources, answer.picture_explained) == ((), None)
    assert {rest.channel for rest in answer.unexplained} == {Channel.SOUND}


def test_source_that_has_gone_is_told_without_being_sure(tmp_path: Path) -> None:
    moved = clips.movie(tmp_path / "moved.mp4", seconds=6, seed=5)
    clip = clips.movie(tmp_path / "quote.mp4", seconds=3, seed=5, start=1.0)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.add(
            archive.spool(measure.fingerprint(moved, Level.DENSE)),
            digest=files.digest(moved),
            path=moved,
        )
        moved.unlink()

        answer = trace(clip, archive)

    (segment,) = answer.sources[0].segments
    assert not segment.frame_exact
    assert segment.confidence <= 0.5
    assert segment.source_time(1.0) == pytest.approx(2.0, abs=0.6)
    assert f"there is no file at {moved} any more" in answer.limits[0]


def test_source_that_was_changed_since_is_not_compared(tmp_path: Path) -> None:
    film = clips.movie(tmp_path / "film.mp4", seconds=6, seed=5)
    clip = clips.movie(tmp_path / "quote.mp4", seconds=3, seed=5, start=1.0)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.add(
            archive.spool(measure.fingerprint(film, Level.DENSE)),
            digest=files.digest(film),
            path=film,
        )
        clips.movie(film, seconds=6, seed=6)

        answer = trace(clip, archive)

    assert not any(one.frame_exact for source in answer.sources for one in source.segments)
    assert not any(one.kind in INSIDE for one in answer.findings)
    assert f"the file at {film} holds other bytes now" in answer.limits[0]


def test_bad_clips_are_told_by_their_errors(library: Library) -> None:
    text = library.folder / "text.mp4"
    text.write_text("not a film")

    with pytest.raises(BadMediaError, match=r"text\.mp4"):
        trace(text, library.archive)
    with pytest.raises(MissingFileError, match=r"gone\.mp4"):
        trace(library.folder / "gone.mp4", library.archive)


def test_comparison_needs_no_archive(library: Library) -> None:
    clip = clips.movie(library.folder / "pair.mp4", seconds=3, seed=2, start=2.0)

    answer = compare(clip, library.second)

    assert names(answer) == ["second.mp4"]
    assert answer.searched.assets == 1
    assert answer.searched.channels == (Channel.PICTURE, Channel.SOUND)
    assert compare(clip, library.first).sources == ()


def test_stills_of_a_segment_come_in_pairs_of_the_same_moment(library: Library) -> None:
    clip = clips.movie(library.folder / "stills.mp4", seconds=3, seed=1, start=6.2, cuts=[5.0])
    answer = trace(clip, library.archive)

    shown = pairs(answer, library.archive)

    assert list(shown) == [(0, 0)]
    for pair in shown[0, 0]:
        assert pair.source is not None
        assert pair.source.time == pytest.approx(pair.query.time + 6.2, abs=1.5 * FRAME)


def test_what_was_looked_at_in_vain_is_told(library: Library) -> None:
    clip = clips.movie(library.folder / "vain.mp4", seconds=3, seed=1, start=6.2, cuts=[5.0])
    never = TraceParams(proof=ProofParams(prove=ProveParams(moving=1.1, still=1.1, around=1.1)))
    doubted: list[Segment] = []

    answer = trace(
        clip, library.archive, params=never, doubted=lambda _, segment: doubted.append(segment)
    )

    assert answer.sources == ()
    assert max(segment.query.length for segment in doubted) == pytest.approx(3, abs=0.1)


def test_bars_stay_where_none_counts_as_one(library: Library) -> None:
    clip = clips.movie(library.folder / "bars.mp4", seconds=2, seed=1, start=2, bars=0.2)

    removed, left = (
        measure.observe(clip, bars=bars).strip.boxes for bars in (MountParams(), LEFT_ON)
    )

    assert not np.array_equal(removed, left)
    assert np.array_equal(left, np.broadcast_to(np.array([0, 0, 1, 1], np.float32), left.shape))
