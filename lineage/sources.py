"""What was found of the assets, gathered into sources and ranked."""

from collections.abc import Callable, Mapping, Sequence

from index.values import Asset, AssetRow, Channel, Interval
from lineage import moments, prove, unexplained
from lineage.prove import ProveParams
from lineage.values import Segment, Source

PROVE = ProveParams()


def ranked(
    found: Sequence[tuple[AssetRow, Segment]],
    asset: Callable[[AssetRow], Asset],
    lengths: Mapping[Channel, float],
    *,
    params: ProveParams,
) -> list[Source]:
    """Return the sources, surest first; of those as sure, pictures, then what explains more.

    Of copies the fullest comes first: the others are likelier made from it than it from them.

    Args:
        found: Stretches, and whose they are.
        asset: Returns the asset of a row.
        lengths: Seconds of each channel of the query.
        params: When two stretches are one.
    """
    chains: dict[tuple[AssetRow, Channel], list[Segment]] = {}
    for row, segment in moments.told(joined(found, params=params), asset):
        chains.setdefault((row, segment.channel), []).append(segment)
    sources = []
    for (row, channel), chain in chains.items():
        whole = Interval(0.0, lengths[channel])
        share = unexplained.covered(whole, [one.query for one in chain])
        sources.append(Source(asset(row), channel, tuple(chain), share))
    return sorted(sources, key=_rank)


def joined(
    found: Sequence[tuple[AssetRow, Segment]], *, params: ProveParams = PROVE
) -> list[tuple[AssetRow, Segment]]:
    """Return the same, of each asset and channel by time, those that are one made one."""
    every: dict[tuple[AssetRow, Channel], list[Segment]] = {}
    for row, segment in found:
        every.setdefault((row, segment.channel), []).append(segment)
    return [
        (row, one)
        for (row, _), chain in every.items()
        for one in prove.joined(chain, params=params)
    ]


def explained(
    sources: Sequence[Source], channel: Channel, lengths: Mapping[Channel, float]
) -> float:
    """Return the share of the time of a channel that any source explains, 0 to 1."""
    every = [one.query for source in sources for one in source.segments if one.channel is channel]
    return unexplained.covered(Interval(0.0, lengths[channel]), every)


def _rank(source: Source) -> tuple[float, Channel, float, float, float]:
    media = source.asset.media
    full = media.width * media.height * media.duration
    likeness = max(segment.likeness or segment.agreement or 0.0 for segment in source.segments)
    return -source.confidence, source.channel, -round(source.explained, 2), -full, -likeness
