"""A process of its own for decoding, so that a file which crashes or hangs costs nothing else.

FFmpeg and OpenCV are large programs in C that read whatever people send. Here they run apart, with
limits, and what goes wrong with a file comes back as a `BadMediaError` that names it.

The worker is a plain interpreter that is told where to find the packages. `multiprocessing` would
import the program's own start script into it, and with it the whole command line.
"""

import contextlib
import gc
import importlib
import os
import pickle
import resource
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from index.errors import BadMediaError, called

STARTING = 60.0
"""Seconds a worker may take to import what it needs, from a cold disk under load."""
READY = "ready"
"""A worker's first word."""
POLL = 0.1
"""Seconds between looks at a worker's memory."""
BEAT_EVERY = 0.2
"""Seconds between two heartbeats that are sent; more would only be read and thrown away."""

FRESH = 50_000
"""New objects after which Python looks for unreachable ones; its usual 700 costs an import a tenth
of its time, and a decoder makes few that point at one another."""

SINGLE = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1"
)
"""Workers run side by side, so each keeps to one thread."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use.

    Attributes:
        stall: Seconds without a heartbeat after which it counts as hanging. Opening the worst file
            of the test footage takes 0.1 s.
        memory: Bytes it may take on top of what it needed to start. Decoding 4K video with 16
            reference frames takes 400 MB.
    """

    stall: float = 15.0
    memory: int = 800_000_000


class Sandbox:
    """One worker process that runs calls one after another; not to be shared by threads.

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
        if self._worker is not None:
            self._worker.end()
            self._worker = None

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
        name = next((called(arg) for arg in args if isinstance(arg, Path)), function.__name__)
        call = _Call(function, args, kwargs)
        try:
            answer = self._answer(call, name, progress)
            if answer is None:
                self.close()
                answer = self._answer(call, name, progress)
        except BaseException:
            # Also Ctrl-C: what the worker is doing now, nobody waits for.
            self.close()
            raise
        if answer is None:
            raise RuntimeError("the decoding process ends before it does anything")
        if answer.error is not None:
            raise answer.error
        return cast("T", answer.result)

    def _answer(
        self, call: "_Call", name: str, progress: Callable[[float], None] | None
    ) -> "_Answer | None":
        """Return the worker's answer; None if it had ended before it began with the call."""
        worker = self._started()
        worker.wait_until_ready()
        heard, patience = time.monotonic(), STARTING
        message = worker.ask(call)
        while not isinstance(message, _Answer):
            match message:
                case _Begun():
                    heard, patience = time.monotonic(), self._limits.stall
                case _Beat(seconds):
                    heard = time.monotonic()
                    if progress is not None:
                        progress(seconds)
                case _Gone() if patience == STARTING:
                    return None
                case _Gone():
                    raise _crash(name, worker)
                case _Glut():
                    raise _glut(name, self._limits.memory)
            if time.monotonic() - heard > patience:
                raise _hang(name, patience)
            if worker.growth() > self._limits.memory:
                raise _glut(name, self._limits.memory)
            message = worker.message()
        return message


@dataclass(frozen=True, slots=True)
class _Call:
    """What a worker is asked to do."""

    function: Callable[..., object]
    args: tuple[object, ...]
    kwargs: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A worker has imported what the call needs and calls it now."""


@dataclass(frozen=True, slots=True)
class _Beat:
    """A worker is this many seconds into the file."""

    seconds: float


@dataclass(frozen=True, slots=True)
class _Glut:
    """A worker could not get the memory it asked for."""


@dataclass(frozen=True, slots=True)
class _Gone:
    """A worker has ended."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a function returned, or the error it raised."""

    result: object = None
    error: Exception | None = None


type _Message = _Begun | _Beat | _Glut | _Gone | _Answer | None


class _Worker:
    """The process and the two ways to it: one to talk, one by which it sees whether we live."""

    def __init__(self, preload: tuple[str, ...], memory: int) -> None:
        talk, theirs = Pipe()
        alive, lifeline = os.pipe()
        code = f"from index.sandbox import _serve; _serve({theirs.fileno()}, {alive})"
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

    def ask(self, call: "_Call") -> "_Message":
        """Send a call and return the first message after it."""
        try:
            self._talk.send(call)
        except OSError:
            return _Gone()
        return self.message()

    def message(self) -> "_Message":
        """Return the next message; None if none came for a moment."""
        try:
            return cast("_Message", self._talk.recv()) if self._talk.poll(POLL) else None
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


def beat(seconds: float) -> None:
    """Tell whoever waits for this worker that it is `seconds` into the file; elsewhere, nothing."""
    now = time.monotonic()
    if _line.talk is not None and now - _line.beaten >= BEAT_EVERY:
        _line.beaten = now
        _line.talk.send(_Beat(seconds))


@dataclass(slots=True)
class _Line:
    """The worker's own end; the one state of this module, since a process has but one parent."""

    talk: Connection | None = None
    beaten: float = 0.0


_line = _Line()


def _serve(talking: int, alive: int) -> None:
    """Run calls until the parent is gone; the worker's whole life."""
    threading.Thread(target=_die_with_parent, args=(alive,), daemon=True).start()
    gc.set_threshold(FRESH)
    talk = Connection(talking)
    modules, memory = talk.recv()
    for module in modules:
        importlib.import_module(module)
    _fence(memory)
    talk.send(READY)
    _line.talk = talk
    while True:
        try:
            call: _Call = talk.recv()
        except EOFError:
            return
        except Exception as error:  # noqa: BLE001 # it could not import what it was asked to call
            talk.send(_Answer(error=_portable(error)))
            continue
        talk.send(_Begun())
        _line.beaten = 0.0
        talk.send(_outcome(call))


def _fence(memory: int) -> None:
    """Have the system refuse memory that is asked for faster than the parent looks.

    The system counts what is asked for, the parent what is used, so the fence stands further out.
    """
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        most = pages * resource.getpagesize() + 2 * memory
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))


def _outcome(call: _Call) -> _Message:
    try:
        return _Answer(call.function(*call.args, **call.kwargs))
    except MemoryError:
        return _Glut()
    except Exception as error:  # noqa: BLE001 # raised again where the call was made
        return _Answer(error=_portable(error))


def _portable(error: Exception) -> Exception:
    """Return the error as it survives the way to the parent, with its traceback as a note."""
    error.add_note(f"In the worker:\n{traceback.format_exc()}")
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 # our own bytes
    except Exception:  # noqa: BLE001 # an error's class may do anything when copied
        return RuntimeError(traceback.format_exc())
    return error


def _die_with_parent(alive: int) -> None:
    """End the process when the parent's end of the pipe closes, as it does however it ends."""
    os.read(alive, 1)
    os._exit(1)


def _resident(process: int) -> int:
    """Return the bytes of memory a process holds; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


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
