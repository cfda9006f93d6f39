"""Tests of which of two files was made from the other: each sign by itself, and their sum."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.values import Box, Channel, Interval, Media
from lineage import direction, families, signs
from lineage.derivations import Cue, Derivation, Direction, Relation, Sign, Way
from lineage.direction import WEIGHTS, DirectionParams, Weight
from lineage.evidence import Manner, Stirs
from lineage.families import Trio
from lineage.findings import Finding, Kind
from lineage.signs import CUES, UNSTIRRED, Kin
from tests import reports

HERE = Interval(0.0, 10.0)
SAME = Manner(0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.5, 0.0)
CORNER = Box(0.0, 0.0, 0.5, 0.5)


def kin(  # noqa: PLR0913 - one argument for each field that tests vary
    *,
    query: Media | None = None,
    source: Media | None = None,
    shown: tuple[tuple[float, float], tuple[float, float]] = ((0, 10), (0, 10)),
    manner: Manner | None = SAME,
    findings: Sequence[Finding] = (),
    sizes: tuple[int, int] | None = None,
    stirs: Stirs = UNSTIRRED,
) -> Kin:
    """Return two files that show the same for 10 s, unless something else is said."""
    return Kin(
        query or reports.media(10.0),
        source or reports.media(10.0),
        [reports.segment(*shown)],
        [] if manner is None else [manner],
        findings,
        sizes,
        stirs,
    )


def finding(kind: Kind, sure: float = 0.9) -> Finding:
    return Finding(kind, Channel.PICTURE, HERE, sure, HERE, 0)


@pytest.mark.parametrize("sign", CUES)
def test_files_that_differ_in_nothing_give_no_sign(sign: Sign) -> None:
    assert CUES[sign](kin()) == Cue(sign, 0.0, 0.0)


@pytest.mark.parametrize(
    ("shown", "lengths", "told"),
    [
        (((0, 10), (5, 15)), (10.0, 20.0), (1.0, 0.0)),  # cut out of the source
        (((5, 15), (0, 10)), (20.0, 10.0), (0.0, 1.0)),  # the source was cut out of it
        (((0, 10), (5, 15)), (20.0, 15.0), (0.5, 0.5)),  # each goes on at one end
        (((5, 10), (5, 10)), (20.0, 20.0), (0.0, 0.0)),  # something else in both
    ],
)
def test_file_that_goes_on_where_the_other_ends_was_there_first(
    shown: tuple[tuple[float, float], tuple[float, float]],
    lengths: tuple[float, float],
    told: tuple[float, float],
) -> None:
    query, source = map(reports.media, lengths)

    assert signs.longer(kin(query=query, source=source, shown=shown)) == Cue(Sign.LONGER, *told)


def test_still_stretches_say_nothing_of_the_ends_beside_moving_ones() -> None:
    both = kin(query=reports.media(20.0), shown=((5, 15), (0, 10)))
    still = replace(reports.segment((15, 20), (9, 9.04)), frame_exact=False)

    assert signs.longer(replace(both, shown=[*both.shown, still])) == Cue(Sign.LONGER, 0.0, 1.0)
    assert signs.longer(replace(both, shown=[still])) == Cue(Sign.LONGER, 0.0, 0.0)


def test_ends_of_what_is_shown_backwards_are_told_the_other_way_round() -> None:
    both = kin(query=reports.media(10.0), source=reports.media(20.0))
    turned = replace(both, shown=[reports.segment((0, 10), (10, 20), backwards=True)])

    # The query ends at the source's middle, and begins at its end.
    assert signs.longer(turned) == Cue(Sign.LONGER, 0.5, 0.0)


IN_CORNER, OUT = (0.5, 0.0, 0.0, 0.0, 0.5, 0.0), (2.0, 0.0, 0.0, 0.0, 2.0, 0.0)
"""How a frame lies that shows the other's upper left quarter, and one of which that is shown."""


def lying(both: Kin, across: tuple[float, ...], *, inside: Box | None = None) -> Kin:
    return replace(both, shown=[replace(both.shown[0], across=across, inside=inside)])


def test_crop_is_farther_from_the_footage_than_what_goes_on_around_it() -> None:
    assert signs.wider(lying(kin(), IN_CORNER)) == Cue(Sign.WIDER, 1.0, 0.0)
    assert signs.wider(lying(kin(), OUT)) == Cue(Sign.WIDER, 0.0, 1.0)


def test_what_begins_at_a_seam_is_no_more_of_the_picture() -> None:
    framed = lying(kin(manner=replace(SAME, seam=6.0)), OUT)

    assert signs.wider(framed) == Cue(Sign.WIDER, 0.0, 0.0)


def test_bars_are_no_more_of_the_picture() -> None:
    barred = lying(kin(), OUT, inside=CORNER)

    assert signs.wider(barred) == Cue(Sign.WIDER, 0.0, 0.0)


def test_bars_of_the_source_are_no_more_of_its_picture() -> None:
    whole = lying(kin(), IN_CORNER)
    barred = replace(whole, shown=[replace(whole.shown[0], source_inside=CORNER)])

    assert signs.wider(barred) == Cue(Sign.WIDER, 0.0, 0.0)


def test_what_is_covered_is_not_beyond_the_frame() -> None:
    whole = lying(kin(), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0))
    covered = replace(whole, shown=[replace(whole.shown[0], query_box=CORNER, source_box=CORNER)])

    assert signs.wider(covered) == Cue(Sign.WIDER, 0.0, 0.0)


def test_what_lies_over_a_file_puts_it_farther_from_the_footage() -> None:
    over, under = finding(Kind.CAPTION_ADDED, 0.8), finding(Kind.OVERLAY_REMOVED, 0.7)

    assert signs.layers(kin(findings=[over])) == Cue(Sign.LAYERS, 0.8, 0.0)
    assert signs.layers(kin(findings=[under])) == Cue(Sign.LAYERS, 0.0, 0.7)


def test_what_has_finer_detail_is_nearer_to_the_footage() -> None:
    assert signs.detail(kin(manner=replace(SAME, sharpness=0.5))) == Cue(Sign.DETAIL, 1.0, 0.0)
    assert signs.detail(kin(manner=replace(SAME, source_sharpness=0.5))) == Cue(
        Sign.DETAIL, 0.0, 1.0
    )


def test_each_of_two_files_may_have_detail_that_the_other_lacks() -> None:
    both = kin(manner=replace(SAME, sharpness=0.5, source_sharpness=0.5))

    assert signs.detail(both) == Cue(Sign.DETAIL, 1.0, 1.0)


def test_detail_of_a_part_that_was_enlarged_says_nothing_against_the_source() -> None:
    finer = lying(kin(manner=replace(SAME, source_sharpness=0.5)), IN_CORNER)

    assert not signs.detail(finer).speaks


def test_grey_copy_is_farther_from_the_footage() -> None:
    assert signs.colours(kin(manner=replace(SAME, colours=0.25))) == Cue(Sign.COLOURS, 1.0, 0.0)
    assert signs.colours(kin(manner=replace(SAME, colours=2.0))) == Cue(Sign.COLOURS, 0.0, 1.0)


def test_file_of_more_bytes_is_nearer_to_the_footage() -> None:
    assert signs.bits(kin(sizes=(4000, 1000))) == Cue(Sign.BITS, 0.0, 1.0)
    assert signs.bits(kin(sizes=(1000, 2000))) == Cue(Sign.BITS, 0.5, 0.0)


def test_bytes_are_those_of_a_second() -> None:
    longer = kin(query=reports.media(40.0), sizes=(4000, 1000))

    assert not signs.bits(longer).speaks


def test_bytes_are_counted_where_both_show_the_same() -> None:
    heavy = kin(sizes=(1000, 4000))
    # A quarter of the source's frame takes as many as all of the query's.
    quarter = replace(heavy, shown=[replace(heavy.shown[0], source_box=CORNER)])

    assert not signs.bits(quarter).speaks


def test_size_that_is_not_known_gives_no_sign() -> None:
    unknown = kin(sizes=None)

    assert not signs.bits(unknown).speaks


def test_child_stays_as_it_is_where_its_parent_does() -> None:
    assert signs.stirs(kin(stirs=Stirs(2000, 0, 400))) == Cue(Sign.STIRS, 1.0, 0.0)
    assert signs.stirs(kin(stirs=Stirs(2000, 400, 0))) == Cue(Sign.STIRS, 0.0, 1.0)


def test_few_changes_say_little_of_what_stands_still() -> None:
    few = kin(stirs=Stirs(10, 0, 10))

    assert signs.stirs(few).source == pytest.approx(20 / 500)
    assert signs.stirs(few).query < 20 / 500


PLAIN = DirectionParams({sign: Weight(3.0, 4.0, 1.5) for sign in Sign}, -1.0, decided=0.9)


def test_relations_are_told_alike_both_ways() -> None:
    there = direction.direction([Cue(Sign.LONGER, 1.0, 0.0)], params=PLAIN)
    back = direction.direction([Cue(Sign.LONGER, 0.0, 1.0)], params=PLAIN)

    assert there.onward == pytest.approx(back.back)
    assert there.onward > 0.9
    assert there.onward + there.back + there.siblings == pytest.approx(1.0)


def test_files_that_each_lack_something_of_the_other_are_siblings() -> None:
    odds = direction.direction(
        [Cue(Sign.LONGER, 1.0, 0.0), Cue(Sign.WIDER, 0.0, 1.0)], params=PLAIN
    )

    assert odds.siblings > max(odds.onward, odds.back)


def derived(both: Kin) -> tuple[Relation, bool]:
    source = reports.source(reports.asset(1, "film.mp4", 20.0), both.shown, duration=10.0)
    told = direction.derivation(0, source, both, params=PLAIN)
    return told.relation, told.backwards


def test_arrow_points_from_what_is_nearer_to_the_footage() -> None:
    cut = kin(
        source=reports.media(20.0), shown=((0, 10), (5, 15)), findings=[finding(Kind.TRIMMED)]
    )
    whole = kin(
        query=reports.media(20.0), shown=((5, 15), (0, 10)), findings=[finding(Kind.CROPPED)]
    )

    assert derived(cut) == (Relation.DERIVED, False)
    assert derived(whole) == (Relation.DERIVED, True)


def test_nothing_is_decided_where_no_pixels_were_compared() -> None:
    cut = kin(
        source=reports.media(20.0),
        shown=((0, 10), (5, 15)),
        findings=[finding(Kind.TRIMMED)],
        manner=None,
    )

    assert derived(cut) == (Relation.UNDETERMINED, False)


def test_files_in_which_nothing_differs_are_duplicates() -> None:
    assert derived(kin()) == (Relation.DUPLICATE, False)


@pytest.mark.parametrize(("turned", "way"), [(False, Way.BACK), (True, Way.ONWARD)])
def test_way_that_is_surely_wrong_is_ruled_out_where_nothing_is_decided(
    turned: bool,  # noqa: FBT001 # a parameter of the test
    way: Way,
) -> None:
    speaks = Cue(Sign.WIDER, 0.0, 1.0) if turned else Cue(Sign.WIDER, 1.0, 0.0)
    strict = replace(PLAIN, decided=0.99)

    told, weaker = (
        direction.decided(
            replace(between(2.0), cues=(replace(speaks, source=a, query=b),)), params=strict
        )
        for a, b in ((speaks.source, speaks.query), (speaks.source / 4, speaks.query / 4))
    )

    assert (told.relation, told.excluded) == (Relation.UNDETERMINED, way)
    assert (weaker.relation, weaker.excluded) == (Relation.UNDETERMINED, None)


def test_nothing_is_ruled_out_beside_what_is_decided() -> None:
    assert between(2.0, MADE).relation is Relation.DERIVED
    assert between(2.0, MADE).excluded is None


def test_way_stays_ruled_out_only_if_the_family_rules_it_out_as_well() -> None:
    one = replace(between(2.0), excluded=Way.BACK)
    likely, contrary = Direction(0.85, 0.001, 0.149), Direction(0.001, 0.85, 0.149)
    silent = replace(one, excluded=None)

    assert direction.weighing(one, likely, params=PLAIN).excluded is Way.BACK
    assert direction.weighing(one, contrary, params=PLAIN).excluded is None
    assert direction.weighing(silent, likely, params=PLAIN).excluded is None


def test_copies_without_a_sign_are_undetermined() -> None:
    assert derived(kin(findings=[finding(Kind.REENCODED)])) == (Relation.UNDETERMINED, False)


def test_actions_are_those_that_lead_from_parent_to_child() -> None:
    found = [finding(Kind.CAPTION_REMOVED), finding(Kind.REENCODED), finding(Kind.TRIMMED)]
    both = kin(query=reports.media(20.0), shown=((5, 15), (0, 10)), findings=found)
    source = reports.source(reports.asset(1, "film.mp4", 10.0), both.shown, duration=20.0)

    told = direction.derivation(0, source, both, params=PLAIN)

    # What was trimmed off the source is not known to have been put before it.
    assert told.backwards
    assert told.actions == ("c2pa.addedText", "c2pa.transcoded")


def between(distance: float, *found: Cue) -> Derivation:
    base = Derivation(0, Channel.PICTURE, Relation.UNDETERMINED, 0.9, distance=distance)
    return direction.decided(replace(base, cues=found), params=PLAIN)


MADE = Cue(Sign.LONGER, 1.0, 0.0)


def family(apart: float) -> dict[tuple[str, str], Derivation]:
    """Return what is known of an original and two copies, which differ that much."""
    return {
        ("first", "original"): between(2.0, MADE),
        ("second", "original"): between(4.0, MADE),
        ("second", "first"): between(apart, Cue(Sign.DETAIL, 0.1, 0.0)),
    }


def test_distance_says_nothing_against_a_copy_that_is_nearer_to_its_parent() -> None:
    told = direction.among(family(apart=3.0), params=PLAIN)["second", "first"]

    assert told.cues == family(apart=3.0)["second", "first"].cues


def test_siblings_are_farther_from_one_another_than_from_the_original() -> None:
    told = direction.among(family(apart=8.0), params=PLAIN)["second", "first"]

    assert Cue(Sign.FARTHER, 1.0, 1.0) in told.cues


def test_distance_says_nothing_where_no_original_of_both_is_known() -> None:
    known = family(apart=2.0)
    for lost in (("first", "original"), ("second", "original")):
        rest = {pair: one for pair, one in known.items() if pair != lost}
        assert direction.among(rest, params=PLAIN) == rest


def test_sources_of_one_answer_are_weighed_by_one_another() -> None:
    first, second, apart = family(apart=8.0).values()
    answer = [
        replace(second, source_index=0),
        replace(apart, source_index=1),
        replace(first, source_index=0, query_index=1),
    ]

    nearest = direction.settled(answer, params=PLAIN)[1]

    assert (nearest.source_index, nearest.query_index) == (1, None)
    assert Cue(Sign.FARTHER, 1.0, 1.0) in nearest.cues


def chain(shared: tuple[float, float, float]) -> tuple[list[Derivation], list[Trio]]:
    """Return a clip, a copy and an original as they are told pair by pair, and all three."""
    lean = between(2.0, Cue(Sign.DETAIL, 0.3, 0.0))
    related = [
        replace(lean, source_index=0),
        replace(lean, source_index=1),
        replace(lean, source_index=0, query_index=1),
    ]
    return related, [Trio((None, 0, 1), shared)]


COPIED = (0.4, 0.8, 0.02)
"""What two share beyond the clip, beyond the original, and beyond the copy between them."""


def test_three_files_make_surer_what_is_told_of_two() -> None:
    related, trios = chain(COPIED)

    alone, family = (direction.settled(related, each, params=PLAIN) for each in ((), trios))

    before, after = (each[1].odds for each in (alone, family))
    assert before is not None
    assert after is not None
    assert after.onward > before.onward + 0.1
    assert [(one.source_index, one.query_index) for one in family] == [(0, None), (1, None), (0, 1)]


def test_what_is_decided_of_three_files_has_a_threshold_of_its_own() -> None:
    strict = replace(PLAIN, decided=0.999)
    weak, trios = chain(COPIED)
    strong = [replace(one, odds=direction.direction([MADE], params=PLAIN)) for one in weak]

    told, doubted = (direction.settled(each, trios, params=strict)[1] for each in (strong, weak))

    assert told.relation is Relation.DERIVED
    assert families.DEFAULT.decided <= told.confidence < strict.decided
    assert doubted.relation is Relation.UNDETERMINED


def test_files_that_lie_between_two_are_told() -> None:
    first, second, both = direction.settled(*chain(COPIED), params=PLAIN)

    assert first.between == (1,)
    assert second.between == both.between == ()


def test_three_of_which_two_hold_the_same_pictures_say_nothing() -> None:
    related, trios = chain(COPIED)
    same = [*related[:2], replace(related[2], relation=Relation.DUPLICATE, odds=None)]

    assert direction.settled(same, trios, params=PLAIN) == direction.settled(same, params=PLAIN)


def test_sound_is_not_weighed_in_a_family() -> None:
    related, trios = chain(COPIED)
    sound = replace(related[0], channel=Channel.SOUND, odds=None)

    assert direction.settled([sound, *related], trios, params=PLAIN)[-1] == sound


def test_every_sign_has_a_weight() -> None:
    assert set(WEIGHTS) == set(Sign) == {*CUES, Sign.FARTHER}
