"""Tell how well changes inside the picture are found, and how often one is found that is none.

    python -m benchmarks.reveals --footage ../shared/footage
    python -m benchmarks.reveals --films unrelated --forged 8 --name trust

Of each film a few seconds are put into an archive. Clips are made of the same seconds: copies that
were handled honestly, and copies in which a part of the picture was forged for a while, encoded and
handled in turn. Each is traced, and what is said of it is held against what was done.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path

import av
import numpy as np

from benchmarks import machine, portraits
from benchmarks.cases import FOOTAGE
from benchmarks.forgeries import FORGERIES, Forged, forged
from benchmarks.judging import Clip, Told, summary
from benchmarks.machine import WHEREFROM
from benchmarks.portraits import PORTRAITS
from benchmarks.takes import HANDLED, HONEST, Coding, Take, Variant, encoded, handled, taken
from benchmarks.trust import trust
from index import measure
from index.archive import Archive
from index.sandbox import Sandbox
from index.values import Box, Channel
from lineage import derive
from lineage.derive import DeriveParams
from lineage.findings import Finding
from lineage.params import SEARCH
from lineage.reveal import Revealer, RevealParams
from lineage.trace import trace

LENGTH = 4.5
"""Seconds of a film."""
WEAKEST = DeriveParams(region=2.0, mouth=1.0, eyes=1.0, both=1.0, likely=0.0)
"""Tells of all that differs, however little, for confidence to be fitted to."""


ARCHIVED = Coding(18)
"""How an archive holds them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a film.

    Attributes:
        path: The film.
        start: Seconds into it.
    """

    path: Path
    start: float

    def take(self) -> Take:
        """Return its pictures."""
        return taken(self.path, start=self.start, length=LENGTH)


@dataclass(frozen=True, slots=True)
class _Task:
    """A clip that is to be made.

    Attributes:
        variant: How it is handled.
        forgery: What is forged; None for nothing.
        seed: Draws it.
        ablate: Whether steps are left out as well.
    """

    variant: Variant
    forgery: str | None
    seed: tuple[int, ...]
    ablate: bool


def without() -> dict[str, RevealParams]:
    """Return how pixels are compared where a step is left out, by its name."""
    whole = RevealParams()
    residual = whole.evidence.residual
    steps = {
        "without equal tones": replace(residual, toned=False),
        "without learned noise": replace(residual, learned=False),
    }
    return {
        name: replace(whole, evidence=replace(whole.evidence, residual=each))
        for name, each in steps.items()
    }


def tasks(  # films, and how many clips of each
    faced: Sequence[bool], *, seed: int, honest: int, forged: int, ablated: int
) -> list[list[_Task]]:
    """Return the clips of each film: forgeries and their handling go round over all.

    Args:
        faced: Of each film, whether it shows a face to forge.
        seed: Another seed forges elsewhere.
        honest: Honest copies of each.
        forged: Forged ones, besides those of faces.
        ablated: Of one film in so many, steps are left out as well.
    """
    found, turns = [], count()
    kinds = list(FORGERIES)
    for film, face in enumerate(faced):
        least = film % ablated == 0
        copies = [HONEST[(film * honest + each) % len(HONEST)] for each in range(honest)]
        rounds = range(-(-forged // len(HANDLED)))
        pairs = [
            (one, kinds[(film + number + turn) % len(kinds)])
            for turn in rounds
            for number, one in enumerate(HANDLED)
        ][:forged]
        # A face and a mouth of a film are handled in two ways, all of them in turn.
        first = next(turns) if face else 0
        pairs += [
            (HANDLED[(first + turn + 2 * number) % len(HANDLED)], kind)
            for turn in rounds
            for number, kind in enumerate(PORTRAITS)
            if face
        ]
        found.append(
            [
                *(_Task(one, None, (seed, film), least) for one in copies),
                *(_Task(one, kind, (seed, film, n), least) for n, (one, kind) in enumerate(pairs)),
            ]
        )
    return found


def clips(
    of: Stretch, beside: Stretch, stranger: Stretch, asked: Sequence[_Task], archive: Path
) -> list[Clip]:
    """Make clips of a stretch and trace them.

    Args:
        of: What they are made of.
        beside: Of another film, to forge with.
        stranger: Of another film that shows a face, if any does.
        asked: The clips.
        archive: Holds all.
    """
    take, other, face, found = of.take(), beside.take(), stranger.take(), []
    with tempfile.TemporaryDirectory() as folder, Archive.open(archive) as opened:
        for each in asked:
            done = _forged(each, take, other, face)
            if each.forgery is not None and done is None:
                continue  # nothing would be seen of it
            shown = take if done is None else done.take
            path = handled(shown, each.variant, Path(folder), "clip")
            box = None if done is None else each.variant.lies(done.box)
            ways = {"": RevealParams(), **(without() if each.ablate else {})}
            named, told, weak = _said(path, opened, ways, take.film)
            found.append(
                Clip(
                    take.film,
                    each.variant.name,
                    each.variant.codings[-1].pace or take.pace,
                    each.forgery,
                    None if done is None else (done.query.start, done.query.end),
                    None if box is None else _corners(box),
                    named,
                    told.pop(""),
                    weak,
                    told,
                )
            )
            path.unlink()
    return found


def _forged(task: _Task, take: Take, other: Take, stranger: Take) -> Forged | None:
    random = np.random.default_rng(task.seed)
    if task.forgery is None:
        return None
    if task.forgery in PORTRAITS:
        return portraits.forged(take, task.forgery, stranger, random)
    return forged(take, task.forgery, other, random)


def main() -> int:
    """Take, make, trace, say and save; return the exit code."""
    asked = _asked()
    folder = asked.footage / asked.films
    if not folder.is_dir():
        print(f"There is no {folder}: nothing is forged.")
        return 0 if asked.footage == FOOTAGE else 2
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="wherefrom-reveals-") as temporary:
        place = Path(temporary)
        of = list(_stretches(folder, asked.seed))[:: asked.every]
        films, archive = place / "films", place / "archive"
        films.mkdir()
        faced = []
        for each in of:
            take = each.take()
            faced.append(portraits.shows_one(take))
            encoded(take, films / f"{each.path.name}.mp4", ARCHIVED)
        machine.run([WHEREFROM, "index", films, "--archive", archive, "--quiet"])
        many = {"honest": asked.honest, "forged": asked.forged, "ablated": asked.ablated}
        every = tasks(faced, seed=asked.seed, **many)
        found: list[Clip] = []
        with machine.workers(asked.workers) as pool:
            work = [
                pool.submit(clips, each, of[at - 1], of[before(at, faced)], every[at], archive)
                for at, each in enumerate(of)
            ]
            for done, task in enumerate(work, 1):
                found += task.result()
                print(f"\r{done} of {len(work)} films", end="", file=sys.stderr, flush=True)
    whole = summary(found) | {"trust": trust(found)}
    print(*(f"{name}: {each}" for name, each in whole.items()), sep="\n")
    if asked.clips is not None:
        asked.clips.write_text(
            "\n".join(json.dumps(asdict(each)) for each in found), encoding="utf-8"
        )
    if not asked.brief:
        print(machine.save(asked.name, facts, seed=asked.seed, **whole))
    return 0


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(description="Forge clips, and see what is found of it.")
    options.add_argument("--footage", type=Path, default=FOOTAGE)
    options.add_argument("--films", default="archive", help="folder of footage that is forged")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--honest", type=int, default=8, help="honest copies of each film")
    options.add_argument("--forged", type=int, default=4, help="forged ones, besides faces")
    options.add_argument("--every", type=int, default=1, help="of so many films one is taken")
    options.add_argument("--ablated", type=int, default=4, help="of so many, steps are left out")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--clips", type=Path, help="write all that was said there, as JSON lines")
    options.add_argument("--name", default="reveals", help="what the result is saved as")
    options.add_argument("--brief", action="store_true", help="nothing is saved")
    return options.parse_args()


def before(film: int, faced: Sequence[bool]) -> int:
    """Return the film before this one, going round, that shows a face; else the one before."""
    others = [(film - back) % len(faced) for back in range(1, len(faced))]
    return next((each for each in others if faced[each]), film - 1)


def _stretches(folder: Path, seed: int) -> Iterator[Stretch]:
    """Yield a stretch of each film that is long enough, from somewhere in it."""
    for place, path in enumerate(sorted(each for each in folder.iterdir() if each.is_file())):
        random = np.random.default_rng([seed, place])
        with av.open(path) as film:
            length = (film.duration or 0) / 1_000_000
        if length >= LENGTH:
            yield Stretch(path, float(random.uniform(0, length - LENGTH)))


def _said(
    path: Path, archive: Archive, ways: Mapping[str, RevealParams], film: str
) -> tuple[bool, dict[str, tuple[Told, ...]], tuple[Told, ...]]:
    """Return whether the film was found, what is said in each way, and all that differs at all."""
    report = trace(path, archive, params=SEARCH)
    shown = derive.told(report.sources, Channel.PICTURE, params=derive.DEFAULT)
    what = (report.query, report.searched, report.sources, report.unexplained)
    said: dict[str, tuple[Told, ...]] = {}
    weak: tuple[Told, ...] = ()
    with Sandbox(preload=measure.NEEDED) as sandbox:
        for name, params in ways.items():
            revealed = Revealer(path, archive, sandbox, params).revealed(shown)
            said[name] = _told(derive.derived(*what, revealed))
            if not name:
                weak = _told(derive.derived(*what, revealed, params=WEAKEST))
    return any(each.asset.name.startswith(film) for each in report.sources), said, weak


def _told(findings: Sequence[Finding]) -> tuple[Told, ...]:
    return tuple(
        Told(
            one.kind.value,
            one.confidence,
            (one.query.start, one.query.end),
            None if one.box is None else _corners(one.box),
            dict(one.measures),
        )
        for one in findings
    )


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


if __name__ == "__main__":
    sys.exit(main())
