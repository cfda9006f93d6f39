from typing import Any

from benchmarks.edits import misses


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
