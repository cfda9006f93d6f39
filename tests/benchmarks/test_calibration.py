"""Curves tested on looks that had no part in them."""

from dataclasses import replace
from itertools import product

import pytest

from benchmarks import calibration
from benchmarks.calibration import Seeded
from benchmarks.looks import Look
from tests.benchmarks.test_looks import LOOK

FILMS = ("hyperlips_1.mp4", "liveportrait_1.mp4")
"""Not named alike."""
STRONG = 0.95


def quarter(side: int, film: str) -> list[Seeded]:
    """Return looks of one seed and film: wrong ones with little evidence, right ones with much."""
    true = replace(LOOK, of=str(side), asset=film, likeness=STRONG, motion=STRONG, right=True)
    false = replace(true, likeness=0.4, motion=0.3, told=False, right=False)
    return [(side, one) for one in [true] * 80 + [false] * 20]


def everything() -> list[Seeded]:
    return [one for side, film in product((0, 1), FILMS) for one in quarter(side, film)]


def test_films_of_one_origin_stay_together() -> None:
    assert calibration.fold(FILMS[0]) != calibration.fold(FILMS[1])
    assert calibration.fold("hyperlips_1.mp4") == calibration.fold("hyperlips_another.webm")


def test_quarter_is_tested_by_the_one_that_shares_no_set_and_no_film_with_it() -> None:
    misled = [(1, replace(look, right=not look.right)) for _, look in quarter(1, FILMS[1])]
    others = [one for one in everything() if (one[0], one[1].asset) != (1, FILMS[1])]

    found = calibration.tested([*others, *misled])

    sure = {(one.of, one.asset): one.confidence for one in found if one.motion == STRONG}
    assert sure["0", FILMS[0]] < 0.5
    assert min(sure[part] for part in [("0", FILMS[1]), ("1", FILMS[0]), ("1", FILMS[1])]) > 0.9


def test_quarter_is_left_out_where_nothing_unlike_it_can_be_fitted() -> None:
    found = calibration.tested(quarter(0, FILMS[0]))

    assert found == []


def test_summary_counts_what_was_refuted_and_names_what_was_wrongly_told() -> None:
    wrong: Look = replace(LOOK, asset=FILMS[0], likeness=0.7, motion=0.7, right=False)
    still = [(side, replace(look, kind="still", motion=None)) for side, look in everything()]
    sound = [
        (side, replace(look, kind="sound", likeness=None, motion=None, agreement=look.likeness))
        for side, look in everything()
    ]

    found = calibration.summary([*everything(), (0, wrong), *still, *sound])

    assert found["moving"]["refuted"]["looked_at"] == 81
    assert found["moving"]["refuted"]["told"] == 1
    assert found["moving"]["wrong"] == [
        "q.mp4 of quick is said to show hyperlips_1.mp4 at 11.0 s, for 4.0 s"
    ]
    assert found["still"]["told"]["brier"] == pytest.approx(0, abs=0.01)
    assert found["sound"]["fit"]["right"] == 320


def test_more_hours_have_more_wrong_stretches_up_to_what_a_trace_looks_at() -> None:
    wrong = replace(LOOK, of=calibration.EDITED, told=False, right=False)
    every = [*[wrong] * 10, replace(wrong, clip="other.mp4"), replace(wrong, of="quick")]

    found = calibration.tries(every, clips=100, hours=0.5)["channels"]["picture"]

    assert (found["looked_at"], found["most"]) == (11, 10)
    assert found["rate"] == pytest.approx(3 / 12, abs=0.001)
    counts = [one["stretches"] for one in found["archives"]]
    assert counts[:2] == pytest.approx([0.11, 0.22])
    assert counts[-1] == found["limit"]
    assert found["archives"][-1]["at_most"] == 1.0
