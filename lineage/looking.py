"""How a clip's pictures are looked for: part by part, and each part in one tier after another.

A tier looks up only what those before it left unexplained.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from index import measure
from index.decode.pacing import Pace
from index.measure import Observation
from index.sandbox import Sandbox
from index.values import AssetRow, Channel, Hits, Interval, Media
from lineage import candidates, commonness, lookups, unexplained
from lineage.clock import Clock
from lineage.lookups import Tier
from lineage.params import DEFAULT, TraceParams
from lineage.proofs import Prover
from lineage.values import Candidate, Segment, Unexplained


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What a search of a clip's pictures says.

    Attributes:
        media: What the clip holds, now that all of it was decoded.
        found: What is proven, and whose it is.
        rests: What of its pictures has no source.
    """

    media: Media
    found: Sequence[tuple[AssetRow, Segment]]
    rests: Sequence[Unexplained]


def look(  # noqa: PLR0913 # a clip, what is known of it, how to look, and who is told
    path: Path,
    media: Media,
    prover: Prover,
    heard: Sequence[tuple[AssetRow, Segment]],
    *,
    params: TraceParams,
    clock: Clock,
    each: Callable[[Sequence[tuple[AssetRow, Segment]]], None],
) -> Looked:
    """Return what is found of a clip's pictures, part by part and tier by tier.

    Args:
        path: The clip.
        media: What it holds.
        prover: Looks at candidates.
        heard: What was found of its sound.
        params: How hard to look.
        clock: Told the time of each stage.
        each: Told all that is found so far, each time that there is more; later some of it may turn
            out to say nothing.
    """
    archive, found, rests = prover.archive, list[tuple[AssetRow, Segment]](), list[Unexplained]()
    stages = parts(path, media, prover.sandbox, params=params, progress=clock.within("decode"))
    for whole, seen in stages:
        clock.mark("decode")
        media = seen.media
        hits: list[Hits] = []
        known = Known(tuple(found), heard)
        for one in rounds(whole, seen, prover, known, params=params, clock=clock, each=each):
            found += one.told
            frames = one.tier.channel is Channel.PICTURE and not one.tier.panels
            hits += one.hits if frames else []
        many = candidates.too_common(hits, assets=archive.extent().assets, params=params.gather)
        told = [segment.query for _, segment in found]
        missing = unexplained.rests(whole, told, seen.strip, many, params=params.rest)
        rests += [commonness.told(rest, hits, archive.asset) for rest in missing]
    return Looked(media, found, rests)


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
    each: Callable[[Sequence[tuple[AssetRow, Segment]]], None] = lambda _: None,
) -> Iterator[Round]:
    """Yield what becomes of each tier, the cheapest and likeliest first.

    Args:
        whole: The stretch of the clip that is looked at.
        seen: What is seen in it.
        prover: Looks at candidates.
        known: What was found before.
        params: How hard to look.
        clock: Told the time of each stage.
        each: Told all that is found so far, each time that there is more.
    """
    archive, clock = prover.archive, clock or Clock(None)
    assets, common, found = archive.extent().assets, archive.commons().of_asset, list(known.shown)
    for tier in params.tiers:
        left = lookups.asked(tier, whole, [one for _, one in found], seen, params=params.rest)
        hits = lookups.near(seen, left, tier, archive, heard=known.heard, params=params.lookup)
        clock.mark("search")
        looked_at = candidates.gather(
            hits, assets=assets, within=whole, heard=known.heard, params=params.gather
        )
        proofs = prover.proofs(looked_at, seen, known=found, progress=clock.within("prove"))
        proven, told = list[tuple[AssetRow, Segment]](), list[tuple[AssetRow, Segment]]()
        for one in proofs:
            proven.append(one)
            told = commonness.telling(proven, found, common, least=params.rest.short)
            each([*found, *told])
        found += told
        clock.mark("prove")
        yield Round(tier, left, hits, looked_at, told)


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
