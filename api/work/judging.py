"""What people say of a trace's findings, as reports tell it: in whose name, and at which moment."""

from collections.abc import Iterable, Mapping, Sequence

from api.exports.texts import text
from api.exports.verdicts import Said
from index.catalogue import keys, reviews
from index.catalogue.reviews import Review
from index.catalogue.tasks import Task
from index.desk import Desk

HERE = "at the service's own machine"
"""Who said something, where there are no keys."""


def said(desk: Desk, trace: Task, *, upto: int | None = None) -> Mapping[int, Sequence[Said]]:
    """Return what people say of a trace's findings, by number: the last word of each person.

    Args:
        desk: Where it is.
        trace: Whose findings.
        upto: As it was when the word of this number had been said; None for now.
    """
    with desk.reading() as change:
        words = reviews.standing(change, trace.number, upto=upto)
    names = named(desk, (one for every in words.values() for one in every))
    return {
        int(finding): [
            Said(one.verdict, one.comment, names.get(one.who, HERE), one.at) for one in every
        ]
        for finding, every in words.items()
    }


def named(desk: Desk, said: Iterable[Review]) -> Mapping[str, str]:
    """Return the names of those who said something, by id, as far as they have one."""
    with desk.reading() as change:
        known = {who: keys.find(change, who) for who in {one.who for one in said}}
    return {who: text(key.name) for who, key in known.items() if key is not None}
