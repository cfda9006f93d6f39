"""How sure findings inside the picture are, beside how often they are right; and what that fits."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import log2
from typing import Any

from benchmarks.curves import fitted
from benchmarks.judging import Clip, Told, misleading
from benchmarks.reliability import bins
from lineage.findings import INSIDE, Kind

GROUPS: Mapping[str, frozenset[Kind]] = {
    "faces and mouths": frozenset({Kind.FACE_REPLACED, Kind.MOUTH_REPLACED}),
    "blurred parts": frozenset({Kind.BLURRED}),
    "other parts": INSIDE - {Kind.FACE_REPLACED, Kind.MOUTH_REPLACED, Kind.BLURRED},
}
"""Kinds whose confidence is told by one curve each: see `lineage.confidence`."""
EDGES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0)
FEWEST = 10
"""Right and wrong ones without which no curve is fitted."""


def trust(found: Sequence[Clip]) -> dict[str, Any]:
    """Return for each group of kinds its bins of confidence, and the curve that would fit best.

    Of parts that are not blurred all that differs is looked at, however little, not only what is
    told: where something else differs as well, no blur is told.
    """
    return {name: _group(found, kinds) for name, kinds in GROUPS.items()}


def _group(found: Sequence[Clip], kinds: frozenset[Kind]) -> dict[str, Any]:
    judged = [
        (one, not misleading(clip, [one], likely=0.0))
        for clip in found
        for one in (clip.told if kinds == GROUPS["blurred parts"] else clip.weak)
        if Kind(one.kind) in kinds and one.box is not None
    ]
    right = [is_right for _, is_right in judged]
    enough = min(sum(right), len(right) - sum(right)) >= FEWEST
    fit = fitted([[_evidence(one)] for one, _ in judged], right) if enough else None
    return {
        "bins": [
            asdict(each)
            for each in bins([(one.confidence, is_right) for one, is_right in judged], EDGES)
        ],
        "fit": None if fit is None else asdict(fit),
    }


def _evidence(told: Told) -> float:
    """Return the measure by which a finding's confidence is told, in octaves."""
    faces = (told.measures.get("eyes", 0.0), told.measures.get("mouth", 0.0))
    return log2(max(1.0, max(faces) or told.measures["strength"]))
