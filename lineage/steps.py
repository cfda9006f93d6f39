"""What each stage measured of a clip and an asset, in words for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from index.values import Fingerprint, Hits
from lineage.prove import ProveParams, proven
from lineage.values import Candidate, Segment


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage found.

    Attributes:
        stage: Its name.
        sentence: What that means, for a person.
        measures: Its numbers, by name with unit.
        passed: Whether the pair came through it.
    """

    stage: str
    sentence: str
    measures: Mapping[str, float] = field(default_factory=dict)
    passed: bool = True


def coded(fingerprints: Mapping[str, Fingerprint], kept: int) -> Step:
    """Return what there was to compare: codes of the query, and of the asset."""
    own = len(fingerprints["plain"]) if fingerprints else 0
    measures = {"codes of the clip": float(own), "codes of the asset": float(kept)}
    if not own:
        return Step(
            "codes", "No frame of the clip shows enough to be recognised.", measures, passed=False
        )
    if not kept:
        return Step("codes", "The archive holds no codes of this asset.", measures, passed=False)
    return Step("codes", "Both have frames that can be recognised.", measures)


def near(hits: Sequence[Hits], nearest: int | None, *, radius: int) -> Step:
    """Return whether any of the asset's codes lies near one of the query's.

    Args:
        hits: Those of this asset, one value for each variant.
        nearest: Bits between the two nearest codes; None if none were compared.
        radius: Bits within which two codes of whole frames are a hit.
    """
    count = sum(map(len, hits))
    measures = {"hits": float(count), "bits a hit may differ": float(radius)}
    if nearest is not None:
        measures["bits of the nearest codes"] = float(nearest)
    if not count:
        sentence = (
            "No picture of the clip looks like one of the asset as a whole; a crop, a frame or "
            "another shot would do that."
        )
        return Step("hits", sentence, measures, passed=False)
    return Step("hits", "Some pictures look alike as a whole.", measures)


def voted(candidates: Sequence[Candidate]) -> Step:
    """Return whether the hits agree on a place in the asset."""
    if not candidates:
        sentence = "The pictures that look alike also look like many other assets."
        return Step("candidates", sentence, {"candidates": 0.0}, passed=False)
    best = candidates[0]
    sentence = (
        f"{best.votes} moments of the clip point to {best.source.start:.1f}–"
        f"{best.source.end:.1f} s of the asset ({best.variant})."
    )
    measures = {
        "candidates": float(len(candidates)),
        "votes of the best": float(best.votes),
        "score of the best": round(best.score, 2),
        "bits of its nearest hit": float(best.hits.distances.min()),
        "median bits of its hits": float(np.median(best.hits.distances)),
    }
    return Step("candidates", sentence, measures)


def seen(segments: Sequence[Segment] | None, *, params: ProveParams) -> Step:
    """Return whether the pictures bear it out, frame by frame.

    Args:
        segments: What lies on lines, proven or not; None where the asset's file is out of reach.
        params: See there.
    """
    if segments is None:
        sentence = (
            "The asset's file is not where it was indexed, or has changed, so the pictures could "
            "not be compared."
        )
        return Step("proof", sentence, passed=False)
    if not segments:
        return Step("proof", "No stretch of frames follows the asset's frames.", passed=False)
    held = [one for one in segments if proven(one, params=params)]
    best = max(held or segments, key=lambda one: (one.motion or 0.0, one.likeness or 0.0))
    measures = {
        "seconds of the best stretch": round(best.query.length, 3),
        "likeness of its pictures": round(best.likeness or 0.0, 4),
        "likeness a moving one needs": params.alike,
        "likeness a still one needs": params.still,
        "motion a moving one needs": params.moving,
    }
    if best.motion is not None:
        measures["motion in step"] = round(best.motion, 4)
    if held:
        sentence = f"{sum(one.query.length for one in held):.1f} s follow the asset frame by frame."
        return Step("proof", sentence, measures)
    if best.motion is None:
        sentence = "Nothing moves, and the pictures differ too much to be the same."
    elif best.motion >= params.moving:
        sentence = "What moves does so in step, but the pictures differ too much to be the same."
    else:
        sentence = (
            "The scene looks alike, but what moves in it does not move in step: the same place or "
            "camera at another time does that."
        )
    return Step("proof", sentence, measures, passed=False)
