"""The kind of task "trace": from a clip to its answer, kept as a document and as a page."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.bundles.packing import handed
from api.exports import kept
from api.exports.document import line
from api.exports.page import page
from index.archive import Archive
from index.catalogue.tasks import Task
from index.desk import Desk
from index.hashing.learned import Model
from lineage.exhibits import exhibits
from lineage.stills import pairs
from lineage.trace import described
from lineage.trace import trace as answer

CLIP, ANSWER, PAGE, KEPT = "clip", "answer.json", "report.html", "kept.json"
"""Files in the folder of a trace."""


def trace(  # noqa: PLR0913 # what every kind is given, and what this one needs
    task: Task,
    archive: Path,
    desk: Desk,
    progress: Callable[[str, float], None],
    *,
    model: Model | None = None,
    trusted: str | None = None,
) -> Mapping[str, Any]:
    """Trace the clip in the task's folder, and write the answer beside it.

    Args:
        task: Its request may say `reveal`: whether pixels are compared.
        archive: What is searched.
        desk: Where the task's folder is.
        progress: Told how far it is.
        model: What describes frames as well.
        trusted: Certificates of those whose manifests are trusted, PEM.

    Returns:
        The verdict, how many sources and findings there are, and the digest of the clip.

    Raises:
        UserError: The clip or the archive cannot be used.
    """
    folder = desk.folder(task.id)
    with Archive.open(archive) as opened:
        params = replace(described(opened, model), trusted=trusted)
        if not task.request.get("reveal", True):
            params = replace(params, reveal=None)
        now = datetime.now(UTC)
        found = answer(folder / CLIP, opened, params=params, at=now, progress=progress)
        # Where files lie on this machine is nobody else's business.
        named = handed(
            replace(found, query=replace(found.query, name=task.name)),
            f"/v1/traces/{task.id}/clip",
            addresses=False,
        )
        # Stills are read from the clip where it lies, whatever it is called.
        made = page(named, pairs(found, opened), exhibits(found, opened), reviewed=True)
    (folder / PAGE).write_text(made, encoding="utf-8")
    (folder / KEPT).write_text(kept.written(named), encoding="utf-8")
    (folder / ANSWER).write_text(line(named), encoding="utf-8")
    return {
        "found": bool(named.sources),
        "summary": named.summary,
        "sources": len(named.sources),
        "findings": len(named.findings),
        "sha256": named.query.digest,
    }
