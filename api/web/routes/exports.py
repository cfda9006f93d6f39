"""What can be taken away of a trace: report, PDF, evidence bundle, formats of others."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from urllib.parse import quote
from zipfile import ZIP_STORED, ZipFile

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response

from api.bundles.packing import Choices, pack
from api.exports import credentials, cuts, papers, provenance, verdicts
from api.exports import reviews as markup
from api.exports.papers import NoPrinterError
from api.exports.verdicts import Said
from api.web.problems import RefusedError
from api.web.routes.media import PRIVATE, Making, answered, waiting
from api.web.routes.reviews import named, reviewed
from api.web.routes.traces import owned
from api.web.service import Asking, Given, Service, needs
from api.work import tracing
from index import files
from index.catalogue.reviews import Verdict
from index.catalogue.tasks import Task
from lineage.values import Report

routes = APIRouter(prefix="/v1/traces/{trace}", tags=["exports"], dependencies=[needs("read")])
LONGEST_STEM = 80
"""Characters of a clip's name that a file made of it keeps."""
HERE = "at the service's own machine"
"""Who said something, where there are no keys."""
STYLE = re.compile(r"style-src 'sha256-[A-Za-z0-9+/=]+'")
"""The one style sheet that a report allows itself."""


class Form(StrEnum):
    """A format of others."""

    PROV = "prov"
    OTIO = "otio"
    C2PA = "c2pa"
    REVIEW = "review"


ENDINGS = {
    Form.PROV: "prov.json",
    Form.OTIO: "otio",
    Form.C2PA: "c2pa.json",
    Form.REVIEW: "review.jsonld",
}
KINDS = {Form.REVIEW: "application/ld+json"}
WRITERS: Mapping[Form, Callable[[Report], str]] = {
    Form.PROV: lambda report: provenance.document(
        [provenance.lineage(report)], version=report.version
    ),
    Form.OTIO: cuts.timeline,
    Form.C2PA: credentials.manifest,
    Form.REVIEW: lambda report: markup.markup([report]),
}


@routes.get(
    "/report",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}, "description": "The report."}},
)
def report(
    trace: str,
    given: Given,
    asking: Asking,
    *,
    download: Annotated[bool, Query(description="Whether it is to be saved, not shown.")] = False,
) -> Response:
    """Return the answer, and what people said of it, as one page that needs no other file."""
    task = owned(given, asking, trace)
    page = _page(given, task)
    style = STYLE.search(page)
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors 'none'; sandbox; {style[0] if style else ''}"
    )
    headers = _headers(task, "report.html", saved=download) | {"Content-Security-Policy": policy}
    return Response(page, headers=headers, media_type="text/html; charset=utf-8")


@routes.get(
    "/report.pdf",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/pdf": {}}, "description": "The report."},
        501: {"description": "What writes PDFs is not installed."},
    },
)
def report_pdf(trace: str, given: Given, asking: Asking, making: Making) -> FileResponse:
    """Return the same as a PDF."""
    task = owned(given, asking, trace)
    page, folder = _page(given, task), given.desk.folder(task.id)
    digest = hashlib.sha256(page.encode()).hexdigest()
    try:
        with waiting():
            (folder / "papers").mkdir(exist_ok=True)
            place = making.packed(
                folder / "papers" / digest,
                lambda fresh: _written(fresh / "report.pdf", papers.pdf(page)),
            )
    except NoPrinterError as error:
        raise RefusedError(
            "PDFs cannot be written here: WeasyPrint or Pango is missing.",
            hint=papers.HOW,
            slug="no-pdf",
            status=HTTPStatus.NOT_IMPLEMENTED,
        ) from error
    return FileResponse(
        place / "report.pdf",
        media_type="application/pdf",
        headers=_headers(task, "report.pdf"),
    )


@routes.get(
    "/bundle.zip",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}, "description": "A zipped BagIt bag."}},
)
def bundle(trace: str, given: Given, asking: Asking, making: Making) -> FileResponse:
    """Return the clip, the answer and all it rests on as a bag for `wherefrom verify-bundle`.

    It is zipped, holds one folder, and does not say where the sources' files lie.
    """
    task = owned(given, asking, trace)
    answer, folder = answered(given, task), given.desk.folder(task.id)
    said = _said(given, task)
    digest = hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()
    with waiting():
        (folder / "bundles").mkdir(exist_ok=True)
        place = making.packed(
            folder / "bundles" / digest,
            lambda fresh: _pack(given, folder, answer, said, fresh / "bundle.zip"),
        )
    return FileResponse(
        place / "bundle.zip", media_type="application/zip", headers=_headers(task, "bundle.zip")
    )


@routes.get(
    "/exports/{form}",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "The document."}},
)
def export(trace: str, form: Form, given: Given, asking: Asking) -> Response:
    """Return the answer in a format of others; a review's draft holds confirmed findings alone."""
    task = owned(given, asking, trace)
    answer = answered(given, task)
    if form is Form.REVIEW:
        answer = _confirmed(answer, given, task)
    kind = KINDS.get(form, "application/json")
    return Response(WRITERS[form](answer), headers=_headers(task, ENDINGS[form]), media_type=kind)


def _page(given: Service, task: Task) -> str:
    """Return the report with what people said of the findings."""
    answered(given, task)
    page = (given.desk.folder(task.id) / tracing.PAGE).read_text(encoding="utf-8")
    return verdicts.marked(page, _said(given, task))


def _said(given: Service, task: Task) -> Mapping[int, Said]:
    """Return what people said of a trace's findings, as reports tell it."""
    said = reviewed(given, task)
    names = named(given, said.values())
    return {
        number: Said(one.verdict, one.comment, names.get(one.who, HERE), one.at)
        for number, one in said.items()
    }


def _confirmed(answer: Report, given: Service, task: Task) -> Report:
    """Return an answer without the findings that nobody confirmed."""
    said = reviewed(given, task)
    sure = tuple(
        one
        for number, one in enumerate(answer.findings, 1)
        if number in said and said[number].verdict is Verdict.CONFIRMED
    )
    return replace(answer, findings=sure)


def _pack(
    given: Service, folder: Path, answer: Report, said: Mapping[int, Said], zipped: Path
) -> None:
    """Write a bag into a zip, in a folder of its own."""
    clip = folder / tracing.CLIP
    here = replace(answer, query=replace(answer.query, uri=files.uri(clip)))
    name = f"{_stem(answer.query.name)}-bundle"
    with TemporaryDirectory(dir=zipped.parent, prefix=".packing-") as making:
        bag = Path(making) / "bag"
        bag.mkdir()
        pack(bag, clip, here, given.archive, choices=Choices(addresses=False), said=said)
        with ZipFile(zipped, "w", ZIP_STORED) as archive:
            for path in sorted(bag.rglob("*")):
                if path.is_file():
                    archive.write(path, f"{name}/{path.relative_to(bag)}")


def _written(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _headers(task: Task, ending: str, *, saved: bool = True) -> dict[str, str]:
    """Return headers that name a file made of a trace, whatever its clip is called."""
    stem = _stem(task.name)
    name = f"{stem}.{ending}"
    plain = f"{re.sub(r'[^A-Za-z0-9._-]+', '-', stem).strip('-.') or 'clip'}.{ending}"
    way = "attachment" if saved else "inline"
    disposition = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": disposition, **PRIVATE}


def _stem(name: str) -> str:
    r"""Return a clip's name without its ending, fit to begin a file's name anywhere.

    >>> _stem("../a\u202eb\"c d.mp4"), _stem("../..")
    ('abc d', 'clip')
    """
    own = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in own if sign.isprintable() and sign not in ':*?"<>|')
    stem = kept.rpartition(".")[0] or kept
    return stem.strip(" .-")[:LONGEST_STEM].strip(" .-") or "clip"
