"""Sound cut out of films and changed: what a phone, a messenger or a re-upload does to it.

Everything is done by FFmpeg's own filters and encoders, through PyAV.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.filter import Graph

from benchmarks.queries import RATE, Samples, pieces

LOUDER = 10 ** (10 / 20)
"""How much louder a sound is than what is put under it: 10 dB."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something done to a sound.

    Attributes:
        name: What it is called.
        at_least: Share of such clips whose source must be named first; None where none is asked.
        filters: FFmpeg's, each with its options.
        codec: Encoder.
        bits: A second.
        speed: Seconds of the source that a second of the clip lets hear.
        under: What is put under it, 10 dB lower: "", "noise" or "others", of another film.
    """

    name: str
    at_least: float | None
    filters: tuple[tuple[str, str], ...] = ()
    codec: str = "aac"
    bits: int = 96_000
    speed: float = 1.0
    under: str = ""


def _pitch(factor: float) -> tuple[tuple[str, str], ...]:
    return (
        ("asetrate", str(round(RATE * factor))),
        ("aresample", str(RATE)),
        ("atempo", f"{1 / factor:.6f}"),
    )


def _rolled(factor: float) -> tuple[tuple[str, str], ...]:
    return (("asetrate", str(round(RATE * factor))), ("aresample", str(RATE)))


_TELEPHONE = (*(("highpass", "f=300"),) * 2, *(("lowpass", "f=3400"),) * 2)

CHANGES = (
    Change("MP3 at 32 kbit/s", 0.98, codec="libmp3lame", bits=32_000),
    Change("Opus at 24 kbit/s", 0.98, codec="libopus", bits=24_000),
    Change("AAC at 24 kbit/s", 0.98, bits=24_000),
    Change("only 300 to 3400 Hz", 0.98, _TELEPHONE),
    Change("white noise at 10 dB", 0.98, under="noise"),
    Change("another film at 10 dB", None, under="others"),
    Change("tempo 6 % up", 0.90, (("atempo", "1.06"),), speed=1.06),
    Change("tempo 6 % down", 0.90, (("atempo", "0.94"),), speed=0.94),
    Change("pitch 6 % up", 0.90, _pitch(1.06)),
    Change("pitch 6 % down", 0.90, _pitch(0.94)),
    Change("tempo and pitch 6 % up", 0.90, _rolled(1.06), speed=1.06),
    Change("tempo and pitch 6 % down", 0.90, _rolled(0.94), speed=0.94),
)


def changed(samples: Samples, change: Change, others: Samples) -> Samples:
    """Return samples with something under them and filtered, float32 (m,).

    Args:
        samples: (n,), RATE a second.
        change: What is done to them.
        others: What may be put under them, as long at least.
    """
    if change.under:
        other = others[: len(samples)]
        if change.under == "noise":
            other = np.random.default_rng(7).normal(size=len(samples)).astype(np.float32)
        share = loudness(samples) / max(loudness(other), 1e-9) / LOUDER
        samples = np.asarray(samples + share * other, np.float32)
    if not change.filters:
        return samples
    graph = Graph()
    links = [graph.add_abuffer(sample_rate=RATE, format="fltp", layout="mono")]
    links += [graph.add(name, options) for name, options in change.filters]
    graph.link_nodes(*links, graph.add("abuffersink")).configure()
    return np.concatenate(list(_filtered(samples, graph)))


def written(samples: Samples, change: Change, path: Path) -> Path:
    """Write samples as a file of sound alone and return its path, named after its codec."""
    suffix = {"libmp3lame": ".mp3", "libopus": ".ogg"}.get(change.codec, ".m4a")
    whole = path.with_suffix(suffix)
    rate = 24_000 if change.codec == "libopus" else RATE
    with av.open(whole, "w") as output:
        stream = cast("AudioStream", output.add_stream(change.codec, rate=rate, layout="mono"))
        stream.bit_rate = change.bits
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=rate)
        for piece in pieces(samples):
            for frame in resampler.resample(piece):
                output.mux(stream.encode(frame))
        for frame in resampler.resample(None):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return whole


def loudness(samples: Samples) -> float:
    """Return the root of the mean of the squares."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def likeness(cut: Samples, whole: Samples) -> float:
    """Return how well the best place in a sound correlates with a cut, from -1 to 1.

    Args:
        cut: (n,).
        whole: (m,); 0 is returned where it is shorter than the cut.
    """
    if len(whole) < len(cut):
        return 0.0
    size = 1 << int(np.ceil(np.log2(len(whole) + len(cut))))
    spectra = np.fft.rfft(whole, size) * np.conj(np.fft.rfft(cut, size))
    products = np.fft.irfft(spectra, size)[: len(whole) - len(cut) + 1]
    energy = np.cumsum(np.concatenate([[0.0], np.square(whole, dtype=np.float64)]))
    local = np.sqrt(np.maximum(energy[len(cut) :] - energy[: -len(cut)], 1e-12))
    return float(np.max(products / local) / max(float(np.linalg.norm(cut)), 1e-9))


def _filtered(samples: Samples, graph: Graph) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
    for piece in [*pieces(samples), None]:
        graph.push(piece)
        for frame in _pulled(graph):
            for one in resampler.resample(frame):
                yield np.asarray(one.to_ndarray()[0], np.float32)


def _pulled(graph: Graph) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = graph.pull()
        except (BlockingIOError, EOFError):
            return
        if isinstance(frame, av.AudioFrame):
            yield frame
