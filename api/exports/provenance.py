"""Who was made from whom, as PROV-JSON of the W3C.

A file is an entity. What is believed of two files is an entity too, a statement, attributed to this
program, so that a reader can tell what is so from who says so. Only where it is said which of both
was made from the other there is a derivation, with one activity for all that was done on the way,
by whomever; of all others PROV says `alternateOf`, that both present the same, which claims least.

Source: W3C, PROV-DM, 5.2.1 and 5.5.2; PROV-JSON, member submission.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from prov.model import Namespace, ProvDocument, QualifiedName

from api.exports.document import interval, number
from api.exports.texts import text
from lineage.derivations import Derivation, Edge, Lineage, Node, Relation, Role, Stretch, turned
from lineage.report import evidence, signs
from lineage.values import Report, Source

OURS = Namespace("wherefrom", "urn:wherefrom:")
"""Of all ids and of all attributes that PROV has no word for."""
AGENT = QualifiedName(Namespace("prov", "http://www.w3.org/ns/prov#"), "SoftwareAgent")
KINDS = {
    Role.QUERY: "Query",
    Role.ASSET: "Asset",
    Role.REMOVED: "RemovedAsset",
    Role.UNSEEN: "Unseen",
}

type Attributes = list[tuple[str, str | float | QualifiedName]]
type Ends = tuple[str, str]
"""Ids of a parent's file and of its child's."""


def document(lineages: Iterable[Lineage], *, version: str) -> str:
    """Return all lineages as one PROV-JSON document, without the last line's end.

    A file is one entity, in however many lineages it is. Ids are made of digests, so that documents
    about the same files can be joined.

    Args:
        lineages: What is believed.
        version: Of the program that believes it.
    """
    told = ProvDocument()
    told.add_namespace(OURS)
    program = told.agent(
        OURS[f"program-{version}"],
        [("prov:type", AGENT), ("prov:label", "wherefrom"), ("wherefrom:version", version)],
    )
    every = list(lineages)
    for name, facts in _files(every).items():
        told.entity(OURS[name], facts)
    for key, (edge, ends) in _edges(every).items():
        statement = told.entity(OURS[f"statement-{key}"], _believed(edge, ends))
        told.wasAttributedTo(statement, program)
        _relate(told, edge, ends, key)
    # Anew, for prov writes what is no ASCII as escapes, which people cannot read.
    return json.dumps(json.loads(told.serialize() or ""), ensure_ascii=False, indent=1)


def lineage(report: Report) -> Lineage:
    """Return what one answer says of the clip and its sources."""
    clip = report.query
    query = Node("query", Role.QUERY, clip.name, clip.digest, clip.media)
    assets = {source.asset.id: source.asset for source in report.sources}
    nodes = [
        Node(id_, Role.ASSET, one.name, one.digest, one.media, one.title, one.published_at)
        for id_, one in assets.items()
    ]
    edges = [_edge(one, report.sources) for one in report.derivations]
    return Lineage((query, *nodes), tuple(edges))


def _edge(derivation: Derivation, sources: Sequence[Source]) -> Edge:
    source, query = sources[derivation.source_index], derivation.query_index
    parent, child = source.asset.id, "query" if query is None else sources[query].asset.id
    if derivation.backwards:
        parent, child = child, parent
    shown = source.segments if query is None else ()
    both = derivation.stretches or [Stretch(one.query, one.source, one.rate) for one in shown]
    stretches = turned(both) if derivation.backwards else both
    return Edge(
        parent,
        child,
        derivation.channel,
        derivation.relation,
        derivation.confidence,
        tuple(sorted(stretches, key=lambda one: one.child)),
        derivation.actions,
        (*map(evidence, shown), *signs(derivation, sources)),
    )


def _id(node: Node) -> str:
    return node.id if node.digest is None else f"file-{node.digest}"


def _files(lineages: Iterable[Lineage]) -> dict[str, Attributes]:
    """Return what is known of each file, all that several lineages say of one together."""
    files: dict[str, Attributes] = {}
    for node in (node for lineage in lineages for node in lineage.nodes):
        files.setdefault(_id(node), []).extend(_facts(node))
    return files


def _edges(lineages: Iterable[Lineage]) -> dict[str, tuple[Edge, Ends]]:
    """Return each edge once and its two files, by an id made of what it is about."""
    edges: dict[str, tuple[Edge, Ends]] = {}
    for lineage in lineages:
        names = {node.id: _id(node) for node in lineage.nodes}
        for edge in lineage.edges:
            ends = names[edge.parent], names[edge.child]
            words = [*ends, edge.channel.name, edge.relation.value]
            # The same bytes under two names are one file, of which there is nothing to say.
            if ends[0] != ends[1]:
                edges.setdefault(sha256(" ".join(words).encode()).hexdigest()[:16], (edge, ends))
    return edges


def _facts(node: Node) -> Attributes:
    facts: Attributes = [("prov:type", OURS[KINDS[node.role]])]
    strings = {
        "prov:label": node.name,
        "wherefrom:sha256": node.digest,
        "wherefrom:title": node.title,
        "wherefrom:publishedAt": node.published_at,
    }
    facts += [(name, text(value)) for name, value in strings.items() if value is not None]
    if node.media is not None:
        facts.append(("wherefrom:duration", number(node.media.duration)))
    return facts


def _believed(edge: Edge, ends: Ends) -> Attributes:
    """Return what a statement holds."""
    facts: Attributes = [
        ("prov:type", OURS["Statement"]),
        *(("wherefrom:about", OURS[end]) for end in ends),
        ("wherefrom:relation", edge.relation.value),
        ("wherefrom:channel", edge.channel.name.lower()),
        ("wherefrom:confidence", number(edge.confidence, 4)),
        *(("wherefrom:stretch", each) for each in _stretches(edge, ends)),
        *(("wherefrom:evidence", text(each)) for each in edge.evidence),
    ]
    if edge.method:
        facts.append(("wherefrom:method", text(edge.method)))
    if edge.since is not None:
        facts.append(("wherefrom:since", edge.since))
    return facts


def _stretches(edge: Edge, ends: Ends) -> Iterator[str]:
    """Yield each stretch as JSON: seconds of both files, and the second's in one of the first's."""
    parent, child = (f"{OURS.prefix}:{end}" for end in ends)
    for one in edge.stretches:
        shown = {child: interval(one.child)}
        shown |= {} if one.parent is None else {parent: interval(one.parent)}
        yield json.dumps(shown | {"rate": number(one.rate, 6)})


def _relate(told: ProvDocument, edge: Edge, ends: Ends, key: str) -> None:
    """Say in PROV's own words how the two files of an edge are related."""
    parent, child = OURS[ends[0]], OURS[ends[1]]
    if edge.relation is not Relation.DERIVED:
        told.alternateOf(child, parent)
        return
    actions: Attributes = [("wherefrom:action", text(each)) for each in edge.actions]
    change = told.activity(
        OURS[f"change-{key}"],
        other_attributes=[("prov:type", OURS["InferredChange"]), *actions],
    )
    told.used(change, parent)
    told.wasGeneratedBy(child, change)
    told.wasDerivedFrom(
        child,
        parent,
        activity=change,
        identifier=OURS[f"derivation-{key}"],
        other_attributes=[
            ("wherefrom:confidence", number(edge.confidence, 4)),
            ("wherefrom:channel", edge.channel.name.lower()),
            ("wherefrom:statement", OURS[f"statement-{key}"]),
        ],
    )
