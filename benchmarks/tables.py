"""Tables and numbers as Markdown."""

from collections.abc import Iterator, Sequence

SMALL = 0.1
"""A share below it is told with two digits."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def number(value: float | None) -> str:
    """Return a number as people write it.

    >>> number(12345.6), number(0.25), number(None)
    ('12,346', '0.25', '–')
    """
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 # three digits


def percent(value: float | None) -> str:
    """Return a share in percent, a small one with two digits that say something.

    >>> percent(0.5), percent(0.00123), percent(1.0), percent(None)
    ('50 %', '0.12 %', '100 %', '–')
    """
    if value is None:
        return "–"
    return f"{100 * value:.{2 if 0 < value < SMALL else 3}g} %"
