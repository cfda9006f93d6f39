from collections.abc import Sequence

import pytest

from lineage import early
from lineage.early import Early
from lineage.evidence import Revealed
from lineage.findings import Finding
from tests import reports


def test_what_is_known_is_told_at_once_and_then_no_oftener_than_people_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(early, "monotonic", lambda: now)
    answer = reports.rich()
    one = Revealed(0, answer.sources[0].segments[0], (), 0.9)
    told: list[int] = []

    def derived(revealed: Sequence[Revealed]) -> list[Finding]:
        return list(answer.findings[: len(revealed)])

    telling = Early(derived, answer.sources, lambda found, _: told.append(len(found)))
    telling([])
    telling([one, one])
    now += early.AGAIN
    telling([one, one, one])

    assert told == [0, 3]


def test_nothing_is_worked_out_for_nobody() -> None:
    def derived(_: Sequence[Revealed]) -> list[Finding]:
        raise AssertionError

    Early(derived, (), None)([])
