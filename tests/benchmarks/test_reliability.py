from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.reliability import bins, brier, calibration_error, judged, told


def segment(file: str = "a", *, source: float = 10.0, confidence: float = 0.9) -> dict[str, Any]:
    return {
        "archive_file": file,
        "channel": "picture",
        "query_start": 0.0,
        "query_end": 4.0,
        "source_start": source,
        "source_end": source + 4.0,
        "rate": 1.0,
        "confidence": confidence,
    }


def axes(one: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    return (one["query_start"], one["query_end"]), (one["source_start"], one["source_end"])


def meet(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float] | None:
    low, high = max(a[0], b[0]), min(a[1], b[1])
    return (low, high) if high > low else None


SCORE = cast("ModuleType", SimpleNamespace(axes=axes, meet=meet))


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (segment(), True),
        (segment(source=10.4), True),
        (segment(source=10.6), False),
        (segment("b"), False),
        ({**segment(), "query_start": 4.0, "query_end": 6.0}, False),
    ],
    ids=["right", "nearly", "another moment", "another file", "another stretch"],
)
def test_answer_is_right_when_file_and_moment_are(said: dict[str, Any], *, right: bool) -> None:
    truth = [{"query": "q", "segments": [segment()]}]

    assert judged(truth, [{"query": "q", "segments": [said]}], "picture", SCORE) == [(0.9, right)]


def test_answer_to_what_is_not_there_is_wrong() -> None:
    truth = [{"query": "q", "segments": []}]

    found = judged(truth, [{"query": "q", "segments": [segment()]}], "picture", SCORE)

    assert found == [(0.9, False)]


def test_other_channel_is_left_out() -> None:
    truth = [{"query": "q", "segments": [segment()]}]

    assert judged(truth, [{"query": "q", "segments": [segment()]}], "sound", SCORE) == []


def test_surest_answer_falls_into_the_last_bin() -> None:
    assert [one.count for one in bins([(1.0, True), (0.0, False)])] == [1, 0, 0, 0, 0, 0, 1]


def test_answers_that_are_right_as_often_as_they_say_are_calibrated() -> None:
    answers = [(0.75, True)] * 3 + [(0.75, False)]

    assert calibration_error(bins(answers)) == pytest.approx(0.0)


def test_calibration_error_weighs_bins_by_their_answers() -> None:
    answers = [(0.75, True)] * 4 + [(0.25, True)] * 4

    assert calibration_error(bins(answers, (0.0, 0.5, 1.0))) == pytest.approx(0.5)


def test_brier_score_is_the_mean_square() -> None:
    assert brier([(1.0, True), (0.5, False)]) == pytest.approx(0.125)


def test_no_answers_have_no_score() -> None:
    found = told([])

    assert (found["answers"], found["calibration_error"], found["brier"]) == (0, None, None)
