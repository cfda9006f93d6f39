"""Whose sound was laid under other pictures?

Of sound alone nothing is decided. But where a file's pictures are known to be made from one that
sounds differently then, its sound was put there. If another file has that sound, goes on where it
ends, shows pictures of its own to it and was made from nothing known, the sound was taken from that
file, or from a copy of it.
"""

from collections.abc import Mapping

from index.values import Channel
from lineage.derivations import Kinship, Node, Stretch
from lineage.graph.family import Family
from lineage.graph.spans import joined, left, length, shared
from lineage.graph.values import GraphParams, Held

REASON = (
    "The pictures are made from a file that sounds differently, and this sound goes on in the other"
    " where it ends here."
)


def dubs(
    child: str, family: Family, nodes: Mapping[str, Node], *, params: GraphParams
) -> list[Held]:
    """Return whose sound was laid under a file's pictures, as far as that can be reasoned.

    Args:
        child: Digest of the file.
        family: What was measured of it, and of all it shares something with.
        nodes: By digest.
        params: When something is believed.
    """
    every = family.of.get(child, {}).values()
    found = (dub(child, one, family, nodes, params=params) for one in every)
    return [one for one in found if one is not None]


def dub(
    child: str,
    kinship: Kinship,
    family: Family,
    nodes: Mapping[str, Node],
    *,
    params: GraphParams,
) -> Held | None:
    """Return what a file has of the sound of another; None where it was not laid under."""
    other = kinship.other(child)
    if kinship.channel is not Channel.SOUND or not _apart(child, other, family):
        return None
    stretches = kinship.seen_by(child)
    sure = _laid_under(child, kinship, family, params=params)
    if not sure or not _goes_on(stretches, nodes, child, other, params=params):
        return None
    return Held(other, kinship, min(sure, kinship.confidence, params.dub), stretches, (REASON,))


def _apart(child: str, other: str, family: Family) -> bool:
    """Return whether two files share no pictures, and the other was made from nothing known."""
    return (other, Channel.PICTURE) not in family.of[child] and not family.parents(other)


def _laid_under(child: str, kinship: Kinship, family: Family, *, params: GraphParams) -> float:
    """Return how sure it is that the pictures beside a shared sound are from elsewhere.

    0 where they are not, or where what they are from sounds the same.
    """
    sound = joined(one.child for one in kinship.seen_by(child))
    shown, sure = [], 1.0
    for parent in family.parents(child):
        seen = shared(family.shown(child, parent, Channel.PICTURE), sound)
        if not seen:
            continue
        if length(shared(family.shown(child, parent, Channel.SOUND), sound)) >= params.sliver:
            return 0.0
        shown += seen
        sure = min(sure, family.arrows[parent, child])
    return sure if shown and length(left(sound, shown)) < params.sliver else 0.0


def _goes_on(
    stretches: tuple[Stretch, ...],
    nodes: Mapping[str, Node],
    child: str,
    other: str,
    *,
    params: GraphParams,
) -> bool:
    """Return whether the other's sound goes on where the child ends, and not the other way."""
    ours, theirs = nodes[child].media, nodes[other].media
    if ours is None or theirs is None:
        return False
    first, last = stretches[0], stretches[-1]
    if first.parent is None or last.parent is None or first.rate <= 0 or last.rate <= 0:
        return False
    ends = (
        (first.child.start, first.parent.start),
        (ours.duration - last.child.end, theirs.duration - last.parent.end),
    )
    on = [there > params.goes_on and here < params.ends for here, there in ends]
    back = [here > params.goes_on and there < params.ends for here, there in ends]
    return any(on) and not any(back)
