"""What people said of the findings, put into a report that left room for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from lineage.report import counted, readable

ROOM = re.compile(r"<!--review:(\d+)-->")
"""Where a report leaves room; no text of the input can look like this, since `<` is escaped."""
SUM = "<!--reviews-->"
UNREVIEWED = "Not reviewed by a person: do not publish it as a fact."
CLASSES = {"confirmed": "review confirmed", "rejected": "review rejected"}
SENTENCES = {
    "confirmed": "Confirmed by a person",
    "rejected": "Rejected by a person: it does not hold",
    None: "Commented on by a person, not decided",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of a finding.

    Attributes:
        verdict: "confirmed", "rejected", or None for a comment alone.
        comment: In that person's words.
        who: Who that was.
        at: When, in seconds since 1970.
    """

    verdict: str | None
    comment: str | None
    who: str
    at: float


def marked(page: str, said: Mapping[int, Said]) -> str:
    """Return a report in which each finding says what became of it.

    Args:
        page: As `page.page` makes it where it is to be reviewed.
        said: By number of the finding, from 1.
    """
    count = len(ROOM.findall(page))
    known = {number: one for number, one in said.items() if 1 <= number <= count}
    shown = ROOM.sub(lambda found: _mark(known.get(int(found[1]))), page)
    return shown.replace(SUM, _sum(known, count))


def summed(said: Mapping[int, Said], count: int) -> str:
    """Return how many findings were confirmed, rejected and not reviewed, in a sentence.

    >>> summed({1: Said("confirmed", None, "ada", 0.0)}, 3)
    'Of 3 findings, people confirmed 1 and rejected 0; 2 are not decided.'
    """
    verdicts = [one.verdict for one in said.values()]
    yes, no = verdicts.count("confirmed"), verdicts.count("rejected")
    rest = count - yes - no
    return (
        f"Of {counted(count, 'finding')}, people confirmed {yes} and rejected {no}; "
        f"{rest} {'is' if rest == 1 else 'are'} not decided."
    )


def _sum(said: Mapping[int, Said], count: int) -> str:
    return str(Markup('<p class="reviews">{}</p>').format(summed(said, count)))


def _mark(one: Said | None) -> str:
    if one is None:
        return str(Markup('<p class="review">{}</p>').format(UNREVIEWED))
    when = datetime.fromtimestamp(one.at, UTC)
    mark = Markup('<p class="{}"><b>{}</b> ({}, <time datetime="{}">{} UTC</time>).{}</p>').format(
        CLASSES.get(one.verdict or "", "review"),
        SENTENCES[one.verdict],
        readable(one.who),
        when.isoformat(timespec="seconds"),
        f"{when:%Y-%m-%d %H:%M}",
        Markup(" <q>{}</q>").format(one.comment) if one.comment else "",
    )
    return str(mark)
