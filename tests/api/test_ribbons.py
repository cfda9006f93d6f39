import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.exports import drawing
from api.exports.drawing import letter, lying, upright
from api.exports.ribbons import Band, Chart, Reach, chart, pack, shown_pieces, spread, ticks
from api.exports.shapes import Drawing
from lineage.values import Report
from tests import reports

ALL = {
    "rich": reports.rich(),
    "supercut": reports.supercut(),
    "many": reports.supercut(60, 30, length=600),
    "short": reports.single(3.0),
    "long": reports.single(7210.0),
    "nothing": reports.nothing(),
}


def charted(report: Report, *, crowded: bool = False) -> Chart:
    return chart(
        report.query.media.duration,
        report.sources,
        report.unexplained,
        labels=[0.1] * len(report.sources),
        crowded=crowded,
    )


def bands(report: Report) -> list[Band]:
    return list(charted(report).bands)


@pytest.mark.parametrize("name", ALL)
def test_a_ribbon_starts_at_its_segment_s_times_in_the_query(name: str) -> None:
    whole = charted(ALL[name])

    back = [
        (band.query.start - whole.query.start, band.query.end - whole.query.start)
        for band in whole.bands
    ]

    wanted = [
        (band.part.segment.query.start * whole.scale, band.part.segment.query.end * whole.scale)
        for band in whole.bands
    ]
    assert back == [pytest.approx(pair, abs=1e-9) for pair in wanted]


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_a_ribbon_ends_at_its_segment_s_times_in_the_source(name: str, *, crowded: bool) -> None:
    whole = charted(ALL[name], crowded=crowded)

    assert [landing(band, whole) for band in whole.bands] == [
        pytest.approx((band.part.segment.source.start, band.part.segment.source.end))
        for band in whole.bands
    ]


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_nothing_leaves_the_axis(name: str, *, crowded: bool) -> None:
    whole = charted(ALL[name], crowded=crowded)
    reaches = [whole.query, *(piece.reach for piece in whole.pieces)]

    assert min(reach.start for reach in reaches) >= -1e-9
    assert max(reach.end for reach in reaches) <= 1 + 1e-9


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_pieces_on_one_lane_do_not_meet(name: str, *, crowded: bool) -> None:
    pieces = charted(ALL[name], crowded=crowded).pieces

    assert [
        (one, other)
        for one in pieces
        for other in pieces
        if one is not other
        and one.lane == other.lane
        and one.reach.start < other.reach.end - 1e-9
        and other.reach.start < one.reach.end - 1e-9
    ] == []


def test_a_ribbon_is_narrower_at_the_clip_where_it_was_sped_up() -> None:
    fast = bands(reports.rich())[2]

    assert fast.source.length == pytest.approx(2 * fast.query.length)


def test_ribbons_cross_where_the_order_differs() -> None:
    first, _, _, _, later, *_ = bands(reports.rich())

    assert first.query.start < later.query.start
    assert first.source.start > later.source.start


def test_a_source_of_one_stretch_stands_straight_below_it() -> None:
    band = bands(reports.single())[0]

    assert (band.query.start, band.query.end) == pytest.approx((band.source.start, band.source.end))


def test_a_reversed_ribbon_joins_the_start_to_the_end() -> None:
    archived = reports.asset(1, "briefing.mxf", 60)
    turned = reports.segment((0, 4), (10, 14), backwards=True)
    report = reports.report(
        [reports.source(archived, [turned], duration=8)], facts=reports.media(8)
    )

    ribbon = lying(report).ribbons[0]

    numbers = [float(number) for number in re.findall(r"[\d.]+", ribbon.path)]
    # M start L end C … last L first C …
    start, last, first = numbers[0], numbers[8], numbers[10]
    assert ribbon.hatched
    assert (start, last, first) == pytest.approx((0.0, 0.0, 500.0))


def test_stretches_of_a_source_that_nearly_touch_are_one_piece() -> None:
    archived = reports.asset(1, "briefing.mxf", 60)
    segments = [reports.segment((0, 4), (10, 14)), reports.segment((4, 8), (14.1, 18.1))]
    source = reports.source(archived, segments, duration=8)

    assert len(shown_pieces(source, 0.2)) == 1
    assert len(shown_pieces(source, 0.05)) == 2


@given(
    st.lists(st.tuples(st.floats(-1, 2), st.floats(0.001, 0.05)), min_size=1, max_size=12),
)
def test_spread_pieces_keep_their_order_and_their_distance(
    pieces: list[tuple[float, float]],
) -> None:
    wanted, lengths = zip(*pieces, strict=True)

    starts = spread(wanted, lengths, gap=0.02)

    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    assert starts[0] >= 0
    assert ends[-1] <= 1 + 1e-9
    assert all(end + 0.02 <= start + 1e-9 for end, start in zip(ends, starts[1:], strict=False))


def test_pieces_that_have_room_stand_where_they_want() -> None:
    assert spread([0.1, 0.5], [0.1, 0.1], gap=0.02) == pytest.approx([0.1, 0.5])


def test_lanes_are_shared_by_what_does_not_meet() -> None:
    assert pack([Reach(0, 0.3), Reach(0.2, 0.5), Reach(0.4, 0.6)]) == [0, 1, 0]


@given(st.floats(0.04, 400_000))
def test_ticks_are_few_and_within_the_clip(duration: float) -> None:
    times = ticks(duration)

    assert times[0] == 0
    assert times[-1] <= duration
    assert len(times) <= 17


@pytest.mark.parametrize("draw", [lying, upright])
@pytest.mark.parametrize("name", ALL)
def test_no_text_leaves_the_drawing(name: str, draw: Callable[[Report], Drawing]) -> None:
    drawing = draw(ALL[name])

    assert [label for label in drawing.labels if not inside(label.y, drawing.height)] == []
    assert [label for label in drawing.labels if not inside(label.x, 0)] == []


def test_letters_of_overlapping_stretches_stand_side_by_side() -> None:
    sources = [
        reports.source(
            reports.asset(number, f"take-{number}.mp4", 60),
            [reports.segment((0, 8), (7, 15))],
            duration=8,
        )
        for number in (1, 2, 3)
    ]

    drawing = lying(reports.report(sources, facts=reports.media(8)))

    places = [label.x for label in drawing.labels if label.look == "letter"]
    assert len(set(places)) == 3


def test_letters_go_on_after_z() -> None:
    assert [letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_held_frame_is_wide_enough_to_see() -> None:
    archived = reports.asset(1, "briefing.mxf", 200)
    held = replace(reports.segment((0, 4), (41, 41.001)), rate=0.0)
    report = reports.report([reports.source(archived, [held], duration=8)])

    assert charted(report).pieces[0].reach.length >= 0.003


def inside(place: str, most: float) -> bool:
    """Whether a percent is within 0 to 100, or a number within 0 to `most`."""
    if place.endswith("%"):
        return 0 <= float(place[:-1]) <= 100
    return 0 <= float(place) <= most


def landing(band: Band, whole: Chart) -> tuple[float, float]:
    """Return the times of the source at the ends of a ribbon."""
    piece = next(
        piece
        for piece in whole.pieces
        if piece.source == band.part.source
        and piece.reach.start <= band.source.start + 1e-12
        and band.source.end <= piece.reach.end + 1e-12
        and piece.lane == band.lane
    )
    scale = piece.shown.length / piece.reach.length
    start = piece.shown.start + (band.source.start - piece.reach.start) * scale
    return start, start + band.source.length * scale


def test_sound_that_outlasts_the_picture_does_not_leave_the_axis() -> None:
    whole = reports.single(5.0)
    longer = replace(whole, unexplained=(reports.gap(0.0, 5.4),))

    gaps = drawing._chart(longer, [0.1]).gaps

    assert [gap.reach.end <= 1.0 + 1e-9 for gap in gaps] == [True]
