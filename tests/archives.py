"""Archives with known content, made without decoding anything."""

import hashlib
from pathlib import Path

import numpy as np

from index import files
from index.archive import Archive
from index.catalogue.assets import Description
from index.values import Asset, Channel, Codes, Fingerprint, Media

RECIPE = "test/1"
MEDIA = Media(12.5, 640, 360, 25.0, has_picture=True, has_sound=True, container="mov", codec="h264")


def codes(seed: int, count: int = 4) -> Codes:
    """Return codes far from those of any other seed; uint8 (count, 32)."""
    return np.random.default_rng(seed).integers(0, 256, (count, 32), np.uint8)


def measured(seed: int, count: int = 4, *, recipe: str = RECIPE) -> tuple[Fingerprint | Media, ...]:
    """Return what is measured of a file with `codes(seed, count)`, half a second apart."""
    times = np.arange(count, dtype=np.float64) / 2
    held = Fingerprint(Channel.PICTURE, recipe, times, np.full(count, 0.25), codes(seed, count))
    return held, MEDIA


def film(folder: Path, seed: int, name: str | bytes | None = None) -> Path:
    """Write a file that stands for a film; return its path."""
    path = folder / (
        name.decode("utf-8", "surrogateescape")
        if isinstance(name, bytes)
        else name or f"{seed}.mp4"
    )
    path.write_bytes(b"film %d" % seed)
    return path


def add(archive: Archive, path: Path, seed: int, count: int = 4) -> Asset:
    """Add a file as if the codes of that seed had been measured of it."""
    return archive.add(
        archive.spool(measured(seed, count)),
        digest=files.digest(path),
        path=path,
        description=Description(title=f"Film {seed}"),
    )


def filled(folder: Path, seeds: range, *, count: int = 4) -> Path:
    """Make an archive with one film for each seed, sealed; return its folder."""
    films = folder / "films"
    films.mkdir(exist_ok=True)
    with Archive.open(folder / "archive", create=True) as archive:
        for seed in seeds:
            add(archive, film(films, seed), seed, count)
        archive.seal()
    return folder / "archive"


def found(archive: Archive, seed: int) -> list[int]:
    """Return the rows of the assets that have the first code of a seed."""
    return [int(row) for row in archive.search(codes(seed, 1), 0).assets]


def digest(text: str) -> str:
    """Return a digest that no file has."""
    return hashlib.sha256(text.encode()).hexdigest()
