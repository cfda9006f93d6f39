"""A document of `trace` → the answer it was written from, as far as it says.

What it does not say is left empty: containers and codecs, what files carry, how an archived file
is made. Its sentences are taken as they stand, for they were true when they were written.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from index.values import Asset, AssetRow, Box, Channel, Interval, Media
from lineage.findings import Finding, Kind
from lineage.values import (
    TURNED,
    Query,
    Reason,
    Registration,
    Report,
    Searched,
    Segment,
    Shared,
    Source,
    Unexplained,
)

MOMENT = 0.001
"""Seconds that a file lasts beyond a moment it shows, at least: a document tells no less."""

type Document = Mapping[str, Any]


def report(document: Document) -> Report:
    """Return the answer.

    Args:
        document: In the form of docs/trace.schema.json.

    Raises:
        KeyError: It lacks what that form asks for.
        ValueError: A value in it cannot be.
    """
    verdict, archive = document["verdict"], document["archive"]
    return Report(
        version=document["tool"]["version"],
        query=_query(document["query"]),
        searched=Searched(
            archive["id"],
            archive["assets"],
            archive["seconds"],
            archive["codes"],
            tuple(map(_channel, archive["searched"])),
        ),
        sources=_sources(document["sources"]),
        unexplained=tuple(map(_unexplained, document["unexplained"])),
        summary=verdict["summary"],
        picture_explained=verdict["picture_explained"],
        limits=tuple(verdict["limits"]),
        timing=document["timing"],
        sound_explained=verdict["sound_explained"],
        findings=tuple(map(_finding, document["findings"])),
    )


def _query(told: Document) -> Query:
    media = Media(
        duration=told["duration"],
        width=told["width"] or 0,
        height=told["height"] or 0,
        frame_rate=told["frame_rate"],
        has_picture=told["has_picture"],
        has_sound=told["has_sound"],
        container="",
        codec="",
    )
    return Query(told["name"], told["uri"], told["sha256"], media)


def _sources(told: Sequence[Document]) -> tuple[Source, ...]:
    """Return the sources; the picture and the sound of one file are of one and the same asset."""
    rows: dict[str, int] = {}
    shown: dict[str, float] = {}
    for one in told:
        digest = one["asset"]["sha256"]
        rows.setdefault(digest, len(rows) + 1)
        ends = [each["source"][1] for each in one["segments"]]
        shown[digest] = max([shown.get(digest, 0.0), *ends])
    return tuple(_source(rows, shown, one) for one in told)


def _source(rows: Mapping[str, int], shown: Mapping[str, float], told: Document) -> Source:
    channel, digest = _channel(told["channel"]), told["asset"]["sha256"]
    asset = _asset(rows[digest], told["asset"], shown[digest])
    segments = tuple(_segment(each, channel) for each in told["segments"])
    return Source(asset, channel, segments, told["explained"])


def _asset(row: int, told: Document, shown: float) -> Asset:
    """Return an archived file that lasts as long as what is known to be in it, at least."""
    # Nothing asks whether a source has sound; a file must have something.
    unknown = Media(shown, 0, 0, None, has_picture=False, has_sound=True, container="", codec="")
    return Asset(
        AssetRow(row),
        told["sha256"],
        told["uri"],
        told["name"],
        unknown,
        title=told["title"],
        published_at=told["published_at"],
    )


def _segment(told: Document, channel: Channel) -> Segment:
    lies: Document = told["geometry"] or {}
    degrees = lies.get("rotation_degrees", 0)
    across = lies.get("homography")
    return Segment(
        Interval(*told["query"]),
        Interval(*told["source"]),
        told["rate"],
        channel,
        _variant(lies, degrees),
        told["confidence"],
        told["frame_exact"],
        query_box=_box(lies.get("query_box")),
        source_box=_box(lies.get("source_box")),
        across=None if across is None else tuple(across[:6]),
        degrees=float(degrees) if lies else None,
        visible=lies.get("visible", 1.0),
        inside=_box(lies.get("inside")),
        registration=Registration(**told["registration"]) if "registration" in told else None,
    )


def _variant(lies: Document, degrees: float) -> str:
    """Return the variant that swaps left and right as told, and turns most nearly as far."""
    if lies.get("negative"):
        return "negative"
    apart = {
        name: abs((degrees - turn + 180) % 360 - 180)
        for name, (mirrored, turn) in TURNED.items()
        if mirrored == lies.get("mirrored", False)
    }
    return min(apart, key=lambda name: apart[name])


def _unexplained(told: Document) -> Unexplained:
    shared = told.get("shared")
    return Unexplained(
        _channel(told["channel"]),
        Interval(*told["query"]),
        Reason(told["reason"]),
        shared and _shared(shared),
    )


def _shared(told: Document) -> Shared:
    time = told["time"]
    return Shared(told["assets"], _asset(1, told["asset"], time + MOMENT), time)


def _finding(told: Document) -> Finding:
    return Finding(
        Kind(told["kind"]),
        _channel(told["channel"]),
        Interval(*told["query"]),
        told["confidence"],
        source=None if told["source"] is None else Interval(*told["source"]),
        source_index=told["source_index"],
        box=_box(told["box"]),
        measures=told["measures"],
        text=told["text"],
    )


def _box(told: list[float] | None) -> Box | None:
    return None if told is None else Box(*told)


def _channel(name: str) -> Channel:
    return Channel[name.upper()]
