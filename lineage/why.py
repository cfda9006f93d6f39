"""Why a clip and one asset did or did not match."""

from dataclasses import dataclass
from pathlib import Path

from index import measure
from index.archive import Archive
from index.sandbox import Sandbox
from index.values import CODE_BITS, Asset
from lineage import candidates, steps
from lineage.proofs import Prover
from lineage.steps import Step
from lineage.trace import DEFAULT, TraceParams, found_near, parts
from lineage.values import Segment


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
        near = found_near(seen.fingerprints, archive, radius=params.gather.radius)
        wide = found_near(seen.fingerprints, archive, radius=CODE_BITS // 2)
        bits = [hits.of(asset.row).distances.min(initial=CODE_BITS) for hits in wide]
        looked_at = [
            candidate
            for candidate in candidates.gather(
                near, assets=archive.stats().assets, within=whole, params=params.gather
            )
            if candidate.asset == asset.row
        ]
        prover = Prover(path, archive, sandbox, params.proof)
        examined: list[Segment] | None = []
        for candidate in looked_at:
            beside = prover.beside(candidate)
            more = None if beside is None else prover.examined(candidate, seen.strip, beside)
            examined = None if more is None or examined is None else examined + more
    told = (
        steps.coded(seen.fingerprints, sum(archive.card(asset).codes.values())),
        steps.near(
            [hits.of(asset.row) for hits in near],
            int(min(bits)) if bits else None,
            params=params.gather,
        ),
        steps.voted(looked_at),
        steps.seen(examined, params=params.proof.prove),
    )
    lost = next((number for number, step in enumerate(told) if not step.passed), len(told))
    return Why(asset, told[: lost + 1])
