"""Made clips with a known change: at which moments they are shown, and what differs then."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sandbox import Sandbox
from index.values import Box, Channel, Interval
from lineage.exhibits import Case, Exhibitor, Name, around
from lineage.findings import Finding, Kind
from lineage.values import Segment
from tests import clips

FRAME = 1 / 25
BOX = Box(180 / 320, 60 / 180, 280 / 320, 130 / 180)
LATE = 2.0
"""Seconds of the source before the clip begins."""
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
START, END = 1.48, 2.92


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clip that shows something else in a box for a while, and its source."""

    def patched(picture: clips.Picture, time: float) -> clips.Picture:
        picture = clips.strewn(picture, LATE + time)
        if START - FRAME / 2 <= time < END - FRAME / 2:
            picture[60:130, 180:280] = clips.picture(time, seed=9, size=(100, 70))
        return picture

    folder = tmp_path_factory.mktemp("exhibits")
    source = clips.movie(folder / "source.mp4", seconds=7, edit=clips.strewn, sound=True)
    sound = clips.tone(4.0, seed=5)
    clip = clips.movie(folder / "clip.mp4", seconds=4, start=LATE, edit=patched, sound=sound)
    return clip, source


@pytest.fixture(scope="module")
def exhibitor() -> Iterator[Exhibitor]:
    with Sandbox() as sandbox:
        yield Exhibitor(sandbox)


def case(
    footage: tuple[Path, Path],
    start: float = START,
    end: float = END,
    *,
    kind: Kind = Kind.OVERLAY_ADDED,
    rate: float = 1.0,
) -> Case:
    """Return a finding as it is told: from its first changed frame to the first that is not."""
    segment = Segment(
        Interval(0.0, 4.0),
        Interval(LATE, LATE + 4.0),
        rate,
        Channel.PICTURE,
        "plain",
        0.98,
        frame_exact=True,
        across=IDENTITY,
    )
    sound = kind is Kind.SOUND_REPLACED
    box, channel = (None, Channel.SOUND) if sound else (BOX, Channel.PICTURE)
    measures = {"strongest": (start + end) / 2}
    finding = Finding(kind, channel, Interval(start, end), 0.9, box=box, measures=measures)
    return Case(finding, segment, *footage, 25.0, 25.0)


def times(case: Case, exhibitor: Exhibitor) -> dict[Name, float]:
    seen = exhibitor.seen(case)
    assert seen is not None
    return {one.name: one.query.time for one in seen.moments}


def test_change_is_shown_from_its_first_frame_to_its_last(
    footage: tuple[Path, Path], exhibitor: Exhibitor
) -> None:
    shown = times(case(footage), exhibitor)

    assert list(shown) == [Name.BEFORE, Name.ONSET, Name.STRONGEST, Name.END]
    assert shown[Name.BEFORE] == pytest.approx(START - FRAME, abs=FRAME / 4)
    assert shown[Name.ONSET] == pytest.approx(START, abs=FRAME / 4)
    assert shown[Name.END] == pytest.approx(END - FRAME, abs=FRAME / 4)


def test_change_that_lasts_throughout_has_no_moment_before(
    footage: tuple[Path, Path], exhibitor: Exhibitor
) -> None:
    shown = times(case(footage, 0.0, 4.0), exhibitor)

    assert list(shown) == [Name.ONSET, Name.STRONGEST, Name.END]
    assert shown[Name.ONSET] == pytest.approx(FRAME, abs=FRAME / 4)
    assert shown[Name.END] == pytest.approx(4.0 - FRAME, abs=FRAME / 4)


def test_source_is_shown_at_the_same_moments(
    footage: tuple[Path, Path], exhibitor: Exhibitor
) -> None:
    seen = exhibitor.seen(case(footage))

    assert seen is not None
    apart = [one.source.time - one.query.time for one in seen.moments]
    assert apart == pytest.approx([LATE] * 4, abs=FRAME / 4)


def test_heat_is_where_the_change_is(footage: tuple[Path, Path], exhibitor: Exhibitor) -> None:
    seen = exhibitor.seen(case(footage))

    assert seen is not None
    assert seen.heat is not None
    heat = seen.heat
    rows, columns = heat.cells.shape
    x = (np.arange(columns) + 0.5) * heat.side[0]
    y = (np.arange(rows) + 0.5) * heat.side[1]
    inside = np.outer((y > BOX.y0 + 0.05) & (y < BOX.y1 - 0.05), (x > BOX.x0 + 0.05) & (x < 0.82))
    outside = np.outer(y < BOX.y0 - 0.1, x < 1.0)
    assert np.median(heat.cells[inside]) > heat.strong
    assert np.quantile(heat.cells[outside], 0.99) < heat.weak
    assert heat.matrix == pytest.approx((*IDENTITY, 0, 0, 1), abs=0.01)
    assert heat.source_time - heat.time == pytest.approx(LATE, abs=FRAME / 4)


def test_both_sounds_are_of_the_same_stretch(
    footage: tuple[Path, Path], exhibitor: Exhibitor
) -> None:
    heard = exhibitor.heard(case(footage, 1.5, 2.5, kind=Kind.SOUND_REPLACED))

    assert (heard.within.start, heard.within.end) == (0.5, 3.5)
    assert (heard.beside.start, heard.beside.end) == (LATE + 0.5, LATE + 3.5)
    for sound in (heard.query, heard.source):
        assert len(sound.samples) == pytest.approx(3.0 * sound.rate, rel=0.02)
        assert np.abs(sound.samples).max() > 0.01


def test_sound_of_pictures_played_backwards_is_that_of_the_same_frames(
    footage: tuple[Path, Path], exhibitor: Exhibitor
) -> None:
    heard = exhibitor.heard(case(footage, 1.0, 1.5, kind=Kind.SOUND_REPLACED, rate=-1.0))

    assert (heard.within.start, heard.within.end) == (0.0, 2.5)
    assert (heard.beside.start, heard.beside.end) == (LATE + 1.5, LATE + 4.0)


@given(
    st.tuples(*[st.floats(0, 0.9)] * 2),
    st.tuples(*[st.floats(0.01, 0.1)] * 2),
)
def test_what_lies_around_a_box_is_shaped_like_the_frame_and_holds_it(
    corner: tuple[float, float], size: tuple[float, float]
) -> None:
    box = Box(*corner, corner[0] + size[0], corner[1] + size[1])

    view = around(box)

    assert view.x1 - view.x0 == pytest.approx(view.y1 - view.y0)
    assert view.common(box) == pytest.approx(box.area)


def test_box_lies_where_the_source_shows_the_same() -> None:
    segment = Segment(
        Interval(0, 1),
        Interval(0, 1),
        1.0,
        Channel.PICTURE,
        "mirror",
        0.9,
        frame_exact=True,
        across=(-0.5, 0.0, 0.75, 0.0, 0.5, 0.25),
    )

    assert segment.lying(Box(0.0, 0.0, 0.5, 1.0)) == Box(0.5, 0.25, 0.75, 0.75)
