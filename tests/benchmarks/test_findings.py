from typing import Any

import pytest

from benchmarks.findings import Placed, findings, judged, nearest


def true(query: str, edit: str, *kinds: str, negative: str | None = None) -> dict[str, Any]:
    return {
        "query": query,
        "edit": edit,
        "strength": "some",
        "kinds": list(kinds),
        "negative": negative,
    }


def said(query: str, *kinds: str, confidence: float = 0.9) -> dict[str, Any]:
    return {
        "query": query,
        "findings": [{"kind": kind, "confidence": confidence} for kind in kinds],
    }


TRUTH = [
    true("a", "mirror", "mirrored"),
    true("b", "mirror", "flipped|mirrored"),
    true("c", "audioswap", "sound-replaced"),
    true("d", "plain"),
    true("e", "negative", negative="easy"),
]


def test_kind_is_named_where_any_of_its_alternatives_is() -> None:
    told = judged(TRUTH, [said("a", "cropped"), said("b", "flipped")])

    assert told["kinds"]["mirrored"] == {"expected": 1, "named": 0}
    assert told["kinds"]["flipped|mirrored"] == {"expected": 1, "named": 1}
    assert told["told"]["cropped"] == {"told": 1, "listed": 0}


def test_only_what_would_mislead_is_held_against_it() -> None:
    told = judged(TRUTH, [said("d", "resized", "sound-replaced"), said("c", "sound-replaced")])

    assert told["edits"]["plain"]["misleading"] == ["d (plain, some): sound-replaced"]
    assert told["edits"]["audioswap"]["misleading"] == []
    assert "negative" not in told["edits"]


def test_what_is_likelier_wrong_is_not_told() -> None:
    told = judged(TRUTH, [said("d", "sound-replaced", confidence=0.4)])

    assert told["told"] == {}


@pytest.mark.parametrize(("answers", "wrong"), [([said("d", "reversed")], 1), ([], 0)])
def test_page_counts_what_misleads_of_honest_clips(answers: list[Any], wrong: int) -> None:
    text = "\n".join(findings({"sets": {"quick-1": judged(TRUTH, answers)}}))

    assert "Of 3 clips whose edits leave the meaning alone" in text
    assert f"does not list: **{wrong}**" in text


def test_nearest_finding_of_a_kind_is_measured() -> None:
    done = {
        "kind": "overlay-added|caption-added",
        "box": [0, 0, 0.5, 0.5],
        "query_start": 1.0,
        "query_end": 4.0,
    }
    finding = {"kind": "overlay-added", "confidence": 0.9, "query_start": 1.5, "query_end": 4.0}
    half = {**finding, "box": [0, 0, 0.25, 0.5]}
    other_kind = {**half, "kind": "region-changed", "box": [0, 0, 0.5, 0.5]}

    assert nearest(done, [half, other_kind]) == Placed(0.5, 0.5, 0.0)
    assert nearest(done, [{**half, "box": None}, {**half, "confidence": 0.3}]) == Placed()


def test_page_says_how_near_findings_come() -> None:
    box = {"kind": "blurred", "box": [0, 0, 1, 1], "query_start": 0, "query_end": 2}
    one = {"kind": "blurred", "confidence": 0.9, "query_start": 0.5, "query_end": 2}
    answer = {"query": "d", "findings": [{**one, "box": [0, 0, 1, 1]}]}
    told = judged([{**TRUTH[3], "boxes": [box, box]}], [answer])

    assert told["places"]["blurred"] == {
        "boxes": 2,
        "found": 2,
        "overlap": 1.0,
        "start": 0.5,
        "end": 0,
    }
    assert "| blurred | 2 | 2 | 1 | 0.5 | 0 |" in "\n".join(findings({"sets": {"q": told}}))
