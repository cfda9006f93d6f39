"""One archive into another: what it holds is taken over as it was measured, and no film is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index import spool
from index.archive import Archive
from index.catalogue.assets import Description
from index.errors import ArchiveFormatError
from index.files import Location, shown
from index.reader import Reader
from index.values import Asset


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an asset of the other archive.

    Attributes:
        asset: As it is here now, or as it is there if it was not taken over.
        codes: How many codes it brought; 0 where it was here before.
        known: Whether it was here before; where its file lies there is kept here as well.
        waits: Whether it has lost codes there and was left out: its file must be indexed.
    """

    asset: Asset
    codes: int = 0
    known: bool = False
    waits: bool = False


def merge(archive: Archive, other: Reader, *, on_asset: Callable[[Taken], None]) -> None:
    """Take over what another archive holds and this one does not.

    Safe to stop at any moment and to run again. Channels that this archive does not have are left
    out. Who descends from whom, and which clips are watched, is not taken over.

    Args:
        archive: Open for writing.
        other: The other one.
        on_asset: Told of each asset once it is kept.

    Raises:
        ArchiveFormatError: Both are one, or their codes were not measured alike.
        ArchiveDamagedError: A file of codes is missing or damaged.
        NoSpaceError: The disk is full; what was told of is kept.
    """
    if archive.path.resolve() == other.path.resolve():
        raise ArchiveFormatError(
            f"{shown(other.path)} is the archive itself.", hint="Name another archive."
        )
    wanted = archive.recipes or other.recipes
    if lacking := sorted(wanted.keys() - other.recipes.keys()):
        raise ArchiveFormatError(
            f"The archive {shown(other.path)} holds no {', '.join(lacking)} codes, and "
            f"{shown(archive.path)} does.",
            hint="Index its films instead.",
        )
    archive.agree({name: other.recipes[name] for name in wanted})
    for asset in list(other.assets()):
        on_asset(_taken(archive, other, asset))
    archive.seal()
    archive.learn()


def _taken(archive: Archive, other: Reader, asset: Asset) -> Taken:
    """Take over an asset, or note where else its file lies."""
    card = other.card(asset)
    known = archive.has(asset.digest)
    runs = {} if known else other.runs(asset)
    wanted = {
        channel: (archive.recipes[channel.name.lower()], run)
        for channel, run in runs.items()
        if channel.name.lower() in archive.recipes
    }
    if not known and len(wanted) < len(archive.recipes):
        return Taken(asset, waits=True)
    if not known:
        archive.add(
            spool.again(archive.path, asset.media, wanted),
            digest=asset.digest,
            path=Path(asset.name),
            location=card.locations[0],
            description=Description(card.level, asset.title, asset.published_at, card.metadata),
        )
    _placed(archive, asset, card.locations)
    here = archive.find(asset.digest)
    return Taken(here, sum(len(run) for _, run in wanted.values()), known)


def _placed(archive: Archive, asset: Asset, places: Sequence[Location]) -> None:
    """Note where else the file of an asset lies, behind all places that are known here."""
    ours = archive.card(archive.find(asset.digest)).locations
    known = {place.uri for place in ours}
    new = [place for place in places if place.uri not in known]
    for place in reversed((*ours, *new) if new else ()):
        archive.place(asset.digest, place)
