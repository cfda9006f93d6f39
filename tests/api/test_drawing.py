"""What exhibits are drawn with: shades, spectrograms, words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from api.exports.document import line
from api.exports.exhibits import answers
from api.exports.exhibits.answers import Named
from api.exports.exhibits.plates import Files
from api.exports.exhibits.sheets import words
from api.exports.exhibits.spectrograms import HIGH, LEFT, WIDE, spectrograms
from api.exports.heat import FAINT, MOST, heated, shades
from api.exports.stills import BRIGHT, outlined
from index.values import Box, Channel, Interval, Sound, Still
from lineage.exhibits import Case, Heard, Heat
from lineage.findings import Finding, Kind
from tests import reports

RATE = 6000
TOP = 16 + 21 + 6 + 17 + 2
"""Pixels above the clip's spectrogram: margin, heading and name."""
FILES = Files(Named("clip.mp4", "", "0" * 64), Named("film.mp4", "", "1" * 64))
BLANK = np.full((40, 80, 3), 120, np.uint8)


def heat(multiple: float) -> Heat:
    """Return a frame of 10 by 20 cells of which the left half differs."""
    cells = np.zeros((10, 20), np.float32)
    cells[:, :10] = multiple
    compared = np.ones(cells.shape, bool)
    return Heat(1.0, 3.0, (), cells, compared, (1 / 20, 1 / 10), 3.0, 2.0)


def heard(query: Sound, source: Sound, *, rate: float = 1.0) -> Heard:
    """Return two seconds of both sounds, of which the middle is the finding."""
    segment = replace(reports.segment((0, 2), (4, 6)), rate=rate)
    finding = Finding(Kind.SOUND_REPLACED, Channel.SOUND, Interval(0.5, 1.5), 0.9)
    case = Case(finding, segment, Path("clip.mp4"), Path("film.mp4"), 25.0, 25.0)
    return Heard(case, query, source, Interval(0, 2), Interval(4, 6))


def tone(hertz: float, *, start: float = 0.0, loudness: float = 0.5) -> Sound:
    """Return a tone of a second, then a second of silence."""
    moments = np.arange(2 * RATE) / RATE
    samples = loudness * np.sin(2 * np.pi * hertz * moments) * (moments < 1.0)
    return Sound(start, RATE, samples.astype(np.float32))


def panels(one: Heard) -> list[np.ndarray]:
    """Return the brightness of both spectrograms."""
    drawn = np.asarray(spectrograms(one, FILES), np.float64).mean(axis=2)
    left = 16 + LEFT
    apart = HIGH + 22 + 2 + 17 + 2
    return [drawn[top : top + HIGH, left : left + WIDE] for top in (TOP, TOP + apart)]


def test_shades_grow_brighter_evenly() -> None:
    levels = shades(np.linspace(0.0, 1.0, 50)[None])[0] @ [0.2126, 0.7152, 0.0722]

    assert (np.diff(levels) > 0).all()
    assert np.diff(levels).max() < 4 * np.diff(levels).mean()


def test_what_differs_is_coloured_and_the_rest_is_grey() -> None:
    shown = heated(BLANK, heat(MOST)).astype(int)

    spread = shown.max(axis=2) - shown.min(axis=2)
    assert spread[:, :35].min() > 60
    assert spread[:, 45:].max() == 0


def test_what_was_not_compared_is_darker() -> None:
    one = heat(0.0)
    compared = one.compared.copy()
    compared[:, 15:] = False

    shown = heated(BLANK, replace(one, compared=compared)).astype(int)

    assert shown[:, 65:].max() < 0.5 * shown[:, :55].min()


def test_what_is_to_be_expected_is_not_coloured() -> None:
    assert np.ptp(heated(BLANK, heat(FAINT)).astype(int), axis=2).max() == 0


def test_beyond_the_scale_nothing_grows_brighter() -> None:
    most, more = (heated(BLANK, heat(multiple))[:, :35] for multiple in (MOST, 5 * MOST))

    assert np.array_equal(most, more)


def test_outline_lies_around_a_part_and_leaves_it_as_it_was() -> None:
    box = Box(0.25, 0.25, 0.75, 0.75)

    drawn = outlined(Still(1.0, BLANK), box).picture

    assert np.array_equal(drawn[10:30, 20:60], BLANK[10:30, 20:60])
    assert tuple(drawn[20, 19]) == tuple(drawn[9, 40]) == BRIGHT
    assert np.array_equal(drawn[:, :10], BLANK[:, :10])


def test_tone_is_bright_at_its_pitch_while_it_lasts() -> None:
    clip, source = panels(heard(tone(1000), tone(2000, start=4.0)))

    for panel, hertz in ((clip, 1000), (source, 2000)):
        row = int(panel[:, WIDE // 3].argmax())
        assert (1 - (row + 0.5) / HIGH) * RATE / 2 == pytest.approx(hertz, abs=40)
        assert panel[row, WIDE // 3] > 150
        assert panel[row, WIDE - 40] < 20


def test_both_sounds_have_one_scale() -> None:
    loud, soft = panels(heard(tone(1000), tone(1000, loudness=0.005)))

    assert soft.max() < 0.7 * loud[:, WIDE // 3].max()


def test_source_played_backwards_is_drawn_in_step() -> None:
    _, source = panels(heard(tone(1000), tone(1000, start=4.0), rate=-1.0))

    assert source[:, 40].max() < 20
    assert source[:, WIDE - WIDE // 3].max() > 150


def test_silence_is_said_to_be_no_sound() -> None:
    silent = Sound(4.0, RATE, np.zeros(0, np.float32))

    _, source = panels(heard(tone(1000), silent))

    assert np.median(source) > 200


def test_name_in_other_letters_can_be_drawn() -> None:
    assert words("камера 4", 12).width > 10


def test_answer_is_read_as_it_was_written(tmp_path: Path) -> None:
    box = Box(0.1, 0.2, 0.3, 0.4)
    across = (0.9, 0.0, 0.05, 0.0, 0.9, 0.05)
    laid = replace(
        reports.segment((0, 4), (41, 45), variant="negative"),
        across=across,
        inside=Box(0.0, 0.1, 1.0, 0.9),
    )
    source = reports.source(reports.asset(1, "film.mp4", 60.0), [laid], duration=4)
    report = reports.report([source], facts=reports.media(4.0))
    measures = {"strongest": 1.25}
    finding = Finding(
        Kind.OVERLAY_ADDED,
        Channel.PICTURE,
        Interval(1.0, 2.0),
        0.9,
        Interval(42.0, 43.0),
        0,
        box,
        measures,
    )
    path = tmp_path / "answer.json"
    path.write_text(line(replace(report, findings=(finding,))) + "\n")

    (told,) = answers.read(path).told.values()

    assert told.finding == replace(finding, source=None)
    read, known = told.segment, laid
    assert (read.query, read.source, read.rate) == (known.query, known.source, known.rate)
    assert (read.across, read.inside, read.query_box) == (across, known.inside, known.query_box)
    assert read.variant == "negative"
    assert told.source.digest == source.asset.digest
