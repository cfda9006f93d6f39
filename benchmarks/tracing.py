"""What a trace costs, beside decoding the suspect clip once, and where its time goes."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import films
from benchmarks.films import Coding
from benchmarks.indexing import decoded, indexed
from benchmarks.machine import WHEREFROM, Measure, Ran, cpu_of, run
from index.archive import Archive
from index.files import Location
from index.hashing.pictures import RECIPE
from index.values import CODE_BITS, Channel, Codes, Fingerprint, Media

TRACE, INSIDE = 2.5, 0.8
"""What must be reached: processor time as a multiple of decoding the clip once, and the share of
it inside libraries in C."""
EACH = 500
"""Codes of a made-up asset: a quarter of an hour."""
SHOT = 4
"""Codes of one of its shots, which are alike."""
LIBRARIES = {
    "PyAV and FFmpeg": ("/av/", "/av.libs/"),
    "OpenCV": ("/cv2/", "/opencv"),
    "FAISS": ("/faiss/", "/faiss_cpu"),
    "NumPy and SciPy": ("/numpy", "/scipy"),
    "Pillow": ("/PIL/", "/pillow"),
}
"""Parts of the paths of their shared libraries."""
ROUNDS = 5
"""Runs that are looked at."""
SAMPLES = 499
"""Looks a second; a prime, so as not to fall in step with anything."""
STACK = 2048
"""Bytes of the stack kept of each, enough to see who called."""


def prepared(folder: Path, *, seconds: float, codes: int) -> tuple[Path, Path]:
    """Make an archive that holds the source of a clip, and the clip; return both.

    The clip is a quote of the source, encoded anew with x264's usual quality.

    Args:
        folder: Where to.
        seconds: Length of the clip.
        codes: Codes of made-up assets to put beside the source.
    """
    source = films.film(folder / f"source-{seconds:.0f}.mp4", seconds + 10, coding=Coding())
    coding = Coding(quality=23)
    clip = films.film(folder / f"suspect-{seconds:.0f}.mp4", seconds, coding=coding, start=5.0)
    archive = folder / f"trace-{codes}.archive"
    shutil.rmtree(archive, ignore_errors=True)
    indexed([source], archive)
    with Archive.open(archive, write=True) as opened:
        for number in range(-(-codes // EACH)):
            _add(opened, number)
        opened.seal()
    return archive, clip


def cost(folder: Path, archive: Path, clip: Path, *, rounds: int) -> Iterator[Measure]:
    """Yield what a trace costs beside decoding the clip.

    Raises:
        RuntimeError: It did not find the source, so its cost says nothing.
    """
    tiny = films.film(folder / "tiny.mp4", 0.1, coding=Coding((64, 36), preset="ultrafast"))
    indexed([tiny], folder / "tiny.archive")
    start = min(traced(folder / "tiny.archive", tiny)[0].cpu for _ in range(3))
    yield Measure("trace: start-up of command and worker", start, "s CPU")
    bare = whole = np.inf
    for _ in range(rounds):
        bare = min(bare, cpu_of(lambda: decoded(clip)))
        ran, answer = traced(archive, clip)
        whole = min(whole, ran.cpu)
        if not answer["sources"]:
            raise RuntimeError(f"{clip} was not found in {archive}")
    yield Measure("trace: PyAV decoding all of the clip", bare, "s CPU")
    yield Measure("trace: all", whole, "s CPU")
    yield Measure("trace / PyAV, start-up left out", (whole - start) / bare, "×", at_most=TRACE)
    yield Measure("trace / PyAV, start-up included", whole / bare, "×")


def profile(archive: Path, clip: Path) -> Iterator[Measure]:
    """Yield the share of the trace's time inside each library, as Linux's `perf` sees it.

    It looks at command and worker many times a second, over several runs, and notes the shared
    library being run; the system and its C library are run for whoever called them.
    Where there is no `perf`, nothing is yielded.
    """
    shares = sampled([WHEREFROM, "trace", clip, "--archive", archive, "--json", "-"])
    if not shares:
        return
    inside = sum(shares[name] for name in LIBRARIES)
    yield Measure("profile: inside libraries in C", inside, "of CPU", at_least=INSIDE)
    for name, share in sorted(shares.items(), key=lambda pair: -pair[1]):
        yield Measure(f"profile: {name}", share, "of CPU")


def sampled(command: list[str | Path]) -> Mapping[str, float]:
    """Return the share of processor time a command spends in each library; empty without `perf`."""
    perf = shutil.which("perf")
    if perf is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "samples"
        record: list[str | Path] = [
            perf,
            "record",
            "-q",
            "-e",
            "cpu-clock",
            "-F",
            str(SAMPLES),
            "--call-graph",
            f"dwarf,{STACK}",
            "-o",
            data,
            "--",
        ]
        fields: list[str | Path] = ["-F", "ip,dso", "-i", data]
        samples: list[str] = []
        for _ in range(ROUNDS):
            run([*record, *command])
            done = subprocess.run(  # noqa: S603 # a program of the system
                [str(part) for part in (perf, "script", *fields)],
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, "DEBUGINFOD_URLS": ""},
            )
            samples += done.stdout.split("\n\n")
    return shares_of(samples)


def shares_of(samples: list[str]) -> dict[str, float]:
    """Return the share of each library among samples.

    Args:
        samples: The calls each was taken in, a line each, innermost first, its library in brackets.

    >>> shares_of(["7f (/usr/lib/libc.so.6)", "7e (/x/av.libs/libavcodec.so)"])["others"]
    0.5
    """
    counts = dict.fromkeys([*LIBRARIES, "Python", "others"], 0)
    for sample in filter(str.strip, samples):
        frames = [line.partition("(")[2] for line in sample.splitlines() if line.strip()]
        counts[next(filter(None, map(_owner, frames)), "others")] += 1
    whole = max(1, sum(counts.values()))
    return {name: count / whole for name, count in counts.items()}


def _owner(library: str) -> str | None:
    """Return whose a shared library is; None for the system's, which is run for its caller."""
    for name, parts in LIBRARIES.items():
        if any(part in library for part in parts):
            return name
    return "Python" if "python" in library else None


def traced(archive: Path, clip: Path, *, reveal: bool = False) -> tuple[Ran, dict[str, Any]]:
    """Trace a clip with the real command; return what that took, and the answer.

    Args:
        archive: What to search.
        clip: The clip.
        reveal: Whether pixels of what is found are compared as well.
    """
    more = "--reveal" if reveal else "--no-reveal"
    ran = run([WHEREFROM, "trace", clip, "--archive", archive, more, "--json", "-"])
    return ran, json.loads(ran.output)


def _add(archive: Archive, number: int) -> None:
    """Add an asset that nobody filmed."""
    name = f"made-up-{number:05}.mp4"
    times = np.arange(0.0, 2.0 * EACH, 2.0)
    media = Media(EACH * 2.0, 1280, 720, 25.0, True, False, "mov", "h264")  # noqa: FBT003 # facts
    fingerprint = Fingerprint(
        Channel.PICTURE, RECIPE, times, np.zeros(EACH), plausible(EACH, seed=number)
    )
    archive.add(
        archive.spool([fingerprint, media]),
        digest=hashlib.sha256(name.encode()).hexdigest(),
        path=Path("/made-up") / name,
        location=Location(f"file:///made-up/{name}", 1, 1),
    )


def plausible(count: int, *, seed: int) -> Codes:
    """Return codes like those of footage: half of the bits set, alike within a shot, uint8 (n, 32).

    Args:
        count: How many.
        seed: Another seed is other footage.
    """
    random = np.random.default_rng(seed)
    ranks = random.random((-(-count // SHOT), CODE_BITS)).repeat(SHOT, axis=0)[:count]
    moved = ranks + random.normal(0, 0.1, ranks.shape)
    return np.packbits(moved > np.median(moved, axis=1, keepdims=True), axis=1)
