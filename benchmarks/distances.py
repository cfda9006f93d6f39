"""How far codes move when a frame is altered, and how far apart unrelated frames are.

    uv run python benchmarks/distances.py FOLDER...

Prints the tables of docs/limits.md, measured on up to six key frames of each film in the folders.
Films that share footage would spoil the last line; it names the nearest pair, so that one can see.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from index.decode import clip as decode
from index.decode.pacing import Pace
from index.errors import UserError
from index.hashing import pictures
from index.values import Codes, Luma, distance
from lineage.lookups import LookupParams

type Edit = Callable[[Luma], npt.NDArray[np.uint8]]

RADIUS = LookupParams().picture
FRAMES = 6
APART = 3.0
"""Seconds between two frames of one film."""
PLAIN = 11.0
"""Grey levels of contrast under which a frame is left out."""
QUALITY = 40
"""Of the JPEG that every altered frame is saved as."""
SEED = 1


@dataclass(frozen=True, slots=True)
class Sampled:
    """A frame and the film it is of."""

    film: str
    luma: Luma


def sampled(film: Path) -> Iterator[Sampled]:
    """Yield some frames of a film; none if it cannot be read."""
    last, count = -APART, 0
    try:
        for frame in decode.frames(film, Pace.SPARSE):
            if frame.time - last >= APART and frame.luma.std() >= PLAIN:
                yield Sampled(film.name, frame.luma)
                last, count = frame.time, count + 1
            if count == FRAMES:
                return
    except UserError as error:
        print(f"left out: {error}", file=sys.stderr)


def codes(lumas: Sequence[npt.NDArray[np.uint8]]) -> Codes:
    """Return the code of each picture."""
    whole = [np.ascontiguousarray(luma) for luma in lumas]
    return pictures.codes(pictures.coefficients(pictures.squares(whole)))


def saved(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a picture as it is after it was saved."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def scaled(factor: float) -> Edit:
    """Return an edit that makes pictures smaller."""
    return lambda luma: np.asarray(
        cv2.resize(luma, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
    )


def cropped(share: float, *, where: np.random.Generator | None = None) -> Edit:
    """Return an edit that keeps a share of both sides, of the middle or of anywhere."""

    def edit(luma: Luma) -> npt.NDArray[np.uint8]:
        height, width = (round(side * share) for side in luma.shape)
        down, across = luma.shape[0] - height, luma.shape[1] - width
        y = down // 2 if where is None else int(where.integers(down + 1))
        x = across // 2 if where is None else int(where.integers(across + 1))
        return luma[y : y + height, x : x + width]

    return edit


def captioned(share: float) -> Edit:
    """Return an edit that lays a dark band with words over the lowest part."""

    def edit(luma: Luma) -> npt.NDArray[np.uint8]:
        out = luma.copy()
        height, width = luma.shape
        top = round(height * (1 - share))
        out[top:] = 30
        place = (4, (top + height) // 2 + 6)
        cv2.putText(out, "BREAKING NEWS TODAY", place, cv2.FONT_HERSHEY_DUPLEX, width / 330, 255, 1)
        return out

    return edit


def turned(degrees: float) -> Edit:
    """Return an edit that turns pictures about their middle."""

    def edit(luma: Luma) -> npt.NDArray[np.uint8]:
        height, width = luma.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        return np.asarray(cv2.warpAffine(luma, matrix, (width, height)), np.uint8)

    return edit


def brightened(luma: Luma) -> npt.NDArray[np.uint8]:
    """Return a brighter picture with more contrast."""
    return np.asarray(np.clip(luma * 1.2 + 15, 0, 255), np.uint8)


def blurred(luma: Luma) -> npt.NDArray[np.uint8]:
    """Return a blurred picture."""
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), 1.5), np.uint8)


def marked(luma: Luma) -> npt.NDArray[np.uint8]:
    """Return a picture with a bright logo in a corner."""
    out = luma.copy()
    height, width = luma.shape
    out[4 : 4 + height // 8, width - 4 - width // 6 : width - 4] = 235
    return out


def edits() -> dict[str, Edit]:
    """Return all edits by name."""
    anywhere = np.random.default_rng(SEED)
    return {
        "saved only": lambda luma: luma,
        "half the size": scaled(0.5),
        "a quarter of the size": scaled(0.25),
        "brighter, more contrast": brightened,
        "blurred by 1.5 pixels": blurred,
        "a logo in a corner": marked,
        "a caption over a fifth": captioned(0.2),
        "a caption over a third": captioned(1 / 3),
        "centred crop to 0.98 of the sides": cropped(0.98),
        "centred crop to 0.95": cropped(0.95),
        "centred crop to 0.9": cropped(0.9),
        "centred crop to 0.8": cropped(0.8),
        "crop to 0.95 anywhere": cropped(0.95, where=anywhere),
        "turned by 2°": turned(2),
        "turned by 5°": turned(5),
    }


def main() -> int:
    """Print the tables; return the exit code."""
    films = [film for folder in sys.argv[1:] for film in sorted(Path(folder).iterdir())]
    frames = [frame for film in films for frame in sampled(film)]
    if not frames:
        print("No film was found: name folders of films.", file=sys.stderr)
        return 2
    names = np.array([frame.film for frame in frames])
    lumas = [frame.luma for frame in frames]
    own = codes(lumas)
    print(f"{len(frames)} frames of {len(set(names))} films, radius {RADIUS}\n")
    print("| frame | median bits | 95 % within | found |\n| --- | --- | --- | --- |")
    for name, edit in edits().items():
        moved = distance(codes([saved(np.ascontiguousarray(edit(luma))) for luma in lumas]), own)
        most = np.quantile(moved, 0.95)
        found = (moved <= RADIUS).mean()
        print(f"| {name} | {np.median(moved):.0f} | {most:.0f} | {found:.2f} |")
    every = np.stack([distance(one, own) for one in own]).astype(float)
    every[names[:, None] >= names[None, :]] = np.nan
    pairs = every[~np.isnan(every)]
    a, b = np.unravel_index(np.nanargmin(every), every.shape)
    print(f"\nUnrelated: {pairs.mean():.0f} ± {pairs.std():.0f} bits over {len(pairs):,} pairs.")
    print(f"Within {RADIUS}: {(pairs <= RADIUS).sum()}. Nearest: {pairs.min():.0f}, ", end="")
    print(f"{names[a]} and {names[b]}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
