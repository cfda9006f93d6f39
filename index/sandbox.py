"""A process of its own for decoding, so that a file which crashes or hangs costs nothing else.

FFmpeg and OpenCV are large programs in C that read whatever people send. Here they run apart, with
limits, and what goes wrong with a file comes back as a `BadMediaError` that names it.

The worker is a plain interpreter that is told where to find the packages. `multiprocessing` would
import the program's own start script into it, and with it the whole command line.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Pipe
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from index.errors import BadMediaError, called
from index.worker import READY, Beat, Begun, Call, Glut, Message, Over, Value

STARTING = 60.0
"""Seconds a worker may take to import what it needs, from a cold disk under load."""
POLL = 0.1
"""Seconds between looks at a worker's memory."""
SINGLE = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1"
)
"""Workers run side by side, so each keeps to one thread."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use.

    Attributes:
        stall: Seconds of its own processor time without a heartbeat after which it counts as
            hanging. Opening the worst file of the test footage takes 0.1 s.
        silent: The same by the clock: where much else runs, 15 s of work may take a minute or two.
        memory: Bytes it may take on top of what it needed to start. Decoding 4K video with 16
            reference frames takes 400 MB.
    """

    stall: float = 15.0
    silent: float = 180.0
    memory: int = 800_000_000


class Sandbox:
    """One worker process that runs calls one after another; threads may not share it but to end it.

    It starts with the first call, or ahead of it with `start`, ends with `close` or with the
    program itself, and starts anew after it had to be ended.
    """

    def __init__(self, *, limits: Limits = Limits(), preload: Sequence[str] = ()) -> None:
        """Prepare; nothing runs yet.

        Args:
            limits: What a call may use.
            preload: Modules the worker imports as soon as it runs, so that they are there when the
                first call comes.
        """
        self._limits = limits
        self._preload = tuple(preload)
        self._worker: _Worker | None = None
        self._ending = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the worker and return at once, so that it gets ready while the program goes on."""
        self._started()

    def _started(self) -> "_Worker":
        if self._worker is not None and self._worker.spent(self._limits.memory // 2):
            self.close()
        if self._worker is None:
            self._worker = _Worker(self._preload, self._limits.memory)
        return self._worker

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        with self._ending:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()

    def run[T](
        self,
        function: Callable[..., T],
        *args: object,
        progress: Callable[[float], None] | None = None,
        **kwargs: object,
    ) -> T:
        """Return what the function returns, having run it in the worker.

        Args:
            function: One that can be imported by its name.
            args: Values that can be pickled; the first path among them names the file in errors.
            progress: Called with what the function tells `beat`.
            kwargs: As args.

        Raises:
            UserError: As the function raised it.
            BadMediaError: The worker crashed, hung or ran out of memory.
        """
        [value] = self._values(Call(function, args, kwargs), progress)
        return cast("T", value)

    def each[T](
        self,
        function: Callable[..., Iterator[T]],
        *args: object,
        progress: Callable[[float], None] | None = None,
        **kwargs: object,
    ) -> Iterator[T]:
        """Yield what the function yields, as it comes; else as `run`."""
        return cast("Iterator[T]", self._values(Call(function, args, kwargs), progress))

    def _values(
        self, call: Call, progress: Callable[[float], None] | None
    ) -> Generator[object, None, None]:
        name = next((called(a) for a in call.args if isinstance(a, Path)), call.function.__name__)
        try:
            worker = self._begun(call, name)
            error = yield from self._heard(worker, name, progress)
        except BaseException:
            # Also Ctrl-C: what the worker is doing now, nobody waits for.
            self.close()
            raise
        if error is not None:
            raise error

    def _begun(self, call: Call, name: str) -> "_Worker":
        """Return the worker that has begun with the call; a new one where the old had ended."""
        for _ in range(2):
            worker = self._started()
            worker.wait_until_ready()
            since = time.monotonic()
            message = worker.ask(call)
            while message is None:
                self._weigh(worker, name)
                if time.monotonic() - since > STARTING:
                    raise _hang(name, STARTING)
                message = worker.message()
            if isinstance(message, Begun):
                return worker
            self.close()
        raise RuntimeError("the decoding process ends before it does anything")

    def _heard(
        self, worker: "_Worker", name: str, progress: Callable[[float], None] | None
    ) -> Generator[object, None, Exception | None]:
        """Yield the values of a call that has begun; return the error it ended by."""
        heard = _Heard.of(worker)
        while True:
            message = worker.message()
            match message:
                case Over(error):
                    return error
                case Value(value):
                    yield value
                case Beat(seconds):
                    if progress is not None:
                        progress(seconds)
                case _Gone():
                    raise _crash(name, worker)
                case Glut():
                    raise _glut(name, self._limits.memory)
            heard = self._watched(worker, name, heard, again=message is not None)

    def _watched(self, worker: "_Worker", name: str, heard: "_Heard", *, again: bool) -> "_Heard":
        """Return when a worker was heard of; raise if it hangs or takes too much memory.

        Args:
            worker: The worker.
            name: What it decodes.
            heard: When it was heard of before.
            again: Whether it was now: soon after that nothing is looked at, for to ask the system
                costs more than most messages.
        """
        if again:
            if time.monotonic() < heard.clock + POLL:
                return heard
            heard = _Heard.of(worker)
        since = heard.since(worker)
        if since.worked > self._limits.stall or since.clock > self._limits.silent:
            raise _hang(name, since.clock)
        self._weigh(worker, name)
        return heard

    def _weigh(self, worker: "_Worker", name: str) -> None:
        """Raise if the worker takes too much memory."""
        if worker.growth() > self._limits.memory:
            raise _glut(name, self._limits.memory)


@dataclass(frozen=True, slots=True)
class _Heard:
    """When something was heard of a worker.

    Attributes:
        clock: Seconds by the clock.
        worked: Seconds of processor time that the worker had taken.
    """

    clock: float
    worked: float

    @classmethod
    def of(cls, worker: "_Worker") -> Self:
        """Return the present."""
        return cls(time.monotonic(), worker.worked())

    def since(self, worker: "_Worker") -> "_Heard":
        """Return how much has passed."""
        now = _Heard.of(worker)
        return _Heard(now.clock - self.clock, now.worked - self.worked)


@dataclass(frozen=True, slots=True)
class _Gone:
    """A worker has ended."""


class _Worker:
    """The process and the two ways to it: one to talk, one by which it sees whether we live."""

    def __init__(self, preload: tuple[str, ...], memory: int) -> None:
        talk, theirs = Pipe()
        alive, lifeline = os.pipe()
        code = f"from index.worker import serve; serve({theirs.fileno()}, {alive})"
        path = f"import sys; sys.path[:] = {sys.path!r}; "
        try:
            self._process = subprocess.Popen(  # noqa: S603 # our own interpreter and code
                [sys.executable, "-c", path + code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), alive),
                env={**os.environ, **SINGLE},
                process_group=0,  # Ctrl-C in the terminal is for the program, not for the worker
            )
        finally:
            theirs.close()
            os.close(alive)
        self._talk = talk
        self._lifeline = lifeline
        self._size: int | None = None
        self._talk.send((preload, memory))

    def wait_until_ready(self) -> None:
        """Wait for the worker's first word.

        Raises:
            RuntimeError: It ended or stays silent; that is no file's fault.
        """
        if self._size is not None:
            return
        try:
            if self._talk.poll(STARTING) and self._talk.recv() == READY:
                self._size = _resident(self._process.pid)
                return
        except (EOFError, OSError):
            pass
        raise RuntimeError(f"the decoding process did not start (code {self._process.poll()})")

    def ask(self, call: Call) -> "Message | _Gone | None":
        """Send a call and return the first message after it."""
        try:
            self._talk.send(call)
        except OSError:
            return _Gone()
        return self.message()

    def message(self) -> "Message | _Gone | None":
        """Return the next message; None if none came for a moment."""
        try:
            return cast("Message", self._talk.recv()) if self._talk.poll(POLL) else None
        except (EOFError, OSError):
            return _Gone()

    def spent(self, memory: int) -> bool:
        """Return whether it has ended, or still holds too much from earlier calls."""
        return self._process.poll() is not None or (
            self._size is not None and self.growth() > memory
        )

    def growth(self) -> int:
        """Return the bytes of memory it has taken since it was ready."""
        return _resident(self._process.pid) - (self._size or 0)

    def worked(self) -> float:
        """Return the seconds of processor time it has taken."""
        return _processor(self._process.pid)

    def ending(self) -> str:
        """Return how it ended, in words."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        code = self._process.returncode
        return "unknown" if code is None else f"signal {-code}" if code < 0 else f"code {code}"

    def end(self) -> None:
        """Kill it and forget it."""
        self._process.kill()
        self._process.wait()
        self._talk.close()
        os.close(self._lifeline)


def _resident(process: int) -> int:
    """Return the bytes of memory a process holds; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _processor(process: int) -> float:
    """Return the seconds of processor time a process has taken.

    Where the system does not tell, those of the clock, so that all that passes counts.
    """
    try:
        # What comes before the last bracket is the program's name, which may hold anything.
        facts = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        user, system = facts.rpartition(")")[2].split()[11:13]
    except (OSError, ValueError):
        return time.monotonic()
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _crash(name: str, worker: _Worker) -> BadMediaError:
    return BadMediaError(
        f"{name} made the decoder crash ({worker.ending()}).",
        hint="Convert it with another program first; the file may be damaged.",
    )


def _hang(name: str, stall: float) -> BadMediaError:
    return BadMediaError(
        f"{name} kept the decoder busy for {stall:.0f} s without a picture.",
        hint="Convert it with another program first; the file may be damaged.",
    )


def _glut(name: str, memory: int) -> BadMediaError:
    return BadMediaError(
        f"{name} needs more than {memory // 1_000_000} MB of memory to decode.",
        hint="Make a smaller copy of it first.",
    )
