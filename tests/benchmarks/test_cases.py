import json
from pathlib import Path

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


def test_named_interpreter_is_taken_as_it_is() -> None:
    assert interpreter("python3.11") == ["python3.11"]


def test_without_one_uv_provides_what_a_script_needs() -> None:
    command = interpreter(None, ["numpy"])

    assert command[:3] == ["uv", "run", "--no-project"]
    assert "--with=numpy" in command
