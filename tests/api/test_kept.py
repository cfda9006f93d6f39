"""Reports written down whole, and what people said put into a report's page."""

import pytest

from api.exports import kept, papers, verdicts
from api.exports.page import page
from api.exports.verdicts import Said
from lineage.findings import Kind
from lineage.report import MEANINGS
from lineage.values import Report
from tests import reports


@pytest.mark.parametrize("made", [reports.rich(), reports.nothing(), reports.related()])
def test_a_report_is_read_as_it_was_written(made: Report) -> None:
    assert kept.read(kept.written(made)) == made


def test_names_of_odd_bytes_can_be_written() -> None:
    made = reports.single(name="a\udcff.mp4")

    read = kept.read(kept.written(made))

    assert read is not None
    assert read.query.name == "a\\udcff.mp4"


@pytest.mark.parametrize(
    "line", ["", "{", "[]", '{"version": "0.1"}', kept.written(reports.rich())[:-9]]
)
def test_what_another_version_wrote_is_no_report(line: str) -> None:
    assert kept.read(line) is None


def test_every_kind_says_what_it_means() -> None:
    assert set(MEANINGS) == set(Kind)


def test_a_page_without_room_says_nothing_of_reviews() -> None:
    made = page(reports.rich(), {})

    assert verdicts.marked(made, {1: Said("confirmed", None, "ada", 0.0)}) == made


def test_each_finding_is_marked_by_its_own_number() -> None:
    made = reports.rich()
    said = {
        2: Said("rejected", "No & <b>never</b>.", "ada", 86400.0),
        99: Said(None, "?", "mallory", 0),
    }

    marked = verdicts.marked(page(made, {}, reviewed=True), said)

    count = len(made.findings)
    assert marked.count(verdicts.UNREVIEWED) == count - 1
    assert "No &amp; &lt;b&gt;never&lt;/b&gt;." in marked
    assert "1970-01-02 00:00 UTC" in marked
    assert "mallory" not in marked
    assert f"people confirmed 0 and rejected 1; {count - 1} are not decided" in marked
    assert "<!--review" not in marked


def test_words_of_the_clip_cannot_make_room_for_a_review() -> None:
    made = reports.single(name="<!--review:1--><!--reviews-->.mp4")

    marked = verdicts.marked(page(made, {}, reviewed=True), {1: Said("confirmed", None, "a", 0.0)})

    assert marked.count("Confirmed by a person") == min(1, len(made.findings))


def test_drawings_on_paper_stand_alone() -> None:
    paper = papers.laid_out(page(reports.rich(), {}))

    for drawing in paper.split('<svg class="lying"')[1:]:
        inside = drawing.partition("</svg>")[0]
        assert "<style>" in inside
        assert 'id="hatch"' in inside
    assert "@page" in paper
