"""Rows of which C2PA manifest an asset's file carries, as far as anybody asked."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from index.catalogue.database import Change
from index.catalogue.desk_tables import carriers
from index.catalogue.tables import assets
from index.values import AssetRow


def known(change: Change, rows: Iterable[AssetRow]) -> dict[AssetRow, str | None]:
    """Return the labels of what these assets carry, of those of which it is known."""
    query = select(carriers.c.asset, carriers.c.manifest).where(carriers.c.asset.in_(list(rows)))
    return {AssetRow(row): label for row, label in change.execute(query)}


def keep(change: Change, found: Mapping[AssetRow, str | None]) -> None:
    """Keep what assets were found to carry; those that are gone by now are left out."""
    there = select(assets.c.row).where(assets.c.row.in_(list(found)))
    rows = [{"asset": row, "manifest": found[AssetRow(row)]} for row in change.scalars(there)]
    if rows:
        change.execute(insert(carriers).values(rows).on_conflict_do_nothing())


def of(change: Change, label: str) -> list[AssetRow]:
    """Return the assets that carry the manifest of a label, the first one first."""
    query = select(carriers.c.asset).where(carriers.c.manifest == label).order_by(carriers.c.asset)
    return [AssetRow(row) for row in change.scalars(query)]


def unasked(change: Change, *, most: int) -> list[AssetRow]:
    """Return assets of which nobody asked yet what they carry, the newest first."""
    query = select(assets.c.row).where(assets.c.row.not_in(select(carriers.c.asset)))
    return [
        AssetRow(row) for row in change.scalars(query.order_by(assets.c.row.desc()).limit(most))
    ]
