"""How likely it is of two files among many that show the same that one was made from the other.

The signs of a pair are weighed as in the small families that their weights were fitted to. Of many
copies most are cousins: of n files, each made from one of those before it, whichever that was,

    n (H(n) - 1)            pairs are an ancestor and its descendant, H(n) = 1 + 1/2 + ... + 1/n
    n (n - 1) / 2           pairs there are

Source: Moon, "The distance between nodes in recursive trees", London Mathematical Society Lecture
Note Series 13, 1974.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from math import fsum

from index.values import Channel
from lineage.derivations import Direction, Kinship, Relation
from lineage.direction import DEFAULT, DirectionParams, excluded

CROWDED = "An arrow between both was left out: among so many copies it is not sure enough."


def crowded(kinships: Iterable[Kinship], *, params: DirectionParams = DEFAULT) -> list[Kinship]:
    """Return what was measured of pairs, weighed by how many other files show the same as both.

    Args:
        kinships: All that was measured of the files that are asked about.
        params: When a relation is decided.
    """
    every = list(kinships)
    kin: dict[str, set[str]] = {}
    for one in every:
        if one.channel is Channel.PICTURE:
            kin.setdefault(one.query, set()).add(one.source)
            kin.setdefault(one.source, set()).add(one.query)
    none: set[str] = set()
    return [
        _among(one, 2 + len(kin.get(one.query, none) & kin.get(one.source, none)), params)
        for one in every
    ]


@cache
def cousins(count: int) -> float:
    """Return for how many pairs of so many files it holds that neither was made from the other.

    That is for each pair of which one was.

    >>> cousins(2), round(cousins(4), 2), round(cousins(10), 2)
    (0.0, 0.38, 1.33)
    """
    lines = count * (fsum(1 / each for each in range(1, count + 1)) - 1)
    return count * (count - 1) / 2 / lines - 1


def _among(one: Kinship, count: int, params: DirectionParams) -> Kinship:
    """Return what was measured of two of so many files that show the same."""
    likelier = cousins(count) / params.siblings
    if one.odds is None or likelier <= 1:
        return one
    parts = (one.odds.onward, one.odds.back, likelier * one.odds.siblings)
    odds = Direction(*(each / sum(parts) for each in parts))
    sure = max(odds.onward, odds.back, odds.siblings)
    dropped = one.arrow is not None and max(odds.onward, odds.back) < params.decided
    found = replace(one, odds=odds, evidence=(*one.evidence, *[CROWDED] * dropped))
    if sure < params.decided:
        way = excluded(one.odds, params=params)
        return replace(found, relation=Relation.UNDETERMINED, backwards=False, excluded=way)
    if sure == odds.siblings:
        return replace(found, relation=Relation.SIBLINGS, backwards=False, excluded=None)
    return found
