"""Tell how well whole trees of copies are found, and what a large lineage costs.

    python -m benchmarks.trees --footage ../shared/footage

Of each film a tree of ten files is made, each but the first a copy of one that was there. They are
indexed in random order and related, and what is believed is compared with what was made. Apart from
that, a lineage of 10,000 made-up files is kept, one more is entered, and all of it is exported.

Source: Dias, Rocha and Goldenstein, "Image phylogeny by minimal spanning trees", IEEE Transactions
on Information Forensics and Security 7, 2012: roots, edges, leaves, ancestry. There they are the
share of the truth that is found; here wrong ones count as well, for nothing has to be told.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np

from api.exports import lineage as exports
from benchmarks import machine
from benchmarks.cases import FOOTAGE
from benchmarks.chains import LENGTH, copied
from benchmarks.machine import Measure
from benchmarks.tables import number, percent, table
from benchmarks.takes import Coding, encoded, taken
from index import bulk
from index.archive import Archive
from index.catalogue import lineages
from index.catalogue.database import Catalogue, Change
from index.values import Channel, Interval, Media
from lineage import kept, kinships, ledger
from lineage.derivations import Direction, Kinship, Relation, Stretch

NODES, FEW = 10, 4
"""Files of a tree, and of a small one that only tries it."""
FILES, FAMILY = 10_000, 20
"""Files of the large lineage, and how many others a file of it shares something with."""
NEW = 20
"""Files entered one by one into it."""
MEDIA = Media(60.0, 640, 360, 25.0, True, True, "mov", "h264")  # noqa: FBT003 # picture, sound

type Pairs = frozenset[tuple[str, str]]
"""Parent and child, or ancestor and descendant."""


@dataclass(frozen=True, slots=True)
class Score:
    """How what is believed of a tree compares with what was made.

    Attributes:
        truth: How many there are.
        told: How many are told.
        right: How many of these are true.
    """

    truth: int
    told: int
    right: int

    @property
    def f1(self) -> float:
        """The harmonic mean of what is found and what is right of it, as shares; 1 of nothing."""
        whole = self.truth + self.told
        return 2 * self.right / whole if whole else 1.0


@dataclass(frozen=True, slots=True)
class Tree:
    """What became of one tree.

    Attributes:
        film: What it shows.
        scores: By what is counted.
        unseen: Files that are believed to be missing; none is.
        seconds: What relating all of it took.
    """

    film: str
    scores: Mapping[str, Score]
    unseen: int
    seconds: float


def grown(path: Path, start: float, folder: Path, seed: Sequence[int], *, count: int) -> Pairs:
    """Make a tree of copies of a stretch of a film; return parents and children by file name.

    Args:
        path: The film.
        start: Seconds into it.
        folder: Where to.
        seed: Draws what is copied, and how.
        count: Files of the tree.

    Raises:
        ValueError: The film shows too little there.
    """
    random = np.random.default_rng(seed)
    take = taken(path, start=start, length=LENGTH)
    quality = int(random.integers(16, 24))
    files = [encoded(take, folder / "0.mp4", Coding(quality))]
    parents = set()
    for place in range(1, count):
        parent = files[int(random.integers(len(files)))]
        copy, coding, _ = copied(taken(parent, start=0.0, length=np.inf), random)
        files.append(encoded(copy, folder / f"{place}.mp4", coding))
        parents.add((parent.name, files[-1].name))
    return frozenset(parents)


def descent(parents: Collection[tuple[str, str]]) -> Pairs:
    """Return all pairs of ancestor and descendant.

    >>> sorted(descent({("a", "b"), ("b", "c")}))
    [('a', 'b'), ('a', 'c'), ('b', 'c')]
    """
    found = set(parents)
    while True:
        more = {(a, d) for a, b in found for c, d in parents if b == c} - found
        if not more:
            return frozenset(found)
        found |= more


def scored(truth: Pairs, told: Pairs, files: Collection[str]) -> dict[str, Score]:
    """Return how parents that are told compare with true ones.

    Args:
        truth: True parents and children.
        told: Those that are believed; unseen files may be among them.
        files: All files of the tree.
    """

    def ends(pairs: Pairs) -> tuple[frozenset[str], frozenset[str]]:
        below, above = {child for _, child in pairs}, {parent for parent, _ in pairs}
        return frozenset(above - below), frozenset(below - above)

    seen = frozenset(pair for pair in descent(told) if set(pair) <= set(files))
    direct = frozenset(pair for pair in told if set(pair) <= set(files))
    (roots, leaves), (our_roots, our_leaves) = ends(truth), ends(told)
    return {
        "roots": _score(roots, our_roots),
        "edges": _score(truth, direct),
        "leaves": _score(leaves, our_leaves),
        "ancestry": _score(descent(truth), seen),
    }


def related(path: Path, start: float, seed: tuple[int, ...], count: int = NODES) -> Tree | None:
    """Make a tree, index it in random order and relate it; None where the film shows too little."""
    with tempfile.TemporaryDirectory(prefix="wherefrom-trees-") as folder:
        films = Path(folder) / "films"
        films.mkdir()
        try:
            truth = grown(path, start, films, seed, count=count)
        except ValueError:
            return None
        order = np.random.default_rng([*seed, 1]).permutation(count)
        with Archive.open(Path(folder) / "archive", create=True) as archive:
            began = time.monotonic()
            for place in order:
                bulk.index_files(archive, [films / f"{place}.mp4"], on_event=lambda _: None)
                list(kinships.update(archive))
            seconds = time.monotonic() - began
            found = kinships.lineage(archive)
    names = {one.id: one.name or one.id for one in found.nodes}
    told = frozenset(
        (names[one.parent], names[one.child])
        for one in found.edges
        if one.relation is Relation.DERIVED
    )
    files = {f"{place}.mp4" for place in range(count)}
    unseen = sum(one.name is None for one in found.nodes)
    return Tree(path.name, scored(truth, told, files), unseen, round(seconds, 1))


def large(folder: Path, files: int) -> list[Measure]:
    """Return what a lineage of so many made-up files costs: one more, and all of it exported."""
    catalogue = Catalogue.open(folder / "catalogue.sqlite", write=True, create=True)
    with catalogue.changing() as change:
        _filled(change, files)
    cpu, wall = [], []
    for place in range(NEW):
        began, before = time.monotonic(), time.process_time()
        with catalogue.changing() as change:
            _enter(change, place)
        wall.append(time.monotonic() - began)
        cpu.append(time.process_time() - before)
    times: dict[str, float] = {}
    with catalogue.reading() as change:
        found = _timed(times, "read", lambda: kept.lineage(change))
    _timed(times, "json", lambda: exports.line(found, archive="a", version="1", waiting=0))
    _timed(times, "dot", lambda: exports.dot(found))
    catalogue.close()
    note = f"{FAMILY} relatives, {len(found.nodes):,} nodes, {len(found.edges):,} edges"
    return [
        Measure("one file more, median", 1e3 * median(wall), "ms", at_most=50.0, note=note),
        Measure("the same, processor time", 1e3 * median(cpu), "ms"),
        Measure("export as JSON", times["read"] + times["json"], "s", at_most=10.0),
        Measure("export as DOT", times["read"] + times["dot"], "s", at_most=10.0),
    ]


def section(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the section of docs/benchmarks.md about whole trees."""
    yield "## Whole trees of copies\n"
    yield (
        f"Of each of {len(result['trees'])} films a tree of {NODES} files, each a copy of one that "
        "was there; indexed one by one in random order, and related. F1 counts what is missing and "
        "what is wrong; most pairs are left without direction, on purpose.\n"
    )
    rows = []
    for name, each in result["scores"].items():
        share = each["right"] / each["told"] if each["told"] else 1.0
        counts = (str(each["truth"]), str(each["told"]), percent(share))
        rows.append((name, *counts, number(Score(**each).f1)))
    yield from table(("of", "true", "told", "of these right", "F1"), rows)
    unseen = sum(each["unseen"] for each in result["trees"])
    yield f"\nFiles nobody has seen are believed in {unseen} times; none is missing.\n"
    yield f"\nA lineage of {FILES:,} made-up files:\n"
    yield from table(
        ("", "measured", "asked for"),
        [
            (
                each["name"],
                f"{number(each['value'])} {each['unit']}",
                f"≤ {each['at_most']:g} {each['unit']}" if each["at_most"] else "",
            )
            for each in result["large"]
        ],
    )


def _score(truth: frozenset[Any], told: frozenset[Any]) -> Score:
    return Score(len(truth), len(told), len(truth & told))


def _filled(change: Change, files: int) -> None:
    """Keep families of made-up files, as if they had been related."""
    for family in range(files // (FAMILY + 1)):
        names = [_digest(family, place) for place in range(FAMILY + 1)]
        ids = lineages.add(change, {name: _facts(name) for name in names})
        for place, query in enumerate(names):
            rows = [kept.kinship_row(_kinship(source, query), ids) for source in names[:place]]
            lineages.keep(change, ids[query], [], rows, "2026-01-01T00:00:00Z")
        ledger.rethink(change, set(ids.values()), now=datetime.now(UTC))


def _enter(change: Change, family: int) -> None:
    """Enter one more file into a family."""
    new = _digest(family, FAMILY + 1)
    others = [_digest(family, place) for place in range(1, FAMILY + 1)]
    measured = {other: [_kinship(other, new)] for other in others}
    facts = {name: _facts(name) for name in (new, *others)}
    ledger.enter(change, new, measured, facts, now=datetime.now(UTC))


def _kinship(source: str, query: str) -> Kinship:
    """Return what was measured of two made-up files: a third of pairs is decided, in any crowd."""
    decided = (int(source[:8], 16) + int(query[:8], 16)) % 3 == 0
    stretch = Stretch(Interval(0.0, 40.0), Interval(5.0, 45.0))
    return Kinship(
        query,
        source,
        Channel.PICTURE,
        Relation.DERIVED if decided else Relation.UNDETERMINED,
        0.97,
        (stretch,),
        odds=Direction(0.999, 0.0002, 0.0008) if decided else Direction(0.6, 0.2, 0.2),
        onward=("c2pa.cropped", "c2pa.transcoded"),
        evidence=("One shows more around the picture.", "One takes more bytes."),
        method=kinships.METHOD,
    )


def _digest(family: int, place: int) -> str:
    return f"{family * 1000 + place:08x}".ljust(64, "0")


def _facts(name: str) -> dict[str, object]:
    return {"name": f"{name[:8]}.mp4", "title": None, "published_at": None, "media": asdict(MEDIA)}


def _timed(times: dict[str, float], name: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401 # passed on
    began = time.monotonic()
    found = call()
    times[name] = time.monotonic() - began
    return found


def _stretches(folder: Path, seed: int) -> Iterator[tuple[Path, float, tuple[int, int]]]:
    """Yield films, where in each a tree begins, and what draws it."""
    for place, path in enumerate(sorted(each for each in folder.iterdir() if each.is_file())):
        random = np.random.default_rng([seed, place])
        with av.open(path) as film:
            length = (film.duration or 0) / 1_000_000
        if length >= LENGTH / 2:
            yield path, float(random.uniform(0, max(0.0, length - LENGTH))), (seed, place)


def main() -> int:
    """Make, relate, score, say and save; return the exit code."""
    options = argparse.ArgumentParser(description="Trees of copies, and what is believed of them.")
    options.add_argument("--footage", type=Path, default=FOOTAGE)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--films", type=int, default=20, help="at most")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--brief", action="store_true", help="one small tree, nothing is saved")
    asked = options.parse_args()
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="wherefrom-trees-") as folder:
        cost = [machine.told(one) for one in large(Path(folder), 420 if asked.brief else FILES)]
    archive = asked.footage / "archive"
    if not archive.is_dir():
        print(f"There is no footage in {asked.footage}: no tree is made.")
        return 0 if asked.footage == FOOTAGE else 2
    films = list(_stretches(archive, asked.seed))[: 1 if asked.brief else asked.films]
    with machine.workers(asked.workers) as pool:
        count = FEW if asked.brief else NODES
        tasks = [pool.submit(related, *each, count) for each in films]
        found = [task.result() for task in tasks]
    trees = [one for one in found if one is not None]
    scores = {name: _sum([one.scores[name] for one in trees]) for name in trees[0].scores}
    for name, score in scores.items():
        print(f"{name}: {score}, F1 {score.f1:.3f}")
    if not asked.brief:
        whole = {
            "trees": [asdict(one) for one in trees],
            "scores": {name: asdict(score) for name, score in scores.items()},
            "large": cost,
        }
        print(machine.save("trees", facts, seed=asked.seed, **whole))
    return 0


def _sum(scores: Sequence[Score]) -> Score:
    return Score(
        sum(one.truth for one in scores),
        sum(one.told for one in scores),
        sum(one.right for one in scores),
    )


if __name__ == "__main__":
    sys.exit(main())
