"""Stills for which most frames are left out, beside those of decoding all."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from index.decode import clip as decode
from index.decode import passes
from index.decode.pacing import Pace
from index.decode.sparing import Asked, Sparing
from index.decode.stretches import since
from tests import clips
from tests.clips import Coding

LENGTH = 12.0
SIZE = (160, 90)
CODING = Coding(
    gop=75,
    b_frames=5,
    options={"x264-params": "b-adapt=0:b-pyramid=normal:scenecut=0"},
)
"""Four frames in six that no other needs."""


def even(path: Path, *, first: float = 0.0, faststart: bool = False) -> Path:
    coding = replace(CODING, container={"movflags": "faststart"} if faststart else {})
    return clips.movie(path, seconds=LENGTH, size=SIZE, first=first, coding=coding)


def uneven(path: Path) -> Path:
    """Write frames that come in bursts, with pauses between."""
    times = np.arange(0, LENGTH, 0.04)
    shown = [float(time) for time in times if time % 1.5 < 0.9 or time % 0.2 < 0.04]
    return clips.movie(path, times=shown, size=SIZE, coding=CODING)


def misstamped(path: Path, clip: Path) -> Path:
    """Write a clip's packets as if they were shown in the order of decoding."""
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        track = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream, packet.pts = track, packet.dts
                target.mux(packet)
    return path


@pytest.fixture(
    scope="module",
    params=["mp4", "mkv", "ts", "flv", "avi", "uneven", "misstamped", "damaged", "truncated"],
)
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    match request.param:
        case "uneven":
            return uneven(folder / "a.mkv")
        case "misstamped":
            return misstamped(folder / "b.mp4", even(folder / "a.mp4"))
        case "damaged":
            whole = even(folder / "a.mp4", faststart=True)
            return clips.damaged(folder / "b.mp4", whole, span=(0.5, 0.52))
        case "truncated":
            return clips.truncated(
                folder / "b.mp4", even(folder / "a.mp4", faststart=True), share=0.7
            )
        case "ts":
            return even(folder / "a.ts", first=5.0)
        case ending:
            return even(folder / f"a.{ending}")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return even(tmp_path_factory.mktemp("plain") / "a.mp4")


@pytest.mark.parametrize("start", [0.0, 4.3, 7.0])
def test_stills_are_those_of_decoding_all(
    monkeypatch: pytest.MonkeyPatch, odd: Path, start: float
) -> None:
    rng = np.random.default_rng(1)
    asked = [*np.arange(start, LENGTH + 0.5, 0.4), *rng.uniform(start, LENGTH, 9)]

    some = decode.stills(odd, asked, side=96)

    monkeypatch.setattr(passes, "EXACT", frozenset[str]())
    truth = decode.stills(odd, asked, side=96)
    assert [still.time for still in some] == [still.time for still in truth]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(some, truth, strict=True))


@pytest.mark.parametrize("start", [0.0, 4.3])
def test_frames_that_nothing_asks_for_are_left_out(plain: Path, start: float) -> None:
    asked = Asked(start, iter(np.arange(start + 0.4, LENGTH, 0.4).tolist()))
    every = len(list(since(plain, Pace.EVERY.value, start)))

    decoded = list(since(plain, replace(Pace.EVERY.value, asked=asked), start))

    assert len(decoded) < 0.6 * every


def sparing(asked: float) -> Sparing:
    """What is left out after a frame shown at a second, of two frames a second."""
    spare = Sparing(Asked(asked, iter(())), period=0.04)
    spare.spares(0.0)
    spare.spares(1.0)
    spare.shown(0.0)
    return spare


@pytest.mark.parametrize(("time", "spared"), [(0.5, True), (0.62, False), (1.2, False)])
def test_what_is_left_out_is_shown_early_and_far_from_what_is_asked_for(
    time: float, *, spared: bool
) -> None:
    assert sparing(0.6).spares(time) == spared


@pytest.mark.parametrize(
    ("asked", "misled"), [(0.1, False), (0.3, True), (0.7, True), (0.8, False)]
)
def test_a_frame_left_out_that_is_nearest_misleads(asked: float, *, misled: bool) -> None:
    spare = sparing(asked)
    spare.spares(0.5)

    spare.shown(1.0)

    assert spare.misled == misled
