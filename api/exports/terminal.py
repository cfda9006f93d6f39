"""The answer as a table for the terminal."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from index.values import Channel
from lineage.findings import Significance
from lineage.report import (
    FORGEABLE,
    Part,
    because,
    clock,
    explained,
    grounds,
    length,
    manner,
    parts,
    phrases,
    readable,
    relation,
    said,
    shortened,
    signs,
    source_span,
    span,
    weighed,
    when,
)
from lineage.values import Hint, Lookup, Report, Unexplained

HUES = ("cyan", "magenta", "yellow", "blue", "green", "red")
"""One for each source, in the sentence and in the table; from the start again after six."""


def table(report: Report) -> RenderableType:
    """Return the sentence, one row for each stretch in the query's order, and the limits."""
    rows: list[RenderableType] = [_heading(report), _sentence(report)]
    if report.sources or report.unexplained:
        rows += ["", _stretches(report)]
    rows += _related(report)
    rows += _findings(report)
    rows += _said(report)
    return Group(*rows, *_limits(report.limits))


def suggested(answer: Lookup) -> RenderableType:
    """Return what a look-up says: the sentence, one row for each candidate, and the limits."""
    name = "(name kept back)" if answer.name is None else readable(answer.name)
    heading = Text(name, style="bold", overflow="fold")
    heading.append(f"  {clock(answer.duration)}", style="dim not bold")
    rows: list[RenderableType] = [heading, Text(answer.summary)]
    if answer.hints:
        grid = _grid("In the clip", "Candidate", "About, in the source", "By what")
        for hint in answer.hints:
            grid.add_row(*_suggestion(hint))
        rows += ["", grid]
    return Group(*rows, *_limits(answer.limits))


def _heading(report: Report) -> Text:
    media = report.query.media
    facts = [clock(media.duration)]
    if media.has_picture:
        facts.append(f"{media.width}×{media.height}")
    name = Text(readable(report.query.name), style="bold", overflow="fold")
    return name.append(f"  {' · '.join(facts)}", style="dim not bold")


def _sentence(report: Report) -> Text:
    told = phrases(
        report.query,
        report.sources,
        unexplained=report.unexplained,
        searched=report.searched,
        findings=report.findings,
    )
    sentence = Text()
    for phrase in told:
        sentence.append(phrase.text, style="" if phrase.source is None else _hue(phrase.source))
    return sentence


def _stretches(report: Report) -> RenderableType:
    grid = _grid("In the clip", "Source", "In the source", "How")
    grid.add_column("Sure", justify="right", no_wrap=True)
    rows = [(part.segment.query.start, _found(part, report)) for part in parts(report.sources)]
    rows += [(gap.query.start, _missing(gap)) for gap in report.unexplained]
    for _, cells in sorted(rows, key=lambda row: row[0]):
        grid.add_row(*cells)
    return Padding(grid, (0, 0))


def _related(report: Report) -> list[RenderableType]:
    """Return which was made from which, as far as anything speaks for it."""
    told = [one for one in report.derivations if one.known]
    if not told:
        return []
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    for one in told:
        sure = f"{one.confidence:.2f}" if one.decided else ""
        said = Text(relation(one, report.sources), style=_hue(one.source_index))
        grid.add_row(said, Text(sure))
        grid.add_row(Text(" ".join(signs(one, report.sources)), style="dim"), Text(""))
    return ["", Text("Which was made from which", style="bold"), grid]


def _findings(report: Report) -> list[RenderableType]:
    """Return what was done, what may alter the meaning first; technical changes dimmed."""
    if not report.findings:
        return []
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for one in weighed(report.findings):
        style = "dim" if one.significance is Significance.TECHNICAL else ""
        hue = style if one.source_index is None else _hue(one.source_index)
        grid.add_row(
            Text(when(one), style=style),
            Text(one.kind.value, style=hue),
            Text(readable(explained(one, report.sources)), style=style),
        )
    return ["", Text("What was done to it", style="bold"), grid]


def _said(report: Report) -> list[RenderableType]:
    """Return what files say of themselves, if they say more than which program wrote them."""
    files = said(report)
    if not files:
        return []
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold", ratio=1)
    grid.add_column(overflow="fold", ratio=3)
    for one in files:
        name = "the clip" if one.source is None else shortened(one.name)
        hue = "" if one.source is None else _hue(one.source)
        grid.add_row(Text(name, style=hue), Text("\n".join(one.lines)))
    return ["", Text("What the files say of themselves", style="bold"), grid, Text(FORGEABLE)]


def _grid(query: str, source: str, place: str, how: str) -> Table:
    """Return a table whose columns have these heads."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    grid.add_column(query, no_wrap=True)
    grid.add_column(source, overflow="fold", ratio=2)
    grid.add_column(place, no_wrap=True)
    grid.add_column(how, overflow="fold", ratio=1)
    return grid


def _limits(limits: Sequence[str]) -> list[RenderableType]:
    if not limits:
        return []
    listed = "\n".join(f"· {readable(limit)}" for limit in limits)
    title = Text("What this search could have missed", style="bold")
    return ["", title, Text(listed, style="dim")]


def _suggestion(hint: Hint) -> list[Text]:
    start, end = clock(hint.source.start, digits=0), clock(hint.source.end, digits=0)
    return [
        Text(f"{clock(hint.query.start)}–{clock(hint.query.end)}"),
        Text(readable(hint.asset.name)),
        Text(f"{end}–{start}" if hint.rate < 0 else f"{start}–{end}"),
        Text(", ".join(grounds(hint))),
    ]


def _found(part: Part, report: Report) -> list[Text]:
    segment = part.segment
    asset = report.sources[part.source].asset
    words = ["sound"] if segment.channel == Channel.SOUND else []
    words += manner(segment)
    if not segment.frame_exact:
        words.append("about")
    return [
        Text(span(segment)),
        Text(readable(asset.name), style=_hue(part.source)),
        Text(source_span(segment)),
        Text(", ".join(words)),
        Text(f"{segment.confidence:.2f}"),
    ]


def _missing(gap: Unexplained) -> list[Text]:
    where = Text(f"{clock(gap.query.start)}–{clock(gap.query.end)}", style="dim")
    lead = "Sound: " if gap.channel == Channel.SOUND else ""
    why = Text(f"{lead}{because(gap)}", style="dim")
    return [where, why, Text(""), Text(length(gap.query.length), style="dim"), Text("")]


def _hue(source: int) -> str:
    return HUES[source % len(HUES)]
