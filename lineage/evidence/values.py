"""What a comparison of pixels works on, and what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.values import Box, Interval, Times
from lineage.values import Segment

type Planes = npt.NDArray[np.float32]
"""Shape (n, h, w, 3): luma and both differences of colour (BT.601, full range) of n pictures."""
type Cells = npt.NDArray[np.float32]
"""Shape (n, rows, columns): a number for each cell of n pictures."""
type Matrix = npt.NDArray[np.float64]
"""Shape (3, 3): pixels of the query's picture to pixels of the source's, a homography."""

HALF = 2
"""Pixels of a picture that is compared for each of a plane."""
CELL = 2
"""Pixels of a plane a side of a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Moments of a stretch: pictures of the query, and those of the source around each.

    Attributes:
        times: float64 (n,), in the query.
        query: uint8 (n, h, w, 3), RGB.
        source: uint8 (m, h2, w2, 3), RGB.
        around: int64 (n, k), for each moment the indices of the source's frames around it in their
            order, k odd; the middle one is that which the alignment names.
        shown: float64 (m,), when the source shows these frames.
    """

    times: Times
    query: npt.NDArray[np.uint8]
    source: npt.NDArray[np.uint8]
    around: npt.NDArray[np.int64]
    shown: Times

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """Both sides as they lie over one another, at half the pictures' size.

    Attributes:
        times: float64 (n,), in the query.
        query: Its pictures.
        source: The source's, moved onto them.
        before: The luma of the source's frame before, (n, h, w).
        after: The same of that after.
        shown: bool (h, w), where the query shows the source in all of them.
        agreement: How well both lie over one another, up to 1: how parts of them correlate.
        agreements: float64 (n,), the same of each moment.
        source_times: float64 (n,), when the source shows its pictures.
        maps: float64 (n, 3, 3), how each of them was moved: pixels of the query's whole picture to
            pixels of the source's.
        bend: By how much of the frame's long side corners lie off where they would be if the
            source were not seen at an angle.
    """

    times: Times
    query: Planes
    source: Planes
    before: npt.NDArray[np.float32]
    after: npt.NDArray[np.float32]
    shown: npt.NDArray[np.bool_]
    agreement: float
    agreements: npt.NDArray[np.float64]
    source_times: Times
    maps: npt.NDArray[np.float64]
    bend: float = 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """A face in the query, and how far it differs, beside the rest of the picture.

    Attributes:
        box: Where it is.
        eyes: By how much the eyes differ, as a multiple of the rest.
        mouth: The same of the mouth.
        reach: Share of the strip over its eyes that the track covers.
    """

    box: Box
    eyes: float
    mouth: float
    reach: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of text in a part of a picture, from above.

    Attributes:
        inside: Those that lie in it, with those close above and below that go on with them.
        near: All that were read in it and beside it, these among them.
    """

    inside: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What a part of the picture says at one moment.

    Attributes:
        query: In the query.
        source: In the source.
    """

    query: Lines
    source: Lines


@dataclass(frozen=True, slots=True)
class Track:
    """A part of the query's picture that differs from the source, over time.

    Attributes:
        query: When.
        box: Where in the query's frame, while it lasts.
        at: Seconds in the query at which it differs most.
        strength: By how much it does then, in multiples of what is to be expected there.
        area: Share of what was compared that differs, at most.
        still: By how many grey levels the query changes there over time.
        moving: The same of the source.
        detail: How much fine detail the query has there, as a multiple of the source's.
        faded: Whether it is fine detail that is missing.
        head: The face it lies in; None where it lies in none, or faces cannot be told.
        around: By how many grey levels the source changes beside it over time.
        unlike: Share of the difference that is left if the source is blurred there as well.
        words: What lines there say, at moments by time; none where that was not read.
    """

    query: Interval
    box: Box
    at: float
    strength: float
    area: float
    still: float
    moving: float
    detail: float
    faded: bool = False
    head: Head | None = None
    around: float = 0.0
    unlike: float = 1.0
    words: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How all of a stretch's picture differs from the source's.

    Attributes:
        tones: Grey levels by which its tones do, at the mean.
        contrast: Its luma's deviation, as a multiple of the source's.
        brightness: Grey levels by which its luma's mean lies over the source's.
        saturation: Deviation of its colours, as a multiple of the source's.
        sharpness: How much is left of the source's sharpest detail.
        grain: Grey levels of detail it has where the source is smooth, over the source's own.
        off: Grey levels by which it still differs once the source has its tones, at the median.
        bend: By how much of the frame's long side corners lie off a parallelogram.
        colours: How far apart its colours lie as a multiple of the source's, as both are.
        seam: How many times more the query's picture changes across the edges of what shows the
            source than beside them; 0 where that is all of the frame.
        source_seam: The same of the source's picture, and what of it is shown.
        source_sharpness: How much of the query's sharpest detail the source has.
        fill: How well what is around the source in the frame correlates with the source itself,
            enlarged to fill it and blurred; 0 where nothing is around it.
    """

    tones: float
    contrast: float
    brightness: float
    saturation: float
    sharpness: float
    grain: float
    off: float
    bend: float
    colours: float = 1.0
    seam: float = 0.0
    source_seam: float = 0.0
    source_sharpness: float = 1.0
    fill: float = 0.0


@dataclass(frozen=True, slots=True)
class Stirs:
    """How often places of a picture that stand still change, frame by frame.

    Attributes:
        both: In both pictures.
        query: In the query's alone, while nothing changes there in the source's.
        source: In the source's alone.
    """

    both: int = 0
    query: int = 0
    source: int = 0

    def __add__(self, other: "Stirs") -> "Stirs":
        return Stirs(self.both + other.both, self.query + other.query, self.source + other.source)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the pixels of a stretch say.

    Attributes:
        tracks: What differs, the strongest first.
        agreement: How well both lie over one another; see `Registered`.
        manner: How all of its picture was handled; None where nothing was compared.
        error: By how much of the frame's long side both are still off one another; None where that
            cannot be told.
    """

    tracks: Sequence[Track]
    agreement: float
    manner: Manner | None = None
    error: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Heats:
    """By how much the query differs from the source, moment by moment, as tracks are told by.

    Attributes:
        times: float64 (n,), in the query.
        source_times: float64 (n,), those of the source's frames beside them.
        maps: float64 (n, 3, 3), how each of these was laid over the query: where places of the
            query's frame lie in the source's, both as shares of the frame.
        changed: (n, rows, columns), in multiples of what is to be expected.
        lost: The same of fine detail that is missing.
        compared: bool (rows, columns), which cells were compared.
        side: Width and height of a cell, as shares of the query's frame.
    """

    times: Times
    source_times: Times
    maps: npt.NDArray[np.float64]
    changed: Cells
    lost: Cells
    compared: npt.NDArray[np.bool_]
    side: tuple[float, float]

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True)
class Revealed:
    """What the pixels of a stretch of a source say.

    Attributes:
        index: Of the source in the answer.
        segment: The stretch.
        tracks: What differs in it, by time.
        agreement: How well both lie over one another, where they do so worst.
        compared: Share of it in which they do so well enough to be compared.
        manner: How all of its picture was handled; None where nothing is known of that.
        stirs: How often what stands still in it changes all the same.
        error: By how much of the frame's long side both are still off one another, at the median;
            None where that cannot be told.
    """

    index: int
    segment: Segment
    tracks: Sequence[Track]
    agreement: float
    compared: float = 1.0
    manner: Manner | None = None
    stirs: Stirs = Stirs()
    error: float | None = None
