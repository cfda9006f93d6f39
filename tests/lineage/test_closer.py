from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.values import WHOLE, AssetRow, Box, Channel, Hits, Interval
from lineage import closer
from lineage.closer import Views
from lineage.values import Candidate, Segment
from tests import reports

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
INSIDE = Box(0, 0.1, 1, 0.9)
parts = st.builds(
    lambda x, y, w, h: Box(x * (1 - w), y * (1 - h), x * (1 - w) + w, y * (1 - h) + h),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.1, 0.9),
    st.floats(0.1, 0.9),
)


def stretch(query: Box = WHOLE, source: Box = WHOLE, likeness: float = 0.9) -> Segment:
    """Return a stretch in which the one part shows the other."""
    wide = (source.x1 - source.x0) / (query.x1 - query.x0)
    high = (source.y1 - source.y0) / (query.y1 - query.y0)
    lies = (wide, 0.0, source.x0 - wide * query.x0, 0.0, high, source.y0 - high * query.y0)
    plain = reports.segment((0, 4), (2, 6))
    return replace(
        plain, query_box=query, source_box=source, across=lies, likeness=likeness, inside=INSIDE
    )


def edges(box: Box | None) -> list[float]:
    assert box is not None
    return [box.x0, box.y0, box.x1, box.y1]


@given(query=parts, source=parts)
def test_what_fills_both_views_lies_where_the_views_lie(query: Box, source: Box) -> None:
    known, seen = stretch(query, source), Views(query, source)
    found = replace(stretch(), across=IDENTITY, inside=WHOLE)

    told = closer.back(found, known, seen)

    assert edges(told.query_box) == pytest.approx(edges(query), abs=1e-4)
    assert edges(told.source_box) == pytest.approx(edges(source), abs=1e-4)
    assert told.across == pytest.approx(known.across)
    assert told.inside == (WHOLE if query == WHOLE else INSIDE)


@given(query=parts, source=parts)
@pytest.mark.parametrize("variant", ["plain", "mirror"])
def test_guess_fills_the_views_with_what_is_shown_in_them(
    variant: str, query: Box, source: Box
) -> None:
    times = np.arange(3.0)
    bits = np.zeros(3, np.uint16)
    hits = Hits(times, np.full(3, AssetRow(1)), times, times * 0, bits, Channel.FEATURE)
    whole = Interval(0, 3)
    candidate = Candidate(AssetRow(1), variant, whole, whole, 1.0, 1.0, 3, hits)
    known = stretch(query, source)
    if variant == "mirror":
        assert known.across is not None
        across = np.reshape(known.across, (2, 3)) @ [
            [-1, 0, query.x0 + query.x1],
            [0, 1, 0],
            [0, 0, 1],
        ]
        known = replace(known, across=tuple(map(float, across.ravel())))

    told = closer.through(candidate, known, Views(query, source))

    assert told.hits.maps[2] == pytest.approx(np.eye(2, 3), abs=1e-9)


def test_only_what_is_small_and_alike_is_worth_a_closer_look() -> None:
    small = Box(0.6, 0.5, 0.9, 0.9)

    assert closer.worth([stretch(small, likeness=0.7)], 0.8) is None
    assert closer.worth([stretch(Box(0, 0, 0.5, 0.5))], 0.8) is None
    assert closer.worth([], 0.8) is None
    assert closer.worth([stretch(small)], 0.8) == stretch(small)
    assert closer.views(stretch(small)) == Views(small, WHOLE)
    assert closer.views(stretch(source=small)) == Views(WHOLE, small)
