from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks.cases import Record
from benchmarks.edits import BACKWARDS, MIRRORED, SPEED, misses, spared, stated


def record(file: str | None, confidence: float = 1.0) -> dict[str, Any]:
    segment = {"archive_file": file, "channel": "picture", "confidence": confidence}
    segments = [segment] if file else []
    return {"query": "q", "edit": "trim", "strength": "", "negative": None, "segments": segments}


def test_right_answer_is_no_miss() -> None:
    assert misses([record("a")], [record("a")]) == []


def test_surest_answer_counts() -> None:
    said = record("a", 0.5)
    said["segments"] += record("b", 0.9)["segments"]

    assert len(misses([record("a")], [said])) == 1


def test_no_answer_is_a_miss_of_the_true_source() -> None:
    (miss,) = misses([record("a")], [record(None)])

    assert miss.source == "a"


def test_reason_is_asked_of_the_source_that_was_not_named() -> None:
    true, said = record("a"), record("a", 0.5)
    true["segments"] += record("b")["segments"]
    said["segments"] += record("c", 0.9)["segments"]

    (miss,) = misses([true], [said])

    assert miss.source == "b"


def test_any_answer_to_what_is_not_there_is_a_miss_without_a_source() -> None:
    (miss,) = misses([{**record(None), "negative": "unrelated"}], [record("a")])

    assert miss.source is None


def shown(rate: float, *kinds: str) -> dict[str, Any]:
    """Return a clip that shows a film at some speed, and what was found out about it."""
    made = {**record("a"), "kinds": ["flipped|mirrored"] if kinds else []}
    made["segments"][0] |= {"rate": rate}
    return {**made, "findings": [{"kind": kind} for kind in kinds]}


def placed(true: Record, said: Sequence[Record]) -> tuple[float, float, bool] | None:
    if not said:
        return None
    rates = [one["rate"] for one in (said[0], true)]
    return 0.0, abs(abs(rates[0]) / abs(rates[1]) - 1), rates[0] * rates[1] > 0


@pytest.mark.parametrize(
    ("true", "said", "counts"),
    [
        (1.25, 1.26, (1, 1)),
        (1.25, 1.27, (1, 0)),
        (1.0, 1.27, (0, 0)),
        (-1.25, -1.25, (1, 1)),
        (-1.25, 1.25, (1, 1)),
    ],
)
def test_speeds_are_right_within_a_hundredth(
    true: float, said: float, counts: tuple[int, int]
) -> None:
    told = stated([shown(true)], [shown(said)], placed)[SPEED]

    assert (told["told"], told["right"]) == counts
    assert told["wrong"] == (["q (trim, )"] if counts == (1, 0) else [])


@pytest.mark.parametrize(("said", "right"), [(-1.0, 1), (1.0, 0)])
def test_clips_that_run_backwards_are_counted(said: float, right: int) -> None:
    told = stated([shown(-1.0)], [shown(said)], placed)

    assert (told[BACKWARDS]["told"], told[BACKWARDS]["right"]) == (1, right)
    assert told[SPEED]["told"] == 0


@pytest.mark.parametrize(
    ("said", "right"), [(("flipped",), 1), (("mirrored", "cropped"), 1), (("cropped",), 0)]
)
def test_any_name_that_is_true_tells_a_mirrored_clip(said: tuple[str, ...], right: int) -> None:
    told = stated([shown(1.0, "mirrored")], [shown(1.0, *said)], placed)[MIRRORED]

    assert (told["told"], told["right"]) == (1, right)


def test_what_is_not_found_is_not_counted_as_told_wrongly() -> None:
    lost = {**record(None), "findings": []}

    every = stated([shown(-1.25, "mirrored")], [lost], placed)

    assert all(each["told"] == 0 for each in every.values())


def copied(query: str, original: str, copy: str) -> dict[str, Any]:
    shown = record(original)["segments"] + record(copy)["segments"]
    edges = [{"parent": original, "child": copy}, {"parent": copy, "child": query}]
    return {"query": query, "segments": shown, "lineage": edges, "ignore": []}


def test_other_copies_of_what_a_clip_shows_are_left_open() -> None:
    truth = [copied("q", "film", "one"), copied("r", "film", "two"), copied("s", "other", "three")]

    assert [each["ignore"] for each in spared(truth)] == [["two"], ["one"], []]


def test_what_was_left_open_stays_so() -> None:
    made = {**copied("q", "film", "one"), "ignore": ["alike"]}

    (alone,) = spared([made])

    assert alone["ignore"] == ["alike"]
