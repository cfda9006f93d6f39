"""What is said of how honest copies were handled, held against how they were."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.footage import LIKELY
from benchmarks.tables import number, table
from lineage.findings import Kind, Significance, significance
from lineage.rates import TECHNICAL

SMALLER = frozenset({Kind.RESIZED, Kind.BLURRED})
DONE: Mapping[str, frozenset[Kind]] = {
    "crf 33": frozenset({Kind.BLURRED}),
    "crf 38": frozenset({Kind.BLURRED}),
    "half the size": SMALLER,
    "twice the size": frozenset({Kind.RESIZED}),
    "15 frames a second": frozenset({Kind.FRAME_RATE_CHANGED}),
    "30 frames a second": frozenset({Kind.FRAME_RATE_CHANGED}),
    "two platforms": SMALLER | {Kind.FRAME_RATE_CHANGED},
    "three generations": frozenset({Kind.BLURRED}),
    "denoised": frozenset({Kind.BLURRED}),
    "warmer colours": frozenset({Kind.COLOUR_CHANGED}),
    "letterbox": frozenset({Kind.LETTERBOXED}),
    "crop": frozenset({Kind.CROPPED}),
    "mirror": frozenset({Kind.MIRRORED}),
}
"""Technical kinds that may be true of copies, by how they were handled: coarse encoding, fewer
pixels and denoising take detail away."""


def technical(
    told: Sequence[tuple[str, Sequence[tuple[Kind, float, bool]]]],
) -> list[dict[str, Any]]:
    """Return of how many honest copies each technical kind was told, rightly and wrongly.

    Args:
        told: For each honest copy how it was handled, and of all that is said of it the kind, how
            sure it is, and whether it is of a part of the picture.
    """
    right, wrong = Counter[Kind](), Counter[Kind]()
    for handled, said in told:
        true = DONE.get(handled, frozenset())
        kinds = {
            kind
            for kind, sure, boxed in said
            if sure >= LIKELY and significance(kind, boxed=boxed) is Significance.TECHNICAL
        }
        right.update(kinds & true)
        wrong.update(kinds & set(TECHNICAL) - true)
    return [
        {"kind": kind.value, "right": right[kind], "false": wrong[kind], "honest": len(told)}
        for kind in sorted(TECHNICAL)
    ]


def rows(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the table of how often each technical kind was told of honest copies."""
    told = [
        (each["kind"], number(each["right"]), f"{each['false']} of {each['honest']}")
        for each in result["technical"]
    ]
    yield from table(("kind", "told where it was done", "where it was not"), told)
