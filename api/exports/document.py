"""The contract's JSON document, version 1; docs/trace.schema.json is its schema."""

import json
from collections.abc import Sequence
from math import isfinite
from typing import Any

from api.exports.carries import carries
from api.exports.texts import text
from index.values import Asset, Box, Carried, Channel, Interval
from lineage.derivations import Derivation, Way
from lineage.findings import Finding
from lineage.rates import rate_of
from lineage.report import evidence, explained, signs
from lineage.values import (
    TURNED,
    Query,
    Registration,
    Report,
    Searched,
    Segment,
    Source,
    Unexplained,
)

type Document = dict[str, Any]


def document(report: Report) -> Document:
    """Return the report as the document that scripts and other programs rely on.

    Times are rounded to a millisecond. All strings can be written as UTF-8.

    Raises:
        ValueError: A number is not finite; that is a bug where it was made.
    """
    return {
        "schema": "wherefrom.trace/1",
        "tool": {"name": "wherefrom", "version": report.version},
        "query": _query(report.query),
        "archive": archive(report.searched),
        "verdict": {
            "found": bool(report.sources),
            "summary": text(report.summary),
            "picture_explained": _share(report.picture_explained),
            "sound_explained": _share(report.sound_explained),
            "limits": [text(limit) for limit in report.limits],
        },
        "sources": [_source(source) for source in report.sources],
        "unexplained": [_unexplained(gap) for gap in report.unexplained],
        "findings": [finding(one, report.sources) for one in report.findings],
        "lineage": _lineage(report),
        "timing": {name: number(seconds, 4) for name, seconds in report.timing.items()},
    }


def line(report: Report) -> str:
    """Return the document as one line of JSON, without the line's end."""
    return json.dumps(document(report), ensure_ascii=False, allow_nan=False)


def _query(query: Query) -> Document:
    media = query.media
    return {
        "name": text(query.name),
        "uri": text(query.uri),
        "sha256": query.digest,
        "duration": number(media.duration),
        "width": media.width or None,
        "height": media.height or None,
        "frame_rate": None if media.frame_rate is None else number(media.frame_rate, 6),
        "has_picture": media.has_picture,
        "has_sound": media.has_sound,
        **_carries(query.carried),
    }


def _carries(carried: Carried | None) -> Document:
    """Return what a file says of itself, as a part of what is told of the file."""
    return {} if carried is None else {"carries": carries(carried)}


def archive(searched: Searched) -> Document:
    """Return what was searched."""
    return {
        "id": searched.id,
        "assets": searched.assets,
        "seconds": number(searched.seconds),
        "codes": searched.codes,
        "searched": [_channel(channel) for channel in searched.channels],
    }


def _source(source: Source) -> Document:
    return {
        "asset": asset(source.asset) | _carries(source.carried),
        "channel": _channel(source.channel),
        "confidence": _share(source.confidence),
        "explained": _share(source.explained),
        "segments": [segment(each) for each in source.segments],
    }


def asset(asset: Asset) -> Document:
    """Return an archived file."""
    return {
        "id": asset.id,
        "uri": text(asset.uri),
        "name": text(asset.name),
        "sha256": asset.digest,
        "title": None if asset.title is None else text(asset.title),
        "published_at": asset.published_at,
    }


def segment(segment: Segment) -> Document:
    """Return a stretch of the query and the stretch of its source."""
    return {
        "query": interval(segment.query),
        "source": interval(segment.source),
        "rate": number(segment.rate, 6),
        "confidence": _share(segment.confidence),
        "frame_exact": segment.frame_exact,
        "geometry": _geometry(segment) if segment.channel == Channel.PICTURE else None,
        **_registration(segment.registration),
    }


def _registration(told: Registration | None) -> Document:
    if told is None:
        return {}
    error = None if told.error is None else number(told.error, 2)
    agreement = number(min(1.0, max(0.0, told.agreement)), 3)
    compared = _share(told.compared)
    return {"registration": {"agreement": agreement, "error": error, "compared": compared}}


def _geometry(segment: Segment) -> Document:
    mirrored, degrees = TURNED[segment.variant]
    boxes = {
        "query_box": segment.query_box,
        "source_box": segment.source_box,
        "inside": segment.inside,
    }
    known: Document = {name: _box(box) for name, box in boxes.items() if box is not None}
    if segment.visible < 1:
        known["visible"] = _share(segment.visible)
    if segment.across is not None:
        known["homography"] = [number(each, 5) for each in (*segment.across, 0.0, 0.0, 1.0)]
    if segment.variant == "negative":
        known["negative"] = True
    exact = degrees if segment.tilt == 0 else number(segment.degrees or 0.0, 1)
    return known | {"mirrored": mirrored, "rotation_degrees": exact}


def _unexplained(gap: Unexplained) -> Document:
    told: Document = {
        "channel": _channel(gap.channel),
        "query": interval(gap.query),
        "reason": gap.reason.value,
    }
    if gap.shared is not None:
        shared = gap.shared
        example = {"asset": asset(shared.asset), "time": number(shared.time)}
        told["shared"] = {"assets": shared.assets, **example}
    return told


def finding(found: Finding, sources: Sequence[Source]) -> Document:
    """Return a finding as documents say it.

    Args:
        found: The finding.
        sources: Those of the answer that it belongs to.
    """
    return {
        "kind": found.kind.value,
        "channel": _channel(found.channel),
        "query": interval(found.query),
        "source": None if found.source is None else interval(found.source),
        "source_index": found.source_index,
        "box": None if found.box is None else _box(found.box),
        "confidence": _share(found.confidence),
        "significance": found.significance.value,
        "honest_copies": _rate(found),
        "explanation": text(explained(found, sources)),
        "text": None if found.text is None else text(found.text),
        **_contradicted(found),
        "measures": {name: number(value, 4) for name, value in found.measures.items()},
    }


def _contradicted(finding: Finding) -> Document:
    way = finding.contradiction
    return {} if way is None else {"contradiction": way.value}


def _rate(finding: Finding) -> Document | None:
    rate = rate_of(finding)
    return None if rate is None else {"told": rate.told, "traced": rate.copies}


def _lineage(report: Report) -> Document:
    query = {"id": "query", "role": "query", "asset_id": None, "name": text(report.query.name)}
    assets = {source.asset.id: source.asset for source in report.sources}
    nodes = [
        {"id": asset.id, "role": "asset", "asset_id": asset.id, "name": text(asset.name)}
        for asset in assets.values()
    ]
    edges = [_edge(one, report.sources) for one in report.derivations]
    return {"nodes": [query, *nodes], "edges": edges}


def _edge(derivation: Derivation, sources: Sequence[Source]) -> Document:
    source, query = sources[derivation.source_index], derivation.query_index
    parent, child = source.asset.id, "query" if query is None else sources[query].asset.id
    if derivation.backwards:
        parent, child = child, parent
    seen = [evidence(each) for each in source.segments] if query is None else []
    return {
        "parent": parent,
        "child": child,
        "relation": derivation.relation.value,
        "channel": _channel(derivation.channel),
        "actions": list(derivation.actions),
        "confidence": _share(derivation.confidence),
        "evidence": [*seen, *(text(each) for each in signs(derivation, sources))],
        **ruled_out(derivation.excluded, parent, child),
    }


def ruled_out(way: Way | None, parent: str, child: str) -> Document:
    """Return who was surely not made from whom, of a relation that is undetermined."""
    if way is None:
        return {}
    ends = (parent, child) if way is Way.ONWARD else (child, parent)
    return {"excluded": dict(zip(("parent", "child"), ends, strict=True))}


def _channel(channel: Channel) -> str:
    return channel.name.lower()


def interval(interval: Interval) -> list[float]:
    """Return both ends in whole milliseconds, the end later than the start."""
    start, end = number(interval.start), number(interval.end)
    return [start, end if end > start else round(start + 0.001, 3)]


def _box(box: Box) -> list[float]:
    return [number(edge, 5) for edge in (box.x0, box.y0, box.x1, box.y1)]


def _share(value: float | None) -> float | None:
    return None if value is None else min(1.0, max(0.0, number(value, 4)))


def number(value: float, digits: int = 3) -> float:
    """Return a number rounded.

    Raises:
        ValueError: It is not finite.
    """
    if not isfinite(value):
        raise ValueError(f"a document holds finite numbers only, got {value}")
    # Adding 0.0 turns the -0.0 that rounding leaves into 0.0.
    return round(float(value), digits) + 0.0
