"""How sure findings inside the picture are, beside how often they are right; and what that fits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from math import log2
from typing import Any

from benchmarks.curves import fitted
from benchmarks.judging import HEAD, TRUST, Clip, Told, by_kind, misleading, row, trusted
from benchmarks.reliability import bins
from benchmarks.tables import table
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


def apart(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the section of docs/benchmarks.md about films by which nothing was chosen."""
    yield "## How sure changes inside the picture are\n"
    honest = sum(each["clips"] for each in result["honest"])
    wrong = sum(each["misleading"] for each in result["honest"])
    yield (
        f"The same of {result['films']} films by which no threshold and no confidence of "
        f"findings was chosen (seed {result['seed']}), but how a source is followed around a "
        "change was worked out on forged clips of eight of them: how sure findings are said to be, "
        f"beside how many are right. Misleading findings of {honest} honest copies: {wrong}.\n"
    )
    yield from table(TRUST, list(trusted(result)))
    yield "\nWhat was found of forged clips:\n"
    every = (*result["handled"], *result["faces"])
    rows = [row(each.get("handled") or each["forgery"], each) for each in every]
    yield from table(("forged", *HEAD), rows)
    yield "\nBy kind, over all of these clips:\n"
    yield from by_kind(result)
    for name in ("missed", "misleading"):
        if result[name]:
            yield f"\n{name.capitalize()}:\n"
            yield from (f"- {each}" for each in result[name])


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
