"""The side of a process that runs tasks: it does one after another, and says how far each is."""

import gc
import importlib
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any

from api.defects import told
from api.problems import problem_of
from index.catalogue.tasks import Task
from index.desk import Desk
from index.errors import UserError, called
from index.files import shown
from index.worker import FRESH, die_with_parent

EVERY = 0.1
"""Seconds between two times that it says how far it is; a new stage is said at once."""
NICE = 5
"""Steps by which it gives way to the process that answers requests."""

type Kind = Callable[[Task, Path, Desk, Callable[[str, float], None]], Mapping[str, Any]]
"""Does a task: told the archive, the desk, and whom to tell its stage and the share that is done;
returns the facts of its outcome. One that can be imported by its name, or a `partial` of one."""


class Withdrawn(Exception):  # noqa: N818 # nothing failed
    """Nobody waits for the task any more: it was cancelled or deleted, or the service stops."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A task, who does it, and in which archive."""

    task: Task
    kind: Kind
    archive: Path


@dataclass(frozen=True, slots=True)
class Stop:
    """What is being done is to be left."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is being done, and how much of it is."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Over:
    """A task came to its end.

    Attributes:
        outcome: The facts; None unless it was done.
        problem: What a person can put right.
        defect: Class and place of what nobody can.
    """

    outcome: Mapping[str, Any] | None = None
    problem: Mapping[str, Any] | None = None
    defect: Mapping[str, object] | None = None


type Message = Stage | Over


def serve(talking: int, alive: int) -> None:
    """Do tasks until the parent is gone; the process's whole life.

    Args:
        talking: File descriptor of the pipe on which errands come and messages go.
        alive: File descriptor of a pipe that the parent holds open as long as it lives.
    """
    threading.Thread(target=die_with_parent, args=(alive,), daemon=True).start()
    # A system that stops a service may tell all its processes; it is the parent that ends this.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.set_threshold(FRESH)
    os.nice(NICE)
    talk = Connection(talking)
    for module in talk.recv():
        importlib.import_module(module)
    while True:
        try:
            errand = talk.recv()
        except EOFError:
            return
        except Exception as error:  # noqa: BLE001 # it could not import what it was asked to do
            talk.send(Over(defect=told(error)))
            continue
        if isinstance(errand, Errand):  # a Stop that came too late is for nobody
            talk.send(_done(errand, talk))


def problem(error: UserError, archive: Path | None = None) -> dict[str, Any]:
    """Return an error as the outcome of a task, which names the archive and not where it lies."""
    row = problem_of(error)
    title, detail = str(error), error.hint
    if archive is not None:
        title, detail = (one.replace(shown(archive), called(archive)) for one in (title, detail))
    return {"problem": row.slug, "status": row.status.value, "title": title, "detail": detail}


def _done(errand: Errand, talk: Connection) -> Over:
    last: tuple[str | None, float] = (None, 0.0)

    def progress(stage: str, share: float) -> None:
        nonlocal last
        if talk.poll():
            talk.recv()
            raise Withdrawn
        now = monotonic()
        if stage != last[0] or now - last[1] >= EVERY:
            last = (stage, now)
            talk.send(Stage(stage, share))

    try:
        with Desk.open(errand.archive) as desk:
            return Over(dict(errand.kind(errand.task, errand.archive, desk, progress)))
    except Withdrawn:
        return Over()
    except UserError as error:
        return Over(problem=problem(error, errand.archive))
    except Exception as error:  # noqa: BLE001 # told where it can be logged
        return Over(defect=told(error))
