"""The sound of real files that `tests.clips` writes: index and trace."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from index import files, measure
from index.archive import Archive
from index.keyframes import Level
from index.values import Channel
from lineage.findings import Kind
from lineage.listening import ListenParams
from lineage.params import SEARCH, TraceParams
from lineage.sound import SoundParams
from lineage.trace import trace
from lineage.values import Reason, Report, Segment, Source
from tests import clips

FRAME = 1 / 25


@dataclass(frozen=True)
class Library:
    """An archive of two films and a record, and the folder to put queries in."""

    archive: Archive
    folder: Path


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    made = [
        clips.movie(folder / "first.mp4", seconds=12, seed=1, sound=clips.speech(12, seed=1)),
        clips.movie(folder / "second.mp4", seconds=10, seed=2, sound=clips.speech(10, seed=2)),
        clips.sound_only(folder / "record.m4a", samples=clips.speech(10, seed=3)),
    ]
    with Archive.open(folder / "archive", create=True) as archive:
        for path in made:
            measured = archive.spool(measure.fingerprint(path, Level.STANDARD))
            archive.add(measured, digest=files.digest(path), path=path)
        yield Library(archive, folder)


def heard(answer: Report) -> list[Source]:
    return [source for source in answer.sources if source.channel is Channel.SOUND]


def names(answer: Report) -> list[tuple[str, str]]:
    return [(one.channel.name.lower(), one.asset.name) for one in answer.sources]


def test_picture_of_one_film_and_sound_of_another_are_both_found(library: Library) -> None:
    voice = clips.speech(4, seed=2, start=3.4)
    clip = clips.movie(library.folder / "dub.mp4", seconds=4, seed=1, start=6.0, sound=voice)

    answer = trace(clip, library.archive)

    assert sorted(names(answer)) == [("picture", "first.mp4"), ("sound", "second.mp4")]
    (segment,) = heard(answer)[0].segments
    assert segment.source_time(1.0) == pytest.approx(4.4, abs=FRAME / 2)
    assert segment.query.length == pytest.approx(4, abs=0.15)
    assert segment.frame_exact
    assert answer.sound_explained == pytest.approx(1, abs=0.05)
    assert "The sound of" in answer.summary


def test_own_sound_is_told_in_one_sentence_with_the_picture(library: Library) -> None:
    voice = clips.speech(4, seed=1, start=6.0)
    clip = clips.movie(library.folder / "own.mp4", seconds=4, seed=1, start=6.0, sound=voice)

    answer = trace(clip, library.archive)

    assert sorted(names(answer)) == [("picture", "first.mp4"), ("sound", "first.mp4")]
    assert answer.summary == "0:00.0–0:04.0 shows first.mp4 from 0:06.0, with its sound."


def test_part_that_is_muted_is_told_with_its_time(library: Library) -> None:
    voice = clips.speech(8, seed=1, start=2.0)
    voice[3 * clips.SOUND_RATE : 5 * clips.SOUND_RATE] = 0.0
    clip = clips.movie(library.folder / "muted.mp4", seconds=8, seed=1, start=2.0, sound=voice)

    answer = trace(clip, library.archive, params=SEARCH)

    (told,) = (one for one in answer.findings if one.channel is Channel.SOUND)
    assert told.kind is Kind.SOUND_REMOVED
    assert (told.query.start, told.query.end) == pytest.approx((3.0, 5.0), abs=0.1)
    assert told.source is not None
    assert told.source.start == pytest.approx(told.query.start + 2.0, abs=2 * FRAME)


@pytest.mark.parametrize("stranger", [9, 19])
def test_part_replaced_by_what_sounds_a_little_like_it_is_told_with_its_time(
    library: Library, stranger: int
) -> None:
    voice = clips.speech(8.5, seed=1, start=2.0)
    rate = clips.SOUND_RATE
    voice[3 * rate : round(5.5 * rate)] = clips.speech(2.5, seed=stranger)
    clip = clips.movie(
        library.folder / f"replaced{stranger}.mp4", seconds=8.5, seed=1, start=2.0, sound=voice
    )

    answer = trace(clip, library.archive, params=SEARCH)

    (told,) = (one for one in answer.findings if one.channel is Channel.SOUND)
    assert told.kind is Kind.SOUND_REPLACED
    assert (told.query.start, told.query.end) == pytest.approx((3.0, 5.5), abs=0.1)


def test_sound_alone_is_traced_to_a_film(library: Library) -> None:
    voice = clips.with_noise(clips.speech(5, seed=1, start=2.0))
    clip = clips.sound_only(library.folder / "podcast.m4a", samples=voice)

    answer = trace(clip, library.archive)

    assert names(answer) == [("sound", "first.mp4")]
    assert heard(answer)[0].segments[0].source_time(1.0) == pytest.approx(3.0, abs=FRAME / 2)
    assert answer.picture_explained is None


def test_archived_record_is_found_in_a_film(library: Library) -> None:
    voice = clips.speech(4, seed=3, start=5.0)
    clip = clips.movie(library.folder / "over.mp4", seconds=4, seed=77, sound=voice)

    assert names(trace(clip, library.archive)) == [("sound", "record.m4a")]


@pytest.mark.parametrize("factor", [0.94, 1.06])
def test_faster_or_slower_sound_is_found_with_its_rate(library: Library, factor: float) -> None:
    voice = clips.resampled(clips.speech(5, seed=1, start=2.0), factor)
    clip = clips.sound_only(library.folder / f"{factor}.m4a", samples=voice)

    answer = trace(clip, library.archive)

    assert names(answer) == [("sound", "first.mp4")]
    (segment,) = heard(answer)[0].segments
    assert segment.rate == pytest.approx(factor, rel=0.01)
    assert segment.source_time(2.0) == pytest.approx(2 + 2 * factor, abs=2 * FRAME)


def test_sound_played_backwards_is_found(library: Library) -> None:
    voice = clips.speech(5, seed=1, start=2.0)[::-1].copy()
    clip = clips.sound_only(library.folder / "backwards.m4a", samples=voice)

    answer = trace(clip, library.archive)

    (segment,) = heard(answer)[0].segments
    assert segment.rate == pytest.approx(-1.0)
    assert segment.source_time(1.0) == pytest.approx(6.0, abs=2 * FRAME)


def test_sentence_put_together_from_two_places_has_two_segments(library: Library) -> None:
    voice = np.concatenate([clips.speech(2.5, seed=1, start=8), clips.speech(2.5, seed=1, start=1)])
    clip = clips.sound_only(library.folder / "quote.m4a", samples=voice)

    first, second = heard(trace(clip, library.archive))[0].segments

    assert first.query.end == pytest.approx(2.5, abs=0.1)
    assert second.query.start == pytest.approx(2.5, abs=0.1)
    assert first.source_time(1.0) == pytest.approx(9.0, abs=FRAME)
    assert second.source_time(3.5) == pytest.approx(2.0, abs=FRAME)


def test_long_sound_handled_in_parts_is_told_as_one(library: Library) -> None:
    voice = clips.speech(9, seed=1, start=1.0)
    clip = clips.sound_only(library.folder / "long.m4a", samples=voice)

    answer = trace(clip, library.archive, params=TraceParams(listen=ListenParams(part=4.5)))

    (segment,) = heard(answer)[0].segments
    assert segment.query.length == pytest.approx(9, abs=0.3)
    assert segment.source_time(6.0) == pytest.approx(7.0, abs=FRAME)


def test_words_spoken_by_another_voice_have_no_source(library: Library) -> None:
    clip = clips.sound_only(library.folder / "stranger.m4a", samples=clips.speech(6, seed=50))

    answer = trace(clip, library.archive)

    assert answer.sources == ()
    assert [(rest.channel, rest.reason) for rest in answer.unexplained] == [
        (Channel.SOUND, Reason.NO_MATCH)
    ]


@pytest.mark.parametrize(
    ("seconds", "level", "reason"), [(4, 0.0, Reason.SILENT), (0.6, 1.0, Reason.TOO_SHORT)]
)
def test_sound_that_tells_nothing_says_why(
    library: Library, seconds: float, level: float, reason: Reason
) -> None:
    voice = clips.speech(seconds, seed=1, start=2.0) * np.float32(level)
    clip = clips.sound_only(library.folder / f"{reason}.m4a", samples=voice)

    answer = trace(clip, library.archive)

    assert heard(answer) == []
    assert [rest.reason for rest in answer.unexplained] == [reason]


def test_sound_of_a_source_that_has_gone_is_told_without_being_sure(tmp_path: Path) -> None:
    moved = clips.sound_only(tmp_path / "moved.m4a", samples=clips.speech(8, seed=5))
    voice = clips.speech(4, seed=5, start=2.0)
    clip = clips.sound_only(tmp_path / "quote.m4a", samples=voice)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        measured = archive.spool(measure.fingerprint(moved, Level.STANDARD))
        archive.add(measured, digest=files.digest(moved), path=moved)
        moved.unlink()

        answer = trace(clip, archive)

    (segment,) = heard(answer)[0].segments
    assert not segment.frame_exact
    assert segment.confidence <= 0.5
    assert segment.source_time(1.0) == pytest.approx(3.0, abs=0.1)


def test_archive_without_sound_says_that_it_was_not_compared(tmp_path: Path) -> None:
    film = clips.movie(tmp_path / "film.mp4", seconds=6, seed=5, sound=clips.speech(6, seed=5))
    with Archive.open(tmp_path / "archive", create=True) as archive:
        whole = measure.fingerprint(film, Level.STANDARD)
        seen = (one for one in whole if getattr(one, "channel", None) is not Channel.SOUND)
        archive.add(archive.spool(seen), digest=files.digest(film), path=film)

        answer = trace(film, archive)

    assert names(answer) == [("picture", "film.mp4")]
    assert answer.searched.channels == (Channel.PICTURE,)
    assert answer.sound_explained is None
    assert any("indexed without it" in limit for limit in answer.limits)


def test_sound_is_left_alone_without_ears(library: Library) -> None:
    voice = clips.speech(4, seed=2, start=3.4)
    clip = clips.movie(library.folder / "deaf.mp4", seconds=4, seed=1, start=6.0, sound=voice)

    answer = trace(clip, library.archive, params=TraceParams(listen=ListenParams(ears=())))

    assert names(answer) == [("picture", "first.mp4")]
    assert answer.sound_explained is None


def test_sound_that_was_listened_to_in_vain_is_told(library: Library) -> None:
    clip = clips.sound_only(library.folder / "vain.m4a", samples=clips.speech(4, seed=1, start=3.0))
    never = TraceParams(listen=ListenParams(sound=SoundParams(loosest=-1.0)))
    doubted: list[tuple[str, Segment]] = []

    answer = trace(
        clip,
        library.archive,
        params=never,
        doubted=lambda row, segment: doubted.append((library.archive.asset(row).name, segment)),
    )

    assert answer.sources == ()
    name, nearest = max(doubted, key=lambda one: one[1].agreement or 0.0)
    assert name == "first.mp4"
    assert nearest.heard == pytest.approx(4, abs=1)
    assert nearest.source_time(2.0) == pytest.approx(5, abs=0.2)


def test_nothing_is_doubted_of_what_is_proven(library: Library) -> None:
    clip = clips.sound_only(library.folder / "held.m4a", samples=clips.speech(4, seed=1, start=3.0))
    doubted: list[Segment] = []

    trace(clip, library.archive, doubted=lambda _, segment: doubted.append(segment))

    assert [one for one in doubted if one.agreement and one.agreement > 0.6] == []
