"""Segments to findings: what was done to the sources on their way into the query."""

from collections.abc import Sequence
from functools import partial

from index.values import Channel
from lineage.derive.manners import manners
from lineage.derive.pictures import pictures
from lineage.derive.regions import regions
from lineage.derive.sounds import Heard, natural, sounds
from lineage.derive.values import Beneath, DeriveParams, copied, told
from lineage.evidence import Revealed
from lineage.findings import Finding
from lineage.values import Query, Searched, Source, Unexplained

__all__ = ["DEFAULT", "DeriveParams", "copied", "derived", "told"]

DEFAULT = DeriveParams()


def derived(  # noqa: PLR0913 # all of an answer that findings rest on
    query: Query,
    searched: Searched,
    sources: Sequence[Source],
    unexplained: Sequence[Unexplained],
    revealed: Sequence[Revealed] = (),
    *,
    beneath: Sequence[Beneath] = (),
    params: DeriveParams = DEFAULT,
) -> list[Finding]:
    """Return what was done to the sources, by time.

    Args:
        query: The query.
        searched: What was compared with it.
        sources: What it comes from, best first.
        unexplained: What of it has no source.
        revealed: What the pixels of stretches say.
        beneath: Where nothing of a source's own sound is heard.
        params: From when on a difference counts.
    """
    shown = told(sources, Channel.PICTURE, params=params)
    steady = partial(natural, sources=sources, params=params)
    fills = {
        (seen.index, seen.segment)
        for seen in revealed
        if seen.manner is not None and seen.manner.fill >= params.filled
    }
    found = list(
        pictures(
            shown,
            query.media,
            unexplained,
            natural=steady,
            filled=lambda one: (one.index, one.segment) in fills,
            params=params,
        )
    )
    found += manners(shown, revealed, params)
    found += regions(shown, revealed, params)
    if Channel.SOUND in searched.channels:
        heard = Heard(query.media, sources, unexplained, beneath)
        found += sounds(shown, heard, params=params)
    return sorted(found, key=lambda one: (one.query.start, -one.query.end, one.kind))
