"""How all of the picture was handled, stretch by stretch: its colours, its detail, its grain."""

from collections.abc import Iterable, Iterator

from lineage.derive.values import DeriveParams, Shown, compared
from lineage.evidence import Revealed
from lineage.findings import Finding, Kind

INVERTED = "negative"


def manners(
    shown: Iterable[Shown], revealed: Iterable[Revealed], params: DeriveParams
) -> Iterator[Finding]:
    """Yield what was done to whole pictures, as their pixels tell.

    Args:
        shown: Stretches of sources.
        revealed: What their pixels say.
        params: From when on a difference counts.
    """
    for one, seen in compared(shown, revealed):
        manner = seen.manner
        if manner is None:
            continue
        if manner.tones >= params.tones and one.segment.variant != INVERTED:
            yield one.finding(
                Kind.COLOUR_CHANGED,
                tones=round(manner.tones, 1),
                brightness=round(manner.brightness, 1),
                contrast=round(manner.contrast, 2),
                saturation=round(manner.saturation, 2),
            )
        if manner.sharpness <= params.soft:
            yield one.finding(Kind.BLURRED, detail=round(manner.sharpness, 2))
        if manner.grain >= params.grain:
            yield one.finding(Kind.NOISE_ADDED, grain=round(manner.grain, 1))
        if manner.bend >= params.bent:
            yield one.finding(Kind.PERSPECTIVE_CHANGED, bend=round(manner.bend, 3))
        if manner.off >= params.same:
            yield one.finding(Kind.REENCODED, difference=round(manner.off, 1))
