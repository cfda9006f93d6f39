"""What the catalogue amounts to: the whole of it, and all of one asset."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.catalogue import assets, codes, jobs
from index.catalogue.database import Change
from index.files import Location
from index.values import Asset, Channel


@dataclass(frozen=True, slots=True)
class Stats:
    """What an archive amounts to.

    Attributes:
        id: The archive's.
        assets: Files in it.
        seconds: Their length together.
        codes: Their codes together.
        buffered: How many of those are not in a store segment yet.
        segments: Store segments.
        bytes: Size of all its files.
        waiting: Assets that lack some of their codes and wait to be indexed again.
        failures: Files that could not be indexed.
        recipes: How codes were measured, by channel.
    """

    id: str
    assets: int
    seconds: float
    codes: int
    buffered: int
    segments: int
    bytes: int
    waiting: int
    failures: int
    recipes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a search looks through.

    Attributes:
        assets: Files in the archive.
        seconds: Their length together.
        codes: Their codes together.
    """

    assets: int
    seconds: float
    codes: int


@dataclass(frozen=True, slots=True)
class Card:
    """All that is known of one asset.

    Attributes:
        asset: The asset.
        locations: Where its file was seen, newest first.
        codes: How many it has, by channel.
        level: How densely it was measured.
        added_at: RFC 3339 time.
        metadata: Whatever else was said of it.
    """

    asset: Asset
    locations: tuple[Location, ...]
    codes: Mapping[Channel, int]
    level: str
    added_at: str
    metadata: Mapping[str, object]


def stats(change: Change, *, size: int, recipes: Mapping[str, str]) -> Stats:
    """Return what an archive amounts to, given the bytes of its files and its recipes."""
    count, seconds = assets.totals(change)
    return Stats(
        id=codes.identity(change),
        assets=count,
        seconds=seconds,
        codes=codes.total(change),
        buffered=sum(each.count for each in codes.buffered(change)),
        segments=len(codes.sealed(change)),
        bytes=size,
        waiting=len(assets.incomplete(change, channels=len(recipes))),
        failures=len(jobs.failures(change)),
        recipes=recipes,
    )


def extent(change: Change) -> Extent:
    """Return how much a search looks through."""
    return Extent(*assets.totals(change), codes.total(change))


def card(change: Change, asset: Asset) -> Card:
    """Return all that is known of an asset."""
    said, added_at = assets.description(change, asset.row)
    return Card(
        asset,
        tuple(assets.places(change, asset.row)),
        {held.channel: held.count for held in codes.of_asset(change, asset.row)},
        said.level,
        added_at,
        said.metadata,
    )
