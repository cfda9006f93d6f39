"""Which seconds of archived files were reused, as a strip and tables in the terminal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from api.exports.coverage import best
from api.exports.trees import name
from index.values import Channel, Interval
from lineage.coverage import SHARING, Coverage, Peak, Step, Tie, Use, steps
from lineage.derivations import Node
from lineage.report import clock, counted, length
from lineage.reuse import MostReused, Reuse

CELLS, LEAST, BESIDE = 72, 8, 28
"""Signs of a strip at most and at least, and room for what stands beside it."""
NONE, HEIGHTS = "·", "▁▂▃▄▅▆▇█"
NAMES, TIMES = 6, 4
"""Files and times that are told one by one; of more only the number is told, and JSON has them."""
HEADS = {Channel.PICTURE: "Pictures", Channel.SOUND: "Sound"}
TIES = {
    Tie.DESCENDANT: "made from it",
    Tie.ANCESTOR: "it was made from this",
    Tie.OTHER: "also has it; not known to be made from it",
}
"""What is said of a file that shows some of an asset."""


@dataclass(frozen=True, slots=True)
class Strips:
    """Strips of one channel of a file, as wide as the terminal has room.

    Attributes:
        steps: How many files show each moment.
        duration: Of the file, or longer.
    """

    steps: tuple[Step, ...]
    duration: float

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a strip of files made from it, another of those that have it besides, and times."""
        width = max(LEAST, min(CELLS, options.max_width - BESIDE))
        grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for _ in range(3):
            grid.add_column(no_wrap=True)
        kinds: Mapping[str, Callable[[Step], int]] = {
            "made from it": lambda one: one.descendants,
            "also in": lambda one: one.ancestors + one.others,
        }
        for label, count in kinds.items():
            levels = cells(self.steps, count, self.duration, number=width)
            highest = max(levels)
            if highest:
                bars = Text(strip(levels, highest), style="cyan")
                grid.add_row(Text(label), bars, Text(f"█ {counted(highest, 'file')}"))
        end = clock(self.duration)
        grid.add_row("", Text(f"{clock(0):<{width - len(end)}}{end}", style="dim"), "")
        yield grid


def covered(found: Reuse, *, top: int) -> RenderableType:
    """Return strips of a file by time, its most reused stretches, and who shows what of it.

    Args:
        found: What others show of it.
        top: How many stretches of each channel.
    """
    nodes = {one.id: one for one in found.nodes}
    asset = found.asset
    duration = 0.0 if asset.media is None else asset.media.duration
    rows: list[RenderableType] = [
        Text(name(asset), style="bold")
        .append(f"  {clock(duration)}", style="dim not bold")
        .append(f"  {asset.id}", style="dim not bold")
    ]
    for each in found.coverages:
        ends = [one.end for use in each.uses for one in use.stretches]
        whole = steps(each.uses)
        head = Text(HEADS[each.channel], style="bold").append(f"  {_said(each, whole)}", "not bold")
        rows += ["", head, Strips(whole, max(duration, *ends))]
        peaks = best(each, top)
        if peaks:
            rows += ["", _peaks(peaks, nodes)]
        rows += ["", _files(each.uses, nodes)]
    return Group(*rows)


def most(found: MostReused) -> RenderableType:
    """Return the most reused stretches of an archive, a table for each channel."""
    nodes = {one.id: one for one in found.nodes}
    rows: list[RenderableType] = []
    for channel, head in HEADS.items():
        told = [one for one in found.stretches if one.channel is channel]
        if told:
            grid = _grid("Of", "From – to", "Shown by", "Made from it")
            for one in told:
                grid.add_row(Text(name(nodes[one.asset])), *_peak(one.peak, nodes))
            rows += [*([""] if rows else []), Text(head, style="bold"), grid]
    return Group(*rows)


def strip(levels: Sequence[int], most: int) -> str:
    """Return numbers as bars of eight heights, the highest for the most; a dot for none.

    >>> strip([0, 1, 2, 4], 4)
    '·▂▄█'
    """
    last = len(HEIGHTS)
    return "".join(HEIGHTS[-(-one * last // most) - 1] if one else NONE for one in levels)


def cells(
    whole: Iterable[Step], count: Callable[[Step], int], duration: float, *, number: int
) -> list[int]:
    """Return the most files that show any of each of some equal parts of a file.

    Args:
        whole: How many files show each moment.
        count: Which of them count.
        duration: Of the file, or longer.
        number: Of the parts.
    """
    found = [0] * number
    for one in whole:
        start, end = (number * time / duration for time in (one.interval.start, one.interval.end))
        last = min(number, max(int(start) + 1, -int(-end // 1)))
        for place in range(min(int(start), number - 1), last):
            found[place] = max(found[place], count(one))
    return found


def _said(coverage: Coverage, whole: Sequence[Step]) -> str:
    """Return in a sentence how much of a file was reused."""
    others = len(coverage.of(*SHARING))
    also = f"{counted(others, 'other file')} {'has' if others == 1 else 'have'} some of it."
    made = coverage.of(Tie.DESCENDANT)
    if not made:
        return f"No file is known to be made from it; {also}"
    seconds = length(coverage.seconds(Tie.DESCENDANT))
    at_once = max(one.descendants for one in whole)
    files = f"{counted(len(made), 'file')} made from it"
    told = f"{files} {'shows' if len(made) == 1 else 'show'} {seconds} of it"
    told += f", up to {at_once} at once" if len(made) > 1 else ""
    return f"{told}; {also}" if others else f"{told}."


def _peaks(peaks: Iterable[Peak], nodes: Mapping[str, Node]) -> Table:
    grid = _grid("Most reused", "Shown by", "Made from it")
    for one in peaks:
        grid.add_row(*_peak(one, nodes))
    return grid


def _peak(peak: Peak, nodes: Mapping[str, Node]) -> tuple[Text, Text, Text]:
    files = counted(peak.at_once, "file")
    if len(peak.files) > peak.at_once:
        files = f"{peak.at_once:,} of {counted(len(peak.files), 'file')} at once"
    names = sorted(name(nodes[one]) for one in peak.files)
    return Text(_span(peak.interval)), Text(files), Text(_listed(names, NAMES))


def _files(uses: Iterable[Use], nodes: Mapping[str, Node]) -> Table:
    grid = _grid("By whom", "How", "Which of its seconds")
    order = list(Tie)
    for one in sorted(
        uses, key=lambda use: (order.index(use.tie), name(nodes[use.file]), use.file)
    ):
        times = _listed([_span(each) for each in one.stretches], TIMES)
        grid.add_row(Text(name(nodes[one.file])), Text(TIES[one.tie]), Text(times))
    return grid


def _grid(*heads: str) -> Table:
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    for head in heads:
        grid.add_column(head, overflow="fold")
    return grid


def _span(one: Interval) -> str:
    return f"{clock(one.start)}–{clock(one.end)}"


def _listed(words: Sequence[str], most: int) -> str:
    """Return words in a row, the last of many as their number.

    >>> _listed(["a", "b", "c"], 2)
    'a, b, 1 more'
    """
    rest = [f"{len(words) - most:,} more"] if len(words) > most else []
    return ", ".join([*words[:most], *rest])
