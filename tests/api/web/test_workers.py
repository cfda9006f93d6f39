"""Two programs of `wherefrom worker` side by side, beside a service that traces nothing itself."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from index.catalogue import happenings, tasks
from index.catalogue.tasks import State, Task
from index.desk import FOLDER, Desk
from tests import clips
from tests.api.web.test_restart import COMMAND, Server, begun, serving, wait_until

type Program = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Office:
    """A service, and two workers beside it.

    Attributes:
        server: The service.
        desk: Of its archive.
        workers: The programs.
    """

    server: Server
    desk: Desk
    workers: tuple[Program, Program]

    def task(self, name: str) -> Task:
        with self.desk.reading() as change:
            found = tasks.find(change, name)
        assert found is not None
        return found

    def holder(self, name: str) -> Program | None:
        """Return the program that runs a task: it holds the file that shows that it lives."""
        worker = (self.task(name).worker or "").partition("/")[0]
        file = self.desk.path / FOLDER / "workers" / worker
        return next((one for one in self.workers if worker and file in held(one)), None)


def held(program: Program) -> set[Path]:
    """Return the files that a program has open."""
    found = set()
    with suppress(FileNotFoundError, PermissionError):  # it has ended
        for one in Path(f"/proc/{program.pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                found.add(one.readlink())
    return found


@contextmanager
def working(archive: Path) -> Iterator[Program]:
    """Give a worker in a process of its own."""
    program = subprocess.Popen(  # noqa: S603 # our own
        [*COMMAND, "worker", "--archive", str(archive), "-q"], cwd=archive.parent
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait(30)


@pytest.fixture
def office(desk_archive: Path, no_settings: None) -> Iterator[Office]:  # noqa: ARG001 # as in a new shell
    with (
        serving(desk_archive, "--tracers", "0") as server,
        working(desk_archive) as one,
        working(desk_archive) as other,
        Desk.open(desk_archive) as desk,
    ):
        present = desk.path / FOLDER / "workers"
        wait_until(lambda: len(list(present.iterdir())) == 3)
        yield Office(server, desk, (one, other))


def test_two_workers_share_the_work_and_run_each_task_once(office: Office, suspects: Path) -> None:
    names, seen = [], set[int]()
    for _ in range(4):
        with (suspects / "quote.mp4").open("rb") as clip:
            got = httpx2.post(
                f"{office.server.url}/v1/traces", files={"clip": clip}, data={"reveal": "false"}
            )
        names.append(got.json()["id"])

    def done() -> bool:
        holders = filter(None, map(office.holder, names))
        seen.update(one.pid for one in holders)
        return all(office.task(name).state.ended for name in names)

    wait_until(done)

    ended = [office.task(name) for name in names]
    assert {(one.state, one.attempts) for one in ended} == {(State.DONE, 1)}
    with office.desk.reading() as change:
        told = [happenings.happened(change, one.number) for one in ended]
    states = [[one.data["state"] for one in every if one.kind == "state"] for every in told]
    assert states == [["queued", "running", "done"]] * 4
    assert len(seen) == 2


def test_a_killed_workers_task_is_taken_over_and_a_stopped_ones_given_back(
    office: Office, tmp_path: Path
) -> None:
    # So long that neither of both is done with it.
    clip = clips.movie(tmp_path / "long.mp4", seconds=60, cuts=(2.0, 4.0), seed=1)
    trace, _ = begun(office.server, clip)
    name = trace.rpartition("/")[2]
    first = office.holder(name)
    assert first is not None

    first.kill()
    since = time.monotonic()
    wait_until(lambda: office.holder(name) not in {None, first})
    taken_over = time.monotonic() - since
    second = office.holder(name)
    attempts = office.task(name).attempts
    assert second is not None
    second.send_signal(signal.SIGTERM)
    code = second.wait(30)

    left = office.task(name)
    assert taken_over < 20
    assert (attempts, code) == (2, 0)
    assert (left.state, left.attempts, left.worker) == (State.QUEUED, 1, None)
