"""What the page of a trace says of which file was made from which."""

import pytest

from api.exports.document import document
from api.web.pages.result import related
from lineage.derivations import Relation, Way
from tests import reports


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (Way.BACK, "“street-protest-2019.mp4” was not made from this clip; whether this clip"),
        (Way.ONWARD, "This clip was not made from “street-protest-2019.mp4”; whether “street-"),
    ],
)
def test_a_way_that_is_ruled_out_is_told_without_a_confidence(way: Way, told: str) -> None:
    (one,) = related(document(reports.ruled_out(way))["lineage"])

    assert one.words.startswith(told)
    assert one.confidence is None
    assert len(one.evidence) == 3


def test_nothing_is_told_where_nothing_is_decided_or_ruled_out() -> None:
    assert list(related(document(reports.related(Relation.UNDETERMINED))["lineage"])) == []


def test_what_is_decided_is_told_with_its_confidence() -> None:
    (one,) = related(document(reports.related())["lineage"])

    assert one.words.startswith("This clip was made from")
    assert one.confidence == 0.96
