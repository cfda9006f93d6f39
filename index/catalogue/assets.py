"""Rows of assets and of the places their files lie."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, func, or_, select, tuple_

from index.catalogue.database import Change
from index.catalogue.tables import assets, keyframes, locations
from index.errors import NotFoundError
from index.files import Location, uri
from index.values import Asset, AssetRow, Media

PAGE = 1000
"""Rows fetched in one go."""
AMBIGUOUS = 10
"""Assets listed where a word names several."""


class Order(StrEnum):
    """How assets are listed: by when they were added, by name or by length, rising or falling."""

    ADDED = "added"
    NEWEST = "-added"
    NAME = "name"
    NAME_BACK = "-name"
    SHORTEST = "duration"
    LONGEST = "-duration"

    @property
    def by(self) -> str:
        """What decides."""
        return self.removeprefix("-")

    @property
    def falls(self) -> bool:
        """Whether the last come first."""
        return self.startswith("-")


@dataclass(frozen=True, slots=True)
class Entry:
    """An asset as lists show it.

    Attributes:
        asset: The asset.
        added_at: RFC 3339 time.
        size: Bytes of its file where it was seen last; None where it was seen nowhere.
    """

    asset: Asset
    added_at: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of an asset beyond its bytes.

    Attributes:
        level: How densely it was measured.
        title: What people call it, if anyone said.
        published_at: RFC 3339 time, if anyone said.
        metadata: Whatever else was said; must be JSON.
    """

    level: str = "standard"
    title: str | None = None
    published_at: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)


def insert(
    change: Change, digest: str, name: str, media: Media, *, description: Description
) -> AssetRow:
    """Add an asset and return its row."""
    values = {
        "digest": digest,
        "name": name,
        "title": description.title,
        "published_at": description.published_at,
        "metadata": dict(description.metadata),
        "duration": media.duration,
        "width": media.width,
        "height": media.height,
        "frame_rate": media.frame_rate,
        "has_picture": media.has_picture,
        "has_sound": media.has_sound,
        "container": media.container,
        "codec": media.codec,
        "losses": list(media.losses),
        "level": description.level,
        "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    row = change.scalars(assets.insert().values(values).returning(assets.c.row)).one()
    return AssetRow(row)


def place(change: Change, row: AssetRow, location: Location) -> None:
    """Note that an asset's file lies somewhere, now its newest place."""
    here = (locations.c.asset == row) & (locations.c.uri == location.uri)
    change.execute(locations.delete().where(here))
    values = {
        "asset": row,
        "uri": location.uri,
        "size": location.size,
        "mtime_ns": location.mtime_ns,
    }
    change.execute(locations.insert().values(values))


def delete(change: Change, row: AssetRow) -> None:
    """Delete an asset with its places and keyframes."""
    change.execute(assets.delete().where(assets.c.row == row))


def row_of(change: Change, digest: str) -> AssetRow | None:
    """Return the row of the asset with these bytes."""
    row = change.scalar(select(assets.c.row).where(assets.c.digest == digest))
    return None if row is None else AssetRow(row)


def digest_at(change: Change, location: Location) -> str | None:
    """Return the digest of the file last seen there, if it has not changed since."""
    here = (
        (locations.c.mtime_ns == location.mtime_ns)
        & (locations.c.size == location.size)
        & (locations.c.uri == location.uri)
    )
    newest = select(assets.c.digest).join(locations).where(here).order_by(locations.c.id.desc())
    return change.scalar(newest.limit(1))


def by_row(change: Change, row: AssetRow) -> Asset | None:
    """Return an asset."""
    found = change.execute(_select().where(assets.c.row == row)).one_or_none()
    return None if found is None else _asset(found)


def by_rows(change: Change, rows: Collection[AssetRow]) -> list[Asset]:
    """Return the assets of some rows, those that there are."""
    if not rows:
        return []
    return [_asset(found) for found in change.execute(_select().where(assets.c.row.in_(rows)))]


def named(change: Change, word: str) -> Asset:
    """Return the asset with that id, beginning of an id, or file name.

    Raises:
        NotFoundError: None has it, or several have.
    """
    found = _matching(change, word, limit=AMBIGUOUS + 1)
    exact = [asset for asset in found if word.lower() in {asset.id, asset.digest}]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise NotFoundError(
            f"No asset is called {word!r}.", hint="See `wherefrom list` for ids and names."
        )
    listed = ", ".join(f"{asset.id} ({asset.name})" for asset in found[:AMBIGUOUS])
    more = ", and more" if len(found) > AMBIGUOUS else ""
    raise NotFoundError(
        f"Several assets are called {word!r}: {listed}{more}.", hint="Use a longer id."
    )


def everything(change: Change) -> Iterator[Asset]:
    """Yield all assets in the order they were added."""
    rows = change.execute(_select(), execution_options={"yield_per": PAGE})
    return (_asset(row) for row in rows)


def page(
    change: Change,
    order: Order,
    *,
    after: tuple[str | float, int] | None = None,
    words: str | None = None,
    most: int = 50,
) -> list[Entry]:
    """Return some of the assets, in an order.

    Args:
        change: The transaction.
        order: Which.
        after: Only those that come after one of this name and row, or of this length and row where
            length decides.
        words: Only those in whose name or title this stands; ASCII letters in either case.
        most: At most so many.
    """
    by = {
        "added": (assets.c.row,),
        "name": (assets.c.name, assets.c.row),
        "duration": (assets.c.duration, assets.c.row),
    }[order.by]
    query = select(assets.c.row)
    if after is not None:
        here, there = tuple_(*by), tuple_(*after[-len(by) :])
        query = query.where(here < there if order.falls else here > there)
    if words:
        query = query.where(
            or_(
                *(each.contains(words, autoescape=True) for each in (assets.c.name, assets.c.title))
            )
        )
    ordered = [each.desc() if order.falls else each.asc() for each in by]
    # What else is told of them is looked up for these alone.
    wanted = assets.c.row.in_(query.order_by(*ordered).limit(most))
    listed = _select(_newest(locations.c.size).label("size")).order_by(None).where(wanted)
    return [
        Entry(_asset(row), row.added_at, row.size)
        for row in change.execute(listed.order_by(*ordered))
    ]


def places(change: Change, row: AssetRow) -> list[Location]:
    """Return where an asset's file was seen, newest first."""
    columns = select(locations.c.uri, locations.c.size, locations.c.mtime_ns)
    ordered = columns.where(locations.c.asset == row).order_by(locations.c.id.desc())
    return [Location(*found) for found in change.execute(ordered)]


def description(change: Change, row: AssetRow) -> tuple[Description, str]:
    """Return what is known of an asset beyond its bytes, and when it was added."""
    columns = (assets.c.level, assets.c.title, assets.c.published_at, assets.c.metadata)
    found = change.execute(select(*columns, assets.c.added_at).where(assets.c.row == row)).one()
    *said, added_at = found
    return Description(*said), added_at


def totals(change: Change) -> tuple[int, float]:
    """Return how many assets there are, and their seconds together."""
    count, seconds = change.execute(select(func.count(), func.sum(assets.c.duration))).one()
    return int(count), float(seconds or 0.0)


def incomplete(change: Change, *, channels: int) -> list[AssetRow]:
    """Return the assets with codes on fewer channels than that: they wait to be indexed again."""
    held = select(func.count()).where(keyframes.c.asset == assets.c.row).scalar_subquery()
    return [
        AssetRow(row) for row in change.scalars(select(assets.c.row).where(held < max(1, channels)))
    ]


def _select(*more: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 # columns
    query = select(assets, _newest(locations.c.uri).label("uri"), *more)
    return query.order_by(assets.c.row)


def _newest(column: Any) -> Any:  # noqa: ANN401 # a column
    """Return that column of an asset's newest place."""
    found = select(column).where(locations.c.asset == assets.c.row)
    return found.order_by(locations.c.id.desc()).limit(1).scalar_subquery()


def _matching(change: Change, word: str, *, limit: int) -> list[Asset]:
    """Return the assets with that beginning of an id or that file name, else those of copies."""
    alike = [assets.c.name == word]
    if re.fullmatch(r"[0-9a-fA-F]{1,64}", word):
        least, most = word.lower().ljust(64, "0"), word.lower().ljust(64, "f")
        alike.append(assets.c.digest.between(least, most))
    end = uri(Path("/") / word).removeprefix("file://")
    copies = select(locations.c.asset).where(locations.c.uri.endswith(end, autoescape=True))
    for wanted in (or_(*alike), assets.c.row.in_(copies)):
        found = change.execute(_select().where(wanted).limit(limit)).all()
        if found:
            return [_asset(row) for row in found]
    return []


def _asset(found: Row[*tuple[Any, ...]]) -> Asset:
    return Asset(
        row=AssetRow(found.row),
        digest=found.digest,
        uri=found.uri,
        name=found.name,
        media=Media(
            duration=found.duration,
            width=found.width,
            height=found.height,
            frame_rate=found.frame_rate,
            has_picture=found.has_picture,
            has_sound=found.has_sound,
            container=found.container,
            codec=found.codec,
            losses=tuple(found.losses),
        ),
        title=found.title,
        published_at=found.published_at,
    )
