"""What the whole archive makes of a stretch that one asset alone would explain.

What is found is what the trace finds; beside that it is noted how the asset stood, so that it can
be told why another was taken or none.
"""

from collections.abc import Sequence

from index.archive import Archive
from index.hashing.sounds import PLAIN
from index.measure import Observation
from index.values import AssetRow, Interval, Sound
from lineage import listening, moments
from lineage.listening import Listener
from lineage.looking import Known, rounds
from lineage.params import TraceParams
from lineage.proofs import Prover
from lineage.sources import joined
from lineage.steps.values import Contest, Standing
from lineage.steps.ways import listened, looked
from lineage.values import Candidate, Heard, Segment

type Found = list[tuple[AssetRow, Segment]]


def pictures(  # noqa: PLR0913 # a part of the clip, what is claimed of it, and how to look
    seen: Observation,
    whole: Interval,
    mine: Sequence[Segment],
    asset: AssetRow,
    prover: Prover,
    *,
    heard: Heard = (),
    params: TraceParams,
) -> Contest:
    """Return how an asset stands among all, of the pictures of a part of the clip.

    Args:
        seen: The part.
        whole: Its stretch of the clip.
        mine: What the asset alone would explain.
        asset: Its row.
        prover: In the whole archive.
        heard: What was found of the clip's sound.
        params: How hard to look.
    """
    found: Found = []
    standings: list[Standing] = []
    for each in rounds(whole, seen, prover, Known(heard=heard), params=params):
        found += each.told
        own = [one for one in each.candidates[: params.proof.most] if one.asset == asset]
        name = looked(each.tier.channel, each.tier.variants, panels=each.tier.panels)
        standing = Standing(
            name,
            asked=bool(each.left),
            candidates=len(each.candidates),
            place=_place(each.candidates, asset),
            reach=params.proof.most,
            told=bool(own) and all(prover.told(one, found) for one in own),
        )
        standings.append(standing)
    return _contest(found, mine, asset, standings, prover.archive)


def sound(heard: Sound, mine: Sequence[Segment], asset: AssetRow, listener: Listener) -> Contest:
    """Return how an asset stands among all, of a part of the clip's sound.

    Args:
        heard: The part.
        mine: What the asset alone would explain.
        asset: Its row.
        listener: In the whole archive.
    """
    whole = listening.span(heard)
    found: Found = []
    listener.explained(heard, whole, found)
    plain = listener.lookup(heard, PLAIN, whole, [whole])
    own = [one for one in plain.candidates[: listener.params.most] if one.asset == asset]
    standing = Standing(
        listened(1, plain=True),
        asked=True,
        candidates=len(plain.candidates),
        place=_place(plain.candidates, asset),
        reach=listener.params.most,
        told=bool(own) and all(listener.known(one, found) for one in own),
    )
    return _contest(found, mine, asset, [standing], listener.archive)


def _place(looked_at: Sequence[Candidate], asset: AssetRow) -> int | None:
    """Return the place of an asset's first candidate among all, from 1; None if it has none."""
    places = (number for number, one in enumerate(looked_at, 1) if one.asset == asset)
    return next(places, None)


def _contest(
    found: Found,
    mine: Sequence[Segment],
    asset: AssetRow,
    standings: Sequence[Standing],
    archive: Archive,
) -> Contest:
    others = {
        row
        for row, segment in found
        if row != asset and any(segment.query.overlap(one.query) > 0 for one in mine)
    }
    own = [segment for row, segment in found if row == asset]
    told = moments.told(joined(found), archive.asset)
    held = [segment for row, segment in told if row == asset]
    return Contest(
        archive.extent().assets,
        tuple(held),
        tuple(archive.asset(row).name for row in sorted(others)),
        () if own else tuple(standings),
        like=bool(own) and not held,
    )
