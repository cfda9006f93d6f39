"""Tell how well it is told who was made from whom where three files are compared.

    python -m benchmarks.descent --pairs pairs.json
    python -m benchmarks.trios --pairs pairs.json --trios trios.json

Families as `benchmarks.descent` makes them, by the same seeds: its pairs say what the signs of each
pair tell. Here each child is compared with all others at once. What three files share is fitted to
the families of one folder's films; how well their families are told is measured on another's.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import log
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from benchmarks import machine
from benchmarks.cases import FOOTAGE
from benchmarks.chains import PARENTS, Truth, family
from benchmarks.decisions import HEAD, Told, cells, counted, likeliest
from benchmarks.descent import FILMS, FITTED, TESTED, read, stretches
from benchmarks.tables import table
from index import bulk, measure
from index.archive import Archive
from index.sandbox import Sandbox
from index.values import Channel
from lineage import families
from lineage.derivations import Cue, Direction
from lineage.derive.values import Shown
from lineage.direction import direction
from lineage.families import FamilyParams, Spread, weighed
from lineage.params import SEARCH
from lineage.reveal import Revealer, RevealParams
from lineage.trace import trace
from lineage.trios import trios

NARROWEST = 0.3
"""No spread that is fitted to few families is taken for narrower."""
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.97)
QUERY = "child"

type Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threes:
    """What was measured of a family.

    Attributes:
        film: What it shows.
        family: Its number, as in `benchmarks.descent`.
        beyond: Three files by name, and of each how much the others share beyond it.
    """

    film: str
    family: int
    beyond: tuple[tuple[Names, tuple[float, ...]], ...]


def threes(path: Path, start: float, seed: tuple[int, ...]) -> Threes | None:
    """Make a family of a film and compare each three of it; None where it shows too little."""
    with tempfile.TemporaryDirectory(prefix="wherefrom-trios-") as folder:
        try:
            files = {one.query.stem: one.query for one in family(path, start, Path(folder), seed)}
        except ValueError:
            return None
        others = [file for name, file in files.items() if name != QUERY]
        with (
            Archive.open(Path(folder) / "archive", create=True) as archive,
            Sandbox(preload=measure.NEEDED) as sandbox,
        ):
            bulk.index_files(archive, others, on_event=lambda _: None)
            sources = trace(files[QUERY], archive, params=SEARCH).sources
            shown = [
                Shown(index, source, segment)
                for index, source in enumerate(sources)
                for segment in source.segments
                if source.channel is Channel.PICTURE
            ]
            found = trios(Revealer(files[QUERY], archive, sandbox, RevealParams()), shown)
    names = [Path(source.asset.name).stem for source in sources]
    told = (
        (tuple(QUERY if each is None else names[each] for each in one.files), one.beyond)
        for one in found
    )
    return Threes(path.name, seed[0] * FILMS + seed[1], tuple(told))


def fitted(found: Sequence[Threes], params: FamilyParams = families.DEFAULT) -> FamilyParams:
    """Return how what files share is spread where the third lies between, at a fork, and elsewhere.

    Args:
        found: Families.
        params: What is not fitted.
    """
    shared: dict[str, list[float]] = {"between": [], "fork": [], "apart": []}
    for one in found:
        for names, beyond in one.beyond:
            for name, value in zip(names, beyond, strict=True):
                shared[lies(name, names)].append(log(max(value, params.least)))
    spread = {
        name: Spread(round(fmean(values), 2), round(max(NARROWEST, pstdev(values)), 2))
        for name, values in shared.items()
        if values
    }
    return replace(
        params,
        between=spread.get("between", params.between),
        fork=spread.get("fork", params.fork),
        apart=spread.get("apart", params.apart),
    )


def lies(middle: str, names: Names) -> str:
    """Return how a file of a family lies to two others: what of them is fitted to it.

    >>> trio = ("original", "child", "grandchild")
    >>> [lies(name, trio) for name in trio]
    ['apart', 'between', 'apart']
    >>> lies("original", ("original", "child", "sibling"))
    'fork'
    """
    first, second = (name for name in names if name != middle)
    ours, theirs = [first, *_above(first)], [second, *_above(second)]
    shared = next(each for each in ours if each in theirs)
    way = [*ours[: ours.index(shared)], shared, *theirs[: theirs.index(shared)]]
    if middle not in way:
        return "apart"
    return "between" if shared in {first, second} else "fork"


def told(
    pairs: Sequence[Told], found: Threes, params: FamilyParams
) -> Iterator[tuple[Truth, Direction | None]]:
    """Yield of each pair of a family the truth, and how likely each relation is.

    None where the pair was not found, or holds the same pictures. Each way in which a pair was
    compared is weighed with the others as they were compared first.
    """
    odds = {
        one.names: direction([Cue(*cue) for cue in one.cues])
        for one in pairs
        if one.found and not one.same
    }
    shared = dict(found.beyond)
    for one in pairs:
        if one.names not in odds:
            yield one.truth, None
            continue
        others = {names: each for names, each in odds.items() if {*names} != {*one.names}}
        once = {frozenset(names): names for names in reversed(others)}
        beside = {names: odds[names] for names in once.values()}
        beside[one.names] = odds[one.names]
        after = weighed(beside, shared, direction([]), params=params)
        yield one.truth, after.get(one.names, odds[one.names])


def thresholds(
    answers: Sequence[tuple[Truth, Direction | None]],
) -> list[dict[str, Any]]:
    """Return what is decided, and how much of it wrongly, by how sure it must be."""
    rows = []
    for least in THRESHOLDS:
        said = [(truth, *_said(odds, least)) for truth, odds in answers]
        rows.append({"decided": least, **counted(said)})
    return rows


def section(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the section of docs/benchmarks.md about files of which three were compared."""
    yield "## Which was made from which, by three files at once\n"
    yield (
        f"Of {result['films']['tested']} films a child, and in the archive its original, its own "
        "child and another child of the original. What each three of these share was fitted to "
        f"families of {result['films']['fitted']} other films.\n"
    )
    for name, words in (("alone", "each pair by itself"), ("tested", "by each three as well")):
        yield f"\nBy how sure a relation must be to be told, {words}:\n"
        yield from table(
            ("at least", *HEAD), [(f"{each['decided']:g}", *cells(each)) for each in result[name]]
        )
    yield "\nWhat two files share beyond a third, by how that lies to them:\n"
    yield from table(
        ("the third", "typically", "spread"),
        [
            (
                name,
                f"{result['spreads'][name]['middle']:+.2f}",
                f"{result['spreads'][name]['width']:.2f}",
            )
            for name in ("between", "fork", "apart")
        ],
    )
    yield (
        f"\nLogarithms. In use: {result['decided']:g}, and signs of pairs counted "
        f"{result['pair']:g} times.\n"
    )


def loaded(path: Path) -> list[list[Threes]]:
    """Return what was measured of families that are fitted to, and of those that test."""
    return [
        [
            Threes(
                each["film"],
                each["family"],
                tuple((tuple(names), tuple(beyond)) for names, beyond in each["beyond"]),
            )
            for each in some
        ]
        for some in json.loads(path.read_text(encoding="utf-8"))
    ]


def _above(name: str) -> list[str]:
    """Return the ancestors of a file of a family, nearest first."""
    found = []
    while name in PARENTS:
        name = PARENTS[name]
        found.append(name)
    return found


def _said(odds: Direction | None, least: float) -> tuple[Truth | None, float]:
    if odds is None:
        return None, 0.0
    answer, sure = likeliest(odds)
    return (answer if sure >= least else None), sure


def _answers(
    pairs: Sequence[Told], found: Sequence[Threes], params: FamilyParams, *, alone: bool
) -> list[tuple[Truth, Direction | None]]:
    every = []
    for one in found:
        ours = [each for each in pairs if each.family == one.family]
        every += list(told(ours, replace(one, beyond=()) if alone else one, params))
    return every


def main() -> int:
    """Make, compare, fit, test, say and save; return the exit code."""
    options = argparse.ArgumentParser(description="Who was made from whom, by three files.")
    options.add_argument("--footage", type=Path, default=FOOTAGE)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--films", type=int, default=FILMS, help="of each folder, at most")
    options.add_argument("--pairs", type=Path, required=True, help="written by benchmarks.descent")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--trios", type=Path, required=True, help="write what is measured there")
    options.add_argument("--reuse", action="store_true", help="read it there, make no families")
    asked = options.parse_args()
    facts = machine.facts()
    if asked.reuse:
        found = loaded(asked.trios)
    else:
        seeds = ((FITTED, asked.seed), (TESTED, asked.seed + 1000))
        with machine.workers(asked.workers) as pool:
            work = [
                [
                    pool.submit(threes, *each)
                    for each in list(stretches(asked.footage / name, seed))
                ][: asked.films]
                for name, seed in seeds
            ]
            done = [[task.result() for task in some] for some in work]
        found = [[one for one in some if one is not None] for some in done]
        kept = json.dumps([[asdict(one) for one in some] for some in found])
        asked.trios.write_text(kept, encoding="utf-8")
    params, pairs = fitted(found[0]), read(asked.pairs)
    whole = {
        "films": {
            name: len({one.film for one in some})
            for name, some in zip(("fitted", "tested"), found, strict=True)
        },
        "spreads": {name: asdict(getattr(params, name)) for name in ("between", "fork", "apart")},
        "pair": params.pair,
        "decided": params.decided,
        "fitted": thresholds(_answers(pairs[0], found[0], params, alone=False)),
        "fitted_alone": thresholds(_answers(pairs[0], found[0], params, alone=True)),
        "tested": thresholds(_answers(pairs[1], found[1], params, alone=False)),
        "alone": thresholds(_answers(pairs[1], found[1], params, alone=True)),
    }
    print(*(f"{name}: {each}" for name, each in whole.items()), sep="\n")
    print(machine.save("trios", facts, seed=asked.seed, **whole))
    return 0


if __name__ == "__main__":
    sys.exit(main())
