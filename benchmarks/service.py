"""What look-ups by codes cost in the service, and how many of them it answers.

    python -m benchmarks.service --footage ../shared/footage/archive

Fingerprints of 60 frames are sent to the real command, as a platform would send them at upload: of
clips the archive holds, and of ones it does not. Two archives are asked: in one a million codes are
of all kinds, as in any archive, so that few are of frames; in the other all are of frames, as in an
archive of forty times the size. Codes are made up as in `benchmarks.mixtures`, but those of frames
of three frames at random: there are too few real frames for many to be like them and no more like
one another than real ones, which are never within the radius if they show different things. How
near they come is measured as well.

How many are answered is measured by callers that ask again as soon as they are answered; how long
each waits, at half of that rate, from when it should have been sent. On a machine that others use
as well these say little, and processor time a look-up, in one thread and in the service, says more.
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from api.web.lookups import Lookups
from api.web.routes.lookup import answered
from benchmarks import films, machine
from benchmarks.cases import FOOTAGE
from benchmarks.films import Coding
from benchmarks.machine import WHEREFROM, Measure
from benchmarks.mixtures import Bits, Measured, add, made_up, measured, mixed
from index.archive import Archive
from index.banks import Banks
from index.desk import Desk
from index.fingerprints import Fingerprints, line
from index.values import CODE_BITS, Channel, Codes, Fingerprint
from lineage.lookups import LookupParams
from lineage.prints import fingerprints

LEAST, TAIL = 20.0, 5.0
"""What must be reached: look-ups a second on two cores, and how many times the median wait 99 in
100 waits stay below, at half of the greatest load."""
CALLERS = 4
FRAMES = 60
CLIPS = 6
"""Films that are asked for: of most, fewer than 60 frames tell all, so others follow."""
STARTING = 300.0
"""Seconds the service may take to start: a busy machine is not a failing one."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured.

    Attributes:
        codes: Codes of an archive.
        films: Films whose codes are mixed, at most.
        rounds: Look-ups of each fingerprint in one thread, of which the least counts.
        seconds: For which the service is asked.
        long: Films that an asset of frames alone is as long as.
    """

    codes: int = 1_000_000
    films: int = 24
    rounds: int = 5
    seconds: float = 15.0
    long: int = 120


BRIEF = Scale(codes=20_000, films=2, rounds=1, seconds=2.0, long=12)


def measures(folder: Path, footage: Sequence[Path], scale: Scale) -> Iterator[Measure]:
    """Yield all numbers."""
    footage = list(footage)[: scale.films] or [
        films.film(folder / "film.mp4", 40, coding=Coding(), start=1_000.0)
    ]
    real = [measured(path) for path in footage]
    clips = [fingerprints(path) for path in footage[:CLIPS]]
    known = [compiled([*clips[first:], *clips[:first]]) for first in range(len(clips))]
    unknown = [strange(prints, real, seed) for seed, prints in enumerate(known)]
    asked = {"known": known, "unknown": unknown}
    frames = [_of(each, Channel.PICTURE) for each in real if Channel.PICTURE in each.codes]
    pool = np.unpackbits(
        np.concatenate([each.codes[Channel.PICTURE].codes for each in frames]), axis=1
    ).astype(np.float32)
    kinds = (("all kinds", real, 12, mixed), ("frames alone", frames, scale.long, crossed))
    for name, parts, long, mixing in kinds:
        archive = folder / f"{name.replace(' ', '-')}-{scale.codes}.archive"
        if not archive.exists():
            more = made_up(parts, scale.codes, seed=1, films_each=long, mixing=mixing)
            _fill(archive, [*parts, *apart(more, pool)])
        yield from _held(archive, name, unknown)
        for what, prints in asked.items():
            yield from _alone(archive, prints, f"{name}, {what}", scale)
            yield from _served(archive, prints, f"{name}, {what}", scale)


def compiled(clips: Sequence[Fingerprints]) -> Fingerprints:
    """Return a fingerprint of the first frames of clips one after another, of nothing else."""
    first, starts = clips[0], np.cumsum([0.0, *(each.duration for each in clips)])
    times = np.concatenate([each.picture.times + s for each, s in zip(clips, starts, strict=False)])
    every = replace(
        first.picture,
        times=times,
        holds=np.concatenate([each.picture.holds for each in clips]),
        codes=np.concatenate([each.picture.codes for each in clips]),
        places=np.empty((len(times), 0), np.float32),
    )
    return replace(
        first,
        duration=float(starts[-1]),
        picture=_first(every, FRAMES),
        features={variant: _first(each, 0) for variant, each in first.features.items()},
        sound=_first(first.sound, 0),
    )


def strange(prints: Fingerprints, real: Sequence[Measured], seed: int) -> Fingerprints:
    """Return a fingerprint of frames that nobody filmed, as like one another as real ones are."""
    random = np.random.default_rng(1_000 + seed)
    pool = np.concatenate([each.codes[Channel.PICTURE].codes for each in real])
    other = pool[random.integers(0, len(pool))]
    mask = np.packbits(random.random(CODE_BITS) < 0.5)  # noqa: PLR2004 # half
    codes = (prints.picture.codes & mask) | (other & ~mask)
    return replace(prints, picture=replace(prints.picture, codes=codes))


def crossed(codes: Codes, pool: Bits, random: np.random.Generator) -> Codes:
    """Return for each code one that is a third of it and a third each of any two others."""
    parents = [np.unpackbits(codes, axis=1)] + [
        pool[random.integers(0, len(pool), len(codes))].astype(np.uint8) for _ in range(2)
    ]
    return np.packbits(np.choose(random.integers(0, 3, parents[0].shape), parents), axis=1)


def apart(made: Iterable[Measured], pool: Bits) -> Iterator[Measured]:
    """Yield made-up assets whose frames are as unlike one another as real ones."""
    random = np.random.default_rng(2)
    for each in made:
        frames = each.codes[Channel.PICTURE]
        new = replace(frames, codes=crossed(frames.codes, pool, random))
        yield replace(each, codes={**each.codes, Channel.PICTURE: new})


def rate(ask: Callable[[int], None], seconds: float) -> float:
    """Return how many are answered a second, by callers that ask again at once."""
    over, counts = time.monotonic() + seconds, [0] * CALLERS

    def call(caller: int) -> None:
        while time.monotonic() < over:
            ask(caller)
            counts[caller] += 1

    began = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(call, range(CALLERS)))
    return sum(counts) / (time.monotonic() - began)


def waits(ask: Callable[[int], None], every: float, seconds: float) -> list[float]:
    """Return for how long each waits, from when it should be sent: one every so many seconds."""
    began = time.monotonic()
    many = max(2, int(seconds / every))

    def call(number: int) -> float:
        due = began + number * every
        time.sleep(max(0.0, due - time.monotonic()))
        ask(number)
        return time.monotonic() - due

    with ThreadPoolExecutor(32) as callers:
        return list(callers.map(call, range(many)))


def _of(film: Measured, channel: Channel) -> Measured:
    return replace(film, codes={channel: film.codes[channel]})


def _first(held: Fingerprint, count: int) -> Fingerprint:
    return replace(
        held,
        times=held.times[:count],
        holds=held.holds[:count],
        codes=held.codes[:count],
        places=held.places[:count],
    )


def _fill(archive: Path, made: Sequence[Measured]) -> None:
    with Archive.open(archive, create=True) as opened:
        for number, each in enumerate(made):
            add(opened, each, number)
        opened.seal()


def _held(archive: Path, name: str, unknown: Sequence[Fingerprints]) -> Iterator[Measure]:
    """Yield how much an archive holds, and how near its frames are to ones that nobody filmed."""
    radius = LookupParams().picture
    asked = np.concatenate([each.picture.codes for each in unknown])
    with Archive.open(archive) as opened:
        stats = opened.stats()
        near = len(opened.search(asked, radius))
        frames = len(opened.search(asked[:1], CODE_BITS, most=stats.codes))
    note = f"{stats.assets} assets, {frames:,} codes of frames"
    yield Measure(f"archive, {name}", stats.codes, "codes", note=note)
    each = 1e6 * near / len(asked) / frames
    yield Measure(f"{name}: frames within {radius} bits of one", each, "in a million")


def _alone(
    archive: Path, prints: Sequence[Fingerprints], name: str, scale: Scale
) -> Iterator[Measure]:
    """Yield what a look-up costs in one thread."""
    sent = [line(each).encode() for each in prints]
    with Archive.open(archive) as opened, Desk.open(archive) as desk:
        shared = Lookups(Banks(desk.catalogue))
        answered(sent[0], opened, shared)  # reads the archive
        costs = [
            min(_cpu(partial(answered, data, opened, shared)) for _ in range(scale.rounds))
            for data in sent
        ]
        found = [len(answered(data, opened, shared)["candidates"]) for data in sent]
    note = f"{float(np.mean(found)):.1f} candidates, {len(sent[0]) / 1e3:.0f} kB"
    yield Measure(
        f"{name}: look-up, one thread", 1e3 * float(np.median(costs)), "ms CPU", note=note
    )


def _served(
    archive: Path, prints: Sequence[Fingerprints], name: str, scale: Scale
) -> Iterator[Measure]:
    """Yield how many look-ups the service answers, and how long each waits."""
    sent = [line(each).encode() for each in prints]
    with serving(archive) as (port, process):

        def ask(number: int) -> None:
            post(port, sent[number % len(sent)])

        rate(ask, scale.seconds / 10)
        before = used(process)
        fast = rate(ask, scale.seconds)
        spent = used(process) - before
        every = sorted(waits(ask, 2 / fast, scale.seconds))
    load = f"load {os.getloadavg()[0]:.1f}"
    cost = spent / (fast * scale.seconds)
    yield Measure(f"{name}: a second", fast, "look-ups", at_least=LEAST, note=load)
    yield Measure(f"{name}: look-up, service", 1e3 * cost, "ms CPU")
    yield Measure(f"{name}: two cores / CPU", 2 / cost, "look-ups", at_least=LEAST)
    half, last = (every[min(len(every) - 1, int(share * len(every)))] for share in (0.5, 0.99))
    yield Measure(f"{name}: median wait at half load", 1e3 * half, "ms")
    yield Measure(f"{name}: p99 / p50 at half load", last / half, "×", at_most=TAIL, note=load)


@contextmanager
def serving(archive: Path, *, tracers: int = 0) -> Iterator[tuple[int, int]]:
    """Give the port and the process of a service that traces so many clips at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [WHEREFROM, "serve", "--archive", archive, "--port", port, "--tracers", tracers]
    environment = {**os.environ, **machine.COMPILED, "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(  # noqa: S603 # our own program
        [str(part) for part in command], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + STARTING
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                get(port, "/health/live")
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def used(process: int) -> float:
    """Return the seconds of processor time a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def get(port: int, path: str) -> None:
    """Ask for something."""
    _asked(port, "GET", path, b"", {})


def post(port: int, data: bytes) -> None:
    """Look a fingerprint up."""
    _asked(port, "POST", "/v1/lookup", data, {"Content-Type": "application/json"})


def _asked(port: int, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> None:
    link = _LINKS.__dict__.setdefault(str(port), http.client.HTTPConnection("127.0.0.1", port))
    try:
        link.request(method, path, data, dict(headers))
        answer = link.getresponse()
    except (OSError, http.client.HTTPException):
        link.close()  # the service hangs up on who says nothing for some seconds
        link.request(method, path, data, dict(headers))
        answer = link.getresponse()
    said = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path} is answered {answer.status}: {said[:300]!r}")


_LINKS = threading.local()
"""A thread asks along one connection."""


def _cpu(call: Callable[[], object]) -> float:
    before = time.thread_time()
    call()
    return time.thread_time() - before


def main() -> int:
    """Measure, say and save; return the exit code."""
    options = argparse.ArgumentParser(description="What look-ups cost in the service.")
    options.add_argument("--footage", type=Path, default=FOOTAGE / "archive")
    options.add_argument("--folder", type=Path, help="where archives are made; they are kept there")
    options.add_argument("--brief", action="store_true", help="only try that every step works")
    asked = options.parse_args()
    facts = machine.facts()
    footage = sorted(asked.footage.glob("*.mp4")) if asked.footage.is_dir() else []
    with tempfile.TemporaryDirectory(prefix="wherefrom-service-") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{facts['processor']}, {facts['cores']} cores, load {facts['load']}")
        scale = BRIEF if asked.brief else Scale()
        found = [machine.told(each) for each in measures(folder, footage, scale)]
    if not asked.brief:
        print(machine.save("service", facts, measures=found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
