from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.values import Box, Channel, Interval, Media
from lineage.derive import derived
from lineage.derive.values import Beneath, Shown
from lineage.findings import Finding, Kind, Significance
from lineage.report import explained, weighed
from lineage.values import Query, Reason, Searched, Segment, Source, Unexplained
from tests import reports

BOTH = (Channel.PICTURE, Channel.SOUND)


def found(
    *sources: Source,
    gaps: Sequence[Unexplained] = (),
    facts: Media | None = None,
    channels: tuple[Channel, ...] = BOTH,
    beneath: Sequence[Beneath] = (),
) -> list[Finding]:
    facts = facts or reports.media(10.0, sound=False)
    query = Query("clip.mp4", "file:///clip.mp4", "0" * 64, facts)
    searched = Searched("3f9a17c2", 9, 900.0, 900, channels)
    return derived(query, searched, sources, gaps, beneath=beneath)


def kinds(findings: Sequence[Finding]) -> list[Kind]:
    return [one.kind for one in findings]


def film(*segments: Segment, number: int = 1, length: float = 10.0, sound: bool = False) -> Source:
    archived = reports.asset(number, f"film-{number}.mp4", length)
    archived = replace(archived, media=reports.media(length, sound=sound))
    return reports.source(archived, segments, duration=10.0)


def voice(*segments: Segment, number: int = 1) -> Source:
    heard = tuple(
        replace(one, channel=Channel.SOUND, query_box=None, source_box=None, pitch=one.pitch or 1.0)
        for one in segments
    )
    made = film(*segments, number=number, sound=True)
    return replace(made, channel=Channel.SOUND, segments=heard)


WHOLE = reports.segment((0, 10), (0, 10))


def test_whole_film_as_it_is_has_no_finding() -> None:
    assert found(film(WHOLE)) == []
    sounding = reports.media(10.0)
    assert found(film(WHOLE, sound=True), voice(WHOLE), facts=sounding) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"variant": "mirror"}, Kind.MIRRORED),
        ({"variant": "flip"}, Kind.FLIPPED),
        ({"variant": "turn"}, Kind.ROTATED),
        ({"variant": "negative"}, Kind.COLOUR_CHANGED),
        ({"degrees": -5.0}, Kind.ROTATED),
        ({"rate": -1.0}, Kind.REVERSED),
        ({"inside": Box(0, 0.1, 1, 0.9), "query_box": Box(0, 0.1, 1, 0.9)}, Kind.LETTERBOXED),
    ],
)
def test_what_was_done_to_all_of_it_is_named(change: dict[str, object], kind: Kind) -> None:
    segment = replace(WHOLE, **change)  # type: ignore[arg-type] # of each field's own type

    assert kind in kinds(found(film(segment)))
    assert set(kinds(found(film(segment)))) <= {kind, Kind.RESIZED}


def test_crop_and_picture_in_picture_say_how_much() -> None:
    cropped = replace(WHOLE, source_box=Box(0, 0, 0.8, 0.8))
    small = replace(WHOLE, query_box=Box(0.5, 0.5, 1, 1))

    (crop, _) = found(film(cropped))
    (inset, _) = found(film(small))

    assert crop.kind is Kind.CROPPED
    assert crop.measures["share"] == pytest.approx(0.64)
    assert (inset.kind, inset.box) == (Kind.PICTURE_IN_PICTURE, Box(0.5, 0.5, 1, 1))


def test_picture_with_a_band_over_a_fifth_of_it_is_not_in_another_even_between_bars() -> None:
    between = replace(WHOLE, inside=Box(0.08, 0, 0.92, 1), query_box=Box(0.08, 0, 0.92, 0.8))
    narrow = replace(WHOLE, query_box=Box(0.04, 0.18, 0.96, 1))
    inset = replace(WHOLE, query_box=Box(0.1, 0.18, 0.9, 1))

    for segment, told in ((between, False), (narrow, False), (inset, True)):
        assert (Kind.PICTURE_IN_PICTURE in kinds(found(film(segment)))) == told


def test_turn_by_a_quarter_and_half_the_size_are_told() -> None:
    quarter = replace(WHOLE, degrees=90.0)
    facts = reports.media(10.0, 360, 640, sound=False)

    turned = {one.kind: one.measures for one in found(film(quarter), facts=facts)}

    assert turned[Kind.ROTATED] == {"degrees": 90}
    assert turned[Kind.RESIZED]["scale"] == pytest.approx(0.5)


def test_speed_is_told_with_the_rate_and_a_still_with_its_length() -> None:
    fast = reports.segment((0, 5), (0, 10))
    held = replace(reports.segment((5, 8), (9, 10)), rate=0.0)

    speed, still = found(film(fast, held))

    assert (speed.kind, speed.measures) == (Kind.SPEED_CHANGED, {"rate": 2.0})
    assert (still.kind, still.measures) == (Kind.FROZEN, {"seconds": 3.0})
    assert still.box == Box(0, 0, 1, 1)


def test_picture_that_is_held_in_a_part_of_the_frame_is_told_there() -> None:
    place = Box(0.5, 0.1, 0.9, 0.5)
    held = replace(reports.segment((5, 8), (9, 10)), rate=0.0, query_box=place)

    (still,) = (one for one in found(film(held)) if one.kind is Kind.FROZEN)

    assert still.box == place


def test_words_cut_out_are_told_with_what_is_left_out() -> None:
    cut, *more = found(film(reports.segment((0, 4), (0, 4)), reports.segment((4, 9), (5, 10))))

    assert not more
    assert (cut.kind, cut.significance) == (Kind.FRAMES_REMOVED, Significance.ALTERS)
    assert cut.query.start == pytest.approx(4.0)
    assert cut.source == Interval(4.0, 5.0)


def test_another_order_and_a_repetition_are_no_cut() -> None:
    swapped = film(
        reports.segment((0, 3), (5, 8)),
        reports.segment((3, 8), (0, 5)),
        reports.segment((8, 10), (8, 10)),
    )
    again = film(reports.segment((0, 5), (0, 5)), reports.segment((5, 10), (0, 5)), length=5.0)

    assert set(kinds(found(swapped))) == {Kind.REORDERED}
    assert kinds(found(again)) == [Kind.FRAMES_REPEATED]


def test_stretches_of_two_films_are_spliced_and_of_each_a_part_is_shown() -> None:
    first, second = reports.segment((0, 5), (2, 7)), reports.segment((5, 10), (1, 6))

    told = found(film(first), film(second, number=2))

    assert sorted(kinds(told)) == [Kind.SPLICED, Kind.TRIMMED, Kind.TRIMMED]
    assert next(one for one in told if one.kind is Kind.SPLICED).query.start == 5.0


def test_card_before_a_film_is_spliced_and_a_moment_without_a_source_is_not() -> None:
    after = film(reports.segment((2, 10), (0, 8)), length=8.0)
    nearly = film(reports.segment((0.3, 10), (0.3, 10)))

    assert kinds(found(after, gaps=[reports.gap(0, 2)])) == [Kind.SPLICED]
    assert found(nearly, gaps=[reports.gap(0, 0.3, Reason.TOO_SHORT)]) == []


def test_black_is_spliced_only_where_the_source_cannot_be_as_black_then() -> None:
    black = reports.gap(0, 2, Reason.TOO_PLAIN)
    faded_in = film(reports.segment((2, 10), (2, 10)))
    begun = film(reports.segment((2, 10), (0, 8)), length=8.0)
    still = film(replace(reports.segment((2, 10), (5, 5.001)), rate=0.0))

    assert Kind.SPLICED not in kinds(found(faded_in, gaps=[black]))
    assert Kind.SPLICED in kinds(found(faded_in, gaps=[reports.gap(0, 2)]))
    assert kinds(found(begun, gaps=[black])) == [Kind.SPLICED]
    assert Kind.SPLICED in kinds(found(still, gaps=[black]))


def test_copies_are_not_told_twice() -> None:
    mirrored = replace(WHOLE, variant="mirror")

    assert kinds(found(film(mirrored), film(mirrored, number=2))) == [Kind.MIRRORED]


def test_split_screen_tells_both_panels() -> None:
    left = replace(WHOLE, query_box=Box(0, 0, 0.5, 1))
    right = replace(WHOLE, query_box=Box(0.5, 0, 1, 1))

    told = found(film(left), film(right, number=2))

    assert kinds(told).count(Kind.PICTURE_IN_PICTURE) == 2


def test_sound_that_no_source_has_replaces_what_the_picture_had() -> None:
    sounding = reports.media(10.0)
    strange = Unexplained(Channel.SOUND, Interval(3, 8), Reason.NO_MATCH)
    own = voice(reports.segment((0, 3), (0, 3)), reports.segment((8, 10), (8, 10)))

    (told,) = found(film(WHOLE, sound=True), own, gaps=[strange], facts=sounding)

    assert (told.kind, told.channel, told.query) == (
        Kind.SOUND_REPLACED,
        Channel.SOUND,
        Interval(3, 8),
    )
    assert told.confidence <= 0.9


def test_other_sound_goes_on_into_a_short_stretch_right_after() -> None:
    sounding, first = reports.media(10.0), reports.segment((0, 7), (0, 7))
    strange = Unexplained(Channel.SOUND, Interval(0, 10), Reason.NO_MATCH)
    again, later = reports.segment((7, 7.4), (0, 0.4)), reports.segment((8, 8.4), (0, 0.4))
    own = voice(first)

    for short, count in ((again, 2), (later, 1)):
        told = found(film(first, short, sound=True), gaps=[strange], facts=sounding)
        assert kinds(told).count(Kind.SOUND_REPLACED) == count
        told = found(film(first, short), gaps=[strange], facts=sounding)
        assert kinds(told).count(Kind.SOUND_ADDED) == count
        told = found(film(first, short, sound=True), own, gaps=[strange], facts=sounding)
        assert Kind.SOUND_REPLACED not in kinds(told)


def test_sound_of_another_film_is_named() -> None:
    other = voice(reports.segment((0, 10), (4, 14)), number=2)
    sources = [film(WHOLE, sound=True), other]

    (told,) = found(*sources, facts=reports.media(10.0))

    assert (told.kind, told.source_index) == (Kind.SOUND_REPLACED, 1)
    assert "film-2.mp4 from 0:04.0" in explained(told, sources)


@pytest.mark.parametrize(
    ("heard", "told"),
    [((4.3, 6.6), (4, 7)), ((4, 7), (4, 7)), ((5.1, 7), (5.1, 7)), ((4, 5.9), (4, 5.9))],
)
def test_other_sound_is_told_with_short_pauses_at_its_ends(
    heard: tuple[float, float], told: tuple[float, float]
) -> None:
    own = voice(reports.segment((0, 4), (0, 4)), reports.segment((7, 10), (7, 10)))
    other = voice(reports.segment(heard, heard), number=2)

    (one,) = found(film(WHOLE, sound=True), own, other, facts=reports.media(10.0))

    assert one.kind is Kind.SOUND_REPLACED
    assert one.query == Interval(*told)
    assert one.source == Interval(*heard)


def test_pause_in_which_a_third_sound_is_heard_is_not_told_of_another() -> None:
    own = voice(reports.segment((0, 4), (0, 4)))
    other = voice(reports.segment((4.8, 10), (4, 9.2)), number=2)
    third = voice(reports.segment((4, 4.8), (6, 6.8)), number=3)

    (one,) = found(film(WHOLE, sound=True), own, other, third, facts=reports.media(10.0))

    assert one.query == Interval(4.8, 10)


@pytest.mark.parametrize(
    "sound",
    [
        reports.segment((0, 9), (0, 9.9)),
        reports.segment((0, 9), (1, 10)),
        replace(reports.segment((0, 9), (0, 9)), pitch=0.85),
    ],
)
def test_own_sound_at_another_tempo_time_or_pitch_is_edited(sound: Segment) -> None:
    told = found(film(WHOLE, sound=True), voice(sound), facts=reports.media(10.0))

    assert kinds(told) == [Kind.SOUND_EDITED]


def test_sound_sped_up_with_its_picture_is_its_own_at_either_pitch() -> None:
    fast = reports.segment((0, 5), (0, 10))
    facts = reports.media(5.0)
    for pitch in (1.0, 2.0):
        told = found(film(fast, sound=True), voice(replace(fast, pitch=pitch)), facts=facts)
        assert kinds(told) == [Kind.SPEED_CHANGED]


def test_a_copy_lends_its_sound() -> None:
    sources = [film(WHOLE, sound=True), film(WHOLE, number=2, sound=True), voice(WHOLE, number=2)]

    assert found(*sources, facts=reports.media(10.0)) == []


def test_sound_is_said_to_lack_only_where_it_was_compared_and_audible() -> None:
    mute, sounding = film(WHOLE), film(WHOLE, sound=True)
    silent = Unexplained(Channel.SOUND, Interval(0, 10), Reason.SILENT)
    strange = replace(silent, reason=Reason.NO_MATCH)

    assert kinds(found(sounding)) == [Kind.SOUND_REMOVED]
    assert found(sounding, channels=(Channel.PICTURE,)) == []
    assert found(mute, gaps=[silent], facts=reports.media(10.0)) == []
    assert kinds(found(mute, gaps=[strange], facts=reports.media(10.0))) == [Kind.SOUND_ADDED]
    assert found(sounding, gaps=[silent], facts=reports.media(10.0)) == []


@pytest.mark.parametrize(
    ("reason", "heard", "told"),
    [
        (Reason.SILENT, True, [Kind.SOUND_REMOVED]),
        (Reason.SILENT, False, []),
        (Reason.NO_MATCH, True, [Kind.SOUND_REPLACED]),
        (Reason.NO_MATCH, False, [Kind.SOUND_ADDED]),
    ],
)
def test_sound_that_is_missing_for_a_while_is_told_by_what_the_source_has_then(
    reason: Reason,
    heard: bool,  # noqa: FBT001 # a parameter of the test
    told: list[Kind],
) -> None:
    pictures = film(WHOLE, sound=True)
    own = voice(reports.segment((0, 4), (0, 4)), reports.segment((7, 10), (7, 10)))
    gap = Unexplained(Channel.SOUND, Interval(4, 7), reason)
    beneath = Beneath(Shown(0, pictures, WHOLE), gap.query, heard)

    findings = found(pictures, own, gaps=[gap], facts=reports.media(10.0), beneath=[beneath])

    assert kinds(findings) == told
    assert all(one.query == one.source == Interval(4, 7) for one in findings)
    assert all(one.channel is Channel.SOUND for one in findings)
    said = [explained(one, [pictures]) for one in findings if one.kind is not Kind.SOUND_REPLACED]
    assert all("silent" in sentence for sentence in said)


def test_what_alters_the_meaning_comes_first() -> None:
    told = found(
        film(replace(WHOLE, variant="mirror"), sound=True),
        voice(WHOLE, number=2),
        facts=reports.media(10.0),
    )

    assert kinds(weighed(told)) == [Kind.SOUND_REPLACED, Kind.MIRRORED]


@given(
    ends=st.lists(st.integers(1, 9), min_size=2, max_size=6, unique=True),
    starts=st.lists(st.integers(0, 40), min_size=6, max_size=6),
    rates=st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0]), min_size=6, max_size=6),
)
def test_every_finding_lies_in_the_clip_and_has_a_sentence(
    ends: list[int], starts: list[int], rates: list[float]
) -> None:
    cuts = [0, *sorted(ends), 10]
    segments = [
        replace(reports.segment((a, b), (start, start + b - a)), rate=rate)
        for a, b, start, rate in zip(cuts, cuts[1:], starts, rates, strict=False)
    ]
    sources = [film(*segments, length=60.0)]

    for one in found(*sources):
        assert 0 <= one.query.start < one.query.end <= 10.0 + 1e-2
        assert 0 <= one.confidence <= 1
        assert explained(one, sources).endswith(".")


def test_bars_that_the_source_has_as_well_are_not_told() -> None:
    inside = Box(0, 0.1, 1, 0.9)
    laid_whole = replace(WHOLE, inside=inside, source_inside=inside)
    laid_inside = replace(laid_whole, query_box=inside, source_box=inside)

    assert kinds(found(film(laid_whole))) == kinds(found(film(laid_inside))) == []


def test_picture_that_seems_slower_but_stays_beside_its_own_sound_is_not() -> None:
    slow = replace(reports.segment((0, 2.5), (2.6, 4.85)))
    sound = voice(reports.segment((0, 2.5), (2.45, 4.95)))
    facts = reports.media(2.5)

    beside = found(film(slow, sound=True), sound, facts=facts)
    alone = found(film(slow), facts=replace(facts, has_sound=False))

    assert kinds(beside) == [Kind.TRIMMED]
    assert kinds(alone) == [Kind.SPEED_CHANGED, Kind.TRIMMED]


def test_join_with_what_was_not_found_is_less_sure_than_with_another_film() -> None:
    sure = replace(reports.segment((0, 5), (0, 5)), confidence=0.99)
    other = replace(reports.segment((5, 10), (0, 5)), confidence=0.99)
    unknown = found(film(sure, length=5.0), gaps=[reports.gap(5, 10)])
    known = found(film(sure, length=5.0), film(other, number=2, length=5.0))

    assert [one.confidence for one in unknown] == [0.9]
    assert [one.confidence for one in known] == [0.99]


def test_band_along_one_side_is_no_other_picture_and_half_a_frame_is() -> None:
    above_band = replace(WHOLE, query_box=Box(0, 0, 1, 0.82))
    half = replace(WHOLE, query_box=Box(0, 0, 1, 0.5))

    assert Kind.PICTURE_IN_PICTURE not in kinds(found(film(above_band)))
    assert Kind.PICTURE_IN_PICTURE in kinds(found(film(half)))


def test_order_is_told_across_what_lies_between() -> None:
    around = film(reports.segment((0, 3), (6, 9)), reports.segment((7, 10), (1, 4)))
    onwards = film(reports.segment((0, 3), (1, 4)), reports.segment((7, 10), (6, 9)))
    between = film(reports.segment((3, 7), (0, 4)), number=2, length=4.0)

    assert Kind.REORDERED in kinds(found(around, between))
    assert Kind.REORDERED not in kinds(found(onwards, between))
