"""Processes in which tasks run, apart from the one that answers requests.

A trace keeps Python busy: in a thread beside it, pages took three times as long
([why](../../docs/adr/0033-tasks-run-apart-from-requests.md)). A crash costs the task alone, and one
that is withdrawn can be ended whatever it is doing.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Pipe
from time import monotonic
from typing import Self, cast

from api.work import tracing
from api.work.hand import Errand, Message, Over, Stop


@dataclass(frozen=True, slots=True)
class Gone:
    """The process has ended, without a word."""


class Process:
    """One process that runs tasks one after another; not to be shared by threads."""

    def __init__(self, preload: Sequence[str]) -> None:
        """Start it, and return at once.

        Args:
            preload: Modules it imports as soon as it runs.
        """
        talk, theirs = Pipe()
        alive, lifeline = os.pipe()
        code = f"from api.work.hand import serve; serve({theirs.fileno()}, {alive})"
        path = f"import sys; sys.path[:] = {sys.path!r}; "
        try:
            self._process = subprocess.Popen(  # noqa: S603 # our own interpreter and code
                [sys.executable, "-c", path + code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what decoders say may name files
                pass_fds=(theirs.fileno(), alive),
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                process_group=0,  # Ctrl-C in the terminal is for the service, not for this
            )
        finally:
            theirs.close()
            os.close(alive)
        self._talk, self._lifeline = talk, lifeline
        self._talk.send(tuple(preload))

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def begin(self, errand: Errand) -> None:
        """Let it do a task.

        Raises:
            OSError: It has ended.
        """
        self._talk.send(errand)

    def message(self, wait: float) -> Message | Gone | None:
        """Return what it says next; None if it says nothing for some seconds."""
        try:
            return cast("Message", self._talk.recv()) if self._talk.poll(wait) else None
        except (EOFError, OSError):
            return Gone()

    def stop(self, grace: float) -> Over:
        """Let it leave what it does, and return how that ended; kill it if it takes too long.

        Args:
            grace: Seconds.
        """
        try:
            self._talk.send(Stop())
            until = monotonic() + grace
            while (left := until - monotonic()) > 0:
                match self.message(left):
                    case Over() as over:
                        return over
                    case Gone():
                        break
        except OSError:
            pass
        self.end()
        return Over()

    def end(self) -> None:
        """Kill it and forget it."""
        if self._talk.closed:
            return
        self._process.kill()
        self._process.wait()
        self._talk.close()
        os.close(self._lifeline)


class Crew:
    """Processes that wait for tasks; shared by threads."""

    def __init__(
        self, *, preload: Sequence[str] = (tracing.__name__,), keep: int = 1, warm: int = 1
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            preload: Modules each process imports first, so that what a task needs is there when the
                first one comes.
            keep: Processes that are kept waiting for the next task, at most.
            warm: Of these, how many are started ahead.
        """
        self._preload, self._keep, self._warm = tuple(preload), keep, warm
        self._idle: list[Process] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start processes ahead, so that the first task need not wait."""
        with self._lock:
            while len(self._idle) < self._warm:
                self._idle.append(Process(self._preload))

    def taken(self) -> Process:
        """Return a process that does nothing."""
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.end()
        return Process(self._preload)

    def back(self, process: Process) -> None:
        """Take back a process that has done what it was to do, or has ended."""
        with self._lock:
            if process.alive and len(self._idle) < self._keep:
                self._idle.append(process)
                return
        process.end()

    def close(self) -> None:
        """End those that wait."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()
