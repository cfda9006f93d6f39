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
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks import machine
from benchmarks.cases import FOOTAGE
from benchmarks.chains import LENGTH, Truth, family
from benchmarks.tables import percent, table
from index.values import Channel
from lineage import direction as direct
from lineage.derivations import Cue, Derivation, Direction, Relation, Sign
from lineage.direction import DEFAULT, DirectionParams, Weight, direction, excluded
from lineage.trace import compare

FITTED, TESTED = "archive", "unrelated"
"""Folders of footage to whose films weights are fitted, and on whose films they are tested."""
RIDGE = 0.05
"""Weight of the squared weights: a pull towards saying less."""
FILMS = 1000
"""More than a folder holds."""
SURE = 0.9
"""How sure a wrong answer must be to be worse than none."""

type Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a pair.

    Attributes:
        film: What it shows.
        truth: How both are related.
        removes: Generations between them.
        done: What was done to either.
        found: Whether one was found to be the source of the other.
        same: Whether they were said to hold the same pictures.
        cues: What each sign that speaks says: its name, for the source, for the query.
        family: Number of its family, among those of one run.
        names: Of the query and the source in it.
        distance: Grey levels by which both differ; None where that was not measured.
    """

    film: str
    truth: Truth
    removes: int
    done: str
    found: bool
    same: bool
    cues: tuple[tuple[Sign, float, float], ...]
    family: int = 0
    names: tuple[str, str] = ("child", "original")
    distance: float | None = None


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


def among(found: Sequence[Told], *, params: DirectionParams | None = None) -> list[Told]:
    """Return what the signs say of pairs of which the archive holds the whole family.

    Args:
        found: Pairs, told of each by itself.
        params: When a relation is decided; None where the original is known to be that.
    """
    told: list[Told] = []
    for number in dict.fromkeys(one.family for one in found):
        family = {one.names: one for one in found if one.family == number and one.found}
        related = {names: _derivation(one, params) for names, one in family.items()}
        after = direct.among(related, params=params or DEFAULT)
        told += [
            replace(one, cues=tuple((cue.sign, cue.source, cue.query) for cue in after[names].cues))
            for names, one in family.items()
        ]
        told += [one for one in found if one.family == number and not one.found]
    return told


def _derivation(one: Told, params: DirectionParams | None) -> Derivation:
    """Return what is said of a pair by itself, or what is true of it and its original."""
    cues = tuple(Cue(*cue) for cue in one.cues)
    base = Derivation(
        0, Channel.PICTURE, Relation.UNDETERMINED, 1.0, cues=cues, distance=one.distance
    )
    if one.same:
        return replace(base, relation=Relation.DUPLICATE)
    if params is not None:
        return direct.decided(base, params=params)
    odds = Direction(float(one.truth is Truth.ONWARD), float(one.truth is Truth.BACK), 0.0)
    known = "original" in one.names
    return replace(base, odds=odds, relation=Relation.DERIVED if known else Relation.UNDETERMINED)


def fitted(found: Sequence[Told], *, decided: float) -> DirectionParams:
    """Return the weights that make the truth of pairs likeliest, alike for both ways.

    Each pair counts as it is by itself, and as it is in its family.

    Args:
        found: Pairs; those in which no source was found, or both are the same, say nothing.
        decided: Least probability of what is decided.
    """
    every = [*found, *among(found)]
    heard = [one for one in every if _heard(one)]
    signs = list(Sign)
    source, query = (
        np.array([[_of(one, sign)[side] for sign in signs] for one in heard]) for side in (0, 1)
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


def said(one: Told, params: DirectionParams) -> tuple[Truth | None, float]:
    """Return what is decided of a pair, None for nothing, and how sure that is."""
    if not _heard(one):
        return None, 0.0
    answer, sure = likeliest(_odds(one, params))
    return (answer if sure >= params.decided else None), sure


def judged(found: Sequence[Told], params: DirectionParams) -> list[dict[str, Any]]:
    """Return for each kind of pair how many were decided, and how many of these rightly."""
    groups: dict[tuple[Truth, int], list[Told]] = {}
    for one in found:
        groups.setdefault((one.truth, one.removes), []).append(one)
    return [
        {"truth": truth.value, "removes": removes, **_row(group, params)}
        for (truth, removes), group in sorted(groups.items(), key=_place)
    ]


def thresholds(
    found: Sequence[Told], params: DirectionParams, *, together: bool = False
) -> list[dict[str, Any]]:
    """Return what is decided, and how much of it wrongly, by how sure it must be.

    Args:
        found: Pairs.
        params: What the signs count for.
        together: Whether the archive holds their families.
    """
    rows = []
    for least in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        at = DirectionParams(params.weights, params.neither, least)
        pairs = among(found, params=at) if together else found
        rows.append({"decided": least, **_row(pairs, at)})
    return rows


def ruled_out(found: Sequence[Told], params: DirectionParams) -> list[dict[str, Any]]:
    """Return in how many pairs a way is ruled out, and in how many wrongly, by how unlikely it is.

    Args:
        found: Pairs.
        params: What the signs count for.
    """
    rows = []
    for most in (0.03, 0.02, 0.01, 0.005, 0.002):
        at = replace(params, excluded=most, decided=1.0)
        told = [(one.truth, excluded(_odds(one, at), params=at)) for one in found if _heard(one)]
        ways = [(truth, way) for truth, way in told if way is not None]
        rows.append(
            {
                "most": most,
                "pairs": len(found),
                "ruled_out": len(ways),
                "of_arrows": sum(truth is not Truth.SIBLINGS for truth, _ in ways),
                "wrongly": sum(way.value == truth.value for truth, way in ways),
            }
        )
    return rows


def _heard(one: Told) -> bool:
    """Return whether anything is weighed of a pair."""
    return one.found and not one.same


def _odds(one: Told, params: DirectionParams) -> Direction:
    return direction([Cue(*cue) for cue in one.cues], params=params)


def _row(group: Sequence[Told], params: DirectionParams) -> dict[str, Any]:
    return counted([(one.truth, *said(one, params)) for one in group])


def counted(answers: Sequence[tuple[Truth, Truth | None, float]]) -> dict[str, Any]:
    """Return how many pairs were decided, and how many of these rightly.

    Args:
        answers: Of each pair the truth, what is decided, if anything is, and how sure that is.
    """
    decided = [(truth, answer, sure) for truth, answer, sure in answers if answer is not None]
    arrows = [(truth, answer) for truth, answer, _ in decided if truth is not Truth.SIBLINGS]
    kin = [answer for truth, answer, _ in decided if truth is Truth.SIBLINGS]
    return {
        "pairs": len(answers),
        "arrows": sum(truth is not Truth.SIBLINGS for truth, _, _ in answers),
        "arrows_decided": len(arrows),
        "arrows_right": sum(truth is answer for truth, answer in arrows),
        "siblings": sum(truth is Truth.SIBLINGS for truth, _, _ in answers),
        "siblings_said": sum(answer is Truth.SIBLINGS for answer in kin),
        "siblings_parted": sum(answer is not Truth.SIBLINGS for answer in kin),
        "wrong_and_sure": sum(
            truth is not answer and sure >= SURE for truth, answer, sure in decided
        ),
    }


def misses(found: Sequence[Told], params: DirectionParams) -> list[str]:
    """Return a line for each pair of which something wrong is decided."""
    lines = []
    for one in found:
        answer, sure = said(one, params)
        if answer is not None and answer is not one.truth:
            lines.append(f"{one.film}, {one.truth} ({one.done}): {answer}, {sure:.2f} sure")
    return lines


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


HEAD = (
    "arrows decided",
    "of these right",
    "siblings said",
    "said to be parent or child",
    "wrong, 0.9 sure",
)


def cells(each: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the cells of a row of what was counted, as in `HEAD`."""
    return (
        f"{each['arrows_decided']} of {each['arrows']}" if each["arrows"] else "",
        percent(each["arrows_right"] / each["arrows_decided"]) if each["arrows_decided"] else "",
        f"{each['siblings_said']} of {each['siblings']}" if each["siblings"] else "",
        f"{each['siblings_parted']} of {each['siblings']}" if each["siblings"] else "",
        f"{each['wrong_and_sure']} of {each['pairs']}",
    )


def _place(group: tuple[tuple[Truth, int], object]) -> tuple[int, int]:
    """Return where a group comes in the table."""
    truth, removes = group[0]
    return list(Truth).index(truth), removes


def _of(one: Told, sign: Sign) -> tuple[float, float]:
    return next(((source, query) for told, source, query in one.cues if told is sign), (0.0, 0.0))


def likeliest(odds: Direction) -> tuple[Truth, float]:
    """Return the likeliest relation, and how likely it is."""
    every = {Truth.ONWARD: odds.onward, Truth.BACK: odds.back, Truth.SIBLINGS: odds.siblings}
    best = max(every, key=lambda truth: every[truth])
    return best, every[best]


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
