"""The answer of a look-up as JSON, version 1; docs/lookup.schema.json is its schema."""

import json

from api.exports.document import Document, archive, asset, interval, number
from api.exports.texts import text
from lineage.values import Hint, Lookup


def document(answer: Lookup) -> Document:
    """Return the answer as the document that other programs rely on.

    It is not the document of a trace, so that nobody takes what codes suggest for what was proven.
    """
    return {
        "schema": "wherefrom.lookup/1",
        "tool": {"name": "wherefrom", "version": answer.version},
        "query": {
            "name": None if answer.name is None else text(answer.name),
            "duration": number(answer.duration),
            "codes": {each.name.lower(): count for each, count in sorted(answer.counts.items())},
        },
        "archive": archive(answer.searched),
        "proven": False,
        "summary": text(answer.summary),
        "limits": [text(limit) for limit in answer.limits],
        "candidates": [_candidate(hint) for hint in answer.hints],
        "timing": {name: number(seconds, 4) for name, seconds in answer.timing.items()},
    }


def line(answer: Lookup) -> str:
    """Return the document as one line of JSON, without the line's end."""
    return json.dumps(document(answer), ensure_ascii=False, allow_nan=False)


def _candidate(hint: Hint) -> Document:
    return {
        "asset": asset(hint.asset),
        "channel": hint.channel.name.lower(),
        "tell": hint.tell.value,
        "variant": hint.variant,
        "query": interval(hint.query),
        "source": interval(hint.source),
        "rate": number(hint.rate, 6),
        "moments": hint.moments,
        "asked": hint.asked,
        "bits": number(hint.bits, 1),
        "votes": number(hint.votes, 2),
    }
