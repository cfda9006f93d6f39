from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.dubs import (
    DONE,
    LENGTH,
    MARGIN,
    Clip,
    Stretch,
    Told,
    dubs,
    false,
    forged,
    nearest,
    summary,
    written,
)
from benchmarks.queries import RATE, Samples
from benchmarks.takes import Take
from lineage.findings import Kind
from tests import clips

FORGED = Clip("a.mp4", "muted", (3.0, 6.0), found=True, told=(Told(Kind.SOUND_REMOVED, 3.1, 6.0),))
HONEST = Clip("b.mp4", "12 dB quieter", None, found=True, told=())


def said(seconds: float, seed: int) -> Samples:
    voice = clips.speech(seconds + 0.01, seed=seed)
    return clips.resampled(voice, clips.SOUND_RATE / RATE)[: round(seconds * RATE)]


@pytest.fixture
def stretch(tmp_path: Path) -> Stretch:
    np.save(tmp_path / "film.npy", said(LENGTH + 3, 1))
    return Stretch(tmp_path / "film.mp4", tmp_path / "film.npy", 1.0)


@pytest.mark.parametrize("kind", list(DONE))
def test_sound_is_changed_while_it_is_said_to_be_and_at_no_other_time(
    kind: str, stretch: Stretch
) -> None:
    before = stretch.samples()

    after, (start, end) = forged(kind, stretch, said(LENGTH, 2), np.random.default_rng(1))

    off = np.flatnonzero(before != after) / RATE
    assert start == pytest.approx(off.min(), abs=0.3)
    assert end == pytest.approx(off.max(), abs=0.3)
    assert start >= MARGIN
    assert end <= LENGTH - MARGIN


def test_clip_has_pictures_and_sound_of_one_length(tmp_path: Path) -> None:
    pictures = [clips.picture(n / 12, size=(96, 64), seed=1) for n in range(36)]

    path = written(Take("a.mp4", pictures, 12.0), said(3, 1), tmp_path / "clip.mp4")

    assert list(tmp_path.iterdir()) == [path]
    with av.open(path) as made:
        lengths = [float((one.duration or 0) * (one.time_base or 0)) for one in made.streams]
    assert lengths == pytest.approx([3.0, 3.0], abs=0.15)


def test_finding_of_that_time_that_names_it_counts() -> None:
    assert nearest(FORGED) == pytest.approx((0.1, 0.0))
    assert nearest(replace(FORGED, told=(Told(Kind.SOUND_REPLACED, 3.1, 6.0),))) is None
    assert nearest(replace(FORGED, told=(Told(Kind.SOUND_REMOVED, 7.0, 8.0),))) is None
    assert nearest(HONEST) is None


def test_finding_of_another_time_is_false() -> None:
    elsewhere = Told(Kind.SOUND_REPLACED, 7.0, 8.0)

    assert false(FORGED) == []
    assert false(replace(FORGED, told=(*FORGED.told, elsewhere))) == [elsewhere]
    assert false(replace(HONEST, told=(elsewhere,))) == [elsewhere]


def test_page_tells_each_row_and_what_went_wrong() -> None:
    late = replace(FORGED, film="c.mp4", told=(Told(Kind.SOUND_REMOVED, 3.6, 6.0),))
    missed = replace(FORGED, film="d.mp4", told=())
    wrong = replace(HONEST, told=(Told(Kind.SOUND_REPLACED, 1.0, 2.0),))

    result = {**summary([FORGED, late, missed, HONEST, wrong]), "seed": 1}
    page = "\n".join(dubs(result))

    assert "| muted | 3 | 3 | 2 (66.7 %) | 1 |" in page
    assert "| 12 dB quieter | 2 | 2 | – | – | – | – | 1 |" in page
    assert "- d.mp4, muted 3–6 s: nothing is said" in page
    assert "- b.mp4, 12 dB quieter: sound-replaced 1–2 s" in page
