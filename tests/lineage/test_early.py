import pytest

from index.values import Channel
from lineage import derive, early
from lineage.early import Early
from lineage.evidence import Revealed
from lineage.values import Report, Searched
from tests import reports

SEARCHED = Searched("none", 1, 1.0, 1, (Channel.PICTURE,))


@pytest.fixture
def answer() -> Report:
    return reports.rich()


def pixels(answer: Report) -> list[Revealed]:
    return [Revealed(0, answer.sources[0].segments[0], (), 0.9)]


def test_pixels_are_told_of_no_oftener_than_people_read(
    answer: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, told = 100.0, list[float]()
    monkeypatch.setattr(early, "monotonic", lambda: now)
    telling = Early(SEARCHED, lambda *_: told.append(now))
    found = (answer.query, answer.sources, ())

    telling(*found)
    now += 0.1
    telling.again(*found, pixels(answer))
    now += early.AGAIN
    telling.again(*found, pixels(answer))

    assert told == pytest.approx([100.0, 100.1 + early.AGAIN])


def test_what_all_is_known_of_the_search_is_told_however_soon(answer: Report) -> None:
    told = []
    telling = Early(SEARCHED, lambda *both: told.append(both))

    assert telling.due
    for _ in range(2):
        telling(answer.query, answer.sources, ())

    assert not telling.due
    assert len(told) == 2


def test_what_is_told_is_what_is_known_of_these_sources(answer: Report) -> None:
    told = []

    Early(SEARCHED, lambda *both: told.append(both))(answer.query, answer.sources, ())

    known = derive.derived(answer.query, SEARCHED, answer.sources, ())
    assert known
    assert told == [(known, answer.sources)]


def test_nothing_is_worked_out_for_nobody(answer: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive, "derived", None)

    nobody = Early(SEARCHED, None)

    assert not nobody.due
    nobody(answer.query, answer.sources, (), pixels(answer))
