"""Tell how well it is told which of two copies was made from the other.

    python -m benchmarks.descent --footage ../shared/footage

Of each film a family is made: an original, a child of it, a grandchild, and another child. Pairs of
them are compared, both ways. The weights of the signs (`lineage.direction`) are fitted to the
families of one folder's films; how well they decide is measured on those of another's.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks import machine
from benchmarks.cases import FOOTAGE
from benchmarks.chains import LENGTH, Truth, family
from benchmarks.decisions import (
    HEAD,
    Told,
    among,
    cells,
    judged,
    misses,
    ruled_out,
    thresholds,
)
from benchmarks.tables import table
from lineage.derivations import Relation, Sign
from lineage.direction import DEFAULT, DirectionParams, Weight
from lineage.trace import compare

FITTED, TESTED = "archive", "unrelated"
"""Folders of footage to whose films weights are fitted, and on whose films they are tested."""
RIDGE = 0.05
"""Weight of the squared weights: a pull towards saying less."""
FILMS = 1000
"""More than a folder holds."""

type Floats = npt.NDArray[np.float64]


def told(path: Path, start: float, seed: tuple[int, ...]) -> list[Told]:
    """Make a family of a film and compare its pairs; none where the film shows too little."""
    every = []
    with tempfile.TemporaryDirectory(prefix="wherefrom-descent-") as folder:
        try:
            for pair in family(path, start, Path(folder), seed):
                answer = compare(pair.query, pair.source)
                said = next(iter(answer.derivations), None)
                every.append(
                    Told(
                        pair.film,
                        pair.truth,
                        pair.removes,
                        pair.done,
                        said is not None,
                        said is not None and said.relation is Relation.DUPLICATE,
                        tuple((one.sign, one.source, one.query) for one in said.cues)
                        if said
                        else (),
                        seed[0] * FILMS + seed[1],
                        (pair.query.stem, pair.source.stem),
                        said.distance if said else None,
                    )
                )
        except ValueError:
            return []
    return every


def read(path: Path) -> list[list[Told]]:
    """Return what was said of the pairs that weights are fitted to, and of those that test them."""
    return [
        [
            Told(
                **{
                    **each,
                    "truth": Truth(each["truth"]),
                    "cues": tuple((Sign(sign), *sides) for sign, *sides in each["cues"]),
                    "names": tuple(each["names"]),
                }
            )
            for each in some
        ]
        for some in json.loads(path.read_text(encoding="utf-8"))
    ]


def fitted(found: Sequence[Told], *, decided: float) -> DirectionParams:
    """Return the weights that make the truth of pairs likeliest, alike for both ways.

    Each pair counts as it is by itself, and as it is in its family.

    Args:
        found: Pairs; those in which no source was found, or both are the same, say nothing.
        decided: Least probability of what is decided.
    """
    every = [*found, *among(found)]
    heard = [one for one in every if one.heard]
    signs = list(Sign)
    source, query = (
        np.array([[one.says(sign)[side] for sign in signs] for one in heard]) for side in (0, 1)
    )
    truths = np.array([list(Truth).index(one.truth) for one in heard])

    def lost(weights: Floats) -> float:
        nearer, farther, neither = weights[:-1].reshape(3, len(signs))
        scores = np.stack(
            [
                source @ nearer - query @ farther,
                query @ nearer - source @ farther,
                weights[-1] + (source + query) @ neither,
            ]
        )
        likely = scores - np.logaddexp.reduce(scores, axis=0)
        return float(RIDGE * (weights**2).sum() - likely[truths, np.arange(len(truths))].sum())

    best = minimize(lost, np.zeros(3 * len(signs) + 1)).x
    rows = zip(signs, best[:-1].reshape(3, len(signs)).T.round(2).tolist(), strict=True)
    return DirectionParams(
        {sign: Weight(*row) for sign, row in rows}, round(float(best[-1]), 2), decided
    )


def descent(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the section of docs/benchmarks.md about who was made from whom."""
    yield "## Which was made from which\n"
    yield (
        f"Families of {result['films']['fitted']} films, an original, a child, a grandchild and "
        "another child each, compared pair by pair and both ways: the weights of the signs were "
        f"fitted to these. Decided by them, of {result['films']['tested']} other films:\n"
    )
    head = ("pairs", "removes", *HEAD)
    yield from table(
        head,
        [(each["truth"], str(each["removes"]), *cells(each)) for each in result["tested"]],
    )
    yield "\nThe same where the archive holds the whole family:\n"
    yield from table(
        head,
        [(each["truth"], str(each["removes"]), *cells(each)) for each in result["together"]],
    )
    for rows, words in (("thresholds", "by itself"), ("together_thresholds", "in its family")):
        yield f"\nBy how sure a relation must be to be told, each pair {words}:\n"
        yield from table(
            ("at least", *HEAD),
            [(f"{each['decided']:g}", *cells(each)) for each in result[rows]],
        )
    yield (
        f"\nIn use: {result['decided']:g}. Published figures for the parent of two JPEG pictures, "
        "by quantisation alone and with resolution: 91 % and 96 % right.\n"
    )
    yield (
        "\nIn how many pairs it is ruled out that one way round was made from the other, by how "
        "likely that may be at most; of the films that nothing was fitted to, and of the others:\n"
    )
    yield from table(
        ("at most", "ruled out", "of arrows", "wrongly", "fitted: ruled out", "wrongly"),
        [
            (
                f"{each['most']:g}",
                f"{each['ruled_out']} of {each['pairs']}",
                str(each["of_arrows"]),
                str(each["wrongly"]),
                f"{other['ruled_out']} of {other['pairs']}",
                str(other["wrongly"]),
            )
            for each, other in zip(*result["ruled_out"], strict=True)
        ],
    )
    yield f"\nIn use: {result['excluded']:g}.\n"
    yield "\nThe weights, by sign: for the file it speaks for, against the other, for siblings:\n"
    yield from table(
        ("sign", "for", "against", "siblings"),
        [
            (name, *(f"{each[part]:+.2f}" for part in ("nearer", "farther", "neither")))
            for name, each in result["weights"].items()
        ],
    )
    if result["missed"]:
        yield "\nDecided wrongly in their families:\n"
        yield from (f"- {each}" for each in result["missed"])


def stretches(folder: Path, seed: int) -> Iterator[tuple[Path, float, tuple[int, int]]]:
    """Yield films, where in each a family begins, and what draws it."""
    for place, path in enumerate(sorted(each for each in folder.iterdir() if each.is_file())):
        random = np.random.default_rng([seed, place])
        with av.open(path) as film:
            length = (film.duration or 0) / 1_000_000
        if length >= LENGTH / 2:
            yield path, float(random.uniform(0, max(0.0, length - LENGTH))), (seed, place)


def main() -> int:
    """Make, compare, fit, test, say and save; return the exit code."""
    options = argparse.ArgumentParser(description="Who was made from whom, and what is said of it.")
    options.add_argument("--footage", type=Path, default=FOOTAGE)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--families", type=int, default=2, help="of each film that tests")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--pairs", type=Path, help="write what the signs say there, as JSON")
    options.add_argument("--reuse", action="store_true", help="read it there, make no families")
    options.add_argument("--brief", action="store_true", help="one film of each, nothing is saved")
    asked = options.parse_args()
    folders = [asked.footage / name for name in (FITTED, TESTED)]
    if not all(folder.is_dir() for folder in folders):
        print(f"There is no footage in {asked.footage}: nothing is compared.")
        return 0 if asked.footage == FOOTAGE else 2
    facts = machine.facts()
    fits = list(stretches(folders[0], asked.seed))
    tests = [
        each
        for number in range(asked.families)
        for each in stretches(folders[1], asked.seed + 1000 * (number + 1))
    ]
    if asked.brief:
        fits, tests = fits[:1], tests[:1]
    if asked.pairs is not None and asked.reuse:
        found = read(asked.pairs)
    else:
        with machine.workers(asked.workers) as pool:
            work = [[pool.submit(told, *each) for each in some] for some in (fits, tests)]
            found = [[one for task in some for one in task.result()] for some in work]
    if asked.pairs is not None:
        kept = json.dumps([[asdict(one) for one in some] for some in found])
        asked.pairs.write_text(kept, encoding="utf-8")
    params = fitted(found[0], decided=DEFAULT.decided)
    whole = {
        "films": {
            name: len({one.film for one in some})
            for name, some in zip(("fitted", "tested"), found, strict=True)
        },
        "weights": {sign.value: asdict(weight) for sign, weight in params.weights.items()},
        "neither": params.neither,
        "decided": params.decided,
        "excluded": params.excluded,
        "fitted": judged(found[0], params),
        "tested": judged(found[1], params),
        "together": judged(among(found[1], params=params), params),
        "thresholds": thresholds(found[1], params),
        "together_thresholds": thresholds(found[1], params, together=True),
        "ruled_out": [ruled_out(found[each], params) for each in (1, 0)],
        "missed": misses(among(found[1], params=params), params),
    }
    print(*(f"{name}: {each}" for name, each in whole.items()), sep="\n")
    if not asked.brief:
        print(machine.save("descent", facts, seed=asked.seed, **whole))
    return 0


if __name__ == "__main__":
    sys.exit(main())
