"""Luma pictures to 256-bit codes.

The recipe "phash256/1": the code of a picture is `imagehash.phash(picture, hash_size=16)`, bit for
bit, row by row, most significant bit first. `imagehash` transforms one picture at a time, all of
it; here a whole batch is multiplied with the few cosines that are kept. Where a coefficient lies so
near the median that rounding could decide its bit, scipy's transform, which `imagehash` uses, is
asked.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from index.values import CODE_BITS, Codes, Luma

RECIPE = "phash256/1"
MASKED_RECIPE = "masked256/1"

HASH_SIDE = 16
SQUARE_SIDE = 64
"""imagehash: hash_size 16 times its highfreq_factor 4."""

type Coefficients = npt.NDArray[np.float64]
"""Shape (n, 16, 16): the lowest cosine coefficients, vertical frequency first."""

COSINES = 2.0 * np.cos(
    np.pi * np.outer(np.arange(HASH_SIDE), 2 * np.arange(SQUARE_SIDE) + 1) / (2 * SQUARE_SIDE)
)
"""(16, 64): row k holds the cosine of frequency k."""

ROUNDING = 1e-5
"""Coefficients reach 4 million, in sums of 64 products twice: rounding stays under 1e-7."""

MASK_RADIUS = 0.45
"""Half axes of the ellipse in the middle that a masked code leaves out, as a share of the sides."""

_FROM_MIDDLE = ((np.arange(SQUARE_SIDE) + 0.5) / SQUARE_SIDE - 0.5) / MASK_RADIUS
_MASK = np.add.outer(_FROM_MIDDLE**2, _FROM_MIDDLE**2) < 1.0

PLAIN_CONTRAST = 5.0
"""Standard deviation, in grey levels, below which a picture has nothing to recognise.

Chosen, not measured: black with coding noise lies below it, scenes of the tests well above.
"""


_ACROSS, _DOWN = np.indices((HASH_SIDE, HASH_SIDE))[::-1] % 2 == 1
_TURNED: Mapping[str, npt.NDArray[np.bool_]] = {
    "plain": np.zeros((HASH_SIDE, HASH_SIDE), np.bool_),
    "mirror": _ACROSS,
    "flip": _DOWN,
    "turn": _ACROSS ^ _DOWN,
    "negative": np.ones((HASH_SIDE, HASH_SIDE), np.bool_),
}
"""Which coefficients change their sign when a picture is turned."""


MIRRORED: Mapping[str, str] = {"plain": "mirror", "flip": "turn"}
"""What each becomes when left and right are swapped."""


def squares(lumas: Sequence[Luma]) -> npt.NDArray[np.uint8]:
    """Return the pictures squeezed to 64 x 64 as imagehash does it.

    Returns:
        uint8 (n, 64, 64).
    """
    from PIL import Image  # noqa: PLC0415 # only the worker needs it

    resized = [
        np.asarray(
            Image.fromarray(luma).resize((SQUARE_SIDE, SQUARE_SIDE), Image.Resampling.LANCZOS)
        )
        for luma in lumas
    ]
    return np.stack(resized) if resized else np.empty((0, SQUARE_SIDE, SQUARE_SIDE), np.uint8)


def coefficients(squeezed: npt.NDArray[np.uint8]) -> Coefficients:
    """Return the lowest 16 x 16 cosine coefficients (DCT-II, not normalised) of each square.

    Args:
        squeezed: uint8 (n, 64, 64).
    """
    lowest: Coefficients = COSINES @ squeezed.astype(np.float64) @ COSINES.T
    flat = lowest.reshape(len(lowest), CODE_BITS)
    doubtful = (np.abs(flat - _medians(flat)) < ROUNDING).any(axis=1)
    if doubtful.any():
        from scipy import fftpack  # noqa: PLC0415 # takes longer to load than most files to hash

        rows = fftpack.dct(squeezed[doubtful], axis=1)
        lowest[doubtful] = fftpack.dct(rows, axis=2)[:, :HASH_SIDE, :HASH_SIDE]
    return lowest


def masked(squeezed: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the squares with their middle filled with the mean of what lies around it.

    Who forges a clip covers or replaces what matters, and that is mostly a face in the middle. The
    code of what lies around stays what it was. Turned pictures have turned codes: the mask is the
    same whichever side is up.

    Args:
        squeezed: uint8 (n, 64, 64).
    """
    around = squeezed[:, ~_MASK].mean(axis=1).round().astype(np.uint8)
    return np.where(_MASK, around[:, None, None], squeezed)


def codes(lowest: Coefficients) -> Codes:
    """Return the code of each picture: which coefficients lie above their median.

    >>> bytes(codes(np.arange(256.0).reshape(1, 16, 16))[0])[:17].hex()
    '00000000000000000000000000000000ff'
    """
    flat = lowest.reshape(len(lowest), CODE_BITS)
    return np.packbits(flat > _medians(flat), axis=1)


def variants(lowest: Coefficients) -> Mapping[str, Codes]:
    """Return the codes of the pictures as they are and turned, without touching a pixel.

    Mirroring a picture changes the sign of its odd horizontal frequencies, turning it upside down
    that of its odd vertical ones.

    Returns:
        "plain", "mirror" (left and right swapped), "flip" (top and bottom swapped), "turn" (both)
        and "negative" (light and dark swapped).
    """
    return {variant: codes(lowest * np.where(odd, -1.0, 1.0)) for variant, odd in _TURNED.items()}


def turned(plain: Codes) -> Mapping[str, Codes]:
    """Return about the codes of turned pictures, of which only the codes are known.

    The median moves when coefficients change their sign, and with it a few bits. Of 6,951 codes of
    films half were within 6 bits of the true ones and 95 % within 18; negatives are exact.

    Args:
        plain: uint8 (n, 32), of the pictures as they are.

    Returns:
        As `variants`.
    """
    return {variant: plain ^ np.packbits(odd) for variant, odd in _TURNED.items()}


def contrast(squeezed: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return the standard deviation of each square's grey levels: how much there is to recognise.

    Args:
        squeezed: uint8 (n, 64, 64).

    Returns:
        float64 (n,), 0 to 127.5.
    """
    return squeezed.std(axis=(1, 2), dtype=np.float64)


def _medians(flat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.median(flat, axis=1, keepdims=True) if len(flat) else np.empty((0, 1))
