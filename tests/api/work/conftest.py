"""A desk of an empty archive, and workers that run chores there."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep, time

import pytest

from api.work.apart import Crew
from api.work.running import Workers, WorkParams
from index.archive import Archive
from index.catalogue import tasks
from index.catalogue.tasks import Task
from index.desk import Desk
from tests.api.work import chores
from tests.api.work.chores import KINDS

HASTY = WorkParams(beat=0.05, poll=0.05, grace=0.5, sweep=0.2, heirs=0.2)


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    with Crew(preload=(chores.__name__,), keep=2) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    Archive.open(tmp_path / "films.archive", create=True).close()
    with Desk.open(tmp_path / "films.archive") as opened:
        yield opened


@pytest.fixture
def asked(desk: Desk) -> Callable[..., Task]:
    """Return a function that asks for a task."""

    def ask(kind: str, **facts: object) -> Task:
        task = Task(uuid.uuid4().hex, kind, "local", "clip.mp4", {}, time())
        task = replace(task, **facts)  # type: ignore[arg-type] # a test's own
        desk.folder(task.id).mkdir()
        with desk.changing() as change:
            return replace(task, number=tasks.add(change, task))

    return ask


@contextmanager
def working(
    desk: Desk, crew: Crew, params: WorkParams = HASTY, count: int = 1
) -> Iterator[Workers]:
    """Give workers that run chores."""
    workers = Workers(desk.path, KINDS, count=count, params=params, crew=crew)
    workers.start()
    try:
        yield workers
    finally:
        workers.stop()


def until(desk: Desk, task: Task, wanted: Callable[[Task | None], bool]) -> Task | None:
    """Wait until a task is as wanted, and return it."""
    end = monotonic() + 30
    while monotonic() < end:
        with desk.reading() as change:
            found = tasks.find(change, task.id)
        if wanted(found):
            return found
        sleep(0.02)
    raise TimeoutError(task.kind)


def ended(desk: Desk, task: Task) -> Task:
    """Wait until a task has ended."""
    found = until(desk, task, lambda one: one is not None and one.state.ended)
    assert found is not None
    return found


def exists(path: Path) -> None:
    """Wait until a file is there."""
    end = monotonic() + 30
    while not path.exists():
        if monotonic() > end:
            raise TimeoutError(path.name)
        sleep(0.02)
