"""Rows of watches: clips that wait for footage which explains them, and what has come."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, func, select

from index.catalogue.database import Change
from index.catalogue.tables import arrivals, assets, watches
from index.files import Location
from index.values import AssetRow, Channel, Interval

type Rests = Mapping[Channel, Sequence[Interval]]
"""Stretches of a clip that nothing explains, by channel."""


class How(StrEnum):
    """By what it is known that a file explains something of a clip."""

    PROVEN = "proven"
    CODES = "codes"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a clip, and the stretch of a file that it shows or sounds like.

    Attributes:
        channel: Picture or sound.
        query: In the clip.
        source: In the file, ascending.
        rate: Source seconds per query second; negative is backwards.
        confidence: 0 to 1; None where codes alone say so.
    """

    channel: Channel
    query: Interval
    source: Interval
    rate: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came and explains something of a watched clip, or is that clip.

    Attributes:
        digest: SHA-256 of its bytes.
        name: Of the file.
        how: By what that is known.
        stretches: What it explains, by time; nothing where it is the clip itself.
        found_at: RFC 3339 time.
        archived: Whether it is an asset now.
        id: Of its row; 0 before it has one.
    """

    digest: str
    name: str
    how: How
    stretches: tuple[Stretch, ...]
    found_at: str
    archived: bool = True
    id: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """A clip that waits for footage which explains it.

    Attributes:
        id: Its number, never used again.
        digest: SHA-256 of the clip's bytes.
        name: Of its file.
        location: Where that lay.
        duration: Seconds.
        note: What somebody said of it.
        added_at: RFC 3339 time.
        rests: What nothing explained then.
        checked: Row of the last asset that was held against it.
        arrivals: What has come since, in that order.
    """

    id: int
    digest: str
    name: str
    location: Location
    duration: float
    note: str | None
    added_at: str
    rests: Rests
    checked: AssetRow
    arrivals: tuple[Arrival, ...] = ()


def add(change: Change, watch: Watch, prints: bytes) -> int:
    """Add a watch, whatever number it has, with its clip's codes; return its number."""
    values = {
        "digest": watch.digest,
        "name": watch.name,
        "uri": watch.location.uri,
        "size": watch.location.size,
        "mtime_ns": watch.location.mtime_ns,
        "duration": watch.duration,
        "note": watch.note,
        "added_at": watch.added_at,
        "checked": watch.checked,
        "rests": {
            channel.name.lower(): [[one.start, one.end] for one in rests]
            for channel, rests in watch.rests.items()
        },
        "prints": prints,
    }
    return int(change.scalars(watches.insert().values(values).returning(watches.c.id)).one())


def every(change: Change) -> list[Watch]:
    """Return all watches by number."""
    come: dict[int, list[Arrival]] = {}
    for row in change.execute(_arrivals()):
        come.setdefault(row.watch, []).append(_arrival(row))
    columns = [column for column in watches.c if column is not watches.c.prints]
    rows = change.execute(select(*columns).order_by(watches.c.id))
    return [_watch(row, come.get(row.id, ())) for row in rows]


def exist(change: Change) -> bool:
    """Return whether anything is watched."""
    return change.scalar(select(watches.c.id).limit(1)) is not None


def prints(change: Change, number: int) -> bytes:
    """Return the codes of a watch's clip."""
    return bytes(change.scalars(select(watches.c.prints).where(watches.c.id == number)).one())


def renew(change: Change, number: int, prints: bytes) -> None:
    """Keep other codes of a watch's clip."""
    change.execute(watches.update().where(watches.c.id == number).values(prints=prints))


def keep(change: Change, number: int, come: Iterable[Arrival], checked: AssetRow) -> None:
    """Note what came among the assets up to a row, which are then held against a watch no more."""
    values = [
        {
            "watch": number,
            "digest": one.digest,
            "name": one.name,
            "how": one.how.value,
            "stretches": [_columns(each) for each in one.stretches],
            "found_at": one.found_at,
            "told": False,
        }
        for one in come
    ]
    if values:  # another may have held the same against it meanwhile
        change.execute(arrivals.insert().prefix_with("OR IGNORE"), values)
    change.execute(watches.update().where(watches.c.id == number).values(checked=checked))


def rewind(change: Change) -> None:
    """Note that nothing was held against any watch."""
    change.execute(watches.update().values(checked=0))


def untold(change: Change) -> set[int]:
    """Return the ids of the arrivals that nobody was told of."""
    return set(change.scalars(select(arrivals.c.id).where(~arrivals.c.told)))


def tell(change: Change, ids: Collection[int]) -> None:
    """Note that somebody was told of arrivals."""
    change.execute(arrivals.update().where(arrivals.c.id.in_(ids)).values(told=True))


def unannounced(change: Change) -> set[int]:
    """Return the ids of the arrivals that the service's hooks were not told of."""
    return set(change.scalars(select(arrivals.c.id).where(~arrivals.c.announced)))


def announce(change: Change, ids: Collection[int]) -> None:
    """Note that the service's hooks were told of arrivals."""
    change.execute(arrivals.update().where(arrivals.c.id.in_(ids)).values(announced=True))


def remove(change: Change, number: int) -> None:
    """Forget a watch and what came for it."""
    change.execute(watches.delete().where(watches.c.id == number))


def newest(change: Change) -> AssetRow:
    """Return the row of the asset that was added last; 0 without any."""
    return AssetRow(change.scalar(select(func.max(assets.c.row))) or 0)


def before(change: Change, time: str) -> AssetRow:
    """Return the row of the asset that was added last before a second, RFC 3339; 0 without any."""
    query = select(func.max(assets.c.row)).where(assets.c.added_at < time)
    return AssetRow(change.scalar(query) or 0)


def after(change: Change, row: AssetRow, *, most: int) -> list[AssetRow]:
    """Return the rows of assets that were added after one, at most so many, in that order."""
    query = select(assets.c.row).where(assets.c.row > row).order_by(assets.c.row).limit(most)
    return [AssetRow(one) for one in change.scalars(query)]


def _arrivals() -> Select[*tuple[Any, ...]]:
    joined = arrivals.outerjoin(assets, assets.c.digest == arrivals.c.digest)
    query = select(arrivals, assets.c.row.label("asset")).select_from(joined)
    return query.order_by(arrivals.c.id)


def _watch(row: Row[*tuple[Any, ...]], come: Iterable[Arrival]) -> Watch:
    return Watch(
        id=row.id,
        digest=row.digest,
        name=row.name,
        location=Location(row.uri, row.size, row.mtime_ns),
        duration=row.duration,
        note=row.note,
        added_at=row.added_at,
        rests={
            Channel[name.upper()]: tuple(Interval(*one) for one in rests)
            for name, rests in row.rests.items()
        },
        checked=AssetRow(row.checked),
        arrivals=tuple(come),
    )


def _arrival(row: Row[*tuple[Any, ...]]) -> Arrival:
    return Arrival(
        digest=row.digest,
        name=row.name,
        how=How(row.how),
        stretches=tuple(_stretch(each) for each in row.stretches),
        found_at=row.found_at,
        archived=row.asset is not None,
        id=row.id,
    )


def _columns(one: Stretch) -> dict[str, Any]:
    return {
        "channel": one.channel.name.lower(),
        "query": [one.query.start, one.query.end],
        "source": [one.source.start, one.source.end],
        "rate": one.rate,
        "confidence": one.confidence,
    }


def _stretch(kept: Mapping[str, Any]) -> Stretch:
    return Stretch(
        Channel[kept["channel"].upper()],
        Interval(*kept["query"]),
        Interval(*kept["source"]),
        kept["rate"],
        kept["confidence"],
    )
