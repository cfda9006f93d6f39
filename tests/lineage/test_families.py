"""Tests of which family of a few files is likeliest, by its pairs and its threes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.derivations import Direction
from lineage.families import MOST, FamilyParams, Spread, families, weighed

PLAIN = FamilyParams(1.0, Spread(-3.0, 0.8), Spread(-1.4, 0.6), Spread(-0.6, 0.7), most=4.0)
SILENT = Direction(0.45, 0.45, 0.1)
LEANS, TURNED = Direction(0.8, 0.1, 0.1), Direction(0.1, 0.8, 0.1)
CHAIN = {("child", "original"): LEANS, ("grand", "child"): LEANS, ("grand", "original"): LEANS}
NAMES = ("original", "child", "grand")
BETWEEN, ABOVE = (0.4, 0.03, 0.6), (0.2, 0.5, 0.6)
"""What each two of these share beyond the third: where the child, and the original, is between."""

shares = st.tuples(*[st.floats(0.0, 1.0)] * 3)
likely = st.tuples(*[st.floats(0.01, 1.0)] * 3).map(
    lambda each: Direction(*(one / sum(each) for one in each))
)


@pytest.mark.parametrize(("files", "ways"), [(1, 1), (2, 3), (3, 16), (4, 125)])
def test_families_are_as_many_as_cayley_counted(files: int, ways: int) -> None:
    found = list(families(files))

    assert len(found) == len(set(found)) == ways


def test_child_of_a_child_is_surer_where_three_were_compared() -> None:
    told = weighed(CHAIN, {NAMES: BETWEEN}, SILENT, params=PLAIN)

    assert min(each.onward for each in told.values()) > 0.9


def test_children_of_one_original_are_siblings_where_three_were_compared() -> None:
    told = weighed(CHAIN, {NAMES: ABOVE}, SILENT, params=PLAIN)

    assert told["grand", "child"].siblings > LEANS.siblings
    assert told["grand", "original"].onward > LEANS.onward
    assert told["child", "original"].onward > LEANS.onward


def test_what_two_share_did_not_come_by_way_of_a_third_that_lacks_it() -> None:
    silent = (0.3, 0.3, 0.3)
    lacked: dict[tuple[str, ...], tuple[bool, ...]] = {NAMES: (True, False, False)}

    plain = weighed(CHAIN, {NAMES: silent}, SILENT, params=PLAIN)
    told = weighed(CHAIN, {NAMES: silent}, SILENT, lacked, params=PLAIN)

    assert told["grand", "child"].siblings < plain["grand", "child"].siblings / 3
    assert told["grand", "child"].onward > plain["grand", "child"].onward
    assert told["grand", "original"].onward > told["grand", "original"].back


def test_three_say_nothing_of_which_end_was_first() -> None:
    silent = dict.fromkeys(CHAIN, SILENT)

    told = weighed(silent, {NAMES: (0.5, 0.03, 0.5)}, SILENT, params=PLAIN)

    ends = told["grand", "original"]
    assert ends.onward == pytest.approx(ends.back)


def test_pair_of_which_nothing_was_said_follows_from_the_others() -> None:
    known = {pair: one for pair, one in CHAIN.items() if pair != ("grand", "original")}

    assert weighed(known, {NAMES: BETWEEN}, SILENT, params=PLAIN).keys() == known.keys()
    told = weighed({**known, ("grand", "original"): SILENT}, {NAMES: BETWEEN}, SILENT, params=PLAIN)
    assert told["grand", "original"].onward > SILENT.onward + 0.3


def test_files_that_no_three_hold_are_not_weighed() -> None:
    pairs = {**CHAIN, ("other", "original"): LEANS}

    assert weighed(pairs, {NAMES: BETWEEN}, SILENT, params=PLAIN) == weighed(
        CHAIN, {NAMES: BETWEEN}, SILENT, params=PLAIN
    )
    assert weighed(CHAIN, {}, SILENT, params=PLAIN) == {}


def test_too_many_files_are_not_weighed() -> None:
    names = [str(each) for each in range(MOST + 1)]
    trios = {(names[0], *names[each : each + 2]): BETWEEN for each in range(1, MOST)}

    assert weighed(CHAIN, trios, SILENT, params=PLAIN) == {}


def test_one_of_three_counts_for_so_much_at_most() -> None:
    bold, meek = replace(PLAIN, most=8.0), replace(PLAIN, most=0.5)

    said = [weighed(CHAIN, {NAMES: (0.5, 0.0, 0.5)}, SILENT, params=each) for each in (bold, meek)]

    assert said[0]["grand", "child"].onward > said[1]["grand", "child"].onward


def test_what_is_said_of_pairs_counts_for_a_share_of_itself() -> None:
    half = replace(PLAIN, pair=0.5)

    whole, less = (weighed(CHAIN, {NAMES: BETWEEN}, SILENT, params=each) for each in (PLAIN, half))

    assert whole["grand", "child"].onward > less["grand", "child"].onward > LEANS.onward


@given(st.tuples(likely, likely, likely), shares)
def test_relations_add_up_and_follow_names_and_turns(
    odds: tuple[Direction, Direction, Direction], beyond: tuple[float, float, float]
) -> None:
    pairs = dict(zip(CHAIN, odds, strict=True))
    new = {"original": "z", "child": "m", "grand": "a"}
    turned = {
        (new[source], new[query]): Direction(one.back, one.onward, one.siblings)
        for (query, source), one in pairs.items()
    }
    trio = (new["grand"], new["original"], new["child"])

    told = weighed(pairs, {NAMES: beyond}, SILENT, params=PLAIN)
    again = weighed(turned, {trio: (beyond[2], beyond[0], beyond[1])}, SILENT, params=PLAIN)

    turns = [(one, again[new[source], new[query]]) for (query, source), one in told.items()]
    assert [(one.back, one.onward, one.siblings) for one, _ in turns] == [
        pytest.approx((other.onward, other.back, other.siblings), abs=1e-9) for _, other in turns
    ]
    assert [one.onward + one.back + one.siblings for one, _ in turns] == pytest.approx([1.0] * 3)
