from typing import Any

from benchmarks import sureness

BINS = [{"low": 0.9, "high": 1.0, "count": 8, "sure": 0.95, "right": 1.0}]
TOLD: dict[str, Any] = {
    "answers": 8,
    "right": 8,
    "calibration_error": 0.05,
    "brier": 0.01,
    "bins": BINS,
}
CURVE: dict[str, Any] = {"intercept": -4.0, "slopes": [2.0, 8.0], "bound": 0.98}


TRIES: dict[str, Any] = {
    "clips": 640,
    "hours": 0.152,
    "channels": {
        "picture": {
            "looked_at": 64,
            "most": 9,
            "limit": 96,
            "rate": 0.01,
            "archives": [{"hours": 100.0, "stretches": 65.8, "at_most": 0.658}],
        }
    },
}


def kind(**more: object) -> dict[str, Any]:
    fit = {"curve": CURVE, "right": 90, "wrong": 20, "trials": 80, "failed": 0, "at_most": 0.037}
    return {
        "fit": fit,
        "in_use": CURVE,
        "looked_at": TOLD,
        "told": TOLD,
        "said": {**TOLD, "brier": 0.03},
        "refuted": {"looked_at": 20, "told": 0, "at_most": 0.15},
        "wrong": [],
        **more,
    }


def test_confidence_has_a_row_for_each_bin() -> None:
    bins = [{"low": 0.9, "high": 1.0, "count": 8, "sure": 0.95, "right": 1.0}]
    each = {"answers": 8, "right": 8, "calibration_error": 0.05, "brier": 0.01, "bins": bins}

    text = "\n".join(sureness.reliability({"queries": {"quick": 9}, "channels": {"picture": each}}))

    assert "| picture | 0.90–1.00 | 8 | 0.95 | 1 |" in text
    assert "Picture: 8 of 8 right" in text


def test_fit_shows_what_it_refuted_and_what_the_program_said() -> None:
    text = "\n".join(
        sureness.calibration({"sets": {"quick": 9}, "kinds": {"still": kind()}, "tries": TRIES})
    )

    assert "| still | 90 | 20 | 0 | 15 % | 8 of 8 | 0.05 (0.05) | 0.01 (0.03) |" in text
    assert "| still | -4 | 2, 8 | 0.98 | 0 of 80 | 3.7 % | yes |" in text
    assert "Answers that were wrong" not in text


def test_fit_tells_where_another_curve_is_in_use_and_which_answers_were_wrong() -> None:
    other = kind(in_use={**CURVE, "bound": 0.9}, wrong=["q of quick is said to show a at 1.0 s"])

    text = "\n".join(
        sureness.calibration({"sets": {"quick": 9}, "kinds": {"still": other}, "tries": TRIES})
    )

    assert "| no: -4; 2, 8; 0.9 |" in text
    assert "- still: q of quick is said to show a at 1.0 s" in text


def test_larger_archive_has_a_row() -> None:
    text = "\n".join(sureness.calibration({"sets": {}, "kinds": {"still": kind()}, "tries": TRIES}))

    assert "had on the mean 0.1 by picture (at most 9)" in text
    assert "| picture | 100 | 65.8 | 65.8 % |" in text
