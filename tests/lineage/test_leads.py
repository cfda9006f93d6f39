from dataclasses import replace

import numpy as np
import pytest

from index.values import AssetRow, Channel, Interval, Media
from lineage.leads import LEAST, leads
from lineage.values import Segment
from tests import reports

ROW, ALL = AssetRow(3), Interval(0, 8)
HEARD = replace(reports.segment((2, 6), (10, 15)), channel=Channel.SOUND)


def moments(
    *heard: Segment,
    left: Interval = ALL,
    media: Media | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    facts = media or reports.media(20.0)
    found = leads([(ROW, one) for one in heard], [left], lambda _: facts, variant="plain")
    assert (found.assets == ROW).all()
    return found.query_times, found.times


def test_moments_lie_on_the_line_of_the_sound() -> None:
    query, source = moments(HEARD)

    assert query.min() == 2.0
    assert 5 < query.max() < 6
    assert source == pytest.approx(10 + 1.25 * (query - 2))


def test_only_time_that_is_asked_about_is_looked_at() -> None:
    query, _ = moments(HEARD, left=Interval(4, 5.5))
    brief, _ = moments(HEARD, left=Interval(4, 4 + LEAST / 2))

    assert query.min() == 4.0
    assert query.max() < 5.5
    assert len(brief) == 0


def test_file_without_pictures_leads_nowhere() -> None:
    query, _ = moments(HEARD, media=reports.media(20.0, 0))

    assert len(query) == 0
