import json
from functools import partial
from typing import Any

import numpy as np
import pytest

from benchmarks import sections, tiers
from benchmarks.ways import CENTRED, SCATTERED
from tests import clips


def true(query: str, edit: str, source: str | None, **more: object) -> dict[str, Any]:
    segment = {"archive_file": source, "channel": "picture"}
    segments = [segment] if source else []
    negative = None if source else "easy"
    given = {"query": query, "edit": edit, "segments": segments, "negative": negative}
    return {**given, "ignore": [], **more}


def shifted(made: clips.Picture, time: float) -> clips.Picture:
    """Return what a film strewn with rectangles shows two seconds later."""
    return clips.strewn(made, time + 2.0)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes of a plain quote, of a corner of one, and of a stranger."""
    of = tmp_path_factory.mktemp("cases")
    for name in ("archive", "queries"):
        (of / name).mkdir()
    for seed in (1, 2):
        film = of / "archive" / f"{seed}.mp4"
        edit = clips.strewn if seed == 1 else None
        clips.movie(film, seconds=8, cuts=(3.0, 5.0), seed=seed, edit=edit)
    quote = partial(clips.movie, seconds=4, start=2.0, cuts=(3.0, 5.0))
    quote(of / "queries" / "plain.mp4", seed=1, edit=shifted)
    quote(
        of / "queries" / "corner.mp4",
        seed=1,
        edit=lambda made, time: np.ascontiguousarray(shifted(made, time)[40:180, 80:320]),
    )
    quote(of / "queries" / "stranger.mp4", seed=9)
    truth = [
        true("plain.mp4", "plain", "1.mp4"),
        true("corner.mp4", "crop", "1.mp4"),
        true("stranger.mp4", "negative", None),
    ]
    lines = "".join(json.dumps(each) + "\n" for each in truth)
    (of / "truth.jsonl").write_text(lines, encoding="utf-8")
    place = tmp_path_factory.mktemp("place")
    return tiers.measured(of, place)


def test_each_way_is_told_what_it_names_first(result: dict[str, Any]) -> None:
    whole, *_, local = (dict(each["edits"]) for each in result["rows"][:4])

    assert whole == {"plain": 1}
    assert local == {"plain": 1, "crop": 1}


def test_what_whole_frames_do_not_name_is_added(result: dict[str, Any]) -> None:
    whole, *_, local = result["rows"][:4]

    assert (whole["added"], local["added"]) == (0, 1)


def test_clips_of_nothing_count_as_alarms_alone(result: dict[str, Any]) -> None:
    assert (result["queries"], result["negatives"]) == (2, 1)
    assert [each["alarmed"] for each in result["rows"][:4]] == [0, 0, 0, 0]


def test_windows_are_kept_beside_whole_frames(result: dict[str, Any]) -> None:
    whole, centred, scattered, local = result["rows"][:4]

    assert whole["codes"] < centred["codes"] < scattered["codes"]
    assert centred["extra"] == pytest.approx(centred["bytes"] - whole["bytes"])
    assert local["extra"] == local["bytes"]


def test_windows_lie_within_the_frame_at_every_size() -> None:
    assert len({box.area for box in CENTRED}) == len(CENTRED) == 5
    assert len(set(SCATTERED)) == 36


def test_tiers_show_what_they_add_by_bytes_and_seconds(result: dict[str, Any]) -> None:
    local = {**result["rows"][3], "bytes": 5e6, "extra": 5e6, "kept_cpu": 3.0, "asked_cpu": 0.25}

    told = {**result, "rows": [result["rows"][0], local]}
    text = "\n".join(sections.tiers({"sets": {"quick": told}}))

    assert "| local features | 1 | 1 | 0 of 1 |" in text
    assert "| 5 | 3 | 0.25 | 10 | 200 |" in text
    assert "| crop | 1 | 0 | 1 |" in text
