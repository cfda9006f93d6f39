"""Workers: threads that lease tasks and have them run, here or in `wherefrom worker`.

A task runs in a process apart. Its worker keeps the lease by renewing it, and says twice a second
how far the task is. Whoever cancels or deletes it takes the lease away; then it is stopped, and
ended if it does not stop. Each kind of task has workers of its own, so that none waits for another:
of clips several are traced at a time, of every other kind one task runs.
"""

import logging
import threading
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time
from typing import Any

from api.work import sweeping, tracing
from api.work.apart import Crew, Gone, Process
from api.work.hand import Errand, Kind, Over, Stage, problem
from index.catalogue import leases, tasks
from index.catalogue.database import Change
from index.catalogue.tasks import State, Task
from index.desk import Desk
from index.errors import UserError

LOG = logging.getLogger("wherefrom.work")
DEFECT: Mapping[str, Any] = {
    "problem": "defect",
    "status": 500,
    "title": "A defect in wherefrom ended this.",
    "detail": "Report it with what the log says.",
}


@dataclass(frozen=True, slots=True)
class WorkParams:
    """How tasks are run.

    Attributes:
        lease: Seconds after which a task whose worker says nothing returns to the queue; longer
            than another process may keep the catalogue from being written.
        beat: Seconds between the times a worker says how far it is.
        poll: Seconds between looks for tasks that other processes queued.
        grace: Seconds a task has to stop by itself.
        sweep: Seconds between looks for what is over.
        heirs: Seconds between looks for workers that died, so that others take over their tasks.
        orphans: Seconds between looks for files that belong to nothing.
        deeds: Seconds for which it is kept who did what; None for good.
    """

    lease: float = 60.0
    beat: float = 0.5
    poll: float = 1.0
    grace: float = 2.0
    sweep: float = 20.0
    heirs: float = 2.0
    orphans: float = 3600.0
    deeds: float | None = None


class Workers:
    """Threads that have the tasks of one archive run until they are stopped."""

    def __init__(
        self,
        archive: Path,
        kinds: Mapping[str, Kind],
        *,
        count: int,
        params: WorkParams = WorkParams(),
        crew: Crew | None = None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            archive: Whose.
            kinds: What can be done, by name.
            count: How many clips are traced at a time; with none, nothing is run here.
            params: How.
            crew: Processes to run tasks in, of whoever calls; None for its own.
        """
        self.count = count
        self._archive, self._kinds, self._params = archive, kinds, params
        self._name = uuid.uuid4().hex
        self._stopping, self._more = threading.Event(), threading.Condition()
        self._wakes = 0
        self._open = ExitStack()
        self._crew = Crew(keep=count + 1, warm=count) if crew is None else crew
        self._own = crew is None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin with what waits, and with what workers left that have died.

        Raises:
            UserError: The archive cannot be used.
        """
        desk = self._open.enter_context(Desk.open(self._archive))
        self._open.enter_context(desk.present(self._name))
        if self._own:
            self._open.enter_context(self._crew)
            self._crew.warm()
        self._threads = [
            threading.Thread(target=self._sweep, args=(desk,), name="sweeper", daemon=True)
        ]
        for kind in self._kinds if self.count else ():
            for number in range(self.count if kind == tracing.KIND else 1):
                name = f"{self._name}/{kind}-{number}"
                self._threads.append(
                    threading.Thread(
                        target=self._work, args=(desk, kind, name), name=name, daemon=True
                    )
                )
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for tasks at once."""
        with self._more:
            self._wakes += 1
            self._more.notify_all()

    def stop(self) -> None:
        """Stop; what runs returns to the queue and is begun anew by whoever comes next."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join()
        self._open.close()

    def _work(self, desk: Desk, kind: str, name: str) -> None:
        """Run tasks of a kind until it is to stop, whatever happens to them or the catalogue."""
        while not self._stopping.is_set():
            wakes = self._wakes
            try:
                task = self._leased(desk, kind, name)
                if task is not None:
                    self._run(task, desk, name)
                    continue
            except Exception:
                LOG.exception("a worker of %s goes on after an error", kind)
            with self._more:
                self._more.wait_for(lambda: self._wakes != wakes, self._params.poll)  # noqa: B023 # called here

    def _leased(self, desk: Desk, kind: str, name: str) -> Task | None:
        with desk.reading() as change:  # nobody is kept from writing as long as nothing waits
            if not tasks.waiting(change, kind=kind):
                return None
        now = time()
        with desk.changing() as change:
            return leases.lease(
                change, name, kinds=(kind,), now=now, until=now + self._params.lease
            )

    def _run(self, task: Task, desk: Desk, name: str) -> None:
        """Have a task run, and note what came of it."""
        process = self._crew.taken()
        try:
            over = self._over(task, desk, name, process)
        finally:
            self._crew.back(process)
        with desk.changing() as change:
            self._note(change, task, over, name)
            gone = tasks.find(change, task.id) is None
        if gone:
            desk.sweep(task.id)

    def _note(self, change: Change, task: Task, over: Over | Gone, name: str) -> None:
        """Note how a task ended, if it is still the worker's."""
        if isinstance(over, Gone):
            LOG.error("the process that ran task %s has died", task.id)
            recovered(change, now=time(), gone=lambda one: one == name)
            return
        if over.outcome is not None:
            state, outcome = State.DONE, over.outcome
        elif over.problem is not None:
            state, outcome = State.FAILED, over.problem
        elif over.defect is not None:
            state, outcome = State.FAILED, DEFECT
        else:
            leases.release(change, task.number, name)
            return
        ended = tasks.finish(change, task.number, state, outcome, now=time(), worker=name)
        if ended and over.defect is not None:
            LOG.error("a task failed", extra={"facts": {"task": task.id, **over.defect}})

    def _over(self, task: Task, desk: Desk, name: str, process: Process) -> Over | Gone:
        """Return how a task ended; without any facts if it was stopped."""
        try:
            process.begin(Errand(task, self._kinds[task.kind], self._archive))
        except OSError:
            return Gone()
        said, noted, renewed = Stage("", 0.0), Stage("", 0.0), monotonic()
        beat = monotonic() + self._params.beat
        while True:
            match process.message(max(0.0, beat - monotonic())):
                case Over() | Gone() as over:
                    return over
                case Stage() as said:
                    pass
            if monotonic() < beat and not self._stopping.is_set():
                continue
            beat = monotonic() + self._params.beat
            new = said != noted or monotonic() - renewed > self._params.lease / 4
            if self._stopping.is_set() or not self._kept(task, desk, name, said if new else None):
                return process.stop(self._params.grace)
            if new:
                noted, renewed = said, monotonic()

    def _kept(self, task: Task, desk: Desk, name: str, said: Stage | None) -> bool:
        """Return whether a task is still a worker's, having noted how far it is if that is new."""
        try:
            if said is None:
                with desk.reading() as change:
                    return leases.held(change, task.number, name)
            with desk.changing() as change:
                return leases.renew(
                    change,
                    task.number,
                    name,
                    until=time() + self._params.lease,
                    stage=said.name or None,
                    share=said.share,
                )
        except UserError:
            # The catalogue is busy: the lease holds for a while without being renewed.
            LOG.warning("task %s could not be renewed", task.id)
            return True

    def _sweep(self, desk: Desk) -> None:
        """Return what dead workers left to the queue, and delete what is over."""
        swept = cleared = -self._params.orphans
        while True:
            now = monotonic()
            try:
                self._inherit(desk)
                if now - swept >= self._params.sweep:
                    swept = now
                    sweeping.sweep(desk, now=time(), deeds_kept=self._params.deeds)
                if now - cleared >= self._params.orphans:
                    cleared = now
                    sweeping.orphans(desk, now=time())
            except Exception:
                LOG.exception("the sweeper goes on after an error")
            if self._stopping.wait(self._params.heirs):
                return

    def _inherit(self, desk: Desk) -> None:
        """Return what dead workers left to the queue."""

        def gone(worker: str) -> bool:
            return _gone(desk, worker)

        with desk.reading() as change:  # nobody is kept from writing as long as all live
            if not leases.left(change, now=time(), gone=gone):
                return
        with desk.changing() as change:
            recovered(change, now=time(), gone=gone)
        self.wake()


def recovered(change: Change, *, now: float, gone: leases.Gone) -> None:
    """Return tasks whose worker died to the queue; fail those that were begun too often."""
    for task in leases.recover(change, now=now, gone=gone):
        error = UserError(
            f"{task.name} ended {task.attempts} workers.",
            hint="Convert the clip with another program first, and report what the log says.",
        )
        tasks.finish(change, task.number, State.FAILED, problem(error), now=now)


def _gone(desk: Desk, worker: str) -> bool:
    process = worker.partition("/")[0]
    return not process or desk.gone(process)
