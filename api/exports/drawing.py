"""The timeline as shapes: lying on a wide page, upright on a phone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from api.exports.ribbons import LEAST, Band, Chart, Piece, Reach, chart
from api.exports.shapes import BOX, UPRIGHT_BOX, Drawing, Label, Rect, Ribbon, Sizes, percent, plain
from index.values import Channel
from lineage.report import HOUR, Part, clock, manner, readable, shortened, source_span, span
from lineage.values import Report

HUES = 8
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# The narrowest room for the lying timeline, pixels: the page turns it upright below 600.
NARROWEST = 560
SIGN = 6.6
"""Mean width of a sign at 12 pixels, a little generous."""
TIME = 44
LETTER = 16
LINE = 16
# Narrower columns have no room for "0:00.0" beside them; the list of stretches has the times.
ROOM_FOR_TIMES = 18
# More names than these would push one another onto ever more lanes.
FEW_SOURCES = 5
# With words below each, more pieces than these would take more than a screen.
FEW_PIECES = 80
NAME_SIGNS = 40


def letter(source: int) -> str:
    """Return the sign that stands for a source on the page.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(source, len(LETTERS))
    return (letter(before - 1) if before else "") + LETTERS[last]


def hue(source: int) -> str:
    """Return the class that gives a source its colour; from the start again after eight."""
    return f"h{source % HUES}"


def anchor(part: Part) -> str:
    """Return the id of the place on the page that shows a segment."""
    return f"stretch-{part.source + 1}-{part.number + 1}"


def telling(band: Band, report: Report) -> str:
    """Return what a ribbon says, in words."""
    segment = band.part.segment
    name = readable(report.sources[band.part.source].asset.name)
    verb = "sounds like" if segment.channel is Channel.SOUND else "shows"
    words = [f"{span(segment)} {verb} {name} {source_span(segment)}", *manner(segment)]
    return ", ".join(words)


def lying(report: Report) -> Drawing:
    """Return the timeline with time from left to right, the sources in lanes below the query."""
    worded = _worded(report)
    room = SIGN / NARROWEST if worded else 0.0
    whole = _chart(report, [len(name) * room for name in _names(report)])
    thick = {Channel.PICTURE: 26.0, Channel.SOUND: 16.0}
    bottom = 20 + sum(thick[channel] + 5 for channel in whole.channels) - 5
    first, lane = bottom + 72, 14 if worded else 8
    pitch = (42 if _crowded(report) else 68) if worded else 12
    end = first + pitch * whole.lanes - 8 if whole.lanes else bottom + 4
    sizes = Sizes(20, thick, 5, lane, first, pitch, end)
    words = _lying_marks(whole, sizes) if _crowded(report) else _lying_names(whole, sizes, report)
    return Drawing(
        name="lying",
        height=round(end),
        shift=0,
        box=("0", "0", "100%", plain(end), f"0 0 {BOX} {plain(end)}"),
        bars=tuple(_bars(whole, sizes)),
        ribbons=tuple(_ribbons(whole, sizes, report)),
        marks=tuple(_marks(whole, sizes)),
        labels=(
            *_lying_ticks(whole),
            *_lying_letters(whole, sizes),
            *(words if worded else ()),
        ),
        clip=whole.query,
        seconds=whole.query.length / whole.scale,
    )


def upright(report: Report) -> Drawing:
    """Return the timeline with time from top to bottom, the sources in columns beside the query."""
    segments = sum(len(source.segments) for source in report.sources)
    along = float(min(1400, max(340, 30 * segments))) if segments else 120.0
    whole = _chart(report, [LINE / along] * len(report.sources))
    thick = {Channel.PICTURE: 8.0, Channel.SOUND: 5.0}
    pitch = min(20.0, 62 / max(1, whole.lanes))
    sizes = Sizes(15, thick, 1, min(6, pitch - 1), 100 - pitch * whole.lanes, pitch, 100, along)
    return Drawing(
        name="upright",
        height=round(along) + 2 * LINE,
        shift=LINE,
        box=("0", str(LINE), "100%", plain(along), f"0 0 {UPRIGHT_BOX} {plain(along)}"),
        bars=tuple(_bars(whole, sizes)),
        ribbons=tuple(_ribbons(whole, sizes, report)),
        marks=tuple(_marks(whole, sizes)),
        labels=(
            *_upright_ticks(whole, sizes),
            *_upright_letters(whole, sizes, worded=_worded(report)),
            *(_upright_times(whole, sizes) if pitch >= ROOM_FOR_TIMES else ()),
        ),
        clip=whole.query,
        seconds=whole.query.length / whole.scale,
    )


def _chart(report: Report, labels: Sequence[float]) -> Chart:
    ends = [segment.query.end for source in report.sources for segment in source.segments]
    ends += [gap.query.end for gap in report.unexplained]
    return chart(
        # A header may promise less than was decoded, and sound go on where the picture ends.
        max([report.query.media.duration, *ends]),
        report.sources,
        report.unexplained,
        labels=labels,
        crowded=_crowded(report),
    )


def _crowded(report: Report) -> bool:
    return len(report.sources) > FEW_SOURCES


def _worded(report: Report) -> bool:
    """Return whether there is room for words beside each piece."""
    return sum(len(source.segments) for source in report.sources) <= FEW_PIECES


def _names(report: Report) -> list[str]:
    """Return the longest text that stands below a piece of each source when lying."""
    if _crowded(report):
        latest = [
            max(segment.source.end for segment in source.segments) for source in report.sources
        ]
        return [_mark(number, time) for number, time in enumerate(latest)]
    return [
        f"{letter(number)}\u2002{shortened(source.asset.name, NAME_SIGNS)}"
        for number, source in enumerate(report.sources)
    ]


def _mark(source: int, time: float) -> str:
    return f"{letter(source)} {clock(time, digits=0)}"


def _bars(whole: Chart, sizes: Sizes) -> Iterator[Rect]:
    for channel in whole.channels:
        yield sizes.rect(whole.query, sizes.bar(channel, whole.channels), "sunk")
    for piece in whole.pieces:
        start, end = sizes.piece(piece.lane)
        if piece.before is not None:
            middle, thin = (start + end) / 2, (end - start) / 12
            yield sizes.rect(piece.before, (middle - thin, middle + thin), "sunk")


def _ribbons(whole: Chart, sizes: Sizes, report: Report) -> Iterator[Ribbon]:
    for band in whole.bands:
        channel = band.part.segment.channel
        yield Ribbon(
            path=sizes.path(band, sizes.bar(channel, whole.channels)[1]),
            look=hue(band.part.source),
            hatched=band.reversed,
            href=f"#{anchor(band.part)}",
            title=telling(band, report),
        )


def _marks(whole: Chart, sizes: Sizes) -> Iterator[Rect]:
    for band in whole.bands:
        across = sizes.bar(band.part.segment.channel, whole.channels)
        yield sizes.rect(_seen(band.query), across, f"{hue(band.part.source)} shown")
        if band.reversed:
            yield sizes.rect(band.query, across, "hatch")
    for gap in whole.gaps:
        yield sizes.rect(gap.reach, sizes.bar(gap.unexplained.channel, whole.channels), "none")
    for piece in whole.pieces:
        yield sizes.rect(piece.reach, sizes.piece(piece.lane), f"{hue(piece.source)} piece")


# --- words of the lying timeline -------------------------------------------------------------


def _lying_ticks(whole: Chart) -> Iterator[Label]:
    for number, (time, along) in enumerate(whole.ticks):
        at_end = along > 1 - TIME / 2 / NARROWEST
        side = "end" if at_end else "middle" if number or along > TIME / NARROWEST else "start"
        yield Label(percent(along), "13", _tick(time, whole), side, "num")


def _lying_letters(whole: Chart, sizes: Sizes) -> Iterator[Label]:
    for band, along in _letter_places(whole, NARROWEST):
        across = sum(sizes.bar(band.part.segment.channel, whole.channels)) / 2
        sign = letter(band.part.source)
        yield Label(percent(along), plain(across + 4), sign, "middle", "letter")


def _lying_times(whole: Chart, sizes: Sizes) -> Iterator[Label]:
    taken: list[tuple[int, Reach]] = []
    for piece in sorted(whole.pieces, key=lambda piece: -piece.reach.length):
        for text, sides in _ends(piece):
            width = (len(text) + 1) * SIGN / NARROWEST
            for side in sides:
                room = (
                    Reach(piece.reach.start, piece.reach.start + width)
                    if side == "start"
                    else Reach(piece.reach.end - width, piece.reach.end)
                )
                if room.start >= 0 and room.end <= 1 and not _taken(taken, piece.lane, room):
                    taken.append((piece.lane, room))
                    x = percent(room.start if side == "start" else room.end)
                    y = plain(sizes.piece(piece.lane)[1] + LINE)
                    yield Label(x, y, text, side, "num")
                    break


def _ends(piece: Piece) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the times a piece bears and the sides at which they may stand, the better first."""
    if piece.reach.length * NARROWEST >= 2 * TIME:
        yield clock(piece.shown.start), ("start",)
        yield clock(piece.shown.end), ("end",)
    else:
        yield clock(piece.shown.start), ("start", "end")


def _taken(taken: Sequence[tuple[int, Reach]], lane: int, room: Reach) -> bool:
    return any(
        lane == other and room.start < one.end and one.start < room.end for other, one in taken
    )


def _lying_names(whole: Chart, sizes: Sizes, report: Report) -> Iterator[Label]:
    """Yield the times below each piece, and below the first of a source its name."""
    yield from _lying_times(whole, sizes)
    names = _names(report)
    for piece in whole.pieces:
        if piece.named:
            name = names[piece.source]
            full = readable(report.sources[piece.source].asset.name)
            yield _below(piece, sizes, name, line=2, title=full)


def _lying_marks(whole: Chart, sizes: Sizes) -> Iterator[Label]:
    """Yield the letter and the first time below each piece."""
    for piece in whole.pieces:
        yield _below(piece, sizes, _mark(piece.source, piece.shown.start), line=1)


def _below(piece: Piece, sizes: Sizes, text: str, *, line: int, title: str = "") -> Label:
    fits = piece.reach.start + len(text) * SIGN / NARROWEST <= 1
    return Label(
        percent(piece.reach.start if fits else 1.0),
        plain(sizes.piece(piece.lane)[1] + line * LINE + line - 1),
        text,
        "start" if fits else "end",
        f"name {hue(piece.source)}",
        title,
    )


# --- words of the upright timeline -----------------------------------------------------------


def _upright_ticks(whole: Chart, sizes: Sizes) -> Iterator[Label]:
    for time, along in whole.ticks:
        yield replace(_beside(along, sizes, 13.5, _tick(time, whole)), anchor="end")


def _upright_letters(whole: Chart, sizes: Sizes, *, worded: bool) -> Iterator[Label]:
    along = sizes.along or 1
    for band, place in _letter_places(whole, along):
        across = sum(sizes.bar(band.part.segment.channel, whole.channels)) / 2
        sign = _beside(place, sizes, across, letter(band.part.source))
        yield replace(sign, anchor="middle", look="letter")
    for piece in whole.pieces:
        if piece.named and worded:
            across = sum(sizes.piece(piece.lane)) / 2
            sign = _beside(piece.reach.start - 9 / along, sizes, across, letter(piece.source))
            yield replace(sign, anchor="middle", look=f"name {hue(piece.source)}")


def _upright_times(whole: Chart, sizes: Sizes) -> Iterator[Label]:
    along = sizes.along or 1
    for piece in whole.pieces:
        x = sizes.piece(piece.lane)[1] + 1
        start, end = (_narrow(time) for time in (piece.shown.start, piece.shown.end))
        if piece.reach.length * along < 2 * LINE:
            yield _beside(piece.reach.middle, sizes, x, start)
            continue
        inset = LINE / 2 / along
        yield _beside(piece.reach.start + inset, sizes, x, start)
        yield _beside(piece.reach.end - inset, sizes, x, end)


def _narrow(time: float) -> str:
    """Return a time that fits beside a column: past an hour, without tenths."""
    return clock(time, digits=1 if time < HOUR else 0)


def _beside(along: float, sizes: Sizes, across: float, text: str) -> Label:
    """Return a text half-way up at a place of the upright axis."""
    y = along * (sizes.along or 1) + LINE + 4
    return Label(f"{plain(across)}%", plain(y), text, "start", "num")


def _letter_places(whole: Chart, axis: float) -> Iterator[tuple[Band, float]]:
    """Yield where letters stand on the query's bars: in the middle, or beside one already there.

    Args:
        whole: The timeline.
        axis: Its length in pixels.
    """
    taken: list[tuple[Channel, float]] = []
    for band in whole.bands:
        channel, along = band.part.segment.channel, band.query.middle
        while any(
            one == channel and abs(other - along) * axis < LETTER - 1 for one, other in taken
        ):
            along += LETTER / axis
        if band.query.length * axis >= LETTER and along < band.query.end:
            taken.append((channel, along))
            yield band, along


def _tick(time: float, whole: Chart) -> str:
    step = whole.ticks[1][0] if len(whole.ticks) > 1 else 1
    return clock(time, digits=0 if step >= 1 else 1)


def _seen(reach: Reach) -> Reach:
    """Return the reach, widened about its middle where it would be too thin to see."""
    half = max(reach.length, LEAST) / 2
    return Reach(max(0.0, reach.middle - half), min(1.0, reach.middle + half))
