import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from api.exports.page import page
from index.values import Box, Interval, Sound, Still
from lineage.exhibits import Case, Heard, Heat, Moment, Name, Seen
from lineage.findings import Finding
from lineage.values import Pair, Report, Source
from tests import reports
from tests.api.readers import Reader

WORDS = {"ink", "quiet", "accent", "alarm", "caution", "hue"}
"""Colours of words."""
HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>{{ 7*7 }}.mp4"
REPORTS = {
    "rich": reports.rich(),
    "many": reports.supercut(30, 12, length=300),
    "single": reports.single(),
    "nothing": reports.nothing(),
    "sound alone": reports.sound_only(),
    "related": reports.related(),
    "hostile": reports.single(name=HOSTILE),
}


def read(report: Report) -> Reader:
    return Reader(page(report, reports.pairs(report)))


@pytest.fixture(scope="module", params=REPORTS)
def any_page(request: pytest.FixtureRequest) -> Reader:
    return read(REPORTS[request.param])


def test_a_page_has_neither_scripts_nor_forms_nor_frames(any_page: Reader) -> None:
    kinds = {tag for tag, _ in any_page.elements}

    assert not kinds & {"script", "form", "iframe", "object", "embed", "link", "base"}


def test_a_page_has_no_inline_styles_or_handlers(any_page: Reader) -> None:
    names = {name for _, attrs in any_page.elements for name in attrs}

    assert [name for name in names if name == "style" or name.startswith("on")] == []


def test_a_page_refers_to_nothing_outside_itself(any_page: Reader) -> None:
    places = [*any_page.values("href"), *any_page.values("src"), *any_page.values("fill")]

    assert [p for p in places if not p.startswith(("#", "url(#", "data:image/jpeg;"))] == []
    assert not re.search(r"url\(|@import|//", any_page.text("style"))


def test_the_policy_allows_the_style_sheet_and_pictures_only(any_page: Reader) -> None:
    policy = next(attrs["content"] for _, attrs in any_page.elements if "http-equiv" in attrs)
    sheet = "".join(any_page.texts["style"]).encode()
    digest = base64.b64encode(hashlib.sha256(sheet).digest()).decode()

    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_ids_are_unique_and_links_lead_somewhere(any_page: Reader) -> None:
    ids = Counter(any_page.values("id"))
    targets = {place[1:] for place in any_page.values("href")}
    targets |= {place[5:-1] for place in any_page.values("fill") if place.startswith("url(#")}

    assert [name for name, count in ids.items() if count > 1] == []
    assert targets <= set(ids)


def test_elements_are_closed_in_order(any_page: Reader) -> None:
    assert any_page.open == []


def test_the_sentence_is_on_the_page(any_page: Reader, request: pytest.FixtureRequest) -> None:
    summary = REPORTS[request.node.callspec.params["any_page"]].summary

    assert " ".join(summary.split()) in any_page.text("p")


def test_the_limits_are_on_the_page(any_page: Reader, request: pytest.FixtureRequest) -> None:
    report = REPORTS[request.node.callspec.params["any_page"]]
    listed = any_page.text("li")

    assert [limit for limit in report.limits if " ".join(limit.split()) not in listed] == []


def test_a_hostile_name_is_shown_as_it_is() -> None:
    assert read(reports.single(name=HOSTILE)).text("h1") == HOSTILE


def test_names_in_the_sentence_have_the_source_s_hue() -> None:
    marks = [
        attrs["class"]
        for _, attrs in read(reports.rich()).elements
        if attrs.get("class", "").startswith("mark")
    ]

    assert marks == ["mark h0", "mark h1", "mark h2", "mark h0"]


def test_each_segment_has_three_pairs_with_both_times() -> None:
    report = reports.rich()
    shown = read(report)

    assert sum(tag == "img" for tag, _ in shown.elements) == 7 * 3 * 2
    assert all(attrs["alt"] for tag, attrs in shown.elements if tag == "img")
    assert "0:08.000 1:12.400" in shown.text("figcaption")
    assert "0:13.100 1:06.400" in shown.text("figcaption")


def test_a_turned_source_is_said_to_be() -> None:
    shown = read(reports.rich())

    assert shown.text("figcaption").count("mirrored to match") == 3
    assert shown.text("figcaption").count("turned upside down to match") == 3


def test_a_source_out_of_reach_is_said_to_be() -> None:
    report = reports.single()
    half = {key: [Pair(p.query) for p in some] for key, some in reports.pairs(report).items()}

    assert Reader(page(report, half)).text("span").count("out of reach") == 3
    assert "out of reach" in Reader(page(report, {})).text("p")


def test_unexplained_time_is_told_with_its_reason() -> None:
    told = read(reports.rich()).text("dl")

    assert "0:11.0–0:13.1 No searched file was found to show this." in told
    assert "0:22.4–0:24.0 The picture is too plain to be told from others." in told


def test_which_was_made_from_which_is_told_with_its_signs() -> None:
    shown = read(reports.related())

    assert "This clip was made from “street-protest-2019.mp4”, or from a copy of it." in shown.text(
        "dd"
    )
    assert "confidence 0.96" in shown.text("dd")
    assert "“street-protest-2019.mp4” goes on where the clip ends." in shown.text("dd")


def test_nothing_is_said_of_a_direction_that_nothing_speaks_for() -> None:
    assert "Which was made from which" not in read(reports.single()).text("h2")


def test_what_was_searched_is_told() -> None:
    told = read(reports.rich()).text("dl")

    assert "Files 41,208" in told
    assert "Compared picture" in told


def test_the_table_holds_every_stretch_and_gap() -> None:
    shown = read(reports.rich())
    rows = [attrs for tag, attrs in shown.elements if tag == "tr"]

    assert len(rows) == 1 + 7 + 2
    assert "1:06.400–1:04.000" in shown.text("table")


def test_both_timelines_bear_every_ribbon_in_words() -> None:
    shown = read(reports.rich())
    labels = [
        attrs["aria-label"]
        for tag, attrs in shown.elements
        if tag == "a" and "ribbon" in attrs.get("class", "")
    ]

    assert len(labels) == 2 * 7
    assert "0:08.0–0:11.0 shows street-protest-2019.mp4 1:12.4–1:18.4, at double speed" in labels


def seen(finding: Finding, source: Source) -> Seen:
    """Return what can be shown of a finding: two moments, and a heat of nothing."""
    box = Box(0.4, 0.4, 0.6, 0.6)
    segment = replace(source.segments[0], across=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0))
    told = replace(finding, box=box)
    moments = [
        Moment(name, Still(time, reports.picture(1)), Still(time + 2, reports.picture(2)))
        for name, time in ((Name.BEFORE, 0.96), (Name.STRONGEST, 1.0))
    ]
    cells, compared = np.zeros((18, 32), np.float32), np.ones((18, 32), bool)
    heat = Heat(1.0, 3.0, (), cells, compared, (1 / 32, 1 / 18), 3.0, 2.0)
    case = Case(told, segment, Path("clip.mp4"), Path("film.mp4"), 25.0, 25.0)
    return Seen(case, moments, Box(0.25, 0.25, 0.75, 0.75), heat)


def of_source(report: Report) -> int:
    """Return the index of a finding that has a source."""
    return next(i for i, one in enumerate(report.findings) if one.source_index is not None)


def test_finding_has_its_pictures_beside_it() -> None:
    report = reports.rich()
    number = of_source(report)
    exhibit = seen(report.findings[number], report.sources[0])

    with_it = Reader(page(report, {}, {number: exhibit}))

    shown = [attrs for tag, attrs in with_it.elements if tag == "img"]
    assert [one["alt"] for one in shown] == [
        "The clip at 0:01.0, the part outlined",
        "The same part of the source at 0:03.0",
        "Just before: above the clip at 0:01.0, below the source, laid over it",
        "Strongest: above the clip at 0:01.0, below the source, laid over it",
        "The clip at 0:01.0 in grey, coloured where it differs from the source",
    ]
    assert "just before 0:00.960 0:02.960" in with_it.text("figcaption")
    assert "exhibit" not in " ".join(Reader(page(report, {})).values("class"))


def test_finding_in_the_sound_has_both_sounds_beside_it() -> None:
    report = reports.rich()
    number = of_source(report)
    case = seen(report.findings[number], report.sources[0]).case
    sound = Sound(0.0, 6000, np.ones(6000, np.float32))
    within = Interval(0.0, 1.0)

    with_it = Reader(page(report, {}, {number: Heard(case, sound, sound, within, within)}))

    (shown,) = [attrs for tag, attrs in with_it.elements if tag == "img"]
    assert shown["alt"].startswith(
        "Spectrograms of the clip\N{RIGHT SINGLE QUOTATION MARK}s sound from 0:00.0 on"
    )


def test_a_finding_adds_little_to_the_page() -> None:
    report = reports.rich()
    number = of_source(report)
    exhibit = seen(report.findings[number], report.sources[0])

    more = len(page(report, {}, {number: exhibit})) - len(page(report, {}))

    assert more < 150_000


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "panel"])
def test_words_can_be_told_from_their_ground(scheme: int, ground: str) -> None:
    sheet = resources.files("api.exports").joinpath("templates/tokens.css").read_text("utf-8")
    pairs = re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", sheet)
    words = [pair[1:][scheme] for pair in pairs if pair[0] in WORDS]
    behind = next(pair[1:][scheme] for pair in pairs if pair[0] == ground)

    assert len(words) == len(WORDS) - 1 + 8
    # WCAG 2.2, 1.4.3: 4.5 for text of usual size.
    assert min(contrast(word, behind) for word in words) >= 4.5


def test_the_page_is_kept(golden: Callable[[str, str], None]) -> None:
    report = reports.rich()
    text = page(report, reports.pairs(report))

    golden("report.html", re.sub(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+", "data:", text))


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio of two colours written #rrggbb."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
