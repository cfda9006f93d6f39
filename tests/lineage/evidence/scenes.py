"""Made-up moments of a query beside its source, with a known change."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from index.values import WHOLE, Box, Channel, Interval
from lineage.evidence import Beside
from lineage.evidence.values import Manner
from lineage.values import Segment
from tests import clips

type Pictures = npt.NDArray[np.uint8]
"""Shape (n, h, w, 3)."""
type Edit = Callable[[clips.Picture, float], clips.Picture]

SIZE = (384, 216)
EVERY, AROUND, RATE = 0.4, 2, 25.0
MOMENTS = 10
SECONDS = MOMENTS * EVERY
TIMES = 0.04 + EVERY * np.arange(MOMENTS, dtype=np.float64)
PLAIN = Manner(0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0)
UNTONED = np.zeros((0, 0, 0, 3), np.float32)
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def scene(time: float, *, seed: int = 1) -> clips.Picture:
    """Return a moment of a drifting scene with many edges."""
    return clips.strewn(clips.picture(time, size=SIZE, seed=seed), time)


def coded(picture: clips.Picture, quality: int = 60) -> clips.Picture:
    """Return the picture as JPEG leaves it."""
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]


def beside(
    edit: Edit = lambda picture, _: picture,
    *,
    late: float = 0.0,
    seed: int = 1,
    other: int = 1,
    times: npt.NDArray[np.float64] = TIMES,
) -> Beside:
    """Return moments of an edited and coded scene beside the scene.

    Args:
        edit: What was done to the query.
        late: Seconds by which the alignment is off.
        seed: Which scene the query shows.
        other: Which the source does.
        times: Of the moments, in the query.
    """
    query = np.stack([coded(edit(scene(1 + time, seed=seed), time)) for time in times])
    shown = (times[:, None] + late + np.arange(-AROUND, AROUND + 1) / RATE).round(6)
    order, places = np.unique(shown, return_inverse=True)
    source = np.stack([scene(1 + time, seed=other) for time in order])
    return Beside(times, query, source, places.reshape(shown.shape), order)


def segment(across: tuple[float, ...] = IDENTITY, *, box: Box = WHOLE) -> Segment:
    whole = Interval(0.0, SECONDS)
    return Segment(
        whole,
        Interval(1.0, 1.0 + SECONDS),
        1.0,
        Channel.PICTURE,
        "plain",
        0.98,
        frame_exact=True,
        query_box=box,
        source_box=WHOLE,
        across=across,
    )


def patched(box: Box, *, seed: int = 9, start: float = 0.0, end: float = SECONDS) -> Edit:
    """Return an edit that puts another scene into a box for a while."""

    def edit(picture: clips.Picture, time: float) -> clips.Picture:
        if not start <= time < end:
            return picture
        rows, columns = pixels(box)
        picture = picture.copy()
        inside = picture[rows, columns]
        other = cv2.resize(scene(time, seed=seed), inside.shape[1::-1])
        picture[rows, columns] = other
        return picture

    return edit


def pixels(box: Box) -> tuple[slice, slice]:
    width, height = SIZE
    return (
        slice(round(box.y0 * height), round(box.y1 * height)),
        slice(round(box.x0 * width), round(box.x1 * width)),
    )
