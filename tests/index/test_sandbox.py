import contextlib
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.decode import clip as decode
from index.decode.pacing import Pace
from index.errors import BadMediaError, MissingFileError
from index.sandbox import Limits, Sandbox
from index.worker import beat
from tests import clips

CLIP = Path("/footage/odd\nname.mp4")


# These run in the worker.


def double(number: int) -> int:
    return 2 * number


def crash(_: Path) -> None:
    os.abort()


def hang(_: Path) -> None:
    time.sleep(60)


def spin(_: Path) -> None:
    while True:
        pass


def rest(_: Path) -> str:
    time.sleep(1.0)
    return "done"


def hoard(size: int) -> int:
    hoarded.append(b"1" * size)
    return os.getpid()


hoarded: list[bytes] = []


def beat_for(seconds: float) -> str:
    for n in range(round(seconds / 0.1)):
        time.sleep(0.1)
        beat(n / 10)
    return "done"


def swallow(_: Path, size: int) -> None:
    held = b"1" * size
    time.sleep(60)
    del held


def modules() -> list[str]:
    return sorted(sys.modules)


def process_group() -> int:
    return os.getpgid(0)


def count_to(number: int) -> Iterator[int]:
    yield from range(number)


def count_then_fail(path: Path) -> Iterator[int]:
    yield 1
    raise BadMediaError(f"{path.name} ends early.", hint="Look.")


class OddError(Exception):
    def __init__(self, *, detail: str) -> None:
        super().__init__(detail)


def raise_odd() -> None:
    raise OddError(detail="cannot be pickled")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=Limits(memory=300_000_000)) as made:
        yield made


@pytest.fixture
def hasty() -> Iterator[Sandbox]:
    """One that waits for a heartbeat no longer than a second."""
    with Sandbox(limits=Limits(stall=1.0, silent=1.0)) as made:
        yield made


def test_what_the_function_returns_comes_back(sandbox: Sandbox) -> None:
    assert [sandbox.run(double, n) for n in range(3)] == [0, 2, 4]


def test_frames_are_decoded_in_the_worker(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "a.mp4", seconds=0.4)

    with Sandbox() as made:
        media = made.run(decode.media, clip)

    assert media == decode.media(clip)


def test_calls_run_in_another_process(sandbox: Sandbox) -> None:
    assert sandbox.run(os.getpid) != os.getpid()


def test_a_started_worker_has_loaded_what_it_was_told() -> None:
    with Sandbox(preload=["wave"]) as made:
        made.start()

        assert "wave" in made.run(modules)


def test_the_worker_does_not_import_the_program(sandbox: Sandbox) -> None:
    loaded = sandbox.run(eval, "{name.partition('.')[0] for name in __import__('sys').modules}")

    assert "index" in loaded
    assert not loaded & {"api", "av", "numpy", "pytest", "typer"}


def test_errors_of_the_user_come_through_with_their_hint(sandbox: Sandbox) -> None:
    with pytest.raises(MissingFileError, match=r"no file nowhere\.mp4") as caught:
        sandbox.run(decode.media, Path("nowhere.mp4"))

    assert caught.value.hint == "Check the path for typing errors."


def test_defects_come_through_with_the_worker_s_traceback(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="math domain error") as caught:
        sandbox.run(math.sqrt, -1)

    assert "in _messages" in caught.value.__notes__[0]


def test_errors_that_cannot_travel_are_told_in_words(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="OddError: cannot be pickled"):
        sandbox.run(raise_odd)


def test_functions_the_worker_cannot_find_are_a_defect(sandbox: Sandbox) -> None:
    def inner() -> None: ...

    inner.__qualname__ = "nowhere"
    inner.__module__ = "nowhere"
    sys.modules["nowhere"] = type(sys)("nowhere")
    sys.modules["nowhere"].nowhere = inner  # type: ignore[attr-defined] # made up
    try:
        with pytest.raises(ModuleNotFoundError, match="nowhere"):
            sandbox.run(inner)
    finally:
        del sys.modules["nowhere"]


def test_a_crash_names_the_file(sandbox: Sandbox) -> None:
    with pytest.raises(BadMediaError, match=r"odd\\nname\.mp4 made the decoder crash \(signal 6\)"):
        sandbox.run(crash, CLIP)


def test_a_hang_names_the_file(hasty: Sandbox) -> None:
    with pytest.raises(BadMediaError, match=r"odd\\nname\.mp4 kept the decoder busy for 1 s"):
        hasty.run(hang, CLIP)


def test_work_without_a_word_is_a_hang() -> None:
    with (
        Sandbox(limits=Limits(stall=0.3)) as made,
        pytest.raises(BadMediaError, match="kept the decoder busy"),
    ):
        made.run(spin, CLIP)


def test_a_worker_that_the_machine_lets_wait_is_no_hang() -> None:
    with Sandbox(limits=Limits(stall=0.3)) as made:
        assert made.run(rest, CLIP) == "done"


@pytest.mark.parametrize("size", [500_000_000, 50_000_000_000], ids=["used", "asked for"])
def test_a_glut_of_memory_names_the_file(sandbox: Sandbox, size: int) -> None:
    with pytest.raises(BadMediaError, match=r"odd\\nname\.mp4 needs more than 300 MB"):
        sandbox.run(swallow, CLIP, size)


def test_after_a_crash_the_next_call_finds_a_new_worker(sandbox: Sandbox) -> None:
    with pytest.raises(BadMediaError):
        sandbox.run(crash, CLIP)

    assert sandbox.run(double, 4) == 8


def test_a_worker_killed_between_calls_is_replaced(sandbox: Sandbox) -> None:
    first = sandbox.run(os.getpid)
    os.kill(first, signal.SIGKILL)
    assert gone(first, within=5.0)

    assert sandbox.run(os.getpid) != first


def test_a_worker_that_has_grown_is_replaced(sandbox: Sandbox) -> None:
    first = sandbox.run(hoard, 200_000_000)

    assert sandbox.run(os.getpid) != first


def test_who_beats_is_left_to_work_and_progress_is_told(hasty: Sandbox) -> None:
    heard: list[float] = []

    answer = hasty.run(beat_for, 1.8, progress=heard.append)

    assert answer == "done"
    assert len(heard) >= 4
    assert heard == sorted(heard)


def test_a_beat_outside_a_worker_is_nothing() -> None:
    beat(1.0)


def test_a_closed_sandbox_leaves_no_process(sandbox: Sandbox) -> None:
    process = sandbox.run(os.getpid)

    sandbox.close()

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_the_terminal_s_interrupt_does_not_reach_the_worker(sandbox: Sandbox) -> None:
    assert sandbox.run(process_group) != os.getpgid(0)


PARENT = """
import os, sys, time
sys.path.insert(0, {root!r})
from index.sandbox import Sandbox
sandbox = Sandbox()
print(sandbox.run(os.getpid), flush=True)
sandbox.run({call}, 60)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_worker_dies_with_its_parent(root: Path, ending: signal.Signals) -> None:
    code = PARENT.format(root=str(root), call="time.sleep")
    with subprocess.Popen(  # noqa: S603 # our own code
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.2)

        parent.send_signal(ending)
        parent.wait(10)

        assert gone(worker, within=5.0)


def gone(process: int, *, within: float) -> bool:
    """Whether a process has ended, or is only waiting for someone to notice."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2]
        except OSError:
            return True
        if state.split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.footage
def test_hostile_files_end_within_twenty_seconds_and_a_gigabyte(footage: Path) -> None:
    paths = sorted((footage / "hostile").iterdir())

    with Sandbox() as made:
        costs = {path.name: cost(made, path) for path in paths}

    assert len(costs) > 40
    assert {
        name for name, (seconds, memory) in costs.items() if seconds > 20 or memory > 1e9
    } == set()


def cost(sandbox: Sandbox, path: Path) -> tuple[float, float]:
    """Seconds a file takes, and the most memory the worker has had until then."""
    begun = time.monotonic()
    memory = sandbox.run(decode_all, path)
    return time.monotonic() - begun, memory


def decode_all(path: Path) -> float:
    with contextlib.suppress(BadMediaError):
        for frame in decode.frames(path, Pace.EVERY):
            beat(frame.time)
    # Not `ru_maxrss`: that begins with what the process that started this one had.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in status if line.startswith("VmHWM"))
    return 1024.0 * int(peak)


def test_values_come_one_by_one(sandbox: Sandbox) -> None:
    assert list(sandbox.each(count_to, 3)) == [0, 1, 2]
    assert sandbox.run(double, 4) == 8


def test_an_error_after_some_values_reaches_whoever_takes_them(sandbox: Sandbox) -> None:
    values = sandbox.each(count_then_fail, CLIP)

    assert next(values) == 1
    with pytest.raises(BadMediaError, match="ends early"):
        next(values)
    assert sandbox.run(double, 4) == 8


def test_whoever_takes_no_more_values_gets_a_new_worker(sandbox: Sandbox) -> None:
    before = sandbox.run(os.getpid)
    for _ in sandbox.each(count_to, 1_000_000):
        break

    assert sandbox.run(double, 4) == 8
    assert sandbox.run(os.getpid) != before
