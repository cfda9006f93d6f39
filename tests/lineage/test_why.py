"""Why pairs of real files that `tests.clips` writes did or did not match."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from index import files, measure
from index.archive import Archive
from index.errors import UserError
from index.keyframes import Level
from index.values import Channel
from lineage.listening import ListenParams
from lineage.params import DEFAULT, SEARCH
from lineage.proofs import ProofParams
from lineage.sound import SoundParams
from lineage.steps.values import Measure, Step
from lineage.steps.verdict import Account
from lineage.trace import trace
from lineage.why import Why
from lineage.why import why as _why
from tests import clips


@dataclass(frozen=True)
class Library:
    """An archive, and the folder to put queries in."""

    archive: Archive
    folder: Path

    def why(self, clip: Path, asset: str, **how: object) -> Why:
        """Return why the clip and the asset of that name did or did not match."""
        return _why(clip, self.archive.find(asset), self.archive, **how)  # type: ignore[arg-type] # any of its options


def static(picture: clips.Picture, _: float) -> clips.Picture:
    """Return a backdrop that is always the same, in which only a small window moves."""
    canvas = clips.picture(0.0, seed=40).copy()
    canvas[40:150, 100:220] = picture[40:150, 100:220]
    return canvas


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    speech = clips.speech(10, seed=1)
    made = [
        clips.movie(folder / "film.mp4", seconds=10, seed=1, cuts=[5.0], sound=speech),
        clips.movie(folder / "mute.mp4", seconds=6, seed=2),
        clips.movie(folder / "studio.mp4", seconds=6, seed=3, edit=static),
        clips.movie(folder / "strewn.mp4", seconds=10, seed=4, edit=clips.strewn),
        clips.sound_only(folder / "record.m4a", samples=clips.speech(8, seed=3)),
    ]
    with Archive.open(folder / "archive", create=True) as archive:
        for path in made:
            measured = archive.spool(measure.fingerprint(path, Level.STANDARD))
            archive.add(measured, digest=files.digest(path), path=path)
        yield Library(archive, folder)


def picture(told: Why) -> Account:
    return told.accounts[0]


def sound(told: Why) -> Account:
    return told.accounts[1]


def steps(account: Account, stage: str) -> list[Step]:
    return [step for step in account.steps if step.stage == stage]


def measures(step: Step) -> dict[str, Measure]:
    return {one.name: one for one in step.measures}


def test_excerpt_is_found_with_its_sound(library: Library) -> None:
    voice = clips.speech(3, seed=1, start=6.0)
    clip = clips.movie(
        library.folder / "quote.mp4", seconds=3, seed=1, start=6.0, cuts=[5.0], sound=voice
    )

    told = library.why(clip, "film.mp4")

    assert [account.lost for account in told.accounts] == [None, None]
    assert told.verdict.startswith("Found: 0:00.0–0:03.0 of the clip shows film.mp4 from 0:06.0")
    assert "is heard in film.mp4 from 0:06.0" in told.verdict
    assert [step.passed for step in steps(picture(told), "archive")] == [True]


def test_what_is_found_is_what_the_trace_finds(library: Library) -> None:
    voice = clips.speech(3, seed=1, start=6.0)
    clip = clips.movie(
        library.folder / "same.mp4", seconds=3, seed=1, start=6.0, cuts=[5.0], sound=voice
    )

    told, answer = library.why(clip, "film.mp4"), trace(clip, library.archive, params=SEARCH)

    sources = {source.channel: source.segments for source in answer.sources}
    assert {account.channel: account.found for account in told.accounts} == sources


def test_mirrored_excerpt_is_found_by_whole_frames(library: Library) -> None:
    clip = clips.movie(
        library.folder / "mirror.mp4", seconds=3, seed=1, start=6.0, cuts=[5.0], mirrored=True
    )

    told = library.why(clip, "film.mp4")

    whole, *_ = steps(picture(told), "hits")
    assert whole.passed
    assert whole.way == "whole frames, as they are or mirrored"
    assert told.verdict.endswith("shows film.mp4 from 0:06.0, mirrored.")


def test_crop_is_found_by_details_alone(library: Library) -> None:
    clip = clips.movie(
        library.folder / "corner.mp4",
        seconds=3,
        seed=4,
        start=6.0,
        edit=lambda made, time: np.ascontiguousarray(
            clips.strewn(made, time + 6.0)[54:180, 112:320]
        ),
    )

    told = library.why(clip, "strewn.mp4")

    assert {step.way.partition(",")[0]: step.passed for step in steps(picture(told), "hits")} == {
        "whole frames": False,
        "frames without their middle": False,
        "pictures set into the archived file's frames": False,
        "pictures set into frames": False,
        "details of frames": True,
    }
    details = measures(steps(picture(told), "hits")[-1])
    assert details["details that do, at most"].value >= details["details that must lie alike"].value
    assert {step.way.partition(",")[0] for step in steps(picture(told), "proof")} == {
        "details of frames"
    }
    assert told.verdict.startswith("Found:")


def test_same_place_at_another_time_is_lost_at_the_proof(library: Library) -> None:
    clip = clips.movie(library.folder / "later.mp4", seconds=3, seed=3, start=30.0, edit=static)

    told = library.why(clip, "studio.mp4")

    assert picture(told).lost == "proof"
    best, *_ = steps(picture(told), "proof")
    assert best.query is not None
    numbers = measures(best)
    assert numbers["motion in step"].value + numbers[
        "motion in step missed by"
    ].value == pytest.approx(numbers["motion in step needed"].value, abs=1e-3)
    assert told.verdict.startswith("Lost at the proof: the scene looks alike, but what moves")


def test_stranger_is_lost_at_the_hits_with_its_nearest_codes(library: Library) -> None:
    voice = clips.speech(3, seed=50)
    clip = clips.movie(library.folder / "stranger.mp4", seconds=3, seed=77, sound=voice)

    told = library.why(clip, "film.mp4")

    assert [account.lost for account in told.accounts] == ["hits", "hits"]
    whole, *_ = steps(picture(told), "hits")
    nearest = measures(whole)["bits of the nearest pair in any way"]
    assert 68 < nearest.value < 128
    assert nearest.unit == "of 256"
    assert told.verdict.startswith("Lost at the hits, picture and sound alike: no frame")


def test_sound_alone_is_found_under_other_pictures(library: Library) -> None:
    voice = clips.speech(4, seed=1, start=2.0)
    clip = clips.movie(library.folder / "over.mp4", seconds=4, seed=91, sound=voice)

    told = library.why(clip, "film.mp4")

    assert (picture(told).lost, sound(told).lost) == ("proof", None)
    (proof,) = steps(sound(told), "proof")
    numbers = measures(proof)
    assert numbers["bits that agree"].value > numbers["bits that must agree over that length"].value
    assert told.verdict.startswith("Found: 0:00.0–0:04.0 of the clip is heard in film.mp4 from")
    assert "; its picture was lost at the proof: " in told.verdict
    *_, beside = steps(picture(told), "hits")
    assert beside.way.startswith("pictures beside the sound that is heard")
    assert beside.passed


def test_sound_that_is_heard_but_not_proven_is_told_with_its_bits(library: Library) -> None:
    voice = clips.with_noise(clips.speech(4, seed=1, start=2.0))
    clip = clips.sound_only(library.folder / "noisy.m4a", samples=voice)
    strict = ListenParams(sound=SoundParams(loosest=0.01, strictest=0.0))

    told = library.why(clip, "film.mp4", params=replace(DEFAULT, listen=strict))

    assert sound(told).lost == "proof"
    found = measures(steps(sound(told), "proof")[0])
    assert found["bits that agree"].value < 99
    assert found["missed by"].value > 0
    assert told.verdict.startswith("Lost at the proof: it sounds alike here and there")


def test_changed_sound_is_told_with_its_tempo_and_pitch(library: Library) -> None:
    voice = clips.resampled(clips.speech(6, seed=1, start=1.0), 1.15)
    clip = clips.sound_only(library.folder / "faster.m4a", samples=voice)

    told = library.why(clip, "film.mp4")

    changed = steps(sound(told), "candidates")[-1]
    assert changed.way.startswith("sound changed in speed or pitch")
    assert measures(changed)["pitch"].value == pytest.approx(1.15, abs=0.08)
    assert sound(told).lost is None


@pytest.mark.parametrize(
    ("clip", "asset", "channel", "sentence"),
    [
        ("silent", "film.mp4", Channel.SOUND, "The clip has a sound track, but it is silent."),
        ("mute", "film.mp4", Channel.SOUND, "The clip has no sound track, so sound cannot"),
        ("spoken", "mute.mp4", Channel.SOUND, "The archived file has no sound track, so sound"),
        ("mute", "mute.mp4", Channel.SOUND, "Neither the clip nor the archived file has a sound"),
        ("voice", "film.mp4", Channel.PICTURE, "The clip has no picture, only sound, so pictures"),
        ("mute", "record.m4a", Channel.PICTURE, "The archived file has no picture, only sound"),
    ],
)
def test_channel_that_tells_nothing_is_told_in_one_sentence(
    library: Library, clip: str, asset: str, channel: Channel, sentence: str
) -> None:
    folder = library.folder
    paths = {
        "silent": lambda: clips.movie(
            folder / "silent.mp4", seconds=2, seed=1, sound=0 * clips.speech(2)
        ),
        "mute": lambda: clips.movie(folder / "no-sound.mp4", seconds=2, seed=2),
        "spoken": lambda: clips.movie(
            folder / "spoken.mp4", seconds=2, seed=2, sound=clips.speech(2)
        ),
        "voice": lambda: clips.sound_only(folder / "voice.m4a", samples=clips.speech(3, seed=9)),
    }

    told = library.why(paths[clip](), asset)

    (step,) = told.accounts[channel.value].steps
    assert (step.stage, step.passed) == ("codes", False)
    assert step.sentence.startswith(sentence)


def test_files_without_a_channel_in_common_have_nothing_to_compare(library: Library) -> None:
    clip = clips.movie(library.folder / "nothing.mp4", seconds=2, seed=2)

    assert library.why(clip, "record.m4a").verdict.startswith("Nothing to compare:")


def test_every_part_of_a_long_clip_is_looked_at(library: Library) -> None:
    clip = clips.movie(
        library.folder / "long.mp4",
        seconds=8,
        seed=1,
        cuts=[5.0],
        edit=lambda made, time: made if time >= 5 else clips.picture(time, seed=77),
    )

    told = library.why(clip, "film.mp4", params=replace(DEFAULT, part=4.0))

    assert told.parts == 2
    assert picture(told).lost is None
    assert picture(told).found[0].query.start == pytest.approx(5.0, abs=0.1)


def test_only_the_stretch_asked_for_is_looked_at(library: Library) -> None:
    voice = np.concatenate([clips.speech(3, seed=50), clips.speech(3, seed=1, start=6.0)])
    clip = clips.movie(
        library.folder / "stretch.mp4",
        seconds=6,
        seed=1,
        start=3.0,
        cuts=[5.0],
        edit=lambda made, time: made if time >= 3 else clips.picture(time, seed=77),
        sound=voice,
    )

    first = library.why(clip, "film.mp4", end=2.5)
    second = library.why(clip, "film.mp4", start=3.5)

    assert [account.lost for account in first.accounts] == ["hits", "hits"]
    assert [account.lost for account in second.accounts] == [None, None]
    assert second.looked_at.start == 3.5
    assert picture(second).found[0].source_time(4.0) == pytest.approx(7.0, abs=0.04)
    assert sound(second).found[0].source_time(4.0) == pytest.approx(7.0, abs=0.04)


def test_a_stretch_behind_the_end_is_refused(library: Library) -> None:
    clip = clips.movie(library.folder / "brief.mp4", seconds=2, seed=1)

    with pytest.raises(UserError, match=r"brief\.mp4 has nothing from 0:05\.0"):
        library.why(clip, "film.mp4", start=5.0)


def test_pair_that_others_explain_is_lost_in_the_archive(tmp_path: Path) -> None:
    copies = [clips.movie(tmp_path / f"{n}.mp4", seconds=5, seed=6, first=0.04 * n) for n in (0, 1)]
    clip = clips.movie(tmp_path / "quote.mp4", seconds=3, seed=6, start=1.0)
    params = replace(DEFAULT, proof=ProofParams(alike=1))
    with Archive.open(tmp_path / "archive", create=True) as archive:
        for number, path in enumerate(copies):
            path.write_bytes(path.read_bytes() + b"free" * (number + 1))
            measured = archive.spool(measure.fingerprint(path, Level.STANDARD))
            archive.add(measured, digest=files.digest(path), path=path)

        told = [_why(clip, archive.find(path.name), archive, params=params) for path in copies]

    lost = [picture(one).lost for one in told]
    assert sorted(map(str, lost)) == ["None", "archive"]
    other = copies[1 - lost.index("archive")].name
    assert f"{other} had explained the same time" in told[lost.index("archive")].verdict


def test_source_that_has_gone_is_found_by_codes_alone(tmp_path: Path) -> None:
    moved = clips.movie(tmp_path / "moved.mp4", seconds=6, seed=5)
    clip = clips.movie(tmp_path / "quote.mp4", seconds=3, seed=5, start=1.0)
    with Archive.open(tmp_path / "archive", create=True) as archive:
        measured = archive.spool(measure.fingerprint(moved, Level.DENSE))
        asset = archive.add(measured, digest=files.digest(moved), path=moved)
        moved.unlink()

        told = _why(clip, asset, archive)

    assert "only its codes speak" in steps(picture(told), "proof")[0].sentence
    assert "from about 0:0" in told.verdict
