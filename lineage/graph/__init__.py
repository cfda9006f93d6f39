"""What is believed of a family of files, by what was measured of them pair by pair.

    arrows    which arrows of pairs hold together, without cycles     (only user of networkx)
    family    what was measured, at hand file by file
    spans     stretches of time: cut, joined, covered
    parents   of whom is each stretch of a file?
    dubs      whose sound was laid under other pictures?
    unseen    who must have been there that nobody has seen?
    beliefs   all of that as nodes and edges

What is believed of a file depends on what was measured of it and of those it shares something with,
never on the order in which that was measured.
"""

from lineage.graph.arrows import knots
from lineage.graph.beliefs import Beliefs, beliefs
from lineage.graph.family import Family
from lineage.graph.unseen import bound
from lineage.graph.values import DEFAULT, GraphParams

__all__ = ["DEFAULT", "Beliefs", "Family", "GraphParams", "beliefs", "bound", "knots"]
