"""What is over is deleted: rows, and all the files that belong to them."""

from pathlib import Path

from api.work import tracing
from index.catalogue import retention, tasks, uploads
from index.catalogue.tasks import Task
from index.desk import FOLDER, Desk

SETTLED = 3600.0
"""Seconds after which files without a row are nobody's: a clip comes in before its row is made."""


def sweep(desk: Desk, *, now: float, deeds_kept: float | None = None) -> None:
    """Delete tasks and uploads whose time is over, with all that was made of them.

    Args:
        desk: Where they are.
        now: The time, in seconds since 1970.
        deeds_kept: Seconds for which it is kept who did what; None for good.
    """
    with desk.reading() as change:
        over, late = tasks.expired(change, now=now), uploads.expired(change, now=now)
    for task in over:
        forget(desk, task)
    with desk.changing() as change:
        for name in late:
            uploads.remove(change, name)
        retention.forget(change, now=now, deeds_kept=deeds_kept)
    for name in late:
        desk.upload(name).unlink(missing_ok=True)


def forget(desk: Desk, task: Task) -> None:
    """Delete a task, running or not, with its files and with all that was made of it."""
    with desk.changing() as change:
        made = tasks.made_of(change, task.number)
        tasks.remove(change, task.number)
    for one in (task, *made):
        desk.sweep(one.id)


def orphans(desk: Desk, *, now: float) -> None:
    """Delete files without a row, and rows of traces and uploads without files.

    A service that is killed between the two leaves such.
    """
    with desk.reading() as change:
        rows, sent = tasks.kept(change), uploads.kept(change)
    folders = {path.name: path for path in (desk.path / FOLDER / "tasks").iterdir()}
    files = {path.name: path for path in (desk.path / FOLDER / "uploads").iterdir()}
    for name, path in folders.items():
        if name not in rows and _settled(path, now):
            desk.sweep(name)
    for name, path in files.items():
        if name not in sent and _settled(path, now):
            path.unlink(missing_ok=True)
    bare = [
        name
        for name, kind in rows.items()
        if kind == tracing.KIND and not desk.folder(name).exists()
    ]
    with desk.changing() as change:
        for task in filter(None, (tasks.find(change, name) for name in bare)):
            tasks.remove(change, task.number)
        for name in sent:
            if not desk.upload(name).exists():
                uploads.remove(change, name)
    desk.clear()


def _settled(path: Path, now: float) -> bool:
    """Return whether nothing was written there for some time."""
    try:
        times = [one.stat().st_mtime for one in (path, *path.glob("*"))]
    except OSError:
        return False
    return max(times) < now - SETTLED
