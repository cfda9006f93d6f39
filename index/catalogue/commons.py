"""Rows of stretches that many assets share: intros, idents, test cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, case, distinct, func, select

from index.catalogue.assets import by_row
from index.catalogue.database import Change
from index.catalogue.tables import archive, assets, commons, keyframes
from index.values import Asset, AssetRow, Channel, Times

FEWEST = 3
"""So many assets may share a shot however few there are: footage kept in three edits is found."""
MOST = 12
"""Shown by more, it points to none, however many there are; the trace counts moments by it too."""
SHARE = 0.5
"""Of a small archive half of the assets may."""
PER_SECOND = 10_000
"""Parts of a second by which moments are told apart, as stores keep them."""


@dataclass(frozen=True, slots=True, eq=False)
class Commons:
    """Stretches of assets that show what many other assets show: one row a stretch, in columns.

    Attributes:
        shots: int64 (n,), which shot it shows.
        assets: int64 (n,), whose stretch it is; never falling.
        starts: float64 (n,), seconds; rising within an asset.
        ends: float64 (n,), seconds; at most the next start in the asset.
        own: bool (n,), whether the asset is for the most part its own, so that it counts.
    """

    shots: npt.NDArray[np.int64]
    assets: npt.NDArray[np.int64]
    starts: Times
    ends: Times
    own: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, float, float, bool]]) -> Self:
        """Return the rows as columns, by asset and start."""
        table = np.array(sorted(rows, key=lambda row: row[1:3]), np.float64).reshape(-1, 5)
        shots, owners, starts, ends, own = table.T
        return cls(shots.astype(np.int64), owners.astype(np.int64), starts, ends, own > 0)

    def __len__(self) -> int:
        return len(self.shots)

    def hold(self, owners: npt.NDArray[np.int64], times: Times) -> npt.NDArray[np.bool_]:
        """Return which of these moments of assets lie in one of the stretches; bool like them."""
        if not len(self):
            return np.zeros(len(times), np.bool_)
        before = np.searchsorted(
            _moments(self.assets, self.starts), _moments(owners, times), "right"
        )
        row = np.maximum(before - 1, 0)
        inside: npt.NDArray[np.bool_] = (self.assets[row] == owners) & (times < self.ends[row])
        return inside & (before > 0)

    def of_asset(self, owner: AssetRow) -> list[tuple[float, float]]:
        """Return the start and end of each stretch of an asset, by time."""
        rows = slice(*np.searchsorted(self.assets, (owner, owner + 1)))
        return list(zip(self.starts[rows].tolist(), self.ends[rows].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Common:
    """A shot that many assets share.

    Attributes:
        assets: How many.
        asset: That of them which was added first.
        start: Where it begins there.
        end: Where it is over.
    """

    assets: int
    asset: Asset
    start: float
    end: float


def ceiling(count: int) -> float:
    """Return how many of so many assets may share a shot that still points to them.

    >>> ceiling(5), ceiling(20), ceiling(1_000_000)
    (3, 10.0, 12)
    """
    return max(FEWEST, min(MOST, SHARE * count))


def learned(change: Change) -> int:
    """Return how many codes of pictures there were when common shots were last learned."""
    return int(change.scalars(select(archive.c.learned)).one())


def learnable(change: Change) -> int:
    """Return how many codes of pictures there are."""
    held = select(func.sum(keyframes.c["count"]))
    return int(change.scalar(held.where(keyframes.c.channel == Channel.PICTURE.value)) or 0)


def lengths(change: Change) -> dict[AssetRow, float]:
    """Return the seconds of each asset."""
    return {
        AssetRow(row): seconds
        for row, seconds in change.execute(select(assets.c.row, assets.c.duration))
    }


def replace(change: Change, found: Commons, *, codes: int) -> None:
    """Keep what was learned of so many codes, in place of what was known."""
    change.execute(commons.delete())
    columns = (found.shots, found.assets, found.starts, found.ends, found.own)
    names = ("shot", "asset", "start", "end", "own")
    rows = zip(*(column.tolist() for column in columns), strict=True)
    values = [dict(zip(names, row, strict=True)) for row in rows]
    if values:
        change.execute(commons.insert(), values)
    change.execute(archive.update().values(learned=codes))


def read(change: Change) -> Commons:
    """Return the stretches of all shots that still are common."""
    shots = _counted(change).subquery()
    columns = (commons.c.shot, commons.c.asset, commons.c.start, commons.c.end, commons.c.own)
    rows = change.execute(select(*columns).join(shots, shots.c.shot == commons.c.shot))
    return Commons.of([tuple(row) for row in rows])


def commonest(change: Change, *, limit: int) -> list[Common]:
    """Return the shots that most assets share, the commonest first."""
    shots = _counted(change).subquery()
    ranked = select(shots).order_by(shots.c.count.desc(), shots.c.shot).limit(limit)
    found = []
    for shot, count in change.execute(ranked):
        columns = (commons.c.asset, commons.c.start, commons.c.end)
        ordered = select(*columns).order_by(commons.c.asset, commons.c.start)
        row, start, end = change.execute(ordered.where(commons.c.shot == shot).limit(1)).one()
        asset = by_row(change, AssetRow(row))
        if asset is not None:
            found.append(Common(count, asset, start, end))
    return found


def _counted(change: Change) -> Select[tuple[int, int]]:
    """Return the query for shots that are common, each with the number of assets that show it."""
    most = ceiling(change.scalar(select(func.count()).select_from(assets)) or 0)
    own = distinct(case((commons.c.own, commons.c.asset)))
    every = func.count(distinct(commons.c.asset)).label("count")
    return select(commons.c.shot, every).group_by(commons.c.shot).having(func.count(own) > most)


def _moments(owners: npt.NDArray[np.int64], times: Times) -> npt.NDArray[np.int64]:
    """Return numbers that order moments of assets by asset, then time."""
    return (owners << 32) + np.rint(times * PER_SECOND).astype(np.int64)
