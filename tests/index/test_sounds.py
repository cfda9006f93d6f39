"""Decoded sound: true times, mixing, damage."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from index import hearing, measure
from index.decode import sounds
from index.decode.sounds import RATE, Track
from index.keyframes import Level
from index.values import Channel, Fingerprint, Interval, Media
from tests import clips
from tests.clips import Samples


def samples(path: Path, window: Interval | None = None) -> Samples:
    parts = [sound.samples for sound in Track(path).sounds(window)]
    return np.concatenate([np.empty(0, np.float32), *parts])


def clicks(seconds: float, at: float) -> Samples:
    """Return silence with a short burst of noise at a time."""
    made = np.zeros(round(seconds * clips.SOUND_RATE), np.float32)
    first = round(at * clips.SOUND_RATE)
    made[first : first + 160] = np.random.default_rng(0).uniform(-0.8, 0.8, 160)
    return made


def loudest(heard: Samples) -> float:
    """Return the time of the middle of what is loud."""
    power = np.square(heard, dtype=np.float64)
    return float((power * np.arange(len(heard))).sum() / power.sum() / RATE)


def lag(heard: Samples, other: Samples) -> float:
    """Return by how many seconds the other lies later."""
    size = min(len(heard), len(other))
    product = np.fft.irfft(
        np.conj(np.fft.rfft(heard[:size], 2 * size)) * np.fft.rfft(other[:size], 2 * size)
    )
    best = int(product.argmax())
    return (best if best < size else best - 2 * size) / RATE


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_a_click_is_heard_when_it_is_heard(tmp_path: Path, name: str) -> None:
    clip = clips.movie(tmp_path / name, seconds=3, sound=clicks(3, 1.2))

    assert loudest(samples(clip)) == pytest.approx(1.205, abs=0.02)


def test_time_counts_from_the_first_shown_frame(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mkv", seconds=3, first=0.8, sound=clicks(3, 1.2))

    assert loudest(samples(clip)) == pytest.approx(0.405, abs=0.02)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_window_gives_the_same_sound_as_the_whole(tmp_path: Path, name: str) -> None:
    clip = clips.movie(tmp_path / name, seconds=6, sound=clips.speech(6))

    part = samples(clip, Interval(3.0, 4.5))

    assert len(part) == round(1.5 * RATE)
    assert lag(samples(clip)[3 * RATE : round(4.5 * RATE)], part) == pytest.approx(0, abs=0.001)


def test_window_of_sound_alone_is_on_its_own_clock(tmp_path: Path) -> None:
    clip = clips.sound_only(tmp_path / "a.m4a", samples=clips.speech(6))

    part = samples(clip, Interval(3.0, 4.5))

    assert lag(samples(clip)[3 * RATE : round(4.5 * RATE)], part) == pytest.approx(0, abs=0.001)


def test_gap_in_the_sound_is_silence(tmp_path: Path) -> None:
    whole = clips.movie(tmp_path / "a.mkv", seconds=4, sound=clips.speech(4))
    torn = tmp_path / "torn.mkv"
    with av.open(str(whole)) as source, av.open(str(torn), "w") as target:
        tracks = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            time = float((packet.pts or 0) * (packet.time_base or 0))
            missing = packet.stream.type == "audio" and 1.5 <= time < 2.5
            if packet.size and not missing:
                packet.stream = tracks[packet.stream_index]
                target.mux(packet)

    left = samples(torn)

    assert float(np.abs(left[round(1.7 * RATE) : round(2.4 * RATE)]).max()) < 1e-3
    assert lag(samples(whole)[3 * RATE :], left[3 * RATE :]) == pytest.approx(0, abs=0.002)


def restamped(path: Path, whole: Path, moved: Callable[[float], float]) -> Path:
    """Write a file whose packets of sound have other stamps; return its path."""
    with av.open(str(whole)) as source, av.open(str(path), "w") as target:
        tracks = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.size and packet.pts is not None and packet.time_base is not None:
                if packet.stream.type == "audio":
                    time = float(packet.pts * packet.time_base)
                    packet.pts = packet.dts = round(moved(time) / float(packet.time_base))
                packet.stream = tracks[packet.stream_index]
                target.mux(packet)
    return path


def test_sound_with_more_samples_than_its_stamps_say_keeps_to_the_stamps(tmp_path: Path) -> None:
    whole = clips.movie(tmp_path / "a.mkv", seconds=20, sound=clicks(20, 16.2))

    drifting = restamped(tmp_path / "b.mkv", whole, lambda time: 0.95 * time)

    assert loudest(samples(drifting)) == pytest.approx(0.95 * 16.2, abs=0.1)


def test_sound_goes_on_where_the_count_of_its_stamps_starts_anew(tmp_path: Path) -> None:
    once = clips.movie(tmp_path / "a.ts", seconds=4, sound=clips.speech(4))
    twice = tmp_path / "b.ts"
    twice.write_bytes(2 * once.read_bytes())

    first, both = samples(once)[RATE : 3 * RATE], samples(twice)
    second = both[-len(samples(once)) :][RATE : 3 * RATE]

    assert len(both) == pytest.approx(8 * RATE, rel=0.02)
    assert np.corrcoef(first, second)[0, 1] > 0.99


def test_sound_is_mixed_in_few_pieces_where_its_stamps_start_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = clips.sound_only(tmp_path / "a.m4a", samples=clips.speech(8))
    read, made, mixer = Track._frames, [], sounds._Mixer

    def again(track: Track, *of: Any) -> Iterator[av.AudioFrame]:  # noqa: ANN401 # as it takes it
        for frame in read(track, *of):
            if frame.time is not None and frame.time >= 4:
                frame.pts = round((frame.time - 3) / float(frame.time_base))
            yield frame

    def noted(*given: Any) -> object:  # noqa: ANN401 # as it takes it
        made.append(given)
        return mixer(*given)

    whole = samples(clip)
    monkeypatch.setattr(Track, "_frames", again)
    monkeypatch.setattr(sounds, "_Mixer", noted)

    assert lag(whole, samples(clip)) == pytest.approx(0, abs=0.002)
    assert len(made) == 2


@pytest.mark.parametrize("right", [0.0, -1.0])
def test_dead_or_inverted_channel_leaves_the_sound(tmp_path: Path, right: float) -> None:
    voice = clips.speech(3)
    both = np.stack([voice, np.float32(right) * voice])
    plain = samples(clips.sound_only(tmp_path / "plain.m4a", samples=voice))

    heard = samples(clips.sound_only(tmp_path / "odd.m4a", samples=both))

    correlation = np.corrcoef(plain[: len(heard)], heard[: len(plain)])[0, 1]
    assert correlation > 0.95


def test_file_without_sound_has_none(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=1)

    assert len(hearing.listen(clip).samples) == 0
    assert len(hearing.fingerprint(clip)[0]) == 0


def test_damaged_packets_are_counted_and_the_rest_is_heard(tmp_path: Path) -> None:
    whole = clips.movie(tmp_path / "a.mkv", seconds=4, sound=clips.speech(4))
    torn = tmp_path / "torn.mkv"
    noise = np.random.default_rng(0)
    with av.open(str(whole)) as source, av.open(str(torn), "w") as target:
        tracks = [target.add_stream_from_template(stream) for stream in source.streams]
        for number, packet in enumerate(source.demux()):
            if packet.size and packet.stream.type == "audio" and number % 10 == 0:
                spoilt = av.Packet(noise.bytes(packet.size))
                spoilt.pts, spoilt.dts = packet.pts, packet.dts
                spoilt.time_base = packet.time_base
                spoilt.stream = tracks[packet.stream_index]
                target.mux(spoilt)
            elif packet.size:
                packet.stream = tracks[packet.stream_index]
                target.mux(packet)

    *fingerprints, media = measure.fingerprint(torn, Level.STANDARD)

    assert isinstance(media, Media)
    assert any("of its sound could not be used" in loss for loss in media.losses)
    assert any(
        isinstance(one, Fingerprint) and one.channel is Channel.SOUND and len(one)
        for one in fingerprints
    )


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_archived_sound_is_on_the_clock_of_the_pictures(tmp_path: Path, name: str) -> None:
    clip = clips.movie(tmp_path / name, seconds=6, first=0.8, sound=clips.speech(6))

    archived = next(
        one
        for one in measure.fingerprint(clip, Level.STANDARD)
        if isinstance(one, Fingerprint) and one.channel is Channel.SOUND
    )

    assert np.array_equal(archived.times, hearing.fingerprint(clip)[0].times)
    assert np.array_equal(archived.codes, hearing.fingerprint(clip)[0].codes)


def test_sound_of_a_file_that_begins_amid_its_pictures_is_on_its_clock_all_the_same(
    tmp_path: Path,
) -> None:
    whole = clips.movie(tmp_path / "a.mkv", seconds=6, gop=50, sound=clips.speech(6))
    amid = tmp_path / "b.mkv"
    with av.open(str(whole)) as source, av.open(str(amid), "w") as target:
        tracks = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            time = float((packet.pts or 0) * (packet.time_base or 0))
            if packet.size and time >= 1.0:
                packet.stream = tracks[packet.stream_index]
                target.mux(packet)

    archived = [
        one
        for one in measure.fingerprint(amid, Level.STANDARD)
        if isinstance(one, Fingerprint) and one.channel is Channel.SOUND
    ]

    assert np.array_equal(archived[0].codes, hearing.fingerprint(amid)[0].codes)
