"""Tests of how it is measured who was made from whom where three files are compared."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from benchmarks.chains import Truth
from benchmarks.decisions import Told
from benchmarks.trios import Threes, fitted, lies, loaded, section, thresholds, told
from lineage.derivations import Direction, Sign
from lineage.families import DEFAULT

CHAIN = ("grandchild", "child", "original")
FORK = ("child", "original", "sibling")
MEASURED = Threes("film.mp4", 7, ((CHAIN, (0.5, 0.02, 0.6)), (FORK, (0.4, 0.2, 0.7))))


def pair(query: str, source: str, truth: Truth = Truth.ONWARD) -> Told:
    cues = ((Sign.DETAIL, 0.5, 0.0),)
    return Told("film.mp4", truth, 1, "", True, False, cues, 7, (query, source))  # noqa: FBT003 # found, not the same


PAIRS = [pair("child", "original"), pair("grandchild", "child"), pair("grandchild", "original")]


@pytest.mark.parametrize(
    ("middle", "names", "how"),
    [
        ("child", CHAIN, "between"),
        ("original", CHAIN, "apart"),
        ("original", FORK, "fork"),
        ("child", ("child", "grandchild", "sibling"), "fork"),
        ("grandchild", ("child", "grandchild", "sibling"), "apart"),
    ],
)
def test_third_file_lies_between_two_above_them_or_elsewhere(
    middle: str, names: tuple[str, ...], how: str
) -> None:
    assert lies(middle, names) == how


def test_what_is_shared_is_fitted_by_how_the_third_lies() -> None:
    params = fitted([MEASURED, MEASURED])

    assert params.between.middle < params.fork.middle < params.apart.middle
    assert (params.pair, params.most) == (DEFAULT.pair, DEFAULT.most)
    assert fitted([]) == DEFAULT


def test_pairs_are_surer_with_what_three_share() -> None:
    whole = replace(DEFAULT, pair=1.0)

    alone = list(told(PAIRS, replace(MEASURED, beyond=()), whole))
    family = list(told(PAIRS, replace(MEASURED, beyond=MEASURED.beyond[:1]), whole))

    assert [truth for truth, _ in family] == [Truth.ONWARD] * 3
    (_, before), (_, after) = alone[1], family[1]
    assert before is not None
    assert after is not None
    assert after.onward > before.onward


def test_pair_that_was_not_found_is_not_told() -> None:
    lost = replace(PAIRS[0], found=False)

    assert list(told([lost], MEASURED, DEFAULT)) == [(Truth.ONWARD, None)]


def test_what_is_decided_is_counted_by_how_sure_it_must_be() -> None:
    sure, wrong = Direction(0.93, 0.04, 0.03), Direction(0.97, 0.02, 0.01)

    rows = thresholds([(Truth.ONWARD, sure), (Truth.SIBLINGS, wrong), (Truth.BACK, None)])

    at = {row["decided"]: row for row in rows}
    assert (at[0.9]["arrows"], at[0.9]["arrows_decided"], at[0.9]["arrows_right"]) == (2, 1, 1)
    assert (at[0.9]["siblings_parted"], at[0.9]["wrong_and_sure"]) == (1, 1)
    assert at[0.97]["arrows_decided"] == 0


def test_what_was_measured_is_read_again(tmp_path: Path) -> None:

    path = tmp_path / "trios.json"
    path.write_text(json.dumps([[asdict(MEASURED)], []]), encoding="utf-8")

    assert loaded(path) == [[MEASURED], []]


def test_section_tells_both_tables() -> None:
    rows = thresholds([(Truth.ONWARD, Direction(0.93, 0.04, 0.03))])
    spread = {"middle": -3.0, "width": 0.5}
    lines = "\n".join(
        section(
            {
                "films": {"fitted": 3, "tested": 2},
                "alone": rows,
                "tested": rows,
                "spreads": dict.fromkeys(("between", "fork", "apart"), spread),
                "pair": 0.5,
                "decided": 0.9,
            }
        )
    )

    assert lines.count("| 0.9 | 1 of 1 |") == 2
    assert "| between | -3.00 | 0.50 |" in lines
