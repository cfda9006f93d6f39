"""What each stage measures of a clip and one asset, as if the archive held no other.

Unlike the trace, every way of looking at pictures is asked about all of the time, so that its
numbers can be told even where an earlier one has found the source already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial, reduce

import numpy as np

from index.archive import Archive
from index.hashing import sounds
from index.hashing.sounds import PLAIN, Ear
from index.measure import Observation
from index.values import CODE_BITS, AssetRow, Channel, Codes, Hits, Interval, Sound
from lineage import candidates, listening, lookups, prove
from lineage.listening import Listener, Lookup
from lineage.params import TraceParams
from lineage.proofs import Prover
from lineage.steps.values import Agreed, Look, Pair, Pointer, Way, nearest_first
from lineage.steps.ways import listened, looked
from lineage.values import Candidate, Heard, Segment

CHANCE = CODE_BITS // 2
"""Bits by which unrelated codes differ: the nearest is looked for no further."""
CLOSEST = 3
"""Candidates of which it is told how near to a proof they came, where none was proven."""


def pictures(
    seen: Observation, whole: Interval, prover: Prover, *, heard: Heard = (), params: TraceParams
) -> Pair:
    """Return what was measured of the pictures of a part of the clip.

    Args:
        seen: The part.
        whole: Its stretch of the clip.
        prover: In the archive of the asset alone.
        heard: What was found of its sound.
        params: How hard to look.
    """
    held: list[tuple[AssetRow, Segment]] = []
    ways: list[Way] = []
    looks: list[Look] = []
    reached = True
    for tier in params.tiers:
        if tier.again or (tier.channel is Channel.SOUND and not heard):
            continue  # All of the time was asked about; there is nothing to go by.
        name = looked(tier.channel, tier.variants, panels=tier.panels)
        near = partial(lookups.near, heard=heard, params=params.lookup)
        hits = near(seen, [whole], tier, prover.archive)
        found = candidates.gather(hits, assets=1, within=whole, heard=heard, params=params.gather)
        seconds = 0.0
        for candidate in found[: params.proof.most]:
            if prover.told(candidate, held):
                continue
            laid, there = _laid(name, candidate, seen, prover)
            proven = [(candidate.asset, one.segment) for one in laid if one.proven]
            reached = reached and there
            looks += laid
            held += proven
            seconds += sum(one.query.length for _, one in proven)
        pointers = [_pointer(one, whole, prover.archive) for one in found]
        ways.append(_way(name, tier.channel, hits, pointers, seconds=seconds))
    asked = [each.codes for each in seen.fingerprints.values()]
    return Pair(
        own=len(seen.fingerprints["plain"]) if seen.fingerprints else 0,
        nearest=_nearest(asked, Channel.PICTURE, prover.archive),
        ways=tuple(ways),
        looks=nearest_first(looks),
        proven=tuple(one for _, one in held),
        reached=reached,
    )


def sound(heard: Sound, listener: Listener) -> Pair:
    """Return what was measured of a part of the clip's sound.

    Args:
        heard: The part.
        listener: In the archive of the asset alone.
    """
    whole = listening.span(heard)
    held: list[tuple[AssetRow, Segment]] = []
    ways: list[Way] = []
    looks: list[Look] = []
    for ears in listener.params.ears:
        left = listener.left(whole, held)
        told = [listener.lookup(heard, ear, whole, left) for ear in ears if left]
        name = listened(len(ears), plain=ears == (PLAIN,))
        ranked = listener.ranked(told)[: listener.params.most]
        seconds = 0.0
        for ear, candidate in ranked:
            if not listener.known(candidate, held):
                proven = listener.proof(heard, ear, candidate)
                held += [(candidate.asset, one) for one in proven]
                looks += [Look(name, one, proven=True, heard=one.query.length) for one in proven]
                seconds += sum(one.query.length for one in proven)
        if not held:
            looks += _closest(name, heard, ranked[:CLOSEST], listener)
        empty = Way(name, Channel.SOUND, seconds=seconds)
        heard_so = (_heard(name, one, whole, listener.archive) for one in told)
        ways.append(reduce(Way.also, heard_so, empty))
    words = sounds.sketch(heard)
    return Pair(
        own=len(wanted := sounds.query(heard, every=listener.params.every)),
        audible=whole.length * float(words.heard.mean()) if len(words) else 0.0,
        nearest=_nearest([wanted.codes], Channel.SOUND, listener.archive),
        ways=tuple(ways),
        looks=nearest_first(looks),
        proven=tuple(one for _, one in held),
        reached=all(one.frame_exact for _, one in held),
    )


def _laid(
    name: str, candidate: Candidate, seen: Observation, prover: Prover
) -> tuple[list[Look], bool]:
    """Return what was seen of a candidate, and whether its asset's file was within reach."""
    looked_at = prover.looked(candidate, seen)
    if looked_at is None:
        guessed = prover.proof(candidate, seen)
        return [Look(name, one, proven=True) for one in guessed], False
    params = prover.params.prove
    return [Look(name, one, prove.proven(one, params=params)) for one in looked_at], True


def _closest(
    name: str, heard: Sound, ranked: Iterable[tuple[Ear, Candidate]], listener: Listener
) -> list[Look]:
    near = (listener.closest(heard, ear, candidate) for ear, candidate in ranked)
    return [
        Look(name, segment, proven=False, heard=run.seconds)
        for run, segment in (one for one in near if one is not None)
    ]


def _nearest(asked: Sequence[Codes], channel: Channel, archive: Archive) -> int | None:
    """Return the bits between the two nearest codes; None where there are none to compare."""
    every = (archive.search(codes, CHANCE, channel=channel, most=1).distances for codes in asked)
    return min((int(bits.min()) for bits in every if len(bits)), default=None)


def _way(
    name: str,
    channel: Channel,
    hits: Sequence[Hits],
    pointers: Sequence[Pointer],
    *,
    seconds: float = 0.0,
) -> Way:
    some = [one for one in hits if len(one)]
    return Way(
        name,
        channel,
        asked=sum(one.asked for one in hits),
        near=sum(one.near for one in hits),
        hits=sum(map(len, some)),
        moments=len(np.unique(np.concatenate([np.empty(0), *(one.query_times for one in some)]))),
        nearest=min((int(one.distances.min()) for one in some), default=None),
        agreed=max(map(_agreed, some), key=lambda one: one.features, default=None)
        if channel is Channel.FEATURE
        else None,
        candidates=len(pointers),
        best=max(pointers, key=lambda one: one.score, default=None),
        seconds=seconds,
    )


def _heard(name: str, told: Lookup, whole: Interval, archive: Archive) -> Way:
    """Return what one ear heard."""
    pointers = [
        replace(
            _pointer(one, whole, archive),
            rate=-1.0 if told.ear.backwards else one.rate,
            pitch=told.ear.pitch,
        )
        for one in told.candidates
    ]
    return _way(name, Channel.SOUND, [told.hits], pointers)


def _agreed(hits: Hits) -> Agreed:
    best = int(hits.agreeing.argmax())
    return Agreed(int(hits.agreeing[best]), float(hits.query_times[best]), float(hits.times[best]))


def _pointer(candidate: Candidate, whole: Interval, archive: Archive) -> Pointer:
    """Return where a candidate points, without the room beyond both files' ends."""
    source = candidate.source
    start, stop = max(candidate.query.start, whole.start), min(candidate.query.end, whole.end)
    end = max(archive.asset(candidate.asset).media.duration, source.start + 1e-3)
    return Pointer(
        moments=candidate.votes,
        query=Interval(start, max(stop, start + 1e-3)),
        source=Interval(source.start, min(source.end, end)),
        rate=candidate.rate,
        variant=candidate.variant,
        score=candidate.score,
        bits=float(np.median(candidate.hits.distances)),
    )
