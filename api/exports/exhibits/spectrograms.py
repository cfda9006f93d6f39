"""Both sounds of a finding as spectrograms, one above the other in step."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from api.exports.exhibits.plates import Files, heading
from api.exports.exhibits.sheets import INK, QUIET, SMALL, TEXT, column, font, sheet, words
from api.exports.heat import shades
from index.values import Interval, Sound
from lineage.exhibits import Heard
from lineage.report import clock

WINDOW = 512
"""Samples of a spectrum: 85 ms, enough to tell the tones of a voice."""
WIDE, HIGH = 960, 200
"""Pixels of a spectrogram."""
LEFT, BELOW = 48, 22
"""Pixels beside and below it, for the scales."""
QUIETEST = -70.0
"""Decibels under the loudest of both sounds that are black."""
TINY = 1e-10
EACH_KILOHERTZ = 1000
STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between two marks of time, one of which leaves room for at most `MARKS`."""
MARKS = 12
EDGE = (0, 188, 212)
"""The colour of the marks of a finding: none of the scale's."""


def spectrograms(heard: Heard, files: Files) -> Image.Image:
    """Return what is heard in the clip above what is heard in the source."""
    backwards = heard.case.segment.rate < 0
    sides = [
        ("clip", heard.query, heard.within, False),
        ("source", heard.source, heard.beside, backwards),
    ]
    levels = [_levels(sound, within) for _, sound, within, _ in sides]
    loudest = max((float(one.max()) for one in levels if one is not None), default=0.0)
    parts: list[Image.Image] = []
    for (word, sound, within, turned), level in zip(sides, levels, strict=True):
        ends = (within.end, within.start) if turned else (within.start, within.end)
        shown = None if level is None else level[:, ::-1] if turned else level
        parts.append(words(word, SMALL, QUIET))
        panel = _panel(shown, loudest, ends, sound.rate)
        parts.append(_marked(panel, heard) if word == "clip" else panel)
    notes = [
        f"Bright: loud, dark: {-QUIETEST:.0f} dB under the loudest of both or less; one scale.",
        "Mixed to one channel, up to 3 kHz, as it is compared. Between the bars: the finding.",
    ]
    return sheet(heading(heard.case), column(parts), [*notes, *files.notes()])


def _levels(sound: Sound, within: Interval) -> npt.NDArray[np.float64] | None:
    """Return decibels by frequency, the highest first, and time; None where nothing is heard."""
    samples = np.zeros(max(WINDOW, round(within.length * sound.rate)))
    samples[: len(sound.samples)] = sound.samples[: len(samples)]
    if not samples.any():
        return None
    # Spectra lie around their moments: half a window of silence is added at both ends.
    padded = np.pad(samples, WINDOW // 2)
    starts = np.linspace(0, len(padded) - WINDOW, WIDE).round().astype(int)
    pieces = padded[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW)
    power = np.square(np.abs(np.fft.rfft(pieces, axis=1)))
    return np.asarray(10 * np.log10(power + TINY).T[::-1], np.float64)


def _panel(
    levels: npt.NDArray[np.float64] | None,
    loudest: float,
    ends: tuple[float, float],
    rate: int,
) -> Image.Image:
    """Return a spectrogram between its scales.

    Args:
        levels: Decibels; None where nothing is heard.
        loudest: Decibels that have the brightest shade.
        ends: Seconds at its left and right.
        rate: Samples per second.
    """
    panel = Image.new("RGB", (LEFT + WIDE, HIGH + BELOW), (255, 255, 255))
    draw = ImageDraw.Draw(panel)
    if levels is None:
        draw.rectangle((LEFT, 0, LEFT + WIDE - 1, HIGH - 1), fill=(235, 235, 232))
        draw.text((LEFT + 12, HIGH // 2 - 8), "no sound", fill=QUIET, font=font(TEXT))
    else:
        shown = Image.fromarray(shades(np.clip(1 - (levels - loudest) / QUIETEST, 0.0, 1.0)))
        panel.paste(shown.resize((WIDE, HIGH), Image.Resampling.BILINEAR), (LEFT, 0))
    for hertz in range(0, rate // 2 + 1, EACH_KILOHERTZ):
        top = (HIGH - 1) * (1 - 2 * hertz / rate)
        draw.line((LEFT - 4, top, LEFT, top), fill=INK)
        text = f"{hertz // EACH_KILOHERTZ} kHz"
        place = min(max(0.0, top - 8), HIGH - 14.0)
        draw.text((0, place), text, fill=QUIET, font=font(SMALL))
    for time in _times(*sorted(ends)):
        left = LEFT + (WIDE - 1) * (time - ends[0]) / (ends[1] - ends[0])
        draw.line((left, HIGH, left, HIGH + 4), fill=INK)
        text = clock(time)
        wide = font(SMALL).getlength(text)
        place = min(left - wide / 2, LEFT + WIDE - wide)
        draw.text((place, HIGH + 4), text, fill=QUIET, font=font(SMALL))
    return panel


def _times(start: float, end: float) -> Sequence[float]:
    """Return the times that are marked."""
    step = next((each for each in STEPS if (end - start) / each <= MARKS), STEPS[-1])
    return [round(number * step, 3) for number in range(-int(-start // step), int(end // step) + 1)]


def _marked(panel: Image.Image, heard: Heard) -> Image.Image:
    """Return the clip's panel with bars where the finding begins and ends."""
    draw = ImageDraw.Draw(panel)
    within, told = heard.within, heard.case.finding.query
    for time in (told.start, told.end):
        if within.start <= time <= within.end:
            left = LEFT + (WIDE - 1) * (time - within.start) / within.length
            draw.line((left, 0, left, HIGH - 1), fill=EDGE, width=3)
    return panel
