"""What every benchmark needs of the machine: its facts, processor time, a place for results."""

import datetime as dt
import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, override

from index.sandbox import SINGLE

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
WHEREFROM = Path(sys.executable).with_name("wherefrom")
COMPILED = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "wherefrom-benchmarks-compiled"),
}
"""Has commands keep compiled modules, as an installation does after its first run."""
LOOK_EVERY = 0.05
"""Seconds between looks at a command's memory."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number that was measured.

    Attributes:
        name: What it is the number of.
        value: The number.
        unit: Its unit; "×" for a ratio.
        at_most: What it must not pass, where something was asked for.
        at_least: What it must reach, where something was asked for.
        note: What one must know to read it.
    """

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that came to its end.

    Attributes:
        cpu: Seconds of processor time, of it and all processes it started.
        wall: Seconds that went by.
        memory: Bytes: the peaks of its processes added up, so never too little.
        output: What it wrote to standard output.
    """

    cpu: float
    wall: float
    memory: int
    output: str


def facts() -> dict[str, Any]:
    """Return what the numbers depend on: machine, system, versions, load and commit."""
    packages = ("av", "faiss-cpu", "imagehash", "numpy", "opencv-python-headless", "pillow")
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in packages},
        "load": round(os.getloadavg()[0], 2),
        "commit": _commit(),
    }


def save(benchmark: str, machine: Mapping[str, Any], **results: object) -> Path:
    """Write one result and return its file; a later one of the same day takes its place.

    Args:
        benchmark: Its name, with which the file's name begins.
        machine: What `facts` said before anything was measured.
        results: What was found, ready for JSON.
    """
    now = dt.datetime.now(dt.UTC)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{benchmark}-{now:%Y-%m-%d}.json"
    whole = {
        "benchmark": benchmark,
        "measured_at": f"{now:%Y-%m-%dT%H:%MZ}",
        "machine": dict(machine),
        **results,
    }
    text = json.dumps(whole, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


@contextmanager
def workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """Give so many processes to run functions in, each of one thread, as the command is."""
    before = {name: os.environ.get(name) for name in SINGLE}
    os.environ.update(SINGLE)
    try:
        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
            yield pool
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def told(measure: Measure) -> dict[str, Any]:
    """Return a measure ready for JSON, and say it."""
    print(f"  {measure.name:<66}{measure.value:>10.4g} {measure.unit:<10}{verdict(measure)}")
    sys.stdout.flush()
    return asdict(measure)


def verdict(measure: Measure) -> str:
    """Return whether a measure is as was asked for; nothing where nothing was.

    >>> verdict(Measure("index", 1.5, "×", at_most=1.35))
    'misses ≤ 1.35'
    """
    if measure.at_most is not None:
        return f"{'reaches' if measure.value <= measure.at_most else 'misses'} ≤ {measure.at_most}"
    if measure.at_least is not None:
        word = "reaches" if measure.value >= measure.at_least else "misses"
        return f"{word} ≥ {measure.at_least}"
    return ""


def cpu_of(call: Callable[[], object]) -> float:
    """Return the seconds of processor time a call takes in this process."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    call()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(command: Sequence[str | Path], *, allowed: Sequence[int] = (0,)) -> Ran:
    """Run a command to its end.

    Args:
        command: Program and arguments.
        allowed: Exit codes that are no failure.

    Raises:
        RuntimeError: It failed.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 # our own program
            [str(part) for part in command],
            stdout=output,
            stderr=errors,
            env={**os.environ, **COMPILED},
        )
        watch = _Watch(process.pid)
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        output.seek(0)
        errors.seek(0)
        if process.returncode not in allowed:
            said = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{command} ended with {process.returncode}: {said}")
        text = output.read().decode()
    return Ran(used.ru_utime + used.ru_stime, wall, sum(watch.peaks.values()), text)


class _Watch(threading.Thread):
    """Looks at the memory of a process and of those it started."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.peaks: dict[int, int] = {}
        self._process = process
        self._over = threading.Event()

    @override
    def run(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            for process in _family(self._process):
                self.peaks[process] = max(self.peaks.get(process, 0), _peak(process))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _family(process: int) -> list[int]:
    found = [process]
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = tasks.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in children:
            found += _family(int(child))
    return found


def _peak(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # as is
    return done.stdout.strip()
