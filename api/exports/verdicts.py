"""What people said of the findings: put into a report that left room for it, or kept to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from markupsafe import Markup

from lineage.report import counted, readable, summary
from lineage.values import Report

ROOM = re.compile(r"<!--review:(\d+)-->")
"""Where a report leaves room; no text of the input can look like this, since `<` is escaped."""
SUM = "<!--reviews-->"
UNREVIEWED = "Not reviewed by a person: do not publish it as a fact."
DISPUTED = "People disagree on this: do not publish it as a fact."
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


def decided(said: Sequence[Said]) -> str | None:
    """Return the verdict of all who gave one; None where nobody did, or they disagree."""
    verdicts = {one.verdict for one in said} - {None}
    return verdicts.pop() if len(verdicts) == 1 else None


def disputed(said: Sequence[Said]) -> bool:
    """Return whether some confirm what others reject."""
    return len({one.verdict for one in said} - {None}) > 1


def confirmed(
    answer: Report, said: Mapping[int, Sequence[Said]]
) -> tuple[Report, Mapping[int, Sequence[Said]]]:
    """Return an answer that tells of no finding but those that people confirmed, and none rejects.

    Neither its summary nor what is said to have been done to a source tells of others.

    Args:
        answer: What was found.
        said: By number of the finding, from 1: the last word of each person.

    Returns:
        That answer, and what was said by the numbers that findings have there.
    """
    sure = [
        number
        for number in range(1, len(answer.findings) + 1)
        if decided(said.get(number, ())) == "confirmed"
    ]
    kept = tuple(answer.findings[number - 1] for number in sure)
    known = {(one.source_index, one.kind) for one in kept}
    unsure = {(one.source_index, one.kind) for one in answer.findings} - known
    derivations = tuple(
        replace(one, kinds=tuple(k for k in one.kinds if (one.source_index, k) not in unsure))
        for one in answer.derivations
    )
    words = summary(
        answer.query,
        answer.sources,
        unexplained=answer.unexplained,
        searched=answer.searched,
        findings=kept,
    )
    told = replace(answer, findings=kept, derivations=derivations, summary=words)
    return told, {place: said[number] for place, number in enumerate(sure, 1)}


def marked(page: str, said: Mapping[int, Sequence[Said]]) -> str:
    """Return a report in which each finding says what became of it.

    Args:
        page: As `page.page` makes it where it is to be reviewed.
        said: By number of the finding, from 1: the last word of each person.
    """
    count = len(ROOM.findall(page))
    known = {number: words for number, words in said.items() if 1 <= number <= count}
    shown = ROOM.sub(lambda found: _marks(known.get(int(found[1]), ())), page)
    return shown.replace(SUM, _sum(known, count))


def summed(said: Mapping[int, Sequence[Said]], count: int) -> str:
    """Return how many findings were confirmed, rejected and not reviewed, in a sentence.

    >>> yes, no = Said("confirmed", None, "ada", 0.0), Said("rejected", None, "bob", 0.0)
    >>> summed({1: [yes]}, 3)
    'Of 3 findings, people confirmed 1 and rejected 0; 2 are not decided.'
    >>> summed({1: [yes], 2: [yes, no]}, 3)
    'Of 3 findings, people confirmed 1 and rejected 0, and disagree on 1; 1 is not decided.'
    """
    verdicts = [decided(words) for words in said.values()]
    yes, no = verdicts.count("confirmed"), verdicts.count("rejected")
    split = sum(map(disputed, said.values()))
    rest = count - yes - no - split
    return (
        f"Of {counted(count, 'finding')}, people confirmed {yes} and rejected {no}"
        f"{f', and disagree on {split}' if split else ''}; "
        f"{rest} {'is' if rest == 1 else 'are'} not decided."
    )


def told(one: Said) -> str:
    """Return what a person decided, and in which words, in a sentence or two.

    >>> told(Said("confirmed", "I heard it.", "ada", 0.0))
    'Confirmed by a person. I heard it.'
    """
    return f"{SENTENCES[one.verdict]}.{f' {one.comment}' if one.comment else ''}"


def _sum(said: Mapping[int, Sequence[Said]], count: int) -> str:
    return str(Markup('<p class="reviews">{}</p>').format(summed(said, count)))


def _marks(said: Sequence[Said]) -> str:
    """Return what is shown of a finding: the last word of each, and whether they disagree."""
    if not said:
        return str(Markup('<p class="review">{}</p>').format(UNREVIEWED))
    split = Markup('<p class="review"><b>{}</b></p>').format(DISPUTED) if disputed(said) else ""
    return str(split) + "".join(map(_mark, said))


def _mark(one: Said) -> str:
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
