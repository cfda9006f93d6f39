"""Why a clip and an archived file did or did not match: as text and as JSON.

docs/why.schema.json is the document's schema.
"""

import json
from collections.abc import Iterator
from typing import Any

from index.values import Channel, Interval
from lineage.report import clock, counted, readable
from lineage.steps.values import Measure, Step
from lineage.steps.verdict import Account
from lineage.why import Why

type Document = dict[str, Any]

_MARGIN = 6
_NAMES = 42
_CHANNELS = {Channel.PICTURE: "Picture", Channel.SOUND: "Sound"}


def text(found: Why) -> Iterator[str]:
    """Yield the lines: each channel, its stages with their numbers, the verdict last."""
    looked = found.looked_at
    clip = f"{readable(found.clip)}  {clock(found.media.duration)}"
    yield f"{clip} · {readable(found.asset.name)}  {clock(found.asset.media.duration)}"
    yield (
        f"Looked at {clock(looked.start)}–{clock(looked.end)} of the clip, in "
        f"{counted(found.parts, 'part')}."
    )
    for account in found.accounts:
        yield ""
        yield _CHANNELS[account.channel]
        for step in account.steps:
            yield from _step(step, account)
    yield ""
    yield found.verdict


def document(found: Why) -> Document:
    """Return the same as a document; times in seconds."""
    return {
        "schema": "wherefrom.why/1",
        "query": {"name": _writable(found.clip), "duration": round(found.media.duration, 3)},
        "asset": {"id": found.asset.id, "name": _writable(found.asset.name)},
        "looked_at": _interval(found.looked_at),
        "parts": found.parts,
        "channels": [
            {
                "channel": account.channel.name.lower(),
                "compared": account.there,
                "found": account.lost is None,
                "lost_at": account.lost if account.there else None,
                "steps": [_document(step) for step in account.steps],
            }
            for account in found.accounts
        ],
        "verdict": _writable(found.verdict),
    }


def line(found: Why) -> str:
    """Return the document as one line of JSON, without the line's end."""
    return json.dumps(document(found), ensure_ascii=False, allow_nan=False)


def _step(step: Step, account: Account) -> Iterator[str]:
    if not account.there:
        mark = "–"
    elif step.passed:
        mark = "yes"
    else:
        mark = "LOST" if step.stage == account.lost else "no"
    way = f" ({step.way})" if step.way else ""
    yield f"{mark:<{_MARGIN}}{step.stage}{way}: {step.sentence}"
    margin = " " * _MARGIN
    if step.query is not None and step.source is not None:
        places = f"{_span(step.query)} beside {_span(step.source)}"
        yield f"{margin}{'in the clip beside in the archived file':<{_NAMES}}{places}"
    for measure in step.measures:
        yield f"{margin}{measure.name:<{_NAMES}}{_number(measure)}"


def _number(measure: Measure) -> str:
    return f"{measure.value:,.10g} {measure.unit}".rstrip()


def _span(interval: Interval) -> str:
    return f"{clock(interval.start)}–{clock(interval.end)}"


def _document(step: Step) -> Document:
    return {
        "stage": step.stage,
        "way": step.way or None,
        "passed": step.passed,
        "sentence": _writable(step.sentence),
        "query": None if step.query is None else _interval(step.query),
        "source": None if step.source is None else _interval(step.source),
        "measures": [
            {"name": one.name, "value": one.value, "unit": one.unit or None}
            for one in step.measures
        ],
    }


def _interval(interval: Interval) -> list[float]:
    return [round(interval.start, 3), round(interval.end, 3)]


def _writable(text: str) -> str:
    """Return the text with bytes that are no UTF-8 spelt out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
