"""Workers: threads that lease tasks and run them, here or in `wherefrom worker`.

A task that is running says so twice a second, and keeps its lease by that. Whoever cancels or
deletes it takes the lease away; it stops when it next says how far it is.
"""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time
from typing import Any, Self

from api.problems import problem_of
from index.catalogue import tasks
from index.catalogue.tasks import State, Task
from index.desk import Desk
from index.errors import UserError

LOG = logging.getLogger("wherefrom.work")

type Kind = Callable[[Task, Path, Desk, Callable[[str, float], None]], Mapping[str, Any]]
"""Does a task: told the archive, the desk, and whom to tell its stage and the share that is done;
returns the facts of its outcome."""


@dataclass(frozen=True, slots=True)
class WorkParams:
    """How tasks are run.

    Attributes:
        lease: Seconds after which a task whose worker says nothing returns to the queue.
        beat: Seconds between the times a worker says how far it is.
        poll: Seconds between looks for tasks that other processes queued.
    """

    lease: float = 60.0
    beat: float = 0.5
    poll: float = 1.0


class Withdrawn(Exception):  # noqa: N818 # nothing failed
    """The task is not this worker's any more: cancelled, deleted, or the service stops."""


@dataclass(slots=True, eq=False)
class Beat:
    """How far a task is, said from time to time by a thread of its own.

    Attributes:
        task: Which.
        worker: Who runs it.
        desk: Where that is said.
        params: How often.
    """

    task: Task
    worker: str
    desk: Desk
    params: WorkParams
    _now: tuple[str | None, float] = (None, 0.0)
    _over: threading.Event = field(default_factory=threading.Event)
    _withdrawn: bool = False
    _thread: threading.Thread | None = None

    def __call__(self, stage: str, share: float) -> None:
        """Note how far it is.

        Raises:
            Withdrawn: Nobody waits for it any more.
        """
        if self._withdrawn:
            raise Withdrawn
        self._now = (stage, share)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._say, name=f"beat-{self.task.id}", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def withdraw(self) -> None:
        """Let the task stop when it next says how far it is."""
        self._withdrawn = True

    def _say(self) -> None:
        said, at = self._now, monotonic()
        while not self._over.wait(self.params.beat):
            if self._now == said and monotonic() - at < self.params.lease / 4:
                continue
            said, at = self._now, monotonic()
            stage, share = said
            until = time() + self.params.lease
            with self.desk.changing() as change:
                mine = tasks.renew(
                    change, self.task.number, self.worker, until=until, stage=stage, share=share
                )
            if not mine:
                self.withdraw()
                return


class Workers:
    """Threads that run the tasks of one archive until they are stopped."""

    def __init__(
        self,
        archive: Path,
        kinds: Mapping[str, Kind],
        *,
        count: int,
        aside: Collection[str] = (),
        params: WorkParams = WorkParams(),
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            archive: Whose.
            kinds: What can be done, by name.
            count: How many tasks are run at a time.
            aside: Kinds that may take hours and are run beside these, one at a time, so that
                nobody waits for them.
            params: How.
        """
        self._archive, self._kinds, self._params = archive, kinds, params
        self._name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._stopping, self._more = threading.Event(), threading.Event()
        self._beats: set[Beat] = set()
        usual = [name for name in kinds if name not in aside]
        lanes = [*[usual] * count, *[list(aside)] * bool(aside and count)]
        self._threads = [
            threading.Thread(target=self._work, args=(lane,), name=f"worker-{number}", daemon=True)
            for number, lane in enumerate(lanes)
        ]

    def start(self) -> None:
        """Begin with what waits."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for tasks at once."""
        self._more.set()

    def stop(self) -> None:
        """Stop; what runs returns to the queue and is begun anew by whoever comes next."""
        self._stopping.set()
        self._more.set()
        for beat in list(self._beats):
            beat.withdraw()
        for thread in self._threads:
            thread.join()

    def _work(self, lane: Collection[str]) -> None:
        with Desk.open(self._archive) as desk:
            while not self._stopping.is_set():
                task = self._leased(desk, lane)
                if task is None:
                    self._more.wait(self._params.poll)
                    self._more.clear()
                else:
                    self._run(task, desk)

    def _leased(self, desk: Desk, lane: Collection[str]) -> Task | None:
        now = time()
        with desk.changing() as change:
            for task in tasks.recover(change, now=now):
                outcome = problem(UserError(f"{task.name} ended three workers.", hint="Report it."))
                tasks.finish(change, task.number, State.FAILED, outcome, now=now)
            until = now + self._params.lease
            return tasks.lease(change, self._name, now=now, until=until, kinds=lane)

    def _run(self, task: Task, desk: Desk) -> None:
        beat = Beat(task, self._name, desk, self._params)
        self._beats.add(beat)
        state, outcome = State.FAILED, None
        try:
            with beat:
                outcome = self._kinds[task.kind](task, self._archive, desk, beat)
            state = State.DONE
        except Withdrawn:
            self._give_back(task, desk)
            return
        except UserError as error:
            outcome = problem(error)
        except Exception:
            LOG.exception("task %s failed", task.id)
            outcome = DEFECT
        finally:
            self._beats.discard(beat)
        with desk.changing() as change:
            tasks.finish(change, task.number, state, outcome, now=time())
            gone = tasks.find(change, task.id) is None
        if gone:
            desk.sweep(task.id)

    def _give_back(self, task: Task, desk: Desk) -> None:
        with desk.changing() as change:
            found = tasks.find(change, task.id)
            if found is not None and found.worker == self._name:
                tasks.release(change, task.number)
        if found is None:
            desk.sweep(task.id)


def problem(error: UserError) -> dict[str, Any]:
    """Return an error as the outcome of a task."""
    row = problem_of(error)
    return {
        "problem": row.slug,
        "status": row.status.value,
        "title": str(error),
        "detail": error.hint,
    }


DEFECT: dict[str, Any] = {
    "problem": "defect",
    "status": 500,
    "title": "A defect in wherefrom ended this.",
    "detail": "Report it with what the log says.",
}
