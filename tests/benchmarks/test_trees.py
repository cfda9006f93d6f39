"""Tests of how it is measured how well whole trees of copies are found."""

from dataclasses import asdict
from pathlib import Path

import av

from benchmarks.trees import NEW, Score, descent, grown, large, scored, section
from tests import clips

FILES = "abcd"
TRUTH = frozenset({("a", "b"), ("b", "c"), ("a", "d")})


def test_tree_is_made_of_a_film(tmp_path: Path) -> None:
    film = clips.movie(tmp_path / "film.mp4", seconds=4, seed=1)

    parents = grown(film, 0.0, tmp_path, (1, 2), count=3)

    assert {child for _, child in parents} == {"1.mp4", "2.mp4"}
    assert {parent for parent, _ in parents} <= {"0.mp4", "1.mp4"}
    for place in range(3):
        with av.open(tmp_path / f"{place}.mp4") as opened:
            assert sum(1 for _ in opened.decode(video=0)) >= 24


def test_truth_itself_scores_1() -> None:
    assert {each.f1 for each in scored(TRUTH, TRUTH, FILES).values()} == {1.0}


def test_nothing_told_scores_0() -> None:
    assert {each.f1 for each in scored(TRUTH, frozenset(), FILES).values()} == {0.0}


def test_edge_that_skips_a_parent_counts_as_ancestry_alone() -> None:
    told = frozenset({("a", "b"), ("a", "c"), ("a", "d")})

    found = scored(TRUTH, told, FILES)

    assert found["edges"] == Score(3, 3, 2)
    assert found["ancestry"] == Score(4, 3, 3)
    assert found["roots"] == Score(1, 1, 1)


def test_descent_through_an_unseen_file_counts() -> None:
    told = frozenset({("a", "?"), ("?", "b")})

    found = scored(frozenset({("a", "b")}), told, "ab")

    assert found["ancestry"] == Score(1, 1, 1)
    assert found["edges"] == Score(1, 0, 0)


def test_descent_goes_down_all_generations() -> None:
    assert descent({("a", "b"), ("b", "c"), ("c", "d")}) >= {("a", "d"), ("b", "d")}


def test_section_tells_scores_and_costs(tmp_path: Path) -> None:
    cost = large(tmp_path, 21 * NEW)
    result = {
        "trees": [{"unseen": 0}],
        "scores": {name: asdict(each) for name, each in scored(TRUTH, TRUTH, FILES).items()},
        "large": [asdict(one) for one in cost],
    }

    told = "\n".join(section(result))

    assert "| ancestry | 4 | 4 | 100 % | 1 |" in told
    assert "one file more, median" in told
    assert cost[0].note.startswith("20 relatives, 440 nodes, ")
