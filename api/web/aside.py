"""One decoder for what requests ask of archived files, ended when nobody asks."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from index import measure
from index.sandbox import Sandbox

IDLE = 30.0
"""Seconds after which the decoder is ended if nobody asked."""


@dataclass(slots=True, eq=False)
class Aside:
    """A sandbox that threads take in turn."""

    _sandbox: Sandbox = field(default_factory=lambda: Sandbox(preload=measure.NEEDED))
    _busy: threading.Lock = field(default_factory=threading.Lock)
    _idle: threading.Timer | None = None

    def run[T](
        self,
        function: Callable[..., T],
        *args: object,
        **kwargs: Any,  # noqa: ANN401 # what the function takes
    ) -> T:
        """Return what a function returns, run aside; see `Sandbox.run`."""
        with self._busy:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = threading.Timer(IDLE, self._rest)
            self._idle.daemon = True
            self._idle.start()
            return self._sandbox.run(function, *args, **kwargs)

    def close(self) -> None:
        """End the decoder."""
        with self._busy:
            if self._idle is not None:
                self._idle.cancel()
            self._sandbox.close()

    def _rest(self) -> None:
        with self._busy:
            self._sandbox.close()
