"""The archive: what is kept of every file, found again by code.

An asset is added in this order, so that it is whole or absent whenever the program stops:

    1  its codes are written to buffer files         a file no row names is garbage
    2  one catalogue transaction names it            from here on the asset exists and is found
    3  when the buffer is large, and at the end of a run, it is sealed: a store segment is
       written, one transaction names it, the buffer files are deleted

docs/archive-format.md describes the folder.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

from index import audit, files, folder
from index.catalogue import assets, codes, jobs
from index.catalogue.assets import Description
from index.catalogue.codes import Held
from index.catalogue.database import Catalogue, Change
from index.errors import NotFoundError
from index.files import Location
from index.holdings import FULL_CODES, buffer_file
from index.reader import Reader
from index.spool import Spooled, spool
from index.values import Asset, AssetRow, Channel, Fingerprint, Media

UNDESCRIBED = Description()
FULL_FILES = 1_024
"""So many buffer files are sealed, whatever they hold: each costs a reader 0.3 ms."""


class Archive(Reader):
    """An open archive: one writer at a time, any number of readers beside it."""

    _buffered_codes = _buffered_files = 0
    _writes = False
    _open: ExitStack | None = None

    @classmethod
    def open(cls, path: Path, *, write: bool = False, create: bool = False) -> Self:
        """Open an archive; use it in a `with` statement.

        Args:
            path: Its folder.
            write: Whether it may be changed; then no other process may write until it is closed.
            create: Whether to make it if it is not there; implies `write`.

        Raises:
            ArchiveFormatError: There is none, or one this version cannot read or write.
            ArchiveBusyError: Another process writes to it.
            ArchiveDamagedError: Its marker or catalogue is damaged.
            NoSpaceError: The disk is full.
        """
        writes = write or create
        if not create or (path / files.MARKER).exists():
            folder.Marker.read(path)  # before anything is written there
        with ExitStack() as parts:
            if writes:
                folder.prepare(path)
                parts.callback(folder.Lock(path).close)
            new = create and not (path / files.MARKER).exists()
            catalogue = Catalogue.open(path / folder.CATALOGUE, write=writes, create=new)
            parts.callback(catalogue.close)
            if new:
                with catalogue.reading() as change:
                    folder.Marker(codes.identity(change)).write(path)
            archive = cls(path, catalogue, folder.Marker.read(path))
            if writes:
                archive._tidy()
                archive._writes = True
            archive._open = parts.pop_all()
        return archive

    def close(self) -> None:
        """Close it; a writer lets others write."""
        if self._open is not None:
            self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def agree(self, wanted: Mapping[str, str]) -> None:
        """Make sure that codes of a channel are all measured alike, and that every asset has them.

        Those that lack codes of a new channel count as not indexed.

        Args:
            wanted: Recipes by channel name.

        Raises:
            ArchiveFormatError: The archive holds codes of another recipe.
        """
        marker = self._marker.agreeing(wanted, self.path)
        if marker != self._marker:
            self._marker = marker
            self._marker.write(self.path)

    def spool(self, measured: Iterable[Fingerprint | Media]) -> Spooled:
        """Write down what is measured of a file, ready to be added; from any thread.

        Args:
            measured: What `measure.fingerprint` yields.

        Raises:
            NoSpaceError: The disk is full.
        """
        return spool(self.path, measured)

    def add(
        self,
        spooled: Spooled,
        *,
        digest: str,
        path: Path,
        location: Location | None = None,
        description: Description = UNDESCRIBED,
    ) -> Asset:
        """Add a file; when this returns, it is kept whatever happens.

        A file whose bytes are there already becomes one more location of that asset.

        Args:
            spooled: What was measured of it.
            digest: Of its bytes, see `files.digest`.
            path: The file.
            location: What `files.location` said before the file was read; by default, asked now.
            description: What is known of it beyond its bytes.

        Raises:
            ArchiveFormatError: The archive holds codes of another recipe.
            NoSpaceError: The disk is full.
        """
        location = location or files.location(path)
        try:
            if self.has(digest):
                return self.place(digest, location)
            self.agree({each.name.lower(): held.recipe for each, held in spooled.codes.items()})
            held = [
                Held(AssetRow(0), digest, channel, each.recipe, each.count)
                for channel, each in spooled.codes.items()
            ]
            for each in held:
                folder.keep(spooled.codes[each.channel].path, self.path, buffer_file(each))
        finally:
            spooled.discard()
        with self._changing() as change:
            row = assets.row_of(change, digest) or assets.insert(
                change,
                digest,
                files.name(path),
                spooled.media,
                description=description,
            )
            assets.place(change, row, location)
            kept = {each.channel for each in codes.of_asset(change, row)}
            held = [replace(each, asset=row) for each in held if each.channel not in kept]
            for each in held:
                codes.buffer(change, each)
            jobs.finish(change, location.uri)
        self._buffered_codes += sum(each.count for each in held)
        self._buffered_files += len(held)
        if self._buffered_codes >= FULL_CODES or self._buffered_files >= FULL_FILES:
            self.seal()
        return self.asset(row)

    def place(self, digest: str, location: Location) -> Asset:
        """Note that the file of an asset also lies at another location.

        Raises:
            NotFoundError: No file of these bytes is in the archive.
        """
        with self._changing(searched=False) as change:
            row = assets.row_of(change, digest)
            if row is not None:
                assets.place(change, row, location)
                jobs.finish(change, location.uri)
        if row is None:
            raise NotFoundError(f"No asset has the digest {digest}.", hint="Add the file.")
        return self.asset(row)

    def remove(self, asset: Asset) -> None:
        """Remove an asset: found no more from now on, its codes are dropped by a later merge."""
        with self._changing() as change:
            held = codes.of_asset(change, asset.row)
            codes.bury(change, asset.row)
            assets.delete(change, asset.row)
        self._holdings.drop(buffer_file(each) for each in held if each.segment is None)

    def seal(self) -> None:
        """Move all codes from the buffer to store segments, merging small ones."""
        for channel in Channel:
            self._holdings.seal(channel)
        self._buffered_codes = self._buffered_files = 0

    def learn(self) -> None:
        """Learn what many assets share, where enough has changed since that was last done."""
        self._holdings.learn()

    def record_failure(self, path: Path, reason: str) -> None:
        """Note that a file could not be indexed, and why."""
        with self._changing(searched=False) as change:
            jobs.fail(change, files.uri(path), reason)

    def failures(self) -> list[jobs.Failure]:
        """Return the files that could not be indexed."""
        with self._catalogue.reading() as change:
            return jobs.failures(change)

    def queued(self) -> list[Path]:
        """Return the files whose codes were lost and that the next run has to index."""
        with self._catalogue.reading() as change:
            return [files.path_of(uri) for uri in jobs.queued(change)]

    def verify(self, *, read_data: bool = False) -> list[str]:
        """Return what is wrong, one sentence each; nothing if the archive is sound.

        Args:
            read_data: Whether to read the catalogue down to every entry and, in an archive open
                for writing, to put right what can be: unusable files are dropped, and the assets
                whose codes they held wait to be indexed again.
        """
        found = audit.audit(self.path, self._catalogue, thorough=read_data)
        if read_data and self._writes and found.lost:
            self._give_up(found)
        return list(found.problems)

    def leftovers(self) -> list[Path]:
        """Return files that count for nothing, left by a stopped run; the next one removes them."""
        with self._catalogue.reading() as change:
            return folder.leftovers(self.path, named=self._holdings.named(change))

    def _give_up(self, found: audit.Audit) -> None:
        """Drop files that cannot be used and queue the assets whose codes they held."""
        with self._changing() as change:
            codes.forget(change, found.lost, found.bad)
            for row in {each.asset for each in found.lost}:
                newest = assets.places(change, row)[0]
                jobs.queue(change, newest.uri)
        self._tidy()

    def _tidy(self) -> None:
        with self._catalogue.reading() as change:
            buffered = codes.buffered(change)
            folder.tidy(self.path, named=self._holdings.named(change))
        self._buffered_codes = sum(each.count for each in buffered)
        self._buffered_files = len(buffered)

    @contextmanager
    def _changing(self, *, searched: bool = True) -> Iterator[Change]:
        """Give a transaction; `searched` says whether it changes what a search can find."""
        with self._catalogue.changing() as change:
            yield change
            if searched:
                codes.touch(change)
