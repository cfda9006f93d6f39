"""A worker's side of a sandbox: it runs what it is asked and sends back what comes of it."""

import gc
import importlib
import os
import pickle
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

READY = "ready"
"""A worker's first word."""
BEAT_EVERY = 0.2
"""Seconds between two heartbeats that are sent; more would only be read and thrown away."""

FRESH = 50_000
"""New objects after which Python looks for unreachable ones; its usual 700 costs an import a tenth
of its time, and a decoder makes few that point at one another."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a worker is asked to do."""

    function: Callable[..., object]
    args: tuple[object, ...]
    kwargs: dict[str, object]


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker has imported what the call needs and calls it now."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A worker is this many seconds into the file."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Value:
    """What a function returned, or one of the values it yielded."""

    value: object


@dataclass(frozen=True, slots=True)
class Glut:
    """A worker could not get the memory it asked for."""


@dataclass(frozen=True, slots=True)
class Over:
    """A call has come to its end, by the error if there is one."""

    error: Exception | None = None


type Message = Begun | Beat | Value | Glut | Over


def beat(seconds: float) -> None:
    """Tell whoever waits for this worker that it is `seconds` into the file; elsewhere, nothing."""
    now = time.monotonic()
    if _line.talk is not None and now - _line.beaten >= BEAT_EVERY:
        _line.beaten = now
        _line.talk.send(Beat(seconds))


@dataclass(slots=True)
class _Line:
    """The worker's own end; the one state of this module, since a process has but one parent."""

    talk: Connection | None = None
    beaten: float = 0.0


_line = _Line()


def serve(talking: int, alive: int) -> None:
    """Run calls until the parent is gone; the worker's whole life.

    Args:
        talking: File descriptor of the pipe on which calls come and messages go.
        alive: File descriptor of a pipe that the parent holds open as long as it lives.
    """
    threading.Thread(target=die_with_parent, args=(alive,), daemon=True).start()
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
            call: Call = talk.recv()
        except EOFError:
            return
        except Exception as error:  # noqa: BLE001 # it could not import what it was asked to call
            talk.send(Begun())
            talk.send(Over(_portable(error)))
            continue
        talk.send(Begun())
        _line.beaten = 0.0
        for message in _messages(call):
            talk.send(message)


def _messages(call: Call) -> Iterator[Message]:
    """Run a call and yield what comes of it."""
    try:
        result = call.function(*call.args, **call.kwargs)
        for value in result if isinstance(result, Iterator) else (result,):
            yield Value(value)
    except MemoryError:
        yield Glut()
    except Exception as error:  # noqa: BLE001 # raised again where the call was made
        yield Over(_portable(error))
    else:
        yield Over()


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


def _portable(error: Exception) -> Exception:
    """Return the error as it survives the way to the parent, with its traceback as a note."""
    error.add_note(f"In the worker:\n{traceback.format_exc()}")
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 # our own bytes
    except Exception:  # noqa: BLE001 # an error's class may do anything when copied
        return RuntimeError(traceback.format_exc())
    return error


def die_with_parent(alive: int) -> None:
    """End the process when the parent's end of the pipe closes, as it does however it ends."""
    os.read(alive, 1)
    os._exit(1)
