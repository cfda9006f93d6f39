"""Faces in takes that are given another mouth, or the inside of another face.

The mouth is the same face's at another moment, as where somebody is made to say other words; what
is put into a face is another film's, in the light of this one. Where faces are is told by the same
detector that findings are named by, so a face that it does not know is neither forged nor named.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.alterations import Picture
from benchmarks.forgeries import SEEN, TRIES, Forged, Mask, blended, drawn, off
from benchmarks.takes import Take
from index.values import Box, Interval
from lineage.evidence.faces import Face, faces

LASTS = (1.5, 3.0)
"""Seconds for which a face is forged."""
EVERY = 4
"""Pictures from one in which faces are sought to the next."""
LEAST = 0.2
"""Share of the frame's height that a face must have, for its mouth to be seen."""
AWAY = 0.6
"""Seconds from a mouth to the one that is put in its place, at least."""
SMALLEST = 8
"""Pixels of a side of what is put in."""

type Edges = npt.NDArray[np.float64]
"""Left, top, right and bottom of a part of a picture, as shares of its sides."""
type Part = Callable[[Face], Edges]
"""Tells what of a face is forged."""


def shows_one(take: Take) -> bool:
    """Return whether a take begins with a face that is large enough."""
    return _largest(take.pictures[0]) is not None


def forged(take: Take, kind: str, stranger: Take, random: np.random.Generator) -> Forged | None:
    """Return a take with its face forged for a while; None where it has none, or nothing is seen.

    Args:
        take: What is forged.
        kind: One of PORTRAITS.
        stranger: Another film with a face.
        random: Draws when.
    """
    mine = _followed(take, PORTRAITS[kind])
    theirs = mine if kind == "mouth" else _followed(stranger, PORTRAITS[kind])
    for _ in range(TRIES if mine is not None and theirs is not None else 0):
        first, last = drawn(take, LASTS, random)
        away = round(float(random.uniform(AWAY, take.length - AWAY)) * take.pace)
        made = _made(mine, theirs, range(first, last), away) if mine and theirs else None
        if made is not None:
            pictures, box = made
            query = Interval(first / take.pace, last / take.pace)
            return Forged(kind, replace(take, pictures=pictures), query, box)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Followed:
    """Part of a face in a film.

    Attributes:
        pictures: The film's.
        edges: (n, 4), where it is in each.
    """

    pictures: Sequence[Picture]
    edges: npt.NDArray[np.float64]


def _made(
    mine: _Followed, theirs: _Followed, numbers: Sequence[int], away: int
) -> tuple[list[Picture], Box] | None:
    """Return the pictures with part of a face put into some, and where; None if it is not seen."""
    pictures, seen = list(mine.pictures), []
    for number in numbers:
        other = (number + away) % len(theirs.pictures)
        before, edges = mine.pictures[number], mine.edges[number]
        patched = _patched(before, edges, theirs.pictures[other], theirs.edges[other])
        if patched is None:
            return None
        pictures[number], mask = patched
        seen.append(off(before, pictures[number], mask))
    where = mine.edges[list(numbers)]
    low, high = where.min(axis=0), where.max(axis=0)
    box = Box(*np.clip([low[0], low[1], high[2], high[3]], 0.0, 1.0).tolist())
    return (pictures, box) if np.mean(seen) >= SEEN else None


def _patched(
    before: Picture, here: Edges, donor: Picture, there: Edges
) -> tuple[Picture, Mask] | None:
    """Return a picture with the donor's part in it, and where; None where that is too small."""
    x0, y0, x1, y1 = _pixels(here, before)
    a0, b0, a1, b1 = _pixels(there, donor)
    if min(x1 - x0, y1 - y0, a1 - a0, b1 - b0) < SMALLEST:
        return None
    part = cv2.resize(donor[b0:b1, a0:a1], (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    oval = np.zeros(before.shape[:2], np.float32)
    middle, radii = ((x0 + x1) // 2, (y0 + y1) // 2), ((x1 - x0) * 4 // 9, (y1 - y0) * 4 // 9)
    cv2.ellipse(oval, middle, radii, 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(oval, (0, 0), max(1.0, (x1 - x0) / 20))
    mask = np.asarray(soft[..., None], np.float32)
    light = before[y0:y1, x0:x1].mean(axis=(0, 1)) - part.mean(axis=(0, 1))
    patch = before.copy()
    patch[y0:y1, x0:x1] = np.clip(part + light, 0, 255)
    return blended(before, patch, mask), mask


def _pixels(edges: Edges, picture: Picture) -> tuple[int, int, int, int]:
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = np.clip(edges, 0.0, 1.0) * (width, height, width, height)
    return round(x0), round(y0), round(x1), round(y1)


def _followed(take: Take, part: Part) -> _Followed | None:
    """Return where part of a face is in each picture; None where it is not seen all the time."""
    numbers = [*range(0, len(take.pictures) - 1, EVERY), len(take.pictures) - 1]
    known = [_largest(take.pictures[number]) for number in numbers]
    told = [part(face) for face in known if face is not None]
    if len(told) < len(known):
        return None
    every = np.arange(len(take.pictures))
    edges = [np.interp(every, numbers, edge) for edge in np.array(told).T]
    return _Followed(take.pictures, np.stack(edges, axis=1))


def _largest(picture: Picture) -> Face | None:
    tall = [face for face in faces(picture) if face.box.y1 - face.box.y0 >= LEAST]
    return max(tall, key=lambda face: face.box.area, default=None)


def _mouth(face: Face) -> Edges:
    return np.array([face.mouth.x0, face.mouth.y0, face.mouth.x1, face.mouth.y1])


def _inside(face: Face) -> Edges:
    """Return what lies between the brows and the mouth."""
    return np.array([face.eyes.x0, face.eyes.y0, face.eyes.x1, face.mouth.y1])


PORTRAITS: Mapping[str, Part] = {"mouth": _mouth, "face": _inside}
