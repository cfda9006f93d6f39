"""The answer as one self-contained page: no network, no script, every string escaped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup

from api.exports.drawing import anchor, hue, letter, lying, upright
from api.exports.exhibits.answers import Named
from api.exports.exhibits.plates import Files
from api.exports.exhibits.spectrograms import spectrograms
from api.exports.heat import heated
from api.exports.rendering import Filters, hashed, sheet, template
from api.exports.stills import CAPTIONS, Embedded, beside, embedded, outlined
from index.values import Channel, Still
from lineage.exhibits import Heard, Moment, Seen
from lineage.findings import Finding
from lineage.report import (
    FORGEABLE,
    SAME_SPEED,
    TURNS,
    Part,
    because,
    checked,
    clock,
    compared,
    counted,
    doubt,
    explained,
    laid,
    length,
    manner,
    parts,
    percent,
    phrases,
    readable,
    relation,
    said,
    signs,
    source_span,
    span,
    weighed,
    when,
)
from lineage.values import Pair, Report, Segment, Source, Unexplained

type Pairs = Mapping[tuple[int, int], Sequence[Pair]]
"""By index of the source and index of the segment in it."""
type Exhibits = Mapping[int, Seen | Heard]
"""By index of the finding."""
NONE: Exhibits = {}


FILTERS: Filters = {
    "clock": clock,
    "exact": lambda seconds: clock(seconds, digits=3),
    "length_of": length,
    "exact_span": lambda segment: span(segment, digits=3),
    "exact_source_span": lambda segment: source_span(segment, digits=3),
    "sentence": lambda words: f"{words[:1].upper()}{words[1:]}",
    "turned": TURNS.get,
    "when": when,
    "percent": percent,
    "readable": readable,
    "letter": letter,
    "hue": hue,
    "span": span,
    "source_span": source_span,
    "laid": laid,
    "manner": lambda segment: ", ".join(manner(segment)),
    "because": because,
    "doubt": doubt,
    "relation": relation,
    "signs": signs,
    "explained": lambda finding, sources: readable(explained(finding, sources)),
    "checked": checked,
    "anchor": anchor,
}
"""What the template may say about values, besides their fields."""

GLIMPSE, SPECTROGRAM = 160, 1000
"""Pixels of the long side of one of a strip's pictures, and of a pair of spectrograms."""
APART = 2
"""Pixels between the clip's picture and the source's below it."""

# Two upright pictures side by side would else fill a screen.
TALLEST = 260


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair of pictures as the page shows it."""

    query: Embedded
    source: Embedded | None

    @property
    def ratios(self) -> tuple[float, float]:
        """Width by height of both; a missing source counts as shaped like the query."""
        other = self.source or self.query
        return (
            round(self.query.width / self.query.height, 3),
            round(other.width / other.height, 3),
        )

    @property
    def shape(self) -> str:
        """The class of pairs with these ratios."""
        return "p" + "-".join(f"{1000 * ratio:.0f}" for ratio in self.ratios)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment as the page shows it."""

    part: Part
    source: Source
    pairs: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: a stretch with a source, or one without."""

    start: float
    stretch: Stretch | None
    gap: Unexplained | None = None


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A moment of a finding: the clip's picture above the source's.

    Attributes:
        caption: Why it is shown.
        picture: Both; its time is the clip's.
        source_time: The source's.
    """

    caption: str
    picture: Embedded
    source_time: float


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the page shows it.

    Attributes:
        number: Of the finding in the answer, from 1.
        finding: What was done.
        pair: Both at the strongest moment.
        strip: Its moments.
        heat: By how much the clip differs.
        heard: Both sounds.
    """

    number: int
    finding: Finding
    pair: Shown | None = None
    strip: tuple[Glimpse, ...] = ()
    heat: Embedded | None = None
    heard: Embedded | None = None


def page(report: Report, pairs: Pairs, exhibits: Exhibits = NONE, *, reviewed: bool = False) -> str:
    """Return the report as HTML.

    Args:
        report: What was found.
        pairs: Pictures for the segments that have some, by time; sources not turned.
        exhibits: What can be shown of the findings.
        reviewed: Whether room is left for what people say of the findings; see `verdicts.marked`.
    """
    stretches = list(_stretches(report, pairs))
    findings = list(_findings(report, exhibits))
    shown = [pair for stretch in stretches for pair in stretch.pairs]
    style = _style([*shown, *(one.pair for one in findings if one.pair is not None)])
    return template("report.html.j2", FILTERS).render(
        report=report,
        told=phrases(
            report.query,
            report.sources,
            unexplained=report.unexplained,
            searched=report.searched,
            findings=report.findings,
        ),
        explained=share_told(report),
        files=counted(report.searched.assets, "file"),
        drawings=(lying(report), upright(report)),
        stretches=stretches,
        rows=_rows(stretches, report.unexplained),
        related=[one for one in report.derivations if one.known],
        findings=findings,
        reviewed=reviewed,
        said=said(report),
        forgeable=FORGEABLE,
        legend=_legend(stretches),
        channels=[channel.name.lower() for channel in report.searched.channels],
        # The sheet is ours and numbers, and the policy's hash covers exactly these bytes.
        style=Markup(style),  # noqa: S704 - no text of the input is in it
        style_hash=hashed(style),
    )


def _stretches(report: Report, pairs: Pairs) -> Iterator[Stretch]:
    for part in parts(report.sources):
        shown = tuple(
            Shown(embedded(pair.query), _turned(pair, part.segment))
            for pair in pairs.get((part.source, part.number), ())
        )
        yield Stretch(part, report.sources[part.source], shown)


def _findings(report: Report, exhibits: Exhibits) -> Iterator[Told]:
    """Yield findings with their pictures, those first that alter the meaning, or may."""
    shown = {id(report.findings[number]): one for number, one in exhibits.items()}
    numbers = {id(one): number for number, one in enumerate(report.findings, 1)}
    for one in weighed(report.findings):
        number = numbers[id(one)]
        match shown.get(id(one)):
            case Seen() as seen:
                yield _seen(number, one, seen)
            case Heard() as heard:
                yield Told(number, one, heard=_heard(one, heard, report))
            case None:
                yield Told(number, one)


def _seen(number: int, finding: Finding, seen: Seen) -> Told:
    strongest, segment = seen.strongest, seen.case.segment
    box = segment.lying(seen.box)
    source = strongest.source if box is None else outlined(strongest.source, box)
    query = outlined(strongest.query, seen.box)
    heat = None if seen.heat is None else heated(strongest.query.picture, seen.heat)
    return Told(
        number,
        finding,
        Shown(embedded(query), embedded(source, variant=segment.variant)),
        tuple(_glimpse(moment, seen) for moment in seen.moments),
        None if heat is None else embedded(outlined(replace(query, picture=heat), seen.box)),
    )


def _glimpse(moment: Moment, seen: Seen) -> Glimpse:
    query, source = beside(moment, seen, long=GLIMPSE)
    line = np.full((APART, query.picture.shape[1], 3), 255, np.uint8)
    both = replace(query, picture=np.concatenate([query.picture, line, source.picture]))
    return Glimpse(CAPTIONS[moment.name], embedded(both, long=2 * GLIMPSE + APART), source.time)


def _heard(finding: Finding, heard: Heard, report: Report) -> Embedded:
    asset = report.sources[finding.source_index or 0].asset
    query = report.query
    files = Files(
        Named(query.name, query.uri, query.digest), Named(asset.name, asset.uri, asset.digest)
    )
    drawn = np.asarray(spectrograms(heard, files), np.uint8)
    return embedded(Still(heard.within.start, drawn), long=SPECTROGRAM)


def _rows(stretches: Sequence[Stretch], unexplained: Sequence[Unexplained]) -> list[Row]:
    rows = [Row(stretch.part.segment.query.start, stretch) for stretch in stretches]
    rows += [Row(gap.query.start, None, gap) for gap in unexplained]
    return sorted(rows, key=lambda row: row.start)


def _style(shown: Sequence[Shown]) -> str:
    """Return the style sheet, with a rule that gives the two pictures of a pair one height."""
    shapes = {pair.shape: pair.ratios for pair in shown}
    rules = [
        f".{shape} {{ max-inline-size: {TALLEST * (left + right):.0f}px; }}\n"
        f".{shape} .left {{ flex-grow: {left}; }}\n"
        f".{shape} .right {{ flex-grow: {right}; }}\n"
        for shape, (left, right) in sorted(shapes.items())
    ]
    return sheet("tokens.css", "report.css") + "".join(rules)


def _legend(stretches: Sequence[Stretch]) -> dict[str, bool]:
    """Return which of the timeline's signs need to be explained."""
    rates = [stretch.part.segment.rate for stretch in stretches]
    return {
        "crossing": len(stretches) > 1,
        "narrow": any(abs(abs(rate) - 1) > SAME_SPEED for rate in rates),
        "backwards": any(rate < 0 for rate in rates),
    }


def _turned(pair: Pair, segment: Segment) -> Embedded | None:
    return None if pair.source is None else embedded(pair.source, variant=segment.variant)


def share_told(report: Report) -> str:
    """Return how much of the clip has a source, in a few words."""
    words = []
    if report.picture_explained is not None and Channel.PICTURE in compared(
        report.query, report.searched
    ):
        words.append(f"{percent(report.picture_explained)} of the picture explained")
    if report.sound_explained is not None:
        words.append(f"{percent(report.sound_explained)} of the sound explained")
    if report.query.media.has_sound and Channel.SOUND not in report.searched.channels:
        words.append("sound not compared")
    text = ", ".join(words)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
