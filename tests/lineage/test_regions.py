"""Tracks to findings: which kind, how sure, and what is not told."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.values import Box, Channel, Interval, Media
from lineage.derive import derived
from lineage.evidence import Head, Revealed, Track
from lineage.evidence.values import Manner
from lineage.findings import Finding, Kind, Significance
from lineage.report import explained
from lineage.values import Query, Searched, Segment
from tests import reports

SEGMENT = replace(reports.segment((0, 10), (5, 15)), confidence=0.97)
BOX = Box(0.2, 0.2, 0.5, 0.5)
TRACK = Track(Interval(2, 4), BOX, 3.0, 12.0, 0.05, 6.0, 6.0, 1.0)
FACE = Box(0.2, 0.1, 0.5, 0.6)
NOT_SWAPPED = Head(FACE, eyes=1.2, mouth=1.3, reach=0.2)
SAME = Manner(0.3, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0)
MOUTH, SWAPPED = Head(FACE, 1.1, 5.0, reach=0.2), Head(FACE, 7.0, 6.0, reach=0.2)
OVER_THE_EYES = Head(FACE, 3.0, 9.0, reach=0.9)


def found(
    *tracks: Track, segment: Segment = SEGMENT, manner: Manner | None = None
) -> list[Finding]:
    facts: Media = reports.media(10.0, sound=False)
    query = Query("clip.mp4", "file:///clip.mp4", "0" * 64, facts)
    searched = Searched("3f9a17c2", 9, 900.0, 900, (Channel.PICTURE,))
    source = reports.source(reports.asset(1, "film.mp4", 60.0), [segment], duration=10.0)
    told = derived(
        query, searched, [source], [], [Revealed(0, segment, tracks, 0.98, manner=manner)]
    )
    return [one for one in told if one.kind is not Kind.TRIMMED]


def shown(*stretches: tuple[Segment, Sequence[Track]]) -> list[Finding]:
    """Return findings about a face in stretches of one film."""
    facts: Media = reports.media(20.0, sound=False)
    query = Query("clip.mp4", "file:///clip.mp4", "0" * 64, facts)
    searched = Searched("3f9a17c2", 9, 900.0, 900, (Channel.PICTURE,))
    segments = [segment for segment, _ in stretches]
    source = reports.source(reports.asset(1, "film.mp4", 60.0), segments, duration=20.0)
    seen = [Revealed(0, segment, tracks, 0.98) for segment, tracks in stretches]
    told = derived(query, searched, [source], [], seen)
    return [one for one in told if one.box is not None]


def kinds(findings: Sequence[Finding]) -> list[Kind]:
    return [one.kind for one in findings]


@pytest.mark.parametrize(
    ("track", "kind"),
    [
        (TRACK, Kind.REGION_CHANGED),
        (replace(TRACK, detail=3.0), Kind.OVERLAY_ADDED),
        (replace(TRACK, still=0.5, moving=9.0), Kind.OVERLAY_ADDED),
        (replace(TRACK, detail=0.5), Kind.REGION_REMOVED),
        (replace(TRACK, detail=0.5, moving=2.0, around=9.0), Kind.OVERLAY_REMOVED),
        (replace(TRACK, detail=0.9, moving=2.0, around=9.0), Kind.OVERLAY_REMOVED),
        (replace(TRACK, detail=1.1, moving=2.0, around=9.0), Kind.REGION_CHANGED),
        (replace(TRACK, detail=0.5, moving=2.0, around=3.0), Kind.REGION_REMOVED),
        (replace(TRACK, detail=0.5, moving=4.0, around=9.0), Kind.REGION_REMOVED),
        (replace(TRACK, faded=True), Kind.BLURRED),
        (replace(TRACK, detail=0.5, unlike=0.4), Kind.BLURRED),
        (replace(TRACK, head=MOUTH), Kind.MOUTH_REPLACED),
        (replace(TRACK, head=SWAPPED), Kind.FACE_REPLACED),
        (replace(TRACK, head=OVER_THE_EYES), Kind.FACE_REPLACED),
        (replace(TRACK, head=NOT_SWAPPED), Kind.REGION_CHANGED),
        (replace(TRACK, head=MOUTH, detail=9.0), Kind.OVERLAY_ADDED),
        (replace(TRACK, head=MOUTH, detail=0.1), Kind.REGION_REMOVED),
    ],
)
def test_kind_follows_from_what_was_measured(track: Track, kind: Kind) -> None:
    (told,) = found(track)

    assert told.kind is kind
    assert (told.query, told.source, told.box) == (Interval(2, 4), Interval(7, 9), BOX)
    assert told.measures["strength"] == 12.0


@pytest.mark.parametrize(
    ("track", "motion", "moves"),
    [
        (replace(TRACK, still=8.0, moving=3.0), None, 8.0),
        (replace(TRACK, still=8.0, moving=3.0), 0.9, None),
        (replace(TRACK, still=8.0, moving=5.0), None, None),
        (replace(TRACK, still=2.0, moving=0.4), None, None),
        (replace(TRACK, still=8.0, moving=0.4, head=SWAPPED), None, None),
    ],
    ids=["brought to life", "all moves", "moves in both", "still in both", "a face by itself"],
)
def test_part_that_moves_and_stands_still_in_the_source_is_told_so(
    track: Track, motion: float | None, moves: float | None
) -> None:
    (told,) = found(track, segment=replace(SEGMENT, motion=motion))

    source = reports.source(reports.asset(1, "film.mp4", 60.0), [SEGMENT], duration=10.0)
    assert told.measures.get("moves") == moves
    assert ("stands still in the source" in explained(told, [source])) == (moves is not None)


def test_what_is_there_for_a_moment_only_must_be_stronger() -> None:
    glimpse = replace(TRACK, query=Interval(2, 2.3))

    assert kinds(found(replace(TRACK, strength=10.0))) == [Kind.REGION_CHANGED]
    assert found(replace(glimpse, strength=10.0)) == []
    assert kinds(found(replace(glimpse, strength=20.0))) == [Kind.REGION_CHANGED]
    assert found(replace(glimpse, strength=4.0, faded=True)) == []
    assert found(replace(glimpse, query=Interval(2, 2.08), strength=90.0)) == []


def test_mouth_that_differs_now_and_then_is_one_finding() -> None:
    first = replace(TRACK, head=MOUTH, query=Interval(2, 2.1))
    second = replace(TRACK, head=MOUTH, query=Interval(3, 3.4))

    (told,) = found(first, second)

    assert (told.kind, told.query) == (Kind.MOUTH_REPLACED, Interval(2, 3.4))


def test_what_is_weak_is_told_of_faces_only() -> None:
    weak = replace(TRACK, strength=3.5)

    assert found(weak) == []
    assert found(replace(weak, head=NOT_SWAPPED)) == []
    assert kinds(found(replace(weak, head=MOUTH))) == [Kind.MOUTH_REPLACED]


def test_finding_is_surer_the_stronger_it_is_but_no_surer_than_its_stretch() -> None:
    (weak,) = found(replace(TRACK, strength=9.0))
    (strong,) = found(replace(TRACK, strength=40.0))
    (doubtful,) = found(replace(TRACK, strength=40.0), segment=replace(SEGMENT, confidence=0.6))

    assert 0.5 < weak.confidence < strong.confidence <= 0.97
    assert doubtful.confidence == 0.6


def test_mouth_that_rests_in_between_is_one_finding() -> None:
    mouth = replace(TRACK, head=MOUTH)
    soon = replace(mouth, query=Interval(5, 6), strength=20.0)
    later = replace(mouth, query=Interval(9, 10))

    first, second = found(mouth, soon, later)

    assert (first.query, first.measures["strength"]) == (Interval(2, 6), 20.0)
    assert second.query == Interval(9, 10)


def test_changes_inside_the_picture_weigh_more_than_its_frame() -> None:
    (mouth,) = found(replace(TRACK, head=MOUTH))
    (overlay,) = found(replace(TRACK, detail=3.0))

    assert mouth.significance is Significance.ALTERS
    assert overlay.significance is Significance.MAY_ALTER


def test_reversed_stretch_tells_the_source_in_its_own_order() -> None:
    backwards = reports.segment((0, 10), (5, 15), backwards=True)

    told = next(one for one in found(TRACK, segment=backwards) if one.box)

    assert told.source == Interval(11, 13)


def test_what_is_rather_of_another_moment_is_not_told() -> None:
    everywhere = replace(TRACK, area=0.8)
    at_the_cut = replace(TRACK, query=Interval(9.7, 10))
    within = replace(TRACK, query=Interval(9.2, 9.5))
    longer = replace(TRACK, query=Interval(9, 10))

    assert found(everywhere) == []
    assert found(at_the_cut) == []
    assert len(found(within)) == len(found(longer)) == 1


def test_missing_detail_is_told_where_nothing_else_is() -> None:
    faded = replace(TRACK, faded=True)
    elsewhere = replace(faded, box=Box(0.6, 0.6, 0.9, 0.9))
    weak = replace(TRACK, strength=3.5)

    assert kinds(found(TRACK, faded)) == [Kind.REGION_CHANGED]
    assert kinds(found(weak, faded)) == [Kind.BLURRED]
    assert set(kinds(found(TRACK, elsewhere))) == {Kind.REGION_CHANGED, Kind.BLURRED}


def test_blurred_face_is_not_another_one() -> None:
    smooth, lost = replace(TRACK, head=SWAPPED, detail=0.4), replace(TRACK, faded=True)
    blurred, pixelated = replace(smooth, unlike=0.4), replace(smooth, unlike=0.7)

    assert kinds(found(blurred)) == [Kind.BLURRED]
    for strength in (6.0, 12.0):
        assert kinds(found(replace(pixelated, strength=strength), lost)) == [Kind.BLURRED]
    assert kinds(found(pixelated)) == [Kind.FACE_REPLACED]
    assert kinds(found(smooth, lost)) == [Kind.FACE_REPLACED]


def test_mouth_made_anew_is_not_told_as_blurred() -> None:
    soft = replace(TRACK, head=MOUTH, detail=0.4)

    assert kinds(found(soft, replace(TRACK, faded=True))) == [Kind.MOUTH_REPLACED]


def test_face_that_differs_too_briefly_to_be_named_is_a_changed_part_if_it_does_so_strongly() -> (
    None
):
    brief = replace(TRACK, head=MOUTH, query=Interval(2, 2.5))

    assert kinds(found(brief)) == [Kind.REGION_CHANGED]
    assert kinds(found(replace(brief, detail=2.0))) == [Kind.OVERLAY_ADDED]
    assert found(replace(brief, strength=7.9)) == []


def test_mouth_that_differs_at_one_moment_only_is_not_told() -> None:
    moment = replace(TRACK, head=MOUTH, query=Interval(2, 2.4))
    another = replace(moment, query=Interval(3, 3.4))

    assert found(moment) == []
    assert [one.query for one in found(moment, another)] == [Interval(2, 3.4)]


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        ({"tones": 9.0, "brightness": 12.0, "saturation": 1.3}, Kind.COLOUR_CHANGED, "brighter"),
        ({"tones": 9.0, "saturation": 0.05}, Kind.COLOUR_CHANGED, "black and white"),
        ({"tones": 9.0}, Kind.COLOUR_CHANGED, "of another shade"),
        ({"sharpness": 0.5}, Kind.BLURRED, "all over"),
        ({"grain": 2.0}, Kind.NOISE_ADDED, "grain"),
        ({"bend": 0.01}, Kind.PERSPECTIVE_CHANGED, "angle"),
        ({"off": 1.5}, Kind.REENCODED, "encoded anew"),
    ],
)
def test_how_all_of_the_picture_was_handled_is_told(
    changed: dict[str, float], kind: Kind, words: str
) -> None:
    (told,) = found(manner=replace(SAME, **changed))

    assert (told.kind, told.box, told.query) == (kind, None, SEGMENT.query)
    assert words in explained(told, [])
    assert told.significance is Significance.TECHNICAL


def test_picture_that_is_the_sources_own_has_no_manner() -> None:
    assert found(manner=SAME) == []
    assert found(manner=None) == []


def test_frame_filled_with_its_own_picture_holds_no_other() -> None:
    upright = replace(SEGMENT, query_box=Box(0.0, 0.34, 1.0, 0.66))

    assert Kind.PICTURE_IN_PICTURE in kinds(found(segment=upright, manner=SAME))
    filled = kinds(found(segment=upright, manner=replace(SAME, fill=0.97)))
    assert Kind.LETTERBOXED in filled
    assert Kind.PICTURE_IN_PICTURE not in filled


def test_swapped_light_and_dark_are_told_once() -> None:
    swapped = replace(SEGMENT, variant="negative")

    (told,) = found(segment=swapped, manner=replace(SAME, tones=90.0))

    assert explained(told, []) == "Light and dark are swapped."


AGAIN = replace(reports.segment((10, 13), (5, 8)), confidence=0.97)
MOMENT = replace(reports.segment((10, 10.3), (5, 5.3)), confidence=0.97)
LATER = replace(reports.segment((14, 17), (5, 8)), confidence=0.97)
SPEAKS = replace(TRACK, query=Interval(0, 10), head=MOUTH)
FAINT = replace(TRACK, query=Interval(10, 13), head=MOUTH, strength=3.5, faded=True)
SHORT = replace(TRACK, query=Interval(10, 10.3), head=MOUTH)


@pytest.mark.parametrize(("segment", "track"), [(AGAIN, FAINT), (MOMENT, SHORT)])
def test_changed_mouth_goes_on_where_its_source_begins_again(
    segment: Segment, track: Track
) -> None:
    told = shown((SEGMENT, [SPEAKS]), (segment, [track]))

    assert kinds(told) == [Kind.MOUTH_REPLACED, Kind.MOUTH_REPLACED]
    assert told[1].query == track.query
    assert shown((SEGMENT, []), (segment, [track])) == []


def test_mouth_goes_on_only_right_after_in_the_same_face_and_way() -> None:
    later = replace(FAINT, query=Interval(14, 17))
    elsewhere = replace(MOUTH, box=Box(0.7, 0.1, 0.9, 0.4))

    assert len(shown((SEGMENT, [SPEAKS]), (LATER, [later]))) == 1
    assert len(shown((SEGMENT, [SPEAKS]), (AGAIN, [replace(FAINT, head=elsewhere)]))) == 1
    assert len(shown((SEGMENT, [SPEAKS]), (AGAIN, [replace(FAINT, head=NOT_SWAPPED)]))) == 1


def test_blur_that_is_a_mouth_going_on_is_told_once() -> None:
    told = shown((SEGMENT, [SPEAKS]), (AGAIN, [replace(FAINT, strength=12.0)]))

    assert kinds(told) == [Kind.MOUTH_REPLACED, Kind.MOUTH_REPLACED]
