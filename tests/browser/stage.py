"""A service in every state that its pages know, made up without decoding anything."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from api.exports import kept, lookup
from api.exports.document import document, finding, line
from api.settings import Settings
from api.web.app import app, kinds
from api.work import tracing
from index.archive import Archive
from index.catalogue import happenings, leases, tasks
from index.catalogue.tasks import State, Task
from index.desk import Desk
from index.values import Channel
from lineage.derivations import Relation
from lineage.report import weighed
from lineage.values import Report
from tests import families, reports
from tests.api.web.conftest import crew, key

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may do, where the service does not say it itself."""
HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>{{ 7*7 }}.mp4"
ANSWERS: Mapping[str, Report] = {
    "rich": reports.rich(),
    "nothing": reports.nothing(),
    "common": reports.common(),
    "single": reports.single(),
    "related": reports.related(),
    "sounding": reports.sounding(),
    "hostile": reports.single(name=HOSTILE),
    "many": reports.supercut(500, 40, length=1500),
}
ELSEWHERE = "elsewhere"
"""A worker that goes on for as long as the service does."""
PROBLEM = {
    "problem": "bad-media",
    "status": 422,
    "title": "letter.mp4 has neither pictures nor sound.",
    "detail": "Send the original file.",
}
CANDIDATES = tuple(
    {
        "asset": {"id": f"{number:016x}", "name": source.asset.name},
        "confidence": source.confidence,
        "segments": [
            {"channel": channel, "query": [one.query.start, one.query.end]}
            for one in source.segments[:1]
            for channel in ("picture", "sound")
        ],
    }
    for number, source in enumerate(reports.rich().sources[:2], 1)
)
FINDINGS = tuple(finding(one, ANSWERS["rich"].sources) for one in weighed(ANSWERS["rich"].findings))
TALLY = {
    "files": 41,
    "done": 18,
    "added": 12,
    "known": 5,
    "failed": 1,
    "bytes": 9_000_000_000,
    "read": 4_000_000_000,
    "footage": 5400.0,
    "speed": 31.0,
    "left": 260.0,
}
BROKEN = (
    ("holiday.avi", "holiday.avi ends in the middle of a frame."),
    ("notes.txt.mp4", "notes.txt.mp4 has neither pictures nor sound."),
)


@dataclass(frozen=True)
class Stage:
    """A service that listens.

    Attributes:
        url: Its address.
        archive: Its folder.
    """

    url: str
    archive: Path

    def trace(self, name: str) -> str:
        """Return the address of the page of a trace."""
        return f"{self.url}/traces/{name}"


def archive(folder: Path) -> Path:
    """Make an archive of six films that hang together, and one by itself; return its folder."""
    made = [
        families.kinship("a", "b", done=("c2pa.cropped", "c2pa.transcoded"), shown=((0, 9, 2),)),
        families.kinship("a", "c", done=("c2pa.addedText",), shown=((1, 9, 12), (10, 15, 30))),
        families.kinship("b", "d", done=("c2pa.orientation",), shown=((0, 5, 1),)),
        families.kinship("c", "e", channel=Channel.SOUND, shown=((0, 4, 3),)),
        families.kinship("d", "f", Relation.UNDETERMINED, shown=((0, 3, 0),)),
    ]
    path = families.archived(folder, "abcdefg", made, related="abcdefg")
    with Archive.open(path, write=True) as opened:
        for name, reason in BROKEN:
            opened.record_failure(folder / "films" / name, reason)
    return path


def bare(folder: Path) -> Path:
    """Make an archive of nothing; return its folder."""
    path = folder / "archive"
    Archive.open(path, create=True).close()
    return path


def seeded(path: Path) -> Path:
    """Put a trace in each state onto the desk of an archive; return its folder."""
    with Desk.open(path) as desk:
        for name, answer in ANSWERS.items():
            done(desk, name, answer)
        hinted(desk)
        _add(desk, "expired", "expired-0412.mp4", lasts=-60.0)
        for name in ("failed", "cancelled", "running", "queued"):
            _add(desk, name, f"{name}-0412.mp4")
        _ingests(desk)
        with desk.changing() as change:
            _end(change, "expired", State.CANCELLED, None)
            _end(change, "failed", State.FAILED, PROBLEM)
            _end(change, "cancelled", State.CANCELLED, None)
            _run(change, "running")
    return path


def done(desk: Desk, name: str, answer: Report) -> None:
    """Put a trace with an answer onto a desk."""
    number = _add(desk, name, answer.query.name)
    folder = desk.folder(name)
    (folder / tracing.ANSWER).write_text(line(answer), encoding="utf-8")
    (folder / tracing.KEPT).write_text(kept.written(answer), encoding="utf-8")
    (folder / tracing.PAGE).write_text("<!doctype html><title>A report</title>", encoding="utf-8")
    told = document(answer)
    outcome = {
        "found": bool(told["sources"]),
        "summary": told["verdict"]["summary"],
        "sources": len(told["sources"]),
        "findings": len(told["findings"]),
        "sha256": told["query"]["sha256"],
    }
    with desk.changing() as change:
        tasks.finish(change, number, State.DONE, outcome, now=time.time())


def hinted(desk: Desk) -> None:
    """Put a look-up by codes alone onto a desk."""
    answer = reports.hinted()
    number = _add(desk, "hinted", str(answer.name), codes=True)
    (desk.folder("hinted") / tracing.ANSWER).write_text(lookup.line(answer), encoding="utf-8")
    outcome = {"found": True, "summary": answer.summary, "candidates": len(answer.hints)}
    with desk.changing() as change:
        tasks.finish(change, number, State.DONE, outcome, now=time.time())


def locked(path: Path) -> str:
    """Make a key of an archive, so that nobody is let in without one; return it."""
    return key(path, "admin")


@contextmanager
def listening(path: Path, **settings: object) -> Iterator[Stage]:
    """Give the service of an archive, at a port of its own, under the pages' policy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = Settings.model_validate({"port": port, "tracers": 0, **settings})
    made = app(path, chosen, kinds(), crew=crew())

    async def guarded(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 # ASGI
        async def sent(message: MutableMapping[str, Any]) -> None:
            headers = message.get("headers", [])
            if message["type"] == "http.response.start" and not any(
                name.lower() == b"content-security-policy" for name, _ in headers
            ):
                policy = (b"content-security-policy", POLICY.encode())
                message = {**message, "headers": [*headers, policy]}
            await send(message)

        await made(scope, receive, sent)

    with Desk.open(path) as desk, desk.present(ELSEWHERE):
        yield from _served(guarded, path, port)


def _served(made: Any, path: Path, port: int) -> Iterator[Stage]:  # noqa: ANN401 # ASGI
    server = uvicorn.Server(
        uvicorn.Config(made, port=port, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Stage(f"http://127.0.0.1:{port}", path)
    finally:
        server.should_exit = True
        thread.join()


def _add(
    desk: Desk, name: str, clip: str, *, lasts: float = 3 * 86400.0, codes: bool = False
) -> int:
    now = time.time()
    request = {"codes": True} if codes else {"reveal": True}
    task = Task(name, "trace", "local", clip, request, now, expires_at=now + lasts)
    desk.folder(name).mkdir(mode=0o700)
    with desk.changing() as change:
        return tasks.add(change, task)


def _ingests(desk: Desk) -> None:
    """Put a folder that was added onto a desk, one that could not be, and one on its way."""
    now = time.time()
    with desk.changing() as change:
        for name, state, outcome in (
            ("news/2023", State.DONE, {**TALLY, "left": None, "speed": None}),
            ("rushes", State.FAILED, {"title": "This folder may not be added any more."}),
        ):
            number = tasks.add(change, Task(name, "ingest", "local", name, {}, now))
            tasks.finish(change, number, state, outcome, now=now)
        number = tasks.add(change, Task("now", "ingest", "local", "news/2024", {}, now))
        leases.lease(change, ELSEWHERE, kinds=["ingest"], now=now, until=now + 3600)
        happenings.tell(change, number, "tally", TALLY)
        leases.renew(change, number, ELSEWHERE, until=now + 3600, stage="reading files", share=0.44)


def _end(change: Any, name: str, state: State, outcome: Mapping[str, Any] | None) -> None:  # noqa: ANN401 # a transaction
    task = tasks.find(change, name)
    assert task is not None
    tasks.finish(change, task.number, state, outcome, now=time.time())


def _run(change: Any, name: str) -> None:  # noqa: ANN401 # a transaction
    """Let a worker that never ends have a trace: it looks at the second step."""
    wanted = tasks.find(change, name)
    assert wanted is not None
    now = time.time()
    taken = leases.lease(change, ELSEWHERE, kinds=["trace"], now=now, until=now + 3600)
    assert taken is not None
    assert taken.number == wanted.number
    happenings.tell(change, taken.number, "candidates", {"candidates": list(CANDIDATES)})
    happenings.tell(change, taken.number, "findings", {"findings": list(FINDINGS)})
    leases.renew(change, taken.number, ELSEWHERE, until=now + 3600, stage="prove", share=0.4)


def answer(stage: Stage, name: str) -> dict[str, Any]:
    """Return the answer of a trace on a stage."""
    with Desk.open(stage.archive) as desk:
        text = (desk.folder(name) / tracing.ANSWER).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def shown(path: Path) -> dict[str, object]:
    """Return the settings under which pages show all they have."""
    known = Settings.model_fields
    wanted = {"ingest_roots": [path.parent], "fetch": True}
    return {name: value for name, value in wanted.items() if name in known}
