"""The kind of task "trace": from a clip, or its codes, to an answer, kept as a document and a page.

Its request says what is traced:

    {"reveal": true}                  the clip in the task's folder
    {"url": …, "most": …, "ports": …}  fetched into the folder first
    {"codes": true}                   the fingerprint file in the folder: looked up, nothing proven
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from api.bundles.packing import handed
from api.exports import document, kept, lookup
from api.exports.page import page
from api.exports.texts import text
from api.fetching.fetch import FetchParams, fetched
from index import fingerprints
from index.archive import Archive
from index.catalogue import happenings, tasks
from index.catalogue.tasks import Task
from index.desk import Desk
from index.errors import UserError
from index.hashing.learned import Model
from index.values import Asset, AssetRow
from lineage import coarse
from lineage.exhibits import exhibits
from lineage.findings import Finding
from lineage.params import described
from lineage.report import weighed
from lineage.stills import pairs
from lineage.trace import trace as answer
from lineage.values import Report, Segment, Source

KIND = "trace"
CLIP, CODES, ANSWER, PAGE = "clip", "codes.json", "answer.json", "report.html"
KEPT = "kept.json"
"""Files in the folder of a trace."""
TOLD = 0.5
"""Seconds between two times that what is proven so far is told, unless it is of another file."""

type Progress = Callable[[str, float], None]


def trace(  # noqa: PLR0913 # what every kind is given, and what this one needs
    task: Task,
    archive: Path,
    desk: Desk,
    progress: Progress,
    *,
    model: Model | None = None,
    trusted: str | None = None,
) -> Mapping[str, Any]:
    """Trace what lies in the task's folder, and write the answer beside it.

    Args:
        task: Its request says what is traced.
        archive: What is searched.
        desk: Where the task's folder is; told candidates as they are proven.
        progress: Told how far it is.
        model: What describes frames as well.
        trusted: Certificates of those whose manifests are trusted, PEM.

    Returns:
        The verdict, how many sources and findings there are, and the digest of the clip.

    Raises:
        UserError: The clip, its address or the archive cannot be used.
    """
    folder = desk.folder(task.id)
    with naming(task.name):
        if task.request.get("codes"):
            return _looked_up(folder, archive, progress)
        if "url" in task.request:
            _fetch(task.request, folder, progress)
        named, made = _traced(task, archive, desk, progress, model=model, trusted=trusted)
    _put(folder / PAGE, made)
    _put(folder / KEPT, kept.written(named))
    _put(folder / ANSWER, document.line(named))
    return {
        "found": bool(named.sources),
        "summary": named.summary,
        "sources": len(named.sources),
        "findings": len(named.findings),
        "sha256": named.query.digest,
    }


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Let errors call the clip in a task's folder as whoever sent it does.

    Raises:
        UserError: As it was, but for the name.
    """
    try:
        yield
    except UserError as error:
        for here in (CLIP, CODES):
            if str(error).startswith(f"{here} "):
                error.args = (f"{name}{str(error).removeprefix(here)}",)
        raise


def _traced(  # noqa: PLR0913 # as `trace`
    task: Task,
    archive: Path,
    desk: Desk,
    progress: Progress,
    *,
    model: Model | None,
    trusted: str | None,
) -> tuple[Report, str]:
    """Return the answer to a clip, with files named as callers may name them, and its page."""
    folder = desk.folder(task.id)
    with Archive.open(archive) as opened:
        params = replace(described(opened, model), trusted=trusted)
        if not task.request.get("reveal", True):
            params = replace(params, reveal=None)
        found = answer(
            folder / CLIP,
            opened,
            params=params,
            at=datetime.now(UTC),
            progress=progress,
            proven=Candidates(opened.asset, partial(_tell, desk, task, "candidates")),
            early=lambda found, sources: _tell(desk, task, "findings", _early(found, sources)),
        )
        named = _named(handed(found, CLIP, addresses=False), task)
        # Stills are read from the clip where it lies, whatever it is called.
        return named, page(named, pairs(found, opened), exhibits(found, opened), reviewed=True)


class Candidates:
    """What is proven so far of each archived file, told as it grows."""

    def __init__(
        self, asset: Callable[[AssetRow], Asset], tell: Callable[[Mapping[str, Any]], None]
    ) -> None:
        """Begin without any.

        Args:
            asset: Returns the file of a row.
            tell: Told all of them, the surest first.
        """
        self._asset, self._tell = asset, tell
        self._found: dict[AssetRow, list[Segment]] = {}
        self._told = 0.0

    def __call__(self, row: AssetRow, segment: Segment) -> None:
        """Add a stretch that is proven."""
        new = row not in self._found
        self._found.setdefault(row, []).append(segment)
        if new or monotonic() - self._told >= TOLD:
            self._told = monotonic()
            self._tell(
                {"candidates": [self._one(row) for row in sorted(self._found, key=self._rank)]}
            )

    def _one(self, row: AssetRow) -> Mapping[str, Any]:
        asset = self._asset(row)
        stretches = sorted(self._found[row], key=lambda one: one.query.start)
        return {
            "asset": {"id": asset.id, "name": text(asset.name)},
            "confidence": max(document.number(one.confidence, 4) for one in stretches),
            "segments": [
                {"channel": one.channel.name.lower(), **document.segment(one)} for one in stretches
            ],
        }

    def _rank(self, row: AssetRow) -> float:
        return -max(one.confidence for one in self._found[row])


def _early(found: Sequence[Finding], sources: Sequence[Source]) -> Mapping[str, Any]:
    """Return what is known so far of what was done, that which weighs most first."""
    return {"findings": [document.finding(one, sources) for one in weighed(found)]}


def _tell(desk: Desk, task: Task, kind: str, data: Mapping[str, Any]) -> None:
    """Tell those who follow a trace, in place of what they were told of that kind before."""
    with desk.changing() as change:
        if tasks.find(change, task.id) is not None:
            happenings.retell(change, task.number, kind, data)


def _fetch(request: Mapping[str, Any], folder: Path, progress: Progress) -> None:
    """Fetch the clip, unless an earlier worker has."""
    clip, part = folder / CLIP, folder / f"{CLIP}.part"
    if clip.exists():
        return
    part.unlink(missing_ok=True)
    try:
        fetched(
            request["url"],
            part,
            most=request["most"],
            progress=partial(progress, "fetch"),
            params=FetchParams(ports=frozenset(request["ports"])),
        )
        part.rename(clip)
    finally:
        part.unlink(missing_ok=True)


def _looked_up(folder: Path, archive: Path, progress: Progress) -> Mapping[str, Any]:
    """Look up codes; the answer is that of a look-up, and there is no page of it."""
    prints = fingerprints.read(folder / CODES)
    with Archive.open(archive) as opened:
        found = coarse.lookup(prints, opened, progress=progress)
        hints = [replace(one, asset=_addressed(one.asset)) for one in found.hints]
    _put(folder / ANSWER, lookup.line(replace(found, hints=tuple(hints))))
    return {"found": bool(hints), "summary": found.summary, "candidates": len(hints)}


def _named(found: Report, task: Task) -> Report:
    """Return an answer in which files are named as callers may call them."""
    query = replace(found.query, name=task.name, uri=f"/v1/traces/{task.id}/clip")
    sources = [replace(one, asset=_addressed(one.asset)) for one in found.sources]
    return replace(found, query=query, sources=tuple(sources))


def _addressed(asset: Asset) -> Asset:
    """Return an archived file without the place where it lies."""
    return replace(asset, uri=f"/v1/assets/{asset.id}")


def _put(path: Path, content: str) -> None:
    """Write a file that is whole or not there, whoever else writes it."""
    part = path.with_suffix(".part")
    part.write_text(content, encoding="utf-8")
    part.replace(path)
