from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.alterations import EDITS, fitted
from benchmarks.queries import SHORT_SIDE, Film, query, shrunk, written
from tests import clips

FILMS = [Film(f"{name}.mp4", Path(name), None, 30.0) for name in "abc"]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    folder = tmp_path_factory.mktemp("films")
    size, voice = (960, 540), clips.speech(4, seed=1)
    path = clips.movie(folder / "film.mp4", seconds=4, fps=12.5, size=size, sound=voice)
    return shrunk(path, folder)


def test_film_is_made_small_once(film: Film) -> None:
    with av.open(film.pictures) as small:
        assert min(small.streams.video[0].width, small.streams.video[0].height) == SHORT_SIDE
    assert film.length == pytest.approx(4, abs=0.1)
    assert film.sound is not None


def test_same_seed_asks_the_same() -> None:
    assert query(7, FILMS, 1) == query(7, FILMS, 1)
    assert query(7, FILMS, 1) != query(7, FILMS, 2)


def test_every_edit_is_done_to_every_film() -> None:
    every = [query(number, FILMS, 1) for number in range(len(FILMS) * len(EDITS))]

    assert len({(each.film.name, each.edit) for each in every}) == len(every)


def test_clips_lie_within_their_film() -> None:
    every = [query(number, FILMS, 1) for number in range(200)]

    assert all(0 <= each.start <= 30 - each.length * each.speed + 1e-9 for each in every)


def test_same_query_is_written_alike(film: Film, tmp_path: Path) -> None:
    asked = replace(query(2, [film], 1), length=1.0, start=0.5)

    first, second = (written(asked, tmp_path / f"{name}.mp4", 1) for name in "ab")

    assert first.read_bytes() == second.read_bytes()


def test_clip_has_the_length_size_and_sound_asked_for(film: Film, tmp_path: Path) -> None:
    asked = replace(query(0, [film], 1), length=2.0, start=1.0, size=180, pace=15, loudness=1.0)

    with av.open(written(asked, tmp_path / "clip.mp4", 1)) as made:
        stream = made.streams.video[0]
        assert (stream.height, stream.frames) == (180, 30)
        assert len(made.streams.audio) == 1


@pytest.mark.parametrize("edit", EDITS)
def test_edit_gives_pictures_of_one_size(edit: str) -> None:
    change = EDITS[edit](np.random.default_rng(1))
    shown = [clips.picture(time, size=(320, 180)) for time in (0.0, 1.0)]

    shapes = {fitted(change(picture), 180).shape for picture in shown}

    assert len(shapes) == 1
    assert min(shapes.pop()[:2]) == 180
