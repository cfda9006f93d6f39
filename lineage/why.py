"""Why a clip and one asset did or did not match."""

from dataclasses import dataclass, replace
from pathlib import Path

from index import measure
from index.archive import Archive
from index.sandbox import Sandbox
from index.values import CODE_BITS, Asset, Channel, Hits
from lineage import candidates, lookups, steps
from lineage.proofs import Prover
from lineage.steps import Step
from lineage.trace import DEFAULT, TraceParams, parts
from lineage.values import Candidate, Segment


@dataclass(frozen=True, slots=True)
class Why:
    """The stages a pair went through, in order; the last one that did not pass is the reason."""

    asset: Asset
    steps: tuple[Step, ...]


def why(path: Path, asset: Asset, archive: Archive, *, params: TraceParams = DEFAULT) -> Why:
    """Return what each stage measured of a clip and one asset, up to the stage that lost them.

    Only the first part of a long clip is looked at.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    with Sandbox() as sandbox:
        media = sandbox.run(measure.media, path)
        whole, seen = next(parts(path, media, sandbox, params=params))
        assets = archive.stats().assets
        near: list[Hits] = []
        looked_at: list[Candidate] = []
        for tier in params.tiers:
            hits = lookups.near(seen, [whole], tier, archive, params=params.lookup)
            near += hits
            found = candidates.gather(hits, assets=assets, within=whole, params=params.gather)
            looked_at += [candidate for candidate in found if candidate.asset == asset.row]
        anything = replace(params.lookup, picture=CODE_BITS // 2)
        wide = lookups.near(seen, [whole], params.tiers[0], archive, params=anything)
        bits = [hits.of(asset.row).distances.min(initial=CODE_BITS) for hits in wide]
        prover = Prover(path, archive, sandbox, params.proof)
        examined: list[Segment] | None = []
        for candidate in looked_at:
            beside = prover.beside(candidate)
            more = None if beside is None else prover.examined(candidate, seen.strip, beside)
            examined = None if more is None or examined is None else examined + more
    held = archive.card(asset).codes
    kept = sum(count for channel, count in held.items() if channel is not Channel.SOUND)
    told = (
        steps.coded(seen.fingerprints, kept),
        steps.near(
            [hits.of(asset.row) for hits in near],
            int(min(bits)) if bits else None,
            radius=params.lookup.picture,
        ),
        steps.voted(looked_at),
        steps.seen(examined, params=params.proof.prove),
    )
    lost = next((number for number, step in enumerate(told) if not step.passed), len(told))
    return Why(asset, told[: lost + 1])
