"""What an answer about a forgery got wrong, the truth being known."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from api.demo.forge import Forgery, Taken
from index.values import Channel, Interval
from lineage.values import Report

ROUNDING = 0.002
"""Seconds; containers keep times in thousandths at worst."""


def misses(forgery: Forgery, report: Report) -> list[str]:
    """Return one sentence for each thing the answer got wrong; none if all is right.

    Right means: each stretch was found in the right file, begins and ends within a frame of the
    truth on both sides, and nothing else was found.
    """
    found = list(_stretches(report))
    slack = forgery.frame + ROUNDING
    missed = [
        f"{_told(taken)} was not found."
        for taken in forgery.taken
        if not any(_same(taken, each, slack) for each in found)
    ]
    false = [
        f"{_told(each)} was found, which is wrong."
        for each in found
        if not any(_same(taken, each, slack) for taken in forgery.taken)
    ]
    return missed + false


def _stretches(report: Report) -> Iterator[Taken]:
    """Yield what was found in the picture; what goes on unbroken on both sides is one stretch."""
    for source in report.sources:
        if source.channel is Channel.PICTURE:
            yield from _joined(
                Taken(source.asset.name, segment.query, segment.source)
                for segment in source.segments
            )


def _joined(stretches: Iterable[Taken]) -> Iterator[Taken]:
    ordered = list(stretches)
    if not ordered:
        return
    open_one = ordered[0]
    for before, after in pairwise(ordered):
        gaps = (
            after.query.start - before.query.end,
            after.source.start - before.source.end,
        )
        if max(map(abs, gaps)) < ROUNDING:
            open_one = Taken(
                open_one.original,
                Interval(open_one.query.start, after.query.end),
                Interval(open_one.source.start, after.source.end),
            )
        else:
            yield open_one
            open_one = after
    yield open_one


def _same(a: Taken, b: Taken, slack: float) -> bool:
    return a.original == b.original and all(
        abs(one - other) <= slack
        for one, other in (
            (a.query.start, b.query.start),
            (a.query.end, b.query.end),
            (a.source.start, b.source.start),
            (a.source.end, b.source.end),
        )
    )


def _told(taken: Taken) -> str:
    query, source = taken.query, taken.source
    return (
        f"{query.start:.2f}–{query.end:.2f} s from {taken.original} "
        f"at {source.start:.2f}–{source.end:.2f} s"
    )
