"""Pictures set into a picture: in a corner, side by side, one above the other.

The edge of a picture that was set in is straight, upright or level, and stays where it is while
what it shows changes. Where both sides of it are as bright, it still parts what moves from what
moves more. Things filmed have such edges as well, but four of them seldom make a rectangle. What is
found is a guess, to be looked up by itself: a wrong one costs a few codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.values import Box, Luma, Map, Places

RECIPE = "panel256/1"
"""A panel is hashed as a whole frame is; what counts as one belongs to the recipe as well."""


@dataclass(frozen=True, slots=True)
class PanelParams:
    """When a rectangle counts as a panel.

    Attributes:
        step: Grey levels by which two pixels beside one another but one differ at an edge.
        sharp: How many times the step next to it an edge must be: slopes are none.
        stays: Share of the frames in which they must.
        octaves: Doublings by which grey levels spread more over time on one side of an edge.
        least: Smallest width and height, as a share of the frame's.
        lines: Upright lines that are tried, and level ones: those with most edge on them.
        apart: Share of the frame's side within which two lines are one.
        whole: Least share of a side that is edge; sides on the frame's border need none.
        mostly: The same of all sides together.
        same: Overlap, as a share of both together, from which on two rectangles are one.
        most: Panels at most.
    """

    step: int = 8
    sharp: float = 1.5
    stays: float = 0.5
    octaves: float = 1.0
    least: float = 0.12
    lines: int = 14
    apart: float = 0.012
    whole: float = 0.45
    mostly: float = 0.6
    same: float = 0.75
    most: int = 8


type _Edges = npt.NDArray[np.bool_]
"""Shape (height, width): where an edge is that stays."""


def panels(lumas: Sequence[Luma], *, params: PanelParams = PanelParams()) -> list[Box]:
    """Return the parts of frames that look like pictures of their own, likeliest first.

    Args:
        lumas: Frames of one size, a second or more from first to last; at least two.
        params: See there.
    """
    shot = np.stack(lumas).astype(np.int16)
    upright = _staying(shot, params=params)
    level = _staying(shot.swapaxes(1, 2), params=params)
    columns = _lines(upright, params=params)
    rows = _lines(level, params=params)
    x0, x1 = _spans(columns, shot.shape[2], params=params)
    y0, y1 = _spans(rows, shot.shape[1], params=params)
    sides = _sides(upright, level, (x0, x1), (y0, y1))
    # Both axes: one row for each pair of columns, one column for each pair of rows.
    edged = ~np.isnan(sides)
    worst = np.where(edged, sides, 1.0).min(axis=0)
    mean = np.where(edged, sides, 0.0).sum(axis=0) / np.maximum(edged.sum(axis=0), 1)
    good = (worst >= params.whole) & (mean >= params.mostly) & edged.any(axis=0)
    height, width = shot.shape[1:]
    order = sorted(zip(*np.nonzero(good), strict=True), key=lambda at: -float(mean[at]))
    found: list[Box] = []
    for i, j in order:
        edges = (x0[i] / width, y0[j] / height, x1[i] / width, y1[j] / height)
        box = Box(*map(float, edges))
        if all(overlap(box, other) < params.same for other in found):
            found.append(box)
        if len(found) == params.most:
            break
    return found


def within(panel: Box, inside: Box) -> Box:
    """Return where in the frame a part of a panel lies."""
    width, height = panel.x1 - panel.x0, panel.y1 - panel.y0
    return Box(
        panel.x0 + inside.x0 * width,
        panel.y0 + inside.y0 * height,
        panel.x0 + inside.x1 * width,
        panel.y0 + inside.y1 * height,
    )


def place(box: Box) -> tuple[float, float, float, float]:
    """Return a box as the place of a code: x and y of its middle, size and angle.

    The size is the root of its area, the angle that of its diagonal; all of a frame that is 1 wide
    and 1 high.
    """
    width, height = box.x1 - box.x0, box.y1 - box.y0
    middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return *middle, float(np.sqrt(box.area)), float(np.arctan2(height, width))


def maps(places: Places) -> Map:
    """Return how a picture as a whole lies over the panels at such places, (n, 2, 3)."""
    x, y, size, angle = places.astype(np.float64).reshape(-1, 4).T
    slope = np.sqrt(np.tan(np.clip(angle, 0.01, np.pi / 2 - 0.01)))
    width, height, none = size / slope, size * slope, np.zeros(len(places))
    rows = [[width, none, x - width / 2], [none, height, y - height / 2]]
    return np.moveaxis(np.array(rows, np.float64).reshape(2, 3, -1), 2, 0)


def overlap(a: Box, b: Box) -> float:
    """Return what two boxes share, as a share of both together."""
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a.area + b.area - shared)


def _staying(shot: npt.NDArray[np.int16], *, params: PanelParams) -> _Edges:
    """Return where upright edges stay, (h, w - 2), of frames (n, h, w)."""
    seen = _sharp(shot, params.step, params=params).mean(axis=0) >= params.stays
    spread = np.log2(shot.std(axis=0) + 1)
    return seen | _sharp(spread, params.octaves, params=params)


def _sharp(
    values: npt.NDArray[np.int16 | np.float64], least: float, *, params: PanelParams
) -> _Edges:
    """Return where pixels beside one another but one differ, (..., w - 2), of values (..., w)."""
    steps = np.abs(values[..., 2:] - values[..., :-2])
    wide = np.pad(steps, [(0, 0)] * (values.ndim - 1) + [(2, 2)])
    around = np.maximum(wide[..., :-4], wide[..., 4:])
    return (steps >= least) & (steps >= params.sharp * around)


def _lines(edges: _Edges, *, params: PanelParams) -> list[int]:
    """Return the columns with most edge on them, none beside another."""
    # A step between two pixels shows at both: the line lies behind the first.
    held = np.convolve(edges.sum(axis=0).astype(np.int64), [1, 1], mode="valid")
    apart = max(2, round(params.apart * edges.shape[1]))
    found: list[int] = []
    for at in np.argsort(-held, kind="stable"):
        if len(found) == params.lines or held[at] < params.least * params.whole * edges.shape[0]:
            break
        if all(abs(at - other) > apart for other in found):
            found.append(int(at))
    return [at + 2 for at in found]


def _spans(
    lines: Sequence[int], side: int, *, params: PanelParams
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return first and last line of all pairs far enough apart, the frame's borders among them."""
    at = np.array(sorted({0, side, *lines}))
    first, last = np.triu_indices(len(at), 1)
    wide = at[last] - at[first] >= params.least * side
    return at[first][wide], at[last][wide]


def _sides(
    upright: _Edges,
    level: _Edges,
    across: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    down: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> npt.NDArray[np.float64]:
    """Return how much of each side of each rectangle is edge.

    Args:
        upright: (h, w - 2), where upright edges are.
        level: (w, h - 2), where level ones are, its axes swapped.
        across: First and last column of each span.
        down: First and last row of each span.

    Returns:
        (4, spans across, spans down), NaN for sides on the frame's border.
    """
    left, right = (_covered(upright, line, down) for line in across)
    top, bottom = (_covered(level, line, across).T for line in down)
    return np.stack([left, right, top, bottom])


def _covered(
    edges: _Edges,
    lines: npt.NDArray[np.int64],
    spans: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> npt.NDArray[np.float64]:
    """Return the share of each line (column of edges) that is edge, within each span of rows."""
    wide = np.pad(edges, ((0, 0), (2, 2)))
    # Scaling smears an edge, so that beside its line counts as on it.
    near = wide[:, :-2] | wide[:, 1:-1] | wide[:, 2:]
    summed = np.pad(np.cumsum(near, axis=0), ((1, 0), (0, 0)))
    inside = np.clip(lines, 0, near.shape[1] - 1)
    share = (summed[spans[1]][:, inside] - summed[spans[0]][:, inside]) / (spans[1] - spans[0])[
        :, None
    ]
    border = (lines <= 0) | (lines >= edges.shape[1] + 2)
    return np.where(border[:, None], np.nan, share.T)
