"""Kinds of tasks for tests; they are imported by the processes that run them."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from index.catalogue.tasks import Task
from index.desk import Desk
from index.errors import BadMediaError

type Progress = Callable[[str, float], None]


def quick(task: Task, _archive: Path, desk: Desk, progress: Progress) -> Mapping[str, Any]:
    """Leave a file that must not be there already."""
    progress("writing", 0.5)
    with (desk.folder(task.id) / "once").open("x") as file:
        file.write(str(os.getpid()))
    return {"done": task.name}


def endless(task: Task, _archive: Path, desk: Desk, progress: Progress) -> Mapping[str, Any]:
    """Go on until it is withdrawn."""
    (desk.folder(task.id) / "begun").touch()
    number = 0
    while True:
        number += 1
        progress("waiting", number % 100 / 100)
        time.sleep(0.02)


def deaf(task: Task, _archive: Path, desk: Desk, _progress: Progress) -> Mapping[str, Any]:
    """Do nothing, and hear nothing."""
    (desk.folder(task.id) / "begun").touch()
    time.sleep(600)
    return {}


def deadly(_task: Task, _archive: Path, _desk: Desk, _progress: Progress) -> Mapping[str, Any]:
    """End the process."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def bad(_task: Task, _archive: Path, _desk: Desk, _progress: Progress) -> Mapping[str, Any]:
    """Fail as files of people do."""
    raise BadMediaError("clip.mp4 is no film.", hint="Send a film.")


def odd(_task: Task, _archive: Path, _desk: Desk, _progress: Progress) -> Mapping[str, Any]:
    """Fail as nothing should."""
    raise ValueError("secret")


KINDS = {
    "quick": quick,
    "endless": endless,
    "deaf": deaf,
    "deadly": deadly,
    "bad": bad,
    "odd": odd,
}
