"""Sound to 256-bit codes: the recipe "sound256/1".

After Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System", ISMIR 2002: whether the
energy of a band, less that of the next higher one, grows or falls. Theirs are 32 bits each 11.6 ms;
these are fewer, wider and slower, which measured better under noise.

1. One channel at 6,000 samples a second (`index.decode.sounds`).
2. Every 256 samples, the energy of a Hann window of 2,048 in 17 bands of equal width by their
   logarithm, from 300 to 2,000 Hz; a bin that a border cuts counts by its share in the band.
3. A word of 16 bits: bit b, the highest first, is set where the energy of band b less that of band
   b + 1 is higher two windows later.
4. A code: sixteen words that follow each other. It is heard in 1.07 s, and its time is the middle
   of them. An archive keeps one every six words, 0.256 s.
5. There is no code where it is too quiet, or where the energies hardly change: silence and hum.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.values import Channel, Codes, Fingerprint, Sketch, Sound, Times

type Floats = npt.NDArray[np.float32]

RECIPE = "sound256/1"
RATE = 6000
WINDOW = 2048
STEP = 256
"""Samples from one window to the next in an archive."""
LATER = 2
"""Windows, `STEP` apart, over which energies are seen to grow or fall."""
BANDS = 17
LOWEST = 300.0
HIGHEST = 2000.0
WORDS = 16
"""Words in a code."""
EVERY = 6
"""Words from one code of an archive to the next."""
FINE = 4
"""Steps of a sketch in one of an archive."""

QUIET = 0.03
"""Energy of a window under which nothing is heard: that of noise at -74 dB of full scale."""
STEADY = 0.05
"""Share of a code's energy that must change for it to say anything: speech has 0.3 and more, a hum
under 0.02."""
STILL = 0.02
"""Share of a single word's energy that must change."""
HUSHED = QUIET / 10
"""As `QUIET`, where two sounds are laid along each other: copies differ in loudness."""
BLOCK = 32
"""Windows measured in one go: they stay in the cache, and numpy does not share the product among
threads that wait. A fifth of the time that 256 take."""


@dataclass(frozen=True, slots=True)
class Ear:
    """How a query is listened to, so that a changed copy sounds like its source.

    Attributes:
        tempo: Source seconds per query second.
        pitch: Frequencies in the query over those in the source.
        backwards: Whether the query is played from its end.
    """

    tempo: float = 1.0
    pitch: float = 1.0
    backwards: bool = False


PLAIN = Ear()


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Words with what they were measured on, in columns.

    Attributes:
        words: uint16 (n,).
        level: float32 (n,), energy of the two windows of each.
        change: float32 (n,), by how much the energies of the bands differ between them.
    """

    words: npt.NDArray[np.uint16]
    level: Floats
    change: Floats

    @classmethod
    def of(cls, energies: Floats, later: int) -> "_Words":
        """Return the words of windows, float32 (n, BANDS)."""
        before, after = energies[:-later], energies[later:]
        slopes = np.diff(after - before, axis=1) < 0
        return cls(
            np.packbits(slopes, axis=1).view(">u2")[:, 0].astype(np.uint16),
            (before + after).sum(axis=1),
            np.abs(after - before).sum(axis=1),
        )

    @classmethod
    def joined(cls, parts: Sequence["_Words"]) -> "_Words":
        """Return the parts one after another."""
        return cls(
            np.concatenate([np.empty(0, np.uint16), *(part.words for part in parts)]),
            np.concatenate([np.empty(0, np.float32), *(part.level for part in parts)]),
            np.concatenate([np.empty(0, np.float32), *(part.change for part in parts)]),
        )


def fingerprint(sounds: Iterable[Sound]) -> Fingerprint:
    """Return what an archive keeps of a file's sound.

    Args:
        sounds: At `RATE`, following each other.
    """
    parts: list[_Words] = []
    start: float | None = None
    held = np.empty((0, BANDS), np.float32)
    for at, energies in _energies(sounds, WINDOW, STEP, pitch=1.0):
        start = at if start is None else start
        held = np.concatenate([held, energies])
        if len(held) > LATER:
            parts.append(_Words.of(held, LATER))
            held = held[-LATER:]
    words = _Words.joined(parts)
    times = (start or 0.0) + _middle(len(words.words), STEP, tempo=1.0) / RATE
    found, codes = _codes(times, words, 1, EVERY)
    return Fingerprint(Channel.SOUND, RECIPE, found, np.zeros(len(found)), codes)


def sketch(sound: Sound, ear: Ear = PLAIN) -> Sketch:
    """Return the words of a stretch of sound, four times as dense as an archive's.

    Args:
        sound: At `RATE`.
        ear: How it is listened to.
    """
    times, words = _dense(sound, ear)
    heard = (words.level >= 2 * HUSHED) & (words.change >= STILL * words.level)
    return Sketch(times, words.words, heard)


def query(sound: Sound, ear: Ear = PLAIN, *, every: int = FINE) -> Fingerprint:
    """Return the codes by which a stretch of sound is looked up.

    Args:
        sound: At `RATE`.
        ear: How it is listened to.
        every: Words of a sketch from one code to the next.
    """
    times, words = _dense(sound, ear)
    found, codes = _codes(times, words, FINE, every)
    order = np.argsort(found, kind="stable")
    return Fingerprint(Channel.SOUND, RECIPE, found[order], np.zeros(len(found)), codes[order])


def _dense(sound: Sound, ear: Ear) -> tuple[Times, _Words]:
    """Return words and their times; these fall where it is played backwards."""
    window = 2 * round(WINDOW / ear.tempo / 2)
    samples = sound.samples[::-1] if ear.backwards else sound.samples
    step = STEP / FINE / ear.tempo
    turned = Sound(0.0, RATE, np.ascontiguousarray(samples))
    parts = [energies for _, energies in _energies([turned], window, step, pitch=ear.pitch)]
    energies = np.concatenate([np.empty((0, BANDS), np.float32), *parts])
    later = LATER * FINE
    words = _Words.of(energies, later) if len(energies) > later else _Words.joined([])
    places = _middle(len(words.words), step, tempo=ear.tempo)
    if ear.backwards:
        places = len(samples) - places
    return sound.start + places / RATE, words


def _middle(count: int, step: float, *, tempo: float) -> Times:
    """Return the middle of what so many words are heard in, in samples since the first."""
    firsts: Times = np.arange(count, dtype=np.float64) * step
    return firsts + (WINDOW + LATER * STEP) / tempo / 2


def _codes(times: Times, words: _Words, apart: int, every: int) -> tuple[Times, Codes]:
    """Return codes of words `apart`, one each `every` words, where there is something to hear."""
    reach = (WORDS - 1) * apart
    firsts = np.arange(0, max(0, len(times) - reach), every)
    rows = firsts[:, None] + apart * np.arange(WORDS)
    level, change = words.level[rows].sum(axis=1), words.change[rows].sum(axis=1)
    kept = (level >= 2 * WORDS * QUIET) & (change >= STEADY * level)
    rows = rows[kept]
    codes = words.words[rows].astype(">u2").view(np.uint8).reshape(-1, 2 * WORDS)
    return (times[rows[:, 0]] + times[rows[:, -1]]) / 2, codes


def _energies(
    sounds: Iterable[Sound], window: int, step: float, *, pitch: float
) -> Iterator[tuple[float, Floats]]:
    """Yield energies of windows in all bands, block by block, each with its first one's time.

    Args:
        sounds: Following each other.
        window: Samples in a window.
        step: Samples from one window to the next; need not be whole.
        pitch: Factor by which the bands are moved up.
    """
    shape, bands = _shape(window), _bands(window, pitch)
    held = np.empty(0, np.float32)
    start: float | None = None
    number = dropped = 0
    for sound in sounds:
        start = sound.start if start is None else start
        held = np.concatenate([held, sound.samples])
        ready = int((dropped + len(held) - window) / step - number) + 2
        places = np.round((number + np.arange(max(0, ready))) * step).astype(np.int64) - dropped
        places = places[places + window <= len(held)]
        for first in range(0, len(places), BLOCK):
            block = places[first : first + BLOCK]
            views = np.lib.stride_tricks.sliding_window_view(held, window)[block]
            spectrum = np.fft.rfft(views * shape, axis=1)[:, : len(bands)]
            power = spectrum.real**2 + spectrum.imag**2
            yield start + (dropped + int(block[0])) / RATE, power @ bands
        number += len(places)
        done = min(len(held), round(number * step) - dropped)
        held, dropped = held[done:], dropped + done


@lru_cache(maxsize=32)
def _shape(window: int) -> Floats:
    shape: Floats = np.hanning(window).astype(np.float32)
    return shape


@lru_cache(maxsize=64)
def _bands(window: int, pitch: float) -> Floats:
    """Return how much of each bin lies in each band, scaled to windows of `WINDOW`.

    Shape (bins up to the highest, BANDS).
    """
    width = RATE / window
    borders = LOWEST * (HIGHEST / LOWEST) ** (np.arange(BANDS + 1) / BANDS) * pitch
    bins = min(window // 2 + 1, int(borders[-1] / width) + 2)
    low = (np.arange(bins) - 0.5)[:, None] * width
    inside = np.minimum(low + width, borders[1:]) - np.maximum(low, borders[:-1])
    shares: Floats = (np.clip(inside / width, 0, 1) * (WINDOW / window) ** 2).astype(np.float32)
    return shares
