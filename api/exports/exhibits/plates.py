"""What is seen of a finding, as pictures that can be printed: with times, names and scales."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from api.exports.exhibits.answers import Named
from api.exports.exhibits.sheets import (
    INK,
    QUIET,
    SMALL,
    TEXT,
    column,
    font,
    row,
    scaled,
    sheet,
    words,
)
from api.exports.heat import FAINT, MOST, heated, scale
from api.exports.stills import CAPTIONS, beside, cropped, outlined, reduced
from index.values import Box, Picture, Still
from lineage.exhibits import Case, Heat, Seen
from lineage.report import clock, shortened

WIDE = 640
"""Pixels of the long side of a still that is shown whole."""
COLUMN = 400
"""The same of one in a strip."""
BAR, TICK = 12, 4
"""Pixels of the height of a scale of colours, and of its marks."""
DIGITS = 16
"""Of a digest, where all of it has no room; the document beside the picture has it."""


@dataclass(frozen=True, slots=True)
class Files:
    """The two files that are shown."""

    clip: Named
    source: Named

    def notes(self) -> list[str]:
        """Return what is written below a picture."""
        return [
            f"{word}: {shortened(file.name)} · sha256 {file.digest[:DIGITS]}…"
            for word, file in (("clip", self.clip), ("source", self.source))
        ]


def heading(case: Case) -> str:
    """Return what a sheet is about."""
    kind, told = case.finding.kind.replace("-", " "), case.finding.query
    return f"{kind.capitalize()}, {clock(told.start)} to {clock(told.end)} of the clip"


def pair(seen: Seen, files: Files) -> Image.Image:
    """Return both whole frames at the strongest moment, the box outlined in both."""
    one, box = seen.strongest, seen.box
    sides = [("clip", one.query, box), ("source", one.source, seen.case.segment.lying(box))]
    high = min(_height(still.picture, WIDE) for _, still, _ in sides)
    shown = []
    for word, still, part in sides:
        small = replace(still, picture=_high(still.picture, high))
        framed = small if part is None else outlined(small, part)
        shown.append(titled(word, framed))
    return sheet(heading(seen.case), row(shown), files.notes())


def strip(seen: Seen, files: Files) -> Image.Image:
    """Return the moments of a finding: the clip's above, the source's laid over it below."""
    columns = []
    for one in seen.moments:
        clip, source = beside(one, seen, long=COLUMN)
        parts = [words(CAPTIONS[one.name], TEXT), titled("clip", clip), titled("source", source)]
        columns.append(column(parts))
    return sheet(heading(seen.case), row(columns), files.notes())


def heat(seen: Seen, found: Heat, files: Files) -> Image.Image:
    """Return by how much the clip differs at the strongest moment, and the scale of that."""
    still = seen.strongest.query
    picture = reduced(still.picture, WIDE)
    time, other = (clock(each, digits=3) for each in (found.time, found.source_time))
    shown = outlined(Still(still.time, heated(picture, found)), seen.box).picture
    what = "Fine detail that is missing" if seen.case.faded else "Difference"
    counts = f"From {found.strong:g} on it counts, with what reaches {found.weak:g} beside it."
    notes = [
        f"{what}, in multiples of what coding, motion and edges explain in this stretch.",
        f"{counts} Dark at the edges: not compared.",
    ]
    title = words(f"clip {time} beside source {other}", SMALL, QUIET)
    parts = [Image.fromarray(shown), title, _scale(min(shown.shape[1], COLUMN))]
    return sheet(heading(seen.case), column(parts), [*notes, *files.notes()])


def crop(still: Still, box: Box) -> Image.Image:
    """Return a part of a frame, pixel by pixel."""
    return Image.fromarray(cropped(still.picture, box))


def _scale(width: int) -> Image.Image:
    """Return the scale of colours with its numbers."""
    bar = Image.fromarray(np.repeat(scale(width), BAR, axis=0))
    whole = column([bar, Image.new("RGB", (width + 80, TICK + 18), (255, 255, 255))], gap=0)
    draw = ImageDraw.Draw(whole)
    for level in range(round(FAINT), round(MOST) + 1):
        left = (level - FAINT) / (MOST - FAINT) * (width - 1)
        draw.line((left, BAR, left, BAR + TICK), fill=INK)
        text = f"{level}" if level < MOST else f"{level} and more"
        wide = font(SMALL).getlength(text)
        place = max(0.0, left - wide / 2) if level < MOST else left - SMALL / 2
        draw.text((place, BAR + TICK + 1), text, fill=QUIET, font=font(SMALL))
    return whole


def titled(word: str, still: Still) -> Image.Image:
    """Return a still with what and when it is written below it."""
    return column([Image.fromarray(still.picture), _title(word, still)])


def _title(word: str, still: Still) -> Image.Image:
    return words(f"{word} {clock(still.time, digits=3)}", SMALL, QUIET)


def _height(picture: Picture, long: int) -> int:
    """Return the height of a picture whose long side is reduced to so many pixels."""
    height, width = picture.shape[:2]
    return round(height * min(1.0, long / max(height, width))) or 1


def _high(picture: Picture, high: int) -> Picture:
    return np.asarray(scaled(Image.fromarray(picture), high=high), np.uint8)
