"""Rows that say which file of the archive holds whose codes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select, true

from index.catalogue.database import Change
from index.catalogue.tables import archive, assets, keyframes, segments, tombstones
from index.values import AssetRow, Channel


@dataclass(frozen=True, slots=True)
class Segment:
    """A store segment.

    Attributes:
        name: Of its file, without folder and ending.
        channel: Of all its codes.
        sha256: Of its file.
        codes: How many it holds, those of removed assets included.
        bytes: Of its file.
    """

    name: str
    channel: Channel
    sha256: str
    codes: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Held:
    """The keyframes of one asset on one channel.

    Attributes:
        asset: Its row.
        digest: Its digest.
        channel: What the codes were measured on.
        recipe: How.
        count: How many codes.
        segment: The store segment that holds them; None while they are in the buffer.
        first: Index of the first code there.
    """

    asset: AssetRow
    digest: str
    channel: Channel
    recipe: str
    count: int
    segment: str | None = None
    first: int = 0


def identity(change: Change) -> str:
    """Return the archive's id."""
    return str(change.scalar(select(archive.c.id)))


def generation(change: Change) -> int:
    """Return a number that grows with each change to what a search can find."""
    return int(change.scalars(select(archive.c.generation)).one())


def touch(change: Change) -> None:
    """Tell readers that what a search can find has changed."""
    change.execute(archive.update().values(generation=archive.c.generation + 1))


def sealed(change: Change) -> list[Segment]:
    """Return all store segments by name."""
    rows = change.execute(select(segments).order_by(segments.c.name))
    return [
        Segment(row.name, Channel(row.channel), row.sha256, row.codes, row.bytes) for row in rows
    ]


def held(change: Change) -> list[Held]:
    """Return the keyframes of all assets, by row."""
    return _held(change, true())


def buffered(change: Change) -> list[Held]:
    """Return the keyframes that no store segment holds yet, by row."""
    return _held(change, keyframes.c.segment.is_(None))


def of_asset(change: Change, row: AssetRow) -> list[Held]:
    """Return the keyframes of one asset."""
    return _held(change, keyframes.c.asset == row)


def of_assets(change: Change, rows: Collection[AssetRow]) -> list[Held]:
    """Return the keyframes of some assets, by row."""
    return _held(change, keyframes.c.asset.in_(rows))


def has(change: Change, digest: str, *, channels: int) -> bool:
    """Return whether an asset with these bytes is there and has codes on so many channels."""
    held = select(func.count()).select_from(keyframes.join(assets))
    return int(change.scalar(held.where(assets.c.digest == digest)) or 0) >= max(1, channels)


def removed(change: Change) -> list[tuple[str, AssetRow]]:
    """Return store segments with the removed assets whose codes they still hold."""
    rows = change.execute(select(tombstones.c.segment, tombstones.c.asset))
    return [(segment, AssetRow(asset)) for segment, asset in rows]


def buffer(change: Change, keyframe: Held) -> None:
    """Note that an asset's codes are in its buffer file."""
    values = {
        "asset": keyframe.asset,
        "channel": keyframe.channel.value,
        "recipe": keyframe.recipe,
        "count": keyframe.count,
        "segment": None,
        "first": 0,
    }
    change.execute(keyframes.insert().values(values))


def seal(
    change: Change,
    segment: Segment,
    runs: Sequence[tuple[AssetRow, int]],
    *,
    replaced: Sequence[str],
) -> None:
    """Note that a store segment holds runs, each (asset, first code), and which it replaces."""
    values = {
        "name": segment.name,
        "channel": segment.channel.value,
        "sha256": segment.sha256,
        "codes": segment.codes,
        "bytes": segment.bytes,
    }
    change.execute(segments.insert().values(values))
    here = (keyframes.c.asset == bindparam("row")) & (keyframes.c.channel == segment.channel.value)
    moved = keyframes.update().where(here)
    moved = moved.values(segment=segment.name, first=bindparam("start"))
    if runs:
        change.execute(moved, [{"row": asset, "start": first} for asset, first in runs])
    change.execute(segments.delete().where(segments.c.name.in_(replaced)))


def bury(change: Change, row: AssetRow) -> None:
    """Note which store segments hold codes of an asset that is about to be deleted."""
    holding = select(keyframes.c.segment, keyframes.c.asset).where(
        (keyframes.c.asset == row) & keyframes.c.segment.is_not(None)
    )
    change.execute(tombstones.insert().from_select(["segment", "asset"], holding))


def forget(change: Change, lost: Iterable[Held], segment_names: Sequence[str]) -> None:
    """Note that codes are gone: their assets wait to be indexed again."""
    for keyframe in lost:
        here = (keyframes.c.asset == keyframe.asset) & (
            keyframes.c.channel == keyframe.channel.value
        )
        change.execute(keyframes.delete().where(here))
    change.execute(segments.delete().where(segments.c.name.in_(segment_names)))


def total(change: Change) -> int:
    """Return how many codes can be found."""
    return int(change.scalar(select(func.sum(keyframes.c.count))) or 0)


def _held(change: Change, which: ColumnElement[bool]) -> list[Held]:
    columns = (keyframes.c.asset, assets.c.digest, keyframes.c.channel, keyframes.c.recipe)
    places = (keyframes.c["count"], keyframes.c.segment, keyframes.c.first)
    query = select(*columns, *places).join(assets).where(which).order_by(keyframes.c.asset)
    return [
        Held(AssetRow(asset), digest, Channel(channel), *rest)
        for asset, digest, channel, *rest in change.execute(query)
    ]
