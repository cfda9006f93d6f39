import os
import shutil
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from index.decode import clip as decode
from index.decode.pacing import Pace
from index.errors import BadMediaError, MissingFileError, UserError
from index.values import Frame, Interval, Luma, Media
from tests import clips
from tests.clips import Coding


def expected(time: float, size: tuple[int, int] = (256, 144)) -> Luma:
    """The canonical picture of the scene, drawn without FFmpeg."""
    shown = clips.picture(time)
    grey = shown @ np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def difference(a: Luma, b: Luma) -> float:
    return float(np.abs(a.astype(int) - b).mean())


def times(frames: Sequence[Frame]) -> list[float]:
    return [round(frame.time, 4) for frame in frames]


def inside(frames: Sequence[Frame], window: Interval) -> list[float]:
    return times([frame for frame in frames if frame.time in window])


def worst(frames: Sequence[Frame], truth: Sequence[Frame]) -> float:
    """How far the frames differ from those of the same times decoded from the start."""
    known = {round(frame.time, 4): frame.luma for frame in truth}
    return max(difference(frame.luma, known[round(frame.time, 4)]) for frame in frames)


def every(path: Path, window: Interval | None = None) -> list[Frame]:
    return list(decode.frames(path, Pace.EVERY, window=window))


# The picture


def test_frames_show_the_scene_at_their_times(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=1, start=2.0)

    frames = every(clip)

    assert times(frames) == [round(n / 25, 4) for n in range(25)]
    assert max(difference(f.luma, expected(2.0 + f.time)) for f in frames) < 8


def test_black_and_white_stretch_to_full_range(tmp_path: Path) -> None:
    def halves(picture: clips.Picture, _: float) -> clips.Picture:
        return np.where(np.arange(picture.shape[0])[:, None, None] < 90, 0, 255).astype(np.uint8)

    clip = clips.movie(
        tmp_path / "a.mp4", seconds=0.2, edit=lambda p, t: halves(p, t) * np.ones_like(p)
    )

    luma = every(clip)[0].luma

    assert (luma[5, 5], luma[-5, -5]) == (0, 255)


def test_small_pictures_keep_their_size(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=0.2, size=(64, 48))

    assert every(clip)[0].luma.shape == (48, 64)


@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_turned_pictures_come_upright(tmp_path: Path, degrees: int, *, reflected: bool) -> None:
    coding = Coding(rotation=degrees, reflected=reflected)
    clip = clips.movie(tmp_path / "a.mp4", seconds=0.2, coding=coding)
    turned = np.rot90(expected(0.0), degrees // 90)

    luma = every(clip)[0].luma

    assert difference(luma, np.asarray(turned[:, ::-1] if reflected else turned)) < 8


def test_turned_video_is_as_wide_as_it_is_shown(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=0.2, coding=Coding(rotation=90))

    media = decode.media(clip)

    assert (media.width, media.height) == (180, 320)


def test_wide_pixels_widen_the_picture(tmp_path: Path) -> None:
    coding = Coding(aspect=Fraction(4, 3))
    clip = clips.movie(tmp_path / "a.mp4", seconds=0.2, size=(180, 180), coding=coding)

    assert every(clip)[0].luma.shape == (180, 240)
    assert decode.media(clip).width == 240


@pytest.mark.parametrize(
    "coding",
    [
        Coding(codec="libx265", pixels="yuv420p10le"),
        Coding(pixels="yuvj420p"),
        Coding(pixels="yuv444p"),
        Coding(interlaced=True, options={"x264-params": "tff=1"}),
        Coding(b_frames=0),
        Coding(options={"x264-params": "open-gop=1:scenecut=0"}),
    ],
    ids=["ten bits", "full range", "full colour", "interlaced", "no B-frames", "open groups"],
)
def test_every_kind_of_coding_shows_the_same_scene(tmp_path: Path, coding: Coding) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=1, coding=coding)

    frames = every(clip)

    assert len(frames) == 25
    assert max(difference(f.luma, expected(f.time)) for f in frames) < 8


def test_transparent_parts_are_black(tmp_path: Path) -> None:
    picture = np.full((32, 32, 4), 255, np.uint8)
    picture[:16, :, 3] = 0
    Image.fromarray(picture).save(tmp_path / "a.png")

    luma = every(tmp_path / "a.png")[0].luma

    assert (luma[0, 0], luma[-1, -1]) == (0, 255)


# Time


@pytest.mark.parametrize(
    ("ending", "first"),
    [("mp4", 3.0), ("mov", 3.0), ("mkv", 3.0), ("ts", 3.0), ("flv", 3.0), ("avi", 0.0)],
)
def test_first_frame_is_shown_at_zero_in_every_container(
    tmp_path: Path, ending: str, first: float
) -> None:
    clip = decode.Clip(clips.movie(tmp_path / f"a.{ending}", seconds=1, first=first))

    frames = list(clip.frames(Pace.EVERY))

    assert times(frames) == [round(n / 25, 4) for n in range(25)]
    assert clip.media.duration == pytest.approx(1.0)
    assert clip.media.losses == ()


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    shown = [0.0, 0.04, 0.1, 0.5, 0.54, 1.7, 3.0, 3.04, 8.0]
    clip = clips.movie(tmp_path / "a.mp4", times=shown)

    assert times(every(clip)) == shown


def test_joined_streams_that_count_anew_go_on(tmp_path: Path) -> None:
    part = clips.movie(tmp_path / "a.ts", seconds=3).read_bytes()
    (tmp_path / "b.ts").write_bytes(part + part)
    clip = decode.Clip(tmp_path / "b.ts")

    frames = list(clip.frames(Pace.EVERY))

    assert times(frames) == [round(n / 25, 4) for n in range(150)]
    assert clip.media.losses == ("1 broken time stamp had to be worked out anew.",)


def test_windows_of_joined_streams_agree_with_the_whole(tmp_path: Path) -> None:
    part = clips.movie(tmp_path / "a.ts", seconds=3).read_bytes()
    (tmp_path / "b.ts").write_bytes(part + part)

    frames = every(tmp_path / "b.ts", Interval(4.0, 4.5))

    assert times(frames) == [round(n / 25, 4) for n in range(100, 113)]


def test_frames_before_an_edit_list_begins_are_not_shown(tmp_path: Path) -> None:
    # The muxer writes an edit list that hides what is stamped before zero.
    coding = Coding(container={"avoid_negative_ts": "disabled"})
    clip = clips.movie(tmp_path / "a.mp4", seconds=2, first=-0.4, coding=coding)

    frames = every(clip)

    assert len(frames) == 40
    assert difference(frames[0].luma, expected(0.4)) < 8


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_animated_pictures_have_their_own_times(tmp_path: Path, ending: str) -> None:
    pictures = [Image.fromarray(clips.picture(n / 5)) for n in range(10)]
    waits = [100] * 5 + [250] * 5
    path = tmp_path / f"a.{ending}"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=waits)
    clip = decode.Clip(path)

    frames = list(clip.frames(Pace.EVERY))

    assert times(frames) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.25, 1.5]
    assert clip.media.duration == pytest.approx(1.75)
    assert max(difference(f.luma, expected(n / 5)) for n, f in enumerate(frames)) < 14


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "bmp"])
def test_a_photograph_is_one_frame(tmp_path: Path, ending: str) -> None:
    Image.fromarray(clips.picture(1.0)).save(tmp_path / f"a.{ending}")
    clip = decode.Clip(tmp_path / f"a.{ending}")

    frames = list(clip.frames(Pace.STANDARD))

    assert times(frames) == [0.0]
    assert clip.media.frame_rate is None


# Paces


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds with a key frame each second, then ten seconds with one."""
    coding = Coding(gop=10_000, keys=tuple(float(n) for n in range(10)))
    return clips.movie(tmp_path_factory.mktemp("mixed") / "a.mp4", seconds=20, coding=coding)


def test_sparse_is_the_key_frames(mixed: Path) -> None:
    assert times(list(decode.frames(mixed, Pace.SPARSE))) == [float(n) for n in range(10)]


def test_standard_decodes_on_only_where_key_frames_are_far_apart(mixed: Path) -> None:
    shown = times(list(decode.frames(mixed, Pace.STANDARD)))

    assert shown[:10] == [float(n) for n in range(10)]
    assert max(np.diff([*shown[9:], 20.0])) <= 0.25 + 0.04
    assert len(shown) < 100


def test_dense_leaves_no_quarter_second_without_a_frame(mixed: Path) -> None:
    shown = times(list(decode.frames(mixed, Pace.DENSE)))

    assert max(np.diff([*shown, 20.0])) <= 0.25 + 0.04


def test_reference_leaves_out_what_no_frame_needs(mixed: Path) -> None:
    assert 250 < len(list(decode.frames(mixed, Pace.REFERENCE))) < 400


@pytest.mark.parametrize("pace", [pace for pace in Pace if pace is not Pace.ROUGH])
def test_all_paces_agree_on_times_and_pictures(mixed: Path, pace: Pace) -> None:
    truth = every(mixed)

    frames = list(decode.frames(mixed, pace))

    assert worst(frames, truth) == 0


def test_rough_frames_have_the_true_times_and_nearly_the_pictures(mixed: Path) -> None:
    truth = every(mixed)

    frames = list(decode.frames(mixed, Pace.ROUGH))

    assert len(frames) == len(list(decode.frames(mixed, Pace.REFERENCE)))
    assert 0 < worst(frames, truth) < 16


@pytest.mark.parametrize("pace", list(Pace))
def test_all_paces_agree_on_the_length(mixed: Path, pace: Pace) -> None:
    clip = decode.Clip(mixed)

    list(clip.frames(pace))

    assert clip.media.duration == pytest.approx(20.0)
    assert clip.media.frame_rate == pytest.approx(25.0)


def test_groups_that_refer_to_the_one_before_come_out_whole(tmp_path: Path) -> None:
    coding = Coding(gop=60, options={"x264-params": "open-gop=1:scenecut=0"})
    clip = clips.movie(tmp_path / "a.mp4", seconds=12, coding=coding)
    truth = every(clip)

    assert worst(list(decode.frames(clip, Pace.STANDARD)), truth) == 0
    assert worst(list(decode.frames(clip, Pace.SPARSE)), truth) == 0


def test_few_frames_a_second_tear_no_gaps(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=20, fps=2, gop=100)

    shown = times(list(decode.frames(clip, Pace.STANDARD)))

    assert len(shown) == 40


@pytest.mark.parametrize("pace", [Pace.SPARSE, Pace.STANDARD])
def test_key_frames_that_need_others_have_all_decoded(tmp_path: Path, pace: Pace) -> None:
    coding = Coding(gop=25, options={"x264-params": "intra-refresh=1:scenecut=0"})
    clip = clips.movie(tmp_path / "a.ts", seconds=6, coding=coding)
    truth = every(clip)

    frames = list(decode.frames(clip, pace))

    assert worst(frames, truth) == 0
    assert frames[0].time == 0.0


# Windows and stills


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "flv", "avi"])
@pytest.mark.parametrize("start", [0.0, 0.9, 2.5, 3.37, 5.8])
def test_a_window_is_a_part_of_the_whole(tmp_path: Path, ending: str, start: float) -> None:
    clip = clips.movie(tmp_path / f"a.{ending}", seconds=6, gop=30)
    window = Interval(start, start + 0.5)
    truth = every(clip)

    frames = every(clip, window)

    assert times(frames) == inside(truth, window)
    assert worst(frames, truth) == 0


def test_a_window_after_the_end_is_empty(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=4)

    assert every(clip, Interval(9.0, 10.0)) == []


def test_a_window_over_damage_agrees_with_the_whole(tmp_path: Path) -> None:
    coding = Coding(gop=50, container={"movflags": "faststart"})
    sound = clips.movie(tmp_path / "a.mp4", seconds=8, coding=coding)
    clip = clips.damaged(tmp_path / "b.mp4", sound, span=(0.6, 0.65))
    truth = every(clip)

    window = Interval(4.0, 6.0)

    frames = every(clip, window)

    assert times(frames) == inside(truth, window)
    assert worst(frames, truth) == 0


def test_stills_are_the_frames_nearest_to_the_times(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=6)

    stills = decode.stills(clip, [5.03, 0.0, 99.0, 5.03])

    assert [round(still.time, 4) for still in stills] == [5.04, 0.0, 5.96, 5.04]
    assert difference(stills[0].picture, clips.picture(5.04)) < 8


def test_many_stills_are_those_that_each_would_be_alone(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=9)
    times = [0.02, 0.05, 0.3, 0.3, 2.61, 2.6, 8.5, 20.0]

    together = decode.stills(clip, times, side=96)

    alone = [still for time in times for still in decode.stills(clip, [time], side=96)]
    assert [still.time for still in together] == [still.time for still in alone]
    pictures = [still.picture for still in together]
    assert pictures[0].shape == (54, 96, 3)
    assert all(np.array_equal(a, b.picture) for a, b in zip(pictures, alone, strict=True))


def test_stills_are_at_most_640_pixels_long(tmp_path: Path) -> None:
    coding = Coding(rotation=90)
    clip = clips.movie(tmp_path / "a.mp4", seconds=0.2, size=(1280, 720), coding=coding)

    assert decode.stills(clip, [0.0])[0].picture.shape == (640, 360, 3)


# Sound and tracks


def test_sound_alone_has_no_frames_but_facts(tmp_path: Path) -> None:
    clip = decode.Clip(clips.sound_only(tmp_path / "a.m4a", seconds=2))

    frames = list(clip.frames(Pace.STANDARD))

    assert frames == []
    assert (clip.media.has_picture, clip.media.has_sound) == (False, True)
    assert clip.media.duration == pytest.approx(2.0, abs=0.1)
    assert decode.stills(tmp_path / "a.m4a", [0.0]) == []


@pytest.mark.parametrize("sound", [False, True])
def test_media_tell_whether_there_is_sound(tmp_path: Path, *, sound: bool) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=1, sound=sound)

    assert decode.media(clip).has_sound == sound


def test_sound_that_cannot_be_decoded_is_a_loss(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    noise = np.random.default_rng(0)
    sound = clips.movie(tmp_path / "b.mkv", seconds=1, sound=True)
    with av.open(str(sound)) as source, av.open(str(path), "w") as target:
        tracks = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.size and packet.stream.type == "audio":
                spoilt = av.Packet(noise.bytes(packet.size))
                spoilt.pts, spoilt.dts = packet.pts, packet.dts
                spoilt.time_base = packet.time_base
                spoilt.stream = tracks[packet.stream_index]
                target.mux(spoilt)
            elif packet.size:
                packet.stream = tracks[packet.stream_index]
                target.mux(packet)

    media = decode.media(path)

    assert not media.has_sound
    assert media.losses == ("Its sound cannot be decoded.",)


def test_facts_are_read_to_the_end_where_it_cannot_be_sought(tmp_path: Path) -> None:
    pictures = [Image.fromarray(clips.picture(n / 5)) for n in range(10)]
    pictures[0].save(tmp_path / "a.webp", save_all=True, append_images=pictures[1:], duration=200)

    assert decode.media(tmp_path / "a.webp").duration == pytest.approx(2.0)


def test_the_cover_of_a_record_is_no_picture(tmp_path: Path) -> None:
    plain = clips.sound_only(tmp_path / "plain.m4a", seconds=1)
    with_cover = tmp_path / "a.mp4"
    Image.fromarray(clips.picture(0.0)).save(tmp_path / "cover.jpg")
    with av.open(str(plain)) as source, av.open(str(with_cover), "w") as target:
        voice = target.add_stream_from_template(source.streams.audio[0])
        cover = target.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 320, 180, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        for packet in source.demux(source.streams.audio[0]):
            if packet.size:
                packet.stream = voice
                target.mux(packet)
        picture = av.Packet((tmp_path / "cover.jpg").read_bytes())
        picture.stream, picture.pts, picture.dts = cover, 0, 0
        target.mux(picture)

    assert not decode.media(with_cover).has_picture


def test_the_larger_of_two_picture_tracks_is_used_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as target:
        for size in [(160, 90), (320, 180)]:
            track = target.add_stream("libx264", rate=25)
            track.width, track.height = size
            track.pix_fmt = "yuv420p"
            track.disposition = av.stream.Disposition.default
        for track in target.streams.video:
            for n in range(10):
                shown = clips.picture(n / 25, size=(track.width, track.height))
                target.mux(track.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
            target.mux(track.encode(None))

    media = decode.media(path)

    assert (media.width, media.height) == (320, 180)
    assert media.losses == ("It has 2 picture tracks; track 2 was used.",)


# Bad input


def test_what_is_left_of_a_truncated_file_is_used(tmp_path: Path) -> None:
    coding = Coding(container={"movflags": "faststart"})
    whole = clips.movie(tmp_path / "a.mp4", seconds=6, coding=coding)
    clip = decode.Clip(clips.truncated(tmp_path / "b.mp4", whole, share=0.6))

    frames = list(clip.frames(Pace.EVERY))

    assert 2.5 < clip.media.duration < 4.5
    assert frames[-1].time == pytest.approx(clip.media.duration - 0.04)
    assert clip.media.losses[0].endswith("though the file states 6.0 s.")


def test_damaged_frames_are_left_out_and_counted(tmp_path: Path) -> None:
    coding = Coding(container={"movflags": "faststart"})
    whole = clips.movie(tmp_path / "a.mp4", seconds=6, coding=coding)
    clip = decode.Clip(clips.damaged(tmp_path / "b.mp4", whole))

    frames = list(clip.frames(Pace.EVERY))

    assert 100 < len(frames) < 150
    assert any("damaged frame" in loss for loss in clip.media.losses)
    assert float(np.median([difference(f.luma, expected(f.time)) for f in frames])) < 8


def _png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + bytes(64)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.mp4", b"", "a.mp4 is empty."),
        ("a.mp4", b"To be or not to be.\n" * 400, "a.mp4 is not a video, picture or sound file"),
        ("a.txt", b"To be or not to be.\n" * 400, "a.txt is not a video, picture or sound file"),
        ("a.png", _png(16_384, 16_384), "a.png has neither picture nor sound"),
        ("a.png", _png(0, 0), "a.png has neither picture nor sound"),
        ("a.m3u8", b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nb.ts\n", "a.m3u8 is not a"),
        ("a.mp4", b"ffconcat version 1.0\nfile b.ts\n", "a.mp4 is not a video"),
    ],
    ids=["empty", "text", "plain text", "16k x 16k", "0 x 0", "playlist", "list of files"],
)
def test_what_is_no_clip_is_told_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    clips.movie(tmp_path / "b.ts", seconds=0.2)
    (tmp_path / name).write_bytes(content)

    with pytest.raises(BadMediaError, match=sentence) as caught:
        list(decode.frames(tmp_path / name, Pace.STANDARD))

    assert caught.value.hint


def test_a_picture_wider_than_8k_is_refused(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=0.04, size=(8200, 16))

    with pytest.raises(BadMediaError, match="says its picture is 8200 x 16 pixels"):
        decode.media(clip)


def test_a_folder_is_no_clip(tmp_path: Path) -> None:
    with pytest.raises(BadMediaError, match="not a file but a folder"):
        decode.media(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"There is no file nowhere\.mp4"):
        decode.media(tmp_path / "nowhere.mp4")


def test_a_loop_of_links_is_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to(tmp_path / "b.mp4")
    (tmp_path / "b.mp4").symlink_to(tmp_path / "a.mp4")

    with pytest.raises(MissingFileError, match=r"a\.mp4"):
        decode.media(tmp_path / "a.mp4")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=0.2)
    clip.chmod(0)

    with pytest.raises(MissingFileError, match=r"a\.mp4 may not be read"):
        decode.media(clip)


@pytest.mark.parametrize(
    "name",
    [b"two words.mp4", b'"it\'s".mp4', b"two\nlines.mp4", "😀.mp4".encode(), b"\xff\xfe.mp4"],
)
def test_names_of_all_kinds_are_opened(tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))  # noqa: PTH118 # bytes
    shutil.copy(clips.movie(tmp_path / "a.mp4", seconds=0.2), path)

    assert len(every(path)) == 5


def test_a_percent_sign_is_no_series_of_pictures(tmp_path: Path) -> None:
    Image.fromarray(clips.picture(1.0)).save(tmp_path / "a1.png")

    with pytest.raises(MissingFileError):
        decode.media(tmp_path / "a%d.png")


def test_an_error_names_an_odd_file_on_one_line(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/two\nlines \xff.mp4"))

    with pytest.raises(MissingFileError) as caught:
        decode.media(path)

    assert str(caught.value) == r"There is no file two\nlines \udcff.mp4."


# Real clips


@pytest.mark.footage
def test_windows_of_real_clips_agree_with_the_whole(footage: Path) -> None:
    # Two windows of every archived file: some show green frames to decoders that trust the index.
    for path in sorted((footage / "archive").iterdir()):
        clip = decode.Clip(path)
        truth = list(clip.frames(Pace.EVERY))
        for share in (0.4, 0.8):
            start = clip.media.duration * share
            window = Interval(start, start + 0.5)

            frames = every(path, window)

            assert times(frames) == inside(truth, window), path.name
            assert worst(frames, truth) < 0.5, path.name


@pytest.mark.footage
@pytest.mark.parametrize("pace", [Pace.SPARSE, Pace.STANDARD])
def test_paces_of_a_clip_with_two_kinds_of_key_frames_agree(footage: Path, pace: Pace) -> None:
    # Fed with key frames alone, the decoder shows this one's in the wrong order.
    clip = footage / "archive" / "curiousvideoaudiorepla_input.mp4"

    frames = list(decode.frames(clip, pace))

    assert worst(frames, every(clip)) < 0.5


HOSTILE_ERRORS = {
    "full_blocks.mkv",
    "large_stbl_truncated_after_moov.m4b",
    "sample_malformed_free_box.mp4",
    "subsample_encrypted_noaltref.webm",
}


@pytest.mark.footage
def test_hostile_files_end_in_frames_or_a_sentence(footage: Path) -> None:
    paths = sorted((footage / "hostile").iterdir())

    endings = {path.name: ending(path) for path in paths}

    failed = {name for name, end in endings.items() if isinstance(end, UserError)}
    assert failed == HOSTILE_ERRORS
    assert all(str(endings[name]).startswith(name) for name in failed)


def ending(path: Path) -> Media | UserError:
    clip = decode.Clip(path)
    try:
        frames = list(clip.frames(Pace.STANDARD))
    except UserError as error:
        return error
    assert bool(frames) == clip.media.has_picture, path.name
    return clip.media
