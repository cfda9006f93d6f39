from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep, time

import pytest

from api.work.apart import Crew
from api.work.hand import problem
from api.work.running import DEFECT
from index.catalogue import happenings, leases, tasks
from index.catalogue.database import Change
from index.catalogue.leases import ATTEMPTS
from index.catalogue.tasks import State, Task
from index.desk import Desk
from index.errors import ArchiveFormatError
from tests.api.work.conftest import ended, exists, until, working

type Asked = Callable[..., Task]


def test_what_is_asked_for_is_done(desk: Desk, crew: Crew, asked: Asked) -> None:
    task = asked("quick")

    with working(desk, crew):
        done = ended(desk, task)

    assert (done.state, done.outcome) == (State.DONE, {"done": "clip.mp4"})


def test_what_is_asked_for_later_is_done_too(desk: Desk, crew: Crew, asked: Asked) -> None:
    with working(desk, crew) as workers:
        ended(desk, asked("quick"))
        task = asked("quick")
        workers.wake()

        assert ended(desk, task).state is State.DONE


def test_no_kind_waits_for_another(desk: Desk, crew: Crew, asked: Asked) -> None:
    asked("endless")
    task = asked("quick")

    with working(desk, crew):
        assert ended(desk, task).state is State.DONE


def test_a_problem_is_told_with_what_to_do(desk: Desk, crew: Crew, asked: Asked) -> None:
    task = asked("bad")

    with working(desk, crew):
        failed = ended(desk, task)

    assert failed.outcome == {
        "problem": "bad-media",
        "status": 422,
        "title": "clip.mp4 is no film.",
        "detail": "Send a film.",
    }


def test_a_defect_is_logged_and_not_told(
    desk: Desk, crew: Crew, asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    task = asked("odd")

    with working(desk, crew):
        failed = ended(desk, task)

    assert failed.outcome == DEFECT
    (record,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert record.facts["error"] == "builtins.ValueError"  # type: ignore[attr-defined] # of ours
    assert "secret" not in caplog.text + str(record.__dict__)


def test_how_far_a_task_is_is_told(desk: Desk, crew: Crew, asked: Asked) -> None:
    task = asked("endless")

    with working(desk, crew):
        until(desk, task, lambda one: one is not None and one.stage == "waiting")
        with desk.reading() as change:
            told = {one.kind for one in happenings.happened(change, task.number)}

    assert told == {"state", "progress"}


@pytest.mark.parametrize("kind", ["endless", "deaf"])
def test_a_cancelled_task_stops_and_the_next_begins(
    desk: Desk, crew: Crew, asked: Asked, kind: str
) -> None:
    task, following = asked(kind), asked(kind)

    with working(desk, crew):
        exists(desk.folder(task.id) / "begun")
        with desk.changing() as change:
            tasks.finish(change, task.number, State.CANCELLED, None, now=time())
        exists(desk.folder(following.id) / "begun")

    with desk.reading() as change:
        found = tasks.find(change, task.id)
    assert found is not None
    assert (found.state, found.attempts) == (State.CANCELLED, 1)


@pytest.mark.parametrize("kind", ["endless", "deaf"])
def test_a_task_that_is_deleted_while_it_runs_leaves_nothing(
    desk: Desk, crew: Crew, asked: Asked, kind: str
) -> None:
    task, following = asked(kind), asked(kind)

    with working(desk, crew):
        exists(desk.folder(task.id) / "begun")
        with desk.changing() as change:
            tasks.remove(change, task.number)
        exists(desk.folder(following.id) / "begun")

    assert not desk.folder(task.id).exists()


def test_what_runs_when_all_stops_returns_to_the_queue(
    desk: Desk, crew: Crew, asked: Asked
) -> None:
    task = asked("deaf")

    with working(desk, crew):
        exists(desk.folder(task.id) / "begun")
        begun = monotonic()

    assert monotonic() - begun < 5
    with desk.reading() as change:
        found = tasks.find(change, task.id)
    assert found is not None
    assert (found.state, found.attempts, found.worker) == (State.QUEUED, 0, None)


def test_a_task_that_ends_its_process_is_begun_three_times(
    desk: Desk, crew: Crew, asked: Asked
) -> None:
    task = asked("deadly")

    with working(desk, crew):
        failed = ended(desk, task)

    assert (failed.state, failed.attempts) == (State.FAILED, ATTEMPTS)
    assert failed.outcome is not None
    assert failed.outcome["title"] == "clip.mp4 ended 3 workers."


def test_what_a_dead_worker_left_is_begun_at_once(desk: Desk, crew: Crew, asked: Asked) -> None:
    task = asked("quick")
    with desk.present("fallen"), desk.changing() as change:
        leases.lease(change, "fallen/quick-0", kinds=["quick"], now=time(), until=time() + 3600)

    with working(desk, crew):
        assert ended(desk, task).state is State.DONE


def test_what_another_worker_does_is_left_to_it(desk: Desk, crew: Crew, asked: Asked) -> None:
    task, later = asked("quick"), asked("bad")
    with desk.changing() as change:
        leases.lease(change, "alive/quick-0", kinds=["quick"], now=time(), until=time() + 3600)

    with desk.present("alive"), working(desk, crew):
        ended(desk, later)

    with desk.reading() as change:
        found = tasks.find(change, task.id)
    assert found is not None
    assert (found.state, found.attempts) == (State.RUNNING, 1)


def test_no_task_is_run_twice_by_several_workers(desk: Desk, crew: Crew, asked: Asked) -> None:
    every = [asked("quick") for _ in range(30)]

    with working(desk, crew), working(desk, crew), working(desk, crew):
        done = [ended(desk, task) for task in every]

    assert {(one.state, one.attempts) for one in done} == {(State.DONE, 1)}


def test_one_who_lost_a_task_does_not_end_it(desk: Desk, asked: Asked) -> None:
    task = asked("quick")
    with desk.changing() as change:
        leases.lease(change, "first", kinds=["quick"], now=0.0, until=1.0)
        leases.recover(change, now=2.0)
        leases.lease(change, "second", kinds=["quick"], now=2.0, until=3.0)

        late = tasks.finish(change, task.number, State.FAILED, {}, now=2.5, worker="first")

        assert (late, leases.held(change, task.number, "second")) == (False, True)
        assert not leases.release(change, task.number, "first")


def test_a_worker_goes_on_after_an_error_of_the_catalogue(
    desk: Desk, crew: Crew, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, lease, failures = asked("quick"), leases.lease, [True]

    def fails(change: Change, worker: str, **facts: object) -> Task | None:
        if failures:
            failures.pop()
            raise OSError("the disk is away")
        return lease(change, worker, **facts)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr(leases, "lease", fails)
    with working(desk, crew):
        assert ended(desk, task).state is State.DONE


def test_without_tracers_nothing_is_run_here(desk: Desk, crew: Crew, asked: Asked) -> None:
    task = asked("quick")

    with working(desk, crew, count=0):
        sleep(0.5)

    with desk.reading() as change:
        found = tasks.find(change, task.id)
    assert found is not None
    assert (found.state, found.attempts) == (State.QUEUED, 0)


def test_a_problem_names_the_archive_and_not_where_it_lies(tmp_path: Path) -> None:
    archive = tmp_path / "films.archive"
    error = ArchiveFormatError(f"There is no archive at {archive}.", hint=f"Look at {archive}.")

    told = problem(error, archive)

    assert told["title"] == "There is no archive at films.archive."
    assert str(tmp_path) not in str(told)
