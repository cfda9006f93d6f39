"""Families of copies: who was made from whom is known, because they are made here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np

from benchmarks import alterations
from benchmarks.alterations import Draw, Edit, Picture
from benchmarks.takes import Coding, Take, encoded, taken

LENGTH, SHORTEST = 8.0, 2.5
"""Seconds of a film that an original shows, and that a copy shows at least."""


class Truth(StrEnum):
    """How a query and a source are related."""

    ONWARD = "onward"
    BACK = "back"
    SIBLINGS = "siblings"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files of a family.

    Attributes:
        film: What the family shows.
        query: The one that is traced.
        source: The other.
        truth: How they are related.
        removes: Generations between them; of siblings, to what both were made from, added up.
        done: What was done to either since their common original, in words.
    """

    film: str
    query: Path
    source: Path
    truth: Truth
    removes: int
    done: str


PAIRS = (
    ("child", "original", Truth.ONWARD, 1),
    ("original", "child", Truth.BACK, 1),
    ("grandchild", "child", Truth.ONWARD, 1),
    ("child", "grandchild", Truth.BACK, 1),
    ("grandchild", "original", Truth.ONWARD, 2),
    ("original", "grandchild", Truth.BACK, 2),
    ("sibling", "original", Truth.ONWARD, 1),
    ("child", "sibling", Truth.SIBLINGS, 2),
    ("sibling", "grandchild", Truth.SIBLINGS, 3),
)
"""Query, source, how they are related, and at how many removes."""
PARENTS = {"child": "original", "grandchild": "child", "sibling": "original"}


def family(path: Path, start: float, folder: Path, seed: tuple[int, ...]) -> Iterator[Pair]:
    """Make a family of a stretch of a film; yield its pairs.

    Args:
        path: The film.
        start: Seconds into it.
        folder: Where to.
        seed: Draws what is done.

    Raises:
        ValueError: The film shows too little there.
    """
    random = np.random.default_rng(seed)
    take = taken(path, start=start, length=LENGTH)
    quality = int(random.integers(16, 24))
    files = {"original": encoded(take, folder / "original.mp4", Coding(quality))}
    done = {"original": f"crf {quality}"}
    for name, parent in PARENTS.items():
        copy, coding, words = copied(taken(files[parent], start=0.0, length=np.inf), random)
        files[name] = encoded(copy, folder / f"{name}.mp4", coding)
        done[name] = words
    for query, source, truth, removes in PAIRS:
        words = "; ".join(f"{name}: {done[name]}" for name in (query, source))
        yield Pair(path.name, files[query], files[source], truth, removes, words)


def copied(take: Take, random: np.random.Generator) -> tuple[Take, Coding, str]:
    """Return a take as a copy shows it, how that is encoded, and both in words."""
    done, pictures = [], list(take.pictures)
    least = min(len(pictures), round(SHORTEST * take.pace))
    if random.random() < 0.5:  # noqa: PLR2004 # every other one
        kept = max(least, round(len(pictures) * random.uniform(0.5, 0.92)))
        first = int(random.integers(0, len(pictures) - kept + 1))
        pictures = pictures[first : first + kept]
        done.append("cut")
    names, shares = list(EDITS), [share for _, share in EDITS.values()]
    for name in random.choice(names, random.choice([0, 1, 1, 2]), replace=False, p=shares):
        edit = EDITS[name][0](random)
        pictures = [np.ascontiguousarray(edit(picture)) for picture in pictures]
        done.append(str(name))
    coding = Coding(
        int(random.integers(20, 37)),
        size=float(random.choice([0.5, 0.67, 0.8, 1.0, 1.0, 1.0, 1.0, 1.5])),
        pace=float(random.choice([24, 25, 30])) if random.random() < 0.3 else None,  # noqa: PLR2004
    )
    words = [*done, f"crf {coding.quality}"]
    words += [f"{coding.size:g} of the size"] if coding.size != 1 else []
    return replace(take, pictures=pictures), coding, ", ".join(words)


def _marked(random: np.random.Generator) -> Edit:
    """Return a broadcaster's mark in a corner."""
    share, ink = random.uniform(0.08, 0.2), random.integers(0, 256, 3)
    left, low = random.random(2) < 0.5  # noqa: PLR2004 # even odds

    def edit(picture: Picture) -> Picture:
        out = picture.copy()
        height, width = picture.shape[:2]
        side = max(8, round(share * min(height, width)))
        y, x = (height - side - 6 if low else 6), (6 if left else width - side - 6)
        out[y : y + side, x : x + side] = ink
        place = (x + side // 8, y + 2 * side // 3)
        paper = tuple(int(255 - each) for each in ink)
        cv2.putText(out, "TV", place, cv2.FONT_HERSHEY_DUPLEX, side / 50, paper, 1, cv2.LINE_AA)
        return out

    return edit


EDITS: Mapping[str, tuple[Draw, float]] = {
    "crop": (alterations.cropped, 0.16),
    "caption": (alterations.captioned, 0.14),
    "mark": (_marked, 0.14),
    "letterbox": (alterations.boxed, 0.12),
    "mirror": (alterations.mirrored, 0.1),
    "brightness": (alterations.lit, 0.1),
    "upright strip": (alterations.upright, 0.08),
    "blur": (alterations.blurred, 0.07),
    "black and white": (alterations.grey, 0.05),
    "noise": (alterations.noisy, 0.04),
}
"""What may be done to pictures, and how often, as a share."""
