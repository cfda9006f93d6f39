import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep, time

import pytest

from api.work import sweeping
from api.work.apart import Crew
from index.catalogue import deeds, happenings, tasks, uploads
from index.catalogue.deeds import Deed
from index.catalogue.tasks import State, Task
from index.catalogue.uploads import Upload
from index.desk import FOLDER, Desk
from tests.api.work.conftest import HASTY, working

type Asked = Callable[..., Task]
LATER = 10 * 3600.0


def sent(desk: Desk, name: str, *, expires_at: float) -> Upload:
    upload = Upload(name, "local", "clip.mp4", 4, 4, {}, 0.0, expires_at)
    desk.upload(name).write_bytes(b"film")
    with desk.changing() as change:
        uploads.add(change, upload)
    return upload


def aged(path: Path, *, hours: float, now: float) -> Path:
    os.utime(path, (now, now - 3600 * hours))
    return path


def files(desk: Desk) -> set[str]:
    folder = desk.path / FOLDER
    return {path.name for part in ("tasks", "uploads") for path in (folder / part).iterdir()}


def test_a_task_whose_time_is_over_goes_with_all_it_made(desk: Desk, asked: Asked) -> None:
    over, current = asked("trace", expires_at=5.0), asked("trace", expires_at=15.0)
    (desk.folder(over.id) / "clip").write_bytes(b"film")

    sweeping.sweep(desk, now=10.0)

    with desk.reading() as change:
        assert tasks.kept(change) == {current.id: "trace"}
        assert happenings.happened(change, over.number) == []
    assert files(desk) == {current.id}


def test_an_upload_that_nobody_finished_goes(desk: Desk) -> None:
    sent(desk, "over", expires_at=5.0)
    sent(desk, "current", expires_at=15.0)

    sweeping.sweep(desk, now=10.0)

    with desk.reading() as change:
        assert uploads.kept(change) == {"current"}
    assert files(desk) == {"current"}


def test_of_what_ended_long_ago_only_how_it_ended_is_told(desk: Desk, asked: Asked) -> None:
    task = asked("trace")
    with desk.changing() as change:
        happenings.tell(change, task.number, "progress", {"stage": "decode", "share": 0.5})
        tasks.finish(change, task.number, State.DONE, {}, now=0.0)

    sweeping.sweep(desk, now=LATER)

    with desk.reading() as change:
        told = [(one.number, one.kind) for one in happenings.happened(change, task.number)]
    assert told == [(1, "state"), (3, "state")]


@pytest.mark.parametrize(("kept", "left"), [(None, 3), (86400.0, 2), (3600.0, 1)])
def test_who_did_what_is_forgotten_when_its_time_is_over(
    desk: Desk, kept: float | None, left: int
) -> None:
    now = 10 * 86400.0
    with desk.changing() as change:
        for ago in (2 * 86400.0, 86400.0, 3600.0):
            deeds.add(change, Deed(now - ago, "ann", "keys add", "x", 200))

    sweeping.sweep(desk, now=now, deeds_kept=kept)

    with desk.reading() as change:
        assert len(deeds.listed(change)) == left


def test_workers_forget_who_did_what(desk: Desk, crew: Crew) -> None:
    with desk.changing() as change:
        deeds.add(change, Deed(time() - 60, "ann", "keys add", "x", 200))

    with working(desk, crew, replace(HASTY, deeds=30.0)):
        end = monotonic() + 10
        while kept(desk) and monotonic() < end:
            sleep(0.02)

    assert kept(desk) == []


def kept(desk: Desk) -> list[Deed]:
    with desk.reading() as change:
        return deeds.listed(change)


def test_files_that_belong_to_nothing_go_once_they_are_settled(desk: Desk, asked: Asked) -> None:
    task = asked("trace")
    for name, hours in (("stray", 2.0), ("coming", 0.5)):
        desk.folder(name).mkdir()
        (desk.folder(name) / "clip").write_bytes(b"film")
        aged(desk.folder(name) / "clip", hours=hours, now=LATER)
        aged(desk.folder(name), hours=2.0, now=LATER)
        aged(_written(desk.upload(f"{name}-upload")), hours=hours, now=LATER)

    sweeping.orphans(desk, now=LATER)

    assert files(desk) == {task.id, "coming", "coming-upload"}


def test_rows_whose_files_are_gone_go(desk: Desk, asked: Asked) -> None:
    task, bare = asked("trace"), asked("other")
    sent(desk, "lost", expires_at=15.0)
    desk.folder(task.id).rmdir()
    desk.folder(bare.id).rmdir()
    desk.upload("lost").unlink()

    sweeping.orphans(desk, now=10.0)

    with desk.reading() as change:
        assert tasks.kept(change) == {bare.id: "other"}
        assert uploads.kept(change) == set()


def test_a_process_that_has_ended_is_forgotten_and_one_that_lives_is_not(desk: Desk) -> None:
    (desk.path / FOLDER / "workers" / "fallen").touch()

    with desk.present("alive"):
        sweeping.orphans(desk, now=10.0)

        assert (desk.gone("fallen"), desk.gone("alive")) == (True, False)
    assert desk.gone("alive")


def _written(path: Path) -> Path:
    path.write_bytes(b"film")
    return path
