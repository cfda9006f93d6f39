"""Which seconds of archived files were reused, as programs read it."""

import json
from collections.abc import Iterable

from api.exports.document import Document, interval, number
from api.exports.lineage import node
from lineage.coverage import Coverage, Peak, Step, Tie, Use, peaks, steps
from lineage.derivations import Node
from lineage.reuse import MostReused, Reuse, Reused


def document(
    found: Reuse | MostReused, *, archive: str, version: str, waiting: int, top: int
) -> Document:
    """Return what is known in the form of docs/coverage.schema.json.

    Args:
        found: Of one file, or of all.
        archive: The archive's id.
        version: Of the program.
        waiting: Files that were not related yet.
        top: How many of the most reused stretches of each channel.
    """
    one = found if isinstance(found, Reuse) else None
    return {
        "schema": "wherefrom.coverage/1",
        "tool": {"name": "wherefrom", "version": version},
        "archive": {"id": archive, "waiting": waiting},
        "asset": None if one is None else one.asset.id,
        "channels": [] if one is None else [_channel(each) for each in one.coverages],
        "most_reused": [_reused(each) for each in _most(found, top)],
        "nodes": _nodes(found.nodes),
    }


def line(found: Reuse | MostReused, *, archive: str, version: str, waiting: int, top: int) -> str:
    """Return the document as one line of JSON, without the line's end."""
    whole = document(found, archive=archive, version=version, waiting=waiting, top=top)
    return json.dumps(whole, ensure_ascii=False, allow_nan=False)


def best(coverage: Coverage, top: int) -> list[Peak]:
    """Return the stretches of a file that most files show that were made from it."""
    return peaks(coverage.of(Tie.DESCENDANT), top=top)


def _most(found: Reuse | MostReused, top: int) -> list[Reused]:
    if isinstance(found, MostReused):
        return list(found.stretches)
    return [
        Reused(found.asset.id, each.channel, peak)
        for each in found.coverages
        for peak in best(each, top)
    ]


def _channel(coverage: Coverage) -> Document:
    return {
        "channel": coverage.channel.name.lower(),
        "seconds": {
            "descendants": number(coverage.seconds(Tie.DESCENDANT)),
            "any": number(coverage.seconds(*Tie)),
        },
        "steps": [_step(each) for each in steps(coverage.uses)],
        "files": [_use(each) for each in coverage.uses],
    }


def _step(step: Step) -> Document:
    return {
        "interval": interval(step.interval),
        "descendants": step.descendants,
        "ancestors": step.ancestors,
        "others": step.others,
    }


def _use(use: Use) -> Document:
    return {
        "file": use.file,
        "relation": use.tie.value,
        "stretches": [interval(each) for each in use.stretches],
    }


def _reused(one: Reused) -> Document:
    return {
        "asset": one.asset,
        "channel": one.channel.name.lower(),
        "interval": interval(one.peak.interval),
        "at_once": one.peak.at_once,
        "files": list(one.peak.files),
    }


def _nodes(nodes: Iterable[Node]) -> list[Document]:
    return [node(one) for one in nodes]
