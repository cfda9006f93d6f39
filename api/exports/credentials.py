"""What may be said of a clip in a C2PA manifest, for somebody to sign: a manifest definition.

A manifest states what an asset was made from and what was done, as whoever signs it believes. So
only sources that the clip is said to be made from are ingredients, and only what was found beside
them are actions. Of all others, for which C2PA has no relation, an assertion of ours tells; where
nothing is said to be a parent, the one ingredient is the clip as it was found.

Source: C2PA, Content Credentials technical specification 2.2, actions, ingredients, regions of
interest; c2pa-rs 0.91, what its validation asks of them.
"""

import json
from collections.abc import Iterator, Sequence

from api.exports.document import Document, interval, number, text
from api.exports.files import hash_uri, public
from index.values import Asset, Box, Interval
from lineage.derivations import ACTIONS, Derivation
from lineage.findings import Finding, Kind
from lineage.report import evidence, explained, relation, signs
from lineage.values import Report, Source

NOTE = (
    "Inferred by comparing pictures and sound of files, not recorded while the clip was made. "
    "Which programs did it, when and in which order is not known, nor what was missed."
)
CLIP = "clip"
"""Label of the ingredient that is the clip itself."""
COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/composite"
"""A mix of several elements, by whatever means they were made: of IPTC's types that says least."""
PLACED = "c2pa.placed"
UNNAMED = "c2pa.edited"
"""What was placed into the picture must be an ingredient; of an overlay nobody has the file."""


def manifest(report: Report) -> str:
    """Return a manifest definition as JSON, without the last line's end.

    It is what `c2pa.Builder` and `c2patool` take, once somebody has a certificate to sign with.
    """
    parents = _parents(report)
    if parents:
        kin = "componentOf" if _composed(report, parents) else "parentOf"
        assets = [report.sources[one.source_index].asset for one in parents]
        ingredients = [_ingredient(asset, kin) for asset in assets]
        actions = list(_actions(report, parents))
    else:
        ingredients, actions = [_itself(report)], [_opened(CLIP, {})]
    definition = {
        "claim_generator_info": [{"name": "wherefrom", "version": report.version}],
        "title": text(report.query.name),
        "ingredients": ingredients,
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {
                    "actions": actions,
                    "allActionsIncluded": False,
                    "metadata": {"dataSource": {"type": "claimGenerator.REE", "details": NOTE}},
                },
            },
            {"label": "wherefrom.comparison", "data": _comparison(report)},
        ],
    }
    return json.dumps(definition, ensure_ascii=False, allow_nan=False, indent=1)


def _parents(report: Report) -> list[Derivation]:
    """Return how the clip is related to each file that it is said to be made from, once each."""
    found: dict[str, Derivation] = {}
    for one in report.derivations:
        if one.onward:
            found.setdefault(report.sources[one.source_index].asset.id, one)
    return list(found.values())


def _composed(report: Report, parents: Sequence[Derivation]) -> bool:
    """Return whether the clip is several things put together, rather than one that was changed."""
    inside = {one.source_index for one in report.findings if one.kind is Kind.PICTURE_IN_PICTURE}
    return len(parents) > 1 or parents[0].source_index in inside


def _actions(report: Report, parents: Sequence[Derivation]) -> Iterator[Document]:
    """Yield how each ingredient came in, then what was done to it."""
    composed = _composed(report, parents)
    if composed:
        yield {"action": "c2pa.created", "digitalSourceType": COMPOSITE}
    for one in parents:
        source = report.sources[one.source_index]
        told = {
            "wherefrom.confidence": number(one.confidence, 4),
            "wherefrom.stretches": _stretches(source),
        }
        entry = _placed(source, told) if composed else _opened(source.asset.id, told)
        yield entry | {"description": text(relation(one, source.asset.name))}
    indices = {one.source_index for one in parents}
    for finding in report.findings:
        if finding.source_index in indices and finding.kind is not Kind.PICTURE_IN_PICTURE:
            yield _done(finding, report)


def _opened(label: str, told: Document) -> Document:
    return {"action": "c2pa.opened", "parameters": {"ingredientIds": [label]} | told}


def _placed(source: Source, told: Document) -> Document:
    """Return the action by which a source became a part of the clip: when and where."""
    regions = [_region(one.query, one.query_box) for one in source.segments]
    parameters = {"ingredientIds": [source.asset.id]} | told
    return {"action": PLACED, "parameters": parameters, "changes": regions}


def _done(finding: Finding, report: Report) -> Document:
    """Return what was done to a source, when and where."""
    name = ACTIONS[finding.kind]
    return {
        "action": UNNAMED if name == PLACED else name,
        "description": text(explained(finding, report.sources)),
        "changes": [_region(finding.query, finding.box)],
        "parameters": {
            "wherefrom.kind": finding.kind.value,
            "wherefrom.channel": finding.channel.name.lower(),
            "wherefrom.confidence": number(finding.confidence, 4),
        },
    }


def _region(when: Interval, where: Box | None) -> Document:
    """Return a stretch of the clip and a part of its frame, as a region of interest."""
    start, end = interval(when)
    time = {"type": "npt", "start": f"{start:.3f}", "end": f"{end:.3f}"}
    region: list[Document] = [{"type": "temporal", "time": time}]
    if where is not None:
        shape = {
            "type": "rectangle",
            "unit": "percent",
            "origin": {"x": number(100 * where.x0), "y": number(100 * where.y0)},
            "width": number(100 * (where.x1 - where.x0)),
            "height": number(100 * (where.y1 - where.y0)),
        }
        region.append({"type": "spatial", "shape": shape})
    return {"region": region}


def _ingredient(asset: Asset, kin: str) -> Document:
    address = public(asset.uri)
    return {
        "label": asset.id,
        "title": text(asset.name),
        "relationship": kin,
        "instance_id": hash_uri(asset.digest),
        "description": f"SHA-256 of the file: {asset.digest}",
    } | ({} if address is None else {"informational_URI": text(address)})


def _itself(report: Report) -> Document:
    query = report.query
    return {
        "label": CLIP,
        "title": text(query.name),
        "relationship": "parentOf",
        "instance_id": hash_uri(query.digest),
        "description": f"SHA-256 of the file: {query.digest}",
    }


def _comparison(report: Report) -> Document:
    """Return all that was found, in words and numbers of our own."""
    return {
        "note": NOTE,
        "query": {"name": text(report.query.name), "sha256": report.query.digest},
        "searched": {
            "files": report.searched.assets,
            "seconds": number(report.searched.seconds),
        },
        "summary": text(report.summary),
        "limits": [text(each) for each in report.limits],
        "relations": [
            _related(one, report.sources[one.source_index]) for one in report.derivations
        ],
        "differences": [_different(one, report) for one in report.findings],
        "unexplained": [
            {
                "channel": gap.channel.name.lower(),
                "query": interval(gap.query),
                "reason": gap.reason.value,
            }
            for gap in report.unexplained
        ],
    }


def _related(derivation: Derivation, source: Source) -> Document:
    """Return how the clip and a source are related, with who was made from whom in words."""
    return {
        "name": text(source.asset.name),
        "sha256": source.asset.digest,
        "channel": derivation.channel.name.lower(),
        "relation": derivation.relation.value,
        "meaning": text(relation(derivation, source.asset.name)),
        "confidence": number(derivation.confidence, 4),
        "stretches": _stretches(source),
        "evidence": [
            text(each)
            for each in (
                *map(evidence, source.segments),
                *signs(derivation, source.asset.name),
            )
        ],
    }


def _different(finding: Finding, report: Report) -> Document:
    """Return what differs from a source, whichever of both it was done to."""
    return {
        "kind": finding.kind.value,
        "channel": finding.channel.name.lower(),
        "query": interval(finding.query),
        "confidence": number(finding.confidence, 4),
        "explanation": text(explained(finding, report.sources)),
    }


def _stretches(source: Source) -> list[Document]:
    return [
        {
            "query": interval(one.query),
            "source": interval(one.source),
            "rate": number(one.rate, 6),
            "confidence": number(one.confidence, 4),
        }
        for one in source.segments
    ]
