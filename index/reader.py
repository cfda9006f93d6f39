"""An archive as those see it who look things up: all of it, or as if it held some assets alone."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from index import files, folder
from index.catalogue import assets, codes, commons, overview
from index.catalogue.assets import Entry, Order
from index.catalogue.commons import Common, Commons
from index.catalogue.database import Catalogue
from index.errors import NotFoundError
from index.holdings import Holdings, View
from index.lineages import Lineages
from index.store import segments
from index.store.runs import Run
from index.values import Absence, Asset, AssetRow, Channel, Codes
from index.watches import Watches

MOST = 10_000
"""Hits kept for one code: 100 queries in one go then need no more than 40 MB."""


class Reader:
    """What can be asked of an archive; see `index.archive.Archive`."""

    def __init__(
        self,
        path: Path,
        catalogue: Catalogue,
        marker: folder.Marker,
        *,
        holdings: Holdings | None = None,
        only: AssetRow | None = None,
    ) -> None:
        """Join the parts; see `alone`, `beside` and `among`."""
        self.path = path
        self._catalogue = catalogue
        self._marker = marker
        self._holdings = holdings or Holdings(path, catalogue)
        self._only = only
        self._without: list[AssetRow] = []
        self._counted: overview.Stats | None = None
        self._view: View | None = None

    @property
    def id(self) -> str:
        """The archive's id, made at random."""
        return self._marker.id

    @property
    def recipes(self) -> Mapping[str, str]:
        """How codes are measured, by channel name; only codes of one recipe may be compared."""
        return self._marker.recipes

    def known(self, path: Path) -> str | None:
        """Return the digest of a file that is in the archive and has not changed since.

        The file is not read: size and time of change are compared.

        Raises:
            MissingFileError: There is no such file.
        """
        with self._catalogue.reading() as change:
            digest = assets.digest_at(change, files.location(path))
            whole = digest and codes.has(change, digest, channels=len(self.recipes))
            return digest if whole else None

    def has(self, digest: str) -> bool:
        """Return whether a file of these bytes is in the archive, with its codes."""
        with self._catalogue.reading() as change:
            return codes.has(change, digest, channels=len(self.recipes))

    def asset(self, row: AssetRow) -> Asset:
        """Return the asset of a row.

        Raises:
            NotFoundError: There is none; it may have been removed.
        """
        with self._catalogue.reading() as change:
            found = assets.by_row(change, row)
        if found is None:
            raise NotFoundError(f"No asset has row {row}.", hint="Search again.")
        return found

    def assets_of(self, rows: Collection[AssetRow]) -> Mapping[AssetRow, Asset]:
        """Return the assets of some rows, in one go.

        Raises:
            NotFoundError: One is not there; it may have been removed.
        """
        with self._catalogue.reading() as change:
            found = {each.row: each for each in assets.by_rows(change, rows)}
        for row in rows:
            if row not in found:
                raise NotFoundError(f"No asset has row {row}.", hint="Search again.")
        return found

    def assets(self) -> Iterator[Asset]:
        """Yield all assets in the order they were added."""
        with self._catalogue.reading() as change:
            yield from assets.everything(change)

    def page(
        self,
        order: Order,
        *,
        after: tuple[str | float, int] | None = None,
        words: str | None = None,
        most: int = 50,
    ) -> list[Entry]:
        """Return some of the assets, in an order; see `catalogue.assets.page`."""
        with self._catalogue.reading() as change:
            return assets.page(change, order, after=after, words=words, most=most)

    def find(self, word: str) -> Asset:
        """Return the asset with that id, beginning of an id, or file name.

        Raises:
            NotFoundError: None has it, or several have.
        """
        with self._catalogue.reading() as change:
            return assets.named(change, word)

    def alone(self, asset: Asset) -> Self:
        """Return the archive as one who looks things up would see it if it held this asset alone.

        It is to be read, and closes with the archive.
        """
        return type(self)(
            self.path, self._catalogue, self._marker, holdings=self._holdings, only=asset.row
        )

    def beside(self, asset: Asset) -> Self:
        """Return the archive as one who looks things up would see it without this asset.

        It is to be read, and closes with the archive.
        """
        view = type(self)(self.path, self._catalogue, self._marker, holdings=self._holdings)
        view._without = [asset.row]  # noqa: SLF001 # of the same class
        return view

    def among(self, rows: Collection[AssetRow]) -> Self:
        """Return the archive as one who looks things up would see it if it held these assets alone.

        No file of codes is read but those that hold theirs, so it costs what they are and not what
        the archive is. It is to be read, sees no later change, and closes with the archive.
        """
        few = Holdings(self.path, self._catalogue, only=frozenset(rows))
        view = type(self)(self.path, self._catalogue, self._marker, holdings=few)
        view._counted = replace(self.stats(), assets=len(rows))  # noqa: SLF001 # of the same class
        return view

    def still(self) -> Self:
        """Return the archive as it is now, for all that one answer asks.

        Else the catalogue is asked before each search whether anything has changed. It is to be
        read, sees no later change, and closes with the archive.
        """
        view = type(self)(
            self.path, self._catalogue, self._marker, holdings=self._holdings, only=self._only
        )
        view._without, view._counted = self._without, self._counted  # noqa: SLF001 # same class
        view._view = self._now()  # noqa: SLF001 # of the same class
        return view

    @property
    def watches(self) -> Watches:
        """Clips that wait for footage which explains them, and what has come."""
        return Watches(self._catalogue)

    @property
    def lineages(self) -> Lineages:
        """Who descends from whom, as far as that was worked out."""
        return Lineages(self._catalogue)

    def card(self, asset: Asset) -> overview.Card:
        """Return all that is known of an asset."""
        with self._catalogue.reading() as change:
            return overview.card(change, asset)

    def runs(self, asset: Asset) -> Mapping[Channel, Run]:
        """Return the codes of an asset as they are stored, by channel.

        Raises:
            ArchiveDamagedError: A file of codes is missing or damaged.
        """
        held = self._now().segments
        return {
            channel: run
            for channel, every in held.items()
            for alone in (segment.alone(asset.row) for segment in every)
            if alone is not None
            for run in alone.parts()
        }

    def file(self, asset: Asset) -> Path | None:
        """Return where the asset's file can be read now: the same bytes, or None."""
        there = (files.still(place, asset.digest) for place in self._places(asset))
        return next((path for path in there if path is not None), None)

    def absence(self, asset: Asset) -> Absence | None:
        """Return where the asset's file should be and is not; None where it can be read."""
        return files.absence(self._places(asset), asset.digest)

    def _places(self, asset: Asset) -> list[files.Location]:
        with self._catalogue.reading() as change:
            return assets.places(change, asset.row)

    def search(
        self, wanted: Codes, radius: int, *, channel: Channel = Channel.PICTURE, most: int = MOST
    ) -> segments.Found:
        """Return the stored codes at most `radius` bits from those wanted.

        Args:
            wanted: uint8 (n, 32).
            radius: Bits, 0 to 256.
            channel: Which codes to search.
            most: Hits kept for one code, the nearest.

        Raises:
            ArchiveDamagedError: A file of codes is missing or damaged.
        """
        held, removed = self._searched(channel)
        exactly = channel is not Channel.FEATURE
        return segments.search(held, wanted, radius, removed=removed, most=most, exactly=exactly)

    def search_either(
        self, wanted: Codes, radius: int, *, channel: Channel = Channel.PICTURE, most: int = MOST
    ) -> tuple[segments.Found, segments.Found]:
        """Return the stored codes near those wanted, and those near the same mirrored.

        That costs less than half of two searches, and leaves out a few that lie at the radius; see
        `store.pairs.near_either`. Arguments and errors are those of `search`.
        """
        held, removed = self._searched(channel)
        return segments.search_either(held, wanted, radius, removed=removed, most=most)

    def _searched(
        self, channel: Channel
    ) -> tuple[tuple[segments.StoreSegment, ...], npt.NDArray[np.int64]]:
        """Return where to look for codes, and the rows of assets that are left out."""
        now = self._now()
        held = now.segments.get(channel, ())
        if self._only is not None:
            parts = [segment.alone(self._only) for segment in held]
            held = tuple(part for part in parts if part is not None)
        return held, np.append(now.removed, self._without).astype(np.int64)

    def _now(self) -> View:
        return self._holdings.now() if self._view is None else self._view

    def commons(self) -> Commons:
        """Return the stretches of pictures that many assets share, as far as that was learned."""
        return self._now().commons

    def commonest(self, *, limit: int) -> list[Common]:
        """Return the shots that most assets share, the commonest first."""
        with self._catalogue.reading() as change:
            return commons.commonest(change, limit=limit)

    def extent(self) -> overview.Extent:
        """Return how much a search looks through: far cheaper than `stats`."""
        if self._counted is not None:
            return overview.Extent(self._counted.assets, self._counted.seconds, self._counted.codes)
        every = self._now().extent
        return every if self._only is None else replace(every, assets=1)

    def stats(self) -> overview.Stats:
        """Return what the archive amounts to."""
        if self._counted is not None:
            return self._counted
        with self._catalogue.reading() as change:
            size = folder.size(self.path) + self._catalogue.size(change)
            every = overview.stats(change, size=size, recipes=self.recipes)
        return every if self._only is None else replace(every, assets=1)
