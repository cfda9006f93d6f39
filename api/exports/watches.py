"""Watches, and the footage that came for them: JSON for programs, sentences for people.

docs/watch.schema.json is the schema. A document that tells of an event has the one arrival that is
the event; one that tells of a watch has all of them.
"""

import json
from collections.abc import Sequence
from itertools import groupby

from api.exports.document import Document, interval, number
from api.exports.texts import text
from index.catalogue.watches import Arrival, How, Rests, Stretch, Watch
from index.values import Channel, Interval
from lineage.report import clock, shortened
from lineage.values import Reason
from lineage.watches import remaining

_CHANNELS = {Channel.PICTURE: "pictures", Channel.SOUND: "sound"}


def document(watch: Watch, come: Sequence[Arrival], *, archive: str, version: str) -> Document:
    """Return a watch, and what came for it, in the form of docs/watch.schema.json.

    Args:
        watch: The watch.
        come: What is told of it: one arrival as it comes, or all.
        archive: The archive's id.
        version: Of the program.
    """
    return {
        "schema": "wherefrom.watch/1",
        "tool": {"name": "wherefrom", "version": version},
        "archive": {"id": archive},
        "watch": {
            "id": watch.id,
            "name": text(watch.name),
            "uri": watch.location.uri,
            "sha256": watch.digest,
            "duration": number(watch.duration),
            "note": None if watch.note is None else text(watch.note),
            "added_at": watch.added_at,
            "watched": _rests(watch.rests),
            "unexplained": _rests(remaining(watch)),
        },
        "arrivals": [_arrival(one) for one in come],
    }


def line(watch: Watch, come: Sequence[Arrival], *, archive: str, version: str) -> str:
    """Return the document as one line of JSON, without the line's end."""
    whole = document(watch, come, archive=archive, version=version)
    return json.dumps(whole, ensure_ascii=False, allow_nan=False)


def sentence(watch: Watch, one: Arrival) -> str:
    """Return what came for a watch, for a person."""
    return f"Watch {watch.id}, “{shortened(watch.name)}”: {said(one)}."


def said(one: Arrival) -> str:
    """Return what a file explains, as a part of a sentence."""
    name = f"“{shortened(one.name)}”" + ("" if one.archived else " (removed since)")
    if one.how is How.ITSELF:
        return f"{name} is the clip itself, which explains nothing"
    spans = []
    for channel, stretches in groupby(one.stretches, key=lambda each: each.channel):
        each = ", ".join(f"{_span(one.query)} ({_span(one.source)} there)" for one in stretches)
        spans.append(f"{_CHANNELS[channel]} {each}")
    if one.how is How.CODES:
        return f"{' and '.join(spans)} may be from {name}, by codes alone"
    return f"{' and '.join(spans)} found in {name}"


def left(rests: Rests) -> str:
    """Return stretches of a clip as a part of a sentence, such as "pictures 0:01.0–0:04.0"."""
    return " and ".join(
        f"{_CHANNELS[channel]} {', '.join(map(_span, spans))}"
        for channel, spans in sorted(rests.items())
    )


def rests(answer: Document) -> Rests:
    """Return what a trace's document says that nothing explains and footage may yet, by channel.

    As `lineage.watches.watched` does with the answer itself.
    """
    found: dict[Channel, tuple[Interval, ...]] = {}
    for one in answer["unexplained"]:
        if one["reason"] == Reason.NO_MATCH and one["query"][0] < one["query"][1]:
            channel = Channel[one["channel"].upper()]
            found[channel] = (*found.get(channel, ()), Interval(*one["query"]))
    query = answer["query"]
    if query["has_sound"] and "sound" not in answer["archive"]["searched"]:
        found[Channel.SOUND] = (Interval(0.0, query["duration"]),)
    return found


def _span(one: Interval) -> str:
    return f"{clock(one.start)}–{clock(one.end)}"


def _rests(rests: Rests) -> list[Document]:
    return [
        {"channel": channel.name.lower(), "query": interval(one)}
        for channel, spans in sorted(rests.items())
        for one in spans
    ]


def _arrival(one: Arrival) -> Document:
    return {
        "asset": {"id": one.digest[:16], "name": text(one.name), "sha256": one.digest},
        "archived": one.archived,
        "how": one.how.value,
        "stretches": [_stretch(each) for each in one.stretches],
        "found_at": one.found_at,
    }


def _stretch(one: Stretch) -> Document:
    return {
        "channel": one.channel.name.lower(),
        "query": interval(one.query),
        "source": interval(one.source),
        "rate": number(one.rate, 6),
        "confidence": None if one.confidence is None else number(one.confidence, 4),
    }
