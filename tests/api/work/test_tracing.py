import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Any

import pytest

from api.fetching.errors import FetchFailedError
from api.fetching.fetch import FetchParams
from api.work import tracing
from api.work.tracing import Candidates
from index.catalogue import tasks
from index.catalogue.tasks import Task
from index.desk import Desk
from index.errors import BadMediaError
from index.values import Asset, AssetRow, Channel, Interval, Media
from lineage.values import Segment

WHERE = {"url": "https://films.example/clip.mp4", "most": 9_000_000, "ports": [8080]}


@pytest.fixture
def films_desk(archive: Path, tmp_path: Path) -> Iterator[Desk]:
    """Give the desk of a copy of the archive of two films."""
    with Desk.open(shutil.copytree(archive, tmp_path / "served.archive")) as opened:
        yield opened


def asked(desk: Desk, **request: object) -> Task:
    task = Task("task", "trace", "local", "quote.mp4", {"reveal": False, **request}, time())
    desk.folder(task.id).mkdir()
    with desk.changing() as change:
        return replace(task, number=tasks.add(change, task))


def test_what_lies_at_an_address_is_fetched_and_traced(
    films_desk: Desk, suspects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = asked(films_desk, **WHERE)
    # A worker that died in the middle left this.
    (films_desk.folder(task.id) / "clip.part").write_bytes(b"half")
    told: list[tuple[str, int, frozenset[int]]] = []

    def fetched(
        url: str, path: Path, *, most: int, progress: Callable[[float], None], params: FetchParams
    ) -> int:
        told.append((url, most, params.ports))
        progress(1.0)
        assert not path.exists()
        return path.write_bytes((suspects / "quote.mp4").read_bytes())

    monkeypatch.setattr(tracing, "fetched", fetched)
    stages: list[str] = []
    outcome = tracing.trace(
        task, films_desk.path, films_desk, lambda stage, _: stages.append(stage)
    )

    assert outcome["found"] is True
    assert told == [("https://films.example/clip.mp4", 9_000_000, frozenset({8080}))]
    assert stages[0] == "fetch"
    assert not (films_desk.folder(task.id) / "clip.part").exists()


def test_a_clip_that_cannot_be_read_is_called_as_its_sender_calls_it(films_desk: Desk) -> None:
    task = asked(films_desk)
    (films_desk.folder(task.id) / "clip").write_bytes(b"Dear editor,\n" * 100)

    with pytest.raises(BadMediaError, match=r"^quote\.mp4 is not a video") as failed:
        tracing.trace(task, films_desk.path, films_desk, lambda *_: None)

    assert failed.value.hint


def test_what_was_fetched_in_part_is_not_kept(
    films_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = asked(films_desk, **WHERE)

    def fetched(_url: str, path: Path, **_: object) -> int:
        path.write_bytes(b"half")
        raise FetchFailedError("It broke off.", hint="Try again.")

    monkeypatch.setattr(tracing, "fetched", fetched)
    with pytest.raises(FetchFailedError):
        tracing.trace(task, films_desk.path, films_desk, lambda *_: None)

    assert list(films_desk.folder(task.id).iterdir()) == []


def test_candidates_are_told_at_once_for_each_new_file_the_surest_first() -> None:
    told: list[list[str]] = []

    def tell(data: Mapping[str, Any]) -> None:
        told.append([one["asset"]["name"] for one in data["candidates"]])

    candidates = Candidates(asset, tell)
    candidates(AssetRow(1), segment(0.0, 0.5))
    candidates(AssetRow(1), segment(1.0, 0.6))
    candidates(AssetRow(2), segment(2.0, 0.9))

    assert told == [["1.mp4"], ["2.mp4", "1.mp4"]]


def asset(row: AssetRow) -> Asset:
    media = Media(
        9.0, 16, 9, 25.0, has_picture=True, has_sound=False, container="mov", codec="h264"
    )
    return Asset(row, f"{row:064d}", "file:///films/1.mp4", f"{row}.mp4", media)


def segment(start: float, confidence: float) -> Segment:
    where = Interval(start, start + 1.0)
    return Segment(where, where, 1.0, Channel.PICTURE, "plain", confidence, frame_exact=True)
