"""Make the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables of format 1."""
    op.create_table(
        "archive",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assets",
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("published_at", sa.Text),
        sa.Column("metadata", sa.JSON, nullable=False),
        sa.Column("duration", sa.Float, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("frame_rate", sa.Float),
        sa.Column("has_picture", sa.Boolean, nullable=False),
        sa.Column("has_sound", sa.Boolean, nullable=False),
        sa.Column("container", sa.Text, nullable=False),
        sa.Column("codec", sa.Text, nullable=False),
        sa.Column("losses", sa.JSON, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "locations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "asset", sa.Integer, sa.ForeignKey("assets.row", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("uri", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    )
    op.create_index("locations_by_asset", "locations", ["asset"])
    op.create_index("locations_by_mtime_ns", "locations", ["mtime_ns"])
    _create_tables_of_codes()
    op.create_table(
        "jobs",
        sa.Column("uri", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("updated_at", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _create_tables_of_codes() -> None:
    op.create_table(
        "segments",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("channel", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("codes", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "keyframes",
        sa.Column(
            "asset", sa.Integer, sa.ForeignKey("assets.row", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("channel", sa.Integer, primary_key=True),
        sa.Column("recipe", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("segment", sa.Text, sa.ForeignKey("segments.name")),
        sa.Column("first", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "keyframes_buffered", "keyframes", ["asset"], sqlite_where=sa.text("segment IS NULL")
    )
    op.create_table(
        "tombstones",
        sa.Column(
            "segment", sa.Text, sa.ForeignKey("segments.name", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("asset", sa.Integer, primary_key=True),
        sqlite_with_rowid=False,
    )
