"""Who waits for what of a clip, and what there is to wait for."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from api.work import watching
from index import files
from index.catalogue import tasks, watchers, watches
from index.catalogue.tasks import State, Task
from index.catalogue.watches import Watch
from index.desk import Desk
from index.errors import NotFoundError, UserError
from index.files import Location
from tests.api.work.test_announcing import CLIP

type Asked = Callable[..., Task]
ANSWER = {
    "query": {"has_sound": False, "duration": 5.0},
    "archive": {"searched": ["picture"]},
    "sources": [],
}
GAP = {"channel": "picture", "query": [0.0, 5.0], "reason": "no-match"}


@pytest.fixture
def traced(desk: Desk, asked: Asked) -> Task:
    """A trace that is done and left something unexplained."""
    task = asked("trace")
    (desk.folder(task.id) / "answer.json").write_text(json.dumps(ANSWER | {"unexplained": [GAP]}))
    (desk.folder(task.id) / "clip").write_bytes(b"film")
    with desk.changing() as change:
        change.exec_driver_sql("UPDATE tasks SET started_at = 1")
        tasks.finish(change, task.number, State.DONE, {"sha256": CLIP.digest}, now=2.0)
        found = tasks.find(change, task.id)
    assert found is not None
    return found


def wanted(asked: Asked, traced: Task, owner: str = "local", note: str | None = None) -> Task:
    """Return the task that asks for a watch."""
    return asked("watch", owner=owner, request={"trace": traced.id, "note": note})


def kept(desk: Desk, location: Location = CLIP.location) -> Watch:
    """Return a watch of the clip that was traced."""
    with desk.changing() as change:
        watches.add(change, replace(CLIP, location=location), b"")
        return watches.every(change)[0]


def waiting(desk: Desk) -> list[tuple[str, str, str | None]]:
    with desk.reading() as change:
        return [(one.id, one.owner, one.note) for one in watchers.every(change)]


def test_nothing_is_left_of_what_was_looked_up_by_codes_alone(desk: Desk, traced: Task) -> None:
    assert watching.unexplained(desk, traced)
    assert watching.unexplained(desk, replace(traced, request={"codes": True})) == {}
    assert watching.unexplained(desk, replace(traced, id="gone")) == {}


def test_a_trace_that_was_deleted_meanwhile_is_not_watched(
    desk: Desk, asked: Asked, traced: Task
) -> None:
    task = wanted(asked, traced)
    with desk.changing() as change:
        tasks.remove(change, traced.number)

    with pytest.raises(NotFoundError, match="was deleted"):
        watching.watch(task, desk.path, desk, lambda _stage, _share: None)


def test_what_is_explained_is_not_watched(desk: Desk, asked: Asked, traced: Task) -> None:
    (desk.folder(traced.id) / "answer.json").write_text(json.dumps(ANSWER | {"unexplained": []}))

    with pytest.raises(UserError, match="Nothing of the clip is left"):
        watching.watch(wanted(asked, traced), desk.path, desk, lambda _stage, _share: None)


def test_a_clip_that_others_watch_is_measured_once_and_waited_for_by_each(
    desk: Desk, asked: Asked, traced: Task
) -> None:
    found = kept(desk, files.location(desk.folder(traced.id) / "clip"))
    first = wanted(asked, traced, "ann", "one")
    second = wanted(asked, traced, "bob")

    for task in (first, second):
        told = watching.watch(task, desk.path, desk, lambda _stage, _share: None)
        assert told == {"watch": found.id}

    assert waiting(desk) == [(first.id, "ann", "one"), (second.id, "bob", None)]
    with desk.reading() as change:
        assert len(watches.every(change)) == 1


def test_nobody_waits_for_a_clip_twice(desk: Desk, asked: Asked, traced: Task) -> None:
    kept(desk, files.location(desk.folder(traced.id) / "clip"))
    first, again = (wanted(asked, traced, "ann") for _ in range(2))
    watching.watch(first, desk.path, desk, lambda _stage, _share: None)

    with pytest.raises(UserError, match="watched already"):
        watching.watch(again, desk.path, desk, lambda _stage, _share: None)
    assert len(waiting(desk)) == 1


def test_who_joins_a_watch_of_the_command_does_not_take_it_over(
    desk: Desk, asked: Asked, traced: Task
) -> None:
    found = kept(desk)
    task = wanted(asked, traced, "ann")

    watching.watch(task, desk.path, desk, lambda _stage, _share: None)

    assert waiting(desk) == [(str(found.id), "local", None), (task.id, "ann", None)]


def test_a_watch_of_the_command_is_this_machines_own(
    desk: Desk, asked: Asked, traced: Task
) -> None:
    kept(desk)

    with pytest.raises(UserError, match="watched already"):
        watching.watch(wanted(asked, traced), desk.path, desk, lambda _stage, _share: None)
