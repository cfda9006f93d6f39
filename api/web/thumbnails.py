"""Small pictures of archived files, made when asked for and kept while there is room."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from api.exports.stills import jpeg
from api.web.aside import Aside
from index import measure
from index.archive import Archive
from index.desk import FOLDER
from index.values import Asset

MOST_BYTES = 256_000_000
"""Kept of them: some 20,000."""
STEP = 0.1
"""Seconds by which moments that are asked for are told apart."""


@dataclass(slots=True, eq=False)
class Thumbnails:
    """Pictures of one archive's files; one is made at a time.

    Attributes:
        path: Where they lie.
        aside: What decodes.
        most: Bytes that are kept.
    """

    path: Path
    aside: Aside
    most: int = MOST_BYTES

    @classmethod
    def of(cls, archive: Path, aside: Aside, *, most: int = MOST_BYTES) -> "Thumbnails":
        """Return those of an archive's folder."""
        path = archive / FOLDER / "thumbnails"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(path, aside, most)

    def name(self, asset: Asset, at: float | None, side: int) -> str:
        """Return what a picture is called: another one of another file, moment or size.

        Args:
            asset: Of what.
            at: Seconds; None for a moment that tells something, a third through.
            side: Pixels of the long side, at most.
        """
        duration = asset.media.duration
        moment = duration / 3 if at is None else min(at, duration)
        return f"{asset.digest}-{round(moment / STEP)}-{side}"

    def kept(self, name: str) -> bytes | None:
        """Return a picture that was made before."""
        try:
            path = self.path / name
            data = path.read_bytes()
            os.utime(path)  # what is asked for is kept longest
        except OSError:
            return None
        return data

    def made(self, name: str, archive: Archive, asset: Asset) -> bytes | None:
        """Return a picture, made now and kept; None where there is none.

        Args:
            name: Its name.
            archive: Of what.
            asset: Of what.

        Raises:
            BadMediaError: The file cannot be decoded.
        """
        if (found := self.kept(name)) is not None:
            return found
        path = archive.file(asset)
        if path is None:
            return None
        _, moment, side = name.split("-")
        at = [int(moment) * STEP]
        stills = self.aside.run(measure.stills, path, at, side=int(side))
        if not stills:
            return None
        data = jpeg(stills[0].picture)
        with suppress(OSError):  # a full disk costs time and not the answer
            self._keep(name, data)
            self._make_room()
        return data

    def forget(self, asset: Asset) -> None:
        """Delete the pictures of a file."""
        for path in self.path.glob(f"{asset.digest}-*"):
            path.unlink(missing_ok=True)

    def _keep(self, name: str, data: bytes) -> None:
        """Write a picture so that it is whole or absent."""
        part = self.path / f"{name}.part"
        part.write_bytes(data)
        part.replace(self.path / name)

    def _make_room(self) -> None:
        """Delete what was not asked for longest, until the rest has room."""
        found: list[tuple[float, int, Path]] = []
        for path in self.path.iterdir():
            with suppress(OSError):
                known = path.stat()
                found.append((known.st_mtime, known.st_size, path))
        held = sum(size for _, size, _ in found)
        for _, size, path in sorted(found, key=_age):
            if held <= self.most:
                return
            path.unlink(missing_ok=True)
            held -= size


def _age(one: tuple[float, int, Path]) -> float:
    return one[0]
