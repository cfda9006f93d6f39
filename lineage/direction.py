"""Which of two files that show the same was made from the other: signs, weighed.

That each of both lacks something of the other is the mark of siblings. Signs are weighed by
multinomial logistic regression, alike for both ways: a weight is the logarithm of by how much a
sign makes one relation likelier than another. `benchmarks.descent` fits them to families of copies
of which it is known who was made from whom, and tests them on others.

Source: Dias, Rocha and Goldenstein, "Image phylogeny by minimal spanning trees", IEEE Transactions
on Information Forensics and Security 7, 2012: what one file says of another is not symmetric.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log2
from statistics import median_low

from index.values import Channel, Media
from lineage import families
from lineage.derivations import Cue, Derivation, Direction, Relation, Sign, Way
from lineage.evidence import Revealed
from lineage.families import Trio, weighed
from lineage.findings import Finding
from lineage.signs import UNSTIRRED, Kin, cues
from lineage.values import Source

LEAST = 0.2
"""Grey levels under which a distance is that of rounding."""
NOTHING = 0.1
"""What two files share beyond a third, at most, where that is next to nothing."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a sign counts for, where it speaks as clearly as it can.

    Attributes:
        nearer: For the file that it says is nearer to the footage being the parent.
        farther: Against the other one being it.
        neither: For neither being it.
    """

    nearer: float
    farther: float
    neither: float


@dataclass(frozen=True, slots=True)
class DirectionParams:
    """When a relation is decided.

    Attributes:
        weights: What the signs count for.
        neither: Logarithm of how many times likelier siblings are, if no sign speaks, than that one
            of both was made from the other.
        decided: Least probability of what is decided.
        excluded: Greatest probability of a way that is ruled out; chosen by the pairs that test.
        siblings: Pairs of which neither was made from the other, for each of which one was, among
            those that the weights were fitted to.
    """

    weights: Mapping[Sign, Weight]
    neither: float
    decided: float = 0.97
    excluded: float = 0.005
    siblings: float = 0.286


WEIGHTS: Mapping[Sign, Weight] = {
    Sign.LONGER: Weight(3.18, 6.47, 3.3),
    Sign.WIDER: Weight(1.36, 2.26, 0.9),
    Sign.LAYERS: Weight(2.02, 2.27, 0.25),
    Sign.DETAIL: Weight(1.31, 1.52, 0.22),
    Sign.COLOURS: Weight(0.9, 1.27, 0.37),
    Sign.BITS: Weight(1.07, 0.97, -0.1),
    Sign.STIRS: Weight(0.33, 1.23, 0.89),
    Sign.FARTHER: Weight(-0.99, 0.99, 1.98),
}
DEFAULT = DirectionParams(WEIGHTS, -1.49)
"""Fitted by `benchmarks.descent` to 396 pairs of copies of 44 films; a test holds them to that. Of
135 pairs of other films 18 of 105 arrows are decided, all rightly, and no siblings wrongly; of the
88 siblings that it was fitted to 5 are: of all pairs 0.9 % are wrong.
"""


def direction(found: Sequence[Cue], *, params: DirectionParams = DEFAULT) -> Direction:
    """Return how likely each relation is, by what signs say.

    Args:
        found: One cue for each sign.
        params: What they count for.
    """
    onward = back = 0.0
    siblings = params.neither
    for cue in found:
        weight = params.weights[cue.sign]
        onward += weight.nearer * cue.source - weight.farther * cue.query
        back += weight.nearer * cue.query - weight.farther * cue.source
        siblings += weight.neither * (cue.source + cue.query)
    most = max(onward, back, siblings)
    odds = [exp(each - most) for each in (onward, back, siblings)]
    return Direction(*(each / sum(odds) for each in odds))


def excluded(odds: Direction, *, params: DirectionParams = DEFAULT) -> Way | None:
    """Return the way in which neither was made from the other, surely; None if either may be.

    Args:
        odds: How likely each relation is.
        params: How unlikely a way must be.
    """
    least, way = min((odds.onward, Way.ONWARD), (odds.back, Way.BACK))
    return way if least <= params.excluded else None


def derivations(
    query: Media,
    sources: Sequence[Source],
    revealed: Sequence[Revealed],
    findings: Sequence[Finding],
    sizes: Sequence[tuple[int, int] | None],
) -> list[Derivation]:
    """Return how the query and each of its sources are related.

    Args:
        query: What the query holds.
        sources: Best first.
        revealed: What the pixels of their stretches say.
        findings: What was done to them, if the query was made from them.
        sizes: Of each source, bytes of the query's file and of its own; None where not known.
    """
    return [
        derivation(
            index,
            source,
            Kin(
                query,
                source.asset.media,
                sorted(source.segments, key=lambda one: one.query),
                [one.manner for one in revealed if one.index == index and one.manner],
                [one for one in findings if one.source_index == index],
                sizes[index],
                sum((one.stirs for one in revealed if one.index == index), UNSTIRRED),
            ),
        )
        for index, source in enumerate(sources)
    ]


def derivation(
    index: int, source: Source, kin: Kin, *, params: DirectionParams = DEFAULT
) -> Derivation:
    """Return how the query and a source are related.

    Nothing is decided where no pixels were compared, and of sound.

    Args:
        index: Of the source among the report's.
        source: The source.
        kin: What is known of both.
        params: When a relation is decided.
    """
    undecided = Derivation(index, source.channel, Relation.UNDETERMINED, source.confidence)
    if source.channel is not Channel.PICTURE or not kin.manners:
        return undecided
    distance = median_low([one.off for one in kin.manners])
    if not kin.findings:
        return replace(undecided, relation=Relation.DUPLICATE, distance=distance)
    kinds = tuple(dict.fromkeys(one.kind for one in kin.findings))
    found = tuple(cue for cue in cues(kin) if cue.speaks)
    return decided(replace(undecided, kinds=kinds, cues=found, distance=distance), params=params)


def decided(one: Derivation, *, params: DirectionParams = DEFAULT) -> Derivation:
    """Return a derivation with what its signs say, decided if that is sure enough.

    Args:
        one: What is related, with the signs that speak.
        params: When a relation is decided.
    """
    odds = direction(one.cues, params=params)
    return weighing(replace(one, excluded=excluded(odds, params=params)), odds, params=params)


def weighing(one: Derivation, odds: Direction, *, params: DirectionParams = DEFAULT) -> Derivation:
    """Return a derivation with how likely each relation is, decided if that is sure enough.

    A way stays ruled out only if it is by what is weighed now as well.
    """
    sure = max(odds.onward, odds.back, odds.siblings)
    if sure < params.decided:
        way = one.excluded if one.excluded is excluded(odds, params=params) else None
        return replace(one, relation=Relation.UNDETERMINED, odds=odds, excluded=way)
    relation = Relation.SIBLINGS if sure == odds.siblings else Relation.DERIVED
    return replace(one, relation=relation, confidence=sure, odds=odds, excluded=None)


def settled(
    related: Sequence[Derivation],
    trios: Sequence[Trio] = (),
    *,
    params: DirectionParams = DEFAULT,
) -> list[Derivation]:
    """Return derivations of one answer, those of pictures weighed anew by one another.

    Args:
        related: How the query and its sources are related, and these to one another.
        trios: What each three of these share.
        params: When a relation is decided.
    """
    named = {
        (_name(one.query_index), _name(one.source_index)): one
        for one in related
        if one.channel is Channel.PICTURE
    }
    told = among(named, params=params) | in_families(named, trios, params=params)
    return [told[pair] for pair in named] + [
        one for one in related if one.channel is not Channel.PICTURE
    ]


def in_families(
    related: Mapping[tuple[str, str], Derivation],
    trios: Sequence[Trio],
    *,
    params: DirectionParams = DEFAULT,
) -> dict[tuple[str, str], Derivation]:
    """Return derivations of files of which three were compared, weighed by their whole family.

    Files that hold the same pictures share everything, so nothing is told by three with two such.

    Args:
        related: How files are related, pair by pair, told of each pair by itself; by name.
        trios: What each three of these share.
        params: When a relation is decided of a pair by itself.
    """
    same = [set(pair) for pair, one in related.items() if one.relation is Relation.DUPLICATE]
    named = [(tuple(map(_name, one.files)), one) for one in trios]
    used = [(names, one) for names, one in named if not any(pair <= {*names} for pair in same)]
    alone = {pair: one.odds for pair, one in related.items() if one.odds is not None}
    silent = direction([], params=params)
    shared = {names: one.beyond for names, one in used}
    parted = {names: one.parted for names, one in used}
    found = weighed(alone, shared, silent, parted)
    surer = replace(params, decided=families.DEFAULT.decided)
    return {
        pair: weighing(replace(related[pair], between=_between(pair, used)), odds, params=surer)
        for pair, odds in found.items()
    }


def _between(
    pair: tuple[str, str], trios: Sequence[tuple[tuple[str, ...], Trio]]
) -> tuple[int | None, ...]:
    """Return the files beyond which both of a pair share next to nothing."""
    return tuple(
        file
        for names, one in trios
        for name, file, beyond in zip(names, one.files, one.beyond, strict=True)
        if {name, *pair} == {*names} and name not in pair and beyond <= NOTHING
    )


def _name(index: int | None) -> str:
    """Return what a file of an answer is called here: the query by nothing."""
    return "" if index is None else str(index)


def among(
    related: Mapping[tuple[str, str], Derivation], *, params: DirectionParams = DEFAULT
) -> dict[tuple[str, str], Derivation]:
    """Return derivations, weighed anew by what is known of other files that show the same.

    Of two copies of one original, siblings differ more from one another than from that; a child
    differs less from its parent.

    Args:
        related: How files are related, pair by pair, told of each pair by itself. The first of a
            pair stands for the query.
        params: When a relation is decided.

    Source: Dias, Rocha and Goldenstein (see above), whose trees are grown by such distances.
    """
    parents: dict[str, set[str]] = {}
    for (query, source), one in related.items():
        if one.relation is Relation.DERIVED:
            parent, child = (query, source) if one.backwards else (source, query)
            parents.setdefault(child, set()).add(parent)
    told = {}
    for pair, one in related.items():
        both = set.intersection(*(parents.get(each, set()) for each in pair))
        far = [_farther(pair, origin, related) for origin in both]
        known = [each for each in far if each is not None]
        if known and one.distance is not None and one.odds is not None:
            octaves = log2(max(one.distance, LEAST) / max(min(known), LEAST))
            clear = min(1.0, max(0.0, octaves))
            found = (*one.cues, Cue(Sign.FARTHER, clear, clear)) if clear else one.cues
            told[pair] = decided(replace(one, cues=found), params=params)
        else:
            told[pair] = one
    return told


def _farther(
    pair: tuple[str, str], origin: str, related: Mapping[tuple[str, str], Derivation]
) -> float | None:
    """Return by how much that of both differs from an original which does so more."""
    found = [related.get((each, origin)) or related.get((origin, each)) for each in pair]
    apart = [one.distance for one in found if one is not None and one.distance is not None]
    return max(apart) if len(apart) == len(pair) else None
