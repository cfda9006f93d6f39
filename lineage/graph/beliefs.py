"""What is believed of files, as nodes and edges, by what was measured of them pair by pair."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from index.values import Channel
from lineage.derivations import Edge, Kinship, Node, Relation, Role, Stretch
from lineage.graph import dubs
from lineage.graph.explained import unexplained
from lineage.graph.family import Family
from lineage.graph.parents import parents
from lineage.graph.spans import joined, shared
from lineage.graph.unseen import hidden, related
from lineage.graph.values import DEFAULT, GraphParams, Held, Hidden, likely_siblings

CHANNELS = (Channel.PICTURE, Channel.SOUND)
NEITHER = "None of them was made from another, and no file is known that all were made from."
SAME_EDIT = "They share an edit that what they were made from lacks."
CONTRADICTED = "An arrow between both was left out, since it contradicts surer ones of other files."


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is believed of some files. Nodes are named by digest.

    Attributes:
        unseen: Files nobody has seen.
        edges: Each by parent, child and channel once; those that say "derived" hold no cycle.
    """

    unseen: tuple[Node, ...]
    edges: tuple[Edge, ...]


def beliefs(
    family: Family,
    nodes: Mapping[str, Node],
    *,
    about: Collection[str] | None = None,
    now: datetime,
    params: GraphParams = DEFAULT,
) -> Beliefs:
    """Return what is believed of files.

    Args:
        family: What was measured of them, of all they share something with, and of all files in
            one knot with those.
        nodes: The files, by digest.
        about: Digests of those asked about, with all that are `bound` to them; None for all. Told
            are edges to their parents, and those without direction that touch them.
        now: Dates after it say nothing.
        params: When something is believed.
    """
    files = sorted(family.of if about is None else {*about} & family.of.keys())
    edges: list[Edge] = []
    unseen: dict[str, Node] = {}
    for channel in CHANNELS:
        held = {file: _held(file, channel, family, nodes, params=params) for file in files}
        secret = hidden(family, files, channel, held, params=params)
        for one in secret:
            unseen[one.digest] = Node(one.digest, Role.UNSEEN)
            edges += _from_unseen(one, held)
        by_unseen = {(one.parent, child) for one in secret for child in one.spans}
        for child, whose in held.items():
            told = [one for one in whose if (one.parent, child) not in by_unseen]
            edges += [_derived(child, channel, one, nodes, now) for one in told]
        pairs = _undirected(family, files, channel, secret, params=params)
        edges += [one for one in pairs if not _dubbed(one, family, nodes, params=params)]
    ordered = sorted(edges, key=lambda one: (one.child, one.parent, one.channel))
    return Beliefs(tuple(unseen[one] for one in sorted(unseen)), tuple(ordered))


def _held(
    file: str, channel: Channel, family: Family, nodes: Mapping[str, Node], *, params: GraphParams
) -> list[Held]:
    laid = dubs.dubs(file, family, nodes, params=params) if channel is Channel.SOUND else []
    return parents(file, channel, family, laid, params=params)


def _derived(
    child: str, channel: Channel, held: Held, nodes: Mapping[str, Node], now: datetime
) -> Edge:
    """Return the edge from a known parent."""
    kinship = held.kinship
    doubt = _dated(nodes[held.parent], nodes[child], now)
    return Edge(
        held.parent,
        child,
        channel,
        Relation.DERIVED,
        held.sure,
        held.stretches,
        kinship.done_to(held.parent),
        (*kinship.evidence, *held.reasons, *doubt),
        kinship.method,
    )


def _from_unseen(one: Hidden, held: Mapping[str, Sequence[Held]]) -> Iterator[Edge]:
    """Yield the edges from an unseen file to its children, and from its parent to it."""
    above = {
        child: next((each for each in held[child] if each.parent == one.parent), None)
        for child in one.spans
    }
    methods = {each.kinship.method for each in above.values() if each is not None}
    method = max(methods, default="")
    why = NEITHER if one.parent is None else SAME_EDIT
    for child, spans in one.spans.items():
        of = above[child]
        stretches = tuple(Stretch(span, None) for span in spans) if of is None else of.stretches
        done = () if of is None else of.kinship.done_to(of.parent)
        actions = tuple(each for each in done if each not in one.shared)
        edge = (one.digest, child, one.channel, Relation.DERIVED, one.sure[child])
        yield Edge(*edge, stretches, actions, (why,), method)
    known = [each for each in above.values() if each is not None]
    if one.parent is not None:
        sure = min(each.sure for each in known)
        time = joined(each.parent for held in known for each in held.stretches if each.parent)
        stretches = tuple(Stretch(span, span) for span in time)
        edge = (one.parent, one.digest, one.channel, Relation.DERIVED, sure)
        yield Edge(*edge, stretches, one.shared, (why,), method)


def _undirected(
    family: Family,
    files: Collection[str],
    channel: Channel,
    secret: Sequence[Hidden],
    *,
    params: GraphParams,
) -> Iterator[Edge]:
    """Yield an edge for each pair without an arrow that nothing explains."""
    asked = {*files}
    for one in family.kinships:
        if one.channel is not channel or not one.files & asked or family.directed(one):
            continue
        pair = (one.source, one.query)
        if _both_from(secret, one, family) or not unexplained(one, family, params=params):
            continue
        broken = {pair, pair[::-1]} & family.broken
        relation = related(one, family)
        sure = one.odds.siblings if one.odds and relation is Relation.SIBLINGS else one.confidence
        said = (*one.evidence, CONTRADICTED) if broken else one.evidence
        way = one.excluded if relation is Relation.UNDETERMINED else None
        edge = Edge(*pair, channel, relation, sure, one.stretches, (), said, one.method)
        yield replace(edge, excluded=way)


def _dubbed(edge: Edge, family: Family, nodes: Mapping[str, Node], *, params: GraphParams) -> bool:
    """Return whether one of two files has its sound from the other, or from a likelier one."""
    if edge.channel is not Channel.SOUND:
        return False
    kinship = family.of[edge.child][edge.parent, edge.channel]
    ends = (edge.parent, edge.child)
    return any(dubs.dub(end, kinship, family, nodes, params=params) for end in ends)


def _both_from(secret: Sequence[Hidden], one: Kinship, family: Family) -> bool:
    """Return whether an unseen file is an ancestor of both files of a pair, at that time."""
    return any(all(_from(each, file, one, family) for file in one.files) for each in secret)


def _from(secret: Hidden, file: str, one: Kinship, family: Family) -> bool:
    """Return whether a file of a pair was made from an unseen one.

    Through a parent only where the pair are siblings: of others it may not be known what is unseen
    above both.
    """
    if shared([each.child for each in one.seen_by(file)], secret.among.get(file, ())):
        return True
    return likely_siblings(one) and not secret.among.keys().isdisjoint(family.parents(file))


def _dated(parent: Node, child: Node, now: datetime) -> tuple[str, ...]:
    """Return what dates say against a parent: no more than that, for they are often wrong."""
    published = [_date(one.published_at, now) for one in (parent, child)]
    if published[0] is None or published[1] is None or published[1] >= published[0]:
        return ()
    dates = f"{child.published_at}, {parent.published_at}"
    return (f"By the dates that are known, the child was published before its parent: {dates}.",)


def _date(said: str | None, now: datetime) -> datetime | None:
    """Return a time in the past; None where nobody said one, or it cannot be right."""
    try:
        date = None if said is None else datetime.fromisoformat(said)
    except ValueError:
        return None
    if date is None:
        return None
    date = date if date.tzinfo is not None else date.replace(tzinfo=now.tzinfo)
    return date if date <= now else None
