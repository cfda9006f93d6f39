"""Real files that `tests.clips` and the demo's footage are made into: what their pixels tell."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from api.demo.footage import originals
from index import files, measure
from index.archive import Archive
from index.errors import BadMediaError
from index.keyframes import Level
from index.measure import Course
from index.sandbox import Sandbox
from index.values import Asset, Box, Channel, Interval, Picture, Still
from lineage import evidence, reveal
from lineage.derive.values import Shown
from lineage.evidence import Beside, Revealed, Track
from lineage.evidence.faces import Face, faces
from lineage.exhibits import Seen, exhibits
from lineage.findings import INSIDE, Finding, Kind
from lineage.footage import Footage, ahead
from lineage.params import SEARCH
from lineage.reveal import Revealer, RevealParams, registered, share
from lineage.trace import compare, trace
from lineage.values import Reason, Registration, Unexplained
from tests import clips, reports

FRAME = 1 / 25

type Alter = Callable[[Picture, Face], Picture]


def inside(findings: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in findings if one.kind in INSIDE]


def test_part_that_was_changed_is_boxed_timed_and_told(tmp_path: Path) -> None:
    def patched(picture: clips.Picture, time: float) -> clips.Picture:
        picture = picture.copy()
        if 2.0 <= time < 4.5:
            picture[60:130, 180:280] = clips.picture(time, seed=9, size=(100, 70))
        return picture

    source = clips.movie(tmp_path / "source.mp4", seconds=9, seed=1)
    clip = clips.movie(tmp_path / "clip.mp4", seconds=6, seed=1, start=2.0, edit=patched)

    answer = compare(clip, source)

    (found,) = inside(answer.findings)
    assert found.kind in {Kind.REGION_CHANGED, Kind.OVERLAY_ADDED}
    assert found.box is not None
    edges = (found.box.x0, found.box.y0, found.box.x1, found.box.y1)
    assert edges == pytest.approx((180 / 320, 60 / 180, 280 / 320, 130 / 180), abs=0.05)
    assert found.query.start == pytest.approx(2.0, abs=FRAME)
    assert found.query.end == pytest.approx(4.5, abs=FRAME)
    assert found.source is not None
    assert found.source.start == pytest.approx(found.query.start + 2.0, abs=2 * FRAME)
    assert found.confidence > 0.9
    assert "(0:0" in answer.summary
    ((number, seen),) = exhibits(answer, None).items()
    assert answer.findings[number] is found
    assert isinstance(seen, Seen)
    assert seen.strongest.source.time == pytest.approx(
        seen.strongest.query.time + 2.0, abs=FRAME / 2
    )
    assert seen.heat is not None
    assert seen.heat.cells.max() == pytest.approx(found.measures["strength"], abs=0.1)


def test_photograph_of_which_a_part_was_brought_to_life_is_told(tmp_path: Path) -> None:
    photograph = clips.picture(3.0, seed=1)

    def living(_: clips.Picture, time: float) -> clips.Picture:
        picture = photograph.copy()
        away = round(20 * np.sin(4 * time))
        picture[40:120, 80:180] = np.roll(photograph, away, axis=1)[40:120, 80:180]
        return picture

    still = clips.movie(tmp_path / "still.mp4", seconds=5, seed=1, edit=lambda *_: photograph)
    clip = clips.movie(tmp_path / "clip.mp4", seconds=5, seed=1, edit=living)

    answer = compare(clip, still)

    told = [one for one in inside(answer.findings) if "moves" in one.measures]
    assert told
    assert told[0].box is not None
    assert told[0].box.shared(Box(80 / 320, 40 / 180, 180 / 320, 120 / 180)) > 0.5
    assert told[0].query.length > 4.5


@pytest.mark.parametrize("swapped", [False, True])
def test_logo_is_told_as_added_or_as_taken_out(tmp_path: Path, *, swapped: bool) -> None:
    def marked(picture: clips.Picture, _: float) -> clips.Picture:
        picture = picture.copy()
        cv2.rectangle(picture, (240, 20), (300, 60), (200, 20, 30), -1)
        cv2.circle(picture, (270, 40), 14, (250, 250, 250), -1)
        return picture

    plain = clips.movie(tmp_path / "plain.mp4", seconds=6, seed=1)
    logo = clips.movie(tmp_path / "logo.mp4", seconds=6, seed=1, edit=marked)

    answer = compare(*((plain, logo) if swapped else (logo, plain)))

    (found,) = inside(answer.findings)
    assert found.kind is (Kind.OVERLAY_REMOVED if swapped else Kind.OVERLAY_ADDED)
    assert found.box is not None
    assert found.box.shared(Box(240 / 320, 20 / 180, 300 / 320, 60 / 180)) > 0.5


@pytest.mark.parametrize("coding", [clips.Coding(quality=23), clips.Coding(quality=36)])
def test_honest_copy_has_no_finding_inside(tmp_path: Path, coding: clips.Coding) -> None:
    def cut(picture: clips.Picture, _: float) -> clips.Picture:
        return np.ascontiguousarray(picture[9:171, 16:304][:, ::-1])

    source = clips.movie(tmp_path / "source.mp4", seconds=9, seed=1)
    clip = clips.movie(tmp_path / "clip.mp4", seconds=6, seed=1, start=2.0, edit=cut, coding=coding)

    answer = compare(clip, source)

    assert answer.sources
    assert inside(answer.findings) == []
    assert any("inside the picture were looked for" in limit for limit in answer.limits)


def test_pixels_are_left_alone_where_nobody_asks(tmp_path: Path) -> None:
    def boxed(picture: clips.Picture, _: float) -> clips.Picture:
        picture = picture.copy()
        picture[60:120, 100:220] = 255
        return picture

    source = clips.movie(tmp_path / "source.mp4", seconds=8, seed=1)
    clip = clips.movie(tmp_path / "clip.mp4", seconds=5, seed=1, start=2.0, edit=boxed)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        measured = archive.spool(measure.fingerprint(source, Level.STANDARD))
        archive.add(measured, digest=files.digest(source), path=source)
        searched = trace(clip, archive, params=SEARCH)
        looked_at = trace(clip, archive)

    assert searched.sources
    assert inside(searched.findings) == []
    assert any("were not looked for" in limit for limit in searched.limits)
    assert inside(looked_at.findings) != []


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Still]]:
    """Five seconds of the demo's footage of somebody who speaks, twice its size."""
    film = next(one for one in originals() if "carphone" in one.path.name)
    stills = measure.stills(film.path, list(np.arange(0, 3.9, FRAME)))
    stills = [
        replace(one, picture=np.asarray(cv2.resize(one.picture, (386, 288)), np.uint8))
        for one in stills
    ]
    path = tmp_path_factory.mktemp("speaker") / "speaker.mp4"
    return written(path, [one.picture for one in stills]), stills


def written(path: Path, pictures: list[Picture]) -> Path:
    times = [number * FRAME for number in range(len(pictures))]
    return clips.write(path, iter(pictures), times, coding=clips.Coding(quality=16))


def swapped_mouth(picture: Picture, face: Face) -> Picture:
    """Return the picture with its mouth turned upside down."""
    height, width = picture.shape[:2]
    box = face.mouth
    rows = slice(round(box.y0 * height), round(box.y1 * height))
    columns = slice(round(box.x0 * width), round(box.x1 * width))
    picture = picture.copy()
    picture[rows, columns] = picture[rows, columns][::-1]
    return picture


def swapped_face(picture: Picture, face: Face) -> Picture:
    """Return the picture with another, darker, wider-eyed face."""
    height, width = picture.shape[:2]
    middle = (face.box.x0 + face.box.x1) / 2 * width, (face.box.y0 + face.box.y1) / 2 * height
    size = (face.box.x1 - face.box.x0) * width * 0.4, (face.box.y1 - face.box.y0) * height * 0.42
    mask = np.zeros((height, width), np.float32)
    cv2.ellipse(mask, (middle, (2 * size[0], 2 * size[1]), 0), 1.0, -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 3), np.float32)[..., None]
    other = np.roll(picture[::, ::-1], round(2 * middle[0]) - width, axis=1)
    other = np.clip(np.roll(other, 5, axis=0) * [0.8, 0.85, 0.95], 0, 255)
    return np.asarray(picture * (1 - mask) + other * mask, np.uint8)


@pytest.mark.parametrize(
    ("alter", "kind"),
    [(swapped_mouth, Kind.MOUTH_REPLACED), (swapped_face, Kind.FACE_REPLACED)],
)
def test_face_and_mouth_are_named(
    tmp_path: Path, speaker: tuple[Path, list[Still]], alter: Alter, kind: Kind
) -> None:
    source, stills = speaker
    known = faces(stills[0].picture)
    pictures = []
    for number, still in enumerate(stills):
        known = (number % 5 == 0 and faces(still.picture)) or known
        pictures.append(alter(still.picture, known[0]))

    answer = compare(written(tmp_path / "clip.mp4", pictures), source)

    found = inside(answer.findings)
    assert {one.kind for one in found} == {kind}
    assert found[0].box is not None
    assert found[0].box.common(known[0].box) > 0.5 * found[0].box.area
    assert sum(one.query.length for one in found) > 3.0
    assert ("face replaced" if kind is Kind.FACE_REPLACED else "mouth changed") in answer.summary


@dataclass
class Reel:
    """Stands for archive and decoder: noise in pictures of these heights, one after the other."""

    heights: Sequence[int]

    def file(self, _: Asset) -> Path:
        return Path("film.mp4")

    def close(self) -> None:
        raise AssertionError("all of it is waited for")

    def each(
        self,
        _: object,
        *__: Path,
        moments: Sequence[Sequence[float]],
        course: Course,
        side: int,
    ) -> Iterator[Still | None]:
        rng = np.random.default_rng(3)
        for times in moments:
            query = self._stills(rng, times, side)
            yield from (*query, None)
            yield from (*self._stills(rng, np.unique(course.times(query)), side), None)

    def _stills(self, rng: np.random.Generator, times: Iterable[float], side: int) -> list[Still]:
        sizes = cycle(self.heights)
        return [
            Still(float(time), rng.integers(0, 256, (height, side // 4, 3), dtype=np.uint8))
            for time, height in zip(times, sizes, strict=False)
        ]


@pytest.mark.parametrize(
    ("across", "heights", "compared"),
    [((1.0, 0, 0, 0, 1.0, 0), [54], 1), (None, [54], 0), ((1.0, 0, 0, 0, 1.0, 0), [54, 60], 1)],
    ids=["as usual", "never laid", "another size halfway"],
)
def test_what_cannot_be_compared_says_nothing(
    across: tuple[float, ...] | None, heights: list[int], compared: int
) -> None:
    segment = replace(reports.segment((0, 4), (2, 6)), across=across)
    source = reports.source(reports.asset(1, "film.mp4", 60.0), [segment], duration=4.0)
    reel = Reel(heights)
    revealer = Revealer(
        Path("clip.mp4"), cast("Archive", reel), cast("Sandbox", reel), RevealParams()
    )

    told = revealer.revealed([Shown(0, source, segment)])

    assert len(told) == compared
    assert all(one.tracks == () for one in told)
    assert share(told, [Shown(0, source, segment)]) == 0.0


def test_each_stretch_says_how_well_its_own_pixels_were_laid() -> None:
    first, second = reports.segment((0, 4), (2, 6)), reports.segment((4, 8), (2, 6))
    film = reports.asset(1, "film.mp4", 60.0)
    sources = [
        reports.source(film, [first, second], duration=8.0),
        reports.source(replace(film, digest="b" * 64), [first], duration=8.0),
    ]
    revealed = [
        Revealed(0, second, (), 0.97, compared=0.5, error=0.001),
        Revealed(1, first, (), 0.3, compared=0.0),
    ]
    media = replace(reports.media(8.0), width=720, height=1280)

    told = registered(sources, revealed, media)

    assert [each.registration for each in told[0].segments] == [
        None,
        Registration(0.97, 1.28, 0.5),
    ]
    assert told[1].segments[0].registration == Registration(0.3, None, 0.0)


def test_changes_are_timed_together_where_they_begin_or_end_and_not_where_the_stretch_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    segment = reports.segment((0, 4), (2, 6))
    box = Box(0.1, 0.1, 0.4, 0.4)
    ends = [(0.0, 2.0), (1.0, 2.0), (1.0, 4.0)]
    first, second, third = (
        Track(Interval(*each), box, 1.5, 9.0, 0.1, 5.0, 5.0, 1.0) for each in ends
    )
    asked = []

    class Both:
        def beside(self, moments: Sequence[Sequence[float]], *_: object) -> Iterator[Beside]:
            for each in moments:
                times = np.array(each)
                dark = np.zeros((len(each), 1, 1, 3), np.uint8)
                yield Beside(times, dark, dark, np.arange(len(each))[:, None], times)

    def turns(beside: Beside, _: object, tracks: Sequence[Track], **__: object) -> list[int]:
        asked.append((round(float(np.median(beside.times)), 1), tracks))
        return [1] * len(tracks)

    monkeypatch.setattr(evidence, "turns", turns)
    shown = Shown(0, reports.source(reports.asset(1, "a.mp4", 60), [segment], duration=4), segment)

    told = reveal._turns(shown, cast("Footage", Both()), [first, second, third], RevealParams())

    assert asked == [(1.0, [second, third]), (2.0, [first, second])]
    assert set(told) == {(second, 1.0), (third, 1.0), (first, 2.0), (second, 2.0)}


class Broken:
    """Stands for archive and decoder: a file that can no longer be decoded."""

    def file(self, _: Asset) -> Path:
        return Path("film.mp4")

    def run(self, *_: object) -> None:
        raise BadMediaError("film.mp4 is damaged.", hint="Send it again.")


def test_source_whose_sound_cannot_be_decoded_any_more_is_left_out() -> None:
    segment = reports.segment((0, 4), (2, 6))
    asset = replace(reports.asset(1, "film.mp4", 60.0), media=reports.media(60.0))
    shown = Shown(0, reports.source(asset, [segment], duration=4.0), segment)
    gap = Unexplained(Channel.SOUND, segment.query, Reason.SILENT)
    broken = Broken()
    revealer = Revealer(
        Path("clip.mp4"), cast("Archive", broken), cast("Sandbox", broken), RevealParams()
    )

    assert revealer.beneath([shown], [gap], least=1.0) == []


def test_next_item_is_fetched_while_one_is_looked_at() -> None:
    fetched = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(fetched):
            event.set()
            yield number

    told = ahead(items(), give_up=never)

    assert next(told) == 0
    assert fetched[1].wait(10)
    assert list(told) == [1, 2]


def never() -> None:
    raise AssertionError("nobody gave up")


def test_fetching_is_given_up_where_nobody_waits_for_more() -> None:
    given_up = threading.Event()

    def items() -> Iterator[int]:
        yield 0
        assert given_up.wait(10), "who ends it waits for what is fetched"
        yield 1

    told = ahead(items(), give_up=given_up.set)

    assert next(told) == 0
    told.close()  # type: ignore[attr-defined] # it is a generator
    assert given_up.is_set()


def test_what_fetching_ends_by_is_raised_after_the_items_before() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise BadMediaError("It ends here.", hint="")

    told = ahead(items(), give_up=never)

    assert next(told) == 1
    with pytest.raises(BadMediaError, match="ends here"):
        next(told)
