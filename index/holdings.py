"""The files of codes: which of them count now, read once, and merged when they are small.

Readers take no lock of the archive. They ask the catalogue for its generation before each search
and load what is new; files a writer has just replaced may be gone by then, and the catalogue is
asked again. Threads of one reader share what was loaded: one of them loads, the others wait for it.
"""

import hashlib
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index import files, folder
from index.catalogue import codes, commons, overview
from index.catalogue.codes import Held, Segment
from index.catalogue.commons import Commons
from index.catalogue.database import Catalogue, Change
from index.commons import learned
from index.errors import ArchiveDamagedError
from index.files import reason
from index.store.runs import Run, Writer
from index.store.segments import StoreSegment
from index.values import AssetRow, Channel

FULL_CODES = 65_536
"""Codes a store segment should have. The buffer is sealed when it has as many, and store segments
with fewer are merged with it. So a code is rewritten only while its segment is small, 2.5 MB, and a
search over 10^6 codes meets at most 16 store segments."""

GROWTH = 20
"""What is common is learned anew once one part in so many of the codes is new or gone, so that in
all it costs as much as learning it so many times, however often little is added."""

TRIES = 5
"""Times the files are looked for again while a writer replaces them; each time takes it seconds."""


def segment_file(name: str) -> str:
    """Return where a store segment lies in the archive."""
    return f"segments/{name}.npz"


def buffer_file(keyframes: Held) -> str:
    """Return where keyframes lie that no store segment holds yet."""
    return f"buffer/{keyframes.digest}-{keyframes.channel.name.lower()}.npz"


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a search looks through at one moment.

    Attributes:
        generation: Of the catalogue.
        segments: By channel; the last of each may stand for the buffer.
        removed: int64 (n,), rows of removed assets some codes of which are still held.
        commons: Stretches that many assets share.
        extent: How much it is, of all the archive.
    """

    generation: int
    segments: Mapping[Channel, tuple[StoreSegment, ...]]
    removed: npt.NDArray[np.int64]
    commons: Commons
    extent: overview.Extent


@dataclass(slots=True)
class Holdings:
    """The codes of one archive.

    Attributes:
        path: The archive's folder.
        catalogue: Of the archive.
        only: Assets whose codes alone are looked through, and whose files alone are read, as they
            are when first asked for; None for all, as they are now.
    """

    path: Path
    catalogue: Catalogue
    only: frozenset[AssetRow] | None = None
    _view: View | None = None
    _segments: dict[str, StoreSegment] = field(default_factory=dict)
    _runs: dict[str, Run] = field(default_factory=dict)
    _loading: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> View:
        """Return what a search has to look through, loading what is new.

        Raises:
            ArchiveDamagedError: A file is missing or damaged.
        """
        if self.only is not None and self._view is not None:
            return self._view
        generation = self._generation()
        view = self._view
        if view is not None and view.generation == generation:
            return view
        with self._loading:
            return self._loaded()

    def _loaded(self) -> View:
        """Return what a search has to look through; no other thread may load meanwhile."""
        for attempt in range(TRIES):
            with self.catalogue.reading() as change:
                generation = codes.generation(change)
                if self._view is not None and self._view.generation == generation:
                    return self._view
                sealed, buffered = self._wanted(change)
                removed, shared = codes.removed(change), commons.read(change)
                extent = overview.extent(change)
            try:
                self._load(sealed, buffered)
            except ArchiveDamagedError:
                if attempt == TRIES - 1 or self._generation() == generation:
                    raise
                continue
            segments = {channel: self._of_channel(channel, sealed, buffered) for channel in Channel}
            rows = np.unique(np.array([row for _, row in removed], np.int64))
            self._view = View(generation, segments, rows, shared, extent)
            return self._view
        raise AssertionError("the last attempt returns or raises")

    def seal(self, channel: Channel) -> None:
        """Move a channel's codes from the buffer to store segments, merging small ones."""
        with self.catalogue.reading() as change:
            buffered = [each for each in codes.buffered(change) if each.channel is channel]
            small = [
                each
                for each in codes.sealed(change)
                if each.channel is channel and each.codes < FULL_CODES
            ]
            removed = {row for _, row in codes.removed(change)}
        for each in buffered:
            if each.count >= FULL_CODES:
                self._seal_alone(each)
        few = [each for each in buffered if each.count < FULL_CODES]
        if not few:
            return
        runs = (run for each in small for run in self._read(each).parts())
        kept = (run for run in runs if run.asset not in removed)
        merged = StoreSegment.of(chain(kept, map(self._read_buffer, few)))
        with folder.made(self.path) as file:
            merged.write(file)
        self._seal(Path(file.name), channel, merged.starts(), len(merged), replaced=small)
        self.drop(segment_file(each.name) for each in small)
        self.drop(buffer_file(each) for each in few)

    def _seal_alone(self, held: Held) -> None:
        """Make a buffer file a store segment without reading it whole."""
        with folder.made(self.path) as file, (self.path / buffer_file(held)).open("rb") as buffer:
            shutil.copyfileobj(buffer, file)
            with Writer(file) as writer:
                writer.tell(np.array([(held.asset, 0, held.count)], np.int64))
        self._seal(Path(file.name), held.channel, [(held.asset, 0)], held.count)
        self.drop([buffer_file(held)])

    def _seal(
        self,
        path: Path,
        channel: Channel,
        starts: Sequence[tuple[AssetRow, int]],
        count: int,
        *,
        replaced: Sequence[Segment] = (),
    ) -> None:
        """Let a file that was made be the store segment that holds assets from these codes on."""
        sha256 = files.digest(path)
        # The channel is in the name: without codes, bytes are the same on every channel.
        name = hashlib.sha256(f"{channel.name} {sha256}".encode()).hexdigest()[:16]
        made = Segment(name, channel, sha256, count, path.stat().st_size)
        folder.keep(path, self.path, segment_file(name))
        with self.catalogue.changing() as change:
            codes.seal(change, made, starts, replaced=[each.name for each in replaced])
            codes.touch(change)

    def learn(self) -> None:
        """Learn what many assets share, where enough has changed since that was last done."""
        with self.catalogue.reading() as change:
            count, known = commons.learnable(change), commons.learned(change)
            lengths = commons.lengths(change)
        if GROWTH * abs(count - known) <= known:
            return
        found = learned(self._runs_of(Channel.PICTURE), lengths)
        with self.catalogue.changing() as change:
            commons.replace(change, found, codes=count)
            codes.touch(change)

    def _runs_of(self, channel: Channel) -> list[Run]:
        """Return the codes of a channel, those of removed assets left out."""
        with self.catalogue.reading() as change:
            sealed, buffered = codes.sealed(change), codes.buffered(change)
            removed = {row for _, row in codes.removed(change)}
        parts = [self._read(each).parts() for each in sealed if each.channel is channel]
        runs = [self._read_buffer(each) for each in buffered if each.channel is channel]
        return [run for run in chain(*parts, runs) if run.asset not in removed]

    def drop(self, names: Iterable[str]) -> None:
        """Delete files no row names any more."""
        for name in names:
            (self.path / name).unlink(missing_ok=True)

    def named(self, change: Change) -> frozenset[str]:
        """Return the files that rows name."""
        return frozenset(
            [segment_file(each.name) for each in codes.sealed(change)]
            + [buffer_file(each) for each in codes.buffered(change)]
        )

    def _wanted(self, change: Change) -> tuple[list[Segment], list[Held]]:
        """Return the store segments and the keyframes of the buffer that are looked through."""
        sealed, buffered = codes.sealed(change), codes.buffered(change)
        if self.only is None:
            return sealed, buffered
        names = {each.segment for each in codes.of_assets(change, self.only)}
        return (
            [each for each in sealed if each.name in names],
            [each for each in buffered if each.asset in self.only],
        )

    def _load(self, sealed: list[Segment], buffered: list[Held]) -> None:
        """Read what has not been read yet, and let go what does not count any more."""
        self._segments = {
            each.name: self._segments.get(each.name) or self._read(each) for each in sealed
        }
        self._runs = {
            name: self._runs.get(name) or self._read_buffer(each)
            for each in buffered
            for name in [buffer_file(each)]
        }

    def _of_channel(
        self, channel: Channel, sealed: list[Segment], buffered: list[Held]
    ) -> tuple[StoreSegment, ...]:
        segments = [self._segments[each.name] for each in sealed if each.channel is channel]
        runs = [self._runs[buffer_file(each)] for each in buffered if each.channel is channel]
        if self.only is not None:
            parts = (run for segment in segments for run in segment.parts())
            runs += [run for run in parts if run.asset in self.only]
            return (StoreSegment.of(runs),)
        return (*segments, StoreSegment.of(runs)) if runs else tuple(segments)

    def _read(self, segment: Segment) -> StoreSegment:
        name = segment_file(segment.name)
        return StoreSegment.read(content(self.path, name), name=name)

    def _read_buffer(self, keyframes: Held) -> Run:
        name = buffer_file(keyframes)
        return Run.read(keyframes.asset, content(self.path, name), name=name)

    def _generation(self) -> int:
        with self.catalogue.reading() as change:
            return codes.generation(change)


def content(path: Path, name: str) -> bytes:
    """Return the bytes of a file of the archive.

    Raises:
        ArchiveDamagedError: It is missing or cannot be read.
    """
    try:
        return (path / name).read_bytes()
    except OSError as error:
        raise ArchiveDamagedError(
            f"The archive's file {name} cannot be read: {reason(error)}.",
            hint="Run `wherefrom verify --read-data`, then `wherefrom index` again.",
        ) from error
