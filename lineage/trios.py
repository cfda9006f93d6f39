"""What each two of three files share that the third lacks: their pictures fetched and compared.

A query and sources of one moment are laid over one another, all onto the query's pictures.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from index.errors import BadMediaError
from index.values import Interval
from lineage import evidence, framing
from lineage.derive.values import Shown
from lineage.evidence import Registered
from lineage.families import Trio
from lineage.footage import FRAME_RATE, Footage
from lineage.reveal import Revealer, RevealParams, evenly
from lineage.values import Segment

MANY = 3
"""Sources that are compared with one another at once."""


@dataclass(frozen=True, slots=True)
class TrioParams:
    """How three files are looked at.

    Attributes:
        side: Pixels of the long side of a picture: noise is finer than what is shown.
        moments: At which they are compared.
        least: Seconds that all of them must show.
    """

    side: int = 768
    moments: int = 12
    least: float = 0.4


def trios(
    revealer: Revealer, shown: Sequence[Shown], *, params: TrioParams = TrioParams()
) -> list[Trio]:
    """Return what is known of each three files among a query and sources of the same moments.

    Args:
        revealer: Says where the files are.
        shown: Stretches of pictures.
        params: How closely to look.
    """
    found: dict[tuple[int | None, ...], Trio] = {}
    if revealer.params is None:
        return []
    for group, within in groups(shown, params):
        try:
            told = list(_told(revealer, group, within, revealer.params, params))
        except BadMediaError:  # it changed under our hands: then nothing is claimed
            continue
        found = {one.files: one for one in told} | found
    return list(found.values())


def groups(
    shown: Sequence[Shown], params: TrioParams
) -> Iterator[tuple[tuple[Shown, ...], Interval]]:
    """Yield stretches of sources that show the same moments, and these; each two sources once.

    Args:
        shown: Stretches of pictures.
        params: How long they must do so.
    """
    of: dict[int, list[Shown]] = {}
    for one in shown:
        if one.segment.across is not None:
            of.setdefault(one.index, []).append(one)
    done: set[tuple[int, ...]] = set()
    for count in range(MANY, 1, -1):
        for indices in combinations(sorted(of), count):
            pairs = set(combinations(indices, 2))
            whole = [(each, _common(each)) for each in product(*(of[one] for one in indices))]
            group, within = max(whole, key=lambda each: each[1].length if each[1] else 0.0)
            if within is not None and within.length >= params.least and not pairs <= done:
                done |= pairs
                yield group, within


def _told(
    revealer: Revealer,
    group: Sequence[Shown],
    within: Interval,
    looked: RevealParams,
    params: TrioParams,
) -> Iterator[Trio]:
    """Yield each three of the query and sources that show the same moments."""
    every = within.length / max(1, params.moments - 1)
    closely = replace(looked, side=params.side, every=every)
    moments = evenly(within, closely)
    laid: dict[int, Registered] = {}
    for one in group:
        path = revealer.archive.file(one.source.asset)
        if path is None:
            continue
        rate = one.source.asset.media.frame_rate or FRAME_RATE
        footage = Footage(revealer.path, path, rate, revealer.sandbox)
        [beside] = footage.beside([moments], one.segment, closely)
        if beside is not None:
            found = evidence.aligned(beside, one.segment, params=looked.evidence)
            laid |= {} if found is None else {one.index: found}
    yield from compared(laid, {one.index: one.segment for one in group})


def compared(laid: Mapping[int, Registered], shown: Mapping[int, Segment]) -> Iterator[Trio]:
    """Yield each three of the query and its sources.

    Args:
        laid: The pictures of each source, and those of the query over which they lie.
        shown: How the query shows each source.
    """
    for one, other in combinations(sorted(laid), 2):
        found = evidence.beyond([laid[one], laid[other]])
        if found is not None:
            ours, theirs = shown[one], shown[other]
            parted = (False, framing.lacks(theirs, ours), framing.lacks(ours, theirs))
            yield Trio((None, one, other), found, parted)
    for indices in combinations(sorted(laid), 3):
        found = evidence.beyond([laid[each] for each in indices], query=False)
        if found is not None:
            yield Trio(indices, found)


def _common(group: Sequence[Shown]) -> Interval | None:
    """Return the time of the query that all stretches show; None where there is none."""
    start = max(one.segment.query.start for one in group)
    end = min(one.segment.query.end for one in group)
    return Interval(start, end) if start < end else None
