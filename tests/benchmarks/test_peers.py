import sys
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.peers import floors, missing, scored


def test_floor_of_the_best_is_read_from_the_report() -> None:
    report = "- **pdq-best**: oracle point distance ≤ 85, share ≥ 0.35; pair F1 0.76"

    assert floors(report)["pdq-best"] == 0.35
    assert floors(report)["pdq"] == 0.8


def test_report_without_the_best_is_refused() -> None:
    with pytest.raises(ValueError, match="does not tell"):
        floors("## Peers")


def test_absent_program_is_named() -> None:
    assert missing([sys.executable], ["no-such-program"]) == (
        "There is no no-such-program program: the peers are not run."
    )


def test_interpreter_without_the_packages_is_named() -> None:
    said = missing([sys.executable], [])

    assert said is not None
    assert "cannot import" in said


def test_each_is_scored_on_its_channel_and_on_what_it_was_asked() -> None:
    calls: list[tuple[list[str], float, str]] = []

    def score(truth: list[Any], _said: object, floor: float, channel: str) -> int:
        calls.append(([true["query"] for true in truth], floor, channel))
        return len(calls)

    truth = [{"query": "a"}, {"query": "b"}]
    answers = {"wherefrom": truth, "pdq": truth[:1], "chromaprint": truth}
    bench = cast("ModuleType", SimpleNamespace(score=score))

    found = scored(truth, answers, {"pdq": 0.8}, bench)

    assert {channel: list(each) for channel, each in found.items()} == {
        "picture": ["wherefrom", "pdq"],
        "sound": ["wherefrom", "chromaprint"],
    }
    assert calls[1] == (["a"], 0.8, "picture")
