"""Clips that wait for footage which explains them, as the catalogue keeps them.

A watch's clip need not stay where it lay: what is kept of it is its fingerprint, as
docs/fingerprint-format.md describes it. Each method is one transaction.
"""

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from index import fingerprints
from index.catalogue import watches
from index.catalogue.database import Catalogue
from index.catalogue.watches import Arrival, Watch
from index.errors import BadMediaError, NotFoundError, UserError, called
from index.fingerprints import Fingerprints
from index.values import AssetRow


@dataclass(frozen=True, slots=True, eq=False)
class Watches:
    """The watches of an archive.

    Attributes:
        catalogue: Of the archive; what changes it wants it open for writing.
    """

    catalogue: Catalogue

    def exist(self) -> bool:
        """Return whether anything is watched."""
        with self.catalogue.reading() as change:
            return watches.exist(change)

    def every(self) -> list[Watch]:
        """Return all watches by number."""
        with self.catalogue.reading() as change:
            return watches.every(change)

    def find(self, word: str) -> Watch:
        """Return the watch with that number, or of the clip with that name.

        Raises:
            NotFoundError: None has it, or several clips are called that.
        """
        every = self.every()
        numbered = [one for one in every if str(one.id) == word]
        found = numbered or [one for one in every if one.name == word]
        if len(found) == 1:
            return found[0]
        if not found:
            raise NotFoundError(
                f"Nothing called {word!r} is watched.",
                hint="See `wherefrom watch list` for numbers and names.",
            )
        listed = ", ".join(str(one.id) for one in found)
        raise NotFoundError(
            f"Several watches are of a clip called {word!r}: {listed}.", hint="Use the number."
        )

    def newest(self) -> AssetRow:
        """Return the row of the asset that was added last; 0 without any."""
        with self.catalogue.reading() as change:
            return watches.newest(change)

    def before(self, time: str) -> AssetRow:
        """Return the row of the asset that was added last before a second, RFC 3339."""
        with self.catalogue.reading() as change:
            return watches.before(change, time)

    def of(self, digest: str) -> Watch | None:
        """Return the watch of a clip of these bytes, if there is one."""
        return next((one for one in self.every() if one.digest == digest), None)

    def after(self, row: AssetRow, *, most: int) -> list[AssetRow]:
        """Return the rows of assets that were added after one, at most so many, in that order."""
        with self.catalogue.reading() as change:
            return watches.after(change, row, most=most)

    def add(self, watch: Watch, prints: Fingerprints) -> Watch:
        """Add a watch, whatever number it has; return it with its own.

        Raises:
            UserError: The clip is watched already.
        """
        self.refuse(watch.digest, watch.name)
        with self.catalogue.changing() as change:
            return replace(watch, id=watches.add(change, watch, _packed(prints)))

    def refuse(self, digest: str, name: str) -> None:
        """Make sure that a clip of these bytes is not watched yet.

        Raises:
            UserError: It is.
        """
        one = self.of(digest)
        if one is not None:
            raise UserError(
                f"{called(Path(name))} is watched already: it is watch {one.id}.",
                hint=f"Run `wherefrom watch remove {one.id}` first to begin anew.",
            )

    def prints(self, watch: Watch) -> Fingerprints:
        """Return the codes of a watch's clip.

        Raises:
            BadMediaError: They are damaged, or of another format.
        """
        with self.catalogue.reading() as change:
            packed = watches.prints(change, watch.id)
        try:
            return fingerprints.parsed(zlib.decompress(packed), Path(watch.name))
        except zlib.error as error:
            raise BadMediaError(
                f"The codes of {called(Path(watch.name))} are damaged.", hint="Add it anew."
            ) from error

    def renew(self, watch: Watch, prints: Fingerprints) -> None:
        """Keep other codes of a watch's clip."""
        with self.catalogue.changing() as change:
            watches.renew(change, watch.id, _packed(prints))

    def keep(self, watch: Watch, come: Iterable[Arrival], checked: AssetRow) -> None:
        """Note what came among the assets up to a row, which are then held against it no more."""
        with self.catalogue.changing() as change:
            watches.keep(change, watch.id, come, checked)

    def rewind(self) -> None:
        """Let all assets be held against all watches again."""
        with self.catalogue.changing() as change:
            watches.rewind(change)

    def untold(self) -> list[tuple[Watch, Arrival]]:
        """Return the arrivals that nobody was told of, each with its watch."""
        with self.catalogue.reading() as change:
            ids = watches.untold(change)
            every = watches.every(change) if ids else []
        return [(watch, one) for watch in every for one in watch.arrivals if one.id in ids]

    def tell(self, come: Collection[Arrival]) -> None:
        """Note that somebody was told of arrivals."""
        with self.catalogue.changing() as change:
            watches.tell(change, [one.id for one in come])

    def remove(self, watch: Watch) -> None:
        """Forget a watch and what came for it."""
        with self.catalogue.changing() as change:
            watches.remove(change, watch.id)


def _packed(prints: Fingerprints) -> bytes:
    return zlib.compress(fingerprints.line(prints).encode())
