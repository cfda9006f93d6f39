"""How hard a clip is looked for: the settings of all stages of a trace."""

from dataclasses import dataclass, field, replace

from index.archive import Archive
from index.hashing import learned
from index.hashing.learned import Model
from index.hashing.mounts import MountParams
from lineage.candidates import GatherParams
from lineage.listening import ListenParams
from lineage.lookups import LEARNED, TIERS, LookupParams, Tier
from lineage.proofs import ProofParams
from lineage.reading import ReadParams
from lineage.reveal import RevealParams
from lineage.unexplained import RestParams


@dataclass(frozen=True, slots=True)
class TraceParams:
    """How hard to look.

    Attributes:
        gather: How hits become candidates.
        proof: How candidates are proven.
        rest: How unexplained time is named.
        tiers: What is looked up, cheapest and likeliest first: each only for time that those
            before it left unexplained.
        lookup: When what is looked up counts as alike.
        listen: How its sound is traced.
        reveal: How closely the pixels of what is found are compared; None where they are not.
        read: What is read where they differ.
        mounts: When lines of its pictures count as a bar.
        trusted: Certificates of those whose manifests are trusted, PEM; None for no list of them.
        part: Seconds of a long clip handled at a time, at most, so that memory stays flat.
        brief: Seconds of a clip of which every frame is decoded at once. Of a longer one, frames
            that no other frame needs are left out first, and only added near its cuts.
        copies: Sources besides the best of which pixels are compared too, where they show the same.
        related: Seconds of sources that are compared with one another as well, all together, those
            first that share most of the clip; the others are left to the lineage of the archive.
    """

    gather: GatherParams = field(default_factory=GatherParams)
    proof: ProofParams = field(default_factory=ProofParams)
    rest: RestParams = field(default_factory=RestParams)
    tiers: tuple[Tier, ...] = TIERS
    lookup: LookupParams = field(default_factory=LookupParams)
    listen: ListenParams = field(default_factory=ListenParams)
    reveal: RevealParams | None = field(default_factory=RevealParams)
    read: ReadParams = field(default_factory=ReadParams)
    mounts: MountParams = field(default_factory=MountParams)
    trusted: str | None = None
    part: float = 120.0
    brief: float = 20.0
    copies: int = 2
    related: float = 60.0


DEFAULT = TraceParams()
SEARCH = TraceParams(reveal=None)
"""Finds sources, and compares no pixels of them."""


def described(
    archive: Archive, model: Model | None, *, params: TraceParams = DEFAULT
) -> TraceParams:
    """Return the same, with what a model says of frames looked up last if the archive holds that.

    Raises:
        ArchiveFormatError: The archive's learned codes are of another model.
    """
    if model is None:
        return params
    if not learned.comparable(model, archive.recipes.get(learned.CHANNEL), archive.path):
        return params
    lookup = replace(params.lookup, model=model)
    return replace(params, tiers=(*params.tiers, LEARNED), lookup=lookup)
