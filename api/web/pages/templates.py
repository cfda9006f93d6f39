"""The templates, and what all of them are given."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from fastapi import Request
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.exports.families.page import FILTERS as OF_FAMILIES
from api.exports.page import FILTERS as OF_REPORTS
from lineage.report import counted, shortened

SIZES = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


@cache
def environment() -> Environment:
    """Return what renders pages: everything shown is escaped."""
    made = Environment(
        # Timelines and drawings of families are the reports' own.
        loader=ChoiceLoader([PackageLoader("api.web"), PackageLoader("api.exports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        **OF_REPORTS,
        **OF_FAMILIES,
        "moment": moment,
        "day": day,
        "size": size,
        "many": many,
        "worded": worded,
    }
    made.filters["shortname"] = shortened
    return made


def rendered(template: str, request: Request, **facts: Any) -> str:  # noqa: ANN401 # a template's own
    """Return a page.

    Args:
        template: The file's name.
        request: Whose page it is; its path says where one is in the navigation, and its session
            whether one is signed in and what scripts send to prove that this page asks.
        facts: What the template shows.
    """
    state = request.scope.get("state", {})
    return (
        environment()
        .get_template(template)
        .render(
            path=request.url.path,
            proof=state.get("proof"),
            signed_in=state.get("session") is not None,
            **facts,
        )
    )


def fragment(template: str, **facts: Any) -> Markup:  # noqa: ANN401 # a template's own
    """Return a part of a page, the same for whoever asks."""
    # The template escapes what it is given.
    return Markup(environment().get_template(template).render(**facts))  # noqa: S704


def moment(at: datetime | str) -> Markup:
    """Return a time as an element: in UTC, until a script says it by the clock of whoever reads."""
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    # Day and month read the same in every order of writing.
    told = f"{when.day} {when:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(when.isoformat(), told)


def day(at: datetime) -> Markup:
    """Return the day of a time, as `moment` does."""
    told = f"{at.day} {at:%b %Y}"
    return Markup('<time datetime="{}" data-form="day">{}</time>').format(at.isoformat(), told)


def size(count: int) -> str:
    r"""Return a number of bytes as people say it.

    >>> size(999), size(1_500_000), size(2_000_000_000)
    ('999\xa0bytes', '1.5\xa0MB', '2\xa0GB')
    """
    for unit, least in SIZES:
        if count >= least:
            return f"{count / least:.3g}\N{NO-BREAK SPACE}{unit}"
    return f"{count}\N{NO-BREAK SPACE}bytes"


def many(facts: Mapping[str, Any]) -> str:
    """Return what was found in a few words, given the facts of a trace's outcome.

    >>> many({"sources": 2, "findings": 1}), many({"sources": 0, "findings": 0})
    ('2 sources, 1 finding', 'not in these archives')
    >>> many({"candidates": 1})
    '1 candidate, not proven'
    """
    if facts.get("candidates"):
        return f"{counted(facts['candidates'], 'candidate')}, not proven"
    sources, findings = facts.get("sources", 0), facts.get("findings", 0)
    if not sources:
        return "not in these archives"
    told = f"{sources} {'source' if sources == 1 else 'sources'}"
    return f"{told}, {findings} {'finding' if findings == 1 else 'findings'}" if findings else told


def worded(text: str) -> Markup:
    """Return a sentence as markup, with what stands between backticks as code.

    >>> worded("Run `a <b>` now.")
    Markup('Run <code>a &lt;b&gt;</code> now.')
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Markup("{}").format(text)
    shown = ("<code>{}</code>" if number % 2 else "{}" for number in range(len(parts)))
    return Markup("").join(
        Markup(one).format(part)  # noqa: S704 - ours; what is put in is escaped
        for one, part in zip(shown, parts, strict=True)
    )
