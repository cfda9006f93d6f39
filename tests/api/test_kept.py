"""Reports written down whole, and what people said put into a report's page."""

from dataclasses import replace

import pytest

from api.exports import kept, papers, verdicts
from api.exports.page import page
from api.exports.verdicts import Said
from index.values import Channel, Interval
from lineage.findings import Finding, Kind
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

    assert verdicts.marked(made, {1: [Said("confirmed", None, "ada", 0.0)]}) == made


def test_each_finding_is_marked_by_its_own_number() -> None:
    made = reports.rich()
    said = {
        2: [Said("rejected", "No & <b>never</b>.", "ada", 86400.0)],
        99: [Said(None, "?", "mallory", 0)],
    }

    marked = verdicts.marked(page(made, {}, reviewed=True), said)

    count = len(made.findings)
    assert marked.count(verdicts.UNREVIEWED) == count - 1
    assert "No &amp; &lt;b&gt;never&lt;/b&gt;." in marked
    assert "1970-01-02 00:00 UTC" in marked
    assert "mallory" not in marked
    assert f"people confirmed 0 and rejected 1; {count - 1} are not decided" in marked
    assert "<!--review" not in marked


def test_what_several_people_say_is_told_side_by_side_and_their_disagreement_as_such() -> None:
    made = reports.rich()
    yes, no = Said("confirmed", None, "ada", 0.0), Said("rejected", "Not so.", "bob", 60.0)

    marked = verdicts.marked(page(made, {}, reviewed=True), {1: [yes, no], 2: [yes, yes]})

    count = len(made.findings)
    assert marked.count(verdicts.DISPUTED) == 1
    assert marked.index(verdicts.DISPUTED) < marked.index("(ada,") < marked.index("(bob,")
    assert f"confirmed 1 and rejected 0, and disagree on 1; {count - 2} " in marked


def test_a_review_cannot_make_room_for_another() -> None:
    said = {1: [Said(None, "<!--review:2--><!--reviews-->", "<!--review:2-->", 0.0)]}

    marked = verdicts.marked(page(reports.rich(), {}, reviewed=True), said)

    assert "&lt;!--review:2--&gt;" in marked
    assert "<!--review" not in marked


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, []),
        ({1: ["confirmed"]}, [1]),
        ({1: ["rejected"]}, []),
        ({1: [None]}, []),
        ({1: ["confirmed", "confirmed"], 2: ["confirmed", None]}, [1, 2]),
        ({1: ["confirmed", "rejected"], 2: ["confirmed"]}, [2]),
    ],
)
def test_only_what_is_confirmed_and_rejected_by_nobody_is_kept_to(
    said: dict[int, list[str | None]], kept: list[int]
) -> None:
    made = reports.rich()
    words = {
        number: [Said(one, None, "ada", 0.0) for one in every] for number, every in said.items()
    }

    told, numbered = verdicts.confirmed(made, words)

    assert told.findings == tuple(made.findings[number - 1] for number in kept)
    assert list(numbered.values()) == [words[number] for number in kept]
    assert list(numbered) == list(range(1, len(kept) + 1))


def test_neither_summary_nor_relations_tell_of_what_nobody_confirmed() -> None:
    face = Finding(Kind.FACE_REPLACED, Channel.PICTURE, Interval(0, 3), 0.9, Interval(12, 15), 0)
    made = reports.related()
    (first, *rest) = made.derivations
    made = replace(
        made, findings=(face,), derivations=(replace(first, kinds=(Kind.FACE_REPLACED,)), *rest)
    )

    unsure, _ = verdicts.confirmed(made, {})
    sure, _ = verdicts.confirmed(made, {1: [Said("confirmed", None, "ada", 0.0)]})

    assert unsure.derivations[0].kinds == ()
    assert sure.derivations[0].kinds == (Kind.FACE_REPLACED,)
    assert unsure.summary != sure.summary
    assert "face" in sure.summary


def test_words_of_the_clip_cannot_make_room_for_a_review() -> None:
    made = reports.single(name="<!--review:1--><!--reviews-->.mp4")

    marked = verdicts.marked(
        page(made, {}, reviewed=True), {1: [Said("confirmed", None, "a", 0.0)]}
    )

    assert marked.count("Confirmed by a person") == min(1, len(made.findings))


def test_drawings_on_paper_stand_alone() -> None:
    paper = papers.laid_out(page(reports.rich(), {}))

    for drawing in paper.split('<svg class="lying"')[1:]:
        inside = drawing.partition("</svg>")[0]
        assert "<style>" in inside
        assert 'id="hatch"' in inside
    assert "@page" in paper
