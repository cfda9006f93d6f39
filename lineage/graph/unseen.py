"""Who must have been there that nobody has seen?

Two files of which neither was made from the other were both made from something, from something
unseen unless a file that is known may be it. So were two children of one parent that share an edit
which that parent lacks: it is seldom made twice alike. That one of them was made from the other
must be less likely.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.values import Channel, Interval
from lineage.derivations import Kinship, Relation
from lineage.graph.explained import unexplained
from lineage.graph.family import Family
from lineage.graph.spans import joined, left, length, shared
from lineage.graph.values import MADE, GraphParams, Held, Hidden, likely_siblings, towards


@dataclass(frozen=True, slots=True)
class _Bond:
    """Two files that have something from one unseen file.

    Attributes:
        spans: What each has of it, by its digest and time.
        sure: How sure it is that neither was made from the other.
        parent: Digest of what the unseen file was made from, where that is known.
        shared: What was done to that.
    """

    spans: Mapping[str, list[Interval]]
    sure: float
    parent: str | None = None
    shared: frozenset[str] = frozenset()


def bound(family: Family, files: Collection[str]) -> set[str]:
    """Return the files of which may hang together what is unseen, with some that are asked about.

    Two siblings do, and what they were made from: something unseen above that explains them.

    Args:
        family: What was measured of these, and of all they share something with.
        files: Digests of those asked about.
    """
    asked, found = {*files}, set[str]()
    for one in family.kinships:
        if likely_siblings(one) and not family.directed(one):
            near = one.files.union(*(family.parents(file) for file in one.files))
            found |= near if near & asked else set()
    return found


def hidden(
    family: Family,
    files: Collection[str],
    channel: Channel,
    held: Mapping[str, Sequence[Held]],
    *,
    params: GraphParams,
) -> list[Hidden]:
    """Return the unseen files of a channel, by their digests.

    Args:
        family: What was measured.
        files: Digests of the files that are asked about, with all that are `bound` to them.
        channel: Picture or sound.
        held: Of whom each of them has what it holds on the channel.
        params: When something is believed.
    """
    bonds, asked = [], set(files)
    for one in family.kinships:
        if one.channel is channel and one.files <= asked and not family.directed(one):
            bonds += _siblings(one, family, params=params)
            bonds += _sharing(one, held, params=params)
    found = (_hidden(group, channel, family) for group in _groups(bonds, params=params))
    return sorted((one for one in found if one is not None), key=lambda one: one.digest)


def _siblings(kinship: Kinship, family: Family, *, params: GraphParams) -> list[_Bond]:
    """Return the bond of two siblings that nothing known may have brought forth; at most one."""
    if related(kinship, family) is not Relation.SIBLINGS:
        return []
    others = family.kin(kinship.query) & family.kin(kinship.source)
    if any(_may_be_above(kinship, other, family, params=params) for other in others):
        return []
    rest = unexplained(kinship, family, params=params)
    spans = {}
    for file in (kinship.query, kinship.source):
        seen = [one.child for one in kinship.seen_by(file)]
        known = [
            span
            for parent in family.parents(file)
            for span in family.shown(file, parent, kinship.channel)
        ]
        spans[file] = left(seen, known)
    if not rest or any(length(each) < params.sliver for each in spans.values()):
        return []
    odds = kinship.odds
    return [_Bond(spans, kinship.confidence if odds is None else odds.siblings)]


def _may_be_above(siblings: Kinship, other: str, family: Family, *, params: GraphParams) -> bool:
    """Return whether both of two siblings may be made from another that shows the same then."""
    for file in siblings.files:
        kinship = family.of[file].get((other, Channel.PICTURE))
        if kinship is None:
            return False
        if towards(kinship.odds, backwards=kinship.query == other) < params.possible:
            return False
        seen = ([one.child for one in each.seen_by(file)] for each in (siblings, kinship))
        if length(shared(*seen)) < params.sliver:
            return False
    return True


def _sharing(
    kinship: Kinship, held: Mapping[str, Sequence[Held]], *, params: GraphParams
) -> list[_Bond]:
    """Return the bonds of two children by edits that both have and their parents lack."""
    if kinship.relation is Relation.DUPLICATE or not likely_siblings(kinship):
        return []
    told = {*kinship.onward, *kinship.back}
    bonds = []
    for ours in held.get(kinship.query, ()):
        for theirs in held.get(kinship.source, ()):
            if ours.parent != theirs.parent or kinship.odds is None:
                continue
            edits = MADE & {*_done(ours)} & {*_done(theirs)} - told
            time = [[one.parent for one in each.stretches] for each in (ours, theirs)]
            both = shared(*([span for span in each if span is not None] for each in time))
            if edits and length(both) >= params.sliver:
                spans = {
                    file: joined(one.child for one in each.stretches)
                    for file, each in ((kinship.query, ours), (kinship.source, theirs))
                }
                sure = kinship.odds.siblings
                bonds.append(_Bond(spans, sure, ours.parent, frozenset(edits)))
    return bonds


def related(kinship: Kinship, family: Family) -> Relation:
    """Return how two files without an arrow are related on a channel.

    What the pictures say of siblings holds for their sound; an arrow that does not hold beside
    others is undetermined.
    """
    pictures = family.of[kinship.query].get((kinship.source, Channel.PICTURE), kinship)
    if pictures.relation is Relation.SIBLINGS:
        return Relation.SIBLINGS
    return Relation.UNDETERMINED if kinship.relation is Relation.DERIVED else kinship.relation


def _done(held: Held) -> tuple[str, ...]:
    return held.kinship.done_to(held.parent)


def _groups(bonds: Sequence[_Bond], *, params: GraphParams) -> list[list[_Bond]]:
    """Return the bonds that are of one unseen file: those that share a file at one time of it."""
    groups: list[list[_Bond]] = []
    for bond in bonds:
        near = [group for group in groups if any(_one(bond, by, params) for by in group)]
        groups = [group for group in groups if group not in near]
        groups.append([bond, *(each for group in near for each in group)])
    return groups


def _one(bond: _Bond, other: _Bond, params: GraphParams) -> bool:
    files = bond.spans.keys() & other.spans.keys()
    same = bond.parent == other.parent and (not bond.shared or bond.shared & other.shared)
    return bool(same) and any(
        length(shared(bond.spans[file], other.spans[file])) >= params.sliver for file in files
    )


def _hidden(group: Sequence[_Bond], channel: Channel, family: Family) -> Hidden | None:
    """Return the unseen file of some bonds; None where they share no edit, or leave one child."""
    files = {file for bond in group for file in bond.spans}
    above = family.above(files)
    children = sorted(file for file in files if not above[file])
    shared_edits = frozenset.intersection(*(bond.shared for bond in group))
    parent = group[0].parent
    if len(children) < 2 or (parent is not None and not shared_edits):  # noqa: PLR2004 # a pair
        return None
    among = {file: tuple(joined(_spans(group, file))) for file in sorted(files)}
    return Hidden(
        digest=known_by(children, parent),
        channel=channel,
        parent=parent,
        shared=tuple(sorted(shared_edits)),
        sure={file: max(one.sure for one in group if file in one.spans) for file in children},
        spans={file: among[file] for file in children},
        among=among,
    )


def _spans(group: Sequence[_Bond], file: str) -> Iterable[Interval]:
    return (span for one in group for span in one.spans.get(file, ()))


def known_by(children: Sequence[str], parent: str | None) -> str:
    """Return the digest that an unseen file is known by; 64 hex digits."""
    words = " ".join(["unseen", parent or "", *sorted(children)])
    return hashlib.sha256(words.encode()).hexdigest()
