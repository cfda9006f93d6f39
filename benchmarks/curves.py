"""A curve from evidence to the share that is right: fitted, few numbers, never falling."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks import chance
from lineage.confidence import Curve

type Floats = npt.NDArray[np.float64]

SUREST = 0.9
"""Share of the right stretches, surest first, by whose number the bound of a curve is told; of
these, those that are likelier right than wrong."""
HIGHEST = 0.99
"""Of bounds, however many trials there were: it takes 300 without a failure to prove that."""
STIFF = 0.001
"""Weight of the squared slopes, a pull towards saying less where hardly anything is wrong."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A curve and what it rests on.

    Attributes:
        curve: From evidence to confidence.
        right: Stretches it was fitted to that are right.
        wrong: Those that are not.
        trials: The surest stretches, by whose number its bound is told.
        failed: How many of these are not right.
        at_most: Share of them that is not right at most, with 95 % certainty.
    """

    curve: Curve
    right: int
    wrong: int
    trials: int
    failed: int
    at_most: float


def fitted(evidence: Sequence[Sequence[float]], right: Sequence[bool]) -> Fit:
    """Return the curve that suits some stretches best.

    The targets are not 0 and 1 but what the count of each leaves possible, so that stretches which
    are parted without error don't make the curve a step. The bound is what is to be expected of one
    more stretch like the surest: where n were right, n + 1 of n + 2.

    Source: Platt, "Probabilistic outputs for support vector machines and comparisons to regularized
    likelihood methods", 1999, section 2.2; Laplace's rule of succession.

    Args:
        evidence: (n, measures), each better the higher.
        right: Of each stretch.

    Raises:
        ValueError: All are right, or none is.
    """
    measures, true = np.asarray(evidence, np.float64), np.asarray(right, bool)
    count, other = int(true.sum()), int((~true).sum())
    if not (count and other):
        raise ValueError("There is nothing to tell apart.")
    wanted = np.where(true, (count + 1) / (count + 2), 1 / (other + 2))

    def loss(numbers: Floats) -> tuple[float, Floats]:
        said = numbers[0] + measures @ numbers[1:]
        off = _share(said) - wanted
        cost = (np.logaddexp(0.0, said) - wanted * said).sum() + STIFF * (numbers[1:] ** 2).sum()
        return float(cost), np.array([off.sum(), *(measures.T @ off + 2 * STIFF * numbers[1:])])

    start = np.zeros(1 + measures.shape[1])
    bounds = [(None, None), *[(0.0, None)] * measures.shape[1]]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    said = found[0] + measures @ found[1:]
    sure = said >= max(0.0, np.quantile(said[true], 1.0 - SUREST))
    trials, failed = int(sure.sum()), int((sure & ~true).sum())
    bound = min(HIGHEST, 1.0 - (failed + 1) / (trials + 2))
    intercept, *slopes = (round(float(number), 3) for number in found)
    curve = Curve(intercept, tuple(slopes), round(bound, 4))
    return Fit(curve, count, other, trials, failed, chance.at_most(failed, trials))


def _share(said: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-said)), np.float64)
