"""Which family of a few files is likeliest, by what is said of each two and each three of them.

Signs of a pair say which of both lacks something, and hardly whether one was made from the other at
all. Three files say that: of what two share, what lies between them lacks nothing. So all ways are
weighed in which some files may hang together. In each, every file was made from one of the others,
or, with all that are in the same case, from something unseen.

    n files, (n + 1)^(n - 1) families: of two files 3, the relations of a pair; of three 16.

Source: Cayley, "A theorem on trees", Quarterly Journal of Pure and Applied Mathematics 23, 1889.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp, log
from types import MappingProxyType

from lineage.derivations import Direction

MOST = 5
"""Files of a family that is weighed as a whole: of five there are 1296."""
SURELY = 1e-6
"""Nothing is less likely than that."""

NOWHERE = (False, False, False)

type Pair = tuple[str, str]
"""Names of two files: of the query and the source."""
type Parents = tuple[int | None, ...]
"""Of each file, the place of the one it was made from; None for something unseen."""


@dataclass(frozen=True, slots=True)
class Trio:
    """What each two of three files share that the third lacks.

    Attributes:
        files: Three sources, by their places in the report; None stands for the query.
        beyond: Of each of them, how much the two others share beyond it, 0 to 1.
        parted: Of each of them, whether the two others share how they are framed and it does not.
    """

    files: tuple[int | None, ...]
    beyond: tuple[float, float, float]
    parted: tuple[bool, bool, bool] = (False, False, False)


@dataclass(frozen=True, slots=True)
class Spread:
    """How a measure is spread: normally, its logarithm.

    Attributes:
        middle: Mean of the logarithm.
        width: Its standard deviation.
    """

    middle: float
    width: float

    def log_likely(self, value: float) -> float:
        """Return the logarithm of how likely a value is, but for what is the same of all."""
        return -log(self.width) - ((log(value) - self.middle) / self.width) ** 2 / 2


@dataclass(frozen=True, slots=True)
class FamilyParams:
    """What counts how much.

    Attributes:
        pair: What is said of a pair, as a share of what it counts for by itself: what is said of
            pairs of one family repeats itself.
        between: What two files share beyond one that was made from the one, and the other from it.
        fork: The same beyond one where the way from the one to the other forks, or goes up only
            from there: both lost the same.
        apart: The same beyond one that does not lie between them.
        least: What is shared counts as this much at least.
        most: Most that one of three counts for, as a logarithm.
        parted: What it counts for against a file between two others that these share what it lacks:
            that a crop or a band is made twice alike is taken to happen once in fifty times.
        decided: Least probability of what is decided of files of which three were compared.
    """

    pair: float = 0.5
    between: Spread = Spread(-3.55, 1.02)
    fork: Spread = Spread(-1.78, 0.85)
    apart: Spread = Spread(-0.68, 0.64)
    least: float = 0.01
    most: float = 5.0
    parted: float = 3.9
    decided: float = 0.95


DEFAULT = FamilyParams()


def families(count: int) -> Iterator[Parents]:
    """Yield the families of so many files: of each its parent, and no file its own ancestor.

    >>> len(list(families(2))), len(list(families(3))), len(list(families(4)))
    (3, 16, 125)
    """
    for parents in product((None, *range(count)), repeat=count):
        if all(each not in _above(each, parents) for each in range(count)):
            yield parents


def weighed(
    odds: Mapping[Pair, Direction],
    trios: Mapping[tuple[str, ...], Sequence[float]],
    silent: Direction,
    parted: Mapping[tuple[str, ...], Sequence[bool]] = MappingProxyType({}),
    *,
    params: FamilyParams = DEFAULT,
) -> dict[Pair, Direction]:
    """Return how likely each relation of files is, by all that is said of their family.

    Args:
        odds: The same by what is said of each pair by itself; files of a pair that is not in it are
            not weighed against one another.
        trios: What three files share, by their names; these are weighed, and no others.
        silent: How likely each relation is where nothing is said.
        parted: Of three files, by their names, beyond which the two others share how they are
            framed.
        params: What counts how much.
    """
    files = sorted({file for trio in trios for file in trio})
    if not files or len(files) > MOST:
        return {}
    place = {file: number for number, file in enumerate(files)}
    pairs = [pair for pair in odds if set(pair) <= place.keys()]
    said = {pair: _said(odds[pair], silent) for pair in pairs}
    told: dict[Pair, list[float]] = {pair: [0.0, 0.0, 0.0] for pair in pairs}
    unseen = log(silent.siblings / silent.onward)
    scores: list[tuple[float, list[int]]] = []
    for parents in families(len(files)):
        above = [_above(each, parents) for each in range(len(files))]
        relations = [_relation(place[query], place[source], above) for query, source in pairs]
        score = unseen * (parents.count(None) - 1)
        score += params.pair * sum(
            said[pair][relation] for pair, relation in zip(pairs, relations, strict=True)
        )
        for names, beyond in trios.items():
            trio = [place[name] for name in names]
            between = _between(trio, parents)
            score += _lies(trio, between, beyond, parents, params)
            if between is not None and parted.get(names, NOWHERE)[between]:
                score -= params.parted
        scores.append((score, relations))
    most = max(score for score, _ in scores)
    for score, relations in scores:
        for pair, relation in zip(pairs, relations, strict=True):
            told[pair][relation] += exp(score - most)
    return {pair: Direction(*(each / sum(found) for each in found)) for pair, found in told.items()}


def _said(odds: Direction, silent: Direction) -> tuple[float, float, float]:
    """Return what the signs of a pair say for each relation, as logarithms."""
    onward, back, siblings = (
        log(max(ours, SURELY) / theirs)
        for ours, theirs in (
            (odds.onward, silent.onward),
            (odds.back, silent.back),
            (odds.siblings, silent.siblings),
        )
    )
    return onward, back, siblings


def _relation(query: int, source: int, above: Sequence[Sequence[int]]) -> int:
    """Return which of the relations of a `Direction` two files have, by its place."""
    if source in above[query]:
        return 0
    return 1 if query in above[source] else 2


def _between(trio: Sequence[int], parents: Parents) -> int | None:
    """Return which of three files lies between the two others in a family; None for none."""
    return next(
        (k for k in range(3) if _parts(trio[k], [trio[j] for j in range(3) if j != k], parents)),
        None,
    )


def _lies(
    trio: Sequence[int],
    middle: int | None,
    beyond: Sequence[float],
    parents: Parents,
    params: FamilyParams,
) -> float:
    """Return what noise of three files says for a family, as a logarithm."""
    if middle is None:
        return 0.0
    below = [trio[middle] in _above(trio[each], parents) for each in range(3) if each != middle]
    over = [trio[each] in _above(trio[middle], parents) for each in range(3) if each != middle]
    value = max(beyond[middle], params.least)
    lies = params.between if any(below) and any(over) else params.fork
    counts = lies.log_likely(value) - params.apart.log_likely(value)
    return min(params.most, max(-params.most, counts))


def _parts(middle: int, ends: Sequence[int], parents: Parents) -> bool:
    """Return whether the way from one file to another leads through a third."""
    ours, theirs = ([each, *_above(each, parents)] for each in ends)
    shared = next((each for each in ours if each in theirs), None)
    ours = ours[: ours.index(shared)] if shared is not None else ours
    theirs = theirs[: theirs.index(shared)] if shared is not None else theirs
    return middle in {*ours, *theirs, shared}


def _above(file: int, parents: Parents) -> list[int]:
    """Return the ancestors of a file, nearest first; with itself where it is one of them."""
    found: list[int] = []
    parent = parents[file]
    while parent is not None and parent not in found:
        found.append(parent)
        parent = parents[parent]
    return found
