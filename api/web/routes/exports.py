"""What can be taken away of a trace: report, formats of others. What takes long is in `parcels`."""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.exports import credentials, cuts, provenance, verdicts
from api.exports import reviews as markup
from api.exports.texts import stem
from api.exports.verdicts import Said
from api.web.routes.media import PRIVATE, answered
from api.web.routes.traces import owned
from api.web.service import Asking, Given, Service, needs
from api.work import judging, tracing
from index.catalogue.tasks import Task
from lineage.values import Report

routes = APIRouter(prefix="/v1/traces/{trace}", tags=["exports"], dependencies=[needs("read")])
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
WRITERS: Mapping[Form, Callable[[Report, Mapping[int, Sequence[Said]]], str]] = {
    Form.PROV: lambda report, _: provenance.document(
        [provenance.lineage(report)], version=report.version
    ),
    Form.OTIO: lambda report, _: cuts.timeline(report),
    Form.C2PA: lambda report, _: credentials.manifest(report),
    Form.REVIEW: lambda report, said: markup.written(markup.draft(report, said)),
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
    said = headers(task, "report.html", saved=download) | {"Content-Security-Policy": policy}
    return Response(page, headers=said, media_type="text/html; charset=utf-8")


@routes.get(
    "/exports/{form}",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "The document."}},
)
def export(trace: str, form: Form, given: Given, asking: Asking) -> Response:
    """Return the answer in a format of others, with no findings but those that people confirmed."""
    task = owned(given, asking, trace)
    answer, said = verdicts.confirmed(answered(given, task), judging.said(given.desk, task))
    kind = KINDS.get(form, "application/json")
    written = WRITERS[form](answer, said)
    return Response(written, headers=headers(task, ENDINGS[form]), media_type=kind)


def _page(given: Service, task: Task) -> str:
    """Return the report with what people said of the findings."""
    answered(given, task)
    page = (given.desk.folder(task.id) / tracing.PAGE).read_text(encoding="utf-8")
    return verdicts.marked(page, judging.said(given.desk, task))


def headers(task: Task, ending: str, *, saved: bool = True) -> dict[str, str]:
    """Return headers that name a file made of a trace, whatever its clip is called."""
    begin = stem(task.name)
    name = f"{begin}.{ending}"
    plain = f"{re.sub(r'[^A-Za-z0-9._-]+', '-', begin).strip('-.') or 'clip'}.{ending}"
    way = "attachment" if saved else "inline"
    disposition = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": disposition, **PRIVATE}
