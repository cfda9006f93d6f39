from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.values import Channel
from lineage.crowds import CROWDED, cousins, crowded
from lineage.derivations import Kinship, Relation, Way
from lineage.direction import DEFAULT
from tests.families import kinship

MANY = "abcdefghij"
UNSURE = (0.4, 0.3, 0.3)


def measured(one: Kinship, files: str) -> list[Kinship]:
    """Return what was measured of a pair and, without deciding anything, of all others."""
    pair = {"a", "b"}
    others = [each for each in combinations(files, 2) if {*each} != pair]
    return [one, *(kinship(*each, Relation.UNDETERMINED, odds=UNSURE) for each in others)]


def told(odds: tuple[float, float, float], files: str = MANY) -> Kinship:
    """Return what is said of a pair whose arrow is decided, beside others that show the same."""
    return crowded(measured(kinship("a", "b", odds=odds), files))[0]


@pytest.mark.parametrize("files", ["ab", "abc"])
def test_in_a_small_family_a_pair_is_told_as_by_itself(files: str) -> None:
    one = kinship("a", "b", odds=(0.98, 0.0, 0.02))

    assert crowded(measured(one, files))[0] is one


def test_among_many_copies_an_arrow_must_be_surer() -> None:
    weak, strong = told((0.98, 0.0, 0.02)), told((0.999, 0.0, 0.001))

    assert (weak.relation, weak.arrow) == (Relation.UNDETERMINED, None)
    assert weak.excluded is Way.BACK
    assert CROWDED in weak.evidence
    assert CROWDED not in strong.evidence
    assert (strong.relation, strong.arrow) == (Relation.DERIVED, kinship("a", "b").arrow)


def test_among_many_copies_two_are_likelier_siblings() -> None:
    one = kinship("a", "b", Relation.UNDETERMINED, odds=(0.03, 0.02, 0.95))

    (found, *_) = crowded(measured(one, MANY))

    assert found.relation is Relation.SIBLINGS
    assert CROWDED not in found.evidence
    assert found.odds is not None
    assert found.odds.siblings > DEFAULT.decided


def test_files_that_share_something_with_one_of_both_alone_are_no_crowd() -> None:
    one = kinship("a", "b", odds=(0.98, 0.0, 0.02))
    others = [kinship("a", other, Relation.UNDETERMINED, odds=UNSURE) for other in MANY[2:]]

    assert crowded([one, *others])[0] is one


def test_sound_makes_no_crowd_and_is_not_weighed_by_one() -> None:
    one = kinship("a", "b", odds=(0.98, 0.0, 0.02))
    heard = [
        kinship(*pair, Relation.UNDETERMINED, channel=Channel.SOUND)
        for pair in combinations(MANY, 2)
    ]

    assert crowded([one, *heard]) == [one, *heard]


@given(
    st.tuples(*[st.floats(0.001, 1.0)] * 3).map(
        lambda parts: (parts[0] / sum(parts), parts[1] / sum(parts), parts[2] / sum(parts))
    ),
    st.integers(2, len(MANY)),
)
def test_more_copies_never_make_an_arrow_likelier(
    odds: tuple[float, float, float], count: int
) -> None:
    found = told(odds, MANY[:count]).odds

    assert found is not None
    assert found.onward + found.back + found.siblings == pytest.approx(1.0)
    assert found.onward <= odds[0] + 1e-9
    assert found.back <= odds[1] + 1e-9


def test_of_more_files_more_pairs_are_cousins() -> None:
    every = [cousins(count) for count in range(2, 30)]

    assert every == sorted(every)
    assert cousins(3) == pytest.approx(0.5 / 2.5)
