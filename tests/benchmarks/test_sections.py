from typing import Any

from benchmarks import scores, sections

EDIT = dict.fromkeys(scores.EDIT_COLUMNS, 1.0)


def score(top1: float, *, n: int = 4, alarmed: int = 0) -> dict[str, Any]:
    row = {**EDIT, "n": n, "top1": top1, "files": top1}
    return {
        "edits": {"crop": row},
        "all": row,
        "pair_ap": 0.5,
        "match_ap": 0.4,
        "false_alarms": {"easy": {"n": 3, "alarmed": alarmed}},
        "false_alarms_at_recall": {"0.5": 0.0, "0.9": None},
        "seconds": {"mean": 1.5, "median": 1.25, "p95": 2.0},
    }


def peered(**channels: dict[str, Any]) -> dict[str, Any]:
    return {"sets": {"quick": {"queries": 7, "archive": 5, "channels": channels}}}


def unrelated(**more: object) -> dict[str, Any]:
    rates = {"at_most": 0.003, "expected": None}
    return {
        "queries": 1000,
        "seconds": 7200.0,
        "films": 17,
        "seed": 1,
        "hours": 0.15,
        "wrong": 0,
        "channels": {},
        "false": [],
        "at_most": 0.003,
        "at_most_by_film": 0.18,
        "looked_at": 400,
        "quantiles": {"0.5": 0.0, "1.0": 0.6},
        "tail": None,
        "archives": [{"hours": 0.15, **rates}, {"hours": 10_000.0, "at_most": 1.0, "expected": 1}],
        "edits": [{"edit": "crop", "queries": 60, "wrong": 0, "median": 0.0, "most": 0.4}],
        **more,
    }


def test_edits_show_pooled_precision_and_both_channels() -> None:
    each = {"score": score(1.0), "sound": score(0.5), "misses": ["q (crop): lost at *proof*"]}

    text = "\n".join(scores.edits({"sets": {"quick": each}}))

    assert "pairs 0.5, segments 0.4" in text
    assert "at the confidence that keeps 50 % of the pairs 0 %" in text
    assert "- q (crop): lost at *proof*" in text
    assert text.count("| crop |") == 2


def test_edits_say_how_often_speed_is_told_rightly_and_what_counts_without_other_copies() -> None:
    speed = {"told": 8, "right": 7, "wrong": ["q0001.mp4 (speed, 1.25)"]}
    row = {"precision": 0.998, "recall": 0.9, "f1": 0.95}
    each = {
        "score": score(1.0),
        "misses": [],
        "stated": {"speed": speed},
        "spared": {"picture": row},
    }

    text = "\n".join(scores.edits({"sets": {"quick": each}}))

    assert "picture: precision 0.998, recall 0.9, F1 0.95." in text
    assert "| speed | 8 | 7 | 87.5 % | q0001.mp4 (speed, 1.25) |" in text


def test_edits_of_a_result_without_sound_are_shown() -> None:
    text = "\n".join(scores.edits({"sets": {"quick": {"score": score(1.0), "misses": []}}}))

    assert text.count("| crop |") == 1


def test_peer_that_is_ahead_is_marked_and_named() -> None:
    result = peered(picture={"wherefrom": score(0.5), "pdq": score(0.75), "videohash": score(0.25)})

    text = "\n".join(scores.peers(result))

    assert "| crop | 4 | 0.5 | **0.75** | 0.25 | pdq |" in text


def test_peer_that_was_asked_less_says_so() -> None:
    result = peered(picture={"wherefrom": score(0.5), "signature": score(0.5, n=1)})

    assert "| 0.5 (of 1) |" in "\n".join(scores.peers(result))


def test_false_alarms_stand_beside_one_another() -> None:
    result = peered(picture={"wherefrom": score(1.0), "pdq": score(1.0, alarmed=2)})

    assert "| false alarms |  | 0 of 3 | 2 of 3 |" in "\n".join(scores.peers(result))


def test_shares_of_several_sets_are_weighed_by_their_clips() -> None:
    result = peered(picture={"wherefrom": score(1.0, n=1)})
    more = peered(picture={"wherefrom": score(0.0, n=3)})
    result["sets"]["medium"] = more["sets"]["quick"]

    assert scores.shares(result) == ([("crop", [0.25])], ["wherefrom"])


def test_unrelated_clips_tell_the_bound_by_clip_and_by_film() -> None:
    text = "\n".join(sections.unrelated(unrelated()))

    assert "at most 0.3 % of clips" in text
    assert "at most 18 % of films" in text
    assert "| 10,000 | 100 % | 100 % |" in text


def test_false_source_is_named() -> None:
    named = {"number": 3, "film": "f.mp4", "edit": "crop", "asset": "a.mp4", "channel": "sound"}
    wrong = {"wrong": 1, "channels": {"sound": 1}, "false": [{**named, "confidence": 0.8}]}

    text = "\n".join(sections.unrelated(unrelated(**wrong)))

    assert "**False:** clip 3 of f.mp4 (crop) is said to show a.mp4 by sound, 0.8 sure" in text


def test_stages_show_what_they_cost() -> None:
    row = {**EDIT, "name": "all stages", "sound_f1": None, "alarmed": 0, "negatives": 5, "cpu": 1.5}

    text = "\n".join(sections.ablation({"sets": {"quick": {"queries": 9, "rows": [row]}}}))

    assert "| all stages | 1 | 1 | 1 | 1 | 1 | – | 0 of 5 | 1.5 |" in text
