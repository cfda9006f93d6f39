"""Plots as SVG text, legible on light and dark pages alike; a pure function for each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.page { fill: #ffffff; } .grid { stroke: #d8dee4; }
.bed { fill: #eaeef2; } .quiet { fill: #57606a; }
.own { fill: #0969da; } .peer { fill: #8c959f; } .ahead { fill: #bc4c00; }
.said { stroke: #bc4c00; stroke-width: 3; } .doubt { stroke: #24292f; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .page { fill: #0d1117; } .grid { stroke: #30363d; }
  .bed { fill: #21262d; } .quiet { fill: #9198a1; }
  .own { fill: #1f6feb; } .peer { fill: #6e7681; } .ahead { fill: #f0883e; }
  .said { stroke: #f0883e; } .doubt { stroke: #e6edf3; }
}
"""
ROW, LEFT, COLUMN, TOP = 20, 110, 112, 52
"""Pixels of a plot of bars: height of a row, room for names, width of a column, room for heads."""
BIN, HIGH, EDGE = 62, 200, 48
"""Pixels of a reliability diagram: width of a bin, height of a panel, room around it."""
SURE = 1.96
"""Standard errors within which a share lies with 95 % certainty."""


def reliability(channels: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return a reliability diagram: how often answers are right beside how sure they were.

    Bins are drawn as wide as one another, since nearly all answers are in the surest.

    Args:
        channels: Bins by channel, as `reliability.bins` makes them.
    """
    lines = [
        f'<rect class="own" x="{EDGE}" y="10" width="12" height="12"/>',
        _text(EDGE + 18, 20, "share that is right, with its 95 % interval"),
        _line("said", EDGE + 280, 16, EDGE + 304, 16),
        _text(EDGE + 310, 20, "how sure they are"),
    ]
    panel = HIGH + 84
    for number, (name, bins) in enumerate(channels.items()):
        lines += _panel(name, bins, 62 + panel * number)
    count = max(map(len, channels.values()), default=0)
    return _svg(2 * EDGE + BIN * count, 46 + panel * len(channels), lines)


def interval(share: float, count: int) -> tuple[float, float]:
    """Return between which shares the true one lies with 95 % certainty.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22, 1927.

    >>> [round(end, 2) for end in interval(1.0, 10)]
    [0.72, 1.0]
    """
    square = SURE**2 / count
    middle = (share + square / 2) / (1 + square)
    room = SURE / (1 + square) * (share * (1 - share) / count + square / 4 / count) ** 0.5
    return max(0.0, middle - room), min(1.0, middle + room)


def recall(rows: Sequence[tuple[str, Sequence[float | None]]], names: Sequence[str]) -> str:
    """Return bars of shares, a row for each edit and a column for each who answered.

    Args:
        rows: An edit and the share each reached; None where it was not asked.
        names: Of those who answered, our own first. Where one is ahead of it, its bar stands out.
    """
    lines = [
        _text(LEFT + COLUMN * column, TOP - 16, name, "quiet" if column else "")
        for column, name in enumerate(names)
    ]
    for row, (edit, shares) in enumerate(rows):
        y = TOP + ROW * row
        lines.append(_text(LEFT - 8, y + 11, edit, anchor="end"))
        own = shares[0] or 0.0
        for column, share in enumerate(shares):
            mark = "own" if not column else "ahead" if share is not None and share > own else "peer"
            lines += _bar(LEFT + COLUMN * column, y, share, mark)
    return _svg(LEFT + COLUMN * len(names), TOP + ROW * len(rows) + 12, lines)


def _bar(x: float, y: float, share: float | None, mark: str) -> Iterator[str]:
    wide = COLUMN - 50
    if share is None:
        yield _text(x, y + 11, "not asked", "quiet")
        return
    yield f'<rect class="bed" x="{x}" y="{y}" width="{wide}" height="{ROW - 6}"/>'
    if share:
        bar = f'x="{x}" y="{y}" width="{wide * share:.1f}" height="{ROW - 6}"'
        yield f'<rect class="{mark}" {bar}/>'
    yield _text(x + wide + 6, y + 11, f"{share:.2f}", "" if mark == "own" else "quiet")


def _panel(name: str, bins: Sequence[Mapping[str, Any]], top: float) -> Iterator[str]:
    """Yield a channel's bins, its answers counted under each."""
    count = sum(one["count"] for one in bins)
    yield _text(EDGE, top - 12, f"{name}, {count:,} answers")
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + HIGH * (1 - share)
        yield _line("grid", EDGE, y, EDGE + BIN * len(bins), y)
        yield _text(EDGE - 8, y + 4, f"{share:g}", "quiet", anchor="end")
    for column, one in enumerate(bins):
        left, middle = EDGE + BIN * column + 8, EDGE + BIN * (column + 0.5)
        span = f"{one['low']:g}–{one['high']:g}"
        yield _text(middle, top + HIGH + 18, span, anchor="middle")
        yield _text(middle, top + HIGH + 34, f"{one['count']:,}", "quiet", anchor="middle")
        if not one["count"]:
            continue
        tall = HIGH * one["right"]
        place = f'x="{left}" y="{top + HIGH - tall:.1f}" width="{BIN - 16}" height="{tall:.1f}"'
        yield f'<rect class="own" {place}/>'
        low, high = (top + HIGH * (1 - end) for end in interval(one["right"], one["count"]))
        yield _line("doubt", middle, low, middle, high)
        said = top + HIGH * (1 - one["sure"])
        yield _line("said", left - 4, said, left + BIN - 12, said)


def _line(mark: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{mark}" x1="{x1:g}" y1="{y1:.1f}" x2="{x2:g}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, words: str, mark: str = "", *, anchor: str = "start") -> str:
    kind = f' class="{mark}"' if mark else ""
    return f'<text{kind} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(width: float, height: float, lines: Sequence[str]) -> str:
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    page = f'<rect class="page" width="{width:g}" height="{height:g}"/>'
    return "\n".join([head, f"<style>\n{STYLE}</style>", page, *lines, "</svg>"]) + "\n"
