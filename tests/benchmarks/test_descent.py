"""Tests of how it is measured which of two copies is said to have been made from the other."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.chains import PAIRS, Truth, copied, family
from benchmarks.decisions import Told, among, judged, misses, ruled_out, said
from benchmarks.descent import descent, fitted
from benchmarks.takes import Take
from lineage.derivations import Sign
from lineage.direction import DirectionParams, Weight
from tests import clips

PARAMS = DirectionParams({sign: Weight(3.0, 4.0, 1.5) for sign in Sign}, -1.0, decided=0.9)


def pair(truth: Truth, *cues: tuple[Sign, float, float], found: bool = True) -> Told:
    return Told("film.mp4", truth, 1, "child: crop", found, False, cues)  # noqa: FBT003 # not the same


CUT, LONGER = (Sign.LONGER, 1.0, 0.0), (Sign.LONGER, 0.0, 1.0)
RIGHT = [pair(Truth.ONWARD, CUT), pair(Truth.BACK, LONGER)]
BOTH = pair(Truth.SIBLINGS, CUT, (Sign.WIDER, 0.0, 1.0))


def test_family_is_made_of_a_film(tmp_path: Path) -> None:
    film = clips.movie(tmp_path / "film.mp4", seconds=4, seed=1)

    pairs = list(family(film, 0.0, tmp_path, (1, 2)))

    assert [(one.truth, one.removes) for one in pairs] == [each[2:] for each in PAIRS]
    assert {one.query.stem for one in pairs} == {"original", "child", "grandchild", "sibling"}
    for path in {one.query for one in pairs}:
        with av.open(path) as opened:
            assert sum(1 for _ in opened.decode(video=0)) >= 24


def test_same_seed_makes_the_same_copy() -> None:
    take = Take("film.mp4", [np.full((36, 64, 3), 5 * k, np.uint8) for k in range(40)], 10.0)

    first, second = (copied(take, np.random.default_rng(7)) for _ in range(2))

    assert first[1:] == second[1:]
    assert np.array_equal(first[0].pictures, second[0].pictures)


def test_weights_are_fitted_to_what_is_true() -> None:
    params = fitted([*RIGHT, BOTH] * 20, decided=0.8)

    assert params.decided == 0.8
    assert [said(one, params)[0] for one in (*RIGHT, BOTH)] == list(Truth)
    assert params.weights[Sign.DETAIL] == Weight(0.0, 0.0, 0.0)


def test_pairs_that_say_nothing_don_t_weigh() -> None:
    lost = replace(pair(Truth.BACK, CUT), found=False)

    assert fitted([*RIGHT, lost], decided=0.9) == fitted(RIGHT, decided=0.9)


def test_nothing_is_decided_of_what_was_not_found() -> None:
    assert said(pair(Truth.ONWARD, CUT, found=False), PARAMS) == (None, 0.0)


def test_wrong_arrows_and_parted_siblings_are_counted() -> None:
    wrong, parted = pair(Truth.ONWARD, LONGER), pair(Truth.SIBLINGS, CUT)

    arrows, back, siblings = judged([*RIGHT, wrong, parted, BOTH], PARAMS)

    assert (arrows["arrows"], arrows["arrows_decided"], arrows["arrows_right"]) == (2, 2, 1)
    assert (back["arrows_right"], back["wrong_and_sure"]) == (1, 0)
    assert (siblings["siblings"], siblings["siblings_parted"]) == (2, 1)
    assert siblings["siblings_said"] == (said(BOTH, PARAMS)[0] is Truth.SIBLINGS)
    assert misses([*RIGHT, wrong], PARAMS) == [
        f"film.mp4, onward (child: crop): back, {said(wrong, PARAMS)[1]:.2f} sure"
    ]


def test_siblings_are_told_apart_where_their_family_is_known() -> None:
    every = [
        replace(pair(Truth.ONWARD, CUT), names=("child", "original"), distance=2.0),
        replace(pair(Truth.ONWARD, CUT), names=("sibling", "original"), distance=2.0),
        replace(pair(Truth.SIBLINGS), names=("sibling", "child"), distance=8.0),
    ]

    *_, told = among(every, params=PARAMS)
    *_, known = among(every)

    assert told.cues == known.cues == ((Sign.FARTHER, 1.0, 1.0),)
    assert among(every[1:], params=PARAMS) == every[1:]


def test_ways_that_are_ruled_out_are_counted_and_those_wrongly() -> None:
    wrong = pair(Truth.ONWARD, LONGER)

    rows = {row["most"]: row for row in ruled_out([*RIGHT, BOTH, wrong], PARAMS)}

    counts = [rows[0.03][name] for name in ("pairs", "ruled_out", "of_arrows", "wrongly")]
    assert counts == [4, 3, 3, 1]
    assert rows[0.002]["ruled_out"] <= rows[0.03]["ruled_out"]


def test_section_tells_what_is_decided() -> None:
    rows = judged([*RIGHT, BOTH], PARAMS)
    weights = {sign.value: {"nearer": 1.0, "farther": 2.0, "neither": -0.5} for sign in Sign}
    told = "\n".join(
        descent(
            {
                "films": {"fitted": 3, "tested": 2},
                "tested": rows,
                "together": rows,
                "thresholds": [{"decided": 0.9, **rows[0]}],
                "together_thresholds": [{"decided": 0.9, **rows[0]}],
                "weights": weights,
                "decided": 0.9,
                "excluded": 0.01,
                "ruled_out": [ruled_out([*RIGHT, BOTH], PARAMS)] * 2,
                "missed": ["film.mp4"],
            }
        )
    )

    assert "| onward | 1 | 1 of 1 |" in told
    assert "| wider | +1.00 | +2.00 | -0.50 |" in told
    assert told.endswith("- film.mp4")


@pytest.mark.parametrize("truth", [Truth.ONWARD, Truth.BACK])
def test_arrow_is_weighed_alike_both_ways(truth: Truth) -> None:
    params = fitted([*RIGHT, BOTH] * 20, decided=0.5)
    cue = CUT if truth is Truth.ONWARD else LONGER

    assert said(pair(truth, cue), params)[1] == pytest.approx(said(RIGHT[0], params)[1])
