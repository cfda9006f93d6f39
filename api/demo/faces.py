"""Follow a face through a film and put another face over it.

No detector is needed: where eyes and mouth are in the first frame and in the photograph is given;
from there on the skin is followed from frame to frame.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

from index.values import Picture

STRAY = 0.7
"""Pixels by which a corner may miss its place when followed there and back."""

type Matrix = npt.NDArray[np.float64]
"""Shape (3, 3): a similarity, places of one picture to places of another."""


class Face(NamedTuple):
    """Where a face is in a picture, in pixels.

    Attributes:
        landmarks: Left eye, right eye and mouth as seen by the viewer.
        centre: Of the oval from the brows to the chin.
        radii: Of that oval, across and along the face.
        tilt: Degrees by which the face leans, clockwise.
    """

    landmarks: tuple[tuple[float, float], ...]
    centre: tuple[float, float]
    radii: tuple[float, float]
    tilt: float = 0.0

    def scaled(self, factor: float) -> "Face":
        """Return the face in the same picture, made larger."""
        return Face(
            tuple((x * factor, y * factor) for x, y in self.landmarks),
            (self.centre[0] * factor, self.centre[1] * factor),
            (self.radii[0] * factor, self.radii[1] * factor),
            self.tilt,
        )

    def mask(self, picture: Picture) -> npt.NDArray[np.uint8]:
        """Return 255 inside the oval and 0 outside; uint8 (height, width)."""
        mask = np.zeros(picture.shape[:2], np.uint8)
        cv2.ellipse(mask, (self.centre, (2 * self.radii[0], 2 * self.radii[1]), self.tilt), 255, -1)
        return mask


def replaced(
    film: Iterable[Picture], face: Face, *, photograph: Picture, stranger: Face
) -> Iterator[Picture]:
    """Yield the film with a stranger's face in place of the one it shows.

    The edges are blended by Poisson's equation, which takes the light of the scene along.

    Args:
        film: Pictures of one size.
        face: In the first of them.
        photograph: Shows the other face.
        stranger: In the photograph.

    Source: Pérez, Gangnet & Blake, Poisson Image Editing, SIGGRAPH 2003.
    """
    onto = similarity(_places(stranger), _places(face))
    mask = stranger.mask(photograph)
    for picture, pose in followed(film, face):
        height, width = picture.shape[:2]
        matrix = (pose @ onto)[:2]
        patch = cv2.warpAffine(photograph, matrix, (width, height), flags=cv2.INTER_AREA)
        inside = cv2.warpAffine(mask, matrix, (width, height))
        left, top, across, down = cv2.boundingRect(inside)
        centre = (left + across // 2, top + down // 2)
        yield cast("Picture", cv2.seamlessClone(patch, picture, inside, centre, cv2.NORMAL_CLONE))


def followed(film: Iterable[Picture], face: Face) -> Iterator[tuple[Picture, Matrix]]:
    """Yield each picture with how the face has moved since the first.

    Corners of the skin are followed there and back again; those that don't return to where they
    were are left out, and so are, by RANSAC, those that move otherwise than the rest: the mouth.
    """
    pose = np.eye(3)
    before: MatLike | None = None
    oval: MatLike | None = None
    for picture in film:
        now = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        if before is None or oval is None:
            oval = face.mask(picture)
        else:
            moved = cv2.warpAffine(oval, pose[:2], (now.shape[1], now.shape[0]))
            pose = _motion(before, now, moved) @ pose
        before = now
        yield picture, pose


def _motion(before: MatLike, now: MatLike, where: MatLike) -> Matrix:
    corners = cv2.goodFeaturesToTrack(before, 80, 0.01, 4, mask=where)
    there = _flowed(before, now, corners)
    back = _flowed(now, before, there)
    kept = np.linalg.norm(back - corners, axis=2).ravel() < STRAY
    return similarity(corners[kept].reshape(-1, 2), there[kept].reshape(-1, 2))


def _flowed(before: MatLike, now: MatLike, corners: MatLike) -> MatLike:
    start = np.empty_like(corners)
    there, _, _ = cv2.calcOpticalFlowPyrLK(
        before, now, corners, start, winSize=(15, 15), maxLevel=3
    )
    return there


def similarity(a: MatLike, b: MatLike) -> Matrix:
    """Return the turn, scale and shift that lay places of `a` on those of `b`, as most agree."""
    matrix, _ = cv2.estimateAffinePartial2D(a, b, ransacReprojThreshold=1.5)
    return np.vstack([matrix, [0.0, 0.0, 1.0]])


def _places(face: Face) -> MatLike:
    return np.array(face.landmarks, np.float32)
