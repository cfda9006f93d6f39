import argparse
import json
from pathlib import Path

import pytest

from benchmarks import cases
from benchmarks.cases import BRIEF_EVERY, brief, interpreter, records


def made(folder: Path, count: int) -> Path:
    (folder / "archive").mkdir(parents=True)
    (folder / "queries").mkdir()
    names = [f"q{number}.mp4" for number in range(count)]
    for name in names:
        (folder / "queries" / name).write_text(name)
    rows = [json.dumps({"query": name}) for name in names]
    (folder / "truth.jsonl").write_text("\n".join(rows) + "\n")
    return folder


def test_brief_set_has_a_few_of_the_queries_and_their_truth(tmp_path: Path) -> None:
    whole = made(tmp_path / "whole", 2 * BRIEF_EVERY)

    few = brief(whole, tmp_path)

    names = [true["query"] for true in records(few / "truth.jsonl")]
    assert names == ["q0.mp4", f"q{BRIEF_EVERY}.mp4"]
    assert sorted(path.name for path in (few / "queries").iterdir()) == names


def test_answers_are_taken_again_only_where_every_query_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = made(tmp_path / "whole", 3)
    traced: list[object] = []
    asked = argparse.Namespace(reuse=True, bench=tmp_path)
    monkeypatch.setattr(cases, "call", traced.append)
    out = tmp_path / "run-whole" / "predictions.jsonl"
    out.parent.mkdir()

    lines = [json.dumps({"query": f"q{number}.mp4"}) for number in range(3)]
    for count, runs in ((3, 0), (2, 1)):
        out.write_text("\n".join(lines[:count]) + "\n")
        assert cases.predicted(whole, tmp_path, asked) == out
        assert len(traced) == runs


def test_named_interpreter_is_taken_as_it_is() -> None:
    assert interpreter("python3.11") == ["python3.11"]


def test_without_one_uv_provides_what_a_script_needs() -> None:
    command = interpreter(None, ["numpy"])

    assert command[:3] == ["uv", "run", "--no-project"]
    assert "--with=numpy" in command
