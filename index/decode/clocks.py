"""Time stamps to times that always rise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockParams:
    """What is no longer believed of a time stamp.

    Attributes:
        back: Seconds; stamps that fall by more are a new start of the count, not a slip.
        ahead: Seconds; a gap this long is believed only within the length the header states.
        slips: Stamps in a row that do not rise before the count is taken to stand still.
    """

    back: float = 0.5
    ahead: float = 600.0
    slips: int = 3


class Clock:
    """Turns the stamps of shown frames, in their order and in seconds since the first, into times.

    >>> clock = Clock(period=0.04)
    >>> [round(clock.time(stamp), 3) for stamp in (0.0, 0.04, None, 0.12, -7.0, -6.96)]
    [0.0, 0.04, 0.08, 0.12, 0.16, 0.2]
    >>> clock.repaired
    2

    Attributes:
        repaired: How many frames had a stamp that could not be used as it was.
    """

    def __init__(
        self,
        *,
        period: float,
        length: float = 0.0,
        params: ClockParams = ClockParams(),
    ) -> None:
        """Start a clock.

        Args:
            period: Usual seconds from frame to frame.
            length: Seconds the header states; 0 if it does not.
            params: What is not believed.
        """
        self._period = period
        self._shift = 0.0
        self._length = length
        self._params = params
        self._last: float | None = None
        self._slips = 0
        self.repaired = 0

    def time(self, stamp: float | None) -> float:
        """Return when the next frame is shown, after all before it."""
        if stamp is None:
            self.repaired += 1
            return self._set(0.0 if self._last is None else self._last + self._period)
        time = stamp + self._shift
        if self._last is None:
            return self._set(max(time, 0.0))
        if time > self._last and not self._incredible(time):
            self._slips = 0
            return self._set(time)
        self.repaired += 1
        self._slips += 1
        slip = 0 <= self._last - time <= self._params.back
        if slip and self._slips < self._params.slips:
            return self._set(self._last + self._period / 100)
        restart = self._last + self._period
        self._shift += restart - time
        return self._set(restart)

    def _incredible(self, time: float) -> bool:
        gap = time - (self._last or 0.0)
        return gap > self._params.ahead and time > self._length

    def _set(self, time: float) -> float:
        self._last = time
        return time
