"""What has ended or arrived, as messages to the hooks that are to be told of it.

Each is told once: that it was, and the messages, are one transaction. A message says where the
facts are and the sentence that sums them up, and no more.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from api.exports.watches import said
from index.catalogue import hooks, tasks, watchers, watches
from index.catalogue.database import Change
from index.catalogue.hooks import Delivery
from index.catalogue.tasks import State, Task
from index.catalogue.watchers import LOCAL
from index.catalogue.watches import Arrival
from index.desk import Desk

EVENTS = ("trace.done", "trace.failed", "watch.arrived", "ingest.done", "ingest.failed")
PING = "ping"
"""The event of a message that was only asked for to see whether it comes."""
MOST = 100
"""Tasks in one transaction."""


def announce(desk: Desk, *, now: float, ended: Callable[[Task], None] = lambda _: None) -> bool:
    """Queue messages of what nobody was told of; return whether there was anything.

    Args:
        desk: Where it is noted.
        now: The time, in seconds since 1970.
        ended: Told each task that has ended, once.
    """
    with desk.reading() as change:
        news = bool(tasks.unannounced(change, most=1) or watches.unannounced(change))
    if not news:
        return False
    with desk.changing() as change:
        over = tasks.unannounced(change, most=MOST)
        for task in over:
            _tell(change, f"{task.kind}.{task.state}", task.owner, _facts(task), now=now)
        tasks.announce(change, [task.number for task in over])
        _arrived(change, now=now)
    for task in over:
        ended(task)
    return True


def body(event: str, data: Mapping[str, Any], *, now: float) -> str:
    """Return a message as it is sent."""
    when = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    return json.dumps({"type": event, "timestamp": when, "data": data}, ensure_ascii=False)


def message() -> str:
    """Return an id for a message."""
    return f"msg_{secrets.token_hex(16)}"


def _tell(change: Change, event: str, owner: str, data: Mapping[str, Any], *, now: float) -> None:
    if event not in EVENTS:
        return
    name, sent = message(), body(event, data, now=now)
    for hook in hooks.listening(change, event, owner, now=now):
        hooks.queue(change, Delivery(hook.id, name, event, sent, created_at=now, next_at=now))


def _facts(task: Task) -> dict[str, Any]:
    """Return what is told of a task that has ended."""
    outcome = task.outcome or {}
    here = f"/v1/{task.kind}s/{task.id}"
    facts: dict[str, Any] = {"id": task.id, "state": task.state.value, "links": {"self": here}}
    if task.state is State.FAILED:
        return facts | {"problem": outcome.get("problem")}
    if task.kind == "trace":
        links = {"self": here, "answer": f"{here}/answer", "page": f"/traces/{task.id}"}
        wanted = {name: outcome.get(name) for name in ("found", "summary", "sources", "findings")}
        return facts | wanted | {"links": links}
    return facts | {name: outcome.get(name) for name in ("added", "known", "failed")}


def _arrived(change: Change, *, now: float) -> None:
    """Tell of files that came, each to all who wait for it."""
    new = watches.unannounced(change)
    if not new:
        return
    waiting = watchers.every(change)
    for watch in watches.every(change):
        mine = [(one.id, one.owner) for one in waiting if one.watch == watch.id]
        for come in watch.arrivals:
            for name, owner in (mine or [(str(watch.id), LOCAL)]) if come.id in new else ():
                _tell(change, "watch.arrived", owner, _arrival(name, come), now=now)
    watches.announce(change, new)


def _arrival(watch: str, come: Arrival) -> dict[str, Any]:
    asset = come.digest[:16]
    return {
        "id": watch,
        "asset": asset,
        "how": come.how.value,
        "summary": f"{said(come)}.",
        "links": {"self": f"/v1/watches/{watch}", "asset": f"/v1/assets/{asset}"},
    }
