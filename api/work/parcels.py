"""The kinds of task "bundle" and "pdf": what is taken away of a trace, and takes long to make.

Its request says as of which word on the findings it is made, so that it stays what it was asked
for whatever people say meanwhile:

    {"words": 12}

What is made lies in the task's own folder. The task belongs to the trace, and goes with it.
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from api.bundles.packing import Choices, pack
from api.exports import kept, papers
from api.exports.texts import stem
from api.exports.verdicts import marked
from api.work import judging, tracing
from index import files
from index.archive import Archive
from index.catalogue import tasks
from index.catalogue.tasks import Task
from index.desk import Desk
from index.errors import NotFoundError, UserError
from lineage.values import Report

BUNDLE, PDF = "bundle", "pdf"
FILES: Mapping[str, str] = {BUNDLE: "bundle.zip", PDF: "report.pdf"}
"""What each kind makes, in the task's folder."""

type Tell = Callable[[str, float], None]


def bundle(task: Task, archive: Path, desk: Desk, progress: Tell) -> Mapping[str, Any]:
    """Pack a trace's clip, its answer and all that it rests on into a zipped bag.

    Args:
        task: Its request says as of which word.
        archive: Where the sources are.
        desk: Where the trace is.
        progress: Told how far it is.

    Returns:
        The size of the file and its digest.

    Raises:
        NotFoundError: The trace was deleted.
        UserError: A file cannot be read any more, or the answer is of another version.
    """
    trace, folder = _trace(desk, task), _emptied(desk, task)
    answer = _answer(desk, trace)
    clip = desk.folder(trace.id) / tracing.CLIP
    here = replace(answer, query=replace(answer.query, uri=files.uri(clip)))
    said = judging.said(desk, trace, upto=task.request["words"])
    choices = Choices(addresses=False)
    with (
        Archive.open(archive) as opened,
        TemporaryDirectory(dir=folder, prefix=".packing-") as making,
    ):
        bag, zipped = Path(making) / "bag", Path(making) / "zip"
        bag.mkdir()
        pack(bag, clip, here, opened, choices=choices, said=said, progress=progress)
        _zip(bag, zipped, f"{stem(answer.query.name)}-bundle", progress)
        return _made(zipped, folder / FILES[BUNDLE])


def pdf(task: Task, _archive: Path, desk: Desk, progress: Tell) -> Mapping[str, Any]:
    """Write a trace's report as a PDF.

    Args:
        task: Its request says as of which word.
        desk: Where the trace is.
        progress: Told how far it is.

    Returns:
        The size of the file and its digest.

    Raises:
        NotFoundError: The trace was deleted.
        NoPrinterError: What writes PDFs is not installed.
    """
    trace, folder = _trace(desk, task), _emptied(desk, task)
    progress("report", 0.0)
    page = (desk.folder(trace.id) / tracing.PAGE).read_text(encoding="utf-8")
    page = marked(page, judging.said(desk, trace, upto=task.request["words"]))
    progress("paper", 0.1)
    written = folder / "paper"
    written.write_bytes(papers.pdf(page))
    return _made(written, folder / FILES[PDF])


def _trace(desk: Desk, task: Task) -> Task:
    with desk.reading() as change:
        found = None if task.trace is None else tasks.numbered(change, task.trace)
    if found is None:
        raise NotFoundError("The trace was deleted.", hint="Trace the clip again.")
    return found


def _answer(desk: Desk, trace: Task) -> Report:
    text = (desk.folder(trace.id) / tracing.KEPT).read_text(encoding="utf-8")
    answer = kept.read(text)
    if answer is None:
        raise UserError(
            "Another version of wherefrom traced this clip.", hint="Trace the clip again."
        )
    return answer


def _emptied(desk: Desk, task: Task) -> Path:
    """Return the task's folder, without what a worker left in it that died."""
    folder = desk.folder(task.id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def _zip(bag: Path, zipped: Path, name: str, progress: Tell) -> None:
    """Put a bag into a zip, in a folder of a name."""
    paths = sorted(path for path in bag.rglob("*") if path.is_file())
    with ZipFile(zipped, "w", ZIP_STORED) as archive:
        for count, path in enumerate(paths, 1):
            archive.write(path, f"{name}/{path.relative_to(bag)}")
            progress("zip", count / len(paths))


def _made(written: Path, place: Path) -> Mapping[str, Any]:
    """Put what is whole into its place, and tell of it."""
    with written.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    written.replace(place)
    return {"size": place.stat().st_size, "sha256": digest}
