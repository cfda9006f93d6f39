"""By how much parts of a picture differ, as colours over it."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from index.values import Picture
from lineage.exhibits import Heat

MOST = 10.0
"""Multiple of what is to be expected that has the last shade, as has all beyond it. It is the same
in every picture, so that two can be compared."""
FAINT = 1.0
"""Multiple up to which nothing is laid over the picture: that is to be expected."""
COVER = 0.85
"""Share of the colour where it covers most."""
STEEP = 3.0
"""How fast it comes to that: at a third of the scale."""
SHADED = 0.2
"""Where on the scale of shades the colours begin: the first are nearly black."""
DIM, LIFT = 0.55, 30
"""Share of its brightness that the picture keeps in grey, and what is added to that."""
UNSEEN = 0.4
"""Share of the grey that is left where nothing was compared, as of bars."""

# The scale "inferno" of matplotlib at even steps: its brightness rises evenly, so that it is told
# apart without seeing red or green, and in print.
SCALE = np.array(
    [
        (0, 0, 4),
        (31, 12, 72),
        (85, 15, 109),
        (136, 34, 106),
        (186, 54, 85),
        (227, 89, 51),
        (249, 140, 10),
        (249, 201, 50),
        (252, 255, 164),
    ],
    np.float64,
)


def shades(levels: npt.NDArray[np.float64]) -> Picture:
    """Return levels (h, w), 0 to 1, as colours from dark to bright."""
    steps = np.linspace(0.0, 1.0, len(SCALE))
    planes = [np.interp(levels, steps, SCALE[:, plane]) for plane in range(3)]
    return np.asarray(np.stack(planes, axis=-1).round(), np.uint8)


def scale(width: int) -> Picture:
    """Return the colours of multiples from `FAINT` to `MOST`, (1, width, 3)."""
    return shades(SHADED + (1 - SHADED) * np.linspace(0.0, 1.0, width)[None])


def heated(picture: Picture, heat: Heat) -> Picture:
    """Return the picture in grey, coloured where it differs, dark where nothing was compared.

    Args:
        picture: What the query shows.
        heat: By how much it differs.
    """
    multiples = _spread(heat.cells, picture, heat, Image.Resampling.BILINEAR)
    compared = _spread(heat.compared.astype(np.float32), picture, heat, Image.Resampling.NEAREST)
    levels = np.clip((multiples - FAINT) / (MOST - FAINT), 0.0, 1.0)
    cover = COVER * np.clip(STEEP * levels, 0.0, 1.0)[..., None]
    grey = (LIFT + DIM * (picture @ np.array([0.299, 0.587, 0.114]))) * np.where(
        compared > 0, 1.0, UNSEEN
    )
    mixed = grey[..., None] * (1 - cover) + shades(SHADED + (1 - SHADED) * levels) * cover
    return np.asarray(mixed.round(), np.uint8)


def _spread(
    cells: npt.NDArray[np.float32], picture: Picture, heat: Heat, how: Image.Resampling
) -> npt.NDArray[np.float64]:
    """Return a number for each pixel of the picture; 0 where there are no cells."""
    height, width = picture.shape[:2]
    rows, columns = cells.shape
    size = round(columns * heat.side[0] * width), round(rows * heat.side[1] * height)
    part = np.asarray(Image.fromarray(cells).resize(size, how), np.float64)[:height, :width]
    levels = np.zeros((height, width))
    levels[: part.shape[0], : part.shape[1]] = part
    return levels
