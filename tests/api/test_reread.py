import json
from dataclasses import replace
from typing import Any

import pytest

from api.exports.document import document
from api.exports.reread import report
from index.values import Box
from lineage.report import manner, phrases
from lineage.values import Registration, Report
from tests import reports

WHOLE = {
    "rich": reports.rich(),
    "many": reports.supercut(30, 12, length=300),
    "nothing": reports.nothing(),
    "common": reports.common(),
    "sound alone": reports.sound_only(),
    "with its sound": reports.sounding(),
}
# The source's length is said in none but this sentence; who was made from whom is not read again.
LEFT = ("lineage", "findings")


@pytest.mark.parametrize("name", WHOLE)
def test_an_answer_read_again_is_written_as_it_was(name: str) -> None:
    told = json.loads(json.dumps(document(WHOLE[name])))

    again = document(report(told))

    assert {k: v for k, v in again.items() if k not in LEFT} == {
        k: v for k, v in told.items() if k not in LEFT
    }


@pytest.mark.parametrize("name", WHOLE)
def test_findings_read_again_say_what_was_done_and_when(name: str) -> None:
    told = json.loads(json.dumps(document(WHOLE[name])))

    found = report(told).findings

    assert [(one.kind.value, one.query.start, one.query.end) for one in found] == [
        (one["kind"], *one["query"]) for one in told["findings"]
    ]


@pytest.mark.parametrize("variant", ["plain", "mirror", "flip", "turn", "negative"])
def test_how_a_source_is_turned_is_read_again(variant: str) -> None:
    one = reports.segment((0, 3), (5, 8), variant=variant, box=Box(0.1, 0, 0.81, 1))
    answer = _answer(one)

    again = report(document(answer)).sources[0].segments[0]

    assert manner(again) == manner(one)


def test_how_well_pixels_were_laid_over_one_another_is_read_again() -> None:
    laid = Registration(0.998, 0.03, 1.0)
    one = replace(reports.segment((0, 3), (5, 8)), registration=laid)

    again = report(document(_answer(one))).sources[0].segments[0]

    assert again.registration == laid


@pytest.mark.parametrize("name", ["rich", "with its sound"])
def test_the_verdict_is_said_again_in_the_same_words(name: str) -> None:
    answer = WHOLE[name]
    told = report(document(answer))

    again = phrases(
        told.query,
        told.sources,
        unexplained=told.unexplained,
        searched=told.searched,
        findings=told.findings,
    )

    assert "".join(phrase.text for phrase in again) == answer.summary


def test_a_document_that_lacks_its_query_is_refused() -> None:
    told: dict[str, Any] = document(reports.single())
    del told["query"]

    with pytest.raises(KeyError):
        report(told)


def _answer(one: Any) -> Report:  # noqa: ANN401 # a segment
    archived = reports.asset(1, "street.mp4", 60)
    return reports.report([reports.source(archived, [one], duration=3)], facts=reports.media(3))
