"""Stretches of time: cut to one another, joined, left over."""

from collections.abc import Iterable, Sequence

from index.values import Interval
from lineage.derivations import Stretch


def joined(spans: Iterable[Interval]) -> list[Interval]:
    """Return the time that any of them covers, in as few intervals as that takes.

    >>> joined([Interval(2, 4), Interval(0, 1), Interval(1, 3)])
    [Interval(start=0, end=4)]
    """
    whole: list[Interval] = []
    for span in sorted(spans):
        if whole and span.start <= whole[-1].end:
            whole[-1] = Interval(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return whole


def left(spans: Iterable[Interval], covering: Iterable[Interval]) -> list[Interval]:
    """Return the time of `spans` that none of `covering` covers.

    >>> left([Interval(0, 4)], [Interval(1, 2)])
    [Interval(start=0, end=1), Interval(start=2, end=4)]
    """
    rest = joined(spans)
    for cover in joined(covering):
        rest = [piece for span in rest for piece in _without(span, cover)]
    return rest


def shared(spans: Iterable[Interval], others: Sequence[Interval]) -> list[Interval]:
    """Return the time that both cover."""
    wide = joined(others)
    return [
        span.common(other) for span in joined(spans) for other in wide if span.overlap(other) > 0
    ]


def length(spans: Iterable[Interval]) -> float:
    """Return the seconds of intervals that do not overlap."""
    return sum(span.length for span in spans)


def cut(stretches: Iterable[Stretch], spans: Sequence[Interval]) -> tuple[Stretch, ...]:
    """Return the stretches as far as they lie in spans of the child's time, by that time."""
    pieces = [
        _clipped(one, one.child.common(span))
        for one in stretches
        for span in spans
        if one.child.overlap(span) > 0
    ]
    return tuple(sorted(pieces, key=lambda one: (one.child, one.parent or one.child)))


def _clipped(one: Stretch, span: Interval) -> Stretch:
    """Return a stretch that is no longer than a span within it."""
    if span == one.child or one.parent is None:
        return Stretch(span, one.parent, one.rate)
    shares = [(time - one.child.start) / one.child.length for time in (span.start, span.end)]
    if one.rate < 0:
        shares = [1.0 - share for share in reversed(shares)]
    start, end = (one.parent.start + share * one.parent.length for share in shares)
    return Stretch(span, Interval(start, end), one.rate) if start < end else one


def _without(span: Interval, cover: Interval) -> list[Interval]:
    ends = ((span.start, min(span.end, cover.start)), (max(span.start, cover.end), span.end))
    return [Interval(start, end) for start, end in ends if start < end]
