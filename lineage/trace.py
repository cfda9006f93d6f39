"""The story of a suspect clip, from its file to the answer.

Read `trace` from top to bottom: the clip is decoded once; its codes are looked up; what they hit is
gathered into candidates; each candidate's own pictures are laid beside the clip's, frame by frame;
what that proves explains some of the clip's time, and what it leaves is said to be unexplained. Its
sound goes the same way, in `listening`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from importlib import metadata
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from index import files, measure
from index.archive import Archive
from index.decode.pacing import Pace
from index.hashing import learned
from index.hashing.learned import Model
from index.hashing.mounts import MountParams
from index.keyframes import Level
from index.measure import Observation
from index.sandbox import Sandbox
from index.values import AssetRow, Channel, Hits, Interval, Media
from lineage import (
    candidates,
    carried,
    commonness,
    contradictions,
    derive,
    jingles,
    listening,
    lookups,
    report,
    unexplained,
)
from lineage.candidates import GatherParams
from lineage.clock import Clock, Progress
from lineage.early import Early, Tell
from lineage.listening import Doubted, Listener, ListenParams, Proven
from lineage.lookups import LEARNED, TIERS, LookupParams, Tier
from lineage.proofs import ProofParams, Prover
from lineage.reading import Reader, ReadParams
from lineage.relations import Found, Kindred
from lineage.reveal import Revealer, RevealParams, share
from lineage.sources import explained, ranked
from lineage.trios import trios
from lineage.unexplained import RestParams
from lineage.values import (
    Candidate,
    Query,
    Report,
    Searched,
    Segment,
    Source,
    Unexplained,
)


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
        related: Seconds of the shorter of two sources, at most, for both to be compared with one
            another as well; longer ones are left to the lineage of the archive.
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


def trace(  # noqa: PLR0913 # a clip, where it is sought, and who is told
    path: Path,
    archive: Archive,
    *,
    params: TraceParams = DEFAULT,
    at: datetime | None = None,
    progress: Progress | None = None,
    doubted: Doubted | None = None,
    proven: Proven | None = None,
    early: Tell | None = None,
) -> Report:
    """Return where the clip's pictures and sound come from, as far as the archive can tell.

    Args:
        path: The suspect clip.
        archive: What to search.
        params: How hard to look.
        at: What time it is; None where no date in a file counts as one to come.
        progress: Told how far it is.
        doubted: Told each stretch of pictures that was looked at and is not proven, and of sound
            that which comes nearest to a proof.
        proven: Told each stretch as soon as it is proven, long before all is weighed.
        early: Told what was done to the sources before their pixels are compared, and again while
            they are; the answer may say less or more.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    clock = Clock(progress)
    found: list[tuple[AssetRow, Segment]] = []
    rests: list[Unexplained] = []
    with Sandbox(preload=measure.NEEDED) as sandbox:
        sandbox.start()
        digest, searched = files.digest(path), searched_in(archive)
        prover = Prover(path, archive, sandbox, params.proof, doubted, proven)
        media = sandbox.run(measure.media, path)
        listener = Listener(path, archive, sandbox, params.listen, doubted, proven)
        heard = jingles.without(
            listener.told(media, progress=clock.within("listen")),
            archive.commons().of_asset,
            params=params.listen,
        )
        clock.mark("listen")
        stages = parts(path, media, sandbox, params=params, progress=clock.within("decode"))
        for whole, seen in stages:
            clock.mark("decode")
            media = seen.media
            hits: list[Hits] = []
            before = Known(found, heard.found)
            for each in rounds(whole, seen, prover, before, params=params, clock=clock):
                found += each.told
                frames = each.tier.channel is Channel.PICTURE and not each.tier.panels
                hits += each.hits if frames else []
            many = candidates.too_common(hits, assets=searched.assets, params=params.gather)
            told = [segment.query for _, segment in found]
            missing = unexplained.rests(whole, told, seen.strip, many, params=params.rest)
            rests += [commonness.told(rest, hits, archive.asset) for rest in missing]
        lengths = {Channel.PICTURE: media.duration, Channel.SOUND: heard.length}
        sources = ranked([*found, *heard.found], archive.asset, lengths, params=params.proof.prove)
        said = carried.of(path, sandbox, params.trusted)
        sources = carried.of_sources(sources, archive, sandbox, params.trusted)
        clock.mark("carried")
        query = Query(files.name(path), files.uri(path), digest, media, said)
        rests += heard.rests
        telling = Early(partial(derive.derived, query, searched, sources, rests), sources, early)
        telling([])
        shown = derive.told(sources, Channel.PICTURE, params=derive.DEFAULT)
        revealer = Revealer(path, archive, sandbox, params.reveal)
        revealed = revealer.revealed(shown, progress=clock.within("reveal"), each=telling)
        copies = derive.copied(sources, shown, most=params.copies)
        alike = revealer.revealed(copies)
        three = trios(revealer, [*shown, *copies] if copies else [])
        beneath = revealer.beneath(shown, rests, least=derive.DEFAULT.unheard)
        clock.mark("reveal")
        reader = Reader(path, archive, sandbox, params.read)
        revealed = reader.read(revealed, shown, progress=clock.within("read"))
        clock.mark("read")
    findings = derive.derived(query, searched, sources, rests, revealed, beneath=beneath)
    kindred = Kindred(path, archive, partial(trace, params=replace(params, copies=0)))
    known = Found(query, searched, sources, rests, findings)
    related = kindred.related(known, revealed, alike, three, longest=params.related)
    findings += contradictions.contradictions(query, sources, findings, related, at=at)
    findings.sort(key=lambda one: one.query.start)
    return Report(
        version=metadata.version("wherefrom"),
        query=query,
        searched=searched,
        sources=tuple(sources),
        unexplained=tuple(rests),
        summary=report.summary(
            query, sources, unexplained=rests, searched=searched, findings=findings
        ),
        picture_explained=explained(sources, Channel.PICTURE, lengths)
        if media.has_picture
        else None,
        sound_explained=explained(sources, Channel.SOUND, lengths) if heard.length else None,
        limits=(
            *_absences(sources, archive),
            *report.limits(
                query,
                sources,
                unexplained=rests,
                searched=searched,
                revealed=share(revealed, shown),
            ),
        ),
        timing=clock.timing(),
        findings=tuple(findings),
        derivations=related,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of a clip before a part of its pictures is looked at.

    Attributes:
        shown: What was found of the pictures of other parts, and whose it is.
        heard: What was found of its sound.
    """

    shown: Sequence[tuple[AssetRow, Segment]] = ()
    heard: Sequence[tuple[AssetRow, Segment]] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """What became of one tier.

    Attributes:
        tier: How the clip was looked up.
        left: The stretches of it that were.
        hits: What is like them, one value for each variant.
        candidates: What the hits point to, best first.
        told: What was proven of these and says something, and whose it is.
    """

    tier: Tier
    left: Sequence[Interval]
    hits: Sequence[Hits]
    candidates: Sequence[Candidate]
    told: Sequence[tuple[AssetRow, Segment]]


def rounds(  # noqa: PLR0913 # a part of the clip, what is known of it, and how to look
    whole: Interval,
    seen: Observation,
    prover: Prover,
    known: Known,
    *,
    params: TraceParams,
    clock: Clock | None = None,
) -> Iterator[Round]:
    """Yield what becomes of each tier, the cheapest and likeliest first.

    Args:
        whole: The stretch of the clip that is looked at.
        seen: What is seen in it.
        prover: Looks at candidates.
        known: What was found before.
        params: How hard to look.
        clock: Told the time of each stage.
    """
    archive, clock = prover.archive, clock or Clock(None)
    assets, found = archive.extent().assets, list(known.shown)
    for tier in params.tiers:
        left = lookups.asked(tier, whole, [one for _, one in found], seen, params=params.rest)
        hits = lookups.near(seen, left, tier, archive, heard=known.heard, params=params.lookup)
        clock.mark("search")
        looked_at = candidates.gather(
            hits, assets=assets, within=whole, heard=known.heard, params=params.gather
        )
        proving = clock.within("prove")
        proven = list(prover.proofs(looked_at, seen, known=found, progress=proving))
        common = archive.commons().of_asset
        told = commonness.telling(proven, found, common, least=params.rest.short)
        found += told
        clock.mark("prove")
        yield Round(tier, left, hits, looked_at, told)


def compare(  # noqa: PLR0913 # as trace
    path: Path,
    source: Path,
    *,
    model: Model | None = None,
    params: TraceParams = DEFAULT,
    at: datetime | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return which parts of a clip show another file: a trace in an archive of that one file.

    Args:
        path: The clip.
        source: The other file.
        model: What describes frames as well.
        params: How hard to look.
        at: What time it is; None where no date in a file counts as one to come.
        progress: Told how far it is.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: One of them holds nothing that can be decoded.
    """
    with (
        TemporaryDirectory(prefix="wherefrom-") as folder,
        Archive.open(Path(folder) / "archive", create=True) as archive,
    ):
        with Sandbox() as sandbox:
            pieces = sandbox.each(measure.fingerprint, source, Level.DENSE, model)
            measured = archive.spool(pieces)
        archive.add(measured, digest=files.digest(source), path=source)
        deeper = described(archive, model, params=params)
        return trace(path, archive, params=deeper, at=at, progress=progress)


def parts(  # noqa: PLR0913 # what is decoded, of what, and how
    path: Path,
    media: Media,
    sandbox: Sandbox,
    *,
    within: Interval | None = None,
    params: TraceParams = DEFAULT,
    progress: Callable[[float], None] = lambda _: None,
) -> Iterator[tuple[Interval, Observation]]:
    """Yield a clip, or a stretch of it, part by part: its time, and what is seen in it."""
    start, length = (0.0, media.duration) if within is None else (within.start, within.length)
    count = max(1, ceil(length / params.part))
    pace = Pace.EVERY if length <= params.brief else Pace.REFERENCE
    cut = count > 1 or within is not None
    for number in range(count):
        whole = Interval(start + length * number / count, start + length * (number + 1) / count)
        seen = sandbox.run(
            measure.observe,
            path,
            whole if cut else None,
            coded=True,
            pace=pace,
            bars=params.mounts,
            progress=lambda time: progress((time - start) / length),
        )
        yield whole if cut else Interval(0.0, seen.media.duration), seen


def _absences(sources: Sequence[Source], archive: Archive) -> Iterator[str]:
    """Yield which sources' files cannot be read, and where they should be."""
    every = {source.asset.row: source.asset for source in sources}
    read = {
        source.asset.row
        for source in sources
        if any(segment.frame_exact for segment in source.segments)
    }
    for asset in (asset for row, asset in every.items() if row not in read):
        absence = archive.absence(asset)
        if absence is not None:
            yield report.away(asset.name, absence)


def searched_in(archive: Archive) -> Searched:
    """Return what a query is compared with in an archive."""
    extent = archive.extent()
    channels = (
        (Channel.PICTURE, Channel.SOUND) if listening.searchable(archive) else (Channel.PICTURE,)
    )
    return Searched(archive.id, extent.assets, extent.seconds, extent.codes, channels)
