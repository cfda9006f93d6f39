"""Which pairs need no edge of their own, because what is known of others explains them."""

from index.values import Interval
from lineage.derivations import Kinship
from lineage.graph.family import Family
from lineage.graph.spans import left, length
from lineage.graph.values import GraphParams


def unexplained(kinship: Kinship, family: Family, *, params: GraphParams) -> list[Interval]:
    """Return what two files share that no path of arrows and no common ancestor explains.

    Looked at are the files that share something with both.

    Args:
        kinship: What was measured of them.
        family: What was measured of both, and of all they share something with.
        params: When something is believed.

    Returns:
        By the query's time; nothing where it is no more than a sliver.
    """
    query, source = kinship.query, kinship.source
    around = (family.kin(query) & family.kin(source)) | {query, source}
    above = family.above(around)
    if query in above[source] or source in above[query]:
        return []
    covered = [
        span
        for common in above[query] & above[source]
        for span in family.shown(query, common, kinship.channel)
    ]
    rest = left([one.child for one in kinship.stretches], covered)
    return rest if length(rest) >= params.sliver else []
