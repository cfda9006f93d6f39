"""The page of a trace: how far it is, and then what the clip was made from."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.exports.drawing import lying, upright
from api.exports.families.words import SAID
from api.exports.page import share_told
from api.exports.reread import report as reread
from api.web import telling
from api.web.pages.forms import PROVEN
from api.web.pages.stages import STEPS
from api.web.pages.templates import fragment, rendered
from api.web.problems import RefusedError
from api.web.routes import reviews, traces
from api.web.routes.media import answered
from api.web.routes.traces import owned, told
from api.web.service import Asking, Caller, Given, Service, needs
from api.work import tracing
from index.catalogue.tasks import State, Task
from index.values import Channel, Media
from lineage.derivations import Relation
from lineage.findings import Finding, Significance
from lineage.report import SAME_SPEED, Part, Phrase, parts, phrases, ruled_out, shortened, weighed
from lineage.values import Reason, Report, Source, Unexplained

pages = APIRouter()
KEPT = 4
"""Answers whose drawings are kept, each of a few hundred kilobytes at most."""
LONG, PACKING = 100_000, 4
"""Characters from which on a page is packed, and how hard: as fast as the page is made."""
PLATES = {
    "pair": "both frames",
    "strip": "moment by moment",
    "heat": "heat map",
    "spectrograms": "spectrograms",
}
"""Pictures of a finding to which a card leads, and what they are called."""
SHOWN, FOLDED = 24, 8
"""Cards that come with the page: of findings that matter, as many as findings.js shows before one
asks for the rest; and of others, which are folded away."""
WIDE = 16 / 9
"""The ratio of a picture that nobody knows."""
EARLY = ("candidates", "findings")
"""What is told before a trace has ended."""
LOOKUP = "wherefrom.lookup/1"
"""What an answer is called that rests on codes alone."""


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of the clip: one that shows a source, or one without.

    Attributes:
        number: From 1 on, by time.
        part: The segment; None where there is no source.
        gap: What has no source; None where there is one.
    """

    number: int
    part: Part | None
    gap: Unexplained | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """How two files are related.

    Attributes:
        words: In a sentence.
        channel: Picture or sound.
        confidence: How sure that is; None where it is only said which way it is not.
        evidence: What it rests on.
    """

    words: str
    channel: str
    confidence: float | None
    evidence: Sequence[str]


@pages.get("/traces/{trace}")
def result(trace: str, request: Request, given: Given, asking: Asking) -> Response:
    """Return the page: of the answer, or of how far it is."""
    task = owned(given, asking, trace)
    path = given.desk.folder(task.id) / tracing.ANSWER
    if task.state is not State.DONE or not path.is_file():
        early = {kind: telling.latest(given, task, kind) for kind in EARLY}
        return HTMLResponse(rendered("trace.html", request, trace=told(task), STEPS=STEPS, **early))
    shown = _shown(path, path.stat().st_mtime_ns)
    if shown["document"]["schema"] == LOOKUP:
        return _packed(request, rendered("lookup.html", request, trace=told(task), **shown))
    known = cards(task, given, asking)
    return _packed(request, rendered("result.html", request, trace=told(task), **known, **shown))


@pages.get("/traces/{trace}/compare")
def compare(trace: str, request: Request, given: Given, asking: Asking) -> HTMLResponse:
    """Return the page of both clips beside one another, with the findings to be judged."""
    task = owned(given, asking, trace)
    path = given.desk.folder(task.id) / tracing.ANSWER
    shown = _shown(path, path.stat().st_mtime_ns) if path.is_file() else {}
    facts = {"ratio": shown.get("ratio", WIDE), **cards(task, given, asking)}
    return HTMLResponse(rendered("comparing.html", request, trace=told(task), **facts))


@pages.get("/traces/{trace}/delete")
def ask(trace: str, request: Request, given: Given, asking: Asking) -> HTMLResponse:
    """Return the page that asks whether to delete a trace, for those whose scripts cannot."""
    task = owned(given, asking, trace)
    return HTMLResponse(rendered("delete.html", request, trace=told(task)))


@pages.post("/traces/{trace}/delete", dependencies=[needs("trace"), PROVEN])
def delete(trace: str, given: Given, asking: Asking) -> Response:
    """Delete a trace with all that was made of it; lead to the first page."""
    traces.delete(trace, given, asking)
    return RedirectResponse("/", HTTPStatus.SEE_OTHER)


@pages.post("/traces/{trace}/cancel", dependencies=[needs("trace"), PROVEN])
def cancel(trace: str, given: Given, asking: Asking) -> Response:
    """Stop a trace; lead back to its page."""
    traces.cancel(trace, given, asking)
    return RedirectResponse(f"/traces/{trace}", HTTPStatus.SEE_OTHER)


@lru_cache(maxsize=KEPT)
def _shown(path: Path, _written: int) -> Mapping[str, Any]:
    """Return what the page shows of an answer; one that is opened again is not drawn again."""
    document = json.loads(path.read_text(encoding="utf-8"))
    drawn = {} if document["schema"] == LOOKUP else facts(document)
    return {"document": document, **drawn}


def _packed(request: Request, page: str) -> Response:
    """Return a page, packed where that is much shorter: nothing in it is of who asks for it."""
    if len(page) < LONG or "gzip" not in request.headers.get("accept-encoding", ""):
        return HTMLResponse(page)
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return HTMLResponse(gzip.compress(page.encode(), PACKING), headers=headers)


def facts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of an answer, in the form of docs/trace.schema.json."""
    report = reread(document)
    told_parts = parts(report.sources)
    drawn = {"lying": lying(report), "upright": upright(report)}
    every = rows(told_parts, report.unexplained)
    return {
        "report": report,
        "ratio": ratio(report.query.media),
        "told": verdict(report),
        "share": share_told(report),
        "sure": sure(report.sources),
        **drawn,
        "ribbons": fragment("ribbons.html", **drawn),
        "rows": every,
        "stretches": fragment("stretches.html", rows=every, report=report),
        "both": len(_channels(report)) > 1,
        "legend": _legend(told_parts),
        "related": list(related(document["lineage"])),
        "missing": any(gap.reason is Reason.NO_MATCH for gap in report.unexplained),
        "channels": [channel.name.lower() for channel in report.searched.channels],
    }


def cards(task: Task, given: Service, asking: Caller) -> dict[str, Any]:
    """Return the first findings as cards, how many there are, or why there are none to be had."""
    try:
        report = answered(given, task)
    except RefusedError as error:
        told = {"unread": f"{error} {error.hint}", "heavy": [], "light": []}
        return {**told, "counts": {"heavy": 0, "light": 0, "judged": 0}, "PLATES": PLATES}
    parts: dict[bool, list[Finding]] = {True: [], False: []}
    for one in weighed(report.findings):
        parts[one.significance is not Significance.TECHNICAL].append(one)
    said = reviews.standing(given, task).values()
    return {
        "unread": "",
        "heavy": reviews.cards(given, task, asking, report, parts[True][:SHOWN]),
        "light": reviews.cards(given, task, asking, report, parts[False][:FOLDED]),
        "counts": {
            "heavy": len(parts[True]),
            "light": len(parts[False]),
            "judged": sum(len({one.verdict for one in every} - {None}) == 1 for every in said),
        },
        "PLATES": PLATES,
    }


def ratio(media: Media) -> float:
    """Return the ratio of the picture's width to its height; 0 where there is none."""
    return media.width / media.height if media.has_picture and media.height else 0.0


def sure(sources: Sequence[Source]) -> str:
    """Return how sure what is told of stretches is; empty where there are none."""
    found = [one.confidence for source in sources for one in source.segments]
    if not found:
        return ""
    least, most = f"{min(found):.2f}", f"{max(found):.2f}"
    return f"Confidence {least} of 1." if least == most else f"Confidence {least} to {most} of 1."


def verdict(report: Report) -> list[Phrase]:
    """Return the verdict in runs, so that names have colours, if that gives the very same words."""
    found = phrases(
        report.query,
        report.sources,
        unexplained=report.unexplained,
        searched=report.searched,
        findings=report.findings,
    )
    same = "".join(phrase.text for phrase in found) == report.summary
    return found if same else [Phrase(report.summary)]


def rows(told_parts: Sequence[Part], gaps: Sequence[Unexplained]) -> list[Row]:
    """Return all stretches of the clip by time."""
    found: list[tuple[float, Part | None, Unexplained | None]] = [
        (one.segment.query.start, one, None) for one in told_parts
    ]
    found += [(gap.query.start, None, gap) for gap in gaps]
    found.sort(key=lambda one: one[0])
    return [Row(number, part, gap) for number, (_, part, gap) in enumerate(found, 1)]


def related(lineage: Mapping[str, Any]) -> Iterator[Related]:
    """Yield how the files of an answer are related, where that is decided or a way ruled out."""
    names = {node["id"]: f"“{shortened(node['name'])}”" for node in lineage["nodes"]}
    names["query"] = "this clip"
    for edge in lineage["edges"]:
        relation = Relation(edge["relation"])
        excluded = edge.get("excluded")
        if excluded is not None:
            words = ruled_out(*(names[excluded[end]] for end in ("parent", "child")))
            yield Related(words, edge["channel"], None, edge["evidence"])
        elif relation is not Relation.UNDETERMINED:
            words = SAID[relation].format(child=names[edge["child"]], parent=names[edge["parent"]])
            words = f"{words[0].upper()}{words[1:]}."
            yield Related(words, edge["channel"], edge["confidence"], edge["evidence"])


def _channels(report: Report) -> set[Channel]:
    return {one.channel for one in report.sources} | {one.channel for one in report.unexplained}


def _legend(told_parts: Sequence[Part]) -> dict[str, bool]:
    """Return which of the timeline's signs need to be explained."""
    rates = [part.segment.rate for part in told_parts]
    return {
        "crossing": len(told_parts) > 1,
        "narrow": any(abs(abs(rate) - 1) > SAME_SPEED for rate in rates),
        "backwards": any(rate < 0 for rate in rates),
    }
