"""Which arrows of pairs hold together.

Each pair is decided by itself, so that arrows may contradict one another: a was made from b, b from
c, and c from a. Of files in such a knot the arrows are kept that lie along the branching that is
likeliest as a whole.

Source: Edmonds, "Optimum branchings", Journal of Research of the National Bureau of Standards 71B,
1967; for copies of pictures: Dias, Rocha and Goldenstein, "Image phylogeny by minimal spanning
trees", IEEE Transactions on Information Forensics and Security 7, 2012.
"""

from collections.abc import Collection, Iterable, Mapping
from math import log

import networkx as nx

from lineage.derivations import Kinship
from lineage.graph.values import Pair, towards

SUREST = 1.0 - 1e-9
"""No arrow counts for more: the logarithm of certainty has no end."""


def arrows(kinships: Iterable[Kinship]) -> dict[Pair, float]:
    """Return the arrows that are decided, each pair by itself, with how sure each is."""
    found: dict[Pair, float] = {}
    for one in kinships:
        if one.arrow is not None:
            sure = towards(one.odds, backwards=one.backwards)
            found[one.arrow] = max(sure, found.get(one.arrow, 0.0))
    return dict(sorted(found.items()))


def knots(pairs: Collection[Pair]) -> list[frozenset[str]]:
    """Return the sets of files of which each would be its own ancestor, by arrows of pairs."""
    graph = nx.DiGraph(sorted(pairs))
    return [frozenset(one) for one in nx.strongly_connected_components(graph) if len(one) > 1]


def untangled(found: Mapping[Pair, float]) -> dict[Pair, float]:
    """Return the arrows that hold together: nothing is its own ancestor by them."""
    kept = dict(found)
    for knot in knots(found):
        inside = {pair: sure for pair, sure in found.items() if knot.issuperset(pair)}
        held = _likeliest(inside)
        for pair in inside:
            if pair not in held:
                del kept[pair]
    return kept


def ordered(pairs: Collection[Pair]) -> list[str]:
    """Return the files of arrows without a cycle, each after all that it was made from."""
    graph = nx.DiGraph(sorted(pairs))
    return list(nx.lexicographical_topological_sort(graph))


def _likeliest(inside: Mapping[Pair, float]) -> set[Pair]:
    """Return the arrows of a knot that lie along its likeliest branching."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted({file for pair in inside for file in pair}))
    for (parent, child), sure in sorted(inside.items()):
        weight = log(min(sure, SUREST) / max(1.0 - sure, 1.0 - SUREST))
        graph.add_edge(parent, child, weight=max(weight, 1.0 - SUREST))
    tree = nx.maximum_branching(graph, attr="weight", default=0.0)
    under = {file: nx.descendants(tree, file) for file in tree}
    return {(parent, child) for parent, child in inside if child in under[parent]}
