"""Clips of which something is unexplained, and the footage that comes and explains it.

    add      trace the clip: what does nothing explain? keep that, and the clip's codes
    check    for each watch, only the assets that came since it was last held against any
               look its unexplained codes up in these         which may explain it?
               if the clip still lies where it lay: trace it in these
               one transaction                                what came, and how far it was looked

Nothing is asked of the whole archive twice: what was there when a watch was added was asked then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from index import files
from index.archive import Archive
from index.catalogue.watches import Arrival, How, Rests, Stretch, Watch
from index.errors import BadMediaError, MissingFileError, NotFoundError, UserError, called
from index.fingerprints import Fingerprints
from index.values import Asset, AssetRow, Channel, Interval
from index.watches import Watches
from lineage import coarse, prints, unexplained
from lineage.clock import Progress
from lineage.coarse import CoarseParams
from lineage.params import SEARCH, TraceParams
from lineage.trace import trace
from lineage.unexplained import SOUND, RestParams
from lineage.values import Hint, Reason, Report


@dataclass(frozen=True, slots=True)
class WatchParams:
    """How new footage is held against watches.

    Attributes:
        trace: How a clip is traced: its pixels are not compared, that is for who is told.
        coarse: When codes are enough for a clip to be traced anew, or for its watcher to be told.
        rest: Of pictures: stretches shorter than its `short` are watched no more.
        sound: The same of sound.
        most: Assets held against all watches in one go. A watch's codes are read once for each go,
            which takes a few ms; the codes of so many films of two minutes take 10 MB.
    """

    trace: TraceParams = SEARCH
    coarse: CoarseParams = field(default_factory=CoarseParams)
    rest: RestParams = field(default_factory=RestParams)
    sound: RestParams = SOUND
    most: int = 64

    def short(self, channel: Channel) -> float:
        """Return the seconds below which a stretch of a channel is not watched."""
        return (self.sound if channel is Channel.SOUND else self.rest).short


DEFAULT = WatchParams()


@dataclass(frozen=True, slots=True)
class Stuck:
    """A watch that new footage could not be held against; it will be once that is mended.

    Attributes:
        watch: The watch.
        reason: Why, in one sentence.
    """

    watch: Watch
    reason: str


def add(
    path: Path,
    archive: Archive,
    *,
    note: str | None = None,
    params: WatchParams = DEFAULT,
    progress: Progress | None = None,
) -> Watch:
    """Trace a clip and watch for what would explain the rest of it.

    Where the archive holds the clip itself, that explains nothing, and is left out.

    Args:
        path: The clip.
        archive: Open for writing.
        note: What somebody says of it.
        params: How hard to look.
        progress: Told how far it is.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded, or nothing to recognise.
        UserError: It is watched already, or nothing of it is left that could be explained.
    """
    location, name = files.location(path), files.name(path)
    digest = files.digest(path)
    archive.watches.refuse(digest, name)
    checked = archive.watches.newest()
    answer = trace(path, _others(archive, digest), params=params.trace, progress=progress)
    rests = watched(answer)
    if not rests:
        raise UserError(
            f"{called(path)} has nothing left to watch for: all of it that can be recognised is "
            f"explained.",
            hint="Run `wherefrom trace` to see by what.",
        )
    watch = Watch(
        id=0,
        digest=digest,
        name=name,
        location=location,
        duration=answer.query.media.duration,
        note=note,
        added_at=now(),
        rests=rests,
        checked=checked,
    )
    return archive.watches.add(watch, prints.fingerprints(path, progress=progress))


def check(
    archive: Archive, *, kept: Watches | None = None, params: WatchParams = DEFAULT
) -> list[Stuck]:
    """Hold what was archived since against each watch, and keep what came.

    Stopped anywhere, it goes on with the assets that were not looked at.

    Args:
        archive: Open for writing, unless the watches are given.
        kept: Its watches, in a catalogue that is open for writing.
        params: How hard to look.

    Returns:
        The watches that nothing could be held against.
    """
    stuck: dict[int, Stuck] = {}
    kept = archive.watches if kept is None else kept
    last = kept.newest()
    while behind := [one for one in kept.every() if one.checked < last and one.id not in stuck]:
        mark = min(one.checked for one in behind)
        rows = kept.after(mark, most=params.most)
        fresh = Fresh(archive, [archive.asset(row) for row in rows], kept)
        for watch in behind:
            if watch.checked != mark:
                continue
            try:
                come = fresh.arrivals(watch, params=params)
            except BadMediaError as error:
                stuck[watch.id] = Stuck(watch, str(error))
            else:
                kept.keep(watch, come, rows[-1])
    return list(stuck.values())


def watched(answer: Report) -> Rests:
    """Return what nothing explains of a clip and footage may yet, by channel.

    Black pictures and silence are not watched, nor what so many files show that one more of them
    would say nothing. Of a clip with sound all of that is, where the archive had none to compare.
    """
    rests: dict[Channel, tuple[Interval, ...]] = {}
    for one in answer.unexplained:
        if one.reason is Reason.NO_MATCH:
            rests[one.channel] = (*rests.get(one.channel, ()), one.query)
    media = answer.query.media
    if media.has_sound and Channel.SOUND not in answer.searched.channels:
        rests[Channel.SOUND] = (Interval(0.0, media.duration),)
    return rests


def remaining(watch: Watch, *, params: WatchParams = DEFAULT) -> Rests:
    """Return what is still unexplained of a watch's clip, by channel; no channel without any.

    What codes alone say explains nothing, nor does a file that was removed since.
    """
    shown = [
        each
        for one in watch.arrivals
        if one.how is How.PROVEN and one.archived
        for each in one.stretches
    ]
    left = {
        channel: tuple(
            gap
            for rest in rests
            for gap in unexplained.gaps(
                rest, (each.query for each in shown if each.channel is channel)
            )
            if gap.length >= params.short(channel)
        )
        for channel, rests in watch.rests.items()
    }
    return {channel: rests for channel, rests in left.items() if rests}


def within(measured: Fingerprints, left: Rests) -> Fingerprints:
    """Return the codes of a clip that were measured in some stretches of it."""
    seen, heard = left.get(Channel.PICTURE, ()), left.get(Channel.SOUND, ())
    return replace(
        measured,
        picture=measured.picture.within(seen),
        features={variant: one.within(seen) for variant, one in measured.features.items()},
        sound=measured.sound.within(heard),
    )


def told(answer: Report, left: Rests, *, params: WatchParams = DEFAULT) -> dict[str, list[Stretch]]:
    """Return what a trace says of stretches of its clip, by the digest of the file that explains.

    Args:
        answer: Of the trace.
        left: The stretches.
        params: How much of one must be explained to be told.
    """
    found: dict[str, list[Stretch]] = {}
    for source in answer.sources:
        for one in source.segments:
            shared = (one.query.overlap(rest) for rest in left.get(source.channel, ()))
            if max(shared, default=0.0) >= params.short(source.channel):
                stretch = Stretch(source.channel, one.query, one.source, one.rate, one.confidence)
                found.setdefault(source.asset.digest, []).append(stretch)
    return found


def suggested(hints: Iterable[Hint]) -> dict[str, list[Stretch]]:
    """Return what codes alone suggest, by the digest of the file."""
    found: dict[str, list[Stretch]] = {}
    for one in hints:
        stretch = Stretch(one.channel, one.query, one.source, one.rate)
        found.setdefault(one.asset.digest, []).append(stretch)
    return found


class Fresh:
    """Assets that came, as watches are held against them."""

    def __init__(self, archive: Archive, assets: Sequence[Asset], kept: Watches) -> None:
        """Take them for new; nothing is read before it is asked for."""
        self._archive, self._kept = archive, kept
        self._assets = {asset.digest: asset for asset in assets}
        self._views: dict[frozenset[AssetRow], Archive] = {}

    def arrivals(self, watch: Watch, *, params: WatchParams) -> list[Arrival]:
        """Return those that explain something of a watch's clip, and the clip if it is one.

        Raises:
            BadMediaError: The clip's codes cannot be compared with theirs.
        """
        known = {one.digest for one in watch.arrivals}
        new = {digest: one for digest, one in self._assets.items() if digest not in known}
        itself = new.pop(watch.digest, None)
        come = [] if itself is None else [_arrival(itself, How.ITSELF, ())]
        left = remaining(watch, params=params)
        if not (new and left):
            return come
        view = self._view(one.row for one in new.values())
        hints = self._hints(watch, left, view, params=params)
        if not hints:
            return come
        found, how = suggested(hints), How.CODES
        proof = self._proof(watch, [new[digest].row for digest in found], params=params)
        if proof is not None:
            found, how = told(proof, left, params=params), How.PROVEN
        return come + [
            _arrival(new[digest], how if self._lies(new[digest]) else How.CODES, stretches)
            for digest, stretches in found.items()
        ]

    def _hints(
        self, watch: Watch, left: Rests, view: Archive, *, params: WatchParams
    ) -> tuple[Hint, ...]:
        """Return what the codes suggest; they are measured anew where they cannot be compared."""
        try:
            codes = within(self._kept.prints(watch), left)
            return coarse.lookup(codes, view, params=params.coarse).hints
        except BadMediaError:
            path = files.still(watch.location, watch.digest)
            if path is None:
                raise
        anew = prints.fingerprints(path)
        hints = coarse.lookup(within(anew, left), view, params=params.coarse).hints
        self._kept.renew(watch, anew)
        return hints

    def _proof(
        self, watch: Watch, rows: Sequence[AssetRow], *, params: WatchParams
    ) -> Report | None:
        """Return a trace of the clip in some of the assets; None where it is out of reach."""
        path = files.still(watch.location, watch.digest)
        if path is None:
            return None
        try:
            return trace(path, self._archive.among(rows), params=params.trace)
        except (BadMediaError, MissingFileError):
            return None

    def _view(self, rows: Iterable[AssetRow]) -> Archive:
        """Return the archive as if it held these alone; those of most watches are the same."""
        key = frozenset(rows)
        if key not in self._views:
            self._views[key] = self._archive.among(key)
        return self._views[key]

    def _lies(self, asset: Asset) -> bool:
        return self._archive.file(asset) is not None


def _others(archive: Archive, digest: str) -> Archive:
    """Return an archive without the asset of that digest, if it holds it."""
    try:
        return archive.beside(archive.find(digest))
    except NotFoundError:
        return archive


def _arrival(asset: Asset, how: How, stretches: Sequence[Stretch]) -> Arrival:
    ordered = tuple(sorted(stretches, key=lambda one: (one.channel, one.query)))
    return Arrival(asset.digest, asset.name, how, ordered, now())


def now() -> str:
    """Return the RFC 3339 time, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
