from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from benchmarks import plots

SVG = "{http://www.w3.org/2000/svg}"
BINS: list[dict[str, Any]] = [
    {"low": 0.0, "high": 0.5, "count": 0, "sure": None, "right": None},
    {"low": 0.5, "high": 1.0, "count": 8, "sure": 0.75, "right": 0.5},
]


def rectangles(picture: str, mark: str) -> list[ET.Element]:
    drawn = ET.fromstring(picture)  # noqa: S314 # our own text
    return [each for each in drawn.iter(f"{SVG}rect") if each.get("class") == mark]


def test_reliability_has_a_bar_for_each_bin_that_holds_answers() -> None:
    drawn = plots.reliability({"picture": BINS, "sound": BINS})

    _, *bars = rectangles(drawn, "own")
    assert [float(bar.get("height", "")) for bar in bars] == [plots.HIGH / 2] * 2


def test_reliability_of_no_answers_is_drawn_empty() -> None:
    assert len(rectangles(plots.reliability({"picture": BINS[:1]}), "own")) == 1


@given(st.floats(0, 1), st.integers(1, 1000))
def test_interval_holds_the_share(share: float, count: int) -> None:
    low, high = plots.interval(share, count)

    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


def test_bar_of_a_peer_that_is_ahead_stands_out() -> None:
    picture = plots.recall([("crop", [0.5, 1.0, 0.25])], ["wherefrom", "better", "worse"])

    assert len(rectangles(picture, "own")) == 1
    assert len(rectangles(picture, "ahead")) == 1
    assert len(rectangles(picture, "peer")) == 1


def test_nothing_found_has_no_bar() -> None:
    picture = plots.recall([("crop", [0.0, None])], ["wherefrom", "peer"])

    assert len(rectangles(picture, "bed")) == 1
    assert rectangles(picture, "own") == []


def test_names_are_written_so_that_the_picture_stays_well_formed() -> None:
    picture = plots.recall([("crop & <flip>", [1.0])], ["wherefrom"])

    texts = [each.text for each in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314
    assert "crop & <flip>" in texts
