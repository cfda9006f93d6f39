"""Fit the confidence to right and wrong stretches, and test it on clips and films it has not seen.

    python -m benchmarks.calibration --folder FOLDER

Makes sets of clips with known edits, traces them, real altered clips and clips that show nothing of
the archive, and writes down every stretch that was looked at (`benchmarks.looks`). What is in the
folder already is taken from there; `--kept` takes nothing else.

All are parted twice, by seed and by film, films of one origin always together. Each part of one
seed and some films is tested by curves fitted to that which has other seeds and other films. The
curves to use, which `lineage/confidence.py` holds, are then fitted to all.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from benchmarks import cases, chance, curves, looks, machine, reliability
from benchmarks.curves import Fit
from benchmarks.footage import pairs
from benchmarks.looks import Kind, Look
from benchmarks.machine import WHEREFROM
from benchmarks.unrelated import ARCHIVES, BAD_INPUT, films, related
from index.archive import Archive
from lineage import confidence
from lineage.confidence import Curve
from lineage.listening import EARS, ListenParams
from lineage.lookups import TIERS
from lineage.proofs import ProofParams

SEEDS = ("calib-oak", "calib-elm", "calib-ash")
"""Of the sets that are made."""
SETS = {"quick": (), "negative": ("--only", "negative", "--per-edit", "8")}
"""What is made of each seed; the second is of clips that show nothing of the archive."""
UNRELATED = "unrelated"
"""The folder of films of which the archive shows nothing."""
EDITED = f"{UNRELATED}, edited"
"""What the set of their clips is called."""
STILLS = 20
"""Still clips of archived films for each seed, and as many of others."""
FOLDS = 5
"""Groups the films are parted into."""
CURVES: dict[Kind, Curve] = {
    "moving": confidence.MOVING,
    "still": confidence.STILL,
    "held": confidence.HELD,
    "sound": confidence.SOUND,
}
"""Those in use."""
MOST = {
    "picture": ProofParams().most * len(TIERS),
    "sound": ListenParams().most * len(EARS),
}
"""Candidates of a part of a clip that are looked at, in all ways of looking together."""

type Seeded = tuple[int, Look]
"""The number of the seed a look's clip was made by, and the look; real pairs have one more."""


def evidence(look: Look) -> tuple[float, ...]:
    """Return what a look's confidence rests on, in the order of its curve's slopes.

    >>> look = Look("set", "clip", "file", "sound", (0, 4), (1, 5), 1.0, None, None, 0.9, 4.0, 1.0,
    ...             True, 0.9)
    >>> evidence(look)
    (0.9, 2.0)
    """
    length = confidence.octaves(look.seconds)
    if look.agreement is not None:
        return look.agreement, length
    if look.motion is not None:
        return look.motion, length
    unlike = confidence.halvings(look.likeness or 0.0)
    return (unlike,) if look.kind == "held" else (unlike, length)


def fold(asset: str) -> int:
    """Return the number of the films an archived file is among, the same for all named alike.

    What comes from one place, such as the same speaker on several days, is named alike up to the
    first underscore.
    """
    return sha256(asset.split("_", maxsplit=1)[0].encode()).digest()[0] % FOLDS


def fit(of: Sequence[Look]) -> Fit:
    """Return the curve fitted to looks of one kind of which the truth is known."""
    return curves.fitted([evidence(one) for one in of], [bool(one.right) for one in of])


def tested(of: Sequence[Seeded]) -> list[Look]:
    """Return looks of one kind, as sure as a curve says that saw neither their seed nor their film.

    A look is left out where that curve can't be fitted, for want of wrong or of right ones.
    """
    found = []
    for seed, films_of in product(sorted({seed for seed, _ in of}), range(FOLDS)):
        mine = [one for at, one in of if at == seed and fold(one.asset) == films_of]
        unlike = [one for at, one in of if at != seed and fold(one.asset) != films_of]
        try:
            curve = fit(unlike).curve
        except ValueError:
            continue
        found += [replace(one, confidence=curve.at(*evidence(one))) for one in mine]
    return found


def summary(every: Sequence[Seeded]) -> dict[str, Any]:
    """Return what all looks come to by kind, ready for JSON; only kinds with right and wrong."""
    found: dict[str, Any] = {}
    for kind, curve in CURVES.items():
        of = [(at, one) for at, one in every if one.kind == kind and one.right is not None]
        if len({one.right for _, one in of}) == 1 or not of:
            continue
        seen, answers = [one for _, one in of], tested(of)
        whole = fit(seen)
        found[kind] = {
            "fit": asdict(whole),
            "in_use": asdict(curve),
            "looked_at": _told(answers),
            "told": _told([one for one in answers if one.told]),
            "said": _told([one for one in seen if one.told]),
            "refuted": _refuted(seen),
            "wrong": [_named(one) for one in seen if one.told and not one.right],
        }
    return found


def tries(every: Sequence[Look], *, clips: int, hours: float) -> dict[str, Any]:
    """Return what wrong stretches say of larger archives, ready for JSON.

    So many are looked at in a clip that shows nothing, and of so many, at most, each passes.

    Args:
        every: All looks.
        clips: How many clips of unrelated films were traced.
        hours: Of the archive they were traced in.
    """
    channels = {}
    for channel, limit in MOST.items():
        wrong = [one for one in every if one.channel == channel and one.right is False]
        each = Counter(one.clip for one in wrong if one.of == EDITED)
        rate, mean = _refuted(wrong)["at_most"], each.total() / clips
        counts = [(size, min(mean * size / hours, limit)) for size in (hours, *ARCHIVES)]
        channels[channel] = {
            "looked_at": each.total(),
            "most": max(each.values(), default=0),
            "limit": limit,
            "rate": rate,
            "archives": [
                {"hours": size, "stretches": count, "at_most": min(1.0, count * rate)}
                for size, count in counts
            ],
        }
    return {"clips": clips, "hours": hours, "channels": channels}


def main() -> int:
    """Make, trace, fit, test and save; return the exit code."""
    asked = _asked()
    reason = cases.reason_not(asked)
    if reason is not None:
        print(reason)
        return 0 if asked.bench == cases.BENCH else 2
    facts = machine.facts()
    with cases.folder(asked) as folder:
        every = list(collected(asked, folder))
        with Archive.open(folder / "archive") as archive:
            hours = archive.stats().seconds / 3600
    kinds = summary(every)
    for kind, each in kinds.items():
        print(kind, each["fit"], f"in use: {each['in_use']}", sep="\n  ")
        for name in ("looked_at", "told", "said"):
            one = each[name]
            print(f"  {name}: {one['right']} of {one['answers']} right, {one['brier']}")
        print(*each["wrong"], sep="\n")
    clips = asked.count * len({seed for seed, one in every if one.of == EDITED})
    tried = tries([one for _, one in every], clips=clips, hours=hours) if clips else None
    print(machine.save("calibration", facts, sets=_clips(every), kinds=kinds, tries=tried))
    return 0


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(description="Fit the confidence to what is right and wrong.")
    options.add_argument("--bench", type=Path, default=cases.BENCH)
    options.add_argument("--folder", type=Path, help="for all that is written; temporary if not")
    options.add_argument("--python", help="interpreter that can run the scripts of the bench")
    options.add_argument("--footage", type=Path, default=cases.FOOTAGE / "archive")
    options.add_argument("--seed", nargs="+", default=list(SEEDS))
    options.add_argument("--count", type=int, default=40, help="clips of other films a seed")
    options.add_argument("--kept", action="store_true", help="only what is in the folder")
    options.set_defaults(cases=[])
    return options.parse_args()


def _told(of: Sequence[Look]) -> dict[str, Any]:
    return reliability.told([(one.confidence, bool(one.right)) for one in of])


def _refuted(seen: Sequence[Look]) -> dict[str, Any]:
    """Return how many wrong stretches were looked at, and how many of them were told."""
    wrong = [one for one in seen if not one.right]
    passed = sum(one.told for one in wrong)
    return {
        "looked_at": len(wrong),
        "told": passed,
        "at_most": chance.at_most(passed, len(wrong)),
    }


def _named(look: Look) -> str:
    """Return what a wrong answer said, for a list of them."""
    return (
        f"{look.clip} of {look.of} is said to show {look.asset} at {look.source[0]:.1f} s, "
        f"for {look.seconds:.1f} s"
    )


def _clips(every: Iterable[Seeded]) -> dict[str, int]:
    """Return by set how many of its clips had anything looked at."""
    names = dict.fromkeys((one.of, one.clip) for _, one in every)
    return dict(Counter(of for of, _ in names))


def collected(asked: argparse.Namespace, folder: Path) -> Iterator[tuple[int, Look]]:
    """Yield all looks, each with the side its set is on: 0 or 1.

    What is in the folder is taken from there, what is not is made, traced and written down.
    """
    score = cases.module(asked.bench / "score.py")
    others = asked.footage.parent / UNRELATED
    parts: list[tuple[str, int, Callable[[], list[Look]]]] = []
    for side, seed in enumerate(asked.seed):
        for name, more in SETS.items():
            made = partial(_of_cases, f"{name}-{seed}", ["--seed", seed, *more], asked, folder)
            parts.append((f"{name}-{seed}", side, partial(made, score)))
        filmed = partial(_of_films, side, asked, folder)
        parts.append((f"edited-{side}", side, partial(filmed, of=others, count=asked.count)))
        for of in (asked.footage, others):
            held = partial(filmed, of=of, count=STILLS, still=True)
            parts.append((f"still-{of.name}-{side}", side, held))
    parts.append(("pairs", len(asked.seed), partial(_of_pairs, asked, folder, score)))
    seen: set[tuple[object, ...]] = set()
    for name, side, looked in parts:
        path = folder / f"looks-{name}.jsonl"
        if asked.kept and not path.exists():
            continue
        if not path.exists():
            print(f"tracing {name}", file=sys.stderr)
            looks.keep(looked(), path)
        for look in looks.kept(path):
            once = (look.asset, *look.query, *look.source, *evidence(look))
            if once not in seen:  # two sets of one seed have clips in common
                seen.add(once)
                yield side, look


def _of_cases(
    name: str, made: Sequence[str], asked: argparse.Namespace, folder: Path, score: ModuleType
) -> list[Look]:
    of = cases.made(folder / name, made, asked)
    return looks.of_cases(of, _indexed(of / "archive", folder / f"archive-{name}"), score)


def _of_films(  # noqa: PLR0913 # which clips, of what, and where they go
    seed: int, asked: argparse.Namespace, folder: Path, *, of: Path, count: int, still: bool = False
) -> list[Look]:
    """Return looks at clips of films: of archived ones they show that film, of others nothing."""
    archive = _indexed(asked.footage, folder / "archive")
    alike = related(asked.footage.parent / "PAIRS.tsv")

    def shows(film: str, asset: str) -> bool | None:
        if of == asked.footage:
            return True if film == asset else None
        return None if asset in alike.get(film, ()) else False

    name = f"{of.name}, {'still' if still else 'edited'}"
    with TemporaryDirectory() as temporary:
        small = list(films([of], Path(temporary)))
        return looks.of_films(
            name, small, archive, seed=seed, count=count, shows=shows, still=still
        )


def _of_pairs(asked: argparse.Namespace, folder: Path, score: ModuleType) -> list[Look]:
    archive = _indexed(asked.footage, folder / "archive")
    place = asked.footage.parent
    return looks.of_pairs(place / "suspect", pairs(place / "PAIRS.tsv"), archive, score)


def _indexed(footage: Path, archive: Path) -> Path:
    command: list[str | Path] = [WHEREFROM, "index", footage, "--archive", archive, "--quiet"]
    machine.run(command, allowed=(0, BAD_INPUT))
    return archive


if __name__ == "__main__":
    sys.exit(main())
