"""How a pair fares among all the others of the archive, in words for a person."""

from lineage.report import counted, readable
from lineage.steps.values import Contest, Measure, Step

NAMED = 3


def stood(contest: Contest) -> Step:
    """Return whether what one asset alone would explain is also told among all of the archive."""
    measures: tuple[Measure, ...] = (
        Measure("files in the archive", contest.assets),
        Measure("other files found for the same time", len(contest.others)),
    )
    files = counted(contest.assets, "file")
    if contest.held:
        beside = f", beside {_names(contest.others)}" if contest.others else ""
        return Step(
            "archive", f"It is found among all {files} of the archive as well{beside}.", measures
        )
    asked = [one for one in contest.standings if one.place is not None]
    best = min(asked, key=lambda one: one.place or 0, default=None)
    if best is not None and best.place is not None:
        measures += (
            Measure("its place among what is looked at", best.place, f"of {best.candidates}"),
            Measure("places looked at, at most", best.reach),
        )
    sentence = (
        f"Alone it would be found, but not among all {files} of the archive: {_reason(contest)}."
    )
    return Step("archive", sentence, measures, passed=False)


def _reason(contest: Contest) -> str:
    standings = contest.standings
    if contest.like:
        return (
            f"{_names(contest.others)} surely shows the same time and goes straight on, where this "
            "file shows another moment that is like it"
        )
    if any(one.told for one in standings):
        return f"{_names(contest.others)} had explained the same time before its turn"
    late = [one for one in standings if one.place is not None and one.place > one.reach]
    if late:
        return f"so many others looked likelier that it was not looked at ({late[0].way})"
    if contest.others and any(not one.asked for one in standings):
        return f"{_names(contest.others)} had explained the same time already"
    if all(one.place is None for one in standings):
        return "what is alike is like too many other files to point to any"
    return "beside what the others explain, too little of it was left to be proven"


def _names(others: tuple[str, ...]) -> str:
    if not others:
        return "other files"
    shown = [readable(name) for name in others[:NAMED]]
    more = len(others) - len(shown)
    return ", ".join(shown) + (f" and {counted(more, 'other')}" if more else "")
