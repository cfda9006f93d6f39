"""The tables. A change here needs a migration beside it; a test compares both."""

from typing import override

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Digest(TypeDecorator[str]):
    """64 hex digits, kept as 32 bytes: half the size, in the table and in its index."""

    impl = LargeBinary(32)
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else bytes.fromhex(value)

    @override
    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else value.hex()


HEAD = "0008"
"""The newest migration; kept here so that opening an archive need not load Alembic to ask."""

TABLES = MetaData()

archive = Table(
    "archive",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("learned", Integer, nullable=False, server_default=text("0")),
    sqlite_with_rowid=False,
)
"""One row. The generation grows with each change to what a search can find; of `learned` codes of
pictures it was learned what is common."""

assets = Table(
    "assets",
    TABLES,
    Column("row", Integer, primary_key=True),
    Column("digest", Digest, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("title", Text),
    Column("published_at", Text),
    Column("metadata", JSON, nullable=False),
    Column("duration", Float, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("frame_rate", Float),
    Column("has_picture", Boolean, nullable=False),
    Column("has_sound", Boolean, nullable=False),
    Column("container", Text, nullable=False),
    Column("codec", Text, nullable=False),
    Column("losses", JSON, nullable=False),
    Column("level", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Numbers of removed rows are never used again: a store segment may still name them."""

Index("assets_by_row", assets.c.row, assets.c.name, assets.c.title)
Index("assets_by_name", assets.c.name, assets.c.row, assets.c.title)
Index("assets_by_duration", assets.c.duration, assets.c.row, assets.c.name, assets.c.title)
"""By which assets are listed, and names and titles looked through without reading the rest."""

locations = Table(
    "locations",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("asset", Integer, ForeignKey("assets.row", ondelete="CASCADE"), nullable=False),
    Column("uri", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
)
Index("locations_by_asset", locations.c.asset)
Index("locations_by_mtime_ns", locations.c.mtime_ns)
"""Files are looked up by time of change and size first: an index of long names would be as large
as the names."""

segments = Table(
    "segments",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("channel", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("codes", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

keyframes = Table(
    "keyframes",
    TABLES,
    Column("asset", Integer, ForeignKey("assets.row", ondelete="CASCADE"), primary_key=True),
    Column("channel", Integer, primary_key=True),
    Column("recipe", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("segment", Text, ForeignKey("segments.name")),
    Column("first", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""One row for all keyframes of an asset on a channel: codes `first` to `first + count` of a store
segment, or of the asset's own buffer file where `segment` is null. An asset without such a row
has lost its codes and waits to be indexed again."""

Index("keyframes_buffered", keyframes.c.asset, sqlite_where=keyframes.c.segment.is_(None))

tombstones = Table(
    "tombstones",
    TABLES,
    Column("segment", Text, ForeignKey("segments.name", ondelete="CASCADE"), primary_key=True),
    Column("asset", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
"""Removed assets whose codes a store segment still holds."""

commons = Table(
    "commons",
    TABLES,
    Column("asset", Integer, ForeignKey("assets.row", ondelete="CASCADE"), primary_key=True),
    Column("start", Float, primary_key=True),
    Column("end", Float, nullable=False),
    Column("shot", Integer, nullable=False),
    Column("own", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""Stretches of pictures that many assets share; those of one shot have its number. `own` says
whether the asset counts: copies of one film don't."""

jobs = Table(
    "jobs",
    TABLES,
    Column("uri", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),
    Column("updated_at", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Files still to be done: "queued", or "failed" with the reason. What is done is an asset."""

related = Table(
    "related",
    TABLES,
    Column("asset", Integer, ForeignKey("assets.row", ondelete="CASCADE"), primary_key=True),
    Column("method", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Assets of which it was measured what else in the archive shows the same, and by which method."""

nodes = Table(
    "nodes",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("digest", Digest, nullable=False, unique=True),
    Column("seen", Boolean, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("knot", Integer),
    Column("facts", JSON, nullable=False),
    UniqueConstraint("id", "rank"),
    sqlite_autoincrement=True,
)
"""Files of the lineage: archived ones, ones that were removed, and ones nobody has seen. Whether
one is archived is told by its digest, so that a node outlives its asset and finds it again. `facts`
are what was known of it last; nodes of one `knot` are each other's ancestors by what was measured.
"""

Index("nodes_by_knot", nodes.c.knot, sqlite_where=nodes.c.knot.is_not(None))

kinships = Table(
    "kinships",
    TABLES,
    Column("query", Integer, ForeignKey("nodes.id"), primary_key=True),
    Column("source", Integer, ForeignKey("nodes.id"), primary_key=True),
    Column("channel", Integer, primary_key=True),
    Column("arrow", Integer, nullable=False),
    Column("details", JSON, nullable=False),
    Column("method", Text, nullable=False),
    Column("measured_at", Text, nullable=False),
    CheckConstraint("query <> source", name="two_files"),
    sqlite_with_rowid=False,
)
"""What was measured of two files that show or sound the same. The arrow is 1 where the query was
made from the source, -1 where the source was made from the query, 0 where neither is decided."""

Index("kinships_by_source", kinships.c.source)

edges = Table(
    "edges",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("parent", Integer, nullable=False),
    Column("parent_rank", Integer, nullable=False),
    Column("child", Integer, nullable=False),
    Column("child_rank", Integer, nullable=False),
    Column("channel", Integer, nullable=False),
    Column("relation", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("details", JSON, nullable=False),
    Column("method", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text),
    ForeignKeyConstraint(["parent", "parent_rank"], ["nodes.id", "nodes.rank"], onupdate="CASCADE"),
    ForeignKeyConstraint(["child", "child_rank"], ["nodes.id", "nodes.rank"], onupdate="CASCADE"),
    CheckConstraint(
        "until IS NOT NULL OR relation <> 'derived' OR parent_rank < child_rank", name="no_cycle"
    ),
    CheckConstraint("parent <> child", name="two_nodes"),
)
"""What is believed of two files, or was: `until` is null as long as it is. Ranks rise from parent
to child along all edges that are believed and say "derived", and an edge has the ranks of its
nodes, so no file can be its own ancestor."""

Index("edges_by_parent", edges.c.parent, edges.c.parent_rank)
Index("edges_by_child", edges.c.child, edges.c.child_rank)
Index(
    "edges_believed",
    edges.c.child,
    edges.c.parent,
    edges.c.channel,
    unique=True,
    sqlite_where=edges.c.until.is_(None),
)

watches = Table(
    "watches",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("digest", Digest, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("uri", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("duration", Float, nullable=False),
    Column("note", Text),
    Column("added_at", Text, nullable=False),
    Column("checked", Integer, nullable=False),
    Column("rests", JSON, nullable=False),
    Column("prints", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""Clips of which something is unexplained, as they lay when they were added: `rests` are the
stretches by channel, `prints` the clip's fingerprint file, deflated. Assets up to the row `checked`
were held against it."""

arrivals = Table(
    "arrivals",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("watch", Integer, ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
    Column("digest", Digest, nullable=False),
    Column("name", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("stretches", JSON, nullable=False),
    Column("found_at", Text, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("announced", Boolean, nullable=False, server_default=text("0")),
    UniqueConstraint("watch", "digest"),
)
"""Files that came and explain something of a watch's clip, by digest, so that each is told once and
outlives its asset; `told` says whether anybody was told, `announced` whether the service's hooks
were."""
