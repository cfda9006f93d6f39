"""How often a caller may ask: a bucket of tokens for each, in memory.

Source of the headers: draft-ietf-httpapi-ratelimit-headers-10.
"""

from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may be asked for.

    Attributes:
        name: Of what is counted.
        burst: So often at once.
        window: Seconds in which a bucket that is empty fills again.
    """

    name: str
    burst: int
    window: float

    @property
    def header(self) -> str:
        """As `RateLimit-Policy` tells it."""
        return f'"{self.name}";q={self.burst};w={ceil(self.window)}'


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request that was counted.

    Attributes:
        rate: As what it was counted.
        left: Requests that can follow at once.
        wait: Seconds until it would be let through; 0 where it was.
        full: Seconds until the bucket is full.
    """

    rate: Rate
    left: int
    wait: float
    full: float

    @property
    def header(self) -> str:
        """As `RateLimit` tells it."""
        return f'"{self.rate.name}";r={self.left};t={ceil(self.full)}'


class Buckets:
    """The buckets of all callers for one rate."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, caller: str, *, now: float) -> Taken:
        """Count a request, if it is let through.

        Args:
            caller: Whose bucket.
            now: Seconds by a clock that never goes back.
        """
        rate = self.rate
        level, at = self._levels.get(caller, (float(rate.burst), now))
        level = min(rate.burst, level + (now - at) * rate.burst / rate.window)
        enough = level >= 1
        level -= enough
        self._levels[caller] = level, now
        each = rate.window / rate.burst
        wait = 0.0 if enough else (1 - level) * each
        return Taken(rate, floor(level), wait, (rate.burst - level) * each)
