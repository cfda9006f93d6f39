"""What so many queries without a false answer say of others, and of larger archives."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from scipy.stats import chi2

SURE = 0.95
"""How sure a bound is."""
HIGHEST = 0.05
"""Share of the strengths a tail is fitted to."""


@dataclass(frozen=True, slots=True)
class Tail:
    """How the highest strengths fall off: by a factor of e for each `mean` further.

    Attributes:
        start: The strength from which on they are the tail.
        share: Share of all that are.
        mean: How far beyond the start they are on the mean.
    """

    start: float
    share: float
    mean: float

    def beyond(self, strength: float) -> float:
        """Return the share of queries that reach a strength.

        >>> Tail(0.5, 0.1, 0.1).beyond(0.5)
        0.1
        """
        if strength <= self.start or self.mean <= 0:
            return self.share if strength <= self.start else 0.0
        return self.share * exp((self.start - strength) / self.mean)


def at_most(found: int, tried: int, *, sure: float = SURE) -> float:
    """Return the rate that is not passed, as surely as asked, where so many were found.

    Where none was, it is the rule of three: 3 / tried at 95 %.

    Source: Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936; Hanley and
    Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249, 1983.

    >>> round(at_most(0, 1000), 6)
    0.002996
    """
    if not tried:
        return 1.0
    return min(1.0, float(chi2.ppf(sure, 2 * (found + 1))) / 2 / tried)


def tail(strengths: Sequence[float], *, highest: float = HIGHEST) -> Tail | None:
    """Return how the highest strengths fall off; None where there are too few.

    The exponential is the middle case of the generalised Pareto distribution, and falls slower than
    any that ends, as one of bounded measures does.

    Source: Pickands, "Statistical inference using extreme order statistics", Annals of Statistics
    3, 1975.
    """
    beyond = round(len(strengths) * highest)
    if beyond < 2:  # noqa: PLR2004 # no mean of one
        return None
    ordered = np.sort(np.asarray(strengths, np.float64))
    start = float(ordered[-beyond - 1])
    return Tail(start, beyond / len(ordered), float((ordered[-beyond:] - start).mean()))


def in_archive(rate: float, *, hours: float, measured: float) -> float:
    """Return the rate in an archive of another size, where chance grows with its hours.

    >>> in_archive(0.001, hours=50, measured=0.5)
    0.1
    """
    return min(1.0, rate * hours / measured)
