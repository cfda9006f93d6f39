from copy import deepcopy
from dataclasses import replace

import opentimelineio as otio  # type: ignore[import-untyped]  # it comes without types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.exports.cuts import Item, rate_of, timeline
from index.values import Channel, Interval
from lineage.values import Reason, Report, Segment
from tests import reports

NTSC = 30000 / 1001


def _read(report: Report) -> Item:
    """Return the timeline that the reference library reads."""
    return otio.adapters.read_from_string(timeline(report), "otio_json")


def _shown(*segments: Segment, duration: float = 10.0, rate: float | None = 25.0) -> Report:
    """Return a clip of stretches of one source, whose frame rate may be another."""
    archived = reports.asset(1, "harbour.mp4", 60)
    archived = replace(archived, media=replace(archived.media, frame_rate=rate))
    return reports.report(
        [reports.source(archived, segments, duration=duration)], facts=reports.media(duration)
    )


def _track(report: Report, name: str = "Picture 1") -> Item:
    read = _read(report)
    # A copy, for a track is emptied when nobody holds its timeline any more.
    return deepcopy(next(track for track in read.tracks if track.name == name))


def _spans(track: Item) -> list[tuple[str, float, float]]:
    """Return what lies on a track: kind, start and end in its units."""
    ranges = [(type(one).__name__, one.range_in_parent()) for one in track]
    return [(kind, one.start_time.value, one.end_time_exclusive().value) for kind, one in ranges]


def test_every_track_is_as_long_as_the_clip() -> None:
    read = _read(reports.rich())
    tracks = list(read.tracks)

    assert [(track.name, track.kind) for track in tracks] == [
        ("Picture 1", "Video"),
        ("Sound 1", "Audio"),
    ]
    assert [track.duration().to_seconds() for track in tracks] == [24.0, 24.0]


def test_a_stretch_lies_where_the_clip_shows_it_and_takes_what_it_shows() -> None:
    track = _track(_shown(reports.segment((2.0, 5.2), (41.0, 44.2))))

    assert _spans(track) == [("Gap", 0, 50), ("Clip", 50, 130), ("Gap", 130, 250)]
    clip = track[1]
    assert clip.source_range.start_time == otio.opentime.RationalTime(1025, 25)
    assert clip.media_reference.target_url == "file:///archive/harbour.mp4"
    assert clip.media_reference.available_range.duration.to_seconds() == 60.0


def test_the_source_is_counted_in_frames_of_its_own() -> None:
    shown = _shown(reports.segment((0, 4), (10 * 1001 / 1000, 14.01)), rate=29.97003)

    clip = _track(shown)[0]

    assert clip.source_range.start_time == otio.opentime.RationalTime(300, NTSC)
    assert clip.source_range.duration == otio.opentime.RationalTime(100, 25)


@pytest.mark.parametrize(
    ("rate", "effect", "scalar"),
    [(2.0, "LinearTimeWarp", 2.0), (-0.5, "LinearTimeWarp", -0.5), (0.0, "FreezeFrame", 0.0)],
)
def test_another_speed_is_an_effect(rate: float, effect: str, scalar: float) -> None:
    shown = replace(reports.segment((0, 4), (10, 18)), rate=rate)

    clip = _track(_shown(shown))[0]

    (one,) = clip.effects
    assert (type(one).__name__, one.time_scalar) == (effect, scalar)
    assert clip.duration().to_seconds() == 4.0


def test_a_speed_that_comes_to_no_frame_is_none() -> None:
    shown = replace(reports.segment((0, 4), (10, 14)), rate=1.0099)
    slower = replace(shown, rate=1.011)

    assert len(_track(_shown(shown))[0].effects) == 0
    assert len(_track(_shown(slower))[0].effects) == 1


def test_stretches_at_one_time_lie_on_tracks_of_their_own() -> None:
    behind, inset = reports.segment((0, 8), (10, 18)), reports.segment((2, 4), (30, 32))
    after = reports.segment((8, 10), (40, 42))

    shown = _shown(behind, inset, after)

    assert _spans(_track(shown)) == [("Clip", 0, 200), ("Clip", 200, 250)]
    assert _spans(_track(shown, "Picture 2")) == [
        ("Gap", 0, 50),
        ("Clip", 50, 100),
        ("Gap", 100, 250),
    ]


def test_a_gap_says_why() -> None:
    gaps = [reports.gap(0, 1, Reason.TOO_PLAIN), reports.gap(1, 2), reports.gap(6, 10)]
    shown = replace(_shown(reports.segment((3, 6), (10, 13))), unexplained=tuple(gaps))

    track = _track(shown)

    reasons = [
        one.metadata["wherefrom"]["reason"] if "wherefrom" in one.metadata else None
        for one in track
        if isinstance(one, otio.schema.Gap)
    ]
    assert reasons == ["too-plain", "no-match", None, "no-match"]
    assert [end for _, _, end in _spans(track)] == [25, 50, 75, 150, 250]


def test_only_the_first_track_says_why() -> None:
    shown = _shown(reports.segment((0, 4), (10, 14)), reports.segment((2, 4), (30, 32)))
    track = _track(replace(shown, unexplained=(reports.gap(6, 10),)), "Picture 2")

    assert _spans(track) == [("Gap", 0, 50), ("Clip", 50, 100), ("Gap", 100, 250)]
    assert "wherefrom" not in track[2].metadata


def test_metadata_say_how_it_is_shown_and_how_sure_that_is() -> None:
    track = _track(reports.rich())

    told = track[0].metadata["wherefrom"]
    assert told["confidence"] == 0.97
    assert list(told["source"]) == [41.0, 46.2]
    assert told["geometry"]["mirrored"] is True
    assert told["asset"]["title"] == "Council briefing, 12 April"


def test_sound_is_counted_in_milliseconds() -> None:
    heard = replace(reports.segment((0.5, 3.123), (7.002, 9.625)), channel=Channel.SOUND)
    archived = reports.asset(1, "harbour.mp4", 60)
    source = replace(reports.source(archived, [heard], duration=4), channel=Channel.SOUND)

    track = _track(reports.report([source], facts=reports.media(4.0)), "Sound 1")

    assert _spans(track) == [("Gap", 0, 500), ("Clip", 500, 3123), ("Gap", 3123, 4000)]
    assert track[1].source_range.start_time == otio.opentime.RationalTime(7002, 1000)


def test_a_clip_without_picture_has_no_track_of_pictures() -> None:
    read = _read(reports.sound_only())

    assert [track.name for track in read.tracks] == ["Sound 1"]


def test_a_single_picture_is_counted_in_milliseconds() -> None:
    shown = replace(reports.segment((0, 0.04), (10, 10.04)), rate=0.0)
    made = _shown(shown, duration=0.04)
    media = replace(made.query.media, frame_rate=None, has_sound=False)

    track = _track(replace(made, query=replace(made.query, media=media)))

    assert _spans(track) == [("Clip", 0, 40)]
    assert track[0].source_range.start_time == otio.opentime.RationalTime(250, 25)


@pytest.mark.parametrize(
    ("measured", "used"),
    [(25.003, 25.0), (29.97, NTSC), (23.976, 24000 / 1001), (24.0, 24.0), (12.5, 12.5)],
)
def test_a_mean_rate_near_a_usual_one_is_taken_for_it(measured: float, used: float) -> None:
    media = replace(reports.media(4.0), frame_rate=measured)

    assert rate_of(media, Channel.PICTURE) == pytest.approx(used, abs=1e-9)


def test_an_edit_decision_list_can_be_made_of_it() -> None:
    edl = otio.adapters.write_to_string(_read(reports.rich()), "cmx_3600", rate=25)

    assert "00:00:41:00 00:00:46:05 00:00:00:00 00:00:05:05" in edl
    assert edl.count("* FROM CLIP: file:///archive/") == 7


def test_the_same_answer_gives_the_same_bytes() -> None:
    assert timeline(reports.rich()) == timeline(reports.rich())


@given(st.text(min_size=1) | st.just('\udce9\n\u202e"\\\0'))
def test_any_name_survives(name: str) -> None:
    told = reports.related()
    archived = replace(told.sources[0].asset, name=name, title=name)
    named = replace(told, sources=(replace(told.sources[0], asset=archived),))

    read = _read(replace(named, query=replace(named.query, name=name)))

    shown = name.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    assert read.metadata["wherefrom"]["name"] == shown
    clip = read.tracks[0][0]
    assert clip.metadata["wherefrom"]["asset"]["title"] == shown
    assert "\n" not in clip.name


@st.composite
def _stretches(draw: st.DrawFn) -> list[Segment]:
    """Return stretches anywhere in a clip of 20 seconds, of a source of 60."""
    found = []
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.floats(0, 19.9))
        end = draw(st.floats(start + 0.01, 20))
        begin = draw(st.floats(0, 59))
        found.append(reports.segment((start, end), (begin, begin + (end - start) / 20)))
    return found


@given(_stretches(), st.sampled_from([24000 / 1001, 25.0, NTSC, 17.3]))
def test_every_stretch_lies_within_a_frame_of_its_time(found: list[Segment], rate: float) -> None:
    made = _shown(*found, duration=20.0)
    media = replace(made.query.media, frame_rate=rate)
    read = _read(replace(made, query=replace(made.query, media=media)))
    tracks = list(read.tracks)

    laid = [
        (
            one.range_in_parent().start_time.to_seconds(),
            one.range_in_parent().end_time_exclusive().to_seconds(),
            Interval(*one.metadata["wherefrom"]["query"]),
        )
        for track in tracks
        for one in track
        if isinstance(one, otio.schema.Clip)
    ]

    assert len(laid) == len(found)
    assert all(abs(start - when.start) <= 0.5 / rate + 0.001 for start, _, when in laid)
    assert all(abs(end - when.end) <= 1.5 / rate + 0.001 for _, end, when in laid)
    assert len({round(track.duration().to_seconds(), 6) for track in tracks[:-1]}) == 1
