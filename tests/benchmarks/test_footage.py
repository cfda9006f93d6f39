from pathlib import Path

import numpy as np
import pytest

from benchmarks import contact
from benchmarks.footage import Answer, Pair, beside, row
from tests import clips

PAIR = Pair("clip.mp4", "film.mp4", (2.0, 6.0), (12.0, 16.0), "crop")


def answer(name: str, query: list[float], source: list[float], rate: float = 1.0) -> Answer:
    segment = {"query": query, "source": source, "rate": rate, "confidence": 0.9}
    named = {"asset": {"name": name}, "channel": "picture", "segments": [segment]}
    return {"sources": [named]}


def test_pair_is_found_with_its_error_in_time_and_the_share_covered() -> None:
    found = row(PAIR, answer("film.mp4", [4.0, 8.0], [14.5, 18.5]))

    assert (found.found, found.overlap) == (True, 0.5)
    assert found.offset_error == pytest.approx(0.5)


def test_other_file_is_no_find_but_named() -> None:
    found = row(PAIR, answer("other.mp4", [2.0, 6.0], [12.0, 16.0]))

    assert (found.found, found.also) == (False, ("other.mp4",))


def test_source_elsewhere_in_the_clip_is_no_find() -> None:
    assert not row(PAIR, answer("film.mp4", [6.0, 9.0], [16.0, 19.0])).found


def test_clip_that_was_not_read_is_no_find() -> None:
    assert not row(PAIR, None).found


def test_reversed_stretch_is_measured_backwards() -> None:
    pair = Pair("clip.mp4", "film.mp4", (0.0, 4.0), (14.0, 10.0), "reverse")

    found = row(pair, answer("film.mp4", [0.0, 4.0], [10.0, 14.0], rate=-1.0))

    assert found.offset_error == pytest.approx(0.0)


def test_pair_named_at_another_moment_is_not_found() -> None:
    assert not row(PAIR, answer("film.mp4", [2.0, 6.0], [20.0, 24.0])).found


def test_what_was_done_is_named_by_a_finding_of_its_stretch() -> None:
    pair = Pair("clip.mp4", "film.mp4", (2.0, 6.0), (12.0, 16.0), "lip-sync+audio-swap")
    whole = answer("film.mp4", [2.0, 6.0], [12.0, 16.0])
    findings = [
        {
            "kind": "mouth-replaced",
            "significance": "alters-meaning",
            "query": [3.0, 5.0],
            "confidence": 0.9,
        },
        {"kind": "resized", "significance": "technical", "query": [2.0, 6.0], "confidence": 0.9},
        {
            "kind": "sound-replaced",
            "significance": "alters-meaning",
            "query": [2.0, 6.0],
            "confidence": 0.3,
        },
        {
            "kind": "overlay-added",
            "significance": "may-alter-meaning",
            "query": [7.0, 9.0],
            "confidence": 0.9,
        },
    ]

    found = row(pair, {**whole, "findings": findings})

    assert found.told == ("mouth-replaced",)
    assert found.unnamed == ("audio-swap",)
    assert row(PAIR, whole).unnamed == ()


@pytest.mark.parametrize("kind", ["caption-added", "overlay-added"])
@pytest.mark.parametrize("done", ["caption", "overlay"])
def test_letters_laid_over_a_clip_are_named_whether_they_were_read_or_not(
    done: str, kind: str
) -> None:
    pair = Pair("clip.mp4", "film.mp4", (2.0, 6.0), (12.0, 16.0), done)
    finding = {
        "kind": kind,
        "query": [2.0, 6.0],
        "confidence": 0.9,
        "significance": "may-alter-meaning",
    }

    found = row(pair, {**answer("film.mp4", [2.0, 6.0], [12.0, 16.0]), "findings": [finding]})

    assert found.unnamed == ()


def test_pair_is_drawn_where_what_is_surest_was_found_inside_it(tmp_path: Path) -> None:
    for folder, name in (("suspect", "clip.mp4"), ("archive", "film.mp4")):
        (tmp_path / folder).mkdir()
        clips.movie(tmp_path / folder / name, seconds=17.0, fps=5)
    inside = {
        "kind": "region-changed",
        "query": [3.0, 5.0],
        "confidence": 0.8,
        "box": [0.25, 0.25, 0.75, 0.75],
        "measures": {"strongest": 4.5},
    }
    surer = {**inside, "confidence": 0.9, "measures": {"strongest": 3.5}}
    others = [
        {**inside, "query": [0.0, 1.0]},
        {**inside, "confidence": 0.4},
        {**inside, "kind": "letterboxed"},
        {**inside, "box": None},
    ]

    told = beside(PAIR, {"findings": [inside, surer, *others]}, tmp_path)
    nothing = beside(PAIR, None, tmp_path)

    assert (told.at, told.source_at, len(told.boxes)) == (3.5, 13.5, 2)
    assert (nothing.at, nothing.source_at, len(nothing.boxes)) == (4.0, 14.0, 0)
    drawn = np.asarray(contact.sheet([told, nothing]))
    assert (drawn == contact.OUTLINE).all(axis=2).sum() > 100
