"""Pictures made while somebody waits: each once, a few at a time, never half."""

import os
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from api.web.problems import RefusedError
from api.web.routes.media import waiting
from api.work.proxies import FRAMES, ProxyParams, Studio, _thinned
from index.errors import BadMediaError, NotFoundError
from index.sandbox import Sandbox
from tests import clips

QUICK = ProxyParams(makers=1, patience=0.05)


@pytest.fixture
def studio() -> Iterator[Studio]:
    made = Studio(QUICK)
    yield made
    made.close()


def test_what_many_ask_for_is_made_once(studio: Studio, tmp_path: Path) -> None:
    made: list[Path] = []

    def make(_sandbox: Sandbox, fresh: Path) -> None:
        time.sleep(0.05)
        made.append(fresh)
        (fresh / "a").write_text("whole")

    threads = [
        threading.Thread(target=studio.made, args=(tmp_path / "one", make)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    assert (tmp_path / "one" / "a").read_text() == "whole"


def test_what_cannot_be_made_leaves_nothing(studio: Studio, tmp_path: Path) -> None:
    def fail(_sandbox: Sandbox, fresh: Path) -> None:
        (fresh / "half").write_text("half")
        raise BadMediaError("It is damaged.", hint="Send another.")

    with pytest.raises(BadMediaError):
        studio.made(tmp_path / "one", fail)

    assert list(tmp_path.iterdir()) == []


def test_whoever_waits_too_long_is_told_when_to_come_back(studio: Studio, tmp_path: Path) -> None:
    with (
        studio.sandbox(),
        pytest.raises(RefusedError) as told,
        waiting(),
    ):
        studio.made(tmp_path / "one", lambda _sandbox, _fresh: None)

    assert told.value.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert told.value.headers == {"Retry-After": "5"}


def test_nothing_is_made_for_a_trace_that_is_gone(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError), waiting():
        studio.piece(tmp_path / "gone" / "media" / "0", tmp_path / "clip", 0)

    assert not (tmp_path / "gone").exists()


def test_pieces_not_looked_at_go_first(tmp_path: Path) -> None:
    for number, size in enumerate((40, 40, 40)):
        place = tmp_path / "0" / str(number)
        place.mkdir(parents=True)
        (place / FRAMES).write_bytes(bytes(size))
        os.utime(place / FRAMES, (1000 - number, 0))

    _thinned(tmp_path, 90)

    assert sorted(place.name for place in (tmp_path / "0").iterdir()) == ["0", "1"]


def test_processes_end_when_nobody_asks_for_pictures(tmp_path: Path) -> None:
    film = clips.movie(tmp_path / "film.mp4", seconds=1, size=(64, 36))
    studio = Studio(ProxyParams(makers=1, rest=0.2))
    (tmp_path / "media").mkdir()
    try:
        studio.piece(tmp_path / "media" / "0", film, 0)
        until = time.monotonic() + 10
        while studio._every[0]._worker is not None and time.monotonic() < until:
            time.sleep(0.05)

        assert studio._every[0]._worker is None
        assert studio.piece(tmp_path / "media" / "1", film, 0).is_dir()
    finally:
        studio.close()


def test_a_file_of_too_many_frames_is_refused(tmp_path: Path) -> None:
    film = clips.movie(tmp_path / "film.mp4", seconds=1, size=(64, 36))
    studio = Studio(ProxyParams(frames=20))
    (tmp_path / "media").mkdir()
    try:
        with pytest.raises(BadMediaError):
            studio.piece(tmp_path / "media" / "0", film, 0)
    finally:
        studio.close()
