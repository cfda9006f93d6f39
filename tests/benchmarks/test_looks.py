"""Which looks are right, by what the clips are known to show."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import looks
from benchmarks.looks import Look
from tests.benchmarks.test_reliability import SCORE

LOOK = Look(
    of="quick",
    clip="q.mp4",
    asset="a.mp4",
    kind="moving",
    query=(1.0, 5.0),
    source=(11.0, 15.0),
    rate=1.0,
    likeness=0.9,
    motion=0.9,
    agreement=None,
    seconds=4.0,
    visible=1.0,
    told=True,
    confidence=0.9,
)


def shown(file: str = "a.mp4", *, source: float = 10.0) -> dict[str, Any]:
    return {
        "archive_file": file,
        "channel": "picture",
        "query_start": 0.0,
        "query_end": 6.0,
        "source_start": source,
        "source_end": source + 6.0,
        "rate": 1.0,
    }


@pytest.mark.parametrize(
    ("look", "true", "right"),
    [
        (LOOK, shown(), True),
        (LOOK, shown(source=10.15), True),
        (LOOK, shown(source=10.25), False),
        (LOOK, shown("b.mp4"), False),
        (replace(LOOK, kind="sound"), shown(), False),
        (replace(LOOK, kind="still"), shown(source=40.0), True),
        (replace(LOOK, kind="still"), shown("b.mp4"), False),
        (replace(LOOK, kind="still", query=(7.0, 9.0)), shown(), True),
        (replace(LOOK, kind="still", query=(7.0, 9.0)), shown("b.mp4"), False),
    ],
    ids=[
        "right",
        "within a frame or so",
        "another moment",
        "another file",
        "another channel",
        "another moment of a still",
        "a still of another file",
        "a still where nothing is said to be shown",
        "a still of no file of the clip",
    ],
)
def test_look_is_right_by_file_and_moment_a_still_one_by_file(
    look: Look, true: dict[str, Any], *, right: bool
) -> None:
    assert looks.as_told(look, {"segments": [true]}, SCORE) == right


@pytest.mark.parametrize(
    ("look", "truth"),
    [(LOOK, {"ignore": ["a.mp4"]}), (replace(LOOK, rate=0.0), {})],
    ids=["a file that looks the same", "a frame that is held"],
)
def test_look_at_what_the_truth_leaves_open_is_not_judged(
    look: Look, truth: dict[str, Any]
) -> None:
    assert looks.as_told(look, {"segments": [shown("b.mp4")], **truth}, SCORE) is None


def test_look_at_a_file_that_a_list_of_pairs_does_not_name_is_not_judged() -> None:
    assert looks.as_paired(LOOK, [shown("b.mp4")], SCORE) is None
    assert looks.as_paired(LOOK, [shown(source=10.5)], SCORE) is True
    assert looks.as_paired(LOOK, [shown(source=11.0)], SCORE) is False


def test_looks_are_read_as_they_were_written(tmp_path: Path) -> None:
    every = [LOOK, replace(LOOK, kind="sound", likeness=None, motion=None, agreement=0.8)]

    looks.keep(every, tmp_path / "looks.jsonl")

    assert looks.kept(tmp_path / "looks.jsonl") == every
