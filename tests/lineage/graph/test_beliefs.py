"""Tests of what is believed of a family by what was measured of its pairs."""

from dataclasses import replace

import pytest

from index.values import Channel, Interval
from lineage.derivations import Kinship, Node, Relation, Role, Stretch
from lineage.graph.beliefs import CONTRADICTED
from lineage.graph.unseen import known_by
from tests.families import arrows, believed, digest, edge, kinship, letter, node, nodes, pairs

P, S = "picture", "sound"
UNDETERMINED, SIBLINGS, DUPLICATE = (
    Relation.UNDETERMINED,
    Relation.SIBLINGS,
    Relation.DUPLICATE,
)
CAPTION, CROP = "c2pa.addedText", "c2pa.cropped"


def test_arrow_that_a_path_explains_is_no_edge() -> None:
    told = believed([kinship("a", "b"), kinship("b", "c"), kinship("a", "c")])

    assert arrows(told) == {("a", "b", P), ("b", "c", P)}
    assert pairs(told) == set()


def test_arrow_stays_where_nothing_leads_there() -> None:
    told = believed([kinship("a", "b"), kinship("b", "c", UNDETERMINED), kinship("a", "c")])

    assert arrows(told) == {("a", "b", P), ("a", "c", P)}


def test_likelier_of_two_that_are_not_related_is_the_parent() -> None:
    told = believed([kinship("a", "c", sure=0.96), kinship("b", "c", sure=0.98)])

    assert arrows(told) == {("b", "c", P)}


def test_file_cut_together_has_a_parent_for_each_stretch() -> None:
    told = believed(
        [kinship("a", "c", shown=[(0, 10, 5)]), kinship("b", "c", shown=[(10, 16, 30)])]
    )

    assert arrows(told) == {("a", "c", P), ("b", "c", P)}
    assert edge(told, "b", "c").stretches == (Stretch(Interval(10, 16), Interval(30, 36)),)


def test_what_only_a_farther_ancestor_shows_is_its_own_stretch() -> None:
    told = believed(
        [
            kinship("a", "b"),
            kinship("b", "c", shown=[(0, 6, 0)]),
            kinship("a", "c", shown=[(0, 10, 2)]),
        ]
    )

    assert edge(told, "b", "c").stretches == (Stretch(Interval(0, 6), Interval(0, 6)),)
    assert edge(told, "a", "c").stretches == (Stretch(Interval(6, 10), Interval(8, 12)),)


def test_edge_of_what_was_measured_makes_no_parent() -> None:
    told = believed(
        [
            kinship("a", "b"),
            kinship("b", "c", shown=[(0.3, 9.7, 0)]),
            kinship("a", "c", shown=[(0, 10, 0)]),
        ]
    )

    assert arrows(told) == {("a", "b", P), ("b", "c", P)}


def test_stretch_that_is_played_backwards_is_cut_at_its_other_end() -> None:
    backwards = (Stretch(Interval(0, 10), Interval(20, 40), -2.0),)
    turned = replace(kinship("a", "c"), stretches=backwards)

    told = believed([kinship("a", "b"), kinship("b", "c", shown=[(0, 4, 0)]), turned])

    assert edge(told, "a", "c").stretches == (Stretch(Interval(4, 10), Interval(20, 32), -2.0),)


def test_source_that_was_made_from_the_query_is_the_child() -> None:
    made = kinship("a", "b", shown=[(2, 6, 0)], done=(CROP,), back=(CAPTION,), backwards=True)

    told = believed([made])

    assert arrows(told) == {("b", "a", P)}
    found = edge(told, "b", "a")
    assert found.stretches == (Stretch(Interval(0, 4), Interval(2, 6)),)
    assert found.actions == (CAPTION,)
    assert found.confidence == pytest.approx(0.97)


def test_arrows_in_a_circle_are_broken_where_the_whole_is_likeliest() -> None:
    told = believed(
        [
            kinship("a", "b", sure=0.98),
            kinship("b", "c", sure=0.97),
            kinship("c", "a", sure=0.951),
        ]
    )

    assert arrows(told) == {("a", "b", P), ("b", "c", P)}
    assert pairs(told) == set()


def test_arrow_that_gives_way_says_so_where_nothing_explains_the_pair() -> None:
    told = believed(
        [
            kinship("a", "b", sure=0.98),
            kinship("b", "c", sure=0.97, shown=[(0, 5, 5)]),
            kinship("c", "d", sure=0.98, shown=[(0, 5, 0)]),
            kinship("d", "a", sure=0.951, shown=[(10, 15, 0)]),
        ]
    )

    assert arrows(told) == {("a", "b", P), ("b", "c", P), ("c", "d", P)}
    assert pairs(told) == {("a", "d", "undetermined")}
    assert CONTRADICTED in edge(told, "d", "a").evidence


@pytest.mark.parametrize("relation", [UNDETERMINED, DUPLICATE])
def test_pair_that_nothing_explains_stays_without_direction(relation: Relation) -> None:
    told = believed([kinship("a", "b", relation)])

    assert pairs(told) == {("a", "b", relation.value)}


@pytest.mark.parametrize("relation", [UNDETERMINED, SIBLINGS, DUPLICATE])
def test_pair_with_a_common_ancestor_needs_no_edge(relation: Relation) -> None:
    told = believed([kinship("a", "b"), kinship("a", "c"), kinship("b", "c", relation)])

    assert pairs(told) == set()
    assert arrows(told) == {("a", "b", P), ("a", "c", P)}


def test_common_ancestor_of_another_stretch_explains_nothing() -> None:
    told = believed(
        [
            kinship("a", "b", shown=[(0, 10, 0)]),
            kinship("a", "c", shown=[(0, 10, 0)]),
            kinship("b", "c", UNDETERMINED, shown=[(20, 30, 20)]),
        ]
    )

    assert pairs(told) == {("b", "c", "undetermined")}


def test_siblings_without_a_known_ancestor_have_an_unseen_one() -> None:
    told = believed([kinship("a", "b", SIBLINGS)])

    unseen = told.unseen[0]
    assert unseen.role is Role.UNSEEN
    assert unseen.id == known_by([digest("b"), digest("a")], None)
    assert {(one.parent, letter(one.child)) for one in told.edges} == {
        (unseen.id, "a"),
        (unseen.id, "b"),
    }
    assert {one.stretches for one in told.edges} == {(Stretch(Interval(0, 10), None),)}


def test_three_siblings_have_one_unseen_ancestor() -> None:
    told = believed(
        [kinship("a", "b", SIBLINGS), kinship("b", "c", SIBLINGS), kinship("a", "c", SIBLINGS)]
    )

    assert len(told.unseen) == 1
    assert {letter(one.child) for one in told.edges} == {"a", "b", "c"}


def test_siblings_that_a_known_file_may_have_brought_forth_have_no_unseen_ancestor() -> None:
    may = [kinship("c", "a", UNDETERMINED), kinship("b", "c", UNDETERMINED)]

    told = believed([kinship("a", "b", SIBLINGS), *may])

    assert told.unseen == ()
    assert ("a", "b", "siblings") in pairs(told)


@pytest.mark.parametrize(
    "other",
    [
        [kinship("c", "a", UNDETERMINED), kinship("c", "b", UNDETERMINED, odds=(0.01, 0.8, 0.19))],
        [kinship("c", "a", UNDETERMINED), kinship("c", "b", UNDETERMINED, shown=[(20, 30, 0)])],
        [kinship("c", "a", UNDETERMINED)],
        [kinship("c", "a", DUPLICATE), kinship("c", "b", SIBLINGS)],
        [kinship("c", "a", UNDETERMINED), kinship("c", "b", UNDETERMINED, channel=Channel.SOUND)],
    ],
)
def test_siblings_that_no_known_file_may_have_brought_forth_have_an_unseen_ancestor(
    other: list[Kinship],
) -> None:
    told = believed([kinship("a", "b", SIBLINGS), *other])

    assert len(told.unseen) == 1


def test_siblings_of_two_moments_have_two_unseen_ancestors() -> None:
    told = believed(
        [
            kinship("a", "b", SIBLINGS, shown=[(0, 10, 0)]),
            kinship("b", "c", SIBLINGS, shown=[(0, 10, 30)]),
        ]
    )

    assert len(told.unseen) == 2


def test_sibling_made_from_another_has_the_unseen_ancestor_through_it() -> None:
    told = believed([kinship("a", "b", SIBLINGS), kinship("b", "c"), kinship("a", "c", SIBLINGS)])

    assert arrows(told) == {("?", "a", P), ("?", "b", P), ("b", "c", P)}
    assert pairs(told) == set()


SHARING = [
    kinship("a", "b", done=(CAPTION, CROP)),
    kinship("a", "c", done=(CAPTION,)),
]


def test_children_that_share_an_edit_have_it_from_an_unseen_file() -> None:
    told = believed([*SHARING, kinship("b", "c", UNDETERMINED, odds=(0.2, 0.3, 0.5), done=(CROP,))])

    assert arrows(told) == {("a", "?", P), ("?", "b", P), ("?", "c", P)}
    assert edge(told, "a", "?").actions == (CAPTION,)
    assert edge(told, "?", "b").actions == (CROP,)
    assert edge(told, "?", "c").confidence == 0.5
    assert edge(told, "?", "c").stretches == (Stretch(Interval(0, 10), Interval(0, 10)),)


@pytest.mark.parametrize(
    "between",
    [
        kinship("b", "c", UNDETERMINED, odds=(0.2, 0.3, 0.5), done=(CAPTION,)),  # not the same one
        kinship("b", "c", UNDETERMINED, odds=(0.6, 0.1, 0.3)),  # rather made from the other
        kinship("b", "c", DUPLICATE, odds=(0.2, 0.3, 0.5)),
    ],
)
def test_children_that_share_no_edit_for_sure_have_no_unseen_ancestor(
    between: Kinship,
) -> None:
    assert arrows(believed([*SHARING, between])) == {("a", "b", P), ("a", "c", P)}


def test_sound_follows_the_pictures() -> None:
    told = believed([kinship("a", "b"), kinship("a", "b", UNDETERMINED, channel=Channel.SOUND)])

    assert arrows(told) == {("a", "b", P), ("a", "b", S)}


def test_sound_alone_has_no_direction() -> None:
    told = believed([kinship("a", "b", UNDETERMINED, channel=Channel.SOUND)])

    assert pairs(told) == {("a", "b", "undetermined")}


DUBBED = [
    kinship("a", "c", shown=[(0, 10, 5)]),
    kinship("b", "c", UNDETERMINED, channel=Channel.SOUND, shown=[(0, 10, 20)]),
]
FILES = nodes("abc", c=node("c", duration=10.0))


def test_pictures_of_one_and_sound_of_another_have_both_as_parents() -> None:
    told = believed(DUBBED, FILES)

    assert arrows(told) == {("a", "c", P), ("b", "c", S)}
    assert edge(told, "b", "c", S).confidence == 0.9
    assert edge(told, "b", "c", S).stretches == (Stretch(Interval(0, 10), Interval(20, 30)),)


def test_sound_that_goes_on_only_before_is_a_dub_too() -> None:
    known = FILES | nodes("b", b=node("b", duration=30.0))

    assert ("b", "c", S) in arrows(believed(DUBBED, known))


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ([kinship("a", "c", UNDETERMINED, channel=Channel.SOUND, shown=[(0, 10, 5)])], FILES),
        ([kinship("d", "b")], nodes("abcd", c=node("c", duration=10.0))),
        ([kinship("b", "c", UNDETERMINED, shown=[(0, 10, 20)])], FILES),
    ],
    ids=["parent sounds alike", "other is a copy itself", "pictures are shared"],
)
def test_sound_of_another_has_no_direction_where_more_may_be_behind_it(
    more: list[Kinship], known: dict[str, Node]
) -> None:
    told = believed([*DUBBED, *more], known)

    assert ("b", "c", S) not in arrows(told)
    assert ("b", "c", "undetermined") in pairs(told)


def test_sound_that_goes_on_in_neither_has_no_direction() -> None:
    told = believed(
        [
            kinship("a", "c", shown=[(0, 60, 0)]),
            kinship("b", "c", UNDETERMINED, channel=Channel.SOUND, shown=[(5, 15, 20)]),
        ]
    )

    assert arrows(told) == {("a", "c", P)}


def test_sound_under_pictures_of_unknown_origin_has_no_direction() -> None:
    told = believed(DUBBED[1:], FILES)

    assert arrows(told) == set()


@pytest.mark.parametrize(
    ("parent", "child", "said"),
    [
        ("2020-05-01T00:00:00Z", "2019-05-01T00:00:00Z", True),
        ("2019-05-01T00:00:00Z", "2020-05-01T00:00:00Z", False),
        ("2020-05-01T00:00:00Z", "2020-05-01T00:00:00Z", False),
        ("2999-05-01T00:00:00Z", "2019-05-01T00:00:00Z", False),
        ("2020-05-01", "2019-05-01", True),
        ("last May", "2019-05-01T00:00:00Z", False),
        (None, "2019-05-01T00:00:00Z", False),
    ],
)
def test_dates_turn_no_arrow_but_are_told_where_they_contradict_one(
    parent: str | None,
    child: str,
    said: bool,  # noqa: FBT001 # a parameter of the test
) -> None:
    known = nodes("ab", a=node("a", published=parent), b=node("b", published=child))

    told = believed([kinship("a", "b")], known)

    assert arrows(told) == {("a", "b", P)}
    assert any("published before" in one for one in edge(told, "a", "b").evidence) is said
