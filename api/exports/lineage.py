"""The lineage of an archive as others read it: JSON for programs, DOT for drawings."""

import json
from collections.abc import Iterator

from api.exports.document import Document, interval, number, ruled_out
from api.exports.texts import text
from index.values import Media
from lineage.derivations import Edge, Lineage, Node, Relation, Role, Stretch
from lineage.report import action, clock, shortened


def document(found: Lineage, *, archive: str, version: str, waiting: int) -> Document:
    """Return the lineage in the form of docs/lineage.schema.json.

    Args:
        found: What is believed, or with what was believed once.
        archive: The archive's id.
        version: Of the program.
        waiting: Files that were not related yet.
    """
    return {
        "schema": "wherefrom.lineage/1",
        "tool": {"name": "wherefrom", "version": version},
        "archive": {"id": archive, "waiting": waiting},
        "nodes": [node(one) for one in found.nodes],
        "edges": [edge(one) for one in found.edges],
    }


def line(found: Lineage, *, archive: str, version: str, waiting: int) -> str:
    """Return the document as one line of JSON, without the line's end."""
    whole = document(found, archive=archive, version=version, waiting=waiting)
    return json.dumps(whole, ensure_ascii=False, allow_nan=False)


def node(one: Node) -> Document:
    """Return a file of the lineage."""
    return {
        "id": one.id,
        "role": one.role.value,
        "asset_id": one.id if one.role is Role.ASSET else None,
        "name": _text(one.name),
        "sha256": one.digest,
        "title": _text(one.title),
        "published_at": one.published_at,
        "media": None if one.media is None else _media(one.media),
    }


def edge(one: Edge) -> Document:
    """Return what is believed of two files."""
    return {
        "parent": one.parent,
        "child": one.child,
        "relation": one.relation.value,
        "channel": one.channel.name.lower(),
        "actions": list(one.actions),
        "confidence": number(one.confidence, 4),
        "evidence": [text(each) for each in one.evidence],
        "stretches": [_stretch(each) for each in one.stretches],
        "method": one.method,
        "since": one.since,
        "until": one.until,
        **ruled_out(one.excluded, one.parent, one.child),
    }


def dot(found: Lineage) -> str:
    """Return the lineage in Graphviz's language, arrows from parent to child.

    Source: Graphviz, "DOT Language".
    """
    return "\n".join(["digraph lineage {", *_drawn(found), "}"])


def _drawn(found: Lineage) -> Iterator[str]:
    yield "  rankdir=LR;"
    yield '  node [shape=box, fontname="sans-serif"];'
    yield '  edge [fontname="sans-serif", fontsize=10];'
    for one in found.nodes:
        words = [one.role.value if one.name is None else shortened(one.name)]
        words += [] if one.media is None else [clock(one.media.duration)]
        words += ["removed"] if one.role is Role.REMOVED else []
        style = "" if one.role is Role.ASSET else ", style=dashed"
        yield f"  {_quoted(one.id)} [label={_quoted(*words)}{style}];"
    for each in found.edges:
        decided = each.relation is Relation.DERIVED
        words = [", ".join([each.channel.name.lower(), *map(action, each.actions)])]
        words = words if decided else [f"{each.relation.value}: {words[0]}"]
        past = ", color=grey" if each.until is not None else ""
        style = "" if decided else ", dir=none, style=dotted"
        ends = f"{_quoted(each.parent)} -> {_quoted(each.child)}"
        yield f"  {ends} [label={_quoted(*words)}{style}{past}];"


def _quoted(*lines: str) -> str:
    r"""Return lines as one string of DOT.

    >>> print(_quoted('say "no"', 'a\\b'))
    "say \"no\"\na\\b"
    """
    safe = (text(one).replace("\\", "\\\\").replace('"', '\\"') for one in lines)
    return f'"{"\\n".join(safe)}"'


def _stretch(one: Stretch) -> Document:
    return {
        "child": interval(one.child),
        "parent": None if one.parent is None else interval(one.parent),
        "rate": number(one.rate, 6),
    }


def _media(media: Media) -> Document:
    return {
        "duration": number(media.duration),
        "width": media.width or None,
        "height": media.height or None,
        "frame_rate": None if media.frame_rate is None else number(media.frame_rate, 6),
        "has_picture": media.has_picture,
        "has_sound": media.has_sound,
        "container": media.container,
        "codec": media.codec,
    }


def _text(said: str | None) -> str | None:
    return None if said is None else text(said)
