"""Of whom is each stretch of a file? The nearest that it is decided to be made from."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from index.values import Channel, Interval
from lineage.graph.family import Family
from lineage.graph.spans import cut, joined
from lineage.graph.values import GraphParams, Held

SHOWN_BY_PICTURES = "Which of both was made from the other is told by their pictures."


def parents(
    child: str, channel: Channel, family: Family, dubs: Sequence[Held], *, params: GraphParams
) -> list[Held]:
    """Return of whom a file has what it holds on a channel, by the parent's digest.

    Those of which another one at the same time was made are passed over: the path by that one
    explains them. Of several that are left the likeliest is the parent, one for each moment.

    Args:
        child: Digest of the file.
        channel: Picture or sound.
        family: What was measured of it, and of all it shares something with.
        dubs: Whose sound was laid under its pictures.
        params: When something is believed.
    """
    found = {one.parent: one for one in dubs if channel is Channel.SOUND}
    for parent in family.parents(child):
        kinship = family.of[child].get((parent, channel))
        if kinship is not None:
            said = (SHOWN_BY_PICTURES,) if channel is Channel.SOUND else ()
            sure = family.arrows[parent, child]
            found[parent] = Held(parent, kinship, sure, kinship.seen_by(child), said)
    if not found:
        return []
    above = family.above(family.kin(child) | {child})
    shares = _shares(found, above, params=params)
    return [
        Held(one.parent, one.kinship, one.sure, cut(one.stretches, shares[parent]), one.reasons)
        for parent, one in sorted(found.items())
        if parent in shares
    ]


def _shares(
    found: Mapping[str, Held], above: Mapping[str, Collection[str]], *, params: GraphParams
) -> dict[str, list[Interval]]:
    """Return which time of the child is whose."""
    spans = {parent: joined(one.child for one in held.stretches) for parent, held in found.items()}
    times = sorted({time for each in spans.values() for span in each for time in _ends(span)})
    pieces: list[tuple[str, Interval]] = []
    for start, end in pairwise(times):
        there = [parent for parent, each in spans.items() if _covers(each, start, end)]
        near = [one for one in there if not any(one in above.get(by, ()) for by in there)]
        if not near:
            continue
        best = min(near, key=lambda one: (-found[one].sure, one))
        if pieces and pieces[-1][0] == best and pieces[-1][1].end == start:
            pieces[-1] = (best, Interval(pieces[-1][1].start, end))
        else:
            pieces.append((best, Interval(start, end)))
    shares: dict[str, list[Interval]] = {}
    for number, (parent, span) in enumerate(pieces):
        if span.length >= params.sliver or not _beside(number, pieces):
            shares.setdefault(parent, []).append(span)
    return shares


def _beside(number: int, pieces: Sequence[tuple[str, Interval]]) -> bool:
    """Return whether a piece touches one of another parent that is longer."""
    span = pieces[number][1]
    near = (pieces[at][1] for at in (number - 1, number + 1) if 0 <= at < len(pieces))
    return any(
        span.length < other.length and (other.end == span.start or other.start == span.end)
        for other in near
    )


def _ends(span: Interval) -> tuple[float, float]:
    return span.start, span.end


def _covers(spans: Sequence[Interval], start: float, end: float) -> bool:
    return any(span.start <= start and end <= span.end for span in spans)
