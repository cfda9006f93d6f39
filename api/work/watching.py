"""The kind of task "watch": what a trace left unexplained of a clip is waited for.

The clip was traced; what is made here are its codes, which is all that is kept of it.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any

from api.exports.watches import rests
from api.work import tracing
from index import files
from index.archive import Archive
from index.catalogue import tasks, watchers
from index.catalogue.tasks import Task
from index.catalogue.watchers import LOCAL, Watcher
from index.catalogue.watches import Rests, Watch
from index.desk import Desk
from index.errors import NotFoundError, UserError
from index.values import AssetRow
from index.watches import Watches
from lineage import prints
from lineage.clock import Progress
from lineage.watches import check, now


def watch(task: Task, archive: Path, desk: Desk, progress: Progress) -> Mapping[str, Any]:
    """Watch for what would explain the rest of a clip that was traced.

    Neither the archive's lock nor a transaction is held while its codes are measured.

    What was archived since the clip was traced is held against it at once.

    Args:
        task: Its request says the id of the `trace`, and the `note`.
        archive: Read alone: the watches are in the desk's catalogue.
        desk: Where the trace is, and the watches.
        progress: Told how far it is.

    Returns:
        The number of the watch.

    Raises:
        NotFoundError: The trace was deleted.
        UserError: Its owner watches for the clip already, or nothing is left to watch for.
    """
    with desk.reading() as change:
        traced = tasks.find(change, str(task.request["trace"]))
    left = {} if traced is None else unexplained(desk, traced)
    if traced is None or traced.started_at is None:
        raise NotFoundError("The trace was deleted.", hint="Trace the clip again.")
    if not left:
        raise UserError("Nothing of the clip is left to watch for.", hint="See its answer.")
    kept = Watches(desk.catalogue)
    started = datetime.fromtimestamp(traced.started_at, UTC).isoformat(timespec="seconds")
    found = kept.of(str((traced.outcome or {})["sha256"]))
    if found is None:
        found = _added(desk, traced, left, checked=kept.before(started), progress=progress)
    _join(desk, found, task, traced)
    with Archive.open(archive) as opened:
        check(opened, kept=kept)
    return {"watch": found.id}


def unexplained(desk: Desk, traced: Task) -> Rests:
    """Return what a trace that is done left unexplained and footage may explain.

    A look-up by codes alone explains nothing, and has no clip to be watched for.
    """
    if traced.request.get("codes"):
        return {}
    try:
        text = (desk.folder(traced.id) / tracing.ANSWER).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return rests(json.loads(text))


def _added(
    desk: Desk, traced: Task, left: Rests, *, checked: AssetRow, progress: Progress
) -> Watch:
    """Add the watch of a clip, with its codes."""
    clip = desk.folder(traced.id) / tracing.CLIP
    with tracing.naming(traced.name):
        measured = prints.fingerprints(clip, named=False, progress=progress)
    made = Watch(
        id=0,
        digest=str((traced.outcome or {})["sha256"]),
        name=traced.name,
        location=files.location(clip),
        duration=measured.duration,
        note=None,
        added_at=now(),
        rests=left,
        checked=checked,
    )
    return Watches(desk.catalogue).add(made, measured)


def _join(desk: Desk, found: Watch, task: Task, traced: Task) -> None:
    """Note who waits; where the command made the watch, that it is wanted there as well."""
    mine = Watcher(
        id=task.id,
        watch=found.id,
        owner=task.owner,
        trace=traced.id,
        name=traced.name,
        note=task.request.get("note"),
        added_at=time(),
    )
    ours = files.uri(desk.folder(traced.id) / tracing.CLIP)
    with desk.changing() as change:
        waiting = {one.owner for one in watchers.every(change) if one.watch == found.id}
        commands = not waiting and found.location.uri != ours
        if task.owner in waiting or (commands and task.owner == LOCAL):
            raise UserError("The clip is watched already.", hint="See the list of watches.")
        if commands:
            theirs = Watcher(str(found.id), found.id, LOCAL, None, found.name, found.note, time())
            watchers.add(change, theirs)
        watchers.add(change, mine)
